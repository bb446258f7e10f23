"""The names and directions written down are those of Babel, and all catalogues are there."""

import pytest

from kiosk.config import languages
from kiosk.languages import KNOWN, direction, in_babel, own_name
from kiosk.web.pages import TRANSLATIONS


def test_every_catalogue_is_written_down() -> None:
    assert set(languages(TRANSLATIONS, "fr")) == KNOWN.keys()


@pytest.mark.parametrize("code", sorted(KNOWN))
def test_what_is_written_down_is_what_babel_says(code: str) -> None:
    assert in_babel(code) == KNOWN[code]


def test_any_other_language_is_babels_and_what_nobody_knows_is_its_code() -> None:
    assert (own_name("tr"), direction("tr")) == ("Türkçe", "ltr")
    assert direction("fa") == "rtl"
    assert (own_name("xx"), direction("not a code")) == ("xx", "ltr")
