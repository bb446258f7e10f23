"""The languages of lock boards, without any I/O. A new family is one module and one line below."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from locker_firmware_bridge.codecs import kerong, n4d8b08, waveshare, wkly, x8a
from locker_firmware_bridge.codecs.family import Family
from locker_firmware_bridge.codecs.frames import (
    AS_DELIVERED,
    CodecError,
    Framer,
    LockReport,
    Refusal,
    Reply,
    StatusReply,
    UnlockReply,
    Wiring,
)

__all__ = [
    "AS_DELIVERED",
    "FAMILIES",
    "CodecError",
    "Family",
    "Framer",
    "LockReport",
    "Refusal",
    "Reply",
    "StatusReply",
    "UnlockReply",
    "Wiring",
]

_ALL: Final = (
    kerong.CU16,
    kerong.CU48,
    kerong.CU48B,
    x8a.X8A,
    waveshare.WAVESHARE,
    n4d8b08.N4D8B08,
    wkly.WKLY,
)

FAMILIES: Final[Mapping[str, Family]] = MappingProxyType({family.name: family for family in _ALL})
