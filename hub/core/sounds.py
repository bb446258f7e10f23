"""What kind of sound a file is, by its bytes: its name and what a browser says of it prove nothing."""

from typing import Final, Literal

MediaType = Literal["audio/ogg", "audio/webm", "audio/mpeg", "audio/mp4", "audio/wav"]

LARGEST: Final = 30_000
"""Bytes a recording may have: a sentence, spoken slowly."""
_HEAD: Final = 64


def media_type(content: bytes) -> MediaType | None:
    """The kind of sound that begins so; None for anything else."""
    head = content[:_HEAD]
    if head.startswith(b"OggS"):
        return "audio/ogg"
    if head.startswith(b"\x1a\x45\xdf\xa3") and b"webm" in head:
        return "audio/webm"
    if head[4:8] == b"ftyp":
        return "audio/mp4"
    if head.startswith(b"RIFF") and head[8:12] == b"WAVE":
        return "audio/wav"
    return "audio/mpeg" if head.startswith(b"ID3") or _is_mpeg_frame(head) else None


def _is_mpeg_frame(head: bytes) -> bool:
    """Eleven bits of a frame's beginning, layer III, a rate that exists."""
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0:
        return False
    is_layer_3 = head[1] & 0x06 == 0x02
    return is_layer_3 and head[2] & 0xF0 not in (0x00, 0xF0) and head[2] & 0x0C != 0x0C
