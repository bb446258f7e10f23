"""KERONG CU16 (also CU12, NCU16L): 19200 8N1, requests of 5 bytes, answers of 9.

    request  02 ADDR CMD 03 SUM                  CMD 30 status, 31 unlock
    answer   02 ADDR 35|36 H1 H2 I1 I2 03 SUM    H hooks, I items, bit 0 of the first byte = lock 1

ADDR is the board's dial in the high nibble and, to unlock, the channel (lock minus 1) in the low one.
SUM is the low byte of the sum of all bytes before it. An unlock has no answer at all. The command
that unlocks every lock at once (33) exists on the board and cannot be built here.
"""

from locker_firmware_bridge.codecs import frames
from locker_firmware_bridge.codecs.frames import (
    FrameMarksError,
    Framer,
    FrameSumError,
    FrameTooShortOrLongError,
    StatusReply,
    UnknownCommandError,
)

BAUD = 19200
BOARDS = range(10)
LOCKS = range(1, 17)
UNLOCK_ANSWER_MS = 0

_STX, _ETX = 0x02, 0x03
_STATUS, _UNLOCK = 0x30, 0x31
_ANSWERS = (0x35, 0x36)
_ANSWER_BYTES = 9


def status(board: int) -> bytes:
    """Ask one board for all its hooks and items. ValueError: the dial has no such number."""
    return _request(board, 0, _STATUS)


def unlock(board: int, lock: int) -> bytes:
    """Pulse one lock, 1 to 16; the board times the pulse. ValueError: no such board or lock."""
    if lock not in LOCKS:
        raise ValueError(f"a CU16 has locks {LOCKS[0]} to {LOCKS[-1]}, not {lock}")
    return _request(board, lock - 1, _UNLOCK)


def start() -> Framer:
    """A framer for answers."""
    return frames.start(_measure, _ANSWER_BYTES)


def decode(frame: bytes, *, hook_closed_bit: int = 1, item_present_bit: int = 1) -> StatusReply:
    """Read one answer; only the high nibble of its address is looked at.

    Raises FrameTooShortOrLongError, FrameMarksError, FrameSumError or UnknownCommandError.
    """
    _check(frame)
    hooks = int.from_bytes(frame[3:5], "little")
    items = int.from_bytes(frame[5:7], "little")
    return StatusReply(frame[1] >> 4, _locks(hooks, hook_closed_bit), _locks(items, item_present_bit))


def _request(board: int, channel: int, command: int) -> bytes:
    if board not in BOARDS:
        raise ValueError(f"a CU16's dial goes from {BOARDS[0]} to {BOARDS[-1]}, not {board}")
    body = bytes((_STX, board << 4 | channel, command, _ETX))
    return body + bytes((sum(body) & 0xFF,))


def _check(frame: bytes) -> None:
    if len(frame) != _ANSWER_BYTES:
        raise FrameTooShortOrLongError(f"a CU16 answers with {_ANSWER_BYTES} bytes, not {len(frame)}")
    if frame[0] != _STX or frame[7] != _ETX:
        raise FrameMarksError(f"no 02 ... 03 where they belong: {frame.hex(' ')}")
    if frame[2] not in _ANSWERS:
        raise UnknownCommandError(f"command {frame[2]:02x} is no status: {frame.hex(' ')}")
    if sum(frame[:8]) & 0xFF != frame[8]:
        raise FrameSumError(f"the sum should be {sum(frame[:8]) & 0xFF:02x}: {frame.hex(' ')}")


def _measure(data: bytes) -> int:
    try:
        _check(data[:_ANSWER_BYTES])
    except frames.CodecError:
        return 0
    return _ANSWER_BYTES


def _locks(bits: int, meant: int) -> frozenset[int]:
    return frozenset(lock for lock in LOCKS if bits >> (lock - 1) & 1 == meant)
