"""The "ST,GS" lines of Dini Argeo, CAS, Yaohua and their copies, mostly sent without being asked.

ST,GS,    7.16,kg    [AA]HH,KK,PPPPPPPP,UM: ST at rest, US moving, OL overload, UL underload
01US,NT,   12.45,kg  AA address; GS gross, NT net
ST,GS,+00045.0kg     copies leave out the last comma, or pad with blanks
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

_WEIGHT: Final = re.compile(rf"(?:\d\d)?(?P<state>ST|US), *(?P<load>GS|NT) *, *{NUMBER} *,? *{UNIT}")
_OUT_OF_RANGE: Final = re.compile(r"(?:\d\d)?(?P<state>OL|UL),.*")


def parse(line: bytes) -> Answer:
    """What one line says. Raises UnreadableLineError."""
    text = readable(line)
    if beyond := _OUT_OF_RANGE.fullmatch(text):
        return Overload() if beyond["state"] == "OL" else Underload()
    found = _WEIGHT.fullmatch(text)
    if found is None:
        raise unreadable(text, "ST,GS")
    return reading(found, stable=found["state"] == "ST", load="gross" if found["load"] == "GS" else "net")
