"""Every screen of staff who keep order, each in a moment that shows most of it."""

from dataclasses import replace

from contract import messages as m
from kiosk.core import house_screens as h
from kiosk.core.house import Found, House
from kiosk.core.state import Staff, State
from tests.fakes.bridge import SLIP, cabinet, parcel
from tests.fakes.kiosk import PEOPLE

ALL = Staff("sv", "st", "SB", hands_over=True, rights=("deposit", "collect", "inspect"))
_KINDS: tuple[m.ItemKind, ...] = ("parcel", "registered_letter", "bag", "key", "letter", "basket", "object")


def _thing(number: int, stage: str = "held", *, unsure: bool = False) -> m.StockItem:
    person = PEOPLE[number % 7].person if number % 7 < len(PEOPLE) else "p-0"
    return m.StockItem(
        item=f"h-{number}",
        person=person,
        kind=_KINDS[number % 7],
        size="XL" if number % 2 else "S",
        stage=stage,  # type: ignore[arg-type]
        unsure=unsure,
    )


def _place(number: int, label: str | None) -> m.StockPlace:
    stages = {2: "claimed", 4: "collected"}
    return m.StockPlace(
        compartment=number,
        allocation=number,
        door="open" if number == 15 else "closed",
        usable=number not in (13, 14),
        label=label,
        out=number == 14,
        item=None
        if number in (3, 7, 13, 14, 15)
        else _thing(number, stages.get(number, "held"), unsure=number == 11),
    )


PLACES = tuple(_place(one.compartment, one.label) for one in cabinet())
HANDS = tuple(_thing(40 + number, "in_hand") for number in range(6))
STOCK = m.Stock(places=PLACES, in_hand=HANDS)
DUE = tuple(
    m.ReturnDue(item=f"h-{number}", carrier=carrier, label=label)
    for number, (carrier, label) in {
        1: ("Mondial Relay", "84930275"),
        5: ("Mondial Relay", "84930276"),
        6: ("Colissimo", "6A12345678901"),
        8: ("Chronopost", "XS123456789FR0000000"),
        9: ("UPS", "1Z999AA10123456784"),
        10: (None, ""),
        40: ("Mondial Relay", ""),
    }.items()
)
PLACE = {one.compartment: one for one in PLACES}
ONE, LETTER, DOUBT, UNSURE = PLACE[6], PLACE[1], PLACE[13], PLACE[11]
FOUND = tuple(
    Found(PLACE[number], finding)  # type: ignore[arg-type]
    for number, finding in {
        1: "right",
        5: "missing",
        6: "missing",
        8: "missing",
        9: "missing",
        3: "strange",
        7: "strange",
        13: "damaged",
        14: "stuck",
        10: "skipped",
    }.items()
)
HOUSE = House(STOCK, DUE, found=FOUND)
ROUND = next(one for one in HOUSE.rounds() if one.carrier == "Mondial Relay")
COUNTED = ROUND.noted("h-1", "missing").noted("h-5", "stuck")
TOURING, RETURNING = replace(HOUSE, doing="tour"), replace(HOUSE, doing="returns", round=ROUND)
assert ONE.item is not None
assert LETTER.item is not None
assert UNSURE.item is not None
ITEM = ONE.item
NEW, SHELF = parcel("h-6", 12), parcel("h-6", 101, "B4")


def _door(place: m.StockPlace, why: h.DoorWhy, step: h.Step = "open", **more: object) -> h.AtDoor:
    return h.AtDoor(place.compartment, why, place.item, step=step, **more)  # type: ignore[arg-type]


SCREENS: tuple[h.HouseScreen, ...] = (
    h.Looking(),
    h.Noting(h.WhatIsHere()),
    h.WhatIsHere("unusable"),
    h.WhatIsHere("strange"),
    h.Places(),
    h.Places(3),
    h.HandsFull(),
    h.AtPlace(6),
    h.AtPlace(6, wrong=True),
    h.AtPlace(3),
    h.AtPlace(13),
    h.AtPlace(2),
    h.AtPlace(101),
    h.AtPlace(14),
    h.InHand(ITEM),
    h.InHand(ITEM, label="6A12345678901"),
    _door(ONE, "move", "opening", attempt=2),
    _door(ONE, "hand_over", late=True),
    _door(ONE, "hand_over", said="missing"),
    _door(ONE, "return", "closed"),
    _door(ONE, "look", "stuck"),
    _door(ONE, "hand_over", "stuck"),
    replace(_door(ONE, "put"), place=NEW),
    replace(_door(ONE, "put", "stuck"), place=NEW),
    _door(DOUBT, "look"),
    h.WhatWasThere(13),
    h.StrangeThing(13),
    h.WhyOut(3),
    h.HandTo(ITEM),
    h.HandTo(LETTER.item),
    h.HandTo(LETTER.item, other=True, label="6A12345678901"),
    h.CarrierHasIt(ITEM),
    h.SureLost(ITEM, 6),
    h.SureLost(ITEM),
    h.AtPlace(11),
    h.SureLost(UNSURE.item, 11),
    h.NewPlace(ITEM, NEW),
    h.NewPlace(ITEM, SHELF),
    h.NoRoom(ITEM, close=12),
    h.NoRoom(ITEM, m.Full(sizes=("XL",))),
    h.PutAway(ITEM, NEW),
    h.ForWhom(ITEM, "2", PEOPLE),
    h.ForWhom(ITEM, "quelqu"),
    h.NewOwner(ITEM, PEOPLE[1], "p", SLIP),
    h.NewOwner(ITEM, PEOPLE[1]),
    h.IsItThere(101),
    h.TourAccount(whole=True),
    h.TourAccount(whole=False),
    h.Carriers(),
    h.Carriers(1),
    h.CannotDo("blocked", h.AtPlace(6)),
    h.CannotDo("item"),
    h.CannotDo("visit"),
    h.CannotDo("tickets"),
    h.CannotDo("disk"),
)
TOUR: tuple[h.HouseScreen, ...] = (
    _door(ONE, "tour"),
    _door(ONE, "tour", said="no"),
    _door(ONE, "tour", "closed"),
    _door(ONE, "tour", "stuck"),
    _door(PLACE[7], "tour", late=True),
    _door(DOUBT, "tour"),
    _door(DOUBT, "tour", "closed"),
    h.IsItThere(101),
    h.SureLost(ITEM, 6),
    h.CannotDo("cap", _door(ONE, "tour")),
)
RETURNS: tuple[h.HouseScreen, ...] = (
    _door(PLACE[5], "return"),
    _door(PLACE[5], "return", said="other"),
    _door(PLACE[5], "return", said="yes"),
    _door(PLACE[5], "return", "stuck"),
    h.RightOne(PLACE[5].item, wrong=True) if PLACE[5].item is not None else h.Looking(),
    h.CannotDo("busy", _door(PLACE[5], "return")),
)


def house_states(base: State) -> list[State]:
    """All of them, with everything in them that makes them long."""
    base = replace(base, staff=ALL)
    states = [replace(base, screen=one, house=HOUSE) for one in SCREENS]
    states += [replace(base, screen=one, house=TOURING) for one in TOUR]
    states += [replace(base, screen=one, house=RETURNING) for one in RETURNS]
    counted = replace(HOUSE, round=COUNTED)
    states += [replace(base, screen=h.ReturnCount(given), house=counted) for given in (False, True)]
    bare = House(m.Stock(places=PLACES[:3]))
    states += [replace(base, screen=one, house=bare) for one in (h.Carriers(), h.TourAccount(whole=True))]
    return [*states, replace(base, screen=h.WhatIsHere(), house=replace(HOUSE, found=()))]
