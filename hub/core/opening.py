"""When a place is open: weekly hours, and closures with dates. Pure.

A day is named by the date on which it opens; it may end after midnight, and no weekday is special. Hours
are kept with the moment since when they hold: what is changed today makes no yesterday shorter or longer.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Final, Literal

from hub.core.spans import NEVER, Span, Spans, both, joined, total, without

DAY_MIN: Final = 24 * 60
WEEK_MIN: Final = 7 * DAY_MIN
WEEKDAYS: Final = (1, 2, 3, 4, 5, 6, 7)
"""Monday to Sunday, as ISO 8601 counts them."""
MOST_OPENINGS: Final = 70
LOOK_AHEAD_DAYS: Final = 14
LONGEST_TEXT: Final = 200
LONGEST_CLOSURE: Final = timedelta(days=800)

Why = Literal["holiday", "works", "other"]
Fault = Literal[
    "time",
    "end_before_start",
    "no_length",
    "overlaps",
    "too_many",
    "date",
    "no_such_hour",
    "too_long",
    "days",
    "text",
]

_TIME: Final = re.compile(r"([0-9]{1,2})(?:\s?[:hH.]\s?([0-9]{2})?)?")


class OpeningError(ValueError):
    """Hours or a closure that cannot be: `fault` says which rule, `field` where it was written."""

    def __init__(self, fault: Fault, field: str) -> None:
        super().__init__(f"{field}: {fault}")
        self.fault, self.field = fault, field


@dataclass(frozen=True, order=True)
class Opening:
    """One stretch of one weekday, in minutes of its day; `closes_min` beyond 1440 is after midnight."""

    weekday: int
    opens_min: int
    closes_min: int


@dataclass(frozen=True)
class Hours:
    """The hours of a place from `since_ms` on.

    `always`: its lockers can be reached day and night; `weekly` is then when somebody is at the counter.
    """

    since_ms: int
    always: bool = False
    weekly: tuple[Opening, ...] = ()

    @property
    def known(self) -> bool:
        """Whether they say anything: a week without any hours does not."""
        return self.always or bool(self.weekly)

    def at_the_counter(self) -> "Hours":
        """The hours for what only staff hand out."""
        return replace(self, always=False)


@dataclass(frozen=True)
class Closure:
    """The place is closed, or its lockers are without power."""

    id: str
    from_ms: int
    until_ms: int
    why: str
    text: str = ""


@dataclass(frozen=True)
class Planned:
    """What the hours say of a date. `whole_ms` is its longest opening, whatever part of it counts."""

    spans: Spans
    whole_ms: int
    known: bool


# --- what the hours say of a date ----------------------------------------------------------------


def planned(hours: Iterable[Hours], day: date, zone: tzinfo) -> Planned:
    """The openings of a date under the hours as they held at each moment, closures not yet thought of."""
    versions = sorted(hours, key=lambda version: version.since_ms)
    ends = [*(version.since_ms for version in versions[1:]), NEVER]
    spans: list[Span] = []
    whole_ms, known = 0, False
    for version, until_ms in zip(versions, ends, strict=False):
        held = both([(version.since_ms, until_ms)], [day_span(day, zone)])
        there = _openings(version, day, zone)
        mine = both([(version.since_ms, until_ms)], there)
        known = known or (version.known and bool(held))
        spans += mine
        if mine:
            whole_ms = max(whole_ms, total(there))
    return Planned(joined(spans), whole_ms, known)


def next_opening(hours: Sequence[Hours], closed: Iterable[Span], after_ms: int, zone: tzinfo) -> int | None:
    """When somebody is at the counter again from `after_ms` on; None where nobody will be for two weeks."""
    staffed, shut = [one.at_the_counter() for one in hours], tuple(closed)
    first = local_date(after_ms, zone)
    for days in range(LOOK_AHEAD_DAYS):
        spans = without(planned(staffed, first + timedelta(days=days), zone).spans, shut)
        for begin, end in spans:
            if end > after_ms:
                return max(begin, after_ms)
    return None


def local_date(at_ms: int, zone: tzinfo) -> date:
    """The date there."""
    return datetime.fromtimestamp(at_ms // 1000, zone).date()


def day_span(day: date, zone: tzinfo) -> Span:
    """From midnight to midnight there."""
    return _at(day, 0, zone), _at(day, DAY_MIN, zone)


def _openings(hours: Hours, day: date, zone: tzinfo) -> Spans:
    if hours.always:
        return joined([day_span(day, zone)])
    today = [one for one in hours.weekly if one.weekday == day.isoweekday()]
    return joined((_at(day, one.opens_min, zone), _at(day, one.closes_min, zone)) for one in today)


def _at(day: date, minutes: int, zone: tzinfo) -> int:
    """The moment; an hour that the clocks skip is taken as if they had not."""
    days, rest = divmod(minutes, DAY_MIN)
    local = datetime.combine(day + timedelta(days=days), time(rest // 60, rest % 60), zone)
    return int(local.timestamp()) * 1000


# --- what people write ---------------------------------------------------------------------------


def minutes(text: str, field: str) -> int:
    """`7:30`, `7h30`, `7h`, `24:00` as minutes of the day. Raises OpeningError."""
    found = _TIME.fullmatch(text.strip())
    if found is None:
        raise OpeningError("time", field)
    hour, minute = int(found[1]), int(found[2] or 0)
    if minute > 59 or hour * 60 + minute > DAY_MIN:
        raise OpeningError("time", field)
    return hour * 60 + minute


def with_opening(
    weekly: Sequence[Opening], days: Iterable[int], opens: str, closes: str, *, after_midnight: bool
) -> tuple[Opening, ...]:
    """The week with a stretch added on each of `days`. Raises OpeningError, and then nothing is added."""
    chosen = sorted(set(days))
    if not chosen or not set(chosen) <= set(WEEKDAYS):
        raise OpeningError("days", "days")
    opens_min, closes_min = minutes(opens, "opens"), minutes(closes, "closes")
    if opens_min == DAY_MIN:
        raise OpeningError("time", "opens")
    closes_min = closes_min or DAY_MIN  # a place that closes at 0:00 closes at the end of that day
    if closes_min == opens_min:
        raise OpeningError("no_length", "closes")
    if after_midnight and closes_min < opens_min:
        closes_min += DAY_MIN
    if closes_min < opens_min:
        raise OpeningError("end_before_start", "closes")
    week = tuple(sorted([*weekly, *(Opening(day, opens_min, closes_min) for day in chosen)]))
    if len(week) > MOST_OPENINGS:
        raise OpeningError("too_many", "days")
    if _overlaps(week):
        raise OpeningError("overlaps", "opens")
    return week


def _overlaps(week: Iterable[Opening]) -> bool:
    """Whether two stretches share a minute; the last night of the week runs into its first morning."""
    minutes_of_week: list[Span] = []
    for one in week:
        begin = (one.weekday - 1) * DAY_MIN + one.opens_min
        end = begin + one.closes_min - one.opens_min
        minutes_of_week.append((begin, min(end, WEEK_MIN)))
        minutes_of_week.append((0, end - WEEK_MIN))
    apart = [span for span in minutes_of_week if span[0] < span[1]]
    return total(apart) < sum(end - begin for begin, end in apart)


def closure_span(from_day: str, from_hour: str, until_day: str, until_hour: str, zone: tzinfo) -> Span:
    """The moments of a closure, as dates like `2026-12-24` and hours; no hour means the whole day.

    An hour that comes twice in the night the clocks go back is taken so that the closure is longer. Raises
    OpeningError, also for an hour that the clocks skip.
    """
    begin = _moment(_date(from_day, "from_day"), minutes(from_hour or "0:00", "from_hour"), zone, 0)
    last = _date(until_day, "until_day")
    end = _moment(last, minutes(until_hour or "24:00", "until_hour"), zone, 1)
    if begin is None or end is None:
        raise OpeningError("no_such_hour", "from_hour" if begin is None else "until_hour")
    if end <= begin:
        raise OpeningError("end_before_start", "until_day" if until_day != from_day else "until_hour")
    if end - begin > LONGEST_CLOSURE.total_seconds() * 1000:
        raise OpeningError("too_long", "until_day")
    return begin, end


def overlapping(span: Span, closures: Iterable[Closure]) -> Closure | None:
    """A closure that shares a moment with this stretch."""
    return next((one for one in closures if both([span], [(one.from_ms, one.until_ms)])), None)


def _date(text: str, field: str) -> date:
    try:
        day = datetime.strptime(text.strip(), "%Y-%m-%d").date()  # noqa: DTZ007 - a date has no zone
    except ValueError:
        raise OpeningError("date", field) from None
    if not 2000 <= day.year <= 2999:
        raise OpeningError("date", field)
    return day


def _moment(day: date, minute: int, zone: tzinfo, fold: int) -> int | None:
    """The moment of a local hour; None where that day has no such hour."""
    days, rest = divmod(minute, DAY_MIN)
    plain = datetime.combine(day + timedelta(days=days), time(rest // 60, rest % 60))
    local = plain.replace(tzinfo=zone, fold=fold)
    at = int(local.timestamp())
    same = datetime.fromtimestamp(at, zone).replace(tzinfo=None) == plain
    return at * 1000 if same else None
