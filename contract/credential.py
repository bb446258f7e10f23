"""Staff badges and PINs, as the hub writes them into the feed and the bridge checks them.

A PIN is short, so it goes through scrypt and then under the site key: neither the feed nor its
database alone lets anybody try PINs. A badge number is a name, not a secret; it is keyed so that a
stolen feed does not give badges to copy.
"""

import hashlib
import hmac
from typing import Final

_COST: Final = {"n": 2**13, "r": 8, "p": 2, "dklen": 32}
"""8 MiB: a bridge keeps what it once took, and 16 would be a quarter of its memory."""


def pin_hash(site_key: bytes, pin: str, salt: str) -> str:
    """Hex digest of a PIN; about 50 ms on a Pi 4, on purpose. `salt` is random per person."""
    stretched = hashlib.scrypt(pin.encode(), salt=salt.encode(), **_COST)
    return hmac.digest(site_key, b"pin\0" + stretched, "sha256").hex()


def badge_hash(site_key: bytes, badge: str) -> str:
    """Hex digest of what a badge reader sends, blanks and letter case aside."""
    return hmac.digest(site_key, b"badge\0" + badge.strip().upper().encode(), "sha256").hex()


def same(given: str, expected: str) -> bool:
    """Compare digests in constant time."""
    return hmac.compare_digest(given.encode(), expected.encode())
