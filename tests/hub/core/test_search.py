"""What somebody types into the one box may be several things, and all of them are looked for."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract import bag_tag
from hub.core.search import Sought, understand

TODAY = date(2026, 11, 27)


def test_a_name_is_looked_for_without_case_and_accents_in_any_order() -> None:
    assert understand("  Élodie  MULLER ", TODAY).words == ("elodie", "muller")


@pytest.mark.parametrize("text", ["A202", "a-202", "A 202", "a·202"])
def test_a_flat_is_found_however_its_letter_and_number_are_joined(text: str) -> None:
    sought = understand(text, TODAY)
    assert (sought.words, sought.together) == (("a", "202"), ("a202",))


@pytest.mark.parametrize(
    ("text", "together"),
    [
        ("Zoé A202", ("a202",)),
        ("Bât. A · 202", ("a202",)),
        ("12bis Weber", ("12bis",)),
        ("Weber 202", ()),
        ("Marie-Claire", ()),
        ("27/11", ()),
        ("A202 b-12", ("a202", "b12")),
    ],
)
def test_only_letters_and_digits_that_were_written_as_one_are_to_stand_together(
    text: str, together: tuple[str, ...]
) -> None:
    assert understand(text, TODAY).together == together


def test_a_bar_code_is_looked_for_by_its_beginning_as_it_is_printed() -> None:
    assert understand("6a1836 5204578", TODAY).label == "6A18365204578"
    assert understand("6A18", TODAY).label == "6A18"
    assert understand("Muller", TODAY).label == "", "a bar code has a digit"


def test_the_number_of_an_order_is_one_however_it_is_grouped() -> None:
    tag = bag_tag.printed("item-1")
    assert understand(tag.lower(), TODAY).number == tag
    assert understand(bag_tag.scanned(tag), TODAY).number == tag


def test_a_ticket_may_be_a_flat_as_well() -> None:
    sought = understand("27", TODAY)
    assert (sought.ticket, sought.words) == (27, ("27",))
    assert understand("701", TODAY).ticket == 701
    assert understand("Ticket 27", TODAY).ticket == understand("n°27", TODAY).ticket == 27
    assert understand("70", TODAY).ticket is None, "no ticket has this number"


@pytest.mark.parametrize(
    "text", ["ticket n° 27", "Ticket : 27", "ticket no. 27", "n° 27", "BILLET nº27", "ticket27"]
)
def test_a_ticket_is_found_however_its_number_is_announced(text: str) -> None:
    assert understand(text, TODAY).ticket == 27


@pytest.mark.parametrize(
    ("text", "run"),
    [("elouardi", "elouardi"), ("Jean Marie", "jeanmarie"), ("El-Ouardi A202", ""), ("27", "")],
)
def test_a_name_may_have_been_written_in_one(text: str, run: str) -> None:
    assert understand(text, TODAY).run == run


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("27/11", date(2026, 11, 27)),
        ("28/11", date(2025, 11, 28)),
        ("3.2.26", date(2026, 2, 3)),
        ("03-02-2026", date(2026, 2, 3)),
        ("2026-02-03", date(2026, 2, 3)),
        ("27 novembre", date(2026, 11, 27)),
        ("1er août", date(2026, 8, 1)),
        ("28 Nov. 2024", date(2024, 11, 28)),
        ("3 June", date(2026, 6, 3)),
        ("3 juillet", date(2026, 7, 3)),
        ("12 Marly", None),
        ("12 jonquilles", None),
        ("31 juin", None),
        ("vendredi 27 novembre 2026", date(2026, 11, 27)),
        ("Ven. 27 nov.", date(2026, 11, 27)),
        ("mardi 3/2", date(2026, 2, 3)),
        ("Friday, 27 November", date(2026, 11, 27)),
        ("vendredi", date(2026, 11, 27)),
        ("Jeudi", date(2026, 11, 26)),
        ("lundi dernier", date(2026, 11, 23)),
        ("vendredi dernier", date(2026, 11, 20)),
        ("last Friday", date(2026, 11, 20)),
        ("samedi", date(2026, 11, 21)),
        ("Vendredi Jean", None),
        ("Marion", None),
        ("Samedov", None),
        ("Sam", None),
        ("Hier", date(2026, 11, 26)),
        ("aujourd’hui", date(2026, 11, 27)),
        ("31/02", None),
        ("29/02", None),
        ("99/99/9999", None),
        ("0000-01-01", None),
    ],
)
def test_a_day_is_of_the_past_year_unless_it_says_otherwise(text: str, day: date | None) -> None:
    assert understand(text, TODAY).day == day


@pytest.mark.parametrize("text", ["", " ", "a", "é", "%", "_", "--"])
def test_too_little_is_nothing(text: str) -> None:
    assert understand(text, TODAY).nothing


@given(st.text(max_size=300))
def test_whatever_is_typed_is_understood_somehow(text: str) -> None:
    sought = understand(text, TODAY)
    assert sought == Sought() or sought.words
