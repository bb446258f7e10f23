"""The "0x8A" boards, 9600 8N1: XOR at the end, 2 to 50 locks, a feedback contact for each.

    unlock one       8A B L 11 X            answer  8A B L ST X          when the pulse is over
    for N seconds    8A B L 11 0N X         answer  8A B L ST X
    unlock all       8A B 00 11 X           answer  8A B 00 11 X         after the last lock
    read one, all    80 B L 33 X            answer  80 B L ST X, or 80 B S1..Sn 33 X where L is 00
    by bit map       90 B S1..Sn X          hold    9A B L 11|10 X       release  9B B L 11|10 X
    all, old         9D B 02 10 X, 9D B 01 33
    version          82 B 00 22 X           answer  82 B 00 VV X
    unasked          82 B L ST X or 81      special firmware only

ST 11 and bit 1: the contact is made. n is 3 up to 24 locks (an 8-way board too), 4 on 32-way, 7 on 50-way.
"""

from functools import reduce
from operator import xor
from typing import Final

from locker_firmware_bridge.boards.simulated.dialect import Dialect, Inputs, Request, What, bits

_LOCKS: Final = range(1, 51)
_PULSE_MS = 300
_VERSION = 0x24
_SHORT = 5
_NO_SUM: Final = b"\x01\x33"
_BYTES_OF_A_MAP: Final = (7, 3)
_LONGEST = 10


def _measure(data: bytes) -> int:
    if data[0] == 0x9D and data[2:4] == _NO_SUM:
        return 4
    return next((length for length in _lengths(data) if _is_whole(data, length)), 0)


def _lengths(data: bytes) -> tuple[int, ...]:
    match data[0]:
        case 0x80 | 0x82 | 0x9A | 0x9B | 0x9D:
            return (_SHORT,)
        case 0x8A:
            return (_SHORT, 6)
        case 0x90:
            return tuple(3 + count for count in _BYTES_OF_A_MAP)
    return ()


def _is_whole(data: bytes, length: int) -> bool:
    return len(data) >= length and reduce(xor, data[: length - 1]) == data[length - 1]


def _read(data: bytes) -> Request:
    head, board, lock = data[:3]
    match head, lock, data[3]:
        case 0x80, 0, 0x33:
            return Request(what="status", board=board, data=data)
        case 0x80, _, 0x33:
            return Request(what="read_one", board=board, lock=lock, data=data)
        case 0x8A, _, 0x11:
            return _unlock(data)
        case 0x82, 0, 0x22:
            return Request(what="ask_setting", board=board, data=data)
        case 0x90, _, _:
            return _open_by_map(data)
        case 0x9A, _, 0x10 | 0x11:
            return _hold("hold", data)
        case 0x9B, _, 0x10 | 0x11:
            return _hold("release", data)
        case 0x9D, _, _:
            return Request(what="unlock_all", board=board, opens=tuple(_LOCKS), in_turn=True, data=data)
    return Request(what="unknown", board=board, data=data)


def _unlock(data: bytes) -> Request:
    board, lock = data[1:3]
    return Request(
        what="unlock" if lock else "unlock_all",
        board=board,
        lock=lock or None,
        opens=(lock,) if lock else tuple(_LOCKS),
        in_turn=True,
        after_pulse=True,
        pulse_ms=1000 * data[4] if len(data) > _SHORT else None,
        data=data,
    )


def _open_by_map(data: bytes) -> Request:
    """The makers disagree which byte is locks 1 to 8: this one takes the last."""
    chosen = int.from_bytes(data[2:-1], "big")
    opens = tuple(lock for lock in _LOCKS if chosen >> (lock - 1) & 1)
    return Request(
        what="unlock_several", board=data[1], opens=opens, in_turn=True, after_pulse=True, data=data
    )


def _hold(what: What, data: bytes) -> Request:
    locks = (data[2],) if data[2] else tuple(_LOCKS)
    if what == "hold":
        return Request(what=what, board=data[1], lock=data[2], opens=locks, held=True, data=data)
    return Request(what=what, board=data[1], lock=data[2], releases=locks, data=data)


def _answer(request: Request, inputs: Inputs) -> bytes:
    head, lock = request.data[0], request.lock
    if lock is not None and lock > inputs.locks:
        return b""
    match request.what:
        case "status":
            return _framed(head, inputs.board, *_status_bytes(inputs), 0x33)
        case "read_one" | "unlock" if lock:
            return _framed(head, inputs.board, lock, _contact(inputs, lock))
        case "ask_setting":
            return _framed(head, inputs.board, 0, _VERSION)
        case "unknown":
            return b""
    return _framed(head, inputs.board, *request.data[2:-1]) if len(request.data) >= _SHORT else b""


def _status_bytes(inputs: Inputs) -> bytes:
    count = max(3, -(-inputs.locks // 8))
    return bits(inputs.made).to_bytes(count, "little" if inputs.lsb_first else "big")


def _contact(inputs: Inputs, lock: int) -> int:
    return 0x11 if lock in inputs.made else 0x00


def _report(inputs: Inputs, lock: int) -> bytes:
    if not inputs.report_head:
        return b""
    return _framed(inputs.report_head, inputs.board, lock, _contact(inputs, lock))


def _framed(*body: int) -> bytes:
    return bytes((*body, reduce(xor, body)))


X8A: Final = Dialect(
    name="0x8a",
    baud=9600,
    boards=range(1, 33),
    locks=_LOCKS,
    usual_locks=24,
    longest=_LONGEST,
    measure=_measure,
    read=_read,
    answer=_answer,
    report=_report,
    pulse_ms=_PULSE_MS,
)
