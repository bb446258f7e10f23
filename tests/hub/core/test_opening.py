"""When a place is open, as concierges write it: any hours of any day, closures, the clocks' two nights."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.core.opening import (
    Closure,
    Hours,
    Opening,
    OpeningError,
    closure_span,
    minutes,
    overlapping,
    planned,
    with_opening,
)
from hub.core.spans import both, joined, total, without

PARIS = ZoneInfo("Europe/Paris")
HOUR = 3_600_000
MONDAY = date(2026, 11, 23)
SPRING, AUTUMN = date(2026, 3, 29), date(2026, 10, 25)


def at(local: str) -> int:
    return int(datetime.fromisoformat(local).replace(tzinfo=PARIS).timestamp()) * 1000


def week(*stretches: tuple[int, str, str]) -> tuple[Opening, ...]:
    weekly: tuple[Opening, ...] = ()
    for day, opens, closes in stretches:
        weekly = with_opening(weekly, [day], opens, closes, after_midnight=True)
    return weekly


@pytest.mark.parametrize(
    ("written", "minute"),
    [("7:30", 450), ("07h30", 450), ("7h", 420), ("7", 420), (" 19.05 ", 1145), ("24:00", 1440), ("0:00", 0)],
)
def test_hours_are_read_as_people_write_them(written: str, minute: int) -> None:
    assert minutes(written, "opens") == minute


@pytest.mark.parametrize("written", ["25:00", "24:01", "7:60", "", "midi", "7:5", "-1:00", "٧:٣٠", "7:30:00"])
def test_what_is_no_hour_is_refused(written: str) -> None:
    with pytest.raises(OpeningError) as refused:
        minutes(written, "opens")
    assert (refused.value.fault, refused.value.field) == ("time", "opens")


def test_a_day_may_have_several_stretches_and_end_after_midnight() -> None:
    weekly = week((1, "9:00", "12:00"), (1, "14:00", "18:30"), (5, "19:00", "1:00"))
    said = planned([Hours(0, weekly=weekly)], MONDAY, PARIS)
    assert said.spans == (
        (at("2026-11-23 09:00"), at("2026-11-23 12:00")),
        (at("2026-11-23 14:00"), at("2026-11-23 18:30")),
    )
    friday = planned([Hours(0, weekly=weekly)], date(2026, 11, 27), PARIS)
    assert friday.spans == ((at("2026-11-27 19:00"), at("2026-11-28 01:00")),)
    assert planned([Hours(0, weekly=weekly)], date(2026, 11, 28), PARIS).spans == ()


@pytest.mark.parametrize(
    ("days", "opens", "closes", "after_midnight", "fault"),
    [
        ([1], "18:00", "9:00", False, "end_before_start"),
        ([1], "9:00", "9:00", True, "no_length"),
        ([1], "25:00", "26:00", False, "time"),
        ([1], "24:00", "1:00", True, "time"),
        ([1], "11:00", "13:00", False, "overlaps"),
        ([7], "20:00", "9:30", True, "overlaps"),
        ([], "9:00", "12:00", False, "days"),
        ([8], "9:00", "12:00", False, "days"),
        ([2, 1], "9:00", "10:00", False, "overlaps"),
    ],
)
def test_hours_that_cannot_be_are_refused_and_say_why(
    days: list[int], opens: str, closes: str, after_midnight: bool, fault: str
) -> None:
    weekly = week((1, "9:00", "12:00"))
    with pytest.raises(OpeningError) as refused:
        with_opening(weekly, days, opens, closes, after_midnight=after_midnight)
    assert refused.value.fault == fault


def test_stretches_that_touch_do_not_overlap() -> None:
    assert (
        len(week((1, "9:00", "12:00"), (1, "12:00", "14:00"), (7, "20:00", "24:00"), (1, "0:00", "1:00")))
        == 4
    )


def test_what_is_changed_today_makes_no_other_day() -> None:
    old = Hours(0, weekly=week((1, "9:00", "12:00")))
    new = Hours(at("2026-11-23 11:00"), weekly=week((1, "10:00", "18:00")))
    assert planned([new, old], MONDAY, PARIS).spans == ((at("2026-11-23 09:00"), at("2026-11-23 18:00")),)
    assert planned([new, old], MONDAY, PARIS).whole_ms == 8 * HOUR
    assert total(planned([old, new], date(2026, 11, 16), PARIS).spans) == 3 * HOUR
    assert total(planned([old, new], date(2026, 11, 30), PARIS).spans) == 8 * HOUR


def test_before_anybody_said_when_it_is_open_nothing_is_known() -> None:
    hours = [Hours(at("2026-11-24 10:00"), always=True)]
    assert not planned(hours, MONDAY, PARIS).known
    assert planned(hours, date(2026, 11, 24), PARIS).spans == (
        (at("2026-11-24 10:00"), at("2026-11-25 00:00")),
    )
    assert not planned([], MONDAY, PARIS).known
    assert not planned([Hours(0)], MONDAY, PARIS).known, "a week without any hours says nothing"


def test_what_only_staff_hand_out_keeps_the_hours_of_the_counter() -> None:
    hours = Hours(0, always=True, weekly=week((1, "9:00", "12:00")))
    assert total(planned([hours.at_the_counter()], MONDAY, PARIS).spans) == 3 * HOUR
    assert not Hours(0, always=True).at_the_counter().known


@pytest.mark.parametrize(("day", "length"), [(SPRING, 23), (AUTUMN, 25), (MONDAY, 24)])
def test_a_place_that_is_always_open_has_days_as_long_as_the_clocks_make_them(day: date, length: int) -> None:
    assert total(planned([Hours(0, always=True)], day, PARIS).spans) == length * HOUR


def test_hours_the_clocks_skip_or_repeat_are_no_error() -> None:
    weekly = week((7, "2:00", "3:00"))
    assert planned([Hours(0, weekly=weekly)], SPRING, PARIS).spans == ()
    assert total(planned([Hours(0, weekly=weekly)], AUTUMN, PARIS).spans) >= HOUR


def test_a_closure_is_whole_days_or_has_hours() -> None:
    days = closure_span("2026-12-24", "", "2027-01-02", "", PARIS)
    assert days == (at("2026-12-24 00:00"), at("2027-01-03 00:00"))
    cut = closure_span("2026-12-01", "9:00", "2026-12-01", "11h30", PARIS)
    assert cut == (at("2026-12-01 09:00"), at("2026-12-01 11:30"))


def test_an_hour_that_comes_twice_makes_the_closure_longer() -> None:
    assert total([closure_span("2026-10-25", "2:30", "2026-10-25", "2:30", PARIS)]) == HOUR


@pytest.mark.parametrize(
    ("written", "fault", "field"),
    [
        (("2026-02-30", "", "2026-03-02", ""), "date", "from_day"),
        (("2026-12-24", "", "demain", ""), "date", "until_day"),
        (("0001-01-01", "", "2026-12-02", ""), "date", "from_day"),
        (("2026-12-24", "", "2026-12-23", ""), "end_before_start", "until_day"),
        (("2026-12-24", "11:00", "2026-12-24", "9:00"), "end_before_start", "until_hour"),
        (("2026-12-24", "25:00", "2026-12-25", ""), "time", "from_hour"),
        (("2026-03-29", "2:30", "2026-03-29", ""), "no_such_hour", "from_hour"),
        (("2026-03-28", "", "2026-03-29", "2:15"), "no_such_hour", "until_hour"),
        (("2026-12-24", "", "2036-12-24", ""), "too_long", "until_day"),
    ],
)
def test_a_closure_that_cannot_be_is_refused_and_says_where(
    written: tuple[str, str, str, str], fault: str, field: str
) -> None:
    with pytest.raises(OpeningError) as refused:
        closure_span(*written, PARIS)
    assert (refused.value.fault, refused.value.field) == (fault, field)


def test_closures_that_share_a_moment_overlap() -> None:
    works = Closure("c", 10, 20, "works")
    assert overlapping((19, 30), [works]) == works
    assert overlapping((20, 30), [works]) is None


spans = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), max_size=8)


@given(spans, spans, st.randoms())
def test_stretches_of_time_are_sets_of_moments(
    one: list[tuple[int, int]], other: list[tuple[int, int]], order: object
) -> None:
    def moments(some: object) -> set[int]:
        return {moment for begin, end in some for moment in range(begin, end)}  # type: ignore[attr-defined]

    assert moments(joined(one)) == moments(one)
    assert moments(both(one, other)) == moments(one) & moments(other)
    assert moments(without(one, other)) == moments(one) - moments(other)
    assert total(one) == len(moments(one))
    assert joined(one) == joined(reversed(one))
    assert all(end < begin for (_, end), (begin, _) in zip(joined(one), joined(one)[1:], strict=False))
