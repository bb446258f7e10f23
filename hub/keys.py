"""The hub's secrets, as files only their owner reads: never in the database, nor in its backup.

`order.key` signs remote orders (Ed25519). `sites/<site>.key` is the key pickup codes of a site are made
from; its bridge has a copy. Whoever holds these files can open lockers: keep a copy on paper or on a
medium in a safe, apart from the backups.
"""

import hmac
import os
import secrets
from hashlib import sha256
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from contract.pickup_code import KEY_BYTES
from contract.topics import device_id


class KeyFileError(Exception):
    """A key file that cannot be used; the text says which and what to do."""


def read_password(path: Path) -> str:
    """The first line of a file that somebody wrote. Raises KeyFileError, which never repeats it."""
    try:
        if path.stat().st_mode & 0o077:
            raise KeyFileError(f"{path} can be read by others: chmod 600 {path}")
        password = path.read_text().partition("\n")[0].strip()
    except OSError as error:
        raise KeyFileError(f"{path} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise KeyFileError(f"{path} is no text: write the password into its first line") from None
    if not password:
        raise KeyFileError(f"{path} has no password: write it into its first line")
    return password


class Keys:
    """The key files below one directory; each is made at its first use."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def order_key(self) -> Ed25519PrivateKey:
        """What remote orders are signed with."""
        return Ed25519PrivateKey.from_private_bytes(self._secret("order.key"))

    def order_public_key(self) -> bytes:
        """What a bridge checks them with: 32 bytes."""
        return self.order_key().public_key().public_bytes_raw()

    def site_key(self, site: str) -> bytes:
        """The key of a site's pickup codes and PINs: 32 bytes. Raises TopicError for a bad site id."""
        return self._secret(f"sites/{device_id(site)}.key")

    def web_secret(self) -> bytes:
        """32 bytes for what the pages sign."""
        return self._secret("web.key")

    def webhook_secret(self, webhook: str, generation: int) -> bytes:
        """32 bytes that sign what one webhook is told: another for each, and for each generation."""
        return hmac.new(self._secret("webhooks.key"), f"{webhook}.{generation}".encode(), sha256).digest()

    def _secret(self, name: str) -> bytes:
        path = self._directory / name
        if not path.exists():
            self._directory.mkdir(parents=True, exist_ok=True, mode=0o700)
            _write_once(path, secrets.token_bytes(KEY_BYTES))
        if path.stat().st_mode & 0o077:
            raise KeyFileError(f"{path} can be read by others: chmod 600 {path}")
        try:
            key = bytes.fromhex(path.read_text())
        except ValueError:
            key = b""
        if len(key) != KEY_BYTES:
            raise KeyFileError(f"{path} is damaged: put the saved copy back")
        return key


def _write_once(path: Path, key: bytes) -> None:
    """Make the file whole or not at all; whoever comes second keeps the first one's key."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(key.hex())
        file.flush()
        os.fsync(descriptor)
    try:
        os.link(fresh, path)
    except FileExistsError:
        return
    finally:
        fresh.unlink()
    directory = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)
