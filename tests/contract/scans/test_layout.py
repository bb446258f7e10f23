"""The test code of commissioning, and text that was typed on one keyboard and read as another."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.scans import aim, keys
from contract.scans.keyboards import Layout, misread
from contract.scans.layout import TEST_CODE, Verdict, mended, verdict, verdict_of
from contract.scans.message import Dropped, Message, judged
from tests.fakes.wedge import CAPS_LOCK, ENTER, Press, press, typed


def came(scanner: Layout, read_as: Layout, *before: Press) -> Message | Dropped:
    """The test code through the keys of a scanner, as it is read."""
    state = keys.start(read_as)
    for code, value in (*before, *typed(TEST_CODE, scanner), *press(ENTER)):
        state = keys.add(state, code, value)
    return keys.take_out(state)[0][0]


def test_the_test_code_has_what_a_wrong_keyboard_changes() -> None:
    assert set("]0123456789AMQWZ-") <= set(TEST_CODE)
    assert judged(TEST_CODE) == Message(TEST_CODE)


@pytest.mark.parametrize("identifier", ["", "]C0", "]Q1"])
def test_back_verbatim_it_fits_with_an_aim_identifier_too(identifier: str) -> None:
    assert verdict(identifier + TEST_CODE) == Verdict(True)


@pytest.mark.parametrize("layout", ["us", "fr"])
def test_read_with_its_own_keyboard_it_fits(layout: Layout) -> None:
    assert verdict_of(came(layout, layout)).fits


@pytest.mark.parametrize("caps", [(), press(CAPS_LOCK)])
def test_a_french_scanner_read_as_us_is_told_what_to_set(caps: tuple[Press, ...]) -> None:
    found = verdict_of(came("fr", "us", *caps))
    assert not found.fits
    assert "French keyboard" in found.why
    assert 'layout = "fr"' in found.remedy


@pytest.mark.parametrize("caps", [(), press(CAPS_LOCK)])
def test_a_us_scanner_read_as_french_is_told_what_to_set(caps: tuple[Press, ...]) -> None:
    found = verdict_of(came("us", "fr", *caps))
    assert "US keyboard" in found.why
    assert 'layout = "us"' in found.remedy


def test_caps_lock_is_told() -> None:
    assert "Caps Lock" in verdict_of(came("us", "us", *press(CAPS_LOCK))).remedy


@pytest.mark.parametrize("found", [verdict(TEST_CODE, ended=False), verdict(TEST_CODE * 2)])
def test_a_missing_suffix_is_told(found: Verdict) -> None:
    assert not found.fits
    assert "suffix to CR" in found.remedy


@pytest.mark.parametrize("text", ["X" + TEST_CODE, TEST_CODE + "X", "]C0%" + TEST_CODE, f"<{TEST_CODE}>"])
def test_a_prefix_or_another_suffix_is_told(text: str) -> None:
    assert "prefix" in verdict(text).remedy


@pytest.mark.parametrize("text", [TEST_CODE[1:], TEST_CODE[:-1], TEST_CODE[3:9]])
def test_a_shortened_code_is_told(text: str) -> None:
    assert "missing" in verdict(text).why


@pytest.mark.parametrize("text", ["", "]", "6A12345678905"])
def test_another_code_is_told(text: str) -> None:
    assert "not the test code" in verdict(text).why


def test_alt_codes_are_told() -> None:
    assert "country layout" in verdict_of(Dropped("alt_keypad", 20)).remedy


def test_every_fault_comes_with_a_remedy() -> None:
    texts = ["", "X", TEST_CODE[1:], TEST_CODE.lower(), TEST_CODE * 2, "X" + TEST_CODE]
    assert all(verdict(text).why and verdict(text).remedy for text in texts)


# --- mending ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("shown", "printed"),
    [
        ("-Q&é\"'(-è_çà(", "6A12345678905"),
        ("$C&àà\"'à\"è--&é\"'(-è_çà'", "]C100340376612345678904"),
        ("!@#$%^&*()", "1234567890"),
        ("&é\"'(-è_çà", "1234567890"),
        ("éè'_\"&çà", "27483190"),
    ],
)
def test_what_is_certain_is_mended(shown: str, printed: str) -> None:
    assert mended(shown) == printed


@pytest.mark.parametrize(
    "text",
    [
        "",
        "6A12345678905",  # right as it is
        "1234567890",  # digits, whichever keyboard
        "-Q&é\"'(-è_çà&",  # the check digit does not fit
        "&(&(&(",  # digits in both directions
        "HELLO",  # letters may be anything
        "-6",  # too short to be anybody's number
        "€€€€€",
    ],
)
def test_what_is_not_certain_is_left_alone(text: str) -> None:
    assert mended(text) is None


@given(st.text("&é\"'(-è_çà", min_size=4, max_size=20))
def test_digits_shown_on_a_french_machine_are_mended_or_left_alone_but_never_wrong(shown: str) -> None:
    assert mended(shown) in (None, misread(shown, "fr", "us"))


@given(st.text(max_size=40))
def test_anything_may_be_judged_and_mended(text: str) -> None:
    assert verdict(text).fits is (aim.split(text).text == TEST_CODE)
    assert mended(text) != text
