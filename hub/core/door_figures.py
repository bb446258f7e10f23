"""What lockers are used for, in numbers: openings by hour, doors taken by day, failures by door. Pure.

All moments are milliseconds since 1970 UTC; days and hours are those of the zone where the site stands.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from itertools import pairwise

from hub.core.opening import day_span, local_date


@dataclass(frozen=True)
class Opening:
    """One opening that was asked for; `failed`: the door stayed shut, or nobody knows what happened."""

    at_ms: int
    compartment: int
    failed: bool


@dataclass(frozen=True)
class Stay:
    """Something lay behind a door: from when, and until when it left; None: it is there still."""

    from_ms: int
    until_ms: int | None


@dataclass(frozen=True)
class DoorFigures:
    """One door: how often it was asked to open, and how often it did not."""

    compartment: int
    openings: int
    failures: int

    @property
    def share(self) -> float:
        """Failures in a hundred openings."""
        return 100 * self.failures / self.openings


def last_days(now_ms: int, count: int, zone: tzinfo) -> list[date]:
    """Today and the days before it, oldest first."""
    today = local_date(now_ms, zone)
    return [today - timedelta(days=back) for back in range(count - 1, -1, -1)]


def by_hour(openings: Iterable[Opening], zone: tzinfo) -> tuple[int, ...]:
    """How many doors opened in each of the day's twenty-four hours, all days together."""
    hours = Counter(
        datetime.fromtimestamp(one.at_ms // 1000, zone).hour for one in openings if not one.failed
    )
    return tuple(hours[hour] for hour in range(24))


def by_door(openings: Iterable[Opening]) -> list[DoorFigures]:
    """Each door that was asked to open, the one that failed most first."""
    asked: Counter[int] = Counter()
    failed: Counter[int] = Counter()
    for one in openings:
        asked[one.compartment] += 1
        failed[one.compartment] += one.failed
    found = [DoorFigures(door, count, failed[door]) for door, count in asked.items()]
    return sorted(found, key=lambda one: (-one.failures, -one.openings, one.compartment))


def fullest(stays: Iterable[Stay], days: Sequence[date], zone: tzinfo) -> tuple[int, ...]:
    """For each of these days, one after the other, how many doors were taken at its fullest moment."""
    changes: Counter[int] = Counter()
    for stay in stays:
        changes[stay.from_ms] += 1
        if stay.until_ms is not None:
            changes[max(stay.until_ms, stay.from_ms)] -= 1
    moments = iter(sorted(changes.items()))
    level, peaks = 0, []
    upcoming = next(moments, None)
    for begin, end in _bounds(days, zone):
        while upcoming is not None and upcoming[0] < begin:
            level, upcoming = level + upcoming[1], next(moments, None)
        peak = level
        while upcoming is not None and upcoming[0] < end:
            level, upcoming = level + upcoming[1], next(moments, None)
            peak = max(peak, level)
        peaks.append(peak)
    return tuple(peaks)


def _bounds(days: Sequence[date], zone: tzinfo) -> Iterable[tuple[int, int]]:
    begins = [day_span(day, zone)[0] for day in days]
    return pairwise([*begins, day_span(days[-1], zone)[1]]) if days else ()
