"""The drawing of a site's lockers being changed: where each place stands, how large and how high it is. Pure.

Columns and rows count from 1, top left, as the lockers declare them. The lockers own what stands where: what
is made here becomes a file for them (`as_file`), and is so once they declare it.
"""

import json
from collections.abc import Callable, Iterable
from typing import Final, Literal

from msgspec import Struct
from msgspec.structs import replace

from contract.messages import Size

MOST_COLUMNS: Final = 200
MOST_ROWS: Final = 60
MOST_CM: Final = 400
LOW_CM: Final = 60
"""Lower than this one stoops; from here up to `HIGH_CM` it is at a good height."""
HIGH_CM: Final = 140

Step = Literal["up", "down", "left", "right", "above", "below", "swap"]


class Place(Struct, frozen=True, kw_only=True):
    """One place of the drawing. Field for field what a compartment declares of itself."""

    compartment: int
    kind: str
    size: Size
    floor_cm: int
    column: int
    row: int
    label: str | None = None


Places = tuple[Place, ...]


class Change(Struct, frozen=True):
    """What is otherwise than the lockers say: the fields of `Place` that changed, in `now`."""

    before: Place
    now: Place

    @property
    def fields(self) -> tuple[str, ...]:
        """The names of what changed."""
        return tuple(name for name in Place.__struct_fields__ if self._changed(name))

    def _changed(self, name: str) -> bool:
        return bool(getattr(self.before, name) != getattr(self.now, name))


def over(declared: Places, drafted: Places) -> Places:
    """The draft of the places there are: one that came since stands as declared, one that went is no more."""
    mine = {place.compartment: place for place in drafted}
    return tuple(mine.get(place.compartment, place) for place in declared)


def changes(declared: Places, drafted: Places) -> list[Change]:
    """What the draft changes, by number."""
    now = {place.compartment: place for place in drafted}
    pairs = [(place, now.get(place.compartment, place)) for place in declared]
    return [Change(before, after) for before, after in pairs if before != after]


def measured(places: Places, number: int, size: Size, floor_cm: int, label: str | None) -> Places:
    """With another size and height; and on a shelf another name."""
    return tuple(
        replace(place, size=size, floor_cm=floor_cm, label=label) if place.compartment == number else place
        for place in places
    )


def stepped(places: Places, number: int, step: Step, target: int | None = None) -> Places:
    """With this place one step on, or beside (in place of) the target; as it was where that cannot be."""
    found = {place.compartment: place for place in places}
    place, other = found.get(number), found.get(target or 0)
    if place is None:
        return places
    if step in ("above", "below", "swap"):
        if other is None or other == place:
            return places
        if step == "swap":
            return _swapped(places, place, other)
        return _fitting(places, _beside(places, place, other, below=step == "below"))
    if step in ("up", "down"):
        return _up_or_down(places, place, -1 if step == "up" else 1)
    return _fitting(places, _sideways(places, place, -1 if step == "left" else 1))


def _up_or_down(places: Places, place: Place, by: int) -> Places:
    column = _column(places, place.column)
    at = column.index(place) + by
    return _swapped(places, place, column[at]) if 0 <= at < len(column) else places


def _sideways(places: Places, place: Place, by: int) -> Places:
    """To the next column, as far down as it was; beyond the last one into a new column."""
    columns = sorted({one.column for one in places})
    depth = _column(places, place.column).index(place)
    at = columns.index(place.column) + by
    if 0 <= at < len(columns):
        column = _column(places, columns[at])
        return _moved(places, place, columns[at], min(depth, len(column)))
    if len(_column(places, place.column)) == 1:
        return places  # it is the outermost column already
    if by > 0:
        return _moved(places, place, place.column + 1, 0)
    aside = tuple(replace(one, column=one.column + 1) for one in places)
    return _moved(aside, replace(place, column=place.column + 1), 1, 0)


def _beside(places: Places, place: Place, other: Place, *, below: bool) -> Places:
    column = [one for one in _column(places, other.column) if one != place]
    return _moved(places, place, other.column, column.index(other) + below)


def _moved(places: Places, place: Place, column: int, depth: int) -> Places:
    """Into that column, with so many places above it. Rows of the two columns are counted anew."""
    left = [one for one in _column(places, place.column) if one != place]
    into = left if column == place.column else _column(places, column)
    into = [*into[:depth], replace(place, column=column), *into[depth:]]
    anew = _counted(into) | (_counted(left) if column != place.column else {})
    return _with(places, anew.get)


def _swapped(places: Places, one: Place, other: Place) -> Places:
    """Each where the other was."""
    spots = {
        one.compartment: replace(one, column=other.column, row=other.row),
        other.compartment: replace(other, column=one.column, row=one.row),
    }
    return _with(places, spots.get)


def _column(places: Places, column: int) -> list[Place]:
    return sorted((one for one in places if one.column == column), key=lambda one: (one.row, one.compartment))


def _counted(column: Iterable[Place]) -> dict[int, Place]:
    return {one.compartment: replace(one, row=row) for row, one in enumerate(column, 1)}


def _with(places: Places, anew: Callable[[int], Place | None]) -> Places:
    return tuple(anew(place.compartment) or place for place in places)


def _fitting(before: Places, after: Places) -> Places:
    """After, unless it has more columns or rows than a drawing may."""
    fits = all(place.column <= MOST_COLUMNS and place.row <= MOST_ROWS for place in after)
    return after if fits else before


def doubtful_heights(places: Places) -> frozenset[int]:
    """The places whose height does not fit where they are drawn: further down is nearer to the floor.

    All but those that fit whichever of the others is the wrong one: of a door moved to the bottom it is that
    door, of two that changed places both.
    """
    columns = {place.column for place in places}
    return frozenset(one for column in columns for one in _not_going_down(_column(places, column)))


def _not_going_down(column: list[Place]) -> list[int]:
    """All but those in every longest run of a column that goes down."""
    above, below = _longest(column), _longest(column[::-1], upwards=True)[::-1]
    most = max(above)
    runs = [here if here + after - 1 == most else 0 for here, after in zip(above, below, strict=True)]
    return [
        place.compartment for place, run in zip(column, runs, strict=True) if not run or runs.count(run) > 1
    ]


def _longest(column: list[Place], *, upwards: bool = False) -> list[int]:
    """How many of a column at most go down (or, read from below, up) in order and end with each place."""
    found: list[int] = []
    for place in column:
        before = (
            length
            for other, length in zip(column, found, strict=False)
            if (_is_above(place, other) if upwards else _is_above(other, place))
        )
        found.append(1 + max(before, default=0))
    return found


def _is_above(upper: Place, lower: Place) -> bool:
    """Places of one shelf may stand side by side, and be drawn one above the other."""
    side_by_side = upper.kind == lower.kind == "shelf"
    return upper.floor_cm > lower.floor_cm or (side_by_side and upper.floor_cm == lower.floor_cm)


def label_taken(places: Places, number: int, label: str) -> bool:
    """Whether another place bears this name."""
    bear = (place for place in places if place.label and place.label.casefold() == label.casefold())
    return any(place.compartment != number for place in bear)


def as_file(places: Places) -> str:
    """`drawing.toml` for the lockers (installation.md): numbers, sizes and names, no word of anybody."""
    lines = [
        "# Where each place stands. Goes beside lockers.toml; then start the lockers anew.",
        "",
    ]
    for place in sorted(places, key=lambda one: one.compartment):
        lines += ["[[place]]", f"number = {place.compartment}", f'size = "{place.size}"']
        lines += [f"floor_cm = {place.floor_cm}", f"column = {place.column}", f"row = {place.row}"]
        if place.kind == "shelf" and place.label:
            lines.append(f"label = {_quoted(place.label)}")
        lines.append("")
    return "\n".join(lines)


def _quoted(text: str) -> str:
    """A TOML string: JSON's escapes are TOML's as well, and only DEL is left to write out."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
