"""What a scanner read: told apart by its form alone.

A badge reader types 10 digits (the usual decimal form), or the card's number in hexadecimal, 8 or 14
digits; a code of ours printed as a bar code has 8 or 9 digits and is taken first. Anything else that
can be printed is a carrier's label. An AIM identifier in front (`]C0`...) says how it was printed and is
no part of it.
"""

import re
from dataclasses import dataclass
from typing import Final, Literal

from contract.pickup_code import CodeFormatError, is_token, split_typed
from contract.scans import aim
from contract.scans.carriers import recognise
from contract.scans.labels import NAMES
from contract.scans.labels import compared as compared
from contract.scans.labels import mark_of as mark_of
from contract.scans.labels import marks_of as marks_of
from contract.scans.labels import number_of as number_of
from contract.scans.labels import plain_of as plain_of
from contract.scans.message import GS, LONGEST
from contract.scans.settings_codes import is_settings_code

_BADGE: Final = re.compile(r"[0-9A-F]{8}|[0-9A-F]{10}|04[0-9A-F]{12}", re.IGNORECASE)


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
    return NAMES.get(recognise(label).carrier)


def is_of_place(text: str, label: str | None) -> bool:
    """Whether what was scanned is the label of this shelf place; doors have none."""
    return label is not None and plain_of(text).casefold() == label.casefold()


def _is_code(digits: str) -> bool:
    """A code as a person types it. A mandate has digits like a badge, but on paper a QR: a badge it is."""
    try:
        return not split_typed(digits).is_proxy
    except CodeFormatError:
        return False
