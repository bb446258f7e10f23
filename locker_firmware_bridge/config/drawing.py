"""`drawing.toml` beside `lockers.toml`: where each place stands, as a page of the hub wrote it.

It says nothing of boards and locks, and only of places that `lockers.toml` names; what it does not name stays
as it is there.

[[place]]
number = 7
size = "M"
floor_cm = 80
column = 2
row = 3
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Final

from msgspec import Meta, Struct
from msgspec.structs import replace

from contract import settings
from contract.messages import CabinetCompartment, Compartment, Size, Word
from contract.settings import Remark

DRAWING_NAME: Final = "drawing.toml"
_MOST_PLACES = 300


class Place(Struct, frozen=True, kw_only=True):
    """One place; `label` is what is written on a shelf."""

    number: Compartment
    size: Size
    floor_cm: Annotated[int, Meta(ge=0, le=400)]
    column: Annotated[int, Meta(ge=1, le=200)]
    row: Annotated[int, Meta(ge=1, le=60)]
    label: Word | None = None


class DrawingFile(Struct, frozen=True, kw_only=True):
    """The whole file."""

    place: Annotated[tuple[Place, ...], Meta(min_length=1, max_length=_MOST_PLACES)]


def drawn(directory: Path, places: Mapping[int, CabinetCompartment]) -> dict[int, CabinetCompartment]:
    """The places as the drawing says, if there is one; raises SettingsError naming every fault at once."""
    path = directory / DRAWING_NAME
    if not path.exists():
        return dict(places)
    file = settings.load(path, DrawingFile, lambda found: _check(found, places))
    return dict(places) | {place.number: _placed(places[place.number], place) for place in file.place}


def _placed(there: CabinetCompartment, place: Place) -> CabinetCompartment:
    spot = replace(there, size=place.size, floor_cm=place.floor_cm, column=place.column, row=place.row)
    return spot if place.label is None else replace(spot, label=place.label)


def _check(file: DrawingFile, places: Mapping[int, CabinetCompartment]) -> Iterator[Remark]:
    """Places that are not there or stand twice; then two things at one spot, or with one name."""
    known, seen = True, set[int]()
    for at, place in enumerate(file.place):
        path = ("place", at, "number")
        there = places.get(place.number)
        if there is None:
            known = False
            yield Remark(path, "lockers.toml has no such place", "Fetch the drawing anew from the hub")
        elif place.label is not None and there.kind == "lock":
            yield Remark(("place", at, "label"), "a door bears its number", "Take this line out")
        if place.number in seen:
            yield Remark(path, "this place stands there twice", "Keep one of them")
        seen.add(place.number)
    if known:
        yield from _check_together(file, places)


def _check_together(file: DrawingFile, places: Mapping[int, CabinetCompartment]) -> Iterator[Remark]:
    told = {place.number for place in file.place}
    rest = [place for number, place in places.items() if number not in told]
    cells = {(place.column, place.row) for place in rest if place.kind == "lock"}
    labels = {place.label.casefold() for place in rest if place.label is not None}
    for at, place in enumerate(file.place):
        is_door = places[place.number].kind == "lock"
        if is_door and (place.column, place.row) in cells:
            yield Remark(("place", at, "row"), "another door is drawn there", "Give each its own spot")
        if place.label is not None and place.label.casefold() in labels:
            yield Remark(("place", at, "label"), "another shelf place bears it", "Label each once")
        cells |= {(place.column, place.row)} if is_door else set()
        labels |= {place.label.casefold()} if place.label is not None else set()
