"""Pickup codes: truncated HMACs under the site key, so that no code is stored or sent up.

One code a pickup opens everything that waits there for one person. Typed, it is the ticket number
(2 digits up to 69, 3 digits from 700, so that the first digit tells the length) and 6 digits more;
as a QR it is `C1` and 26 base-32 characters (128 bits and the padding). The hub can tell a code
while the site is offline: it knows pickup and generation, and the key.

A mandate to collect for somebody has a code of its own, made in the same way of the mandate's id: typed,
it is 0, the mandate's number in 3 digits, and 6 digits more. Those numbers the hub gives out, and so it can
tell the code before anything has arrived.

Why no key derivation function: the 6 digits are guessed through the keypad, where the bridge slows
the guesser down; a stolen bridge has the key and gives up the codes of its own site only, which are
then rotated by a new key (docs/adr/0004-pickup-codes.md).
"""

import base64
import hmac
from dataclasses import dataclass
from typing import Final

KEY_BYTES: Final = 32
TYPED_DIGITS: Final = 6
TOKEN_PREFIX: Final = "C1"  # noqa: S105 - tells our QR codes from others, no secret
TOKEN_BYTES: Final = 16
SHORT_TICKETS: Final = range(10, 70)
LONG_TICKETS: Final = range(700, 1000)
PROXY_NUMBERS: Final = range(1, 1000)


class CodeFormatError(ValueError):
    """Not the form of a code. Never says what was wrong with it."""


@dataclass(frozen=True)
class Typed:
    """What a person typed, taken apart: number of ticket or mandate, and the six digits that prove it."""

    ticket: int
    proof: str
    is_proxy: bool = False
    """Whether `ticket` is the number of a mandate."""


def tickets() -> tuple[int, ...]:
    """All ticket numbers in the order they are given out: the short ones first."""
    return (*SHORT_TICKETS, *LONG_TICKETS)


def typed_length(first_digit: str) -> int:
    """How many digits a code has that begins with this one: 8, 9 from `7` on, 10 from `0`."""
    if first_digit == "0":
        return TYPED_DIGITS + 4
    return TYPED_DIGITS + (3 if first_digit in "789" else 2)


def split_typed(digits: str) -> Typed:
    """Take typed digits apart, or raise CodeFormatError."""
    if not (digits.isascii() and digits.isdigit()) or len(digits) != typed_length(digits[0]):
        raise CodeFormatError("not the form of a code")
    ticket, is_proxy = int(digits[:-TYPED_DIGITS]), digits[0] == "0"
    if is_proxy and ticket in PROXY_NUMBERS:
        return Typed(ticket, digits[-TYPED_DIGITS:], is_proxy=True)
    if ticket not in SHORT_TICKETS and ticket not in LONG_TICKETS:
        raise CodeFormatError("not the form of a code")
    return Typed(ticket, digits[-TYPED_DIGITS:])


def proof(site_key: bytes, pickup: str, generation: int) -> str:
    """The six digits of a pickup's generation."""
    number = int.from_bytes(_mac(site_key, b"typed", pickup, generation)[:16])
    return f"{number % 10**TYPED_DIGITS:0{TYPED_DIGITS}d}"


def typed_code(site_key: bytes, ticket: int, pickup: str, generation: int) -> str:
    """All digits a person types."""
    return f"{ticket}{proof(site_key, pickup, generation)}"


def proxy_code(site_key: bytes, number: int, proxy: str, generation: int) -> str:
    """All digits that who bears a mandate types."""
    return f"0{number:03d}{proof(site_key, proxy, generation)}"


def token(site_key: bytes, pickup: str, generation: int) -> str:
    """The text of the QR: prefix and 128 bits in base 32."""
    mac = _mac(site_key, b"token", pickup, generation)[:TOKEN_BYTES]
    return TOKEN_PREFIX + base64.b32encode(mac).decode().rstrip("=")


def is_token(text: str) -> bool:
    """Whether a scan has the form of our QR."""
    body = text.removeprefix(TOKEN_PREFIX)
    return len(text) == 28 and len(body) == 26 and set(body) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")


def matches(given: str, expected: str) -> bool:
    """Compare in constant time."""
    return hmac.compare_digest(given.encode(), expected.encode())


def _mac(site_key: bytes, purpose: bytes, pickup: str, generation: int) -> bytes:
    if len(site_key) != KEY_BYTES:
        raise ValueError(f"a site key has {KEY_BYTES} bytes")
    return hmac.digest(site_key, b"\0".join((purpose, pickup.encode(), str(generation).encode())), "sha256")
