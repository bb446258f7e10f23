"""The clock that stops: which days count against a person, and how many are left."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.core.deadlines import Deadline, Extension, Place, Stay, Stop, deadline
from hub.core.opening import Closure, Hours, Opening
from hub.core.spans import NEVER, Span

PARIS = ZoneInfo("Europe/Paris")
HOUR, DAY = 3_600_000, 86_400_000
ALL_WEEK = tuple(Opening(day, 9 * 60, 18 * 60) for day in range(1, 8))
NOT_SUNDAY = ALL_WEEK[:6]


def at(local: str) -> int:
    return int(datetime.fromisoformat(local).replace(tzinfo=PARIS).timestamp()) * 1000


def day(text: str) -> date:
    return date.fromisoformat(text)


MONDAY = at("2026-11-02 08:00")
ALWAYS_THERE: tuple[Span, ...] = ((0, NEVER),)


def place(
    *closures: Closure,
    weekly: tuple[Opening, ...] = ALL_WEEK,
    reach: Sequence[Span] = ALWAYS_THERE,
    always: bool = False,
    since_ms: int = 0,
) -> Place:
    return Place(PARIS, (Hours(since_ms, always, weekly),), closures, tuple(reach))


def stay(**changes: object) -> Stay:
    return replace(Stay(left_ms=MONDAY, told_ms=MONDAY + 60_000, days=7), **changes)  # type: ignore[arg-type]


def closed(begin: str, end: str, why: str = "works", text: str = "") -> Closure:
    return Closure(begin, at(begin), at(end), why, text)


def seen(where: Place, now: str, **changes: object) -> Deadline:
    return deadline(stay(**changes), where, at(now))


# --- examples ------------------------------------------------------------------------------------


def test_seven_days_are_seven_days() -> None:
    first = seen(place(), "2026-11-02 10:00")
    assert (first.left, first.ends_ms, first.over_ms) == (7, at("2026-11-08 18:00"), None)
    assert seen(place(), "2026-11-02 18:00").left == 6
    last = seen(place(), "2026-11-08 17:59")
    assert (last.left, last.near, last.over_ms) == (1, True, None)
    over = seen(place(), "2026-11-08 18:00")
    assert (over.left, over.near, over.over_ms, over.ends_ms) == (0, False, last.ends_ms, last.ends_ms)
    assert seen(place(), "2027-06-01 10:00") == over


def test_seven_days_offline_use_no_day() -> None:
    reach = [(0, at("2026-11-03 19:00")), (at("2026-11-10 19:00"), NEVER)]
    found = seen(place(reach=reach), "2026-11-10 20:00")
    assert (found.used, found.left) == (2, 5)
    assert found.stops == (Stop("offline", day("2026-11-04"), day("2026-11-10"), 7),)
    assert found.ends_ms == at("2026-11-15 18:00")


def test_a_closure_of_a_month_freezes() -> None:
    where = place(closed("2026-11-04 00:00", "2026-12-04 00:00", "holiday", "Congés"))
    found = seen(where, "2026-12-03 12:00")
    assert (found.used, found.left) == (2, 5)
    assert found.stops == (Stop("closed", day("2026-11-04"), day("2026-12-02"), 29, "holiday", "Congés"),)
    assert found.ends_ms == at("2026-12-08 18:00")


def test_while_nobody_is_told_no_day_begins() -> None:
    found = seen(place(), "2026-12-24 12:00", told_ms=None)
    assert (found.used, found.left, found.ends_ms, found.told) == (0, 7, None, False)
    assert [stop.reason for stop in found.stops] == ["untold"]


def test_the_day_somebody_was_told_counts_only_with_two_hours_left_of_it() -> None:
    assert seen(place(), "2026-11-02 23:00", told_ms=at("2026-11-02 16:00")).used == 1
    late = seen(place(), "2026-11-02 23:00", told_ms=at("2026-11-02 16:01"))
    assert (late.used, [stop.reason for stop in late.stops]) == (0, ["late"])


def test_a_day_that_is_open_for_less_than_two_hours_counts_when_it_was_so_for_all_of_them() -> None:
    short = tuple(Opening(weekday, 600, 660) for weekday in range(1, 8))
    assert seen(place(weekly=short), "2026-11-02 12:00").used == 1
    missed = place(weekly=short, reach=[(0, at("2026-11-02 10:59"))])
    assert seen(missed, "2026-11-02 12:00").used == 0


def test_days_without_openings_need_no_explanation_and_do_not_cut_a_stop_in_two() -> None:
    where = place(weekly=NOT_SUNDAY, reach=[(0, at("2026-11-06 19:00")), (at("2026-11-09 19:00"), NEVER)])
    found = seen(where, "2026-11-09 20:00")
    assert (found.used, found.stops) == (5, (Stop("offline", day("2026-11-07"), day("2026-11-09"), 2),))


def test_before_the_hours_are_known_no_day_counts() -> None:
    found = seen(place(since_ms=at("2026-11-20 00:00")), "2026-11-21 20:00")
    assert (found.used, found.stops[0].reason, found.stops[0].count) == (2, "unknown", 18)
    never = deadline(stay(), Place(PARIS, (), (), ALWAYS_THERE), at("2026-12-24 12:00"))
    assert (never.used, never.ends_ms) == (0, None)


def test_a_door_that_cannot_open_and_staff_who_have_it_stop_the_clock() -> None:
    trouble = ((at("2026-11-03 07:00"), at("2026-11-04 20:00")),)
    assert seen(place(), "2026-11-05 20:00", troubles=trouble).stops == (
        Stop("door", day("2026-11-03"), day("2026-11-04"), 2),
    )
    held = seen(place(), "2026-11-05 20:00", held_ms=at("2026-11-03 07:00"))
    assert (held.used, held.stops[0].reason) == (1, "held")


def test_a_day_cut_by_staff_and_by_the_line_is_explained_by_the_line_and_not_by_the_door() -> None:
    where = place(reach=[(at("2026-11-02 12:30"), NEVER)])
    found = seen(where, "2026-11-02 20:00", held_ms=at("2026-11-02 14:00"))
    assert [stop.reason for stop in found.stops] == ["offline"]


def test_what_was_told_before_it_lay_there_has_only_the_hours_in_which_it_did() -> None:
    told, left = at("2026-11-02 08:00"), at("2026-11-02 16:30")
    found = seen(place(), "2026-11-02 20:00", told_ms=told, left_ms=left)
    assert (found.used, found.ends_ms) == (0, at("2026-11-09 18:00"))
    assert seen(place(), "2026-11-02 17:00", told_ms=told, left_ms=left).ends_ms == at("2026-11-09 18:00")


def test_the_end_is_foreseen_without_the_hours_of_today_in_which_nobody_could_come() -> None:
    where = place(reach=[(0, at("2026-11-02 09:00")), (at("2026-11-02 17:00"), NEVER)])
    assert seen(where, "2026-11-02 17:30").ends_ms == at("2026-11-09 18:00")
    assert seen(where, "2026-11-02 12:00").ends_ms == at("2026-11-08 18:00"), "it may be back this afternoon"


def test_who_was_not_told_need_not_hurry_however_few_days_there_are() -> None:
    assert not seen(place(), "2026-11-02 10:00", told_ms=None, days=1).near
    assert [seen(place(), "2026-11-02 10:00", days=days).near for days in (2, 3)] == [True, False]


def test_lockers_that_are_always_reachable_count_from_midnight_to_midnight() -> None:
    where = place(always=True)
    found = seen(where, "2026-11-03 00:00")
    assert (found.used, found.ends_ms) == (1, at("2026-11-09 00:00"))


def test_a_day_that_ends_after_midnight_is_one_day() -> None:
    nights = tuple(Opening(weekday, 20 * 60, 25 * 60) for weekday in range(1, 8))
    assert seen(place(weekly=nights), "2026-11-03 00:30").used == 0
    assert seen(place(weekly=nights), "2026-11-03 01:00").used == 1


def test_an_extension_gives_its_days_also_when_all_were_over() -> None:
    given = (Extension(7, at("2026-11-20 10:00")),)
    found = seen(place(), "2026-11-20 10:01", extensions=given)
    assert (found.days, found.used, found.left, found.over_ms) == (14, 7, 7, None)
    assert found.ends_ms == at("2026-11-26 18:00")


def test_an_extension_given_in_the_moment_a_day_ends_gives_all_its_days() -> None:
    given = (Extension(7, at("2026-11-09 18:00")),)
    assert seen(place(), "2026-11-09 18:00", extensions=given).left == 7


@pytest.mark.parametrize("weekend", ["2026-03-28", "2026-10-24"])
def test_a_night_in_which_the_clocks_change_is_a_night(weekend: str) -> None:
    begin = at(f"{weekend} 08:00")
    found = deadline(Stay(begin, begin, 7), place(always=True), at(f"{weekend} 08:00") + 3 * DAY)
    assert found.used == 3
    end = datetime.fromtimestamp(found.ends_ms // 1000, PARIS) if found.ends_ms else None
    assert end is not None
    assert (end.hour, end.date()) == (0, day(weekend) + timedelta(days=7))


# --- what holds of any site ----------------------------------------------------------------------

moments = st.integers(-3 * 24, 60 * 24).map(lambda hour: MONDAY + hour * HOUR)
spans = st.lists(st.tuples(moments, moments), max_size=6).map(
    lambda pairs: [(min(pair), max(pair)) for pair in pairs]
)
closures = spans.map(lambda some: [Closure(str(n), *span, "other") for n, span in enumerate(some)])
openings = st.builds(
    lambda weekday, opens, length: Opening(weekday, opens, opens + length),
    st.integers(1, 7),
    st.integers(0, 1439),
    st.integers(1, 600),
)
weeks = st.lists(openings, max_size=10).map(tuple)
hours = st.builds(Hours, since_ms=st.just(0) | moments, always=st.booleans(), weekly=weeks)
calendars = st.lists(hours, min_size=1, max_size=3)
extensions = st.lists(st.builds(Extension, st.integers(1, 14), moments), max_size=3).map(tuple)
stays = st.builds(
    Stay,
    left_ms=st.integers(0, 10 * 24).map(lambda hour: MONDAY + hour * HOUR),
    told_ms=st.none() | moments,
    days=st.integers(1, 15),
    extensions=extensions,
    held_ms=st.none() | moments,
    troubles=spans.map(tuple),
)
nows = st.integers(0, 60 * 24).map(lambda hour: MONDAY + hour * HOUR)
few = settings(max_examples=60, deadline=None)


def looked(
    one: Stay, calendar: Sequence[Hours], shut: Sequence[Closure], reach: Sequence[Span], now_ms: int
) -> Deadline:
    return deadline(one, Place(PARIS, tuple(calendar), tuple(shut), tuple(reach)), now_ms)


@few
@given(stays, calendars, closures, closures, spans, nows)
def test_more_closure_never_shortens(
    one: Stay,
    calendar: list[Hours],
    shut: list[Closure],
    more: list[Closure],
    reach: list[Span],
    now_ms: int,
) -> None:
    before = looked(one, calendar, shut, reach, now_ms)
    after = looked(one, calendar, [*shut, *more], reach, now_ms)
    assert after.left >= before.left
    if before.ends_ms is not None and after.ends_ms is not None:
        assert after.ends_ms >= before.ends_ms


@few
@given(stays, calendars, closures, spans, spans, nows)
def test_more_silence_never_shortens(
    one: Stay, calendar: list[Hours], shut: list[Closure], reach: list[Span], more: list[Span], now_ms: int
) -> None:
    before = looked(one, calendar, shut, [*reach, *more], now_ms)
    assert looked(one, calendar, shut, reach, now_ms).left >= before.left


@few
@given(stays, calendars, closures, spans, nows, st.integers(1, 14))
def test_an_extension_given_now_adds_its_days(
    one: Stay, calendar: list[Hours], shut: list[Closure], reach: list[Span], now_ms: int, days: int
) -> None:
    one = replace(one, extensions=tuple(each for each in one.extensions if each.at_ms <= now_ms))
    before = looked(one, calendar, shut, reach, now_ms)
    longer = replace(one, extensions=(*one.extensions, Extension(days, now_ms)))
    after = looked(longer, calendar, shut, reach, now_ms)
    assert after.left == before.left + days
    assert after.over_ms is None


@few
@given(stays, calendars, closures, spans, nows, nows)
def test_as_time_goes_by_days_are_used_and_never_given_back(
    one: Stay, calendar: list[Hours], shut: list[Closure], reach: list[Span], now_ms: int, later_ms: int
) -> None:
    first, last = sorted((now_ms, later_ms))
    one = replace(one, extensions=())
    before, after = (looked(one, calendar, shut, reach, moment) for moment in (first, last))
    assert before.used <= after.used <= before.used + 2 + (last - first) // DAY
    assert after.stops[: len(before.stops) - 1] == before.stops[:-1] if before.stops else True
    assert (after.over_ms is not None) == (after.left == 0)


@few
@given(stays, calendars, closures, spans, nows, st.randoms(use_true_random=False))
def test_the_order_in_which_things_are_told_makes_no_difference(
    one: Stay, calendar: list[Hours], shut: list[Closure], reach: list[Span], now_ms: int, chance: Random
) -> None:
    calendar = list({version.since_ms: version for version in calendar}.values())
    mixed = (list(calendar), list(shut), list(reach))
    for some in mixed:
        chance.shuffle(some)
    assert looked(one, *mixed, now_ms) == looked(one, calendar, shut, reach, now_ms)


@few
@given(stays, calendars, closures, spans, nows)
def test_who_was_never_told_loses_no_day(
    one: Stay, calendar: list[Hours], shut: list[Closure], reach: list[Span], now_ms: int
) -> None:
    found = looked(replace(one, told_ms=None), calendar, shut, reach, now_ms)
    assert (found.used, found.ends_ms, found.over_ms) == (0, None, None)
