"""A code as it is said over a telephone: in groups, each digit with the name of its drawing."""

import json
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from flask import Flask

from contract import look
from hub.web.language import chosen


@dataclass(frozen=True)
class SpokenGroup:
    """Two or three digits and what their drawings are called: here, and in the other person's language."""

    digits: str
    here: tuple[str, ...]
    there: tuple[str, ...]


def install(app: Flask) -> None:
    """For the templates that show a code to be told."""
    app.jinja_env.globals.update(spoken=spoken)


def spoken(code: str, tongue: str) -> list[SpokenGroup]:
    """The groups of a code as `look/code.html` draws them; `there` is empty for the language of this page."""
    here, there = _names(chosen()), _names(tongue) if tongue != chosen() else {}
    first = len(code) % 3 or 3
    cuts = [0, *range(first, len(code) + 1, 3)]
    groups = [code[begin:end] for begin, end in pairwise(cuts)]
    return [
        SpokenGroup(digits, tuple(here[one] for one in digits), tuple(there[one] for one in digits if there))
        for digits in groups
    ]


@cache
def _names(language: str) -> dict[str, str]:
    """The names of the ten drawings by digit; nothing for a language that has none."""
    drawings = json.loads((look.STATIC / "digits.json").read_text(encoding="utf-8"))
    return {digit: names[language] for digit, names in drawings.items() if language in names}
