import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.core.scans import Badge, Code, ParcelLabel, Scan, Token, Unreadable, classify


@pytest.mark.parametrize(
    ("text", "scan"),
    [
        ("C1" + "A2" * 13, Token("C1" + "A2" * 13)),
        ("27483190", Code("27483190")),
        ("27 483 190", Code("27483190")),
        ("700123456", Code("700123456")),
        ("0008154711", Badge("0008154711")),
        ("04A1B2C3D4E5F6", Badge("04A1B2C3D4E5F6")),
        ("DEADBEEF", Badge("DEADBEEF")),
        ("6A12345678901", ParcelLabel("6A12345678901", "Colissimo")),
        ("1Z999AA10123456784", ParcelLabel("1Z999AA10123456784", "UPS")),
        ("XY123456789FR", ParcelLabel("XY123456789FR", "La Poste")),
        ("  HELLO-42 ", ParcelLabel("HELLO-42", None)),
        ("C1short", ParcelLabel("C1short", None)),
        ("AB\x1dCD", Unreadable("control", 5)),
        ("AB\nCD", Unreadable("control", 5)),
        ("A" * 257, Unreadable("too_long", 257)),
        ("A\ufffdB", Unreadable("encoding", 3)),
        ("   ", Unreadable("encoding", 3)),
    ],
)
def test_a_scan_is_told_by_its_form(text: str, scan: Scan) -> None:
    assert classify(text) == scan


@given(st.text(max_size=400))
def test_anything_may_be_scanned_and_what_cannot_be_printed_is_never_kept(text: str) -> None:
    match classify(text):
        case Unreadable(_, length):
            assert length == len(text)
        case Token(kept) | Code(kept) | Badge(kept) | ParcelLabel(kept, _):
            assert kept.isprintable()
            assert 0 < len(kept) <= 256
