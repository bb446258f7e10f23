"""Receipts: whatever is changed on one, the seal tells."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from contract import receipt
from contract.receipt import Receipt, ReceiptLine

KEY, OTHER_KEY = bytes(range(32)), bytes(range(1, 33))
GIVEN = Receipt(
    number="1FX2Y-EQNVF",
    order="b8e1a4d60f3c4a2e9d5b7c1f08a6e342",
    site="Conciergerie de Borny",
    at_ms=1_795_687_200_000,
    service="Pressing",
    partner="Pressing de la Gare",
    lines=(ReceiptLine("Chemise", 6, 250),),
    total_cents=1_500,
    pieces=6,
    weight_grams=1_840,
    promised_ms=1_795_946_400_000,
    place="7",
    tag="NET-0021744",
)
CHANGES: dict[str, Any] = {
    "number": "1FX2Y-EQNVG",
    "order": "another",
    "site": "Reims",
    "at_ms": None,
    "service": "Retouches",
    "partner": "Un autre",
    "lines": (ReceiptLine("Chemise", 5, 300),),
    "total_cents": 1_501,
    "pieces": 5,
    "weight_grams": None,
    "promised_ms": 1_795_946_400_001,
    "place": "8",
    "tag": "NET-0021745",
}


def test_a_receipt_is_read_back_from_its_qr_and_is_genuine() -> None:
    sealed = receipt.seal(KEY, GIVEN)
    text = receipt.to_text(GIVEN, sealed)
    assert receipt.from_text(text) == (GIVEN, sealed)
    assert receipt.is_genuine(KEY, GIVEN, sealed)
    assert not receipt.is_genuine(OTHER_KEY, GIVEN, sealed)
    assert len(text) < 700, "a QR that a telephone reads from paper"


def test_every_field_is_under_the_seal() -> None:
    assert CHANGES.keys() == set(Receipt.__struct_fields__)
    for field, value in CHANGES.items():
        changed = replace(GIVEN, **{field: value})
        assert not receipt.is_genuine(KEY, changed, receipt.seal(KEY, GIVEN)), field


def test_the_check_word_can_be_read_out_and_is_the_seals() -> None:
    sealed = receipt.seal(KEY, GIVEN)
    assert receipt.word(sealed) == receipt.word(sealed)
    assert receipt.word(sealed) != receipt.word(receipt.seal(OTHER_KEY, GIVEN))
    first, second = receipt.word(sealed).split("-")
    assert len(first) == len(second) == 4
    assert (first + second).isalpha()


@pytest.mark.parametrize("cut", [1, 2, 20, 33, 34, 60])
def test_a_qr_that_was_cut_short_is_none(cut: int) -> None:
    assert receipt.from_text(receipt.to_text(GIVEN, receipt.seal(KEY, GIVEN))[:cut]) is None


@given(st.text(max_size=200))
def test_nothing_else_is_a_receipt(text: str) -> None:
    assert receipt.from_text(text) is None
    assert receipt.from_text(receipt.PREFIX + text) is None
    assert receipt.from_text(receipt.PREFIX + "0" * 32 + text) is None
