"""N4D8B08, R4D8 and R421A08 relay boards, 9600 8N1: registers only, 8 channels, inputs as door contacts.

06 000C 0100|0300|0400    channel C on, toggled, on alone: a coil that stays under current
06 000C 0200              off
06 000C 0500              on for about a second         06 000C 06NN   on for NN seconds
06 0000 0700|0800         all on, all off
03 0001 / 0081            channels / inputs, one register each, 1: energised, active
10                        several channels, as 06
00FD, 00FE                input and output relation, speed
"""

from typing import Final

from locker_firmware_bridge.boards.simulated import modbus
from locker_firmware_bridge.boards.simulated.dialect import Dialect, Inputs, Request, What

_LOCKS: Final = range(1, 9)
_INPUTS: Final = range(0x81, 0x89)
_SETTINGS: Final = (0xFD, 0xFE)
_MOMENTARY_MS = 1000
_LONGEST: Final = 9 + 2 * len(_LOCKS)


def _read(data: bytes) -> Request:
    board, (register, value) = modbus.meant(data), modbus.words(data)
    match data[1]:
        case 0x03:
            what: What = (
                "status" if register in _INPUTS else "relays" if register in _LOCKS else "ask_setting"
            )
            return Request(what=what, board=board, data=data)
        case 0x06 if register in _SETTINGS:
            return Request(what="set", board=board, data=data)
        case 0x06 if register == 0:
            return _write_all(data, value)
        case 0x06 if register in _LOCKS:
            return _write(data, register, value >> 8, value & 0xFF)
        case 0x10:
            opens = tuple(lock for lock in _LOCKS if register <= lock < register + value)
            return Request(what="hold", board=board, opens=opens, held=True, data=data)
        case 0x06:
            return Request(what="unknown", board=board, wrong=modbus.NO_ADDRESS, data=data)
    return Request(what="unknown", board=board, wrong=modbus.NO_FUNCTION, data=data)


def _write_all(data: bytes, value: int) -> Request:
    board = modbus.meant(data)
    match value:
        case 0x0700:
            return Request(what="hold_all", board=board, opens=tuple(_LOCKS), held=True, data=data)
        case 0x0800:
            return Request(what="all_off", board=board, releases=tuple(_LOCKS), data=data)
    return Request(what="unknown", board=board, wrong=modbus.NO_VALUE, data=data)


def _write(data: bytes, lock: int, action: int, seconds: int) -> Request:
    board = modbus.meant(data)
    match action:
        case 1 | 3 | 4:
            return Request(what="hold", board=board, lock=lock, opens=(lock,), held=True, data=data)
        case 2:
            return Request(what="release", board=board, lock=lock, releases=(lock,), data=data)
        case 5 | 6:
            what: What = "unlock" if board is not None else "unlock_several"
            pulse_ms = _MOMENTARY_MS if action == 5 else 1000 * seconds
            return Request(what=what, board=board, lock=lock, opens=(lock,), pulse_ms=pulse_ms, data=data)
    return Request(what="unknown", board=board, wrong=modbus.NO_VALUE, data=data)


def _answer(request: Request, inputs: Inputs) -> bytes:
    register, count = modbus.words(request.data)
    if request.wrong:
        return modbus.no(request, inputs, request.wrong)
    match request.what:
        case "status":
            return _registers(request, inputs, register - 0x80, count, inputs.made)
        case "relays":
            return _registers(request, inputs, register, count, inputs.energised)
        case "ask_setting":
            return modbus.told(request, inputs, bytes(2 * count))
    return modbus.same(request, inputs)


def _registers(request: Request, inputs: Inputs, first: int, count: int, high: frozenset[int]) -> bytes:
    if not count or first + count - 1 > _LOCKS[-1]:
        return modbus.no(request, inputs, modbus.NO_ADDRESS)
    data = b"".join(bytes((0, number in high)) for number in range(first, first + count))
    return modbus.told(request, inputs, data)


N4D8B08: Final = Dialect(
    name="n4d8b08",
    baud=9600,
    boards=range(1, 65),
    locks=_LOCKS,
    usual_locks=8,
    longest=_LONGEST,
    measure=modbus.measure,
    read=_read,
    answer=_answer,
    refuse=lambda request, inputs: modbus.no(request, inputs, modbus.FAILED),
    pulse_ms=_MOMENTARY_MS,
)
