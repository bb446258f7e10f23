"""Bar codes of printed tags: the widths of the standard, the check, the quiet zones."""

import pytest

from kiosk.web import code128


def test_every_symbol_is_eleven_modules_wide_and_only_the_stop_is_longer() -> None:
    widths = [sum(map(int, one)) for one in code128._WIDTHS]
    assert widths == [11] * 106 + [13]
    assert len(set(code128._WIDTHS)) == 107
    assert [one for one in code128._WIDTHS[:-1] if sum(map(int, one[::2])) % 2] == []


def test_the_check_is_that_of_the_well_known_example() -> None:
    # "PJJ123C" begun in code set A has the check 54; the start of set B is one more.
    assert code128.values("PJJ123C") == [104, 48, 42, 42, 17, 18, 19, 35, 55, 106]


def test_there_is_white_on_both_sides() -> None:
    drawn = str(code128.drawn("B1K7Q2M4XD9T"))
    wide = 10 + (1 + 12 + 1) * 11 + 13 + 10
    assert f'viewBox="0 0 {wide} 30"' in drawn
    assert "M10 0h2" in drawn


@pytest.mark.parametrize("text", ["", "é", "\n"])
def test_what_the_code_has_not_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="printable"):
        code128.values(text)
