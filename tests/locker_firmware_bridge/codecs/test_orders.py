"""What can be asked of boards at all: one lock, one bounded pulse, never a frame of the forbidden list."""

import re
from collections.abc import Iterator
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from locker_firmware_bridge.codecs import FAMILIES, Family
from tests.fakes.recorded import RECORDED, Forbidden, built, each_family, each_forbidden

LONGEST_MS = 3000
anything = st.integers(-300, 70_000) | st.integers()
pulses = (
    st.none() | st.integers(-3000, 12_000) | st.integers() | st.sampled_from((100, 500, 1000, 2000, 3000))
)


def every_pulse(family: Family) -> list[int | None]:
    return [None, *family.pulses_ms]


def unlocks(family: Family) -> Iterator[tuple[int, int, bytes]]:
    """Every unlock frame there is, with the shortest, the longest and no named pulse."""
    ends = {None, *family.pulses_ms[:1], *family.pulses_ms[-1:]}
    for board in family.boards:
        for lock in family.locks:
            for pulse_ms in ends:
                yield board, lock, family.unlock(board, lock, pulse_ms)


def is_forbidden(name: str, frame: bytes) -> bool:
    likes = "|".join(f"(?:{each.like})" for each in RECORDED[name].forbidden)
    return re.fullmatch(likes, frame.hex(" ").upper()) is not None


@each_forbidden
def test_what_must_never_be_sent_is_found_by_its_pattern(name: str, entry: Forbidden) -> None:
    assert re.fullmatch(entry.like, entry.frame), entry.what
    assert RECORDED[name].with_sum(entry.data) == entry.data


@each_family
def test_two_locks_never_share_a_frame(name: str) -> None:
    meant: dict[bytes, set[tuple[int, int]]] = {}
    for board, lock, frame in unlocks(FAMILIES[name]):
        meant.setdefault(frame, set()).add((board, lock))
    assert {len(locks) for locks in meant.values()} == {1}
    assert len({min(locks) for locks in meant.values()}) == len(FAMILIES[name].boards) * len(
        FAMILIES[name].locks
    )


@each_family
def test_no_frame_there_is_is_forbidden_or_shared_by_orders_and_questions(name: str) -> None:
    family = FAMILIES[name]
    orders = {frame for _board, _lock, frame in unlocks(family)}
    questions = {family.status(board, lock) for board in family.boards for lock in family.locks}
    offs = {family.all_off(board) for board in family.boards} - {b""}
    assert not orders & questions
    assert not orders & offs
    assert [frame.hex(" ") for frame in orders | questions | offs if is_forbidden(name, frame)] == []


@each_family
@given(board=anything, lock=anything, pulse_ms=pulses)
def test_no_argument_builds_a_frame_that_opens_more_than_one_lock(
    name: str, board: int, lock: int, pulse_ms: int | None
) -> None:
    family, frames = FAMILIES[name], []
    may = (
        board in family.boards and lock in family.locks and (pulse_ms is None or pulse_ms in family.pulses_ms)
    )
    with suppress(ValueError):
        frames.append(family.unlock(board, lock, pulse_ms))
    assert len(frames) == may
    assert not any(is_forbidden(name, frame) for frame in frames)


@each_family
@given(board=anything, locks=st.none() | anything)
def test_no_argument_builds_a_question_or_an_off_that_moves_a_lock(
    name: str, board: int, locks: int | None
) -> None:
    family, frames = FAMILIES[name], []
    with suppress(ValueError):
        frames.append(family.all_off(board))
        frames.append(family.status(board, locks))
    assert bool(frames) == (board in family.boards)
    assert not any(is_forbidden(name, frame) for frame in frames)


@each_family
@given(st.data())
def test_every_pulse_a_frame_can_ask_for_is_one_of_the_family_and_ends_in_time(
    name: str, data: st.DataObject
) -> None:
    """What a frame asks for is read by the forbidden list, which holds every longer one."""
    family = FAMILIES[name]
    assert all(0 < pulse_ms <= LONGEST_MS for pulse_ms in family.pulses_ms)
    board, lock = data.draw(st.sampled_from(family.boards)), data.draw(st.sampled_from(family.locks))
    frames = [family.unlock(board, lock, pulse_ms) for pulse_ms in every_pulse(family)]
    assert len(set(frames[1:])) == len(family.pulses_ms)
    assert not any(is_forbidden(name, frame) for frame in frames)
    with pytest.raises(ValueError, match="pulse"):
        family.unlock(board, lock, data.draw(st.integers().filter(lambda ms: ms not in family.pulses_ms)))


@each_family
def test_a_board_lock_or_pulse_that_cannot_be_is_refused_with_what_can_be(name: str) -> None:
    family = FAMILIES[name]
    board, lock = family.boards[0], family.locks[0]
    with pytest.raises(ValueError, match=f"from {board} to {family.boards[-1]}, not -1"):
        family.unlock(-1, lock)
    with pytest.raises(ValueError, match=f"locks {lock} to {family.locks[-1]}, not {family.locks[-1] + 1}"):
        family.unlock(board, family.locks[-1] + 1)
    with pytest.raises(
        ValueError, match="by itself" if not family.pulses_ms else f"to {LONGEST_MS} ms .* not 150"
    ):
        family.unlock(board, lock, 150)
    with pytest.raises(ValueError, match="not 0"):
        family.status(board, 0)


@each_family
def test_a_recorded_order_is_built_again_for_every_other_board_alone(name: str) -> None:
    """The number of the board is where the manual puts it, and nothing else changes with it."""
    recorded, family = RECORDED[name], FAMILIES[name]
    for request in recorded.requests:
        for board in family.boards:
            unit = recorded.board_unit
            kept = request.data[recorded.board_at] % unit
            frame = bytearray(request.data)
            frame[recorded.board_at] = board * unit + kept
            there = type(request)(
                frame="", ask=request.ask, board=board, lock=request.lock, pulse_ms=request.pulse_ms
            )
            assert built(name, there) == recorded.with_sum(bytes(frame))


@pytest.mark.parametrize("name", sorted(FAMILIES))
def test_the_builders_themselves_refuse_what_would_open_more_than_one_lock(name: str) -> None:
    family = FAMILIES[name]
    board = family.boards[0]
    for lock in (0, family.locks[-1] + 1):
        with pytest.raises(ValueError, match="has locks"):
            family.build_unlock(board, lock, None)
    with pytest.raises(ValueError, match="has a number"):
        family.build_unlock(family.boards[-1] + 1, 1, None)
