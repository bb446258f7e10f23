"""Dates of a site as an iCalendar file (RFC 5545), for calendar programs of telephones and offices. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

_MAKER = "-//conciergerie//hub//FR"


@dataclass(frozen=True)
class Dated:
    """Something with an hour. `key`: the same however often it is read; without `until_ms` a moment."""

    key: str
    words: str
    from_ms: int
    until_ms: int | None = None


@dataclass(frozen=True)
class Day:
    """Something of a whole day."""

    key: str
    words: str
    day: date


def calendar(name: str, dates: Iterable[Dated | Day], now_ms: int) -> bytes:
    """The file. Moments are UTC, so that no time zone need be sent along."""
    import icalendar  # a calendar is asked for seldom, and a hub's commands start often

    made = icalendar.Calendar()
    made.add("prodid", _MAKER)
    made.add("version", "2.0")
    made.add("method", "PUBLISH")
    made.add("x-wr-calname", name)
    made.add("refresh-interval", timedelta(hours=1), parameters={"VALUE": "DURATION"})
    for one in dates:
        made.add_component(_filled(icalendar.Event(), one, now_ms))
    return bytes(made.to_ical())


def _filled(event: Any, one: Dated | Day, now_ms: int) -> Any:
    event.add("uid", f"{one.key}@conciergerie")
    event.add("dtstamp", _utc(now_ms))
    event.add("summary", one.words)
    event.add("transp", "TRANSPARENT")
    if isinstance(one, Day):
        event.add("dtstart", one.day)
        event.add("dtend", one.day + timedelta(days=1))
    else:
        event.add("dtstart", _utc(one.from_ms))
        if one.until_ms is not None:
            event.add("dtend", _utc(one.until_ms))
    return event


def _utc(at_ms: int) -> datetime:
    return datetime.fromtimestamp(at_ms // 1000, UTC)
