"""Codes of a telephone, by the numbers of RFC 4226 (appendix D) and RFC 6238 (appendix B)."""

import pytest

from hub.core.one_time import STEP_MS, code_at, step_of, written

SECRET = b"12345678901234567890"
COUNTED = ["755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871", "520489"]
NOW_MS = 1_111_111_109_000


@pytest.mark.parametrize(("step", "code"), list(enumerate(COUNTED)))
def test_codes_are_those_of_the_standard(step: int, code: str) -> None:
    assert code_at(SECRET, step) == code


@pytest.mark.parametrize(
    ("second", "code"), [(59, "287082"), (1_111_111_109, "081804"), (20_000_000_000, "353130")]
)
def test_steps_are_half_minutes_since_1970(second: int, code: str) -> None:
    assert step_of(SECRET, code, second * 1000, 0) == second // 30


def test_a_clock_half_a_minute_off_is_forgiven_and_no_more() -> None:
    code = code_at(SECRET, NOW_MS // STEP_MS)
    taken = [step_of(SECRET, code, NOW_MS + off * STEP_MS, 0) is not None for off in (-2, -1, 0, 1, 2)]
    assert taken == [False, True, True, True, False]


def test_a_code_that_was_used_is_none_any_more() -> None:
    step = NOW_MS // STEP_MS
    assert step_of(SECRET, code_at(SECRET, step), NOW_MS, step) is None
    assert step_of(SECRET, code_at(SECRET, step - 1), NOW_MS, step) is None
    assert step_of(SECRET, code_at(SECRET, step + 1), NOW_MS, step) == step + 1


@pytest.mark.parametrize("given", ["", "12345", "08180", "0818044", "é" * 6, "\udcff"])
def test_what_is_no_code_is_none(given: str) -> None:
    assert step_of(SECRET, given, NOW_MS, 0) is None


def test_the_secret_is_written_as_telephones_read_it() -> None:
    assert written(SECRET) == "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
