"""Every catalogue is complete and spoken on every screen, and one dropped in is a language."""

import re
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from babel import Locale
from babel.messages import Message
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po
from flask_babel import force_locale, ngettext

import kiosk
from kiosk.config import languages
from kiosk.web.pages import TRANSLATIONS
from tests.fakes.screens import residents_states, staff_states
from tests.kiosk.web.conftest import Pages

SOURCES = Path(kiosk.__file__).parent
METHODS = [("**.py", "python"), ("web/templates/**.html", "jinja2")]
WORDS = {"_": None, "gettext": None, "ngettext": (1, 2), "lazy_gettext": None}
CATALOGUES = sorted(path.parent.parent.name for path in TRANSLATIONS.glob("*/LC_MESSAGES/messages.po"))
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%%|%")

each_catalogue = pytest.mark.parametrize("tongue", CATALOGUES)


def catalogue(tongue: str) -> list[Message]:
    """All messages, without the header."""
    with (TRANSLATIONS / tongue / "LC_MESSAGES/messages.po").open("rb") as file:
        return [one for one in read_po(file, locale=tongue, abort_invalid=True) if one.id]


def source(message: Message) -> str:
    """The text it stands for; of a plural, the singular."""
    return message.id if isinstance(message.id, str) else message.id[0]


def said(message: Message) -> list[str]:
    """What it says, in all its forms."""
    return [message.string] if isinstance(message.string, str) else list(message.string or ())


def spoken() -> set[str]:
    """Every text of the screens, in the language they are written in."""
    found = extract_from_dir(SOURCES, method_map=METHODS, keywords=WORDS)
    return {text[0] if isinstance(text, tuple) else text for _, _, text, _, _ in found}


def test_the_kiosk_speaks_arabic_albanian_and_french_beside_english() -> None:
    assert CATALOGUES == ["ar", "fr", "sq"]


@each_catalogue
def test_every_text_is_translated_and_nothing_is_left_over_or_fuzzy(tongue: str) -> None:
    messages = catalogue(tongue)
    assert {source(one) for one in messages if all(said(one)) and said(one)} == spoken()
    assert [source(one) for one in messages if one.fuzzy] == []


@each_catalogue
def test_placeholders_are_those_of_the_source(tongue: str) -> None:
    differing = [
        text
        for one in catalogue(tongue)
        for text in said(one)
        if sorted(PLACEHOLDER.findall(text)) != sorted(PLACEHOLDER.findall(source(one)))
    ]
    assert differing == []


@pytest.mark.parametrize(
    ("tongue", "forms"),
    [
        ("fr", {0: "colis rangé", 1: "colis rangé", 2: "colis rangés"}),
        ("sq", {0: "pako të vendosura", 1: "pako e vendosur", 2: "pako të vendosura"}),
        (
            "ar",
            {
                0: "طرود محفوظة",
                1: "طرد محفوظ",
                2: "طردان محفوظان",
                3: "طرود محفوظة",
                10: "طرود محفوظة",
                11: "طردًا محفوظًا",
                99: "طردًا محفوظًا",
                100: "طرد محفوظ",
                103: "طرود محفوظة",
            },
        ),
    ],
)
def test_what_is_counted_takes_its_right_form(pages: Pages, tongue: str, forms: dict[int, str]) -> None:
    with pages.client.application.app_context(), force_locale(tongue):
        heard = {count: ngettext("parcel put away", "parcels put away", count) for count in forms}
    assert heard == forms


@each_catalogue
def test_numbers_are_written_in_latin_digits(tongue: str) -> None:
    foreign = [text for one in catalogue(tongue) for text in said(one) if re.search(r"(?![0-9])\d", text)]
    assert foreign == []


def test_french_keeps_its_typography() -> None:
    for text in (text for one in catalogue("fr") for text in said(one)):
        assert "'" not in text, text
        assert not re.search(r"[^\u202f][?!]", text), text


def test_arabic_has_its_own_comma_and_question_mark() -> None:
    assert [text for one in catalogue("ar") for text in said(one) if re.search(r"[,;?]", text)] == []


@pytest.mark.parametrize("tongue", [*CATALOGUES, "en"])
def test_every_screen_can_be_drawn_and_leaves_no_english(pages: Pages, tongue: str) -> None:
    base = replace(pages.session.seen.state, language=tongue)
    english = {text for text in spoken() if " " in text and "%" not in text}
    for state in (*residents_states(base), *staff_states(base)):
        pages.session._publish(state)
        text = pages.text()
        assert f'lang="{tongue}" dir="{Locale.parse(tongue).text_direction}"' in text
        assert [action for action in ("back", "show", "seat", "leave") if f"/do/{action}" not in text] == []
        words = re.sub(r"<[^>]*>", "\n", text)
        assert tongue == "en" or [one for one in english if one in words] == []


def test_a_catalogue_dropped_in_adds_a_language(tmp_path: Path) -> None:
    folder = tmp_path / "sq/LC_MESSAGES"
    folder.mkdir(parents=True)
    dropped = Catalog(locale="sq")
    dropped.add("Help", "Ndihmë")
    written = BytesIO()
    write_po(written, dropped)
    (folder / "messages.po").write_bytes(written.getvalue())
    assert languages(tmp_path, "fr") == ("en", "sq")
