"""The sentences the kiosk says, in every language it has words for.

`sentences.json` is written by `python -m deploy.prompts` from the kiosk's templates and catalogues; a test
compares it with them.
"""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final

from contract.prompts import NAME, Prompt, pieces, prompt_id, values

SENTENCES: Final = Path(__file__).parent / "sentences.json"


@cache
def sentences() -> Mapping[str, Mapping[str, str]]:
    """Every sentence by its English key: its words by language, French among them."""
    found: dict[str, dict[str, str]] = json.loads(SENTENCES.read_text("utf-8"))
    return found


def prompts(language: str) -> tuple[Prompt, ...]:
    """All that can be recorded in a language, in its words where there are some, else in French.

    The language's own name comes first, without words: whoever records it knows it.
    """
    said = [
        piece for key, words in sentences().items() for piece in pieces(key, words.get(language, words["fr"]))
    ]
    return (Prompt(prompt_id(NAME), ""), *said, *values())
