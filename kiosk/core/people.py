"""Finding a person of the site by a few letters of the name or of the flat."""

import unicodedata
from collections.abc import Iterable
from typing import Final

from contract.messages import PersonName

SHOWN: Final = 6


def search(people: Iterable[PersonName], query: str) -> tuple[PersonName, ...]:
    """At most SHOWN people each of whose query words begins a word of the name or flat.

    Accents and letter case do not count. Homonyms stand together, told apart by flat. A blank query
    finds nobody: staff look somebody up, they do not browse.
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
    return all(any(one.startswith(word) for one in have) for word in words)
