"""What kinds of places there are, and what a new one begins with. Pure."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal, get_args

from contract.messages import Size

PlaceKind = Literal["district", "company", "shared", "care"]
KINDS: Final[tuple[PlaceKind, ...]] = get_args(PlaceKind)

KEEPING_DAYS: Final[dict[PlaceKind, dict[str, int]]] = {"care": {"parcel": 14, "letter": 14}}
"""How long a new place keeps things, where it is not as hub.core.deadlines.DAYS: people in care are away."""

SERVICES: Final[dict[PlaceKind, tuple[str, ...]]] = {
    "district": ("shoe", "phone", "basket"),
    "company": ("shirt", "shoe", "basket"),
    "shared": ("basket", "bike", "phone"),
    "care": ("shirt", "basket", "phone"),
}
"""What is offered first at such a place: pictures of hub.core.catalogue."""


@dataclass(frozen=True)
class Cabinet:
    """Lockers as they are sold: for each column its doors from top to bottom; none for a shelf alone."""

    id: str
    columns: tuple[tuple[Size, ...], ...]

    @property
    def doors(self) -> int:
        """How many doors."""
        return sum(map(len, self.columns))


_TALL: Final[tuple[Size, ...]] = ("S", "S", "S", "M", "M", "L")
_MIXED: Final[tuple[Size, ...]] = ("S", "S", "M", "M", "L")
CABINETS: Final = (
    Cabinet("shelf", ()),
    Cabinet("small", (_TALL,)),
    Cabinet("medium", (_TALL, _TALL)),
    Cabinet("large", (_TALL, _MIXED, _TALL, _MIXED)),
)


def cabinet(name: str) -> Cabinet | None:
    """The one of this name."""
    return next((one for one in CABINETS if one.id == name), None)


def site_id(name: str, taken: Iterable[str]) -> str:
    """A short name of a-z, 0-9 and - for a place, that none has yet."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    words = [word for word in re.split(r"[^a-z0-9]+", plain) if word and word not in _LITTLE]
    short = "-".join(words)[:MOST_LETTERS].strip("-") or "lieu"
    known = set(taken)
    return next(one for one in (short, *(f"{short}-{n}" for n in range(2, 10_000))) if one not in known)


MOST_LETTERS: Final = 24
"""The names of its devices begin with it, and have at most 40."""
_LITTLE: Final = frozenset({"conciergerie", "de", "du", "des", "la", "le", "les", "l", "d", "et", "a"})
