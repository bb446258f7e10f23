"""What a screen says aloud: the very sentences it shows, in the order it shows them.

The pages mark each sentence of the catalogue, and each value in it, with four characters of Unicode's
private area; `phrases` reads them in the drawn page, `unmarked` takes them away before the page leaves. So no
screen can be without a voice, and none says anything else than it shows.

Spoken are the parts `say` and `act` of a screen, or of what lies over it. Not spoken: drawings, what is
disabled or hidden, what bears `data-mute`, and any sentence with a value that is neither a number nor the
label of a place: names stay on the screen. `data-say` holds what is said in the place of an element,
`data-digits` has its digits said one by one, `data-name-of` is a language that says its own name, `data-own`
holds words of the site itself, which are in the home language.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Final

from contract.prompts import HIGHEST_NUMBER, NAME, has_words, piece_id, prompt_id

_SENTENCE, _END, _VALUE, _VALUE_END = "\ue000", "\ue001", "\ue002", "\ue003"
_MARK: Final = re.compile(f"({_SENTENCE}[0-9a-f]{{16}}|[{_END}{_VALUE}{_VALUE_END}])")
_PLACE: Final = re.compile(r"([A-Za-z]{1,2}) ?([0-9]{1,3})\Z")
_VOID: Final = frozenset({"br", "hr", "img", "input", "meta", "link", "use", "rect", "path"})
_MUTE: Final = frozenset({"picture", "slip"})


HOME: Final = ""


@dataclass(frozen=True, slots=True)
class Phrase:
    """One thing said: the prompts that say it, and others that say the same where those are missing.

    `language` is named where it is not the conversation's; HOME is that of the site.
    """

    ways: tuple[tuple[str, ...], ...]
    language: str | None = None


def marked(key: str, text: str) -> str:
    """The words of a sentence, as pages bear it until it is drawn."""
    return f"{_SENTENCE}{prompt_id(key)}{text}{_END}"


def marked_value(text: str) -> str:
    """A value in such words."""
    return f"{_VALUE}{text}{_VALUE_END}"


def unmarked(page: str) -> str:
    """The page as it leaves."""
    return _MARK.sub("", page)


def phrases(page: str) -> tuple[Phrase, ...]:
    """All that the marked page of a screen says; what lies over it hushes the rest."""
    listener = _Listener()
    listener.feed(page)
    listener.close()
    return tuple(listener.over.said if listener.is_covered else listener.screen.said)


def number_phrase(digits: str) -> Phrase:
    """A number as a number, or by its digits; a long one by its digits alone."""
    one_by_one = tuple(map(prompt_id, digits))
    is_number = int(digits) <= HIGHEST_NUMBER and (digits == "0" or digits[0] != "0")
    return Phrase(((prompt_id(digits),), one_by_one) if is_number else (one_by_one,))


def _value_phrases(value: str) -> tuple[Phrase, ...]:
    """How a value is said; nothing for what is no number and no place."""
    if value.isascii() and value.isdigit():
        return (number_phrase(value),)
    if place := _PLACE.match(value):
        letters = tuple(map(prompt_id, place[1].upper()))
        return Phrase((letters,)), number_phrase(place[2])
    return ()


@dataclass(slots=True)
class _Sentence:
    id: str
    said: list[Phrase] = field(default_factory=list)
    literal: str = ""
    piece: int = 0
    value: str | None = None
    before_value: int = 0
    is_silent: bool = False

    def say_literal(self, prompt: str) -> None:
        if has_words(self.literal):
            self.said.append(Phrase(((prompt,),)))
        self.literal = ""


@dataclass(slots=True)
class _Speech:
    """Marked text in, phrases out."""

    said: list[Phrase] = field(default_factory=list)
    open: list[_Sentence] = field(default_factory=list)

    def hear(self, text: str) -> None:
        for token in _MARK.split(text):
            match token[:1]:
                case "\ue000":
                    self.open.append(_Sentence(token[1:]))
                case "":
                    pass
                case _ if not self.open:
                    pass  # words that are no sentence of ours: a name, a number in a drawing
                case "\ue001":
                    self._end(self.open.pop())
                case "\ue002":
                    self._begin_value(self.open[-1])
                case "\ue003":
                    self._end_value(self.open[-1])
                case _:
                    self._text(self.open[-1], token)

    def add(self, phrases: Iterable[Phrase]) -> None:
        (self.open[-1].said if self.open else self.said).extend(phrases)

    def _text(self, sentence: _Sentence, text: str) -> None:
        if sentence.value is None:
            sentence.literal += text
        else:
            sentence.value += text

    def _begin_value(self, sentence: _Sentence) -> None:
        sentence.say_literal(piece_id(sentence.id, sentence.piece))
        sentence.piece += 1
        sentence.value, sentence.before_value = "", len(sentence.said)

    def _end_value(self, sentence: _Sentence) -> None:
        value, sentence.value = (sentence.value or "").strip(), None
        if len(sentence.said) > sentence.before_value:
            return
        said = _value_phrases(value)
        sentence.said.extend(said)
        sentence.is_silent = sentence.is_silent or not said

    def _end(self, sentence: _Sentence) -> None:
        last = piece_id(sentence.id, sentence.piece) if sentence.piece else sentence.id
        sentence.say_literal(last)
        if not sentence.is_silent:
            self.add(sentence.said)


@dataclass(frozen=True, slots=True)
class _Element:
    tag: str
    is_said: bool = False
    is_mute: bool = False
    is_over: bool = False
    has_digits: bool = False


class _Listener(HTMLParser):
    """Reads a page and hears what is said in it."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.screen, self.over = _Speech(), _Speech()
        self.is_covered = False
        self._open = [_Element("")]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _VOID:
            return
        given = dict(attrs)
        element = _inside(self._open[-1], tag, given)
        self.is_covered = self.is_covered or element.is_over
        self._open.append(element)
        if element.is_said and not self._open[-2].is_mute:
            self._say_instead(element, given)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Nothing is in it."""

    def handle_endtag(self, tag: str) -> None:
        if tag not in _VOID and len(self._open) > 1:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        here = self._open[-1]
        if not here.is_said or here.is_mute:
            return
        if here.has_digits:
            self._speech(here).add(
                number_phrase(digit) for digit in data if digit.isascii() and digit.isdigit()
            )
        else:
            self._speech(here).hear(data)

    def _say_instead(self, element: _Element, given: dict[str, str | None]) -> None:
        if name := given.get("data-name-of"):
            self._speech(element).add([Phrase(((prompt_id(NAME),),), name)])
        elif own := given.get("data-own"):
            self._speech(element).add([Phrase(((prompt_id(own),),), HOME)])
        elif words := given.get("data-say"):
            self._speech(element).hear(words)

    def _speech(self, element: _Element) -> _Speech:
        return self.over if element.is_over else self.screen


def _inside(above: _Element, tag: str, given: dict[str, str | None]) -> _Element:
    """What holds in an element of this tag and these attributes."""
    classes = frozenset((given.get("class") or "").split())
    return _Element(
        tag,
        is_said=above.is_said or bool(classes & {"say", "act"}),
        is_mute=above.is_mute or _is_mute(tag, classes, given),
        is_over=above.is_over or "over" in classes,
        has_digits=above.has_digits or "data-digits" in given,
    )


def _is_mute(tag: str, classes: frozenset[str], given: dict[str, str | None]) -> bool:
    return (
        tag == "svg"
        or bool(classes & _MUTE)
        or any(
            name in given
            for name in ("data-mute", "data-say", "data-name-of", "data-own", "hidden", "disabled")
        )
        or given.get("aria-hidden") == "true"
        or given.get("role") == "img"
    )
