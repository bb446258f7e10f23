"""Modbus RTU, as far as relay boards need it: the CRC, and an answer's function, data and faults.

CRC-16/MODBUS: first FFFF, polynomial A001 reflected, low byte first. A refusal is the function plus 80
and one code.
"""

from collections.abc import Collection
from typing import Final

from locker_firmware_bridge.codecs.frames import FrameSumError, FrameTooShortOrLongError, Refusal

BOARDS: Final = range(1, 248)
REFUSAL_LENGTH: Final = 5
ECHO_LENGTH: Final = 8
"""A write is answered by its own bytes."""
_REFUSED: Final = 0x80
_REFUSALS: Final = {1: "no such function", 2: "no such address", 3: "no such value", 4: "it has failed"}


def framed(*body: int) -> bytes:
    """The bytes of a request and their CRC."""
    return bytes(body) + crc(bytes(body))


def crc(data: bytes) -> bytes:
    """The two bytes at the end of a frame."""
    value = 0xFFFF
    for byte in data:
        value ^= byte
        for _ in range(8):
            value = value >> 1 ^ 0xA001 if value & 1 else value >> 1
    return value.to_bytes(2, "little")


def check(frame: bytes, lengths: Collection[int]) -> None:
    """Raise FrameTooShortOrLongError or FrameSumError; `lengths` of its function, none if it is unknown."""
    if len(frame) < REFUSAL_LENGTH or (lengths and len(frame) not in lengths):
        raise FrameTooShortOrLongError(f"no such answer has {len(frame)} bytes: {frame.hex(' ')}")
    if crc(frame[:-2]) != frame[-2:]:
        right = crc(frame[:-2]).hex(" ")
        raise FrameSumError(f"the CRC should be {right}: {frame.hex(' ')}")


def lengths(data: bytes) -> tuple[int, ...]:
    """How long the answer is if these bytes refuse something."""
    return (REFUSAL_LENGTH,) if data[1] & _REFUSED else ()


def refusal(frame: bytes) -> Refusal | None:
    """What a checked frame refuses, if it does."""
    if not frame[1] & _REFUSED:
        return None
    why = _REFUSALS.get(frame[2], f"code {frame[2]}")
    return Refusal(frame[0], f"the board refuses function {frame[1] ^ _REFUSED:02x}: {why}")
