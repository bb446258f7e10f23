"""Watching one board, as dialogues: what it says, what is believed, when it is asked next."""

import pytest

from locker_firmware_bridge.boards import BoardBack, BoardConfig, BoardSilent, DoorsRead, Timings, watch
from locker_firmware_bridge.boards.watch import Reading, Watch

TIMINGS = Timings()
EVERY = frozenset({1, 2, 3})


def reading(*closed: int, items: frozenset[int] = frozenset()) -> Reading:
    return Reading(frozenset(closed), EVERY - set(closed), items)


SHUT, TWO_OPEN, THREE_OPEN = reading(1, 2, 3), reading(1, 3), reading(1, 2)


def new() -> Watch:
    return Watch("bus", BoardConfig("cu16", 0, 3), TIMINGS, due_ms=0)


def seen(*readings: tuple[int, Reading]) -> Watch:
    board = new()
    for at_ms, reading in readings:
        board, _ = watch.read(board, reading, at_ms)
    return board


def test_the_first_reading_is_believed_at_once_and_names_every_door() -> None:
    board, reports = watch.read(new(), TWO_OPEN, 100)
    assert reports == (DoorsRead("bus", 0, frozenset({1, 3}), frozenset({2}), frozenset(), 100),)
    assert board.due_ms == 100 + TIMINGS.idle_poll_ms


def test_a_change_is_read_again_soon_and_believed_the_second_time() -> None:
    board, reports = watch.read(seen((0, SHUT)), TWO_OPEN, 700)
    assert (reports, board.due_ms) == ((), 700 + TIMINGS.debounce_ms)
    board, reports = watch.read(board, TWO_OPEN, 800)
    assert [report.open for report in reports if isinstance(report, DoorsRead)] == [frozenset({2})]
    assert board.due_ms == 800 + TIMINGS.idle_poll_ms


def test_a_change_that_was_a_flicker_is_never_reported() -> None:
    board, _ = watch.read(seen((0, SHUT)), TWO_OPEN, 700)
    board, reports = watch.read(board, SHUT, 800)
    assert reports == ()
    board, reports = watch.read(board, SHUT, 900)
    assert (reports, board.due_ms) == ((), 900 + TIMINGS.idle_poll_ms)


def test_one_flickering_sensor_does_not_hide_another_door() -> None:
    flickering = reading(1, 3, items=frozenset({1})), reading(1, 3)
    board, _ = watch.read(seen((0, SHUT)), flickering[0], 700)
    _, reports = watch.read(board, flickering[1], 800)
    assert [report.open for report in reports if isinstance(report, DoorsRead)] == [frozenset({2})]


def test_two_doors_that_move_one_after_the_other_are_both_believed_in_time() -> None:
    board, reports = watch.read(seen((0, SHUT), (700, TWO_OPEN)), THREE_OPEN, 800)
    assert reports == ()
    _, reports = watch.read(board, THREE_OPEN, 900)
    assert [report.open for report in reports if isinstance(report, DoorsRead)] == [frozenset({3})]


def test_doors_that_stand_still_are_told_again_after_five_seconds() -> None:
    told = [bool(watch.read(seen((0, SHUT)), SHUT, at_ms)[1]) for at_ms in (700, 4999, 5000)]
    assert told == [False, False, True]


def test_two_failed_polls_are_asked_again_and_the_third_makes_the_board_silent_once() -> None:
    board, said = seen((0, SHUT)), []
    for at_ms in (1000, 2000, 3000, 4000):
        board, reports = watch.failed(board, "no answer", at_ms, retry_ms=50)
        said.append((reports, board.due_ms - at_ms))
    silent = BoardSilent("bus", 0, "no answer")
    assert said == [((), 50), ((), 50), ((silent,), 2000), ((), 2000)]


def test_a_silent_board_is_never_asked_before_a_late_answer_had_its_time() -> None:
    board, _ = watch.lost(seen((0, SHUT)), "no answer", due_ms=0)
    board, _ = watch.failed(board, "no answer", 1000, retry_ms=9000)
    assert board.due_ms == 10_000


def test_a_good_poll_between_failed_ones_starts_the_count_anew() -> None:
    board = seen((0, SHUT))
    for at_ms in (1000, 2000, 3000, 4000):
        board, reports = watch.failed(board, "no answer", at_ms, retry_ms=50)
        assert reports == ()
        board, _ = watch.read(board, SHUT, at_ms + 50)


def test_a_board_that_is_back_says_so_and_what_it_sees_is_believed_at_once() -> None:
    board, _ = watch.lost(seen((0, SHUT)), "unplugged", due_ms=10)
    board, reports = watch.read(board, TWO_OPEN, 20)
    assert [type(report) for report in reports] == [BoardBack, DoorsRead]
    assert not board.silent


def test_a_failed_poll_is_no_reading_for_the_debounce() -> None:
    board, _ = watch.failed(seen((0, SHUT), (700, TWO_OPEN)), "noise", 800, retry_ms=5)
    _, reports = watch.read(board, TWO_OPEN, 805)
    assert [report.open for report in reports if isinstance(report, DoorsRead)] == [frozenset({2})]


def test_an_expected_move_is_looked_for_now_and_then_often_until_its_time() -> None:
    board = watch.expect(seen((0, SHUT)), until_ms=1000, now_ms=100)
    assert board.due_ms == 100
    board, _ = watch.read(board, SHUT, 100)
    assert board.due_ms == 100 + TIMINGS.quick_poll_ms
    board, _ = watch.read(board, SHUT, 1000)
    assert board.due_ms == 1000 + TIMINGS.idle_poll_ms


def test_a_shorter_expectation_does_not_end_a_longer_one() -> None:
    board = watch.expect(watch.expect(seen((0, SHUT)), 5000, 100), 200, 150)
    assert watch.read(board, SHUT, 300)[0].due_ms == 300 + TIMINGS.quick_poll_ms


def test_once_all_doors_are_shut_again_they_are_looked_at_as_seldom_as_at_rest() -> None:
    board = watch.calm(watch.expect(seen((0, SHUT)), 180_000, 100), until_ms=1_000)
    board, _ = watch.read(board, SHUT, 200)
    assert board.due_ms == 200 + TIMINGS.quick_poll_ms
    board, _ = watch.read(board, SHUT, 1_000)
    assert board.due_ms == 1_000 + TIMINGS.idle_poll_ms


def test_after_an_unlock_the_door_is_first_looked_at_when_the_pulse_is_over() -> None:
    board = watch.unlocked(seen((0, SHUT)), 100)
    assert board.due_ms == 100 + 500 + TIMINGS.after_pulse_ms
    assert watch.expect(board, 9000, 110).due_ms == board.due_ms
    board, _ = watch.read(board, SHUT, board.due_ms)
    assert board.due_ms == 700 + TIMINGS.quick_poll_ms


def test_a_silent_board_is_not_asked_more_often_because_a_move_is_expected() -> None:
    board, _ = watch.lost(new(), "off", due_ms=2000)
    assert watch.expect(board, 5000, 100).due_ms == 2000


def test_two_answers_after_an_unanswered_question_may_be_late_ones_and_are_thrown_away() -> None:
    board, _ = watch.failed(seen((0, SHUT)), "no answer", 1_000, 300, unanswered=True)
    for now_ms in (1_310, 1_330):
        board, reports = watch.read(board, TWO_OPEN, now_ms)
        assert (reports, board.due_ms, board.failures) == ((), now_ms, 1)
    board, _ = watch.read(board, TWO_OPEN, 1_350)
    assert board.failures == 0


@pytest.mark.parametrize("answers", [1, 2])
def test_a_board_that_answers_only_now_and_then_is_silent_in_the_end(answers: int) -> None:
    board, told = seen((0, SHUT)), list[object]()
    for turn in range(3):
        board, reports = watch.failed(board, "no answer", 1_000 * turn, 300, unanswered=True)
        told += reports
        for _ in range(answers):
            board, reports = watch.read(board, TWO_OPEN, 1_000 * turn + 310)
            told += reports
    assert told == [BoardSilent("bus", 0, "no answer")]
