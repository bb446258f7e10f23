"""Photos are known by their bytes, and keep nothing of what the camera wrote into them."""

import random
import struct
import zlib
from contextlib import suppress

import pytest

from hub.core.photo import MOST_BYTES, PhotoError, cleaned

SECRET = b"48.1173N 6.1811E"


def segment(marker: int, body: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body


def exif(order: str, way_up: int) -> bytes:
    mark = b"II*\0" if order == "<" else b"MM\0*"
    entry = struct.pack(order + "HHIHH", 0x0112, 3, 1, way_up, 0)
    other = struct.pack(order + "HHII", 0x8825, 4, 1, 26)
    tiff = mark + struct.pack(order + "IH", 8, 2) + other + entry + b"\0\0\0\0" + SECRET
    return segment(0xE1, b"Exif\0\0" + tiff)


def jpeg(*segments: bytes, tail: bytes = b"") -> bytes:
    jfif = segment(0xE0, b"JFIF\0\1\1\0\0\1\0\1\0\0")
    picture = segment(0xDB, bytes(65)) + segment(0xDA, bytes(6)) + b"\x12\xff\x00\x34" + b"\xff\xd9"
    return b"\xff\xd8" + jfif + b"".join(segments) + picture + tail


def chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png(*extra: bytes) -> bytes:
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    body = chunk(b"IDAT", zlib.compress(b"\0\0"))
    return b"\x89PNG\r\n\x1a\n" + head + b"".join(extra) + body + chunk(b"IEND", b"")


def webp(*chunks: tuple[bytes, bytes]) -> bytes:
    body = b"WEBP"
    for name, content in chunks:
        body += name + struct.pack("<I", len(content)) + content + b"\0" * (len(content) % 2)
    return b"RIFF" + struct.pack("<I", len(body)) + body


@pytest.mark.parametrize("order", ["<", ">"])
def test_a_jpeg_keeps_its_picture_and_its_way_up_and_nothing_else(order: str) -> None:
    raw = jpeg(exif(order, 6), segment(0xFE, SECRET), segment(0xED, SECRET), tail=SECRET)
    photo = cleaned(raw)
    assert photo.media_type == "image/jpeg"
    assert SECRET not in photo.content
    assert photo.content.endswith(b"\xff\xd9")
    assert struct.pack(">HHIHH", 0x0112, 3, 1, 6, 0) in photo.content
    assert photo.content.count(b"\xff\xe1") == 1
    assert cleaned(photo.content) == photo


def test_a_jpeg_that_stands_upright_has_no_exif_at_all() -> None:
    assert cleaned(jpeg(exif("<", 1), segment(0xE1, b"http://ns.adobe.com/xap/" + SECRET))).content == jpeg()


def test_a_png_keeps_only_what_draws_it() -> None:
    raw = png(chunk(b"tEXt", b"Where\0" + SECRET), chunk(b"eXIf", SECRET)) + SECRET
    assert cleaned(raw).content == png()
    assert cleaned(raw).media_type == "image/png"


def test_a_webp_keeps_only_what_draws_it_and_does_not_announce_the_rest() -> None:
    wide = b"\x2c\0\0\0" + bytes(6)
    raw = webp((b"VP8X", wide), (b"VP8 ", b"picture"), (b"EXIF", SECRET), (b"XMP ", SECRET))
    assert cleaned(raw).content == webp((b"VP8X", b"\x20" + wide[1:]), (b"VP8 ", b"picture"))
    assert cleaned(raw).media_type == "image/webp"


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (b"", "empty"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "unknown"),
        (b"<!doctype html><script>alert(1)</script>", "unknown"),
        (b"GIF89a<script>", "unknown"),
        (b"\xff\xd8\xff", "unknown"),
        (jpeg()[:-2], "unknown"),
        (b"\xff\xd8\xff\xe0\0\0" + jpeg(), "unknown"),
        (png()[:-6], "unknown"),
        (jpeg() + bytes(MOST_BYTES), "too_large"),
    ],
)
def test_what_is_no_photo_is_refused_with_the_reason(raw: bytes, why: str) -> None:
    with pytest.raises(PhotoError) as refused:
        cleaned(raw)
    assert refused.value.why == why


def test_whatever_comes_is_a_photo_or_refused_and_never_longer_than_it_came() -> None:
    dice = random.Random(4)
    whole = [
        jpeg(exif("<", 8)),
        png(chunk(b"tEXt", b"x" * 40)),
        webp((b"VP8X", bytes(10)), (b"VP8L", b"y" * 9)),
    ]
    for _ in range(3000):
        raw = bytearray(dice.choice(whole))
        for _ in range(dice.randint(1, 4)):
            raw[dice.randrange(len(raw))] = dice.randrange(256)
        cut = bytes(raw[: dice.randint(1, len(raw))])
        with suppress(PhotoError):
            assert len(cleaned(cut).content) <= len(cut)
