import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.core.scans import (
    Badge,
    Code,
    ParcelLabel,
    Scan,
    Token,
    Unreadable,
    carrier_of,
    classify,
    number_of,
)


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
        ("04A1B2C3D4", Badge("04A1B2C3D4")),
        ("6A12345678901", ParcelLabel("6A12345678901", "Colissimo")),
        ("1Z999AA10123456784", ParcelLabel("1Z999AA10123456784", "UPS")),
        ("XY123456789FR", ParcelLabel("XY123456789FR", "La Poste")),
        ("  HELLO-42 ", ParcelLabel("HELLO-42", None)),
        ("C1short", ParcelLabel("C1short", None)),
        ("]Q1C1" + "A2" * 13, Token("C1" + "A2" * 13)),
        ("]C027483190", Code("27483190")),
        ("]A00008154711", Badge("0008154711")),
        ("]C06A12345678905\r", Unreadable("control", 17)),
        ("]C06A12345678905", ParcelLabel("6A12345678905", "Colissimo")),
        ("]C100340376612345678904", ParcelLabel("00340376612345678904", None)),
        ("]C110AB\x1d21XY", ParcelLabel("10AB 21XY", None)),
        ("]C010AB\x1d21XY", Unreadable("control", 12)),
        ("]C0", Unreadable("encoding", 3)),
        ("@FACDEF", Unreadable("control", 7)),
        ("]C0%%SpecCodeAA", Unreadable("control", 15)),
        ("AB\x1dCD", Unreadable("control", 5)),
        ("AB\nCD", Unreadable("control", 5)),
        ("A" * 257, Unreadable("too_long", 257)),
        ("A\ufffdB", Unreadable("encoding", 3)),
        ("   ", Unreadable("encoding", 3)),
    ],
)
def test_a_scan_is_told_by_its_form(text: str, scan: Scan) -> None:
    assert classify(text) == scan


@pytest.mark.parametrize(
    ("text", "carrier"),
    [
        ("9L20524752032", "Colissimo"),
        ("9L 1 72240 900001 0860 0000 3 7", "Colissimo"),
        ("RB123456785FR", "La Poste"),
        ("1H12345678901", "La Poste"),
        ("XR123456785TS", "Chronopost"),
        ("12123456780101006623123454", "Mondial Relay"),
        ("008182709980000020033350276C", "DPD"),
        ("01015026003653", "DPD"),
        ("XHAX4HDZ", "GLS"),
        ("1Z5R89390357567127", "UPS"),
        ("TBA123456789012", "Amazon"),
        ("JJD1410302937991", "DHL"),
        ("RB123456785CN", None),
        ("(00)340376612345678904", None),
        ("HELLO-42", None),
    ],
)
def test_a_carrier_is_called_as_people_call_it(text: str, carrier: str | None) -> None:
    assert classify(text) == ParcelLabel(text, carrier)
    assert carrier_of(f"]C0{text.lower()}") == carrier


@pytest.mark.parametrize(
    "text",
    [
        "6A98765432109",
        "9L 1 72240 900001 0860 0000 3 7",
        "XHAX4HDZ",
        "XR123456785TS",
        "(00)340376612345678904",
        "451 2026",
        "",
    ],
)
def test_the_number_of_a_label_is_kept_as_it_is(text: str) -> None:
    assert number_of(f"]C0{text}" if text else text) == text


@pytest.mark.parametrize(
    "text",
    [
        "Amina Benchekroun",
        "Mme BENCHEKROUN AMINA 12 RUE DE BORNY 57070 METZ",
        "amina@example.org",
        "https://example.org/suivi?nom=Benchekroun",
        "A12",
        "9" * 65,
    ],
)
def test_what_is_no_number_is_kept_as_a_digest_the_same_each_time(text: str) -> None:
    kept = number_of(text)
    assert re.fullmatch("#[0-9a-f]{16}", kept)
    assert kept == number_of(f" {text} ")


@pytest.mark.parametrize("text", ["27483190", "700123456", "0008154711", "DEADBEE1", "04123456789012"])
def test_what_may_be_a_code_of_ours_or_a_badge_names_no_carrier(text: str) -> None:
    assert carrier_of(text) is None


@given(st.text(max_size=400))
def test_anything_may_be_scanned_and_what_cannot_be_printed_is_never_kept(text: str) -> None:
    match classify(text):
        case Unreadable(_, length):
            assert length == len(text)
        case Token(kept) | Code(kept) | Badge(kept) | ParcelLabel(kept, _):
            assert kept.isprintable()
            assert 0 < len(kept) <= 256
