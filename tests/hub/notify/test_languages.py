"""What people are told is told in each of their languages: completely, in its direction, and short."""

import re
import unicodedata
from dataclasses import replace
from pathlib import Path

import pytest
from babel.messages import Message
from babel.messages.extract import extract_from_dir, extract_from_file
from babel.messages.pofile import read_po

import hub.notify
import hub.web
import kiosk.web
from deploy.catalogues import compile_stale
from hub.core.notices import Kind
from hub.core.sms import length
from hub.core.templates import FIELDS, fault, fill
from hub.notify.texts import (
    LANGUAGES,
    TRANSLATIONS,
    Waiting,
    Where,
    default,
    direction,
    field_values,
    words_of,
    write,
)
from hub.web.language import TALKED

SLIP = Path(hub.web.__file__).parent / "templates/slip_paper.html"
KEYWORDS = {"_": None, "ngettext": (1, 2)}
MARKS = re.compile(r"%\(\w+\)[sd]|\{\w+\}")
each_kind = pytest.mark.parametrize("kind", sorted(FIELDS))
each_catalogue = pytest.mark.parametrize("tongue", ["ar", "sq"])
each_language = pytest.mark.parametrize("tongue", LANGUAGES)


@pytest.fixture(scope="module", autouse=True)
def compiled() -> None:
    compile_stale()


def told_by_messages() -> set[str]:
    """Every text of messages."""
    texts = extract_from_dir(Path(hub.notify.__file__).parent, [("**.py", "python")], keywords=KEYWORDS)
    return {one if isinstance(one, str) else one[0] for _, _, one, *_ in texts}


def told() -> set[str]:
    """Every text of messages and slips."""
    paper = [message for _, message, *_ in extract_from_file("jinja2", SLIP, keywords=KEYWORDS)]
    return told_by_messages() | {one if isinstance(one, str) else one[0] for one in paper}


def catalogue(tongue: str) -> list[Message]:
    with (TRANSLATIONS / tongue / "LC_MESSAGES/messages.po").open("rb") as file:
        return [one for one in read_po(file, locale=tongue, abort_invalid=True) if one.id]


def source(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def forms(message: Message) -> list[str]:
    return [message.string] if isinstance(message.string, str) else list(message.string or ())


def about(kind: Kind, count: int = 3, where: Where = "lockers") -> Waiting:
    hours = "lun-ven 9h-12h, jeu 14h-19h"
    return Waiting(kind, "Résidence Borny", count, True, where, "27483190", "Samia", hours, 2)


def test_people_can_be_told_in_every_language_they_may_have() -> None:
    assert set(LANGUAGES) == set(TALKED)


@each_catalogue
def test_what_people_are_told_is_translated_and_nothing_is_left_over(tongue: str) -> None:
    messages = catalogue(tongue)
    assert {source(one) for one in messages if forms(one) and all(forms(one))} == told()
    assert [source(one) for one in messages if one.fuzzy] == []


@each_catalogue
def test_the_slip_says_the_same_as_that_of_the_kiosk(tongue: str) -> None:
    path = Path(kiosk.web.__file__).parent / "translations" / tongue / "LC_MESSAGES/messages.po"
    with path.open("rb") as file:
        there = {source(one): one.string for one in read_po(file, locale=tongue)}
    paper = {message for _, message, *_ in extract_from_file("jinja2", SLIP, keywords=KEYWORDS)}
    here = {source(one): one.string for one in catalogue(tongue) if one.id in paper}
    shared = here.keys() & there.keys()
    assert "Something is waiting for you. Your code:" in shared
    assert {one: here[one] for one in shared} == {one: there[one] for one in shared}


@each_catalogue
def test_a_translation_has_no_field_its_source_lacks(tongue: str) -> None:
    for one in catalogue(tongue):
        for form in forms(one):
            assert set(MARKS.findall(form)) <= set(MARKS.findall(source(one))), form


@each_kind
@each_language
def test_the_usual_text_is_one_a_site_could_have_written(tongue: str, kind: Kind) -> None:
    assert fault(kind, default(kind, tongue)) is None


@each_kind
@each_language
def test_a_text_message_is_two_parts_at_most(tongue: str, kind: Kind) -> None:
    for count in (1, 2, 3, 12):
        for where in ("lockers", "counter", "both"):
            body = write(about(kind, count, where), "sms", tongue).body
            counted = length(body)
            assert counted.parts <= 2, (body, counted)
            assert counted.coding == ("UCS-2" if tongue == "ar" else "GSM-7")


@each_language
def test_what_is_not_theirs_says_neither_whose_it_is_nor_a_code(tongue: str) -> None:
    texts = set()
    for count in (1, 2, 3):
        for parcels in (True, False):
            for more in (True, False):
                told = replace(about("not_yours", count), parcels=parcels, more=more)
                body = write(told, "sms", tongue).body
                assert not re.search(r"[0-9{}%]", body)
                assert length(body).parts <= 2
                texts.add(body)
    assert len(texts) >= 6, "one or several, parcels or not, and whether something else waits"


def test_no_word_of_a_french_text_loses_an_accent_as_sms() -> None:
    """The cheap alphabet has é, è, à and ù alone. What a receipt calls its word stays its name."""
    words = words_of("fr")
    written = {one: (words.gettext(one), words.ngettext(one, one, 2)) for one in told_by_messages()}
    lost = {form for forms in written.values() for form in forms if re.search("[âêîôûëïÿçœ]", form.lower())}
    assert lost == {"Mot de contrôle\u00a0: %(word)s."}


@each_kind
@each_language
def test_a_subject_has_no_code_and_says_the_place(tongue: str, kind: Kind) -> None:
    title = write(about(kind), "email", tongue).title
    assert "483" not in title
    assert "Résidence Borny" in title


@each_kind
def test_an_arabic_message_begins_with_an_arabic_letter_and_has_latin_digits(kind: Kind) -> None:
    body = write(about(kind), "sms", "ar").body
    strong = next(sign for sign in body if unicodedata.bidirectional(sign) in ("L", "R", "AL"))
    assert unicodedata.bidirectional(strong) == "AL", "many telephones take the direction from there"
    assert not re.search(r"(?![0-9])\d", body)


def shown_from_left(line: str) -> str:
    """How a line of Arabic is shown, by the rules that matter here (UAX 9: W2, W4, W7, N1, N2, L2)."""
    kinds = [unicodedata.bidirectional(sign) for sign in line]
    strong, before = "R", []
    for place, kind in enumerate(kinds):
        if kind in ("L", "R", "AL"):
            strong = "L" if kind == "L" else "R"
        elif kind == "EN" and strong == "L":
            kinds[place] = "L"
        before.append(strong)
    runs = ["L" if kind == "L" else "N" if kind in ("WS", "CS", "ON", "ES") else kind for kind in kinds]
    for place, run in enumerate(runs):
        if run == "N":
            left = next((one for one in reversed(runs[:place]) if one != "N"), "R")
            right = next((one for one in runs[place:] if one != "N"), "R")
            runs[place] = "L" if left == right == "L" else "R"
    levels = [1 if run in ("R", "AL") else 2 for run in runs]
    signs = list(line)
    for level in (2, 1):
        start = 0
        while start < len(signs):
            end = start
            while end < len(signs) and levels[end] >= level:
                end += 1
            signs[start:end] = reversed(signs[start:end])
            levels[start:end] = list(reversed(levels[start:end]))
            start = max(end, start + 1)
    return "".join(signs)


def test_the_groups_of_a_code_stand_from_left_to_right_amid_arabic() -> None:
    line = fill("رمزكم: {code}.", field_values(about("ready"), "ar"))[0]
    assert "27 483 190" in shown_from_left(line)
    assert "27 483 190" not in shown_from_left(line.replace("\u200e", "")), "else the mark is for nothing"


def test_an_e_mail_runs_as_its_language_does_and_holds_no_markup_of_others() -> None:
    text = write(about("ready"), "email", "ar", "<b>{site}</b> {nouvelle} {code}")
    assert text.html().startswith('<div lang="ar" dir="rtl"><p>&lt;b&gt;Résidence Borny')
    assert direction("sq") == "ltr"


@pytest.mark.parametrize(
    ("days", "today", "said"),
    [
        (None, False, ""),
        (0, False, ""),
        (0, True, ""),
        (1, True, "C’est le dernier jour."),
        (1, False, "Il vous reste 1 jour."),
        (5, False, "Il vous reste 5 jours."),
    ],
)
def test_days_left_are_told_where_they_are_known(days: int | None, today: bool, said: str) -> None:
    about_it = Waiting("reminder", "Borny", 1, True, "lockers", "27483190", "", "", days, today)
    assert field_values(about_it, "fr")["delai"] == said
    body = write(about_it, "sms", "fr").body
    assert ("reste" in body or "dernier" in body) is bool(said)
