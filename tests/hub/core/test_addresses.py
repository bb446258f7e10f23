"""Numbers and addresses as people write them: what is one, what is none, and which can be written to."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.core.addresses import is_address, takes_messages, telephone


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("06 12 34 56 78", "+33612345678"),
        ("06.12.34.56.78", "+33612345678"),
        ("+33 (0)6 12 34 56 78", "+33612345678"),
        ("0033612345678", "+33612345678"),
        ("+355 69 123 4567", "+355691234567"),
        ("03 87 00 00 00", "+33387000000"),
        ("612345678", None),
        ("06 12 34 56", None),
        ("06 12 34 56 7", None),
        ("06 12 34 56 789", None),
        ("+33 6 12 34 56 7", None),
        ("+33 6 12 34 56 78 90 12 34 56", None),
        ("+0 612345678", None),
        ("00 00 00 00 00", None),
        ("115", None),
        ("+٣٣٦١٢٣٤٥٦٧٨", None),
        ("06 12 34 56 78\n", None),
        ("", None),
    ],
)
def test_a_number_is_written_as_gateways_want_it(written: str, number: str | None) -> None:
    assert telephone(written) == number


@given(st.text())
def test_whatever_is_written_a_number_is_one_that_stays_itself(written: str) -> None:
    number = telephone(written)
    assert number is None or telephone(number) == number


@pytest.mark.parametrize(
    ("number", "reached"),
    [("+33612345678", True), ("+33712345678", True), ("+33387000000", False), ("+355691234567", True)],
)
def test_a_french_telephone_on_the_wall_hears_no_text_message(number: str, reached: bool) -> None:
    assert takes_messages(number) is reached


@pytest.mark.parametrize(
    "written", ["a@b", "a@@b.fr", "a b@c.fr", "a@b.fr,c@d.fr", "@b.fr", "Amina <a@b.fr>"]
)
def test_what_is_no_address_of_one_person_is_none(written: str) -> None:
    assert not is_address(written)
