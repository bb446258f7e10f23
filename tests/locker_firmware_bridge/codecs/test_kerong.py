"""The three dialects of KERONG, where each bit stands, and the traps the sum does not see."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from locker_firmware_bridge.codecs import FAMILIES, StatusReply

bits_48 = st.integers(0, 2**48 - 1)


def framed(*body: int) -> bytes:
    frame = bytes((0x02, *body, 0x03))
    return frame + bytes((sum(frame) % 256,))


def locks(bits: int) -> frozenset[int]:
    return frozenset(place + 1 for place in range(48) if bits >> place & 1)


@given(st.integers(0, 9), st.integers(0, 15), st.integers(0, 0xFFFF), st.integers(0, 0xFFFF))
def test_a_cu16_says_hooks_then_items_and_its_low_digit_is_not_looked_at(
    board: int, digit: int, hooks: int, items: int
) -> None:
    frame = framed(board << 4 | digit, 0x35, *hooks.to_bytes(2, "little"), *items.to_bytes(2, "little"))
    closed = locks(hooks)
    assert FAMILIES["cu16"].decode(frame) == StatusReply(board, closed, locks(0xFFFF) - closed, locks(items))


@given(st.integers(0, 9), st.integers(0, 255), bits_48)
def test_a_cu48_says_hooks_and_its_byte_2_is_not_looked_at(board: int, byte: int, hooks: int) -> None:
    frame = framed(board, byte, 0x65, *hooks.to_bytes(6, "little"))
    closed = locks(hooks)
    assert FAMILIES["cu48"].decode(frame) == StatusReply(board, closed, locks(2**48 - 1) - closed)


@given(st.integers(0, 9), st.integers(0, 255), bits_48, bits_48)
def test_a_cu48b_says_hooks_then_items(board: int, byte: int, hooks: int, items: int) -> None:
    frame = framed(board, byte, 0x75, *hooks.to_bytes(6, "little"), *items.to_bytes(6, "little"))
    closed = locks(hooks)
    expected = StatusReply(board, closed, locks(2**48 - 1) - closed, locks(items))
    assert FAMILIES["cu48b"].decode(frame) == expected


@pytest.mark.parametrize(("name", "command"), [("cu48", "51"), ("cu48b", "61")])
def test_board_comes_before_lock_though_the_sum_is_the_same_either_way(name: str, command: str) -> None:
    board_1, board_0 = FAMILIES[name].unlock(1, 1), FAMILIES[name].unlock(0, 2)
    assert board_1[:4] == bytes.fromhex("02 01 00" + command)
    assert board_0[:4] == bytes.fromhex("02 00 01" + command)
    assert board_1[-1] == board_0[-1]


def test_no_dialect_takes_an_answer_of_another() -> None:
    frames = {
        "cu16": framed(0, 0x35, *bytes(4)),
        "cu48": framed(0, 0, 0x65, *bytes(6)),
        "cu48b": framed(0, 0, 0x75, *bytes(12)),
    }
    for name, frame in frames.items():
        assert [other for other in frames if FAMILIES[other].start().measure(frame)] == [name]
