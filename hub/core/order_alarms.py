"""Orders that will not be ready as promised, before the promise breaks. Pure.

Only those no bag tells of (hub.core.bag_alarms): what is ordered without a door, or was never brought.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from hub.core.things import Thing

_HOUR_MS: Final = 3_600_000
SOONEST_MS, LATEST_MS = _HOUR_MS, 24 * _HOUR_MS
PART: Final = 4
"""One looks at an order in the last quarter of its time: an hour before its end at least, a day at most."""
FEW_ORDERS: Final = 3
"""More of a site are one card."""


@dataclass(frozen=True)
class Promised:
    """An order promised for `promised_ms` that is not ready, or that nobody has seen though it is ready."""

    site: str
    order: str
    number: str
    placed_ms: int
    promised_ms: int
    about: str = ""
    """What was ordered, and for whom."""

    @property
    def look_ms(self) -> int:
        """From when on somebody should ask how far it is."""
        part = (self.promised_ms - self.placed_ms) // PART
        return self.promised_ms - min(max(part, SOONEST_MS), LATEST_MS)


def order_things(promised: Iterable[Promised], now_ms: int) -> Iterable[Thing]:
    """A card for each order that is late or soon will be; one for all of a site where there are many."""
    alike: dict[tuple[str, str], list[Promised]] = {}
    for one in promised:
        if one.promised_ms <= now_ms:
            alike.setdefault((one.site, "order_late"), []).append(one)
        elif one.look_ms <= now_ms:
            alike.setdefault((one.site, "order_soon"), []).append(one)
    for (site, kind), mine in alike.items():
        if len(mine) > FEW_ORDERS:
            yield Thing("warn", kind, site, min(one.promised_ms for one in mine), count=len(mine))
            continue
        for one in mine:
            yield Thing(
                "warn", kind, site, one.promised_ms, item=one.order, detail=one.number, about=one.about
            )
