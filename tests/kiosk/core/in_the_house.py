"""A small house for dialogues: two parcels behind doors, a letter on the shelf, a free and a strange door."""

from contract import messages as m
from kiosk.core import house_events as he
from kiosk.core import house_screens as h
from tests.kiosk.core.dialogue import Dialogue, signed_in

ALL_RIGHTS = ("deposit", "collect", "inspect")
COLETTE = m.PersonName(person="p-1", name="Colette Schwartz", flat="A 12")
MOHAMED = m.PersonName(person="p-2", name="Mohamed Amrani", flat="B 3")


def thing(
    item: str, person: str = "p-1", kind: m.ItemKind = "parcel", stage: str = "held", mark: str = ""
) -> m.StockItem:
    return m.StockItem(item=item, person=person, kind=kind, size="M", stage=stage, mark=mark)  # type: ignore[arg-type]


def place(
    compartment: int, item: m.StockItem | None = None, *, usable: bool = True, label: str | None = None
) -> m.StockPlace:
    return m.StockPlace(
        compartment=compartment, allocation=1, door="closed", usable=usable, label=label, item=item
    )


ONE, TWO = thing("i-1"), thing("i-2", "p-2")
LETTER = thing("i-3", "p-2", "registered_letter")
HELD = thing("i-4", stage="in_hand")
STOCK = m.Stock(
    places=(place(1, ONE), place(2), place(3, TWO), place(4, usable=False), place(101, LETTER, label="B4"))
)
DUE = (
    m.ReturnDue(item="i-1", carrier="Colissimo", label="6A1"),
    m.ReturnDue(item="i-2", carrier="Colissimo", label="6A2"),
    m.ReturnDue(item="i-9", carrier="UPS", label="1Z9"),
)


def here(
    stock: m.Stock = STOCK, rights: tuple[str, ...] = ALL_RIGHTS, due: tuple[m.ReturnDue, ...] = ()
) -> Dialogue:
    """Staff look at what lies where."""
    told = signed_in(rights=rights).on(he.StockWanted(due)).answers(stock)
    told.shows(h.WhatIsHere)
    return told


def at_place(compartment: int, rights: tuple[str, ...] = ALL_RIGHTS) -> Dialogue:
    told = here(rights=rights).on(he.PlaceChosen(compartment))
    told.shows(h.AtPlace)
    return told


def asked(told: Dialogue) -> m.AskBody:
    """The last ask."""
    return told.asks[-1]


def does(told: Dialogue, *tasks: he.Task) -> Dialogue:
    return told.on(*(he.Do(task) for task in tasks))


def says(told: Dialogue, answer: he.Answer) -> Dialogue:
    return told.on(he.Said(answer))


def door(told: Dialogue, *states: str, tries_left: int = 0) -> Dialogue:
    """Steps of the door on the screen."""
    screen = told.shows(h.AtDoor)
    item = screen.item.item if screen.item is not None and screen.why not in ("look", "tour") else None
    for state in states:
        told.answers(
            m.Door(item=item, compartment=screen.compartment, state=state, tries_left=tries_left)  # type: ignore[arg-type]
        )
    return told


def taken_out(told: Dialogue) -> Dialogue:
    """The door opens, it is taken out, the door closes."""
    item = told.shows(h.AtDoor).item
    assert item is not None
    door(told, "intent", "pulsed", "opened", "closed")
    return told.answers(m.Settled(item=item.item, stands="in_hand"))


def seen_there(told: Dialogue) -> Dialogue:
    """The lockers are told that it lies where it should, and know."""
    check = asked(told)
    assert isinstance(check, m.Check)
    assert check.usable
    assert check.item is not None
    return told.answers(m.Checked(compartment=check.compartment, usable=True))


def is_noted(told: Dialogue, note: str) -> None:
    """Asked anew what lies where, and back at the first screen, which says so."""
    assert told.shows(h.Looking).note == note
    assert isinstance(told.asks[-1], m.TakeStock)
    assert told.answers(STOCK).shows(h.WhatIsHere).note == note
