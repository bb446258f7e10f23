"""What the kiosk says aloud, as the hub's page lists it for whoever records it in their own voice.

A prompt is one short file. Its id is made from what it stands for, whatever the language: a sentence of the
catalogue (its English key); one piece of a sentence that has values, counted from 0 in the order of the
language; a number, a letter, or the language's own name. Which sentences there are: contract.prompts.listed.
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from string import ascii_uppercase
from typing import Final

HIGHEST_NUMBER: Final = 99
"""Numbers up to this one are prompts; higher ones are said digit by digit."""
NAME: Final = "@name"
"""The key of a language's own name."""
_VALUE: Final = re.compile(r"%\(\w+\)[sd]")
_AROUND: Final = " \n\u00a0\u202f:()"
_LETTER: Final = re.compile(r"[^\W\d_]")


@dataclass(frozen=True, slots=True)
class Prompt:
    """One thing to record: its id, and the words to say."""

    id: str
    text: str


def prompt_id(key: str) -> str:
    """The prompt of a whole sentence without values, of a number, of a letter: 16 hex digits."""
    return hashlib.sha256(key.encode()).hexdigest()[:16]


def piece_id(sentence: str, piece: int) -> str:
    """The prompt of one piece of the sentence with this prompt id."""
    return prompt_id(f"{sentence}/{piece}")


def has_words(text: str) -> bool:
    """Whether there is anything to say in it."""
    return bool(_LETTER.search(text))


def pieces(key: str, text: str) -> Iterator[Prompt]:
    """What is to be said of one sentence, `text` being its words in some language."""
    parts = _VALUE.split(text)
    whole = prompt_id(key)
    for number, part in enumerate(parts):
        if has_words(part):
            yield Prompt(whole if len(parts) == 1 else piece_id(whole, number), part.strip(_AROUND))


def values() -> Iterator[Prompt]:
    """Numbers and letters: as they are written."""
    for key in (*map(str, range(HIGHEST_NUMBER + 1)), *ascii_uppercase):
        yield Prompt(prompt_id(key), key)
