import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.scans.aim import Split, split


@pytest.mark.parametrize(
    ("identifier", "symbology", "is_gs1"),
    [
        ("C0", "Code 128", False),
        ("C1", "Code 128", True),
        ("A0", "Code 39", False),
        ("A1", "Code 39", False),
        ("A3", "Code 39", False),
        ("A4", "Code 39", False),
        ("A5", "Code 39", False),
        ("A7", "Code 39", False),
        ("I0", "Interleaved 2 of 5", False),
        ("I1", "Interleaved 2 of 5", False),
        ("I3", "Interleaved 2 of 5", False),
        ("G0", "Code 93", False),
        ("E0", "EAN/UPC", False),
        ("E4", "EAN/UPC", False),
        ("d1", "Data Matrix", False),
        ("d2", "Data Matrix", True),
        ("Q0", "QR", False),
        ("Q3", "QR", True),
        ("Q6", "QR", False),
        ("L0", "PDF417", False),
        ("z0", "Aztec", False),
        ("F0", "Codabar", False),
        ("e0", "GS1 DataBar", True),
    ],
)
def test_an_identifier_of_the_table_is_taken_off_and_named(
    identifier: str, symbology: str, is_gs1: bool
) -> None:
    found = split(f"]{identifier}ABC")
    assert found == Split("ABC", identifier, symbology)
    assert found.is_gs1 is is_gs1


@pytest.mark.parametrize("text", ["", "]", "]C", "C1ABC", "]x0ABC", "]C ABC", "]C]ABC", "AB]C1"])
def test_what_is_no_identifier_stays(text: str) -> None:
    assert split(text) == Split(text)


def test_identifier_alone_leaves_nothing() -> None:
    assert split("]C0").text == ""


@given(st.text(max_size=20))
def test_nothing_is_lost(text: str) -> None:
    found = split(text)
    assert text == (f"]{found.identifier}" if found.identifier else "") + found.text
