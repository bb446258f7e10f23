"""WKLY boards ("57 4B 4C 59"), 12 or 24 locks, 9600 8N1; X is the XOR of all before, LEN the whole frame.

    unlock one   57 4B 4C 59 09 B 82 L X    answer  57 4B 4C 59 0B B 82 RESULT L DOOR X
    read all     57 4B 4C 59 08 B 84 X      answer  57 4B 4C 59 LEN B 84 RESULT COUNT DOOR.. X
    read one     57 4B 4C 59 09 B 83 L X    answer  57 4B 4C 59 0B B 83 RESULT L DOOR X, never asked here
    unasked      57 4B 4C 59 0A B 85 L DOOR X

RESULT 00 ok, FF failed; DOOR 00 open, 01 closed; an answer with anything else there is none. Several at
once (80, 87), all (86) and hold (88) cannot be built here.
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
    Refusal,
    Reply,
    StatusReply,
    UnknownCommandError,
    UnlockReply,
    Wiring,
    status_reply,
)

_START: Final = b"WKLY"
_UNLOCK, _READ_ALL = 0x82, 0x84
_DONE, _FAILED = 0x00, 0xFF
_LOCKS: Final = range(1, 25)
_SHORTEST: Final = 8
_LONGEST: Final = 10 + _LOCKS[-1]
_BOARDS: Final = range(32)


def _framed(board: int, command: int, *data: int) -> bytes:
    body = bytes((*_START, _SHORTEST + len(data), board, command, *data))
    return body + bytes((reduce(xor, body),))


def _lengths(data: bytes) -> Iterable[int]:
    whole = len(data) >= _SHORTEST and data[:4] == _START and _SHORTEST <= data[4] <= _LONGEST
    return (data[4],) if whole else ()


def _read(frame: bytes, wiring: Wiring) -> Reply:
    _check(frame)
    board, command, data = frame[5], frame[6], frame[7:-1]
    match command, len(data):
        case (0x82 | 0x83, 1) | (0x84, 0):
            raise OwnQuestionError(f"a question or an order to a board, no answer: {frame.hex(' ')}")
        case (0x85, 2):
            return LockReport(board, data[0], _is_closed(data[1], wiring), unasked=True)
        case (0x82 | 0x83, 3) | (0x84, _) if data[0] == _FAILED:
            return Refusal(board, f"the board says that command {command:02x} failed")
        case (0x82, 3) if data[0] == _DONE:
            return UnlockReply(board, data[1], _is_closed(data[2], wiring))
        case (0x83, 3) if data[0] == _DONE:
            return LockReport(board, data[1], _is_closed(data[2], wiring))
        case (0x84, _) if data[0] == _DONE and len(data) > 2 and len(data) == 2 + data[1]:
            return _status(board, data[2:], wiring)
    raise UnknownCommandError(f"command {command:02x} is no answer to us: {frame.hex(' ')}")


def _check(frame: bytes) -> None:
    if not _SHORTEST <= len(frame) <= _LONGEST or frame[4] != len(frame):
        raise FrameTooShortOrLongError(f"the length does not fit: {frame.hex(' ')}")
    if frame[:4] != _START:
        raise FrameMarksError(f"no 57 4b 4c 59 in front: {frame.hex(' ')}")
    if reduce(xor, frame[:-1]) != frame[-1]:
        raise FrameSumError(f"the XOR should be {reduce(xor, frame[:-1]):02x}: {frame.hex(' ')}")


def _is_closed(door: int, wiring: Wiring) -> bool:
    return _bit(door) == wiring.hook_closed_bit


def _bit(door: int) -> int:
    if door not in (0, 1):
        raise UnknownCommandError(f"{door:02x} says neither that a door is open nor that it is closed")
    return door


def _status(board: int, doors: bytes, wiring: Wiring) -> StatusReply:
    bits = sum(_bit(door) << place for place, door in enumerate(doors))
    return status_reply(board, bits, len(doors), wiring)


WKLY: Final = Family(
    name="wkly",
    baud=9600,
    boards=_BOARDS,
    locks=_LOCKS,
    longest=_LONGEST,
    reply_ms=500,
    pause_ms=20,
    unlock_reply_ms=1500,
    own_pulse_ms=300,
    build_status=lambda board, _locks: _framed(board, _READ_ALL),
    build_unlock=lambda board, lock, _pulse_ms: _framed(board, _UNLOCK, lock),
    read=_read,
    lengths=_lengths,
)
