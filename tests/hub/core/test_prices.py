"""Prices as people write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.core.prices import MOST_CENTS, PriceError, cents_of, written


@pytest.mark.parametrize(
    ("text", "cents"),
    [
        ("12,50", 1250),
        ("12.50 €", 1250),
        ("12", 1200),
        ("12,5", 1250),
        (" 12 € ", 1200),
        ("12,50\u00a0€", 1250),
        ("1 250,00", 125_000),
        ("0", 0),
        ("0,05 EUR", 5),
        ("3 euros", 300),
        ("12,", 1200),
    ],
)
def test_a_price_is_read_as_people_write_it(text: str, cents: int) -> None:
    assert cents_of(text) == cents


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "none"),
        ("€", "none"),
        ("12,505", "three_decimals"),
        ("1.250", "three_decimals"),
        ("-3", "negative"),
        ("−3,00", "negative"),
        ("1.250,00", "not_a_price"),
        ("gratuit", "not_a_price"),
        ("١٢", "not_a_price"),
        ("1e3", "not_a_price"),
        (",50", "not_a_price"),
        ("5000,01", "too_much"),
        ("999999999999", "too_much"),
        ("9" * 400, "not_a_price"),
    ],
)
def test_what_is_no_price_is_refused_with_the_reason(text: str, fault: str) -> None:
    with pytest.raises(PriceError) as refused:
        cents_of(text)
    assert refused.value.fault == fault


@given(st.integers(0, MOST_CENTS))
def test_what_is_written_is_read_again(cents: int) -> None:
    assert cents_of(written(cents)) == cents


@given(st.text(max_size=12))
def test_whatever_is_typed_is_a_price_within_bounds_or_refused(text: str) -> None:
    try:
        cents = cents_of(text)
    except PriceError:
        return
    assert 0 <= cents <= MOST_CENTS
