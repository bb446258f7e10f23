"""Finding a person of the site by a few letters of the name or of the flat, or by the pad's keys."""

import unicodedata
from collections.abc import Iterable
from typing import Final

from contract.messages import PersonName

SHOWN: Final = 6
KEYS: Final = ("", "", "abc", "def", "ghi", "jkl", "mno", "pqrs", "tuv", "wxyz")
"""The letters on the keys 0 to 9, as on a telephone: one press a letter finds a name."""
_KEY_OF: Final = str.maketrans({letter: str(key) for key, letters in enumerate(KEYS) for letter in letters})


def search(people: Iterable[PersonName], query: str) -> tuple[PersonName, ...]:
    """At most SHOWN people each of whose query words begins a word of the name or flat.

    A query word is letters, or the keys that bear them. Accents and letter case do not count. Homonyms
    stand together, told apart by flat. A blank query finds nobody: staff look somebody up, they do not
    browse.
    """
    words = plain(query).split()
    if not words:
        return ()
    fits = [person for person in people if _fits(plain(f"{person.name} {person.flat}").split(), words)]
    return tuple(sorted(fits, key=lambda person: (plain(person.name), person.flat, person.person))[:SHOWN])


def plain(text: str) -> str:
    """Letters without accents, in lower case; hyphens and apostrophes part words."""
    parted = unicodedata.normalize("NFKD", text.casefold())
    return "".join(" " if mark in "-'’." else mark for mark in parted if not unicodedata.combining(mark))


def _fits(have: list[str], words: list[str]) -> bool:
    pressed = [one.translate(_KEY_OF) for one in have]
    return all(any(one.startswith(word) for one in (*have, *pressed)) for word in words)
