"""Check digits against published numbers and worked examples."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.scans import check_digits


@pytest.mark.parametrize(("serial", "check"), [("12345678", "5"), ("00000001", "4"), ("99999999", "5")])
def test_s10(serial: str, check: str) -> None:
    assert check_digits.s10(serial) == check


@pytest.mark.parametrize(
    ("payload", "check"),
    [
        ("2052475203", "2"),  # La Poste's example
        ("0000010001", "4"),  # La Poste's test range
        ("1234567890", "5"),
        ("900001086000003", "7"),  # La Poste's routing label
        ("34037661234567890", "4"),  # an SSCC
    ],
)
def test_gs1_and_colissimo(payload: str, check: str) -> None:
    assert check_digits.gs1(payload) == check


@pytest.mark.parametrize(("payload", "check"), [("12123456780101", "0"), ("0662312345", "4")])
def test_mondial_relay(payload: str, check: str) -> None:
    assert check_digits.mondial_relay(payload) == check


def test_mondial_relay_leaves_ten_open() -> None:
    found = {check_digits.mondial_relay(f"{number:010d}") for number in range(200)}
    assert found == {None, *"0123456789"}


@pytest.mark.parametrize(
    ("payload", "check"),
    [
        ("5R8939035756712", "7"),
        ("879E93034683444", "0"),
        ("410E7W039275159", "1"),
        ("8V92A7036720302", "4"),
        ("999AA1012345678", "4"),
    ],
)
def test_ups(payload: str, check: str) -> None:
    assert check_digits.ups(payload) == check


@pytest.mark.parametrize(
    ("payload", "check"),
    [
        ("008182709980000020033350276", "C"),
        ("008182709980000020045327276", "N"),
        ("01015026003653", "C"),
    ],
)
def test_dpd(payload: str, check: str) -> None:
    assert check_digits.dpd(payload) == check


@given(st.text("0123456789", min_size=11, max_size=11))
def test_gls_adds_one_to_the_sum_of_gs1(payload: str) -> None:
    assert int(check_digits.gls(payload)) == (int(check_digits.gs1(payload)) - 1) % 10


@given(st.text("0123456789", min_size=10, max_size=17), st.integers(0, 9), st.integers(1, 9))
def test_one_wrong_digit_never_passes(payload: str, at: int, by: int) -> None:
    wrong = payload[:at] + str((int(payload[at]) + by) % 10) + payload[at + 1 :]
    assert check_digits.gs1(wrong) != check_digits.gs1(payload)
    assert check_digits.gls(wrong) != check_digits.gls(payload)
    assert check_digits.dpd(wrong) != check_digits.dpd(payload)
