"""A lock rests between two pulses, and has ten in a minute at most."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from locker_firmware_bridge.boards import duty
from locker_firmware_bridge.boards.duty import Duty


def test_a_lock_that_never_had_a_pulse_may_have_one() -> None:
    assert duty.wait_ms(Duty(), 0) == 0


def test_two_seconds_lie_between_two_pulses() -> None:
    once = duty.pulsed(Duty(), 10_000)
    assert [duty.wait_ms(once, at_ms) for at_ms in (10_000, 11_999, 12_000)] == [2_000, 1, 0]


def test_the_eleventh_pulse_waits_until_the_first_is_a_minute_old() -> None:
    worn = Duty()
    for at_ms in range(0, 20_000, 2_000):
        worn = duty.pulsed(worn, at_ms)
    assert duty.wait_ms(worn, 20_000) == 40_000
    assert duty.wait_ms(worn, 60_000) == 0


@given(st.lists(st.integers(0, 5_000), max_size=80))
def test_whoever_asks_how_often_no_minute_has_more_than_ten(gaps_ms: list[int]) -> None:
    lock, now_ms, given_ms = Duty(), 0, list[int]()
    for gap_ms in gaps_ms:
        now_ms += gap_ms
        if duty.wait_ms(lock, now_ms) == 0:
            lock = duty.pulsed(lock, now_ms)
            given_ms.append(now_ms)
    assert all(after - before >= 2_000 for before, after in pairwise(given_ms))
    assert all(after - before >= 60_000 for before, after in zip(given_ms, given_ms[10:], strict=False))
