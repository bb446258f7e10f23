"""How makers let a host start and stop reading, and what comes back besides the codes.

A scanner with a button needs none of this. Fixed ones that wait for a command must be set to serial
trigger mode first. (Makers' manuals; the packets are in `ssi` and `newland`.)
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal

from contract.scans import newland, ssi

TriggerName = Literal["none", "honeywell", "datalogic", "ssi", "newland"]
Measure = Callable[[bytes], int]
"""Length of the reply these bytes begin with; 0: none; -1: too early to say. Never asked about nothing."""

WAKE_MS: Final = 20
"""How long after `wake` the command may follow."""


def _no_text(_: bytes) -> bytes | None:
    return None


def _ssi_text(packet: bytes) -> bytes | None:
    return ssi.text_of(ssi.parse(packet))


@dataclass(frozen=True, slots=True)
class Trigger:
    """Bytes to send. `wake` goes first where a scanner sleeps; `measure` finds its replies.

    `text_of` a whole reply is the code in it, if it holds one; `acknowledge` is then sent back.
    """

    start: bytes = b""
    stop: bytes = b""
    wake: bytes = b""
    measure: Measure | None = None
    text_of: Callable[[bytes], bytes | None] = _no_text
    acknowledge: bytes = b""


TRIGGERS: Final[Mapping[TriggerName, Trigger]] = MappingProxyType(
    {
        "none": Trigger(),
        "honeywell": Trigger(b"\x16T\r", b"\x16U\r"),
        "datalogic": Trigger(b"T", b"X"),
        "ssi": Trigger(
            ssi.build(ssi.Packet(ssi.START)),
            ssi.build(ssi.Packet(ssi.STOP)),
            ssi.WAKE,
            ssi.measure,
            _ssi_text,
            ssi.build(ssi.Packet(ssi.ACK)),
        ),
        "newland": Trigger(
            newland.request(newland.WRITE, 2, b"\x01", checked=False),
            newland.request(newland.WRITE, 2, b"\x00", checked=False),
            measure=newland.measure,
        ),
    }
)
"""Honeywell, Hand Held and older Datalogic imagers take SYN T CR; Datalogic PowerScan single letters."""


@dataclass(frozen=True, slots=True)
class Sifted:
    """A line taken apart: whole replies, the text around them, and an end that may become a reply."""

    replies: tuple[bytes, ...]
    text: bytes
    rest: bytes


def sift(data: bytes, measure: Measure) -> Sifted:
    """Part a scanner's replies from its codes. At silence the caller takes `rest` for text."""
    replies: list[bytes] = []
    text = bytearray()
    at = 0
    while at < len(data) and (length := measure(data[at:])) >= 0:
        if length:
            replies.append(data[at : at + length])
        else:
            text.append(data[at])
        at += length or 1
    return Sifted(tuple(replies), bytes(text), data[at:])
