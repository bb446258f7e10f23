"""KERONG CU16, against the worked vectors of its manual (board = dial, locks from 1)."""

from contextlib import suppress
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from locker_firmware_bridge.codecs import AS_DELIVERED, FAMILIES, CodecError, StatusReply, Wiring
from locker_firmware_bridge.codecs.frames import (
    CEILING_BYTES,
    FrameMarksError,
    FrameSumError,
    FrameTooShortOrLongError,
    UnknownCommandError,
    add,
    flush,
    take_out,
    time_out,
)

BOARD_0 = bytes.fromhex("02 00 35 07 80 01 00 03 C2")
BOARD_1 = bytes.fromhex("02 10 35 80 01 80 03 03 4E")
WHOLE_BUS = bytes.fromhex("02 00 36 00 00 00 00 03 3B 02 10 36 00 00 00 00 03 4B")
WRONG_SUM = bytes.fromhex("02 00 35 07 80 01 00 03 C3")
ASK_BOARD_0 = bytes.fromhex("02 00 30 03 35")

cu16 = FAMILIES["cu16"]
boards = st.sampled_from(cu16.boards)
locks = st.sampled_from(cu16.locks)


def decode(frame: bytes, wiring: Wiring = AS_DELIVERED) -> StatusReply:
    reply = cu16.decode(frame, wiring)
    assert isinstance(reply, StatusReply)
    return reply


def heard(*pieces: bytes) -> tuple[bytes, ...]:
    """Every frame found when the pieces arrive one after the other."""
    framer = cu16.start()
    found: tuple[bytes, ...] = ()
    for piece in pieces:
        frames, framer = take_out(add(framer, piece))
        found += frames
    return found


def answer(board: int, hooks: int, items: int, command: int = 0x35) -> bytes:
    body = bytes((2, board << 4, command, hooks & 255, hooks >> 8, items & 255, items >> 8, 3))
    return body + bytes((sum(body) & 255,))


@pytest.mark.parametrize(
    ("board", "lock", "frame"),
    [(0, 1, "02 00 31 03 36"), (0, 16, "02 0F 31 03 45"), (1, 3, "02 12 31 03 48")],
)
def test_an_unlock_is_the_frame_of_the_manual(board: int, lock: int, frame: str) -> None:
    assert cu16.unlock(board, lock) == bytes.fromhex(frame)


@pytest.mark.parametrize(("board", "frame"), [(0, "02 00 30 03 35"), (1, "02 10 30 03 45")])
def test_a_status_request_is_the_frame_of_the_manual(board: int, frame: str) -> None:
    assert cu16.status(board) == bytes.fromhex(frame)


def test_an_answer_names_closed_doors_and_items_from_one() -> None:
    assert decode(BOARD_0) == StatusReply(
        0, frozenset({1, 2, 3, 16}), frozenset(range(4, 16)), frozenset({1})
    )
    assert decode(BOARD_1) == StatusReply(
        1, frozenset({8, 9}), frozenset(cu16.locks) - {8, 9}, frozenset({8, 9, 10})
    )


def test_the_wiring_decides_which_bit_means_closed_and_present() -> None:
    reply = decode(BOARD_0, Wiring(hook_closed_bit=0, item_present_bit=0))
    assert reply.closed == frozenset(range(4, 16))
    assert reply.items == frozenset(range(2, 17))


def test_two_boards_in_one_read_are_two_frames() -> None:
    assert [decode(frame).board for frame in heard(WHOLE_BUS)] == [0, 1]


def test_the_low_nibble_of_an_answers_address_is_not_looked_at() -> None:
    body = bytes((2, 0x1F, 0x35, 0, 0, 0, 0, 3))
    assert decode(body + bytes((sum(body) & 255,))).board == 1


@pytest.mark.parametrize(
    ("frame", "error"),
    [
        (BOARD_0[:-1], FrameTooShortOrLongError),
        (BOARD_0 + b"\x00", FrameTooShortOrLongError),
        (b"", FrameTooShortOrLongError),
        (b"\x03" + BOARD_0[1:], FrameMarksError),
        (BOARD_0[:7] + b"\x02" + BOARD_0[8:], FrameMarksError),
        (WRONG_SUM, FrameSumError),
        (answer(0, 7, 1, command=0x38), UnknownCommandError),
    ],
)
def test_what_is_no_answer_is_refused_by_name(frame: bytes, error: type[CodecError]) -> None:
    with pytest.raises(error):
        decode(frame)
    assert heard(frame) == (() if error is not FrameTooShortOrLongError or len(frame) < 9 else (BOARD_0,))


@pytest.mark.parametrize(("board", "lock"), [(-1, 1), (10, 1), (15, 1), (0, 0), (0, 17), (0, -1), (3, 48)])
def test_a_board_or_lock_that_does_not_exist_has_no_unlock_frame(board: int, lock: int) -> None:
    with pytest.raises(ValueError, match="not"):
        cu16.unlock(board, lock)


@given(st.integers(-300, 300), st.integers(-300, 300))
def test_no_argument_builds_a_frame_that_opens_more_than_one_lock(board: int, lock: int) -> None:
    frames = []
    with suppress(ValueError):
        frames.append(cu16.status(board))
        frames.append(cu16.unlock(board, lock))
    assert len(frames) == (board in cu16.boards) + (board in cu16.boards and lock in cu16.locks)
    assert all(frame[2] in (0x30, 0x31) and frame[1] >> 4 in range(10) for frame in frames)


@given(boards, locks, boards, locks)
def test_two_locks_never_share_a_frame(board: int, lock: int, other_board: int, other_lock: int) -> None:
    same = (board, lock) == (other_board, other_lock)
    assert (cu16.unlock(board, lock) == cu16.unlock(other_board, other_lock)) is same


def test_a_frame_that_comes_one_byte_at_a_time_is_found_at_its_last_byte() -> None:
    assert heard(*(bytes((byte,)) for byte in BOARD_0[:-1])) == ()
    assert heard(*(bytes((byte,)) for byte in BOARD_0)) == (BOARD_0,)


@pytest.mark.parametrize(
    "before",
    [b"\x00", b"\x02", b"\x02\x00\x35", b"\xff" * 40, ASK_BOARD_0, ASK_BOARD_0 * 2, WRONG_SUM, BOARD_0[:8]],
)
def test_noise_an_echo_or_a_broken_frame_in_front_hides_nothing(before: bytes) -> None:
    assert heard(before + BOARD_1) == (BOARD_1,)
    assert heard(*(bytes((byte,)) for byte in before + BOARD_1)) == (BOARD_1,)


def test_an_echo_alone_is_no_answer() -> None:
    assert heard(ASK_BOARD_0, cu16.unlock(0, 5), cu16.status(9)) == ()


def test_after_a_time_out_old_bytes_are_handed_over_and_never_begin_the_next_answer() -> None:
    framer = add(cu16.start(), BOARD_0[:5])
    left, framer = time_out(framer)
    assert left == BOARD_0[:5]
    assert take_out(add(framer, BOARD_0[5:]))[0] == ()
    assert flush(add(framer, BOARD_1)).pending == b""


@given(st.lists(st.binary(max_size=600), max_size=8))
def test_a_line_full_of_noise_raises_nothing_and_stays_below_the_ceiling(pieces: list[bytes]) -> None:
    framer = cu16.start()
    for piece in pieces:
        framer = add(framer, piece)
        assert len(framer.pending) <= CEILING_BYTES
        frames, framer = take_out(framer)
        assert len(framer.pending) < 9
        for frame in frames:
            decode(frame)


@given(st.binary(max_size=20))
def test_decoding_anything_raises_only_codec_errors(data: bytes) -> None:
    with suppress(CodecError):
        reply = decode(data)
        hooks, items = (sum(1 << lock - 1 for lock in locks) for locks in (reply.closed, reply.items))
        assert answer(reply.board, hooks, items)[3:7] == data[3:7]


@given(
    st.lists(
        st.one_of(
            st.builds(answer, boards, st.integers(0, 65535), st.integers(0, 65535)),
            st.binary(max_size=6).filter(lambda noise: 2 not in noise),
        ),
        max_size=10,
    ),
    st.lists(st.integers(0, 150), max_size=6),
)
def test_however_the_bytes_are_cut_the_same_frames_come_out(sent: list[bytes], cuts: list[int]) -> None:
    line = b"".join(sent)
    edges = [0, *sorted(cuts), len(line)]
    pieces = [line[a:b] for a, b in pairwise(edges)]
    assert heard(*pieces) == heard(line) == tuple(piece for piece in sent if len(piece) == 9)


@given(boards, st.integers(0, 65535), st.integers(0, 65535), st.integers(0, 8), st.integers(1, 255))
def test_one_changed_byte_never_passes_for_the_same_answer(
    board: int, hooks: int, items: int, at: int, flip: int
) -> None:
    frame = bytearray(answer(board, hooks, items))
    frame[at] ^= flip
    with pytest.raises(CodecError):
        decode(bytes(frame))


def test_families_are_found_by_name() -> None:
    assert FAMILIES["cu16"].status(0) == ASK_BOARD_0
