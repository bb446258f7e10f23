"""What a scanner read: told apart by its form alone.

A badge reader types 10 digits (the usual decimal form), or the card's number in hexadecimal, 8 or 14
digits; a code of ours printed as a bar code has 8 or 9 digits and is taken first. Anything else that
can be printed is a carrier's label.
"""

import re
from dataclasses import dataclass
from typing import Final, Literal

from contract.pickup_code import CodeFormatError, is_token, split_typed

LONGEST: Final = 256
_BADGE: Final = re.compile(r"[0-9]{10}|[0-9A-F]{8}|04[0-9A-F]{12}", re.IGNORECASE)
_CARRIERS: Final = (
    ("UPS", re.compile(r"1Z[0-9A-Z]{16}")),
    ("Colissimo", re.compile(r"[0-9][A-Z][0-9]{11}")),
    ("La Poste", re.compile(r"[A-Z]{2}[0-9]{9}FR")),
    ("DHL", re.compile(r"J?JD[0-9]{14,20}")),
    ("Amazon", re.compile(r"TBA[0-9]{12}")),
)


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
    text = text.strip()
    digits = text.replace(" ", "")
    if fault is not None:
        return fault
    if is_token(text):
        return Token(text)
    if _is_code(digits):
        return Code(digits)
    if _BADGE.fullmatch(text):
        return Badge(text)
    return ParcelLabel(text, carrier_of(text))


def fault_of(text: str) -> Unreadable | None:
    """Why this cannot be a scan, or None."""
    if len(text) > LONGEST:
        return Unreadable("too_long", len(text))
    if not text.strip() or "\ufffd" in text:
        return Unreadable("encoding", len(text))
    if not text.isprintable():
        return Unreadable("control", len(text))
    return None


def carrier_of(label: str) -> str | None:
    """The carrier, where the form of its numbers is its own."""
    bare = label.replace(" ", "").upper()
    return next((name for name, form in _CARRIERS if form.fullmatch(bare)), None)


def _is_code(digits: str) -> bool:
    try:
        split_typed(digits)
    except CodeFormatError:
        return False
    return True
