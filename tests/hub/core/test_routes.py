"""When a bag must have reached each post: before the promise breaks, and never before it was there."""

import pytest

from hub.core.routes import ROUTE, due_ms

HOUR_MS = 3_600_000
DROPPED_MS = 1_000 * HOUR_MS


@pytest.mark.parametrize("hours", [1, 3, 8, 10, 12, 24, 240])
def test_each_post_has_its_time_between_the_drop_and_the_promise(hours: int) -> None:
    promised_ms = DROPPED_MS + hours * HOUR_MS
    times = [due_ms(post, DROPPED_MS, promised_ms) or 0 for post in ROUTE[1:]]
    assert times == sorted(set(times))
    assert times[0] > DROPPED_MS
    assert times[-1] < promised_ms


def test_in_before_ten_and_out_by_six() -> None:
    promised_ms = DROPPED_MS + 8 * HOUR_MS
    hours = [((due_ms(post, DROPPED_MS, promised_ms) or 0) - DROPPED_MS) / HOUR_MS for post in ROUTE]
    assert hours == [0, 1, 3, 6, 7.5]


def test_what_was_first_heard_of_after_its_promise_is_late() -> None:
    assert (due_ms("return", DROPPED_MS, DROPPED_MS - HOUR_MS) or 0) < DROPPED_MS
    assert due_ms("run", None, DROPPED_MS) == DROPPED_MS - 7 * HOUR_MS
