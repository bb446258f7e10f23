"""A photo as a telephone sends it: known by its bytes, and freed of what the camera wrote into it.

Nothing is decoded: parts that hold place, hour and device are left out, the picture's own bytes stay. Of a
JPEG's Exif only the way up is kept, or photos would lie on their side.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

MOST_BYTES: Final = 2_000_000

_PNG: Final = b"\x89PNG\r\n\x1a\n"
_PNG_KEPT: Final = frozenset(
    {
        b"IHDR",
        b"PLTE",
        b"IDAT",
        b"IEND",
        b"tRNS",
        b"gAMA",
        b"cHRM",
        b"sRGB",
        b"iCCP",
        b"sBIT",
        b"bKGD",
        b"pHYs",
    }
)
_WEBP_KEPT: Final = frozenset({b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ANIM", b"ANMF", b"ICCP"})
_EXIF_OR_XMP: Final = 0x0C  # flags of VP8X
_ORIENTATION: Final = 0x0112
_START_OF_SCAN, _END = 0xDA, 0xD9


class PhotoError(ValueError):
    """No photo that can be kept: `why` is `empty`, `too_large` or `unknown`."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True)
class Photo:
    """A picture and its media type, as browsers are told it."""

    media_type: str
    content: bytes


def cleaned(raw: bytes) -> Photo:
    """The photo without its hidden texts. Raises PhotoError for what is none, whatever its name says."""
    if not raw:
        raise PhotoError("empty")
    if len(raw) > MOST_BYTES:
        raise PhotoError("too_large")
    try:
        return _cleaned(raw)
    except (struct.error, IndexError):
        raise PhotoError("unknown") from None


def _cleaned(raw: bytes) -> Photo:
    if raw.startswith(b"\xff\xd8\xff"):
        return Photo("image/jpeg", b"\xff\xd8" + b"".join(_jpeg(raw)))
    if raw.startswith(_PNG):
        return Photo("image/png", _PNG + b"".join(_png(raw)))
    if raw[:4] == b"RIFF" and raw[8:12] == b"WEBP":
        body = b"WEBP" + b"".join(_webp(raw))
        return Photo("image/webp", b"RIFF" + struct.pack("<I", len(body)) + body)
    raise PhotoError("unknown")


def _jpeg(raw: bytes) -> Iterator[bytes]:
    """Its segments up to the picture, then the picture up to its end; texts and Exif are left out."""
    at = 2
    while True:
        if raw[at] != 0xFF:
            raise PhotoError("unknown")
        marker = raw[at + 1]
        (length,) = struct.unpack_from(">H", raw, at + 2)
        segment = raw[at : at + 2 + length]
        if length < 2 or len(segment) != 2 + length:
            raise PhotoError("unknown")
        if marker == _START_OF_SCAN:
            yield raw[at : _jpeg_end(raw, at)]
            return
        if marker == 0xE1 and (way_up := _way_up(segment)) > 1:
            yield _exif(way_up)
        if not 0xE1 <= marker <= 0xED and marker not in (0xEF, 0xFE):  # 0xEE says how colours are meant
            yield segment
        at += 2 + length


def _jpeg_end(raw: bytes, at: int) -> int:
    """Behind the end mark, which no picture holds inside: what is hung on behind it is none."""
    end = raw.find(bytes((0xFF, _END)), at)
    if end < 0:
        raise PhotoError("unknown")
    return end + 2


def _way_up(segment: bytes) -> int:
    """The orientation (1 to 8) an Exif segment tells, 1 where it tells none."""
    tiff = segment[10:]
    if segment[4:10] != b"Exif\0\0" or tiff[:2] not in (b"II", b"MM"):
        return 1
    order = "<" if tiff[:2] == b"II" else ">"
    try:
        (first,) = struct.unpack_from(order + "I", tiff, 4)
        (count,) = struct.unpack_from(order + "H", tiff, first)
        for entry in range(min(count, 100)):
            tag, kind, _, value = struct.unpack_from(order + "HHIH", tiff, first + 2 + 12 * entry)
            if tag == _ORIENTATION and kind == 3 and 1 <= value <= 8:
                return int(value)
    except struct.error:
        pass
    return 1


def _exif(way_up: int) -> bytes:
    """An Exif segment that tells the orientation and nothing else."""
    entry = struct.pack(">HHIHH", _ORIENTATION, 3, 1, way_up, 0)
    body = b"Exif\0\0" + b"MM\0*" + struct.pack(">IH", 8, 1) + entry + b"\0\0\0\0"
    return b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body


def _png(raw: bytes) -> Iterator[bytes]:
    at = len(_PNG)
    while True:
        (length,) = struct.unpack_from(">I", raw, at)
        chunk, name = raw[at : at + 12 + length], raw[at + 4 : at + 8]
        if len(chunk) != 12 + length:
            raise PhotoError("unknown")
        if name in _PNG_KEPT:
            yield chunk
        if name == b"IEND":
            return
        at += 12 + length


def _webp(raw: bytes) -> Iterator[bytes]:
    (size,) = struct.unpack_from("<I", raw, 4)
    at, end = 12, min(8 + size, len(raw))
    while at + 8 <= end:
        name = raw[at : at + 4]
        (length,) = struct.unpack_from("<I", raw, at + 4)
        chunk = raw[at : at + 8 + length + length % 2]
        if len(chunk) < 8 + length:
            raise PhotoError("unknown")
        if name == b"VP8X":
            chunk = chunk[:8] + bytes((chunk[8] & ~_EXIF_OR_XMP,)) + chunk[9:]
        if name in _WEBP_KEPT:
            yield chunk
        at += 8 + length + length % 2
