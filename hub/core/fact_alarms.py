"""Facts that are alarms by themselves, incidents of the hub, and facts that could not be read. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from hub.core.things import Thing, Tone

_AT_A_DOOR: Final = ("adopted_ended", "lost", "lost_asked")
"""Alarms whose detail is `door/item`; no door for what lay behind none."""
CRIES: Final = ("help", "lost_asked")
"""Somebody wants somebody: however often they say so, it is one card."""
GONE: Final = ("hole", "range_gone")
LOSSES: Final = (*GONE, "went_back", "chain_broken", "corrupt", "new_journal")
"""A device lost some of what it noted. It says so, and the hub notices it: that is one card a device."""
SENT_AGAIN: Final = ("damaged", "malformed", "oversized")
"""What came and could not be taken: the device keeps it and sends it again, so nobody is called at night."""
FORGED: Final = "forged_order"
"""Somebody who is not the hub told the lockers to open a door: they refused, and it is to be looked into."""
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


def alarm_things(alarms: Iterable[Alarm]) -> Iterable[Thing]:
    """A card for each; one for all that one device lost."""
    lost: dict[tuple[str, str], list[Alarm]] = {}
    for alarm in alarms:
        if alarm.kind in LOSSES:
            lost.setdefault((alarm.site, alarm.device), []).append(alarm)
        else:
            yield _alarm_thing(alarm)
    yield from map(_loss_thing, lost.values())


def _loss_thing(told: list[Alarm]) -> Thing:
    """What is gone says more than that a journal began anew. Seen to is all of it, by its latest fact."""
    worst = next((alarm for alarm in told if alarm.kind in GONE), told[0])
    latest = max(told, key=lambda alarm: (":" not in alarm.event, alarm.at_ms, alarm.event))
    first_ms = min(alarm.at_ms for alarm in told)
    return replace(_alarm_thing(worst), since_ms=first_ms, event=latest.event)


def _alarm_thing(alarm: Alarm) -> Thing:
    """A cry for help presses less than what was lost; so does what opened nothing."""
    soft = alarm.kind in (*CRIES, *SENT_AGAIN, FORGED)
    tone: Tone = "warn" if soft else "info" if alarm.kind == STILL_ON else "alarm"
    door, _, item = alarm.detail.partition("/") if alarm.kind in _AT_A_DOOR else ("", "", "")
    if alarm.kind == FORGED:
        door = alarm.detail.removeprefix("door ")
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
