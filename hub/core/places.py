"""What kinds of places there are, which lockers a new one gets, and what it begins with. Pure."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final, Literal, get_args

from contract.messages import CabinetCompartment, Size

PlaceKind = Literal["district", "company", "shared", "care"]
KINDS: Final[tuple[PlaceKind, ...]] = get_args(PlaceKind)

KEEPING_DAYS: Final[dict[PlaceKind, dict[str, int]]] = {"care": {"parcel": 14, "letter": 14}}
"""How long a new place keeps things, where it is not as hub.core.deadlines.DAYS: people in care are away."""


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


MOST_SHELVES: Final = 40
FIRST_SHELF: Final = 101
"""Shelf places bear numbers no door has."""
_FLOOR_CM: Final[dict[Size, int]] = {"S": 30, "M": 40, "L": 55, "XL": 80}
"""How high a compartment is, so that the one above it begins there."""
_LOCKS: Final = 16
"""On one board."""


@dataclass(frozen=True)
class Plan:
    """Lockers and shelf places of a site, as its card keeps them: `medium/4`."""

    cabinet: Cabinet
    shelves: int

    @property
    def text(self) -> str:
        """As it is kept."""
        return f"{self.cabinet.id}/{self.shelves}"

    @property
    def places(self) -> tuple[CabinetCompartment, ...]:
        """All of it, as it is drawn."""
        return (*self._doors(), *self._shelves())

    def _doors(self) -> Iterator[CabinetCompartment]:
        number = 0
        for column, sizes in enumerate(self.cabinet.columns, 1):
            for row, size in enumerate(sizes, 1):
                number += 1
                below = sum(_FLOOR_CM[one] for one in sizes[row:])
                yield CabinetCompartment(
                    compartment=number, kind="lock", size=size, floor_cm=10 + below, column=column, row=row
                )

    def _shelves(self) -> Iterator[CabinetCompartment]:
        for place in range(self.shelves):
            column = len(self.cabinet.columns) + 1 + place // _SHELVES_IN_A_COLUMN
            yield CabinetCompartment(
                compartment=FIRST_SHELF + place,
                kind="shelf",
                size="XL",
                floor_cm=100,
                column=column,
                row=place % _SHELVES_IN_A_COLUMN + 1,
                label=f"{_LETTERS[place // _SHELVES_IN_A_COLUMN]}{place % _SHELVES_IN_A_COLUMN + 1}",
            )


_SHELVES_IN_A_COLUMN: Final = 4
_LETTERS: Final = "ABCDEFGHJK"


def plan_of(text: str) -> Plan | None:
    """What a card says; None where nobody chose yet."""
    name, _, number = text.partition("/")
    found = next((one for one in CABINETS if one.id == name), None)
    plain = number.isascii() and number.isdecimal() and len(number) < 3
    if found is None or not plain or int(number) > MOST_SHELVES:
        return None
    return Plan(found, int(number)) if found.columns or int(number) else None


def lockers_toml(plan: Plan) -> str:
    """What the lockers' program starts from. Whole where there is only a shelf; with doors, port and family
    of the boards are still to be written, which only who stands before them knows.
    """
    lines = ["# Written by the hub for a new place. Check it at the lockers: conciergerie lockers test."]
    doors = [one for one in plan.places if one.kind == "lock"]
    if doors:
        lines += ["", *_bus(len(doors))]
    for place in plan.places:
        lines += ["", *(_shelf_lines(place) if place.kind == "shelf" else _door_lines(place))]
    return "\n".join(lines) + "\n"


def _bus(doors: int) -> Iterator[str]:
    yield "# Write the port here (ls -l /dev/serial/by-id/) and the family of the boards, or let"
    yield "# `conciergerie lockers learn` write the whole file, door after door."
    yield "[[bus]]"
    yield 'name = "hall"'
    yield 'url = "/dev/serial/by-id/CHANGE-ME"'
    for board in range((doors + _LOCKS - 1) // _LOCKS):
        yield ""
        yield "[[bus.board]]"
        yield 'family = "cu16"'
        yield f"address = {board}"
        yield f"locks = {min(_LOCKS, doors - board * _LOCKS)}"


def _door_lines(place: CabinetCompartment) -> Iterator[str]:
    yield "[[compartment]]"
    yield f"number = {place.compartment}"
    yield f"board = {(place.compartment - 1) // _LOCKS}"
    yield f"lock = {(place.compartment - 1) % _LOCKS + 1}"
    yield from _where(place)


def _shelf_lines(place: CabinetCompartment) -> Iterator[str]:
    yield "[[shelf]]"
    yield f"number = {place.compartment}"
    yield f'label = "{place.label}"'
    yield from _where(place)


def _where(place: CabinetCompartment) -> Iterator[str]:
    yield f'size = "{place.size}"'
    yield f"floor_cm = {place.floor_cm}"
    yield f"column = {place.column}"
    yield f"row = {place.row}"


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
