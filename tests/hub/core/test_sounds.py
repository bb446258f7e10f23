"""A sound is known by its bytes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.core.sounds import media_type
from tests.fakes.kiosk import hum

WEBM = b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\xf7\x81\x01\x42\xf2\x81\x04\x42\xf3\x81\x08\x42\x82\x84webm"


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"OggS\x00\x02", "audio/ogg"),
        (WEBM, "audio/webm"),
        (b"\x00\x00\x00\x20ftypM4A \x00", "audio/mp4"),
        (b"ID3\x04\x00", "audio/mpeg"),
        (b"\xff\xfb\x90\x64", "audio/mpeg"),
        (hum(0.1), "audio/wav"),
    ],
)
def test_each_kind_is_recognised(content: bytes, kind: str) -> None:
    assert media_type(content) == kind


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<html><script>alert(1)</script>",
        b"\x89PNG\r\n\x1a\n",
        b"RIFF\x00\x00\x00\x00AVI ",
        b"\x1a\x45\xdf\xa3" + b"matroska",
        b"\xff\xd8\xff\xe0\x00\x10JFIF",
        b"\xff\xff\xff\xff",
        b"%PDF-1.7",
    ],
)
def test_anything_else_is_no_sound(content: bytes) -> None:
    assert media_type(content) is None


@given(st.binary(max_size=80))
def test_whatever_the_bytes_it_answers(content: bytes) -> None:
    media_type(content)
