"""What staff know of the places during one visit: the stock, and how far a guided round has come.

Nothing here outlives the visit. What was begun and not ended is in the bridge's next answer: an item out of
its place is in hand, a door nobody could vouch for is not usable.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final, Literal

from contract import messages as m
from kiosk.core.scans import compared, is_of_place, marks_of

What = Literal[
    "hand_over", "move", "put", "return", "somebody_else", "lost", "look", "out", "tour", "returns", "relay"
]
NEEDS: Final[dict[What, frozenset[str]]] = {
    "hand_over": frozenset({"collect"}),
    "move": frozenset({"deposit", "inspect"}),
    "put": frozenset({"deposit"}),
    "return": frozenset({"inspect"}),
    "somebody_else": frozenset({"deposit"}),
    "lost": frozenset({"inspect"}),
    "look": frozenset({"inspect"}),
    "out": frozenset({"inspect"}),
    "tour": frozenset({"inspect"}),
    "returns": frozenset({"inspect"}),
    "relay": frozenset({"deposit"}),
}
"""The rights without which a button does not exist; the bridge asks for them again."""

Standing = Literal["occupied", "unsure", "reserved", "collected", "open", "unchecked", "out", "free"]
LYING: Final[tuple[Standing, ...]] = ("occupied", "unsure")
"""Something lies there, as far as anybody knows."""
Finding = Literal["right", "missing", "strange", "damaged", "stuck", "skipped"]
Came = Literal["", "taken", "missing", "stuck", "skipped", "given"]


@dataclass(frozen=True, slots=True)
class Found:
    """What was found at one place of the round."""

    place: m.StockPlace
    finding: Finding


@dataclass(frozen=True, slots=True)
class Line:
    """One item that goes back to its carrier, where it lay, and what has become of it."""

    due: m.ReturnDue
    item: m.StockItem
    place: m.StockPlace | None
    came: Came = ""


@dataclass(frozen=True, slots=True)
class Round:
    """What goes back to one carrier, lowest door first."""

    carrier: str | None
    lines: tuple[Line, ...]

    def next(self) -> Line | None:
        """The first that nobody has looked for yet."""
        return next((line for line in self.lines if not line.came), None)

    def line(self, item: str) -> Line | None:
        """The line of this item."""
        return next((line for line in self.lines if line.item.item == item), None)

    def that(self, *came: Came) -> tuple[Line, ...]:
        """The lines that came so."""
        return tuple(line for line in self.lines if line.came in came)

    def noted(self, item: str, came: Came) -> "Round":
        """The same, this item's line come so."""
        lines = (replace(one, came=came) if one.item.item == item else one for one in self.lines)
        return replace(self, lines=tuple(lines))


@dataclass(frozen=True, slots=True)
class House:
    """`doing` is the guided round that goes on after the present step."""

    stock: m.Stock | None = None
    due: tuple[m.ReturnDue, ...] = ()
    doing: Literal["", "tour", "returns", "empty", "back", "give_back"] = ""
    found: tuple[Found, ...] = ()
    round: Round | None = None

    @property
    def places(self) -> tuple[m.StockPlace, ...]:
        """All places, in the bridge's order."""
        return self.stock.places if self.stock is not None else ()

    @property
    def in_hand(self) -> tuple[m.StockItem, ...]:
        """What staff have in hand."""
        return self.stock.in_hand if self.stock is not None else ()

    def place(self, compartment: int) -> m.StockPlace | None:
        """The place with this number."""
        return next((one for one in self.places if one.compartment == compartment), None)

    def held(self, item: str) -> m.StockItem | None:
        """An item staff have in hand."""
        return next((one for one in self.in_hand if one.item == item), None)

    def bearing(self, text: str) -> m.StockPlace | m.StockItem | None:
        """What is in hand and bears this scanned label; the place where such a thing lies, or that bears it.

        Pieces of one delivery share a label: whoever scans one has it before them.
        """
        marks = marks_of(text)
        lying = [one for one in self.places if one.item is not None and is_marked(one.item, marks)]
        lying.sort(key=lambda one: standing(one) not in LYING)
        held = (one for one in self.in_hand if is_marked(one, marks))
        there = (one for one in self.places if is_of_place(text, one.label))
        return next(held, None) or next(iter(lying), None) or next(there, None)

    def listed(self) -> tuple[m.StockPlace, ...]:
        """For the list: what may have left, what lies somewhere, then what to look at, then what is free."""
        rank = {
            "unsure": 0,
            "occupied": 1,
            "reserved": 1,
            "collected": 1,
            "open": 2,
            "unchecked": 2,
            "out": 2,
            "free": 3,
        }
        return tuple(sorted(self.places, key=lambda one: (rank[standing(one)], one.compartment)))

    def to_visit(self) -> tuple[m.StockPlace, ...]:
        """The places of the round, in its order: what should lie somewhere, then free doors in service."""
        occupied = [one for one in self.places if standing(one) in LYING]
        doors = [one for one in occupied if one.label is None]
        shelves = [one for one in occupied if one.label is not None]
        free = [one for one in self.places if one.item is None and one.label is None and not one.out]
        return (*_by_number(doors), *_by_number(shelves), *_by_number(free))

    def next_visit(self) -> m.StockPlace | None:
        """The next place of the round."""
        seen = {one.place.compartment for one in self.found}
        return next((one for one in self.to_visit() if one.compartment not in seen), None)

    def that(self, *findings: Finding) -> tuple[Found, ...]:
        """What was found so."""
        return tuple(one for one in self.found if one.finding in findings)

    def rounds(self) -> tuple[Round, ...]:
        """What is due and here, by carrier; the nameless carrier last."""
        lines = [line for due in self.due if (line := self._line(due)) is not None]
        carriers = sorted({one.due.carrier for one in lines}, key=lambda name: (name is None, name or ""))
        return tuple(Round(one, _lowest_first(lines, one)) for one in carriers)

    def _line(self, due: m.ReturnDue) -> Line | None:
        if (item := self.held(due.item)) is not None:
            return Line(due, item, None, "taken")
        for place in self.places:
            if place.item is not None and place.item.item == due.item and standing(place) in LYING:
                return Line(due, place.item, place)
        return None


def standing(place: m.StockPlace) -> Standing:
    """How a place stands, in one word; `unchecked` is given to nothing until somebody has looked.

    `unsure`: what lay there was being taken out when its door was cut short; nobody has looked since. `out`:
    empty, and out of service until staff say that it works again.
    """
    if place.item is not None and place.item.unsure:
        return "unsure"
    if place.item is not None:
        stages: dict[str, Standing] = {"claimed": "reserved", "collected": "collected"}
        return stages.get(place.item.stage, "occupied")
    if place.out:
        return "out"
    if not place.usable or (place.label is None and place.door == "unknown"):
        return "unchecked"
    return "open" if place.label is None and place.door == "open" else "free"


def is_marked(item: m.StockItem | m.ShelfItem, marks: frozenset[str]) -> bool:
    """Whether this is what bears the label that was scanned (contract.scans.labels.marks_of)."""
    return bool(item.mark) and compared(item.mark) in marks


def _by_number(places: Iterable[m.StockPlace]) -> list[m.StockPlace]:
    return sorted(places, key=lambda one: one.compartment)


def _lowest_first(lines: Iterable[Line], carrier: str | None) -> tuple[Line, ...]:
    mine = (one for one in lines if one.due.carrier == carrier)
    return tuple(sorted(mine, key=lambda one: one.place.compartment if one.place is not None else 0))
