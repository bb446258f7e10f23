"""What is heard of a marked page: its sentences in order, values one by one, and never a name."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.prompts import NAME, Prompt, piece_id, pieces, prompt_id
from kiosk.core.voice import HOME, Phrase, marked, marked_value, phrases, unmarked


def sentence(key: str, text: str | None = None, **values: str) -> str:
    """A sentence as the pages draw it."""
    return marked(key, (text or key) % {name: marked_value(value) for name, value in values.items()})


def said(page: str) -> list[str | None]:
    """The first prompt of every phrase."""
    return [phrase.ways[0][0] for phrase in phrases(page)]


def say(*parts: str) -> str:
    """The part of a screen that is said."""
    return f"<div class=say>{''.join(parts)}</div>"


def test_sentences_are_said_in_the_order_they_stand() -> None:
    page = say(f"<h1>{sentence('Hello!')}</h1>") + f"<div class=act><button>{sentence('Help')}</button></div>"
    assert said(page) == [prompt_id("Hello!"), prompt_id("Help")]


def test_what_stands_around_is_not_said() -> None:
    page = f"<header>{sentence('Staff')}</header>{say('Besnik Hoxha 12')}<nav>{sentence('Back')}</nav>"
    assert phrases(page) == ()


@pytest.mark.parametrize(
    "attribute", ["disabled", "hidden", "data-mute", 'aria-hidden="true"', 'class="picture"']
)
def test_what_is_hidden_or_off_or_a_drawing_is_not_said(attribute: str) -> None:
    page = say(f"<p {attribute}>{sentence('Help')}<br><b>{sentence('Back')}</b></p>", sentence("Hello!"))
    assert said(page) == [prompt_id("Hello!")]


def test_what_lies_over_the_screen_hushes_it() -> None:
    page = f"{say(sentence('Hello!'))}<section class=over>{say(sentence('Help'))}</section>"
    assert said(page) == [prompt_id("Help")]


def test_a_number_is_said_between_the_pieces_of_its_sentence() -> None:
    key, whole = "Door %(number)s is open.", prompt_id("Door %(number)s is open.")
    page = f"<div class=say>{sentence(key, number='12')}</div>"
    one_by_one = (prompt_id("1"), prompt_id("2"))
    assert phrases(page) == (
        Phrase(((piece_id(whole, 0),),)),
        Phrase(((prompt_id("12"),), one_by_one)),
        Phrase(((piece_id(whole, 1),),)),
    )
    assert list(pieces(key, "La porte %(number)s est ouverte.")) == [
        Prompt(piece_id(whole, 0), "La porte"),
        Prompt(piece_id(whole, 1), "est ouverte."),
    ]


def test_the_order_of_pieces_is_that_of_the_language() -> None:
    key = "%(number)s of %(total)s"
    page = f"<div class=say>{sentence(key, 'von %(total)s: %(number)s', number='1', total='3')}</div>"
    assert said(page) == [piece_id(prompt_id(key), 0), prompt_id("3"), prompt_id("1")]


@pytest.mark.parametrize("name", ["Aïcha Benmansour", "Li", "12 rue des Lilas", "2²"])
def test_a_sentence_with_a_name_is_not_said_at_all(name: str) -> None:
    assert phrases(f"<div class=say>{sentence('For %(name)s.', name=name)}</div>") == ()


def test_a_place_is_spelled_and_a_long_number_is_said_digit_by_digit() -> None:
    page = say(sentence("%(p)s", p="B4"), sentence("%(n)s", n="120"), sentence("%(m)s", m="07"))
    ways = [phrase.ways for phrase in phrases(page)]
    assert ways == [
        ((prompt_id("B"),),),
        ((prompt_id("4"),), (prompt_id("4"),)),
        ((prompt_id("1"), prompt_id("2"), prompt_id("0")),),
        ((prompt_id("0"), prompt_id("7")),),
    ]


def test_an_element_may_say_something_else_than_it_shows() -> None:
    seconds = f'<b data-say="{sentence("%(s)s seconds", s="15")}">15 s</b>'
    page = f"<div class=say>{sentence('Again in %(time)s.', time=seconds)}</div>"
    again, whole = prompt_id("Again in %(time)s."), prompt_id("%(s)s seconds")
    assert said(page) == [piece_id(again, 0), prompt_id("15"), piece_id(whole, 1)]


def test_telephones_names_of_languages_and_words_of_the_site() -> None:
    page = say("<b data-digits>03 87</b><button data-name-of=sq>Shqip</button><i data-own='Samia'>Samia</i>")
    assert said(page) == [*map(prompt_id, "0387"), prompt_id(NAME), prompt_id("Samia")]
    assert [phrase.language for phrase in phrases(page)[-2:]] == ["sq", HOME]


def test_no_mark_leaves_with_the_page() -> None:
    page = f"<p title='{sentence('Help')}'>{sentence('Door %(number)s.', number='12')}</p>"
    assert unmarked(page) == "<p title='Help'>Door 12.</p>"


@given(
    st.lists(
        st.sampled_from(
            [
                "\ue000",
                "\ue000" + "a" * 16,
                "\ue001",
                "\ue002",
                "\ue003",
                "x",
                "7",
                "<",
                "</p>",
                "<div class=say>",
            ]
        )
    )
)
def test_marks_in_any_disorder_stop_nobody(tokens: list[str]) -> None:
    page = "<div class=say>" + "".join(tokens)
    phrases(page)
    assert not any(mark in unmarked(page) for mark in ("\ue001", "\ue002", "\ue003"))
