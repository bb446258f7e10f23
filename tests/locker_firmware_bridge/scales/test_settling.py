"""When readings are a weight, as dialogues with a scale on a clock of our own."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from locker_firmware_bridge.scales.protocols.answers import Busy, Fault, Overload, Reading, Underload
from locker_firmware_bridge.scales.settling import (
    NotSettled,
    Reason,
    Rules,
    Said,
    Silence,
    Weight,
    begin,
    hear,
    outcome,
)

RULES = Rules(patience_ms=5000, spacing_ms=150, silence_ms=1500)
AT_REST = Reading(Decimal("4.35"), "kg", stable=True)
MOVING = replace(AT_REST, stable=False)
WEIGHT = Weight(Decimal("4.35"), "kg", "unknown", billable=True)

readings = st.builds(
    Reading,
    st.sampled_from([Decimal("4.35"), Decimal("4.36"), Decimal("-0.02")]),
    st.sampled_from(["kg", "g"]),
    st.sampled_from([True, False, None]),
    st.sampled_from(["net", "gross"]),
    st.booleans(),
)
everything = st.one_of(readings, st.sampled_from([Busy(), Overload(), Underload(), Fault("x"), Silence("y")]))


def weighed(*dialogue: Said, every_ms: int = 200, after_ms: int = 0) -> Weight | NotSettled | None:
    """What comes of a scale that says this, one every so often; looked at `after_ms` later."""
    state, now_ms = begin(RULES, 0), 0
    for said in dialogue:
        now_ms += every_ms
        state = hear(state, said, now_ms)
    return outcome(state, now_ms + after_ms)


def test_three_equal_readings_at_rest_are_a_weight_and_two_are_none() -> None:
    assert weighed(AT_REST, AT_REST) is None
    assert weighed(AT_REST, AT_REST, AT_REST) == WEIGHT


@pytest.mark.parametrize(
    "other",
    [
        MOVING,
        replace(AT_REST, value=Decimal("4.36")),
        replace(AT_REST, unit="g"),
        replace(AT_REST, load="net"),
        replace(AT_REST, trusted=False),
        Busy(),
        Overload(),
        Underload(),
        Fault("syntax error"),
        Silence("the port is gone"),
    ],
)
def test_whatever_comes_between_it_begins_again(other: Said) -> None:
    assert weighed(AT_REST, AT_REST, other, AT_REST, AT_REST) is None
    assert weighed(AT_REST, AT_REST, other, AT_REST, AT_REST, AT_REST) == WEIGHT


def test_a_silence_begins_again() -> None:
    assert weighed(AT_REST, AT_REST, AT_REST, every_ms=1501) is None
    assert weighed(AT_REST, AT_REST, AT_REST, every_ms=1500) == WEIGHT


def test_lines_that_come_all_at_once_are_one_reading() -> None:
    assert weighed(*[AT_REST] * 100, every_ms=0) is None
    assert weighed(*[AT_REST] * 30, every_ms=10) is None
    assert weighed(*[AT_REST] * 31, every_ms=10) == WEIGHT


@pytest.mark.parametrize(("stable", "trusted"), [(None, True), (True, False), (None, False)])
def test_what_does_not_say_that_it_rests_or_was_guessed_may_be_shown_and_never_billed(
    stable: bool | None, trusted: bool
) -> None:
    reading = replace(AT_REST, stable=stable, trusted=trusted)
    assert weighed(reading, reading, reading) == replace(WEIGHT, billable=False)


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        (MOVING, "moving"),
        (AT_REST, "moving"),
        (Busy(), "busy"),
        (Overload(), "overload"),
        (Underload(), "underload"),
        (Fault("syntax error: look"), "fault"),
        (Silence("unplugged: look"), "silent"),
    ],
)
def test_a_scale_that_never_settles_is_given_up_with_its_reason(said: Said, reason: Reason) -> None:
    other = replace(AT_REST, value=Decimal("9.99"))
    dialogue = [other, said] * 12
    assert weighed(*dialogue) is None
    told = weighed(*dialogue, after_ms=200)
    assert isinstance(told, NotSettled)
    assert told.reason == reason
    assert ":" in told.why


def test_a_scale_that_says_nothing_or_nothing_any_more_is_silent() -> None:
    assert weighed(after_ms=4999) is None
    for told in (weighed(after_ms=5000), weighed(AT_REST, AT_REST, after_ms=5000)):
        assert isinstance(told, NotSettled)
        assert told.reason == "silent"


def test_what_comes_after_the_time_is_up_is_no_weight() -> None:
    state = begin(RULES, 0)
    for now_ms in (4600, 4800, 5000, 5200):
        state = hear(state, AT_REST, now_ms)
    assert isinstance(outcome(state, 5200), NotSettled)


@given(st.lists(st.tuples(everything, st.integers(0, 2000)), max_size=30))
def test_a_weight_is_what_three_readings_in_a_row_said_and_a_billable_one_rested(
    dialogue: list[tuple[Said, int]],
) -> None:
    state, now_ms = begin(RULES, 0), 0
    heard: list[Said] = []
    for said, later_ms in dialogue:
        now_ms += later_ms
        state = hear(state, said, now_ms)
        heard.append(said)
        told = outcome(state, now_ms)
        if isinstance(told, Weight):
            last = heard[-1] if now_ms < state.end_ms else state.last
            assert isinstance(last, Reading)
            assert (told.value, told.unit, told.load) == (last.value, last.unit, last.load)
            assert told.billable is (last.stable is True and last.trusted)
            assert now_ms >= state.end_ms or heard[-3:] == [last] * 3


@pytest.mark.parametrize("empty", ["0.00", "-0.05", "0.02"])
def test_where_a_load_is_waited_for_an_empty_scale_is_no_weight(empty: str) -> None:
    waiting = replace(RULES, least_grams=25)
    nothing = replace(AT_REST, value=Decimal(empty))
    state = begin(waiting, 0)
    for now_ms in range(200, 2_000, 200):
        state = hear(state, nothing, now_ms)
        assert outcome(state, now_ms) is None
    given_up = hear(state, nothing, 4_900)
    assert _reason(outcome(given_up, 5_000)) == "empty"
    for now_ms in (2_000, 2_200, 2_400):
        state = hear(state, AT_REST, now_ms)
    assert outcome(state, 2_400) == WEIGHT


def test_what_is_laid_on_but_never_rests_is_said_to_move() -> None:
    state = begin(replace(RULES, least_grams=25), 0)
    for now_ms in range(200, 5_000, 200):
        state = hear(state, MOVING, now_ms)
    assert _reason(outcome(state, 5_000)) == "moving"


def _reason(told: Weight | NotSettled | None) -> Reason:
    assert isinstance(told, NotSettled)
    return told.reason
