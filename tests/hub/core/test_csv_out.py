"""A table for a spreadsheet: read as it was written, and calculated nowhere."""

import csv
import io

import pytest

from hub.core.csv_out import csv_bytes, harmless


def test_a_spreadsheet_reads_accents_semicolons_and_quotes_as_they_were() -> None:
    raw = csv_bytes(("Nom", "Quoi"), [("Zoé; dite « Z »", 'un "colis"'), ("a\nb", "")])
    assert raw.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(raw.decode("utf-8-sig"), newline=""), delimiter=";"))
    assert rows == [["Nom", "Quoi"], ["Zoé; dite « Z »", 'un "colis"'], ["a\nb", ""]]


@pytest.mark.parametrize(
    "cell", ["=1+1", "+33", "-2", "@SUM(A1)", "\t=1", "\r=1", "  =1", "\u00a0=1", "\uff1d1", "\0=1"]
)
def test_what_begins_like_a_formula_is_text(cell: str) -> None:
    assert harmless(cell).startswith("'")


@pytest.mark.parametrize("cell", ["", "Marie-Claude", "6A1836-5", "a=b"])
def test_what_is_none_stays_as_it_is(cell: str) -> None:
    assert harmless(cell) == cell
