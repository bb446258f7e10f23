"""What every family of lock boards has in common: cutting bytes into frames, and what a frame says.

Framing is five verbs without I/O: `start`, `add`, `take_out`, `time_out`, `flush`. A frame is found
by being complete and valid (marks, length, command and sum together), never by a first byte: status
bytes may look like any mark.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

CEILING_BYTES = 256
"""No framer ever holds more than this, whatever a line sends."""

StatusOrder = Literal["msb", "lsb"]


class CodecError(Exception):
    """Bytes that do not say what they should; root of this package's errors."""


class FrameTooShortOrLongError(CodecError):
    """The number of bytes is not that of the frame."""


class FrameMarksError(CodecError):
    """A start or end mark is not where the manual puts it."""


class FrameSumError(CodecError):
    """The bytes do not add up to the sum at their end."""


class UnknownCommandError(CodecError):
    """The frame is whole, but of a kind that is no answer to us."""


class UnknownSenderError(CodecError):
    """The frame is whole, but it is said by a board, or of a lock, that cannot be."""


class OwnQuestionError(UnknownCommandError):
    """The frame is a question of ours: an adapter echoes, or somebody else asks on this line."""


@dataclass(frozen=True, slots=True)
class Wiring:
    """What is a property of one board as it is wired or ordered, and not of its protocol.

    The two bits say which value means "hook engaged" and "something there"; for a feedback contact that
    is made when the lock is released ("opening feedback") the first one is 0. `status_order`: does the
    first status byte hold the highest locks (msb) or locks 1 to 8 (lsb). `report_heads`: first bytes of
    the frames that special firmware sends unasked.
    """

    hook_closed_bit: int = 1
    item_present_bit: int = 1
    status_order: StatusOrder = "msb"
    report_heads: frozenset[int] = frozenset()


AS_DELIVERED = Wiring()


@dataclass(frozen=True, slots=True)
class StatusReply:
    """What one board says about its doors; locks counted from 1 as on the doors.

    Each set holds every lock the frame has a bit for, also those that no door is wired to. A lock in
    neither `closed` nor `open` is one the frame says nothing about.
    """

    board: int
    closed: frozenset[int]
    open: frozenset[int]
    items: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class UnlockReply:
    """The board took the order. `closed` is what its feedback said just then, None where it has none.

    Never the state of the door: that is what a status says afterwards.
    """

    board: int
    lock: int
    closed: bool | None = None


@dataclass(frozen=True, slots=True)
class LockReport:
    """What a board said about one lock, `unasked` or asked for that lock alone."""

    board: int
    lock: int
    closed: bool
    unasked: bool = False


@dataclass(frozen=True, slots=True)
class Refusal:
    """The board understood and will not do it; `why` in words."""

    board: int
    why: str


Reply = StatusReply | UnlockReply | LockReport | Refusal


def status_reply(board: int, hooks: int, locks: int, wiring: Wiring, items: int | None = None) -> StatusReply:
    """A status from its bits: bit 0 is lock 1, `locks` of them. `items` None: no sensors."""
    every = frozenset(range(1, locks + 1))
    closed = _where(hooks, wiring.hook_closed_bit, every)
    present = frozenset[int]() if items is None else _where(items, wiring.item_present_bit, every)
    return StatusReply(board, closed, every - closed, present)


def _where(bits: int, meant: int, locks: frozenset[int]) -> frozenset[int]:
    return frozenset(lock for lock in locks if bits >> (lock - 1) & 1 == meant)


@dataclass(frozen=True, slots=True)
class Framer:
    """Bytes heard so far that may still become a frame.

    `measure(data)` is the length of the complete valid frame that `data` begins with, else 0.
    `longest` is the longest frame there is, in bytes.
    """

    measure: Callable[[bytes], int]
    longest: int
    pending: bytes = b""


def start(measure: Callable[[bytes], int], longest: int) -> Framer:
    """A framer that has heard nothing."""
    return Framer(measure, longest)


def add(framer: Framer, data: bytes) -> Framer:
    """Hear more bytes; above the ceiling the oldest are forgotten."""
    return replace(framer, pending=(framer.pending + data)[-CEILING_BYTES:])


def take_out(framer: Framer) -> tuple[tuple[bytes, ...], Framer]:
    """Every complete valid frame, and a framer that keeps only what may still become one."""
    found, end = cut(framer, framer.pending)
    keep_from = max(end, len(framer.pending) - framer.longest + 1)
    return found, replace(framer, pending=framer.pending[keep_from:])


def cut(framer: Framer, data: bytes) -> tuple[tuple[bytes, ...], int]:
    """Every complete valid frame in `data`, and where the last one ends (0: there is none)."""
    found, at, end = [], 0, 0
    while at < len(data):
        length = framer.measure(data[at:])
        if length:
            found.append(data[at : at + length])
            end = at + length
        at += length or 1
    return tuple(found), end


def time_out(framer: Framer) -> tuple[bytes, Framer]:
    """The line fell silent: what is left will never be a frame. Hand it over for the report."""
    return framer.pending, flush(framer)


def flush(framer: Framer) -> Framer:
    """Forget everything heard."""
    return replace(framer, pending=b"")
