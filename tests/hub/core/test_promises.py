"""Promises: from a partner's hours and the rule of a service to moments."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contract.messages import Promise
from hub.core.opening import Opening, OpeningError
from hub.core.promises import DAYS, MOST, Calendar, Lead, LeadError, lead_of
from hub.core.promises import promises as promises_of
from hub.core.spans import Spans

PARIS = ZoneInfo("Europe/Paris")
WEEK = tuple(Opening(day, 540, 1080) for day in (1, 2, 3, 4, 5))
ALL_DAYS = tuple(Opening(day, 420, 1320) for day in range(1, 8))
SAME_DAY = Lead("days", 0, 600, 1080)


def promises(lead: Lead, *rest: Any) -> tuple[Promise, ...]:
    """Those of a single rule."""
    return promises_of((lead,), *rest)


def at(text: str) -> int:
    """`2026-11-23 10:00` in Paris."""
    return int(datetime.fromisoformat(text).replace(tzinfo=PARIS).timestamp()) * 1000


def said(found: tuple[Promise, ...], count: int) -> list[tuple[str, str]]:
    """The first promises as clocks in Paris show them."""
    return [(shown(one.before_ms), shown(one.ready_ms)) for one in found[:count]]


def shown(at_ms: int) -> str:
    return datetime.fromtimestamp(at_ms / 1000, PARIS).strftime("%m-%d %H:%M")


def day_off(day: str) -> Spans:
    begin = date.fromisoformat(day)
    return ((at(f"{begin} 00:00"), at(f"{begin + timedelta(days=1)} 00:00")),)


MONDAY = "2026-11-23 08:00"


def test_in_before_ten_out_by_six_on_each_working_day() -> None:
    found = promises(SAME_DAY, Calendar(WEEK, (), PARIS), at(MONDAY))
    assert said(found, 6) == [
        ("11-23 10:00", "11-23 18:00"),
        ("11-24 10:00", "11-24 18:00"),
        ("11-25 10:00", "11-25 18:00"),
        ("11-26 10:00", "11-26 18:00"),
        ("11-27 10:00", "11-27 18:00"),
        ("11-30 10:00", "11-30 18:00"),
    ]
    assert len(found) == 25, "five weeks"


def test_two_working_days_later_goes_over_weekend_and_closure() -> None:
    calendar = Calendar(WEEK, day_off("2026-11-30"), PARIS)
    found = promises(Lead("days", 2, 720, 1020), calendar, at("2026-11-26 08:00"))
    assert said(found, 3) == [
        ("11-26 12:00", "12-01 17:00"),
        ("11-27 12:00", "12-02 17:00"),
        ("12-01 12:00", "12-03 17:00"),
    ]


def test_nothing_is_ready_on_a_day_that_ends_before_nor_while_it_is_closed() -> None:
    saturday = (*WEEK, Opening(6, 480, 720))
    found = promises(SAME_DAY, Calendar(saturday, (), PARIS), at("2026-11-27 08:00"))
    assert said(found, 2) == [("11-27 10:00", "11-27 18:00"), ("11-30 10:00", "11-30 18:00")]
    afternoon = ((at("2026-11-25 12:00"), at("2026-11-26 00:00")),)
    found = promises(SAME_DAY, Calendar(WEEK, afternoon, PARIS), at("2026-11-25 08:00"))
    assert said(found, 1) == [("11-26 10:00", "11-26 18:00")]


def test_nothing_is_to_be_dropped_before_a_moment_when_nobody_fetches_it() -> None:
    morning = ((at("2026-11-24 09:00"), at("2026-11-24 12:00")),)
    found = promises(Lead("days", 1, 600, 1080), Calendar(WEEK, morning, PARIS), at("2026-11-24 08:00"))
    assert said(found, 1) == [("11-25 10:00", "11-26 18:00")]


def test_a_basket_is_ordered_also_until_a_moment_when_nobody_works() -> None:
    lead = Lead("comes", 2, 720, 17 * 60, (2,))
    assert said(promises(lead, Calendar(WEEK, (), PARIS), at(MONDAY)), 1) == [("11-29 12:00", "12-01 17:00")]


def test_the_van_brings_back_with_a_later_round() -> None:
    lead = Lead("van", 1, 15 * 60, 11 * 60, (2, 5))
    assert said(promises(lead, Calendar(ALL_DAYS, (), PARIS), at(MONDAY)), 2) == [
        ("11-24 15:00", "11-27 11:00"),
        ("11-27 15:00", "12-01 11:00"),
    ]
    closed = Calendar(ALL_DAYS, day_off("2026-11-27"), PARIS)
    assert said(promises(lead, closed, at(MONDAY)), 1) == [("11-24 15:00", "12-01 11:00")]


def test_baskets_come_on_thursdays_for_who_ordered_two_days_earlier() -> None:
    lead = Lead("comes", 2, 720, 17 * 60, (4,))
    assert said(promises(lead, Calendar(ALL_DAYS, (), PARIS), at(MONDAY)), 2) == [
        ("11-24 12:00", "11-26 17:00"),
        ("12-01 12:00", "12-03 17:00"),
    ]


def test_a_day_that_ends_after_midnight_promises_in_its_night() -> None:
    night = tuple(Opening(day, 420, 1500) for day in range(1, 8))  # 7:00 to 1:00
    found = promises(Lead("days", 0, 17 * 60, 30), Calendar(night, (), PARIS), at(MONDAY))
    assert said(found, 1) == [("11-23 17:00", "11-24 00:30")]
    late = promises(Lead("days", 1, 30, 12 * 60), Calendar(night, (), PARIS), at("2026-11-23 00:10"))
    assert said(late, 2) == [("11-23 00:30", "11-23 12:00"), ("11-24 00:30", "11-24 12:00")]


def test_the_clocks_go_forward_and_back_and_the_hour_on_the_wall_stays() -> None:
    calendar = Calendar(ALL_DAYS, (), PARIS)
    for eve, spring in (("2027-03-27 08:00", True), ("2026-10-24 08:00", False)):
        first, second = promises(SAME_DAY, calendar, at(eve))[:2]
        hours = (second.before_ms - first.before_ms) // 3_600_000
        assert hours == (23 if spring else 25)
        assert [shown(one.ready_ms)[-5:] for one in (first, second)] == ["18:00", "18:00"]


@pytest.mark.parametrize(
    "lead", [Lead("days", 0, 1080, 600), Lead("van", 1, 600, 660, ()), Lead("comes", 0, 600, 660)]
)
def test_what_cannot_be_promised_is_not(lead: Lead) -> None:
    assert promises(lead, Calendar(WEEK, (), PARIS), at(MONDAY)) == ()


def test_nobody_said_when_the_partner_works_so_nothing_is_promised() -> None:
    assert promises(SAME_DAY, Calendar((), (), PARIS), at(MONDAY)) == ()


def test_in_before_ten_out_by_six_else_at_noon_the_next_day() -> None:
    leads = (SAME_DAY, Lead("days", 1, 1080, 720))
    assert said(promises_of(leads, Calendar(WEEK, (), PARIS), at(MONDAY)), 4) == [
        ("11-23 10:00", "11-23 18:00"),
        ("11-23 18:00", "11-24 12:00"),
        ("11-24 10:00", "11-24 18:00"),
        ("11-24 18:00", "11-25 12:00"),
    ]
    assert promises_of((), Calendar(WEEK, (), PARIS), at(MONDAY)) == ()


def test_a_rule_that_another_one_outdoes_promises_nothing() -> None:
    slow = Lead("days", 2, 540, 1020)
    assert promises_of((slow, SAME_DAY), Calendar(WEEK, (), PARIS), at(MONDAY)) == promises(
        SAME_DAY, Calendar(WEEK, (), PARIS), at(MONDAY)
    )


def test_a_campaign_promises_nothing_before_its_begin_nor_after_its_end() -> None:
    found = promises(
        SAME_DAY, Calendar(WEEK, (), PARIS), at(MONDAY), at("2026-11-24 00:00"), at("2026-11-26 00:00")
    )
    assert [shown(one.before_ms) for one in found] == ["11-24 10:00", "11-25 10:00"]


def test_two_o_clock_that_is_skipped_makes_no_promise_that_ends_before_it_begins() -> None:
    night = (Opening(7, 60, 300),)
    lead = Lead("days", 0, 150, 185)  # 2:30, which is 3:30 that night, to 3:05
    assert shown(at("2027-03-28 02:30")) == "03-28 03:30"
    assert "03-28 03:30" not in [
        shown(one.before_ms) for one in promises(lead, Calendar(night, (), PARIS), at("2027-03-27 08:00"))
    ]


# --- whatever the rule ---------------------------------------------------------------------------

MINUTES = st.integers(0, 1440)
LEADS = st.one_of(
    st.builds(Lead, st.just("days"), st.integers(0, 30), MINUTES, MINUTES),
    st.builds(
        Lead,
        st.sampled_from(["van", "comes"]),
        st.integers(0, 30),
        MINUTES,
        MINUTES,
        st.sets(st.integers(1, 7)).map(tuple),
    ),
)
OPENINGS = st.lists(
    st.tuples(st.integers(1, 7), st.integers(0, 1430), st.integers(1, 1440)).map(
        lambda three: Opening(three[0], three[1], three[1] + three[2])
    ),
    max_size=10,
).map(tuple)
MOMENTS = st.one_of(
    st.datetimes(datetime(2026, 1, 1), datetime(2028, 1, 1)),  # noqa: DTZ001 - the zone is put on below
    st.sampled_from([datetime(2027, 3, 27, 23), datetime(2026, 10, 24, 22), datetime(2026, 10, 25, 1)]),  # noqa: DTZ001
).map(lambda moment: int(moment.replace(tzinfo=UTC).timestamp()) * 1000)
CLOSED_DAYS = st.sets(st.integers(-2, 60), max_size=30)


@given(LEADS, OPENINGS, MOMENTS, CLOSED_DAYS)
def test_promises_are_in_order_within_five_weeks_and_of_no_closed_day(
    lead: Lead, weekly: tuple[Opening, ...], now_ms: int, off: set[int]
) -> None:
    today = datetime.fromtimestamp(now_ms / 1000, PARIS).date()
    closed = tuple(
        (midnight(today + timedelta(days=number)), midnight(today + timedelta(days=number + 1)))
        for number in sorted(off)
    )
    found = promises(lead, Calendar(weekly, closed, PARIS), now_ms)
    assert len(found) <= MOST
    assert list(found) == sorted(found, key=lambda one: one.before_ms)
    for one in found:
        assert one.before_ms < one.ready_ms
        assert midnight(today) <= one.before_ms <= midnight(today + timedelta(days=DAYS))
        assert has_work(one.ready_ms, weekly, {today + timedelta(days=number) for number in off})


@settings(max_examples=50)
@given(st.lists(LEADS, max_size=3), OPENINGS, MOMENTS, st.integers(0, 30 * 86_400_000))
def test_of_several_rules_whoever_comes_is_promised_the_soonest(
    leads: list[Lead], weekly: tuple[Opening, ...], now_ms: int, later_ms: int
) -> None:
    calendar = Calendar(weekly, (), PARIS)
    found = promises_of(leads, calendar, now_ms)
    each = [one for lead in leads for one in promises(lead, calendar, now_ms)]
    assert set(found) <= set(each)
    assert all(a.before_ms < b.before_ms and a.ready_ms < b.ready_ms for a, b in pairwise(found))
    come_ms = now_ms + later_ms
    first = next((one for one in found if come_ms < one.before_ms), None)
    soonest = min((one.ready_ms for one in each if come_ms < one.before_ms), default=None)
    if len(found) < MOST:
        assert (None if first is None else first.ready_ms) == soonest


def midnight(day: date) -> int:
    return int(datetime.combine(day, time(), PARIS).timestamp()) * 1000


def has_work(at_ms: int, weekly: tuple[Opening, ...], off: set[date]) -> bool:
    """Whether the date of this moment, or the one whose night it is in, has an opening that is not closed."""
    local = datetime.fromtimestamp(at_ms / 1000, PARIS).date()
    for day in (local, local - timedelta(days=1)):
        for one in weekly:
            if one.weekday != day.isoweekday():
                continue
            reaches = {day, day + timedelta(days=1)} if one.closes_min > 1440 else {day}
            if reaches - off:
                return True
    return False


# --- what people write ---------------------------------------------------------------------------


def test_a_rule_is_read_from_a_form() -> None:
    assert lead_of("days", "0", "10:00", "18h", [1]) == SAME_DAY
    assert lead_of("van", "1", "15:00", "11:00", [5, 2, 2]) == Lead("van", 1, 900, 660, (2, 5))
    assert lead_of("none", "x", "", "", []) is None


@pytest.mark.parametrize(
    ("kind", "days", "before", "ready", "weekdays", "field"),
    [
        ("days", "", "10:00", "18:00", [], "lead_days"),
        ("days", "31", "10:00", "18:00", [], "lead_days"),
        ("days", "-1", "10:00", "18:00", [], "lead_days"),
        ("days", "1,5", "10:00", "18:00", [], "lead_days"),
        ("van", "0", "10:00", "18:00", [1], "lead_days"),
        ("van", "1", "10:00", "18:00", [], "weekdays"),
        ("comes", "0", "18:00", "10:00", [1], "ready"),
    ],
)
def test_a_rule_that_cannot_be_is_refused_where_it_was_written(
    kind: str, days: str, before: str, ready: str, weekdays: list[int], field: str
) -> None:
    with pytest.raises(LeadError) as refused:
        lead_of(kind, days, before, ready, weekdays)
    assert refused.value.field == field


def test_an_hour_that_is_none_is_refused() -> None:
    with pytest.raises(OpeningError):
        lead_of("days", "1", "25:00", "18:00", [])
