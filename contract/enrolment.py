"""The directory a device starts from: who it is, where its brokers are, and its secrets.

The hub writes it (`conciergerie hub enrol`), somebody carries it to the device, the kiosk and the bridge
read it. Without it they refuse to start.

    device.toml                     ids, broker addresses, the hub's public order key
    secret                          broker password, where brokers know passwords
    ca.crt device.crt device.key    certificates, where brokers know certificates
    site.key                        32 bytes in hex, on bridges only: pickup codes come from it
"""

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Final, Literal

from msgspec import Meta, Struct, ValidationError, convert

from contract.messages import DeviceId, Hash
from contract.pickup_code import KEY_BYTES
from contract.settings import SettingsError, load

DeviceKind = Literal["kiosk", "bridge"]
RESERVED: Final = ("hub", "lan")
"""Names no device may bear: they stand in topics, and the hub broker knows `hub` as its own."""

DEVICE_FILE: Final = "device.toml"
SECRET_FILES: Final = ("secret", "device.key", "site.key")
"""What only its owner may read."""

_HOST: Final = r"^[A-Za-z0-9.:-]{1,253}$"
_OTHERS: Final = 0o077


class BrokerAddress(Struct, frozen=True):
    """Where a broker listens. Without `tls` only a broker on this very machine is safe."""

    host: Annotated[str, Meta(pattern=_HOST)]
    port: Annotated[int, Meta(ge=1, le=65535)]
    tls: bool = False


def broker_address(text: str) -> BrokerAddress:
    """`host:port`, `mqtt://host:port` or `mqtts://host:port`; ValueError for anything else."""
    scheme, found, rest = text.rpartition("://")
    host, colon, port = rest.rpartition(":")
    if (found and scheme not in ("mqtt", "mqtts")) or not colon:
        raise ValueError("no broker's address")
    try:
        return convert({"host": host, "port": int(port), "tls": scheme == "mqtts"}, BrokerAddress)
    except ValidationError as error:
        raise ValueError(str(error)) from None


class DeviceFile(Struct, frozen=True):
    """`device.toml`: everything of an enrolment that is no secret."""

    device: DeviceId
    site: DeviceId
    kind: DeviceKind
    bridge: DeviceId
    order_key: Hash
    hub_broker: BrokerAddress
    site_broker: BrokerAddress


@dataclass(frozen=True)
class Certificates:
    """PEM text: the authority's certificate, the device's own, and its private key."""

    ca: str
    certificate: str
    key: str = field(repr=False)


@dataclass(frozen=True)
class Enrolment:
    """Who this device is. `bridge` is the id of its site's bridge (its own, if it is one).

    `order_key` is the hub's public key for remote orders, 64 hex digits; `password` is absent where both
    brokers know certificates; `site_key` is absent on kiosks.
    """

    directory: Path
    device: str
    site: str
    kind: DeviceKind
    bridge: str
    hub_broker: BrokerAddress
    site_broker: BrokerAddress
    order_key: str
    password: str | None = field(default=None, repr=False)
    site_key: bytes | None = field(default=None, repr=False)

    @property
    def ca_file(self) -> Path:
        """Certificate of the authority that signs the brokers."""
        return self.directory / "ca.crt"

    @property
    def certificate_file(self) -> Path:
        """This device's certificate; its common name is the device id."""
        return self.directory / "device.crt"

    @property
    def key_file(self) -> Path:
        """The private key of that certificate."""
        return self.directory / "device.key"


class NotEnrolledError(Exception):
    """This directory does not make a device; the text says what is missing and what to type."""


def read(directory: Path, kind: DeviceKind | None = None) -> Enrolment:
    """Read the directory of a device (of this kind, if given), or raise NotEnrolledError."""
    if not (directory / DEVICE_FILE).exists():
        raise NotEnrolledError(
            f"{directory} is no device's directory: device.toml is missing.\n"
            f"On the hub, type: conciergerie hub enrol NAME --site SITE --kind {kind or 'kiosk|bridge'}\n"
            "and bring the directory it writes to this machine."
        )
    try:
        file = load(directory / DEVICE_FILE, DeviceFile)
    except SettingsError as error:
        raise NotEnrolledError(f"{error}\n{_again(kind or 'kiosk|bridge')}") from None
    if kind and file.kind != kind:
        raise NotEnrolledError(f"{directory} belongs to a {file.kind}, not to a {kind}. {_again(kind)}")
    return _with_secrets(directory, file)


def write(
    directory: Path,
    file: DeviceFile,
    *,
    password: str | None = None,
    certificates: Certificates | None = None,
    site_key: bytes | None = None,
    replace: bool = False,
) -> None:
    """Write what makes `directory` a device's; it becomes one with the last file.

    Raises FileExistsError unless told to replace, ValueError for an enrolment that makes no sense.
    """
    write_files(
        directory,
        contents(file, password=password, certificates=certificates, site_key=site_key),
        replace=replace,
    )


def write_files(directory: Path, files: Mapping[str, str], *, replace: bool = False) -> None:
    """The same with what `contents` made."""
    if (directory / DEVICE_FILE).exists() and not replace:
        raise FileExistsError(f"{directory} is a device's directory already: give another, or replace it")
    _write_files(directory, files)


def contents(
    file: DeviceFile,
    *,
    password: str | None = None,
    certificates: Certificates | None = None,
    site_key: bytes | None = None,
) -> dict[str, str]:
    """The files of a device's directory and what stands in them, `device.toml` last.

    Raises ValueError for an enrolment that makes no sense.
    """
    _refuse_nonsense(file, password, certificates, site_key)
    files = {}
    if password is not None:
        files["secret"] = password
    if certificates is not None:
        files["ca.crt"] = certificates.ca
        files["device.crt"] = certificates.certificate
        files["device.key"] = certificates.key
    if site_key is not None:
        files["site.key"] = site_key.hex()
    return files | {DEVICE_FILE: _toml(file)}


def needs_password(file: DeviceFile | Enrolment) -> bool:
    """Whether one of the brokers knows devices by password."""
    return not (file.hub_broker.tls and file.site_broker.tls)


def needs_certificates(file: DeviceFile | Enrolment) -> bool:
    """Whether one of the brokers knows devices by certificate."""
    return file.hub_broker.tls or file.site_broker.tls


# --- reading -----------------------------------------------------------------------------------


def _with_secrets(directory: Path, file: DeviceFile) -> Enrolment:
    site_key = None
    if file.kind == "bridge":
        site_key = _site_key(directory / "site.key")
    elif (directory / "site.key").exists():
        raise NotEnrolledError(
            f"{directory / 'site.key'} must not lie on a kiosk: all codes of the site come from it.\n"
            "Delete it, and tell whoever runs the hub that this key has been out of the bridge."
        )
    if needs_certificates(file):
        for name in ("ca.crt", "device.crt"):
            if not (directory / name).exists():
                raise NotEnrolledError(f"{directory / name} is missing. {_again(file.kind)}")
        _secret(directory / "device.key", file.kind)
    return Enrolment(
        directory=directory,
        device=file.device,
        site=file.site,
        kind=file.kind,
        bridge=file.bridge,
        hub_broker=file.hub_broker,
        site_broker=file.site_broker,
        order_key=file.order_key,
        password=_secret(directory / "secret", file.kind) if needs_password(file) else None,
        site_key=site_key,
    )


def _site_key(path: Path) -> bytes:
    try:
        key = bytes.fromhex(_secret(path, "bridge"))
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise NotEnrolledError(f"{path} is damaged. {_again('bridge')}")
    return key


def _secret(path: Path, kind: str) -> str:
    """The text of a file that only its owner may read."""
    try:
        mode = path.stat().st_mode
        text = path.read_text().strip()
    except FileNotFoundError:
        raise NotEnrolledError(f"{path} is missing. {_again(kind)}") from None
    except OSError as error:
        raise NotEnrolledError(f"{path} cannot be read ({error.strerror}): look at its owner") from None
    except UnicodeDecodeError:
        raise NotEnrolledError(f"{path} is damaged. {_again(kind)}") from None
    if mode & _OTHERS:
        raise NotEnrolledError(f"{path} can be read by others. Type: chmod 600 {path}")
    if not text:
        raise NotEnrolledError(f"{path} is empty. {_again(kind)}")
    return text


def _again(kind: str) -> str:
    return f"Write it again on the hub: conciergerie hub enrol NAME --site SITE --kind {kind} --replace"


# --- writing -----------------------------------------------------------------------------------


def _refuse_nonsense(
    file: DeviceFile, password: str | None, certificates: Certificates | None, site_key: bytes | None
) -> None:
    if file.device in RESERVED:
        raise ValueError(f"no device may be called {file.device}")
    if (file.kind == "bridge") != (file.device == file.bridge):
        raise ValueError("a bridge is the bridge of its own site, and a kiosk is not")
    if (file.kind == "bridge") != (site_key is not None):
        raise ValueError("the site key belongs on the bridge, and nowhere else")
    if needs_password(file) != (password is not None):
        raise ValueError("a password goes with brokers without TLS, and with them only")
    if needs_certificates(file) != (certificates is not None):
        raise ValueError("certificates go with brokers with TLS, and with them only")


def _toml(file: DeviceFile) -> str:
    """Every value is of a form that needs no escape in TOML (see the patterns)."""
    lines = ["# Written by the hub. Do not change it: have it written again."]
    names = ("device", "site", "kind", "bridge", "order_key")
    lines += [f'{name} = "{getattr(file, name)}"' for name in names]
    for table in ("hub_broker", "site_broker"):
        address: BrokerAddress = getattr(file, table)
        lines += ["", f"[{table}]", f'host = "{address.host}"', f"port = {address.port}"]
        lines += [f"tls = {str(address.tls).lower()}"]
    return "\n".join(lines) + "\n"


def _write_files(directory: Path, files: Mapping[str, str]) -> None:
    """Each file whole or not at all, `device.toml` last: what lies beside (a journal) is left alone."""
    directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    (directory / DEVICE_FILE).unlink(missing_ok=True)
    for name in SECRET_FILES:
        if name not in files:
            (directory / name).unlink(missing_ok=True)
    for name, text in files.items():
        fresh = directory / f".{name}.{secrets.token_hex(4)}"
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        fresh.rename(directory / name)
    entries = os.open(directory, os.O_RDONLY)
    os.fsync(entries)
    os.close(entries)
