"""KERONG boards, 19200 8N1: `cu16` (CU16, CU12, NCU16L), `cu48` (manual v2.1) and `cu48b` (CU48B, newer CU).

    cu16    request  02 ADDR CMD 03 SUM           answer  02 ADDR 35|36 H1 H2 I1 I2 03 SUM
    cu48    request  02 ADDR LOCK CMD 03 SUM      answer  02 ADDR xx 65 H1..H6 03 SUM
    cu48b   request  02 ADDR LOCK CMD 03 SUM      answer  02 ADDR xx 75 H1..H6 I1..I6 03 SUM

H are hooks and I items, bit 0 of the first byte = lock 1. SUM is the low byte of the sum of all bytes
before it. ADDR is the board's dial; on a cu16 it stands in the high nibble, to unlock with the channel
(lock minus 1) in the low one, and only the high nibble of an answer's is looked at. Byte 2 of a cu48's
answer means nothing. The sum does not see ADDR and LOCK swapped: it is the order that counts.

An unlock has no answer at all. The commands that unlock every lock at once (33, and lock number 30 hex)
exist on the boards and cannot be built here. The dialect is a choice per bus, never guessed from traffic.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from locker_firmware_bridge.codecs.family import Family
from locker_firmware_bridge.codecs.frames import (
    FrameMarksError,
    FrameSumError,
    FrameTooShortOrLongError,
    OwnQuestionError,
    StatusReply,
    UnknownCommandError,
    Wiring,
    status_reply,
)

_STX, _ETX = 0x02, 0x03


@dataclass(frozen=True, slots=True)
class _Dialect:
    """Where things stand in an answer; `command_at` and `commands` tell it from other frames."""

    name: str
    locks: int
    has_items: bool
    request_length: int
    command_at: int
    commands: tuple[int, ...]
    board_of: Callable[[int], int]

    @property
    def answer_length(self) -> int:
        """Marks, address, command and sum around the bits; 48-way boards have a byte more in front."""
        return self.request_length + self.locks // 8 * (2 if self.has_items else 1)


_CU16: Final = _Dialect("cu16", 16, True, 5, 2, (0x35, 0x36), lambda addr: addr >> 4)
_CU48: Final = _Dialect("cu48", 48, False, 6, 3, (0x65,), lambda addr: addr)
_CU48B: Final = _Dialect("cu48b", 48, True, 6, 3, (0x75,), lambda addr: addr)


def _framed(*body: int) -> bytes:
    frame = bytes((_STX, *body, _ETX))
    return frame + bytes((sum(frame) & 0xFF,))


def _read(dialect: _Dialect, frame: bytes, wiring: Wiring) -> StatusReply:
    _check(dialect, frame)
    first, width = dialect.command_at + 1, dialect.locks // 8
    hooks = int.from_bytes(frame[first : first + width], "little")
    items = int.from_bytes(frame[first + width : -2], "little") if dialect.has_items else None
    return status_reply(dialect.board_of(frame[1]), hooks, dialect.locks, wiring, items)


def _check(dialect: _Dialect, frame: bytes) -> None:
    length, command_at = dialect.answer_length, dialect.command_at
    if len(frame) == dialect.request_length and frame == _framed(*frame[1:-2]):
        raise OwnQuestionError(f"a question or an order to a board, no answer: {frame.hex(' ')}")
    if len(frame) != length:
        raise FrameTooShortOrLongError(f"a {dialect.name} answers with {length} bytes, not {len(frame)}")
    if frame[0] != _STX or frame[-2] != _ETX:
        raise FrameMarksError(f"no 02 ... 03 where they belong: {frame.hex(' ')}")
    if frame[command_at] not in dialect.commands:
        raise UnknownCommandError(f"command {frame[command_at]:02x} is no status: {frame.hex(' ')}")
    total = sum(frame[:-1]) & 0xFF
    if total != frame[-1]:
        raise FrameSumError(f"the sum should be {total:02x}: {frame.hex(' ')}")


def _family(
    dialect: _Dialect, status: Callable[[int, int], bytes], unlock: Callable[[int, int, int | None], bytes]
) -> Family:
    length = dialect.answer_length
    return Family(
        name=dialect.name,
        baud=19200,
        boards=range(10),
        locks=range(1, dialect.locks + 1),
        longest=length,
        reply_ms=300,
        pause_ms=10,
        gap_ms=5,
        has_items=dialect.has_items,
        build_status=status,
        build_unlock=unlock,
        read=lambda frame, wiring: _read(dialect, frame, wiring),
        lengths=lambda _data: (length,),
    )


CU16: Final = _family(
    _CU16,
    lambda board, _locks: _framed(board << 4, 0x30),
    lambda board, lock, _pulse_ms: _framed(board << 4 | lock - 1, 0x31),
)
CU48: Final = _family(
    _CU48,
    lambda board, _locks: _framed(board, 0, 0x50),
    lambda board, lock, _pulse_ms: _framed(board, lock - 1, 0x51),
)
CU48B: Final = _family(
    _CU48B,
    lambda board, _locks: _framed(board, 0, 0x60),
    lambda board, lock, _pulse_ms: _framed(board, lock - 1, 0x61),
)
