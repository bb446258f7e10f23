"""The languages of lock boards, without any I/O. A new family is one module and one line below."""

from collections.abc import Mapping
from types import MappingProxyType

from locker_firmware_bridge.codecs import cu16
from locker_firmware_bridge.codecs.frames import Codec, CodecError, Framer, StatusReply

__all__ = ["FAMILIES", "Codec", "CodecError", "Framer", "StatusReply"]

FAMILIES: Mapping[str, Codec] = MappingProxyType(
    {
        "cu16": cu16,
    }
)
