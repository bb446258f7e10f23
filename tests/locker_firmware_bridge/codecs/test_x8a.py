"""The 0x8A boards: what a length, a 33 and a silence mean."""

from functools import reduce
from operator import xor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from locker_firmware_bridge.codecs import (
    FAMILIES,
    CodecError,
    LockReport,
    StatusReply,
    UnlockReply,
    Wiring,
)
from locker_firmware_bridge.codecs.frames import OwnQuestionError
from tests.fakes.recorded import heard, one_by_one

x8a = FAMILIES["0x8a"]
boards = st.sampled_from(x8a.boards)
QUESTION = bytes.fromhex("80 01 00 33 B2")
ANSWER = bytes.fromhex("80 01 80 00 02 33 30")


def framed(*body: int) -> bytes:
    return bytes((*body, reduce(xor, body)))


@given(boards, st.integers(0, 255))
def test_five_bytes_with_a_33_are_a_question_and_never_a_state(board: int, lock: int) -> None:
    question = framed(0x80, board, lock, 0x33)
    with pytest.raises(OwnQuestionError):
        x8a.decode(question)
    assert heard(x8a, question) == ()


@given(boards, st.binary(min_size=2, max_size=8).filter(lambda states: 0x80 not in states))
def test_how_many_locks_is_taken_from_the_length_and_their_order_from_the_wiring(
    board: int, states: bytes
) -> None:
    frame = framed(0x80, board, *states, 0x33)
    for order in ("msb", "lsb"):
        lowest_first = states if order == "lsb" else states[::-1]
        closed = {
            8 * at + bit + 1 for at, byte in enumerate(lowest_first) for bit in range(8) if byte >> bit & 1
        }
        every = frozenset(range(1, 8 * len(states) + 1))
        reply = x8a.decode(frame, Wiring(status_order=order))
        assert reply == StatusReply(board, frozenset(closed), every - closed)


@pytest.mark.parametrize(
    "states",
    [
        "01 11 91 33",  # begins with what a board says of lock 1
        "00 33 B2 00",  # begins with our question
        "01 00 80 00 00 00 00",
        "00 33 B2 80 00 00",  # and goes on like one, of a board 0 that cannot be
    ],
)
def test_an_answer_that_begins_with_a_whole_shorter_one_is_read_whole_once_the_line_is_silent(
    states: str,
) -> None:
    whole = framed(0x80, 1, *bytes.fromhex(states), 0x33)
    assert heard(x8a, whole) == heard(x8a, *one_by_one(whole)) == (whole,)
    assert isinstance(x8a.decode(whole), StatusReply)


@pytest.mark.parametrize(
    "before", [QUESTION, framed(0x80, 1, 5, 0x33), x8a.unlock(1, 1), x8a.unlock(1, 1, 2000)]
)
def test_an_echo_nobody_told_of_and_the_answer_right_behind_it_are_not_one_long_answer(before: bytes) -> None:
    found = heard(x8a, before + ANSWER)
    assert found[-1] == ANSWER
    assert not any(isinstance(x8a.decode(frame), StatusReply) for frame in found[:-1])


@given(boards, boards, st.integers(2, 3), st.integers(2, 3))
def test_answers_of_two_boards_in_one_read_are_two(first: int, second: int, one: int, other: int) -> None:
    line = [framed(0x80, first, *bytes(one), 0x33), framed(0x80, second, *bytes(other), 0x33)]
    assert heard(x8a, *line) == tuple(line)


def test_the_order_of_an_opening_feedback_comes_back_as_the_same_bytes_and_is_the_answer() -> None:
    order = x8a.unlock(1, 1)
    assert x8a.decode(order, Wiring(hook_closed_bit=0)) == UnlockReply(1, 1, closed=False)
    assert x8a.decode(order) == UnlockReply(1, 1, closed=True)


@given(boards, st.sampled_from(x8a.locks), st.sampled_from((0x00, 0x11)), st.sampled_from((0x81, 0x82)))
def test_reports_are_heard_only_where_the_firmware_is_known_to_send_them(
    board: int, lock: int, said: int, head: int
) -> None:
    report = framed(head, board, lock, said)
    with pytest.raises(CodecError):
        x8a.decode(report)
    assert heard(x8a, report + ANSWER) == (ANSWER,)
    wiring = Wiring(report_heads=frozenset({head}))
    assert x8a.decode(report, wiring) == LockReport(board, lock, closed=said == 0x11, unasked=True)
    assert heard(x8a, report + ANSWER, wiring=wiring) == (report, ANSWER)
    assert heard(x8a, report, wiring=Wiring(report_heads=frozenset({0x81 ^ 0x82 ^ head}))) == ()


def test_a_board_of_sixteen_contacts_says_nothing_of_those_above() -> None:
    reply = x8a.decode(bytes.fromhex("80 01 00 00 33 B2"))
    assert isinstance(reply, StatusReply)
    assert reply.closed | reply.open == frozenset(range(1, 17))
