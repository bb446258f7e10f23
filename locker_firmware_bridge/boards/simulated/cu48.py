"""KERONG CU48 (manual v2.1) and CU48B, 19200 8N1, 48 locks; a CU48B has item sensors.

    request  02 ADDR LOCK CMD 03 SUM
    answer   02 ADDR 00 65 H1..H6 03 SUM   of a CU48      02 ADDR 00 75 H1..H6 I1..I6 03 SUM   of a CU48B

CMD 50 and 51 (a CU48), 60 and 61 (a CU48B) are status and unlock. ADDR is the dial, 0A every board; LOCK
is the lock minus 1, 30 all of them. Unlocking has no answer.
"""

from dataclasses import dataclass
from functools import partial
from typing import Final

from locker_firmware_bridge.boards.simulated.dialect import Dialect, Inputs, Request, What, bits

_LOCKS: Final = range(1, 49)
_EVERY_BOARD, _ALL_LOCKS = 0x0A, 0x30
_LENGTH = 6


@dataclass(frozen=True, slots=True)
class _Commands:
    """The three command bytes of a generation, and whether it tells of items."""

    status: int
    unlock: int
    answer: int
    has_items: bool


def _measure(commands: _Commands, data: bytes) -> int:
    if len(data) < _LENGTH or data[0] != 0x02 or data[3] not in (commands.status, commands.unlock):
        return 0
    return _LENGTH if data[4] == 0x03 and sum(data[:5]) % 256 == data[5] else 0


def _read(commands: _Commands, data: bytes) -> Request:
    address, number, command = data[1:4]
    board = None if address == _EVERY_BOARD else address
    if command == commands.status:
        return Request(what="status" if board is not None else "status_all", board=board, data=data)
    if number == _ALL_LOCKS:
        return Request(what="unlock_all", board=board, opens=tuple(_LOCKS), data=data)
    what: What = "unlock" if board is not None else "unlock_several"
    return Request(what=what, board=board, lock=number + 1, opens=(number + 1,), data=data)


def _answer(commands: _Commands, request: Request, inputs: Inputs) -> bytes:
    if request.what not in ("status", "status_all"):
        return b""
    body = bytes((0x02, inputs.board, 0x00, commands.answer)) + bits(inputs.made).to_bytes(6, "little")
    body += bits(inputs.items).to_bytes(6, "little") if commands.has_items else b""
    body += b"\x03"
    return body + bytes((sum(body) % 256,))


def _dialect(name: str, commands: _Commands) -> Dialect:
    return Dialect(
        name=name,
        baud=19200,
        boards=range(10),
        locks=_LOCKS,
        usual_locks=48,
        longest=_LENGTH,
        measure=partial(_measure, commands),
        read=partial(_read, commands),
        answer=partial(_answer, commands),
    )


CU48: Final = _dialect("cu48", _Commands(0x50, 0x51, 0x65, has_items=False))
CU48B: Final = _dialect("cu48b", _Commands(0x60, 0x61, 0x75, has_items=True))
