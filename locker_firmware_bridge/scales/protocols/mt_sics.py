"""Mettler-Toledo MT-SICS: answers to `S` (stable), `SI` (now) and `SIR` (again and again).

S S     100.00 g     at rest; the value is right-aligned in ten characters
S D     129.07 g     moving
S I  S +  S -        busy, overload, underload
ES  ET  EL           the command is unknown, was garbled, cannot be done
"""

import re
from typing import Final

from locker_firmware_bridge.scales.protocols.answers import (
    NUMBER,
    UNIT,
    Answer,
    Busy,
    Fault,
    Overload,
    Underload,
    readable,
    reading,
    unreadable,
)

_WEIGHT: Final = re.compile(rf"S (?P<state>[SD]) +{NUMBER} +{UNIT}")
_WORDS: Final[dict[str, Answer]] = {
    "S I": Busy(),
    "S +": Overload(),
    "S -": Underload(),
    "ES": Fault("syntax error (ES), the scale does not know the command: check its protocol"),
    "ET": Fault("transmission error (ET), the command arrived garbled: check cable, speed and parity"),
    "EL": Fault("logic error (EL), the scale cannot do this now: look at its display"),
}


def parse(line: bytes) -> Answer:
    """What one line says. Raises UnreadableLineError."""
    text = readable(line)
    if text in _WORDS:
        return _WORDS[text]
    found = _WEIGHT.fullmatch(text)
    if found is None:
        raise unreadable(text, "MT-SICS")
    return reading(found, stable=found["state"] == "S")
