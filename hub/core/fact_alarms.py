"""Facts that are alarms by themselves, incidents of the hub, and facts that could not be read. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from hub.core.things import Thing, Tone

_AT_A_DOOR: Final = ("adopted_ended", "lost", "lost_asked")
"""Alarms whose detail is `door/item`; no door for what lay behind none."""
CRIES: Final = ("help", "lost_asked")
"""Somebody wants somebody: however often they say so, it is one card."""
STILL_ON: Final = "revoked"
"""A device that was taken out of service, and speaks: to be unplugged, and nobody is called for it."""


@dataclass(frozen=True)
class Alarm:
    """A fact that is an alarm by itself, or an incident the hub noticed; nobody has seen to it yet."""

    event: str
    site: str
    device: str
    kind: str
    detail: str
    at_ms: int
    count: int = 1


def item_of(alarm: Alarm) -> str | None:
    """The item such an alarm is about, if it is about one."""
    return alarm.detail.partition("/")[2] or None if alarm.kind in _AT_A_DOOR else None


def alarm_thing(alarm: Alarm) -> Thing:
    """A card for it; a cry for help presses less than what was lost."""
    tone: Tone = "warn" if alarm.kind in CRIES else "info" if alarm.kind == STILL_ON else "alarm"
    door, _, item = alarm.detail.partition("/") if alarm.kind in _AT_A_DOOR else ("", "", "")
    return Thing(
        tone,
        alarm.kind,
        alarm.site,
        alarm.at_ms,
        (int(door),) if door else (),
        item or None,
        device=alarm.device or None,
        event=alarm.event,
        detail=alarm.detail,
        count=alarm.count,
    )


def unreadable_things(rows: list[Alarm]) -> Iterable[Thing]:
    """A card for each device."""
    for device in sorted({row.device for row in rows}):
        mine = [row for row in rows if row.device == device]
        first = mine[0]
        yield Thing(
            "alarm",
            "unreadable",
            first.site,
            first.at_ms,
            device=device,
            event=mine[-1].event,
            count=len(mine),
        )
