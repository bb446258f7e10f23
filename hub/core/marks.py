"""Who sees to a thing, and what may wait until when. Pure.

A mark belongs to the key of a thing (hub.core.things) and ends with it. What is put off comes back at its
time, or earlier when it gets worse: its tone rises, it happened again, or there is more of it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta, tzinfo
from typing import Final, Literal, get_args

from hub.core.things import RANK, Thing

When = Literal["hour", "afternoon", "tomorrow"]
Why = Literal["waiting", "called", "nobody", "can_wait", "other"]
WHYS: Final[tuple[Why, ...]] = get_args(Why)

HOUR_MS: Final = 3_600_000
TAKEN_MS: Final = 8 * HOUR_MS
"""Whoever took a thing and did not end it within a working day has forgotten it."""
BRIEFLY: Final = frozenset({"forced", "left_open"})
"""A door anybody can reach into is out of sight for an hour at most."""
_AFTERNOON, _TOO_LATE = time(14), time(13)
_MORNING: Final = time(8)


@dataclass(frozen=True)
class Mark:
    """What people said of a thing: who took it, and until when it was put off, by whom and why.

    `tone`, `cause` and `count` are those it had when it was put off.
    """

    key: str
    taken_by: str | None = None
    taken_ms: int | None = None
    off_by: str | None = None
    off_ms: int | None = None
    until_ms: int | None = None
    why: str | None = None
    tone: str = ""
    cause: str = ""
    count: int = 0


@dataclass(frozen=True)
class Marked:
    """A thing with what people said of it."""

    thing: Thing
    mark: Mark | None = None


def is_put_off(thing: Thing, mark: Mark | None, now_ms: int) -> bool:
    """Whether it still waits: not yet its time, and no worse than it was."""
    if mark is None or mark.until_ms is None or mark.until_ms <= now_ms:
        return False
    if thing.kind in BRIEFLY and now_ms - (mark.off_ms or 0) >= HOUR_MS:
        return False
    worse = RANK[thing.tone] < RANK.get(mark.tone, 0)
    more = not thing.subject and thing.count > mark.count
    return not (worse or more or thing.cause != mark.cause)


def is_taken(mark: Mark | None, now_ms: int) -> bool:
    """Whether somebody sees to it."""
    return mark is not None and mark.taken_ms is not None and now_ms - mark.taken_ms < TAKEN_MS


def sorted_out(
    things: Iterable[Thing], marks: Mapping[str, Mark], now_ms: int
) -> tuple[list[Marked], list[Marked]]:
    """What is to be done now, in the order given, and what may wait, the soonest first."""
    each = [Marked(thing, marks.get(thing.key)) for thing in things]
    off = [one for one in each if is_put_off(one.thing, one.mark, now_ms)]
    now = [one for one in each if one not in off]
    return now, sorted(off, key=lambda one: one.mark.until_ms or 0 if one.mark else 0)


def choices(thing: Thing, now_ms: int, zone: tzinfo, opens_ms: int | None) -> dict[When, int]:
    """Until when it may be put off; `opens_ms`: the next opening of its site after today, if known."""
    found: dict[When, int] = {"hour": now_ms + HOUR_MS}
    if thing.kind in BRIEFLY:
        return found
    local = datetime.fromtimestamp(now_ms / 1000, zone)
    if local.time() < _TOO_LATE:
        found["afternoon"] = _at(local, 0, _AFTERNOON)
    found["tomorrow"] = opens_ms if opens_ms is not None else _at(local, 1, _MORNING)
    return found


def tomorrow_ms(now_ms: int, zone: tzinfo) -> int:
    """The first moment of tomorrow there."""
    return _at(datetime.fromtimestamp(now_ms / 1000, zone), 1, time(0))


def _at(local: datetime, days: int, hour: time) -> int:
    day = local.date() + timedelta(days=days)
    return int(datetime.combine(day, hour, local.tzinfo).timestamp()) * 1000
