"""Waveshare "Modbus RTU Relay" with digital inputs, 9600 8N1; the inputs are the door contacts.

05 00CH FF00|0000|5500    one relay on, off, toggled           05 00FF ...   all of them
05 02CH TTTT              on, and off again by the board after TTTT tenths of a second
05 04CH TTTT              off, and on again: a coil that stays under current
0F 0000 ...               all relays by a bit map
01 / 02                   relays / inputs, bit 0 of the first byte is the first
03, 06 4000, 2000, 8000   device address, speed, version
"""

from typing import Final

from locker_firmware_bridge.boards.simulated import modbus
from locker_firmware_bridge.boards.simulated.dialect import Dialect, Inputs, Request, What, bits

_LOCKS: Final = range(1, 33)
_ALL, _ON, _OFF = 0xFF, 0xFF00, 0x0000
_TOGGLE: Final = 0x5500
_LONGEST_TENTHS: Final = 0x7FFF
_ADDRESS, _VERSION = 0x4000, 0x8000
_SETTINGS: Final = (_ADDRESS, 0x2000)
_LONGEST: Final = 9 + 4


def _read(data: bytes) -> Request:
    board, (address, value) = modbus.meant(data), modbus.words(data)
    match data[1]:
        case 0x01:
            return Request(what="relays", board=board, data=data)
        case 0x02:
            return Request(what="status", board=board, data=data)
        case 0x03 if address in (_ADDRESS, _VERSION):
            return Request(what="ask_setting", board=board, data=data)
        case 0x05:
            return _write(data, address >> 8, address & 0xFF, value)
        case 0x06 if address in _SETTINGS:
            return Request(what="set", board=board, data=data)
        case 0x0F if address == 0:
            return _by_map(data)
        case 0x03 | 0x06 | 0x0F:
            return Request(what="unknown", board=board, wrong=modbus.NO_ADDRESS, data=data)
    return Request(what="unknown", board=board, wrong=modbus.NO_FUNCTION, data=data)


def _write(data: bytes, block: int, channel: int, value: int) -> Request:
    board, lock = modbus.meant(data), channel + 1
    match block, channel, value:
        case 0, 0xFF, 0x0000:
            return Request(what="all_off", board=board, releases=tuple(_LOCKS), data=data)
        case 0, 0xFF, 0xFF00 | 0x5500:
            return Request(what="hold_all", board=board, opens=tuple(_LOCKS), held=True, data=data)
        case 0, _, 0x0000:
            return Request(what="release", board=board, lock=lock, releases=(lock,), data=data)
        case (0, _, 0xFF00 | 0x5500) | (4, _, _):
            return Request(what="hold", board=board, lock=lock, opens=(lock,), held=True, data=data)
        case 2, _, _ if value <= _LONGEST_TENTHS:
            what: What = "unlock" if board is not None else "unlock_several"
            return Request(what=what, board=board, lock=lock, opens=(lock,), pulse_ms=100 * value, data=data)
        case (0 | 2, _, _):
            return Request(what="unknown", board=board, wrong=modbus.NO_VALUE, data=data)
    return Request(what="unknown", board=board, wrong=modbus.NO_ADDRESS, data=data)


def _by_map(data: bytes) -> Request:
    chosen = int.from_bytes(data[7:-2], "little")
    opens = tuple(lock for lock in _LOCKS if chosen >> (lock - 1) & 1)
    releases = tuple(lock for lock in _LOCKS if lock not in opens)
    what: What = "hold" if opens else "all_off"
    return Request(what=what, board=modbus.meant(data), opens=opens, releases=releases, held=True, data=data)


def _answer(request: Request, inputs: Inputs) -> bytes:
    address, count = modbus.words(request.data)
    if request.wrong:
        return modbus.no(request, inputs, request.wrong)
    match request.what:
        case "status":
            return _levels(request, inputs, address, count, inputs.made)
        case "relays":
            return _levels(request, inputs, address, count, inputs.energised)
        case "ask_setting":
            value = 200 if address == _VERSION else inputs.board
            return modbus.told(request, inputs, value.to_bytes(2, "big"))
    if request.lock is not None and request.lock > _size(inputs):
        return modbus.no(request, inputs, modbus.NO_ADDRESS)
    return modbus.same(request, inputs)


def _levels(request: Request, inputs: Inputs, first: int, count: int, high: frozenset[int]) -> bytes:
    if not count or first + count > _size(inputs):
        return modbus.no(request, inputs, modbus.NO_ADDRESS)
    levels = bits(high) >> first & (1 << count) - 1
    return modbus.told(request, inputs, levels.to_bytes(-(-count // 8), "little"))


def _size(inputs: Inputs) -> int:
    """Relays and inputs come by eights."""
    return -(-inputs.locks // 8) * 8


WAVESHARE: Final = Dialect(
    name="waveshare",
    baud=9600,
    boards=range(1, 248),
    locks=_LOCKS,
    usual_locks=8,
    longest=_LONGEST,
    measure=modbus.measure,
    read=_read,
    answer=_answer,
    refuse=lambda request, inputs: modbus.no(request, inputs, modbus.FAILED),
)
