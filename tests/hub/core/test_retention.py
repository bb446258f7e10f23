"""The timers: nothing goes before its time, everything goes after it, whatever the policy."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.core.retention import (
    JOURNAL_DAYS,
    Known,
    Retention,
    SiteRetention,
    before,
    contradictions,
    person_is_due,
)

DAY = 86_400_000
NOW = 1_800_000_000_000
DAYS = st.integers(JOURNAL_DAYS, 3650)


@given(DAYS, st.integers(0, 4000 * DAY))
def test_what_ended_is_due_exactly_when_its_days_are_over(days: int, age_ms: int) -> None:
    ends = before(Retention(traces_days=days), NOW)
    assert (NOW - age_ms < ends.traces_ms) == (age_ms > days * DAY)


@given(DAYS, st.integers(0, 4000), st.integers(0, 4000), st.none() | st.integers(0, 4000))
def test_nobody_is_erased_who_had_something_within_the_idle_days(
    idle: int, created: int, last: int, removed: int | None
) -> None:
    policy = Retention(idle_people_days=idle, removed_people_days=90)
    known = Known(
        "borny", NOW - created * DAY, NOW - last * DAY, None if removed is None else NOW - removed * DAY
    )
    due = person_is_due(policy, known, NOW)
    assert due == (min(created, last) > idle or (removed is not None and removed > 90))


def test_nought_erases_nobody_for_being_idle() -> None:
    assert not person_is_due(Retention(idle_people_days=0), Known("borny", 0, None, None), NOW)


def test_a_site_has_its_own_policy() -> None:
    policy = Retention(idle_people_days=0, sites={"borny": SiteRetention(idle_people_days=400)})
    idle = NOW - 401 * DAY
    assert person_is_due(policy, Known("borny", idle, None, None), NOW)
    assert not person_is_due(policy, Known("paris", idle, None, None), NOW)


@pytest.mark.parametrize(
    ("policy", "where"),
    [
        (Retention(), []),
        (Retention(traces_days=400), [("traces_days",)]),
        (Retention(messages_days=400), [("messages_days",)]),
        (Retention(idle_people_days=200), [("idle_people_days",)]),
        (Retention(idle_people_days=0), []),
        (
            Retention(sites={"borny": SiteRetention(idle_people_days=200)}),
            [("sites", "borny", "idle_people_days")],
        ),
    ],
)
def test_periods_that_contradict_each_other_are_named(
    policy: Retention, where: list[tuple[str, ...]]
) -> None:
    assert [path for path, _, _ in contradictions(policy)] == where
