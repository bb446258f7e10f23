"""A code has one form, tells its own length by its first digit, and dies with its generation."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract import pickup_code as codes

KEY = bytes(range(32))
OTHER_KEY = bytes(range(1, 33))


def test_the_code_of_a_pickup_is_the_same_on_hub_and_bridge_for_ever() -> None:
    assert codes.typed_code(KEY, 27, "a" * 32, 1) == "27" + codes.proof(KEY, "a" * 32, 1)
    assert codes.proof(KEY, "pickup-1", 1) == "975157"
    assert codes.token(KEY, "pickup-1", 1) == "C1J3M5BUTM7DH3ZHU2AEMCQNTK4I"


@given(st.sampled_from(codes.tickets()), st.text("abcdef0123456789", min_size=8, max_size=32))
def test_the_first_digit_tells_the_length_and_splitting_gives_the_parts_back(
    ticket: int, pickup: str
) -> None:
    digits = codes.typed_code(KEY, ticket, pickup, 3)
    assert len(digits) == codes.typed_length(digits[0])
    assert codes.split_typed(digits) == codes.Typed(ticket, codes.proof(KEY, pickup, 3))


@given(
    st.sampled_from(codes.PROXY_NUMBERS),
    st.text("abcdef0123456789", min_size=8, max_size=32),
    st.integers(1, 9),
)
def test_the_code_of_a_mandate_is_split_into_its_number_and_the_proof_of_its_generation(
    number: int, proxy: str, generation: int
) -> None:
    digits = codes.proxy_code(KEY, number, proxy, generation)
    assert len(digits) == codes.typed_length(digits[0])
    proof = codes.proof(KEY, proxy, generation)
    assert codes.split_typed(digits) == codes.Typed(number, proof, is_proxy=True)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1",
        "27123456 ",
        "2712345",
        "271234567",
        "09123456",
        "70012345",
        "٢٧١٢٣٤٥٦",
        "27-12345",
        "0000123456",
    ],
)
def test_what_has_not_the_form_of_a_code_is_refused_without_saying_why(text: str) -> None:
    with pytest.raises(codes.CodeFormatError, match="not the form of a code"):
        codes.split_typed(text)


def test_generation_pickup_and_site_key_each_change_code_and_token() -> None:
    variants = [(KEY, "p", 1), (KEY, "p", 2), (KEY, "q", 1), (OTHER_KEY, "p", 1)]
    assert len({codes.proof(*v) for v in variants}) == 4
    assert len({codes.token(*v) for v in variants}) == 4


def test_six_digits_are_spread_evenly() -> None:
    first = [codes.proof(KEY, f"pickup-{n}", 1)[0] for n in range(5_000)]
    assert all(400 < first.count(digit) < 600 for digit in "0123456789")


def test_our_qr_is_told_from_other_scans() -> None:
    assert codes.is_token(codes.token(KEY, "p", 1))
    for other in ("6A12345678905", "C1", "C1" + "A" * 25, "C1" + "a" * 26, "C1" + "A" * 25 + "0", "A" * 26):
        assert not codes.is_token(other)


def test_a_key_of_the_wrong_length_is_refused() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        codes.proof(b"short", "p", 1)
