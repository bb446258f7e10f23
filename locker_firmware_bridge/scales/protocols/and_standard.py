"""A&D standard format: answers to `Q` and `SI` (now), `S` (stable), `SIR` (again and again).

ST,+00012.34 kg      HH,sNNNNNNNNUUU: sign, eight characters, the unit right-aligned in three
US,-00000.05  g      ST at rest, US moving
OL,+9999999E+19      overload; with a minus, underload
QT,+00000012 PC      a number of pieces: no weight
"""

import re
from typing import Final

from locker_firmware_bridge.scales.protocols.answers import (
    NUMBER,
    UNIT,
    Answer,
    Overload,
    Underload,
    readable,
    reading,
    unreadable,
)

_WEIGHT: Final = re.compile(rf"(?P<state>ST|US),{NUMBER} *{UNIT}")
_OUT_OF_RANGE: Final = re.compile(r"OL,(?P<sign>[+-]).*")


def parse(line: bytes) -> Answer:
    """What one line says. Raises UnreadableLineError."""
    text = readable(line)
    if beyond := _OUT_OF_RANGE.fullmatch(text):
        return Overload() if beyond["sign"] == "+" else Underload()
    found = _WEIGHT.fullmatch(text)
    if found is None:
        raise unreadable(text, "A&D")
    return reading(found, stable=found["state"] == "ST")
