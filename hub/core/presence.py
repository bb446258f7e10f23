"""Who is at a site and when: weekly hours from date to date, less absences and closures. Pure.

A line belongs to the date on which it begins, and may end after midnight (hub.core.opening).
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, tzinfo
from typing import Final

from hub.core.opening import LOOK_AHEAD_DAYS, Hours, Opening, local_date, planned
from hub.core.spans import Span, Spans, both, joined, without

MOST_COMING: Final = 80
"""As many as a site's card holds."""


@dataclass(frozen=True, order=True)
class Line:
    """One stretch of one weekday, from the date `first` to the date `last`, where they are given."""

    stretch: Opening
    first: date | None = None
    last: date | None = None

    def holds(self, day: date) -> bool:
        """Whether it is meant for this date."""
        return (self.first is None or self.first <= day) and (self.last is None or day <= self.last)


@dataclass(frozen=True)
class Helper:
    """Somebody who helps at a site. `name` is a first name; `shown`: they agree that kiosks say it.

    `lead`: called where nobody is there; `any_hour`: also outside their hours, at night as well.
    """

    id: str
    name: str
    shown: bool = False
    lead: bool = False
    any_hour: bool = False
    language: str = "fr"
    phone: str | None = field(default=None, repr=False)
    email: str | None = field(default=None, repr=False)
    lines: tuple[Line, ...] = ()
    absences: Spans = ()


@dataclass(frozen=True)
class Coming:
    """Somebody is there from one moment to another."""

    name: str
    from_ms: int
    until_ms: int


def spans_of(helper: Helper, day: date, zone: tzinfo, closed: Iterable[Span]) -> Spans:
    """When they are there on a date."""
    weekly = tuple(sorted({line.stretch for line in helper.lines if line.holds(day)}))
    there = planned([Hours(0, weekly=weekly)], day, zone).spans
    return without(there, joined([*helper.absences, *closed]))


def is_there(helper: Helper, at_ms: int, zone: tzinfo, closed: Iterable[Span]) -> bool:
    """Whether they are there at this moment; the night before may reach into it."""
    today, shut = local_date(at_ms, zone), tuple(closed)
    days = (today - timedelta(days=1), today)
    return any(begin <= at_ms < end for day in days for begin, end in spans_of(helper, day, zone, shut))


def coming(
    helpers: Iterable[Helper], now_ms: int, zone: tzinfo, closed: Iterable[Span]
) -> tuple[Coming, ...]:
    """Who of those that are shown is there in the next two weeks, from the start of today on, in order."""
    today, shut = local_date(now_ms, zone), tuple(closed)
    days = [today + timedelta(days=number) for number in range(-1, LOOK_AHEAD_DAYS)]
    begin_ms = int(datetime.combine(today, datetime.min.time(), zone).timestamp()) * 1000
    found = [
        Coming(one.name, begin, end)
        for one in helpers
        if one.shown
        for day in days
        for begin, end in both(spans_of(one, day, zone, shut), [(begin_ms, _FAR_MS)])
    ]
    return tuple(sorted(found, key=lambda one: (one.from_ms, one.name))[:MOST_COMING])


_FAR_MS: Final = 2**53
