"""What scales say on a serial line, by protocol. Pure: lines in, answers out."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from locker_firmware_bridge.scales.protocols import adam, and_standard, generic, mt_sics, st_gs
from locker_firmware_bridge.scales.protocols.answers import Answer


@dataclass(frozen=True, slots=True)
class ScaleProtocol:
    """How one kind of scale is asked and read.

    `parse` raises UnreadableLineError and nothing else. `ask` is the question for a weight as it is
    now, at rest or not; empty: the scale speaks by itself. `baud` and `framing` are as delivered.
    """

    parse: Callable[[bytes], Answer]
    ask: bytes
    baud: int = 9600
    framing: str = "8N1"


PROTOCOLS: Final[Mapping[str, ScaleProtocol]] = {
    "mt-sics": ScaleProtocol(mt_sics.parse, b"SI\r\n"),
    "and": ScaleProtocol(and_standard.parse, b"Q\r\n", 2400, "7E1"),
    "st-gs": ScaleProtocol(st_gs.parse, b""),
    "adam": ScaleProtocol(adam.parse, b"N\r\n"),
    "generic": ScaleProtocol(generic.parse, b""),
}
