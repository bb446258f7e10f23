from hypothesis import given
from hypothesis import strategies as st

from contract.scans.repeats import MOST, WITHIN_MS, Repeats, heard


def counted(*readings: tuple[str, int]) -> list[str]:
    """Those that count."""
    repeats, found = Repeats(), []
    for data, at_ms in readings:
        counts, repeats = heard(repeats, data, at_ms)
        found += [data] if counts else []
    return found


def test_the_same_within_two_seconds_counts_once() -> None:
    assert counted(("A", 0), ("A", 1), ("A", 1_999)) == ["A"]


def test_two_seconds_after_it_counted_it_counts_again_however_often_it_was_read_between() -> None:
    assert counted(("A", 0), ("A", 1_500), ("A", 2_000), ("A", 3_999), ("A", 4_000)) == ["A", "A", "A"]


def test_another_code_between_changes_nothing() -> None:
    assert counted(("A", 0), ("B", 100), ("A", 200), ("B", 300)) == ["A", "B"]


@given(st.lists(st.tuples(st.text(max_size=3), st.integers(0, 300)), max_size=200))
def test_memory_is_bounded_and_nothing_counts_twice_in_time_unless_it_was_forgotten(
    steps: list[tuple[str, int]],
) -> None:
    repeats, now_ms = Repeats(), 0
    last: dict[str, int] = {}
    for data, later_ms in steps:
        now_ms += later_ms
        remembered = {known for known, _ in repeats.seen}
        counts, repeats = heard(repeats, data, now_ms)
        assert len(repeats.seen) <= MOST
        assert counts or now_ms - last[data] < WITHIN_MS
        assert not counts or data not in remembered or now_ms - last[data] >= WITHIN_MS
        if counts:
            last[data] = now_ms
