"""The "0x8A" family of lock boards, 9600 8N1: 2 to 50 locks, from several makers; X is the XOR of all before.

    unlock one       8A B L 11 X        answer  8A B L ST X     the board times the pulse, about 300 ms
    for N seconds    8A B L 11 0N X     answer  8A B L ST X     N 1 to 9 on some firmware, 1 to 3 here
    read all         80 B 00 33 X       answer  80 B S1..Sn 33 X
    read one         80 B L 33 X        answer  80 B L ST X     never asked here
    unasked          82 B L ST X, or 81: special firmware only (`report_heads`)

ST and the status bits report a feedback contact: ST 11, bit 1 is "made". With closing feedback that is
a latched door (`hook_closed_bit` 1), with opening feedback a released one (0). n is taken from the frame,
never from the size of the board; the first status byte holds the highest locks (`status_order` msb) or
locks 1 to 8 (lsb). A read-all may begin with bytes that make a shorter frame, so its end is a silence.
Two frames that follow each other at once, an echo and the answer, also make one whose XOR holds: what can
be two frames is never one.

Unlock all (lock 0), by bit map (90), hold (9A) and 9D cannot be built: makers disagree about their
bytes, or they leave a coil under current.
"""

from collections.abc import Iterable
from functools import reduce
from operator import xor
from typing import Final

from locker_firmware_bridge.codecs.family import Family
from locker_firmware_bridge.codecs.frames import (
    FrameMarksError,
    FrameSumError,
    FrameTooShortOrLongError,
    LockReport,
    OwnQuestionError,
    Reply,
    StatusReply,
    UnknownCommandError,
    UnlockReply,
    Wiring,
    status_reply,
)

_UNLOCK, _READ, _ASK, _MADE, _BROKEN = 0x8A, 0x80, 0x33, 0x11, 0x00
_HEADS: Final = (_UNLOCK, _READ, 0x81, 0x82)
_SHORT = 5
_LONG = range(6, 13)
_BOARDS: Final = range(1, 33)
_LOCKS: Final = range(1, 51)


def _framed(*body: int) -> bytes:
    return bytes((*body, reduce(xor, body)))


def _unlock(board: int, lock: int, pulse_ms: int | None) -> bytes:
    seconds = () if pulse_ms is None else (pulse_ms // 1000,)
    return _framed(_UNLOCK, board, lock, 0x11, *seconds)


def _lengths(data: bytes) -> Iterable[int]:
    if data[0] != _READ or len(data) < 2:
        return (_SHORT,)
    return () if _is_echo_in_front(data) else (*reversed(_LONG), _SHORT)


def _is_echo_in_front(data: bytes) -> bool:
    """An echoed question and the answer behind it add up to zero, as one longer status would."""
    return data[:_SHORT] == _framed(_READ, data[1], 0, _ASK) and data[_SHORT : _SHORT + 2] == data[:2]


def _read(frame: bytes, wiring: Wiring) -> Reply:
    if not (len(frame) == _SHORT or (len(frame) in _LONG and frame[0] == _READ)):
        raise FrameTooShortOrLongError(f"no answer of this family has {len(frame)} bytes: {frame.hex(' ')}")
    if reduce(xor, frame):
        raise FrameSumError(f"the XOR should be {reduce(xor, frame[:-1]):02x}: {frame.hex(' ')}")
    return _read_all(frame, wiring) if len(frame) != _SHORT else _read_one(frame, wiring)


def _read_all(frame: bytes, wiring: Wiring) -> StatusReply:
    if frame[-2] != _ASK:
        raise FrameMarksError(f"no 33 before the end: {frame.hex(' ')}")
    if any(_is_whole(frame[:at]) and _is_whole(frame[at:]) for at in range(_SHORT, len(frame))):
        raise FrameTooShortOrLongError(f"these are two frames: {frame.hex(' ')}")
    bits = int.from_bytes(frame[2:-2], "big" if wiring.status_order == "msb" else "little")
    return status_reply(frame[1], bits, 8 * (len(frame) - 4), wiring)


def _is_whole(frame: bytes) -> bool:
    """Whether this is a frame of ours or of a board, were it alone on the line."""
    shaped = len(frame) == _SHORT or (len(frame) in _LONG and frame[0] == _READ and frame[-2] == _ASK)
    return shaped and frame[0] in _HEADS and frame[1] in _BOARDS and not reduce(xor, frame)


def _read_one(frame: bytes, wiring: Wiring) -> UnlockReply | LockReport:
    head, board, lock, said = frame[:4]
    if head == _READ and said == _ASK:
        raise OwnQuestionError(f"a question to a board, no answer: {frame.hex(' ')}")
    if said not in (_MADE, _BROKEN):
        raise UnknownCommandError(f"nothing a lock says: {frame.hex(' ')}")
    closed = (said == _MADE) == (wiring.hook_closed_bit == 1)
    if head == _UNLOCK:
        return UnlockReply(board, lock, closed)
    if head == _READ or head in wiring.report_heads:
        return LockReport(board, lock, closed, unasked=head != _READ)
    raise UnknownCommandError(f"{head:02x} is no answer: {frame.hex(' ')}")


X8A: Final = Family(
    name="0x8a",
    baud=9600,
    boards=_BOARDS,
    locks=_LOCKS,
    longest=_LONG[-1],
    reply_ms=500,
    pause_ms=20,
    unlock_reply_ms=1500,
    own_pulse_ms=300,
    pulses_ms=range(1000, 3001, 1000),
    ends_in_silence=True,
    has_two_orders=True,
    build_status=lambda board, _locks: _framed(_READ, board, 0, _ASK),
    build_unlock=_unlock,
    read=_read,
    lengths=_lengths,
)
