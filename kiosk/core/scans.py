"""What a scanner read: told apart by its form alone.

A badge reader types 10 digits (the usual decimal form), or the card's number in hexadecimal, 8 or 14
digits; a code of ours printed as a bar code has 8 or 9 digits and is taken first. Anything else that
can be printed is a carrier's label. An AIM identifier in front (`]C0`...) says how it was printed and is
no part of it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from types import MappingProxyType
from typing import Final, Literal

from contract.pickup_code import CodeFormatError, is_token, split_typed
from contract.scans import aim
from contract.scans.carriers import Carrier, recognise
from contract.scans.message import GS, LONGEST
from contract.scans.settings_codes import is_settings_code

_BADGE: Final = re.compile(r"[0-9]{10}|[0-9A-F]{8}|04[0-9A-F]{12}", re.IGNORECASE)
_LONGEST_NUMBER: Final = 64  # a GS1 label with all that stands beside its number
_FEWEST_DIGITS: Final = 4
_NAMES: Final[Mapping[Carrier, str]] = MappingProxyType(
    {
        "amazon": "Amazon",
        "chronopost": "Chronopost",
        "colissimo": "Colissimo",
        "dhl": "DHL",
        "dpd": "DPD",
        "gls": "GLS",
        "laposte": "La Poste",
        "mondialrelay": "Mondial Relay",
        "ups": "UPS",
    }
)
"""Carriers as people call them; a post abroad and a bare logistic unit are no carrier at the door."""


@dataclass(frozen=True, slots=True)
class Token:
    """Our QR code."""

    token: str


@dataclass(frozen=True, slots=True)
class Code:
    """A pickup code, as it would be typed."""

    digits: str


@dataclass(frozen=True, slots=True)
class Badge:
    """A staff badge."""

    number: str


@dataclass(frozen=True, slots=True)
class ParcelLabel:
    """A carrier's label, and the carrier where its form gives it away."""

    text: str
    carrier: str | None


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Nothing a label, badge or code can be."""

    why: Literal["control", "too_long", "encoding"]
    length: int


Scan = Token | Code | Badge | ParcelLabel | Unreadable


def classify(text: str) -> Scan:
    """Say what was scanned. Blanks around it are the scanner's; an empty scan is `encoding`."""
    fault = fault_of(text)
    if fault is not None:
        return fault
    plain = plain_of(text)
    digits = plain.replace(" ", "")
    if is_token(plain):
        return Token(plain)
    if _is_code(digits):
        return Code(digits)
    if _BADGE.fullmatch(plain):
        return Badge(plain)
    return ParcelLabel(plain, carrier_of(text))


def plain_of(text: str) -> str:
    """What is printed: without blanks around it and AIM identifier; separators of GS1 become blanks."""
    return aim.split(text.strip()).text.replace(GS, " ").strip()


def number_of(text: str) -> str:
    """What is kept of a label: its number; of anything else that was scanned or typed only a digest.

    Square codes of some carriers hold the address as well, and a keyboard may type a name. Neither goes
    into a fact (I15). The same text has the same digest, so that a label scanned twice is still found.
    """
    plain = plain_of(text)
    digits = sum(sign.isdigit() for sign in plain)
    letters = sum(sign.isalpha() for sign in plain)
    is_number = len(plain) <= _LONGEST_NUMBER and digits >= max(letters, _FEWEST_DIGITS)
    if not plain or is_number or recognise(plain).carrier != "unknown":
        return plain
    return f"#{sha256(plain.encode()).hexdigest()[:16]}"


def compared(text: str) -> str:
    """A label as it is compared with another one, which somebody may have typed."""
    return plain_of(text).replace(" ", "").casefold()


def fault_of(text: str) -> Unreadable | None:
    """Why this cannot be a scan, or None. What sets a scanner up is as bad as a control character."""
    if len(text) > LONGEST:
        return Unreadable("too_long", len(text))
    if not plain_of(text) or "\ufffd" in text:
        return Unreadable("encoding", len(text))
    is_gs1 = aim.split(text.strip()).is_gs1
    if not (text.replace(GS, "") if is_gs1 else text).isprintable() or is_settings_code(text):
        return Unreadable("control", len(text))
    return None


def carrier_of(label: str) -> str | None:
    """The carrier as people call it, where the form of its numbers is its own."""
    plain = plain_of(label)
    if _is_code(plain.replace(" ", "")) or _BADGE.fullmatch(plain):
        return None
    return _NAMES.get(recognise(label).carrier)


def _is_code(digits: str) -> bool:
    """A code as a person types it. A mandate has digits like a badge, but on paper a QR: a badge it is."""
    try:
        return not split_typed(digits).is_proxy
    except CodeFormatError:
        return False
