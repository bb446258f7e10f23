"""Days as people mean them: from midnight to midnight where the site stands."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from hub.web.guard import zone

FIRST_MS = 0
"""No device knew a day before 1970, and at the ends of the calendar a day has no neighbours."""


def day_span(day: str) -> tuple[int, int] | None:
    """The first moment of `2026-11-23` and the first of the next day; None for what is no day."""
    try:
        return _span(date.fromisoformat(day))
    except (ValueError, OverflowError):
        return None


def day_of(at_ms: int) -> date:
    """The day a moment belongs to."""
    return local(at_ms).date()


def asked_day(asked: str, now_ms: int) -> tuple[str, tuple[int, int]]:
    """The day of an address and its span; today for one that is none, or is still to come."""
    today = day_of(now_ms)
    if (span := day_span(asked)) is not None and FIRST_MS <= span[0] <= now_ms:
        return day_of(span[0]).isoformat(), span
    return today.isoformat(), _span(today)


@dataclass(frozen=True)
class Month:
    """A month of the calendar there: `2026-11`, its moments, and the months beside it, none to come."""

    key: str
    first: date
    span: tuple[int, int]
    before: str
    after: str | None


def asked_month(asked: str, now_ms: int) -> Month:
    """The month of an address; the present one for what is none, or is still to come."""
    span = day_span(f"{asked}-01") if len(asked) == 7 else None
    at_ms = span[0] if span is not None and FIRST_MS <= span[0] <= now_ms else now_ms
    first = day_of(at_ms).replace(day=1)
    after = (first + timedelta(days=31)).replace(day=1)
    begin, end = _span(first)[0], _span(after)[0]
    before = (first - timedelta(days=1)).strftime("%Y-%m")
    later = after.strftime("%Y-%m") if end <= now_ms else None
    return Month(first.strftime("%Y-%m"), first, (begin, end), before, later)


def local(at_ms: int) -> datetime:
    """The moment as clocks at the site show it."""
    return datetime.fromtimestamp(at_ms / 1000, zone())


def _span(day: date) -> tuple[int, int]:
    midnight = datetime(day.year, day.month, day.day, tzinfo=zone())
    return _ms(midnight), _ms(midnight + timedelta(days=1))


def _ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
