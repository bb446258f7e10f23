"""What every family of lock boards has in common: cutting bytes into frames, and what a frame says.

Framing is five verbs without I/O: `start`, `add`, `take_out`, `time_out`, `flush`. A frame is found
by being complete and valid (marks, length, command and sum together), never by a first byte: status
bytes may look like any mark.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

CEILING_BYTES = 256
"""No framer ever holds more than this, whatever a line sends."""


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


@dataclass(frozen=True, slots=True)
class StatusReply:
    """What one board says about its doors; locks counted from 1 as on the doors.

    `closed` and `items` hold every lock the frame has a bit for, also those that no door is wired to.
    """

    board: int
    closed: frozenset[int]
    items: frozenset[int]


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
    pending, frames, at, free = framer.pending, [], 0, 0
    while at < len(pending):
        length = framer.measure(pending[at:])
        if length:
            frames.append(pending[at : at + length])
            free = at + length
        at += length or 1
    keep_from = max(free, len(pending) - framer.longest + 1)
    return tuple(frames), replace(framer, pending=pending[keep_from:])


def time_out(framer: Framer) -> tuple[bytes, Framer]:
    """The line fell silent: what is left will never be a frame. Hand it over for the report."""
    return framer.pending, flush(framer)


def flush(framer: Framer) -> Framer:
    """Forget everything heard."""
    return replace(framer, pending=b"")


class Codec(Protocol):
    """One family of boards. A module with these names is one; `FAMILIES` lists them."""

    BAUD: int
    """Speed as delivered; always 8N1."""
    BOARDS: range
    """Addresses that can be set on a board."""
    LOCKS: range
    """Locks of the largest board, counted from 1."""
    UNLOCK_ANSWER_MS: int
    """How long an unlock may be answered, the line being left alone meanwhile; 0: there is no answer."""

    def status(self, board: int) -> bytes:
        """The question for all doors of one board. ValueError: no such board."""
        ...

    def unlock(self, board: int, lock: int) -> bytes:
        """The frame that pulses one lock, counted from 1. ValueError: no such board or lock."""
        ...

    def start(self) -> Framer:
        """A framer for this family's answers."""
        ...

    def decode(self, frame: bytes, *, hook_closed_bit: int, item_present_bit: int) -> StatusReply:
        """What one answer says. CodecError: it is none.

        The two bits are a property of the wiring, not of the protocol: which value of a bit means
        "hook engaged" and "something blocks the beam".
        """
        ...
