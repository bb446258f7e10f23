"""Newland EM3095, and the GM65 and GM861 modules sold under many names.

    request  7E 00 TYPE LEN ADDR ADDR DATA... FCS FCS    TYPE 07 read, 08 write, 09 save
    reply    02 00 RESULT LEN DATA... FCS FCS            RESULT 00 done, 01 wrong FCS, 03 unknown
    text     7E 01 "0000" @|# TAG... 3B 03               @ for good, # until it is switched off

FCS is a CRC-16, polynomial 1021, begun at 0, over TYPE (or RESULT) up to DATA; AB CD in its place means
"do not check". (Newland EM3095 and FM530 manuals.)
"""

from dataclasses import dataclass
from typing import Final

READ, WRITE, SAVE = 0x07, 0x08, 0x09
DONE, WRONG_FCS, UNKNOWN = 0x00, 0x01, 0x03
UNCHECKED: Final = b"\xab\xcd"

_REQUEST: Final = b"\x7e\x00"
_REPLY: Final = b"\x02\x00"
_FCS_BYTES: Final = 2
_POLYNOMIAL: Final = 0x1021


class PacketError(ValueError):
    """The bytes are no reply of this maker."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What a module answers. `result` is DONE, WRONG_FCS, UNKNOWN, or what no manual says."""

    result: int
    data: bytes = b""


def request(kind: int, address: int, data: bytes, *, checked: bool = True) -> bytes:
    """A packet to read, write or save. ValueError: more than 255 bytes, or no such address."""
    if len(data) > 0xFF or not 0 <= address <= 0xFFFF:
        raise ValueError(f"a request has 255 bytes and 16 bits of address, not {len(data)} at {address}")
    body = bytes((kind, len(data))) + address.to_bytes(2, "big") + data
    return _REQUEST + body + (crc(body) if checked else UNCHECKED)


def parse(data: bytes) -> Reply:
    """Read exactly one reply; raises PacketError."""
    if not data or measure(data) != len(data):
        raise PacketError(f"no reply of a Newland module: {data[:12].hex(' ')}")
    return Reply(data[2], data[4:-_FCS_BYTES])


def measure(data: bytes) -> int:
    """Length of the reply that `data` begins with; 0: none; -1: too early to say."""
    if data[:2] != _REPLY[: len(data)]:
        return 0
    if len(data) < 4 or len(data) < 4 + data[3] + _FCS_BYTES:
        return -1
    length = 4 + data[3] + _FCS_BYTES
    found = data[length - _FCS_BYTES : length]
    return length if found in (crc(data[2 : length - _FCS_BYTES]), UNCHECKED) else 0


def text_command(tag: str, *, permanent: bool = False) -> bytes:
    """A setting in the makers' text form, e.g. `TSUSET0D`. ValueError: no printable ASCII, or a `;`."""
    if not (tag and tag.isascii() and tag.isprintable()) or ";" in tag:
        raise ValueError("a tag is printable ASCII without a semicolon")
    return b"~\x010000" + (b"@" if permanent else b"#") + tag.encode() + b";\x03"


def crc(data: bytes) -> bytes:
    """CRC-16 with polynomial 1021, begun at 0, high byte first."""
    value = 0
    for byte in data:
        value ^= byte << 8
        for _ in range(8):
            value = (value << 1 ^ (_POLYNOMIAL if value & 0x8000 else 0)) & 0xFFFF
    return value.to_bytes(2, "big")
