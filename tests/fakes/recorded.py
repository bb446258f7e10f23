"""Recorded bytes of each family of boards, and the line they arrive on.

One TOML file a family, named as the family. Sums are worked out here once more, so that a codec is never
checked by its own arithmetic.
"""

from collections.abc import Callable, Iterable
from functools import reduce
from operator import xor
from pathlib import Path
from typing import Final, Literal

import msgspec
import pytest

from locker_firmware_bridge.codecs import (
    AS_DELIVERED,
    FAMILIES,
    Family,
    LockReport,
    Refusal,
    Reply,
    StatusReply,
    UnlockReply,
    Wiring,
)
from locker_firmware_bridge.codecs.frames import add, take_out

FOLDER: Final = Path(__file__).parents[1] / "locker_firmware_bridge" / "codecs" / "recorded"


class Entry(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """Bytes, and the board's wiring where it matters to what they say."""

    frame: str
    wiring: Wiring = AS_DELIVERED

    @property
    def data(self) -> bytes:
        return bytes.fromhex(self.frame)


class Request(Entry, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """What we send. `lock` of a status: so many doors are asked for."""

    ask: Literal["status", "unlock", "all_off"]
    board: int
    lock: int | None = None
    pulse_ms: int | None = None


class Answer(Entry, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """What a board says. `locks`: of so many; `says`: words of a refusal; "one": asked for one lock."""

    kind: Literal["status", "one", "unlocked", "report", "error"]
    board: int
    lock: int | None = None
    locks: int = 0
    closed: frozenset[int] = frozenset()
    open: frozenset[int] = frozenset()
    items: frozenset[int] = frozenset()
    says: str = ""

    def is_said_by(self, reply: Reply) -> bool:
        if self.kind == "error":
            return isinstance(reply, Refusal) and reply.board == self.board and self.says in reply.why
        return reply == self._reply()

    @property
    def every_open(self) -> frozenset[int]:
        """The open ones; a status names the closed ones and how many there are."""
        return self.open or frozenset(range(1, self.locks + 1)) - self.closed

    def _reply(self) -> Reply:
        if self.kind == "status":
            return StatusReply(self.board, self.closed, self.every_open, self.items)
        lock = self.lock or next(iter(self.closed | self.open))
        if self.kind == "unlocked":
            return UnlockReply(self.board, lock, None if self.lock else lock in self.closed)
        return LockReport(self.board, lock, lock in self.closed, unasked=self.kind == "report")


class Refused(Entry, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """What is no answer, by the name of the error; `finds`: frames that are in it all the same."""

    error: str
    finds: tuple[str, ...] = ()


class Forbidden(Entry, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """A frame the board would obey and that must never be sent, and a pattern of all its like."""

    what: str
    like: str


class Recorded(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """All that is recorded of one family; `board_unit` is what one step of the dial adds at `board_at`."""

    sum: Literal["add", "xor", "crc"]
    board_at: int
    requests: tuple[Request, ...]
    answers: tuple[Answer, ...]
    refused: tuple[Refused, ...]
    forbidden: tuple[Forbidden, ...]
    board_unit: int = 1

    def with_sum(self, frame: bytes) -> bytes:
        """The frame with the sum that belongs at its end."""
        body = frame[: -2 if self.sum == "crc" else -1]
        return body + _SUMS[self.sum](body)

    def from_board(self, frame: bytes, board: int) -> bytes:
        """The same, said by another board."""
        changed = bytearray(frame)
        changed[self.board_at] = board * self.board_unit
        return self.with_sum(bytes(changed))


def _crc(data: bytes) -> bytes:
    """Bit by bit, as the standard draws it."""
    register = 0xFFFF
    for bit in (byte >> place & 1 for byte in data for place in range(8)):
        carry, register = (register & 1) ^ bit, register >> 1
        register ^= 0xA001 * carry
    return bytes((register & 0xFF, register >> 8))


_SUMS: Final[dict[str, Callable[[bytes], bytes]]] = {
    "add": lambda body: bytes((sum(body) % 256,)),
    "xor": lambda body: bytes((reduce(xor, body),)),
    "crc": _crc,
}


def _read(name: str) -> Recorded:
    return msgspec.toml.decode((FOLDER / f"{name}.toml").read_bytes(), type=Recorded)


NAMES: Final = frozenset(path.stem for path in FOLDER.glob("*.toml"))
RECORDED: Final = {name: _read(name) for name in sorted(NAMES & FAMILIES.keys())}


def each(pick: Callable[[Recorded], Iterable[Entry]]) -> pytest.MarkDecorator:
    """The test runs once for every such entry of every family, with `name` and `entry`."""
    cases = [(name, entry) for name, recorded in RECORDED.items() for entry in pick(recorded)]
    names = [f"{name}: {number}, {entry.frame}" for number, (name, entry) in enumerate(cases)]
    return pytest.mark.parametrize(("name", "entry"), cases, ids=names)


each_request = each(lambda recorded: recorded.requests)
each_answer = each(lambda recorded: recorded.answers)
each_refused = each(lambda recorded: recorded.refused)
each_forbidden = each(lambda recorded: recorded.forbidden)
each_family = pytest.mark.parametrize("name", sorted(RECORDED))


def built(name: str, request: Request) -> bytes:
    """The frame of the codec for a recorded request."""
    family = FAMILIES[name]
    if request.ask == "unlock":
        return family.unlock(request.board, request.lock or 0, request.pulse_ms)
    return (
        family.all_off(request.board)
        if request.ask == "all_off"
        else family.status(request.board, request.lock)
    )


def heard(family: Family, *pieces: bytes, wiring: Wiring = AS_DELIVERED) -> tuple[bytes, ...]:
    """Every frame found when the pieces arrive one after the other, and then nothing more."""
    framer = family.start(wiring)
    found: tuple[bytes, ...] = ()
    for piece in pieces:
        framer = add(framer, piece)
        if not family.ends_in_silence:
            frames, framer = take_out(framer)
            found += frames
    return found + take_out(framer)[0]


def one_by_one(data: bytes) -> list[bytes]:
    return [bytes((byte,)) for byte in data]
