"""The scale in service: the bridge says "weigh", and hears what came of it. No door ever waits for it."""

import threading
from collections.abc import Callable, Mapping
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Final, Literal

from contract.messages import NotWeighed, ScaleState, Weighed
from locker_firmware_bridge.core.happenings import ScaleSaid
from locker_firmware_bridge.scales.protocols.answers import in_grams
from locker_firmware_bridge.scales.scale import Scale
from locker_firmware_bridge.scales.settling import NotSettled, Reason, Rules, Weight

RULES: Final = Rules(patience_ms=5_000, least_grams=20)
"""A kiosk waits 8 s for an answer; what weighs less than this is an empty scale that drifts."""
_MOST_GRAMS: Final = 1_000_000
SILENT_MS: Final = 60_000
"""So long without a readable line, somebody must see to the scale."""
RESTLESS: Final = 3
"""So many weighings in a row that came to no rest: it is no longer the bag that swings."""

_WHYS: Final[Mapping[Reason, Literal["empty", "moving", "overload", "silent"]]] = {
    "empty": "empty",
    "moving": "moving",
    "busy": "moving",
    "overload": "overload",
    "underload": "silent",
    "fault": "silent",
    "silent": "silent",
}


class Weigher:
    """One weighing after the other, each in a thread of its own, which ends with it."""

    def __init__(self, scale: Scale, report: Callable[[ScaleSaid], None], rules: Rules = RULES) -> None:
        self._scale, self._report, self._rules = scale, report, rules
        self._restless = 0

    def state(self) -> ScaleState | None:
        """How the scale is; None before anybody can know. From any thread."""
        return judged(self._scale.silent_ms, self._restless, was_read=self._scale.was_read)

    def weigh(self) -> None:
        """Begin; what came of it is reported once, after the rules' patience at the latest."""
        threading.Thread(target=self._weigh, name="weighing", daemon=True).start()

    def _weigh(self) -> None:
        said: Weighed | NotWeighed = NotWeighed(why="silent")
        try:
            said = told(self._scale.weigh(self._rules))
            self._restless = restless(self._restless, said)
        finally:  # also after a fault of ours: the kiosk waits, and so does the next weighing
            self._report(ScaleSaid(said))


def judged(silent_ms: int, restless: int, *, was_read: bool) -> ScaleState | None:
    """What these say of it."""
    if silent_ms > SILENT_MS:
        return "silent"
    if restless >= RESTLESS:
        return "moving"
    return "good" if was_read else None


def restless(before: int, said: Weighed | NotWeighed) -> int:
    """How many weighings in a row came to no rest, after this one; an overload says nothing of that."""
    match said:
        case NotWeighed(why="moving"):
            return before + 1
        case Weighed() | NotWeighed(why="empty"):
            return 0
        case _:
            return before


def told(outcome: Weight | NotSettled) -> Weighed | NotWeighed:
    """What a kiosk is told: whole grams, or why there are none."""
    if isinstance(outcome, NotSettled):
        return NotWeighed(why=_WHYS[outcome.reason])
    grams = in_grams(outcome.value, outcome.unit).quantize(Decimal(1), ROUND_HALF_EVEN)
    return Weighed(grams=int(grams)) if grams <= _MOST_GRAMS else NotWeighed(why="overload")
