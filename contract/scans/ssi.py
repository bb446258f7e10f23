"""Zebra's Simple Serial Interface: packets of LEN OPCODE SOURCE STATUS DATA... SUM.

LEN counts itself up to the last data byte. SOURCE is 04 from the host and 00 from the scanner; bit 0 of
STATUS marks a repetition. SUM, two bytes, high one first, is the two's complement of the sum of all
bytes before it. (Zebra, Simple Serial Interface Programmer's Guide.)
"""

from dataclasses import dataclass
from typing import Final

HOST, SCANNER = 0x04, 0x00
ACK, START, STOP, SCAN_ENABLE, SCAN_DISABLE, DECODE_DATA = 0xD0, 0xE4, 0xE5, 0xE9, 0xEA, 0xF3
WAKE: Final = b"\0"
"""To be sent 20 ms before a packet: a sleeping scanner misses the first byte."""

_HEAD_BYTES: Final = 4
_SUM_BYTES: Final = 2


class PacketError(ValueError):
    """The bytes are no packet of this maker."""


@dataclass(frozen=True, slots=True)
class Packet:
    """One packet of either side."""

    opcode: int
    source: int = HOST
    status: int = 0
    data: bytes = b""


def build(packet: Packet) -> bytes:
    """The bytes to send. ValueError: more than 251 bytes of data."""
    length = _HEAD_BYTES + len(packet.data)
    if length > 0xFF:
        raise ValueError(f"an SSI packet holds 251 bytes of data, not {len(packet.data)}")
    body = bytes((length, packet.opcode, packet.source, packet.status)) + packet.data
    return body + _sum(body)


def parse(data: bytes) -> Packet:
    """Read exactly one packet; raises PacketError."""
    if len(data) < _HEAD_BYTES + _SUM_BYTES or data[0] < _HEAD_BYTES or len(data) != data[0] + _SUM_BYTES:
        raise PacketError(f"an SSI packet says its length first: {data[:8].hex(' ')}")
    body, found = data[:-_SUM_BYTES], data[-_SUM_BYTES:]
    if found != _sum(body):
        raise PacketError(f"the sum should be {_sum(body).hex(' ')}, not {found.hex(' ')}")
    return Packet(body[1], body[2], body[3], body[4:])


def measure(data: bytes) -> int:
    """Length of the scanner's packet that `data` begins with; 0: none; -1: too early to say."""
    if data[0] < _HEAD_BYTES or (len(data) > 2 and data[2] != SCANNER):
        return 0
    length = data[0] + _SUM_BYTES
    if len(data) < length:
        return -1
    return length if data[length - _SUM_BYTES : length] == _sum(data[: length - _SUM_BYTES]) else 0


def text_of(packet: Packet) -> bytes | None:
    """What was scanned, if the packet says: the first byte is the type of the code."""
    return packet.data[1:] if packet.opcode == DECODE_DATA and packet.data else None


def _sum(body: bytes) -> bytes:
    return (-sum(body) & 0xFFFF).to_bytes(2, "big")
