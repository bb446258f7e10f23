"""Modbus, as far as relay boards need it: the CRC, and what a board will not do."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from locker_firmware_bridge.codecs import FAMILIES, Refusal, StatusReply, modbus
from tests.fakes.recorded import heard

RELAYS = ("waveshare", "n4d8b08")


@pytest.mark.parametrize(
    "frame",
    [
        "01 05 00 00 FF 00 8C 3A",
        "01 05 00 00 00 00 CD CA",
        "01 05 02 00 00 07 8D B0",
        "01 01 00 00 00 08 3D CC",
        "01 01 01 01 90 48",
        "01 02 00 00 00 08 79 CC",
        "01 02 01 81 61 E8",
        "00 06 40 00 00 01 5C 1B",
        "01 85 02 C3 51",
        "01 06 00 01 05 00 DB 5A",
        "01 03 00 81 00 08 14 24",
    ],
)
def test_the_crc_is_that_of_the_makers_pages(frame: str) -> None:
    data = bytes.fromhex(frame)
    assert modbus.crc(data[:-2]) == data[-2:]
    assert modbus.crc(data) == b"\x00\x00"


@given(st.binary(min_size=2, max_size=20), st.integers(0, 159), st.integers(0, 159))
def test_one_or_two_turned_bits_are_never_missed(body: bytes, one: int, other: int) -> None:
    frame = bytearray(body + modbus.crc(body))
    for bit in {one % (8 * len(frame)), other % (8 * len(frame))}:
        frame[bit // 8] ^= 1 << bit % 8
    assert modbus.crc(bytes(frame[:-2])) != bytes(frame[-2:])


@pytest.mark.parametrize("name", RELAYS)
@pytest.mark.parametrize(
    ("code", "why"),
    [
        (1, "no such function"),
        (2, "no such address"),
        (3, "no such value"),
        (4, "it has failed"),
        (6, "code 6"),
    ],
)
def test_a_refusal_says_what_and_why(name: str, code: int, why: str) -> None:
    frame = modbus.framed(7, 0x85, code)
    assert heard(FAMILIES[name], frame) == (frame,)
    assert FAMILIES[name].decode(frame) == Refusal(7, f"the board refuses function 05: {why}")


@given(st.lists(st.booleans(), min_size=8, max_size=8), st.integers(1, 0xFFFF))
def test_a_register_that_is_not_nought_is_an_active_input(inputs: list[bool], value: int) -> None:
    registers = b"".join((value * active).to_bytes(2, "big") for active in inputs)
    reply = FAMILIES["n4d8b08"].decode(modbus.framed(1, 3, 16, *registers))
    closed = frozenset(lock for lock, active in enumerate(inputs, 1) if active)
    assert reply == StatusReply(1, closed, frozenset(range(1, 9)) - closed)


@given(st.binary(min_size=1, max_size=4))
def test_input_1_is_the_lowest_bit_of_the_first_byte(states: bytes) -> None:
    reply = FAMILIES["waveshare"].decode(modbus.framed(1, 2, len(states), *states))
    every = frozenset(range(1, 8 * len(states) + 1))
    closed = frozenset(lock for lock in every if states[(lock - 1) // 8] >> (lock - 1) % 8 & 1)
    assert reply == StatusReply(1, closed, every - closed)


@pytest.mark.parametrize(("locks", "asked"), [(1, 8), (8, 8), (9, 16), (24, 24), (25, 32), (None, 32)])
def test_no_more_inputs_are_asked_for_than_there_are_doors_in_eights(locks: int | None, asked: int) -> None:
    assert FAMILIES["waveshare"].status(1, locks) == modbus.framed(1, 2, 0, 0, 0, asked)
