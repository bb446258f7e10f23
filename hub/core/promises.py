"""What a partner promises: dropped before that moment, ready by this one. Pure.

Worked out from the days on which the partner works, what is closed, and the rules of the service: "in before
10:00, out by 18:00; else the next day at 12:00" are two. Whoever comes is promised the soonest of what is
still open to them, so that what is dropped later is never ready earlier. A day
bears the date on which it opens: what is open until 1:00 works on the evening's date, and no weekday is
special. Where nobody said when a partner works, nothing is promised.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Final, Literal

from contract.messages import Promise
from hub.core.opening import DAY_MIN, WEEKDAYS, Hours, Opening, local_date, minutes, planned
from hub.core.spans import Spans, without

DAYS: Final = 35
"""A site may be offline for so long, and still promises."""
MOST: Final = 120
"""As many as a service's document holds."""
MOST_LEAD_DAYS: Final = 30
MOST_LEADS: Final = 3
_LOOK_AHEAD: Final = DAYS + 3 * MOST_LEAD_DAYS

Kind = Literal["days", "van", "comes"]
Fault = Literal["days", "weekdays", "before_ready"]


class LeadError(ValueError):
    """A rule that cannot be: `fault` says why, `field` where it was written."""

    def __init__(self, fault: Fault, field: str) -> None:
        super().__init__(f"{field}: {fault}")
        self.fault, self.field = fault, field


@dataclass(frozen=True)
class Lead:
    """When something is ready. Minutes are those of a day there.

    `days`: dropped before `before_min` of a working day, ready at `ready_min` of the working day that comes
    `days` after it, 0 for the same one. `van`: the van takes it along at `before_min` on `weekdays`, and
    brings it back at `ready_min` of its round `days` later. `comes`: it comes on `weekdays` at `ready_min`,
    for whoever ordered `days` days earlier before `before_min`.
    """

    kind: Kind
    days: int = 0
    before_min: int = 0
    ready_min: int = 0
    weekdays: tuple[int, ...] = ()


@dataclass(frozen=True)
class Calendar:
    """When a partner works: stretches of the week, and what of all time is closed."""

    weekly: Sequence[Opening]
    closed: Spans
    zone: tzinfo


def promises(
    leads: Iterable[Lead],
    calendar: Calendar,
    now_ms: int,
    from_ms: int | None = None,
    until_ms: int | None = None,
) -> tuple[Promise, ...]:
    """The promises from the start of today on, the earliest first, as far as they are offered."""
    today = local_date(now_ms, calendar.zone)
    first_ms, last_ms = (_moment(today + timedelta(days=days), 0, calendar.zone) for days in (0, DAYS))
    first_ms = first_ms if from_ms is None else max(first_ms, from_ms)
    last_ms = last_ms if until_ms is None else min(last_ms, until_ms)
    made = (one for lead in leads for one in _made(lead, calendar, today))
    kept = [one for one in made if first_ms <= one.before_ms <= last_ms and one.before_ms < one.ready_ms]
    return _soonest(kept)[:MOST]


def _soonest(made: Iterable[Promise]) -> tuple[Promise, ...]:
    """Without those beside which another may be dropped as late, or later, and is ready as soon."""
    best: list[Promise] = []
    for one in sorted(made, key=lambda one: (-one.before_ms, one.ready_ms)):
        if not best or one.ready_ms < best[-1].ready_ms:
            best.append(one)
    return tuple(reversed(best))


def _made(lead: Lead, calendar: Calendar, today: date) -> Iterator[Promise]:
    """Yesterday's night may reach into today."""
    days = list(_worked(calendar, today - timedelta(days=1)))
    rounds = [day for day in days if day.isoweekday() in lead.weekdays]
    match lead.kind:
        case "days":
            pairs = zip(days, days[lead.days :], strict=False)
        case "van":
            pairs = zip(rounds, rounds[max(lead.days, 1) :], strict=False)
        case "comes":
            pairs = zip((day - timedelta(days=lead.days) for day in rounds), rounds, strict=True)
    for begin, end in pairs:
        before_ms = _at(begin, lead.before_min, calendar)
        ready_ms = _at(end, lead.ready_min, calendar)
        taken = lead.kind == "comes" or _is_open(begin, before_ms, calendar)  # an order needs nobody there
        if taken and _is_open(end, ready_ms, calendar):
            yield Promise(before_ms=before_ms, ready_ms=ready_ms)


def _worked(calendar: Calendar, first: date) -> Iterator[date]:
    """The dates from this one on of which any opening is left."""
    days = (first + timedelta(days=number) for number in range(_LOOK_AHEAD))
    return (day for day in days if _open_on(day, calendar))


def _open_on(day: date, calendar: Calendar) -> Spans:
    hours = [Hours(0, weekly=tuple(calendar.weekly))]
    return without(planned(hours, day, calendar.zone).spans, calendar.closed)


def _is_open(day: date, at_ms: int, calendar: Calendar) -> bool:
    """Whether somebody is there at that moment of the date; the last one of an opening is one of it."""
    return any(begin <= at_ms <= end for begin, end in _open_on(day, calendar))


def _at(day: date, minute: int, calendar: Calendar) -> int:
    """The moment; an hour that only the night of that date is open at is meant in that night."""
    there = [one for one in calendar.weekly if one.weekday == day.isoweekday()]
    by_day, by_night = (
        any(one.opens_min <= moment <= one.closes_min for one in there)
        for moment in (minute, minute + DAY_MIN)
    )
    return _moment(day, minute + DAY_MIN if by_night and not by_day else minute, calendar.zone)


def _moment(day: date, minute: int, zone: tzinfo) -> int:
    days, rest = divmod(minute, DAY_MIN)
    local = datetime.combine(day + timedelta(days=days), time(rest // 60, rest % 60), zone)
    return int(local.timestamp()) * 1000


# --- what people write ---------------------------------------------------------------------------


def lead_of(kind: str, days: str, before: str, ready: str, weekdays: Iterable[int]) -> Lead | None:
    """The rule as a form has it, hours like `10:00`; None for `none`. Raises LeadError, OpeningError."""
    if kind not in ("days", "van", "comes"):
        return None
    lead = Lead(
        kind,  # type: ignore[arg-type]
        _days(days, 1 if kind == "van" else 0),
        minutes(before, "before"),
        minutes(ready, "ready"),
        () if kind == "days" else _weekdays(weekdays),
    )
    if kind == "comes" and lead.days == 0 and lead.ready_min <= lead.before_min:
        raise LeadError("before_ready", "ready")
    return lead


def _days(text: str, least: int) -> int:
    plain = text.strip()
    if not (
        plain.isascii() and plain.isdecimal() and len(plain) < 4 and least <= int(plain) <= MOST_LEAD_DAYS
    ):
        raise LeadError("days", "lead_days")
    return int(plain)


def _weekdays(days: Iterable[int]) -> tuple[int, ...]:
    chosen = tuple(sorted(set(days)))
    if not chosen or not set(chosen) <= set(WEEKDAYS):
        raise LeadError("weekdays", "weekdays")
    return chosen
