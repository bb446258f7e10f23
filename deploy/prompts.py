"""Writes down what the kiosk says aloud: `python -m deploy.prompts`, after a change of its words.

The sentences are those of the templates that draw screens, and of the words that depend on a value; what
stands around them, the bar and the page's title, no voice says.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

import kiosk
from contract.prompts.listed import SENTENCES

_KIOSK: Final = Path(kiosk.__file__).parent
_SPOKEN: Final = [
    ("web/words.py", "python"),
    ("web/drop_words.py", "python"),
    ("web/relay_words.py", "python"),
    ("web/templates/kiosk/parts.html", "jinja2"),
    ("web/templates/kiosk/closed.html", "jinja2"),
    ("web/templates/kiosk/drop.html", "jinja2"),
    ("web/templates/kiosk/relay.html", "jinja2"),
    ("web/templates/kiosk/screens/**.html", "jinja2"),
    ("web/templates/kiosk/over/**.html", "jinja2"),
]
_FIRST: Final = ("/start.", "/typing.", "/opening.", "/door_", "/thanks.", "/screens/", "/over/", "")
_CATALOGUES: Final = "web/translations/*/LC_MESSAGES/messages.po"


_UNSAID: Final = frozenset(
    {
        "%(seconds)s s",
        "A ticket: the code stands below the word Code",
        "Confirm",
        "Drawing of the lockers",
        "Erase",
        "QR code of the ticket",
        "Shelf",
        "open",
        "opening",
        "stuck",
    }
)
"""What stands in drawings and on keys, or is said in other words."""


def spoken() -> dict[str, dict[str, str]]:
    """Every sentence of the screens, with its words by language."""
    catalogues = {path.parent.parent.name: _words(path) for path in sorted(_KIOSK.glob(_CATALOGUES))}
    tongues = sorted(catalogues, key=lambda tongue: (tongue != "fr", tongue))
    return {
        key: {"fr": key, "en": key} | {tongue: catalogues[tongue].get(key, key) for tongue in tongues}
        for key in dict.fromkeys(_keys())
    }


def written(sentences: dict[str, dict[str, str]]) -> str:
    """As it stands in the file."""
    return json.dumps(sentences, ensure_ascii=False, indent=1) + "\n"


def _keys() -> Iterator[str]:
    """Sentences, without those that are counted and those with a name: no voice says them."""
    found = extract_from_dir(_KIOSK, method_map=_SPOKEN, keywords={"_": None})
    for _, _, text, _, _ in sorted(found, key=lambda one: (_rank(one[0]), one[0], one[1])):
        if isinstance(text, str) and text not in _UNSAID and "%(name)s" not in text:
            yield text


def _rank(path: str) -> int:
    """What is heard most often stands first: whoever records begins there."""
    return next(rank for rank, name in enumerate(_FIRST) if name in path)


def _words(path: Path) -> dict[str, str]:
    with path.open("rb") as file:
        return {str(one.id): str(one.string) for one in read_po(file) if one.id and one.string}


def main() -> int:
    """Write the file anew."""
    SENTENCES.write_text(written(spoken()), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
