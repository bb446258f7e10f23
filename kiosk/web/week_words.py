"""Who is there when, for paper, in the language it is printed in: `Samia`, `Monday–Friday 9:00–12:00`."""

from collections.abc import Iterable
from typing import Final

from contract.messages import Attendance
from kiosk.web.drop_words import DAYS, moment

MOST_NAMED: Final = 4
"""A ticket is short."""

Week = list[tuple[str, list[tuple[str, tuple[str, ...]]]]]
"""By name, days and hours: those of one line are the same on each of its days."""


def week_words(ahead: Iterable[Attendance]) -> Week:
    """What those who come in the next seven days may be told of, Monday first."""
    by_name: dict[str, dict[int, set[tuple[str, str]]]] = {}
    for one in ahead:
        begin, end = moment(one.from_ms, None), moment(one.until_ms, None)
        day = by_name.setdefault(one.name, {}).setdefault(begin.weekday, set())
        day.add((f"{begin.hour:02}{begin.minute:02}", f"{begin.clock}–{end.clock}"))
    return [(name, _together(days)) for name, days in list(by_name.items())[:MOST_NAMED]]


def _together(days: dict[int, set[tuple[str, str]]]) -> list[tuple[str, tuple[str, ...]]]:
    """Days in a row that have the same hours are one line."""
    same: list[tuple[int, int, tuple[str, ...]]] = []
    for weekday in sorted(days):
        hours = tuple(said for _, said in sorted(days[weekday]))
        if same and same[-1][1:] == (weekday - 1, hours):
            same[-1] = (same[-1][0], weekday, hours)
        else:
            same.append((weekday, weekday, hours))
    return [(_days(first, last), hours) for first, last, hours in same]


def _days(first: int, last: int) -> str:
    return str(DAYS[first]) if first == last else f"{DAYS[first]}–{DAYS[last]}"
