"""WKLY boards ("57 4B 4C 59"), 9600 8N1, 12 or 24 locks: XOR at the end, results, changes told unasked.

    request  57 4B 4C 59 LEN B CMD DATA.. X      answer  the same CMD, RESULT (00 ok, FF failed), DATA..

LEN is the whole frame. 80 opens several at once, 81 flashes a lamp, 82 opens one, 83 reads one, 84 all,
86 opens all and 87 several in turn, 88 and 89 hold a lock and let it go. 85 is said by the board alone:
LOCK DOOR. A door is 01 shut, 00 open.
"""

from functools import reduce
from operator import xor
from typing import Final

from locker_firmware_bridge.boards.simulated.dialect import Dialect, Inputs, Request

_START: Final = b"\x57\x4b\x4c\x59"
_LOCKS: Final = range(1, 25)
_SHORTEST = 8
_LONGEST: Final = _SHORTEST + 1 + _LOCKS[-1]
_OK, _FAILED = 0x00, 0xFF
_PULSE_MS = 300


def _measure(data: bytes) -> int:
    if len(data) < _SHORTEST or data[:4] != _START:
        return 0
    length = data[4]
    whole = _SHORTEST <= length <= min(len(data), _LONGEST) and data[6] in range(0x80, 0x8A)
    return length if whole and reduce(xor, data[:length]) == 0 else 0


def _read(data: bytes) -> Request:
    board, command, said = data[5], data[6], data[7:-1]
    lock = said[0] if said else 0
    match command, len(said):
        case 0x84, 0:
            return Request(what="status", board=board, data=data)
        case 0x83, 1:
            return Request(what="read_one", board=board, lock=lock, data=data)
        case 0x82, 1:
            return Request(what="unlock", board=board, lock=lock, opens=(lock,), after_pulse=True, data=data)
        case 0x86, 0:
            return Request(
                what="unlock_all", board=board, opens=tuple(_LOCKS), in_turn=True, after_pulse=True, data=data
            )
        case 0x80 | 0x87, count if count:
            return _several(data, said, in_turn=command == 0x87)
        case 0x81, 1:
            return Request(what="led", board=board, lock=lock, data=data)
        case 0x88, 1:
            return Request(what="hold", board=board, lock=lock, opens=(lock,), held=True, data=data)
        case 0x89, 1:
            return Request(what="release", board=board, lock=lock, releases=(lock,), data=data)
    return Request(what="unknown", board=board, wrong=_FAILED, data=data)


def _several(data: bytes, said: bytes, *, in_turn: bool) -> Request:
    opens = tuple(said[1 : 1 + said[0]])
    return Request(
        what="unlock_several", board=data[5], opens=opens, in_turn=in_turn, after_pulse=True, data=data
    )


def _answer(request: Request, inputs: Inputs) -> bytes:
    lock = request.lock
    if request.wrong or (lock is not None and not 1 <= lock <= inputs.locks):
        return _no(request, inputs)
    command = request.data[6]
    match request.what:
        case "status":
            doors = (_door(inputs, each) for each in range(1, inputs.locks + 1))
            return _framed(inputs.board, command, _OK, inputs.locks, *doors)
        case "read_one" | "unlock" if lock:
            return _framed(inputs.board, command, _OK, lock, _door(inputs, lock))
    return _framed(inputs.board, command, _OK, *(() if lock is None else (lock,)))


def _no(request: Request, inputs: Inputs) -> bytes:
    command, lock = request.data[6], request.lock
    if command in (0x82, 0x83) and lock is not None:
        return _framed(inputs.board, command, _FAILED, lock, _door(inputs, lock))
    return _framed(inputs.board, command, _FAILED, *(() if lock is None else (lock,)))


def _report(inputs: Inputs, lock: int) -> bytes:
    return _framed(inputs.board, 0x85, lock, _door(inputs, lock))


def _door(inputs: Inputs, lock: int) -> int:
    return 0x01 if lock in inputs.made else 0x00


def _framed(board: int, command: int, *said: int) -> bytes:
    body = bytes((*_START, _SHORTEST + len(said), board, command, *said))
    return body + bytes((reduce(xor, body),))


WKLY: Final = Dialect(
    name="wkly",
    baud=9600,
    boards=range(32),
    locks=_LOCKS,
    usual_locks=24,
    longest=_LONGEST,
    measure=_measure,
    read=_read,
    answer=_answer,
    refuse=_no,
    report=_report,
    pulse_ms=_PULSE_MS,
)
