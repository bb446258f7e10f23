"""The pages speak French completely, and say the same thing with the same word."""

import re
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po
from flask import Flask
from flask_babel import Babel

import hub.notify
import hub.web
from hub.web.door_words import door_numbers
from hub.web.words import not_usable_word
from locker_firmware_bridge.core.taking_out import SOMEBODY_MUST_LOOK

PAGES = Path(hub.web.__file__).parent
MESSAGES = Path(hub.notify.__file__).parent
METHODS = [("**.py", "python"), ("templates/**.html", "jinja2")]
OPTIONS = {"templates/**.html": {"trim_blocks": "true", "lstrip_blocks": "true"}}
KEYWORDS = {"_": None, "ngettext": (1, 2)}


def said() -> set[str]:
    """Every message in code and templates, and in what is sent to people."""
    found = [
        one for place in (PAGES, MESSAGES) for one in extract_from_dir(place, METHODS, OPTIONS, KEYWORDS)
    ]
    return {message if isinstance(message, str) else message[0] for _, _, message, *_ in found}


def french() -> dict[str, list[str]]:
    """Every message of the catalogue with its French forms."""
    with (PAGES / "translations/fr/LC_MESSAGES/messages.po").open("rb") as file:
        catalogue = read_po(file, locale="fr", abort_invalid=True)
    found = {}
    for message in catalogue:
        if message.id:
            key = message.id if isinstance(message.id, str) else message.id[0]
            forms = [message.string] if isinstance(message.string, str) else list(message.string or ())
            assert not message.fuzzy, key
            found[key] = forms
    return found


def test_doors_in_a_row_are_named_as_one_span() -> None:
    assert door_numbers((9, 1, 2)) == "1, 2, 9"
    assert door_numbers(tuple(range(1, 17))) == "1–16"
    assert door_numbers((4, 5, 6, 8)) == "4–6, 8"


def test_every_message_has_its_french_words_and_no_word_is_left_over() -> None:
    catalogue = french()
    assert len(catalogue) > 300
    assert set(catalogue) == said()
    assert [key for key, forms in catalogue.items() if not all(forms)] == []


def test_a_translation_fills_in_the_same_values() -> None:
    values = re.compile(r"%\((\w+)\)[sd]")
    for key, forms in french().items():
        for form in forms:
            assert set(values.findall(form)) == set(values.findall(key)), key


@pytest.mark.parametrize("sign", [" ?", " !", " ;", " :", "« ", " »", "'", "..."])
def test_french_typography_is_kept(sign: str) -> None:
    wrong = [form for forms in french().values() for form in forms if sign in form]
    assert wrong == []


def test_why_a_door_is_not_used_is_said_in_words_and_a_remark_of_the_lockers_as_it_is() -> None:
    app = Flask("test")
    Babel(app)
    with app.test_request_context():
        told = ("damaged", "lock", "dirty", "something", "other", SOMEBODY_MUST_LOOK)
        words = [not_usable_word(why) for why in told]
        assert not_usable_word("whatever they say") == "whatever they say"
    assert len(set(words)) == len(told)
    assert not set(told) & set(words)
