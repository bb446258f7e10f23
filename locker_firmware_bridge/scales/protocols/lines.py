"""Cutting what a scale sends into lines: CR, LF or both end one, and nothing else does.

Five verbs without I/O: `start`, `add`, `take_out`, `time_out`, `flush`. A line whose beginning was
lost is dropped as a whole: the rest of `112.50 kg` is a weight too, and a wrong one.
"""

import re
from dataclasses import dataclass
from typing import Final

CEILING_BYTES: Final = 256
"""No framer ever holds more than this: of a stream nobody takes from, the newest dozen lines."""

_END: Final = re.compile(rb"[\r\n]+")


@dataclass(frozen=True, slots=True)
class LineFramer:
    """Bytes heard so far that no end followed; `beheaded` if others before them are lost."""

    pending: bytes = b""
    beheaded: bool = False


def start(*, joining: bool = False) -> LineFramer:
    """A framer that has heard nothing. `joining` a stream: what it hears first is the middle of a line."""
    return LineFramer(beheaded=joining)


def add(framer: LineFramer, data: bytes) -> LineFramer:
    """Hear more bytes; above the ceiling the oldest are forgotten."""
    heard = framer.pending + data
    kept = heard[-CEILING_BYTES:]
    return LineFramer(kept, framer.beheaded or len(kept) < len(heard))


def take_out(framer: LineFramer) -> tuple[tuple[bytes, ...], LineFramer]:
    """Every whole line, oldest first, and a framer that keeps what is still without an end."""
    *ended, rest = _END.split(framer.pending)
    whole = ended[1:] if framer.beheaded else ended
    return _not_empty(whole), LineFramer(rest, framer.beheaded and not ended)


def time_out(framer: LineFramer) -> tuple[bytes, LineFramer]:
    """The line fell silent: what is left will never end. Hand it over for the report."""
    return framer.pending, flush(framer)


def flush(framer: LineFramer) -> LineFramer:
    """Forget everything heard; the next byte begins a line."""
    return LineFramer()


def split(data: bytes) -> tuple[bytes, ...]:
    """All lines of a text that is complete, its last one ended or not."""
    return _not_empty(_END.split(data))


def _not_empty(lines: list[bytes]) -> tuple[bytes, ...]:
    return tuple(line for line in lines if line)
