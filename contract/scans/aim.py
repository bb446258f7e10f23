"""AIM identifiers (ISO/IEC 15424): `]cm` in front of the data, c the symbology, m how it was read.

A scanner sends them when it is set to; ours ask for them, because `]C1` alone tells a GS1 label from
any other Code 128.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

SYMBOLOGIES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "A": "Code 39",
        "C": "Code 128",
        "E": "EAN/UPC",
        "F": "Codabar",
        "G": "Code 93",
        "I": "Interleaved 2 of 5",
        "L": "PDF417",
        "Q": "QR",
        "d": "Data Matrix",
        "e": "GS1 DataBar",
        "z": "Aztec",
    }
)
"""By the first character of the identifier; upper and lower case are two symbologies."""

_GS1: Final = frozenset({"C1", "d2", "Q3", "e0"})


@dataclass(frozen=True, slots=True)
class Split:
    """Data without its identifier. `identifier` and `symbology` are empty where none came."""

    text: str
    identifier: str = ""
    symbology: str = ""

    @property
    def is_gs1(self) -> bool:
        """Whether the data are GS1 element strings, in which GS may stand."""
        return self.identifier in _GS1


def split(text: str) -> Split:
    """Take the identifier off. What begins with `]` and is none of ours stays as it is."""
    if len(text) < 3 or text[0] != "]" or text[1] not in SYMBOLOGIES or not _is_modifier(text[2]):
        return Split(text)
    return Split(text[3:], text[1:3], SYMBOLOGIES[text[1]])


def _is_modifier(character: str) -> bool:
    """A digit, or a letter where a symbology has more than ten (Aztec, Code 39 with options)."""
    return character.isascii() and character.isalnum()
