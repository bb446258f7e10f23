"""KERONG CU16, CU12 and NCU16L, 19200 8N1, 16 locks with item sensors.

    request  02 ADDR CMD [DATA] 03 SUM          answer  02 ADDR 35|36 H1 H2 I1 I2 03 SUM

ADDR: dial in the high nibble, lock minus 1 in the low one; F0: every board. SUM: low byte of the sum of
all before. Unlocking (31, 33) has no answer. The answers to 37, 39 and 40 are known of one source each.
"""

from typing import Final

from locker_firmware_bridge.boards.simulated.dialect import Dialect, Inputs, Request, bits

_LOCKS: Final = range(1, 17)
_LENGTHS: Final = {
    0x30: (5,),
    0x31: (5,),
    0x32: (5,),
    0x33: (5,),
    0x37: (5, 7),
    0x39: (6,),
    0x40: (6,),
}
_EVERY_BOARD = 0xF
_PULSE_MS = 500


def _measure(data: bytes) -> int:
    if len(data) < 5 or data[0] != 0x02:
        return 0
    whole = (data[:length] for length in _LENGTHS.get(data[2], ()) if length <= len(data))
    return next((len(one) for one in whole if one[-2] == 0x03 and sum(one[:-1]) % 256 == one[-1]), 0)


def _read(data: bytes) -> Request:
    address, command = data[1:3]
    board, lock = address >> 4, (address & 0xF) + 1
    match command:
        case 0x30:
            return Request(what="status", board=board, data=data)
        case 0x32:
            meant = None if board == _EVERY_BOARD else board
            return Request(what="status_all", board=meant, data=data)
        case 0x31:
            return Request(what="unlock", board=board, lock=lock, opens=(lock,), data=data)
        case 0x33:
            return Request(what="unlock_all", board=board, opens=tuple(_LOCKS), data=data)
        case 0x39:
            wait_ms = 1000 * data[3]
            return Request(
                what="unlock_delayed", board=board, lock=lock, opens=(lock,), delay_ms=wait_ms, data=data
            )
        case 0x37 if len(data) == 5:
            return Request(what="ask_setting", board=board, data=data)
    return Request(what="set", board=board, data=data)


def _answer(request: Request, inputs: Inputs) -> bytes:
    match request.what:
        case "status" | "status_all":
            doors = bits(inputs.made).to_bytes(2, "little") + bits(inputs.items).to_bytes(2, "little")
            return _framed(inputs, 0x35 if request.what == "status" else 0x36, doors)
        case "ask_setting":
            return _framed(inputs, 0x38, (_PULSE_MS // 10).to_bytes(2, "big"))
        case "set" if request.data[2] == 0x37:
            return _framed(inputs, 0x38, request.data[3:5])
    return b""


def _framed(inputs: Inputs, command: int, data: bytes) -> bytes:
    body = bytes((0x02, inputs.board << 4, command)) + data + b"\x03"
    return body + bytes((sum(body) % 256,))


CU16: Final = Dialect(
    name="cu16",
    baud=19200,
    boards=range(10),
    locks=_LOCKS,
    usual_locks=16,
    longest=7,
    measure=_measure,
    read=_read,
    answer=_answer,
    pulse_ms=_PULSE_MS,
)
