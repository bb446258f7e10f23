"""What is kept of a carrier's label, how two of them are compared, and what people call the carrier."""

import re
from collections.abc import Mapping
from hashlib import sha256
from types import MappingProxyType
from typing import Final

from contract.scans import aim
from contract.scans.carriers import Carrier, recognise
from contract.scans.message import GS

_LONGEST_NUMBER: Final = 64  # a GS1 label with all that stands beside its number
_FEWEST_DIGITS: Final = 4
LONGEST_MARK: Final = 40
"""So much the lockers keep of a label; of a longer one a digest."""
_DIGEST: Final = re.compile(r"#[0-9a-f]{16}")
NAMES: Final[Mapping[Carrier, str]] = MappingProxyType(
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


def plain_of(text: str) -> str:
    """What is printed: without blanks around it and AIM identifier; separators of GS1 become blanks."""
    return aim.split(text.strip()).text.replace(GS, " ").strip()


def number_of(text: str) -> str:
    """What is kept of a label: its number; of anything else that was scanned or typed only a digest.

    Square codes of some carriers hold the address as well, and a keyboard may type a name. Neither goes
    into a fact (I15). The same text has the same digest, so that a label scanned twice is still found. What
    is one already stays so. Partners' pages do the same: hub/web/static/partner/scanner.js.
    """
    plain = plain_of(text)
    digits = sum(sign.isdigit() for sign in plain)
    letters = sum(sign.isalpha() for sign in plain)
    is_number = len(plain) <= _LONGEST_NUMBER and digits >= max(letters, _FEWEST_DIGITS)
    if not plain or is_number or _DIGEST.fullmatch(plain) or recognise(plain).carrier != "unknown":
        return plain
    return _digest(plain)


def compared(text: str) -> str:
    """A label as it is compared with another one, which somebody may have typed."""
    return plain_of(text).replace(" ", "").casefold()


def mark_of(label: str) -> str:
    """What the lockers know a parcel by: its label as it was kept. Long ones that begin alike stay apart."""
    if len(label) <= LONGEST_MARK:
        return label
    short = compared(label)
    return short if len(short) <= LONGEST_MARK else _digest(short)


def marks_of(text: str) -> frozenset[str]:
    """A scan in every form in which its label may be kept: as it is, its digest, the number in it."""
    forms = {text, number_of(text), recognise(text).number}
    return frozenset(compared(mark) for form in forms if form.strip() for mark in (form, mark_of(form)))


def _digest(text: str) -> str:
    return f"#{sha256(text.encode()).hexdigest()[:16]}"
