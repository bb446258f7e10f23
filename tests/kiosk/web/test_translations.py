"""French is complete, and a catalogue dropped in is a language."""

import re
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

import kiosk
from kiosk.config import languages
from kiosk.web.pages import TRANSLATIONS

SOURCES = Path(kiosk.__file__).parent
METHODS = [("**.py", "python"), ("web/templates/**.html", "jinja2")]
WORDS = {"_": None, "gettext": None, "ngettext": (1, 2), "lazy_gettext": None}


def french() -> Catalog:
    with (TRANSLATIONS / "fr/LC_MESSAGES/messages.po").open("rb") as file:
        return read_po(file, locale="fr", abort_invalid=True)


def spoken() -> set[str]:
    """Every text of the screens, in the language they are written in."""
    found = extract_from_dir(SOURCES, method_map=METHODS, keywords=WORDS)
    return {text[0] if isinstance(text, tuple) else text for _, _, text, _, _ in found}


def test_every_text_has_its_french() -> None:
    catalogue = french()
    translated = {
        (message.id[0] if isinstance(message.id, tuple) else message.id)
        for message in catalogue
        if message.id and message.string and all(message.string) and not message.fuzzy
    }
    assert spoken() - translated == set()


def test_no_french_is_left_over() -> None:
    ids = {(one.id[0] if isinstance(one.id, tuple) else one.id) for one in french() if one.id}
    assert ids - spoken() == set()


def test_french_keeps_its_placeholders_and_its_typography() -> None:
    for message in french():
        if not message.id or not isinstance(message.id, str) or not isinstance(message.string, str):
            continue
        assert sorted(re.findall(r"%\(\w+\)s", message.id)) == sorted(
            re.findall(r"%\(\w+\)s", message.string)
        )
        assert "'" not in message.string, message.string
        assert not re.search(r"[^\u202f][?!]", message.string), message.string


def test_a_catalogue_dropped_in_adds_a_language(tmp_path: Path) -> None:
    folder = tmp_path / "sq/LC_MESSAGES"
    folder.mkdir(parents=True)
    catalogue = Catalog(locale="sq")
    catalogue.add("Help", "Ndihmë")
    written = BytesIO()
    write_po(written, catalogue)
    (folder / "messages.po").write_bytes(written.getvalue())
    assert languages(tmp_path, "fr") == ("en", "sq")
