"""What the lockers know a parcel by, and in which forms a scan may be it."""

import pytest

from contract.scans.labels import LONGEST_MARK, compared, mark_of, marks_of, number_of

COLISSIMO = "6A12345678901"
DPD_ADDRESS = "%0067100" + "12345678901234" + "136250"
LONG = "]C1" + "00" + "376104250021234560" + "420" + "67100" + "9" * 40
LONG_NUMBER = "]C1" + "00" + "376104250021234560" + "420" + "67100" + "9" * 25
TWO_NUMBERS = "]C1" + "00" + "376104250021234560" + "\x1d" + "420" + "67100" + "9" * 13
ADDRESS = "Colette Schwartz, 12 rue des Vosges, Strasbourg, A 12"


@pytest.mark.parametrize("scan", [COLISSIMO, " 6a 12345 678901 ", f"]C0{COLISSIMO}"])
def test_a_label_scanned_or_typed_is_known_again(scan: str) -> None:
    assert compared(mark_of(number_of(COLISSIMO))) in marks_of(scan)


@pytest.mark.parametrize("scan", [COLISSIMO, DPD_ADDRESS, LONG, LONG_NUMBER, TWO_NUMBERS, ADDRESS, "x" * 200])
def test_what_is_kept_of_any_label_is_short_and_the_same_scan_finds_it(scan: str) -> None:
    mark = mark_of(number_of(scan))
    assert 0 < len(mark) <= LONGEST_MARK
    assert compared(mark) in marks_of(scan)


def test_another_label_is_not_it_and_none_is_none() -> None:
    assert compared(mark_of(number_of(COLISSIMO))) not in marks_of("6A12345678902")
    assert marks_of("  ") == frozenset()
    assert mark_of("") == ""


def test_two_long_labels_that_begin_alike_are_two() -> None:
    one, other = "7" * 40 + "1", "7" * 40 + "2"
    assert compared(mark_of(number_of(one))) not in marks_of(other)
    assert compared(mark_of(number_of(one[:20] + " " + one[20:]))) in marks_of(one)


def test_nothing_of_an_address_is_kept() -> None:
    assert mark_of(number_of(ADDRESS)).startswith("#")
