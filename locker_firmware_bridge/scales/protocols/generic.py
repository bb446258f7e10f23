"""A guess at a line of no known protocol: the first number with a unit behind it. Never trusted.

It counts as at rest unless the line begins like one that moves (`US`, `S D`, `SD`, `?`) or has a
status letter M or U by itself. A number with a decimal comma is left alone: a comma also parts fields.
"""

import re
from typing import Final

from locker_firmware_bridge.scales.protocols.answers import (
    NUMBER,
    UNIT,
    Answer,
    Busy,
    Overload,
    Underload,
    readable,
    reading,
    unreadable,
)

_WEIGHT: Final = re.compile(rf"(?<![\d.+-])(?<!\d,){NUMBER} *,? *{UNIT}(?![A-Za-z])")
_OUT_OF_RANGE: Final = re.compile(r"(?:\d\d)?(?P<state>OL|UL)\b.*")
_BEGINS_MOVING: Final = ("US", "S D", "SD", "?")
_STATUS_MOVING: Final = re.compile(r"(?<![A-Za-z])[MU](?![A-Za-z])")


def parse(line: bytes) -> Answer:
    """What one line may say; blanks alone are what some scales send while they move.

    Raises UnreadableLineError.
    """
    text = readable(line)
    if not text:
        return Busy()
    if beyond := _OUT_OF_RANGE.fullmatch(text):
        return Overload() if beyond["state"] == "OL" else Underload()
    found = _WEIGHT.search(text)
    if found is None:
        raise unreadable(text, "any kind we know")
    around = f"{text[: found.start()]} {text[found.end() :]}"
    moving = text.startswith(_BEGINS_MOVING) or _STATUS_MOVING.search(around) is not None
    return reading(found, stable=not moving, trusted=False)
