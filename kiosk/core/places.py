"""Where a door is, in words a person looks for: "at the bottom, on the left"."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from contract.messages import CabinetCompartment

Height = Literal["top", "middle", "bottom"]
Side = Literal["left", "middle", "right"]


@dataclass(frozen=True, slots=True)
class Place:
    """Height and side as seen by somebody in front of the lockers; None where there is no choice."""

    height: Height | None
    side: Side | None


NOWHERE = Place(None, None)


def place_of(cabinet: Sequence[CabinetCompartment], compartment: int) -> Place:
    """The place of a door among the doors of its site; NOWHERE for one that is not in the cabinet."""
    doors = [one for one in cabinet if one.kind == "lock"]
    door = next((one for one in doors if one.compartment == compartment), None)
    if door is None:
        return NOWHERE
    columns = sorted({one.column for one in doors})
    rows = sorted({one.row for one in doors if one.column == door.column})
    return Place(_height(rows.index(door.row), len(rows)), _side(columns.index(door.column), len(columns)))


def _height(rank: int, count: int) -> Height | None:
    """Thirds, counted from the top; only the ends where there are few."""
    if count < 2:
        return None
    if rank * 3 < count - 1 or rank == 0:
        return "top"
    return "bottom" if rank == count - 1 or rank * 3 > (count - 1) * 2 else "middle"


def _side(rank: int, count: int) -> Side | None:
    """Thirds, counted from the left; only the ends where there are few."""
    if count < 2:
        return None
    if rank * 3 < count - 1 or rank == 0:
        return "left"
    return "right" if rank == count - 1 or rank * 3 > (count - 1) * 2 else "middle"
