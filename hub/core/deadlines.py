"""How many days somebody still has to collect something, and which days do not count. Pure.

The rule (docs/adr/0009-the-clock-that-stops.md): a **day counts** when, of its opening hours, at least two
hours (or its whole opening, where that is shorter) lay after the first notice that really reached the person,
outside closures, and while the place is known to have worked. A day is counted when its last opening ends,
never before. Whatever is not known counts for the person.

An **extension** adds days from the moment it is given: days that went by after the end are not counted.
All moments are milliseconds since 1970 UTC.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta, tzinfo
from types import MappingProxyType
from typing import Final, Literal

from hub.core.opening import Closure, Hours, local_date, planned
from hub.core.spans import NEVER, Spans, both, joined, total, without

ENOUGH_MS: Final = 2 * 3_600_000
HORIZON: Final = timedelta(days=400)
NEAR_DAYS: Final = 2
"""From so many days on it is said that the time runs out."""
EXTENSION_DAYS: Final = 7

DAYS: Final[Mapping[str, int]] = MappingProxyType({"parcel": 7, "letter": 7, "registered_letter": 15})
"""How long each kind is kept where the site says nothing. Other kinds have no carrier and are kept."""
FEWEST_DAYS, MOST_DAYS = 1, 90


def promised(kind: str, left_ms: int, versions: Sequence[tuple[int, int]]) -> int:
    """The days of something that came at `left_ms`: those of then, or the most that were given since.

    `versions`: since when a site keeps this kind how many days, in any order.
    """
    mine = [(-NEVER, DAYS[kind]), *versions]
    _, then = max(version for version in mine if version[0] <= left_ms)
    return max([then, *(days for since_ms, days in mine if since_ms > left_ms)])


Reason = Literal["untold", "late", "unknown", "closed", "held", "offline", "door"]


@dataclass(frozen=True)
class Extension:
    """Days given on top, and when."""

    days: int
    at_ms: int


@dataclass(frozen=True)
class Stay:
    """Something that lies at the site since `left_ms`, to be kept `days` days.

    `told_ms`: when its person was first really told. `held_ms`: since when staff have it, or it is being
    seen to. `troubles`: when its door could not open.
    """

    left_ms: int
    told_ms: int | None
    days: int
    extensions: tuple[Extension, ...] = ()
    held_ms: int | None = None
    troubles: Spans = ()


@dataclass(frozen=True)
class Stop:
    """`count` days from `first` to `last` that do not count. `why` and `text` are those of a closure."""

    reason: Reason
    first: date
    last: date
    count: int = 1
    why: str = ""
    text: str = ""


@dataclass(frozen=True)
class Deadline:
    """`used` of `days`. `ends_ms`: when they are over, if all goes on as planned; None where nobody can say.

    `over_ms` is when they were over, None while some are left.
    """

    days: int
    used: int
    told: bool
    ends_ms: int | None
    over_ms: int | None
    stops: tuple[Stop, ...]

    @property
    def left(self) -> int:
        """Days that are left, today included."""
        return max(0, self.days - self.used)

    @property
    def near(self) -> bool:
        """Whether the person should hurry."""
        return self.over_ms is None and self.told and self.left <= NEAR_DAYS


def pressing(found: Iterable[Deadline]) -> Deadline | None:
    """What presses most among the things of one person; None where nothing has days left."""
    running = (one for one in found if one.over_ms is None)
    return min(running, key=lambda one: (one.left, one.days), default=None)


@dataclass(frozen=True)
class Day:
    """A date at a place. `planned`, `open` and `worked` each lie within the one before."""

    needed_ms: int
    known: bool
    planned: Spans
    open: Spans
    worked: Spans
    closure: Closure | None

    @property
    def ends_ms(self) -> int | None:
        """When its last opening ends; None for a date without any."""
        return self.planned[-1][1] if self.planned else None


@dataclass(frozen=True)
class Place:
    """What is known of a site: hours, closures, and when it worked. Remembers the days it was asked for."""

    zone: tzinfo
    hours: Sequence[Hours]
    closures: Sequence[Closure]
    reachable: Spans
    _days: dict[date, Day] = field(default_factory=dict, compare=False, repr=False)

    def day(self, day: date) -> Day:
        """How that date is, or was."""
        if day not in self._days:
            self._days[day] = self._look(day)
        return self._days[day]

    def _look(self, day: date) -> Day:
        said = planned(self.hours, day, self.zone)
        shut = [one for one in self.closures if both(said.spans, [(one.from_ms, one.until_ms)])]
        unlocked = without(said.spans, [(one.from_ms, one.until_ms) for one in shut])
        return Day(
            needed_ms=min(ENOUGH_MS, said.whole_ms),
            known=said.known,
            planned=said.spans,
            open=unlocked,
            worked=both(unlocked, self.reachable),
            closure=min(shut, key=lambda one: (one.from_ms, one.id), default=None),
        )


def deadline(stay: Stay, place: Place, now_ms: int) -> Deadline:
    """How things stand for one item."""
    count = _Count(stay, place.zone)
    today = local_date(now_ms, place.zone)
    day = local_date(stay.left_ms, place.zone)
    while not _is_to_come(place.day(day), day, today, now_ms):
        count.add(day, place.day(day))
        day += timedelta(days=1)
    days = _allowed(stay, NEVER)
    over_ms = count.over_ms if count.used >= days else None
    ends_ms = over_ms if over_ms is not None else _end(stay, place, days - count.used, day, now_ms)
    return Deadline(days, count.used, stay.told_ms is not None, ends_ms, over_ms, tuple(count.stops))


def _is_to_come(seen: Day, day: date, today: date, now_ms: int) -> bool:
    if seen.ends_ms is None:
        return day >= today
    return seen.ends_ms > now_ms


class _Count:
    """Goes through the days that are over, in order."""

    def __init__(self, stay: Stay, zone: tzinfo) -> None:
        self._stay, self._zone = stay, zone
        self.used = 0
        self.over_ms: int | None = None
        self.stops: list[Stop] = []
        self._goes_on = False

    def add(self, day: date, seen: Day) -> None:
        """One more day is over. A date without openings counts for nothing and needs no explanation."""
        if seen.known and seen.ends_ms is None:
            return
        if seen.ends_ms is not None and self.used >= _allowed(self._stay, seen.ends_ms):
            return
        reason = _why_not(day, seen, self._stay, self._zone)
        if reason is None:
            self.used, self.over_ms, self._goes_on = self.used + 1, seen.ends_ms, False
        else:
            self._stop(Stop(reason, day, day, 1, *_closed_why(reason, seen)))

    def _stop(self, stop: Stop) -> None:
        """Days in a row for one reason are one stop, dates without openings in between or not."""
        before = self.stops[-1] if self.stops and self._goes_on else None
        if before and (before.reason, before.why, before.text) == (stop.reason, stop.why, stop.text):
            stop = replace(before, last=stop.last, count=before.count + 1)
            self.stops.pop()
        self.stops.append(stop)
        self._goes_on = True


def _allowed(stay: Stay, at_ms: int) -> int:
    return stay.days + sum(one.days for one in stay.extensions if one.at_ms < at_ms)


def _closed_why(reason: Reason, seen: Day) -> tuple[str, str]:
    return (seen.closure.why, seen.closure.text) if reason == "closed" and seen.closure else ("", "")


def _why_not(day: date, seen: Day, stay: Stay, zone: tzinfo) -> Reason | None:
    """What took so much of the day that it does not count; None for a day that counts."""
    if stay.told_ms is None:
        return "untold"
    if not seen.known:
        return "unknown"
    told_ms = max(stay.told_ms, stay.left_ms)
    if total(_after(seen.planned, told_ms)) < seen.needed_ms:
        return "late" if local_date(stay.told_ms, zone) == day else "untold"
    if total(_after(seen.open, told_ms)) < seen.needed_ms:
        return "closed"
    if total(_before(_after(seen.open, told_ms), stay.held_ms)) < seen.needed_ms:
        return "held"
    if total(_before(_after(seen.worked, told_ms), stay.held_ms)) < seen.needed_ms:
        return "offline"
    return "door" if total(_counting(seen, stay, told_ms)) < seen.needed_ms else None


def _counting(seen: Day, stay: Stay, told_ms: int) -> Spans:
    """What of a day counts."""
    rest = _before(_after(seen.worked, told_ms), stay.held_ms)
    return without(rest, stay.troubles) if stay.troubles else rest


def _after(spans: Spans, at_ms: int) -> Spans:
    return spans if not spans or at_ms <= spans[0][0] else both(spans, [(at_ms, NEVER)])


def _before(spans: Spans, at_ms: int | None) -> Spans:
    return spans if at_ms is None else both(spans, [(-NEVER, at_ms)])


def _end(stay: Stay, place: Place, days: int, first: date, now_ms: int) -> int | None:
    """When so many more days are over, if from now on everything works during the hours that are planned."""
    if stay.told_ms is None:
        return None
    told_ms = max(stay.told_ms, stay.left_ms)
    for number in range(HORIZON.days):
        seen = place.day(first + timedelta(days=number))
        counting = _after(seen.open, max(told_ms, now_ms))
        if seen.planned and seen.planned[0][0] < now_ms:
            counting = joined([*_before(_counting(seen, stay, told_ms), now_ms), *counting])
        if seen.planned and total(counting) >= seen.needed_ms:
            days -= 1
            if days == 0:
                return seen.ends_ms
    return None
