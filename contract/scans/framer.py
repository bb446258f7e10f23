"""The bytes of a serial scanner cut into messages: `start`, `add`, `take_out`, `time_out`, `flush`.

A message ends on CR, LF or both (an empty line is swallowed), or when the line is silent for 50 ms.
One that is too long is dropped whole, up to its end: its tail is never taken for a code.
"""

import re
from dataclasses import dataclass, replace
from typing import Final

from contract.scans.message import Dropped, Message, ceiling, judged

SILENCE_MS: Final = 50
"""After this long without a byte the caller calls `time_out`."""
CEILING_BYTES: Final = 8192
"""No framer ever holds more than this, whatever a line sends."""

_END: Final = re.compile(rb"[\r\n]")


@dataclass(frozen=True, slots=True)
class Framer:
    """Bytes heard so far, and how many of the present message were forgotten because it is too long."""

    pending: bytes = b""
    forgotten: int = 0

    @property
    def waiting(self) -> bool:
        """Whether silence would end something."""
        return bool(self.pending or self.forgotten)


def start() -> Framer:
    """A framer that has heard nothing."""
    return Framer()


def add(framer: Framer, data: bytes) -> Framer:
    """Hear more bytes; above the ceiling the oldest are forgotten, and their message with them."""
    pending = framer.pending + data.replace(b"\0", b"")
    over = max(0, len(pending) - CEILING_BYTES)
    return Framer(pending[over:], framer.forgotten + over)


def take_out(framer: Framer) -> tuple[tuple[Message | Dropped, ...], Framer]:
    """Every message that has ended, and a framer that keeps at most one that has not."""
    *lines, rest = _END.split(framer.pending)
    if not lines:
        return (), _kept(framer)
    first, *others = lines
    ended = [_judged(first, framer.forgotten), *(_judged(line) for line in others)]
    return tuple(one for one in ended if one is not None), _kept(Framer(rest))


def time_out(framer: Framer) -> tuple[tuple[Message | Dropped, ...], Framer]:
    """The line fell silent: what is left is a message too, with no mark at its end."""
    left = _judged(framer.pending, framer.forgotten, ended=False)
    return () if left is None else (left,), flush(framer)


def flush(framer: Framer) -> Framer:
    """Forget everything heard."""
    return replace(framer, pending=b"", forgotten=0)


def _kept(framer: Framer) -> Framer:
    """What may still become a message; of one already too long only its length."""
    if framer.forgotten or len(framer.pending) > ceiling(framer.pending[:8].decode("latin-1")):
        return Framer(b"", framer.forgotten + len(framer.pending))
    return framer


def _judged(line: bytes, forgotten: int = 0, *, ended: bool = True) -> Message | Dropped | None:
    if forgotten:
        return Dropped("too_long", forgotten + len(line))
    # latin-1 keeps one character a byte, so that a length is a length and a strange byte stays strange
    return judged(line.decode("latin-1"), ended=ended) if line else None
