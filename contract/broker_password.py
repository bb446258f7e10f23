"""Broker passwords: made at random, and the line mosquitto keeps of one.

The line is mosquitto's own `$7$` form (PBKDF2 with SHA-512, a salt of 12 bytes), so that enrolling a
device needs no `mosquitto_passwd`. A password has 256 random bits; stretching it adds nothing, so the
number of rounds is mosquitto's default, which keeps a storm of reconnections cheap for the broker.
"""

import base64
import hashlib
import hmac
import secrets
from typing import Final

ROUNDS: Final = 101
_SALT_BYTES: Final = 12
_PASSWORD_BYTES: Final = 32


def new_password() -> str:
    """A password of 256 random bits, in letters that need no quoting."""
    return secrets.token_urlsafe(_PASSWORD_BYTES)


def password_line(user: str, password: str) -> str:
    """`user:$7$rounds$salt$hash`, one line of a mosquitto password file, without its line end."""
    salt = secrets.token_bytes(_SALT_BYTES)
    fields = ("", "7", str(ROUNDS), _base64(salt), _base64(_stretched(password, salt, ROUNDS)))
    return f"{user}:{'$'.join(fields)}"


def is_password(line: str, user: str, password: str) -> bool:
    """Whether `line` admits this user with this password; False for a line of any other form."""
    match line.strip().split("$"):
        case [name, "7", rounds, salt, expected] if name == f"{user}:" and rounds.isdecimal():
            given = _stretched(password, base64.b64decode(salt), int(rounds))
            return hmac.compare_digest(given, base64.b64decode(expected))
    return False


def _stretched(password: str, salt: bytes, rounds: int) -> bytes:
    return hashlib.pbkdf2_hmac("sha512", password.encode(), salt, rounds)


def _base64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()
