"""What a line of a scale can say. Every answer that is no reading says `why` in words for a concierge."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Literal

Unit = Literal["kg", "g", "lb"]
Load = Literal["net", "gross", "unknown"]

NUMBER: Final = r"(?P<number>[+-]? *\d+(?:\.\d+)?)"
"""A pattern for what `reading` takes as the number: blanks may stand between sign and digits."""
UNIT: Final = r"(?P<unit>(?i:kg|g|lb))"

_UNITS: Final[Mapping[str, Unit]] = {"kg": "kg", "g": "g", "lb": "lb"}
_GRAMS: Final[Mapping[Unit, Decimal]] = {"kg": Decimal(1000), "g": Decimal(1), "lb": Decimal("453.59237")}


class ScaleError(Exception):
    """Root of this package's errors."""


class UnreadableLineError(ScaleError):
    """The line is none of this protocol."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One weight as it was shown, with all its decimals.

    `stable` is None where the protocol does not tell; `trusted` is False where a value was guessed
    out of a line of no known protocol.
    """

    value: Decimal
    unit: Unit
    stable: bool | None
    load: Load = "unknown"
    trusted: bool = True


@dataclass(frozen=True, slots=True)
class Busy:
    """The scale has no weight to tell yet."""

    why: str = "the scale is busy or not at rest: wait until its display stands still"


@dataclass(frozen=True, slots=True)
class Overload:
    """More lies on the scale than it can weigh."""

    why: str = "overload, more lies on the scale than it can weigh: take some of it off"


@dataclass(frozen=True, slots=True)
class Underload:
    """Less than nothing lies on the scale."""

    why: str = "underload, the scale feels less than nothing: put its plate back, empty it, set it to zero"


@dataclass(frozen=True, slots=True)
class Fault:
    """The scale, or its line, reports an error."""

    why: str


Answer = Reading | Busy | Overload | Underload | Fault


def in_grams(value: Decimal, unit: Unit) -> Decimal:
    """The same weight in grams, with all its decimals."""
    return value * _GRAMS[unit]


def readable(line: bytes) -> str:
    """The text of one line without its end and the blanks around it. Raises UnreadableLineError."""
    try:
        return line.decode("ascii").strip(" \r\n")
    except UnicodeDecodeError:
        raise UnreadableLineError(
            f"the line is no plain text ({line.hex(' ')}): set the speed and parity that the scale shows"
        ) from None


def unreadable(text: str, protocol: str) -> UnreadableLineError:
    """The error for a line that `protocol` does not have."""
    return UnreadableLineError(
        f"{text!r} is no weight of {protocol}: check which protocol the scale is set to"
    )


def reading(
    found: re.Match[str], *, stable: bool | None, load: Load = "unknown", trusted: bool = True
) -> Reading:
    """The reading of a match that has the groups of NUMBER and UNIT."""
    value = Decimal(found["number"].replace(" ", ""))
    return Reading(value, _UNITS[found["unit"].lower()], stable, load, trusted)
