"""Modbus RTU from the board's side: whole requests, and a no.

CRC-16/MODBUS: begins with FFFF, polynomial A001 reflected, low byte first. Board 00 means every board.
"""

from typing import Final

from locker_firmware_bridge.boards.simulated.dialect import Inputs, Request

NO_FUNCTION: Final = 1
NO_ADDRESS: Final = 2
NO_VALUE: Final = 3
FAILED: Final = 4
_FIXED, _LISTS = range(0x01, 0x07), (0x0F, 0x10)


def crc(data: bytes) -> bytes:
    """The two bytes that follow these."""
    register = 0xFFFF
    for bit in (byte >> place & 1 for byte in data for place in range(8)):
        carry = (register ^ bit) & 1
        register = register >> 1 ^ (0xA001 if carry else 0)
    return bytes((register & 0xFF, register >> 8))


def framed(data: bytes) -> bytes:
    """These bytes and their CRC."""
    return data + crc(data)


def measure(data: bytes) -> int:
    """The length of the whole valid request that these bytes begin with, else 0."""
    if len(data) < 8:
        return 0
    length = 8 if data[1] in _FIXED else 9 + data[6] if data[1] in _LISTS else 0
    return length if length and crc(data[: length - 2]) == data[length - 2 : length] else 0


def meant(data: bytes) -> int | None:
    """Whom a request is for; None: everybody."""
    return data[0] or None


def words(data: bytes) -> tuple[int, int]:
    """The two 16-bit fields behind the function: an address, and a value or a count."""
    return int.from_bytes(data[2:4], "big"), int.from_bytes(data[4:6], "big")


def same(request: Request, inputs: Inputs) -> bytes:
    """The answer to a write: its own bytes, of a list the first six."""
    return framed(bytes((inputs.board,)) + request.data[1:6])


def told(request: Request, inputs: Inputs, data: bytes) -> bytes:
    """The answer to a question: how many bytes, and they."""
    return framed(bytes((inputs.board, request.data[1], len(data))) + data)


def no(request: Request, inputs: Inputs, code: int) -> bytes:
    """The function with its highest bit set, and why."""
    return framed(bytes((inputs.board, request.data[1] | 0x80, code)))
