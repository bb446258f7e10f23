"""Adam CPWplus: answers to `N` (net) and `G` (gross). It never says whether the weight is at rest.

G +   2.00 kg
N +   1.00 kg
"""

import re
from typing import Final

from locker_firmware_bridge.scales.protocols.answers import (
    NUMBER,
    UNIT,
    Answer,
    readable,
    reading,
    unreadable,
)

_WEIGHT: Final = re.compile(rf"(?P<load>[GN]) *{NUMBER} *{UNIT}")


def parse(line: bytes) -> Answer:
    """What one line says. Raises UnreadableLineError."""
    text = readable(line)
    found = _WEIGHT.fullmatch(text)
    if found is None:
        raise unreadable(text, "Adam")
    return reading(found, stable=None, load="gross" if found["load"] == "G" else "net")
