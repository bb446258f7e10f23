"""The steps that keeping order is made of: ask what lies where, open a door, say what became of it."""

from dataclasses import replace
from typing import Literal

import msgspec

from contract import messages as m
from kiosk.core import house_screens as h
from kiosk.core.house import House, standing
from kiosk.core.state import State, Step, ask, quiet

Then = Literal["", "tour", "returns"]
Outcome = Literal["left", "taken", "bigger", "given_up", "returned", "lost", "in_hand"]


def here(state: State, note: h.Note = "", then: Then = "") -> Step:
    """Back to what lies where, asked anew."""
    if state.staff is None:
        return quiet(state)
    visit = state.staff.visit
    state = replace(state, house=replace(state.house, doing=then))
    return ask(state, m.TakeStock(visit=visit), h.Looking(note, then))


def open_door(state: State, screen: h.AtDoor) -> Step:
    """Ask for this door; the screen says that it opens."""
    if state.staff is None:
        return quiet(state)
    return ask(state, _asked(state.staff.visit, screen), replace(screen, step="opening", said="", late=False))


def _asked(visit: str, screen: h.AtDoor) -> m.AskBody:
    match screen:
        case h.AtDoor(why="move" | "return" | "hand_over" | "relay" as why, item=m.StockItem(item=item)):
            return m.TakeOut(visit=visit, item=item, why=why)
        case h.AtDoor(why="put", item=m.StockItem(item=item)):
            return m.OpenItem(visit=visit, item=item)
        case _:
            return m.Inspect(visit=visit, compartment=screen.compartment)


def moved(state: State, screen: h.AtDoor, door: m.Door) -> State:
    """One step at the door of the screen."""
    match door.state, screen.step:
        case (("intent" | "pulsed"), ("opening" | "stuck")):
            screen = replace(screen, step="opening", attempt=door.attempt)
        case "opened", _:
            screen = replace(screen, step="open")
        case "left_open", "open":
            screen = replace(screen, late=True)
        case "closed", ("opening" | "open" | "stuck"):
            screen = replace(screen, step="closed", late=False)
        case (("not_opened" | "uncertain"), ("opening" | "open" | "stuck")):
            screen = replace(screen, step="stuck", tries_left=door.tries_left)
        case _:
            pass
    return replace(state, screen=screen)


def settle(
    state: State, item: str, outcome: Outcome, screen: h.Noting, identity: m.Identity | None = None
) -> Step:
    """Tell the bridge what became of an item."""
    if state.staff is None:
        return quiet(state)
    visit = state.staff.visit
    return ask(state, m.Settle(visit=visit, item=item, outcome=outcome, identity=identity), screen)


def still_there(state: State, compartment: int, item: m.StockItem, screen: h.Noting) -> Step:
    """Tell the bridge that what may have left lies there still."""
    if state.staff is None:
        return quiet(state)
    visit = state.staff.visit
    return ask(state, m.Check(visit=visit, compartment=compartment, usable=True, item=item.item), screen)


def check(state: State, compartment: int, screen: h.Noting, *, usable: bool, why: str = "") -> Step:
    """Tell the bridge whether a compartment may be used."""
    if state.staff is None:
        return quiet(state)
    return ask(
        state, m.Check(visit=state.staff.visit, compartment=compartment, usable=usable, why=why), screen
    )


def claim(state: State, item: m.StockItem, size: m.Size, *, shelf: bool = False) -> Step:
    """Ask for another place for what is in hand."""
    if state.staff is None:
        return quiet(state)
    body = m.Claim(
        visit=state.staff.visit, item=item.item, person=item.person, size=size, kind=item.kind, shelf=shelf
    )
    return ask(state, body, h.Noting(h.InHand(item)))


def take_out(state: State, item: m.StockItem, place: m.StockPlace, why: Literal["move", "return"]) -> Step:
    """Out of its place: behind a door the door opens, on a shelf it is in hand at once."""
    if state.staff is None:
        return quiet(state)
    if place.label is None:
        return open_door(state, h.AtDoor(place.compartment, why, item))
    body = m.TakeOut(visit=state.staff.visit, item=item.item, why=why)
    then = None if why == "move" else h.CarrierHasIt(_taken(item))
    return ask(state, body, h.Noting(h.AtPlace(place.compartment), then=then))


def with_stock(state: State, stock: m.Stock) -> State:
    """What lies where is known anew; so is what can be handed over from the shelf."""
    state = replace(state, house=replace(state.house, stock=stock))
    staff = state.staff
    if staff is None or not staff.hands_over:
        return state
    return replace(state, staff=replace(staff, shelf=_shelf(state.house, staff.shelf)))


def in_hand(state: State, item_id: str) -> State:
    """This item is out of its place, as far as we know until the bridge is asked again."""
    house = state.house
    place = next((one for one in house.places if one.item is not None and one.item.item == item_id), None)
    if house.stock is None or place is None or place.item is None:
        return state
    places = tuple(_emptied(one) if one == place else one for one in house.places)
    held = (*house.in_hand, _taken(place.item))
    return with_stock(state, m.Stock(places=places, in_hand=held, away=house.stock.away))


def nowhere(state: State, item_id: str) -> State:
    """This item is nowhere here any more, as far as we know until the bridge is asked again.

    Whoever keeps order is told anew; and a guided round remembers the places as it began.
    """
    stock = state.house.stock
    if stock is None or isinstance(state.screen, h.HouseScreen):
        return state
    places = tuple(
        _emptied(one) if one.item is not None and one.item.item == item_id else one for one in stock.places
    )
    held = tuple(one for one in stock.in_hand if one.item != item_id)
    left = m.Stock(places=places, in_hand=held, away=stock.away)
    return replace(state, house=replace(state.house, stock=left))


def lies(state: State, item_id: str) -> State:
    """What had a place reserved when the bridge was asked lies there now."""
    stock = state.house.stock
    if stock is None:
        return state
    places = tuple(_filled(one, item_id) for one in stock.places)
    return replace(state, house=replace(state.house, stock=msgspec.structs.replace(stock, places=places)))


def _filled(place: m.StockPlace, item_id: str) -> m.StockPlace:
    item = place.item
    if item is None or item.item != item_id or item.stage != "claimed":
        return place
    return msgspec.structs.replace(place, item=msgspec.structs.replace(item, stage="held"))


def _emptied(place: m.StockPlace) -> m.StockPlace:
    """The same place, with nothing in it."""
    return msgspec.structs.replace(place, item=None)


def _taken(item: m.StockItem) -> m.StockItem:
    """The same item, in hand."""
    return msgspec.structs.replace(item, stage="in_hand", unsure=False)


def _shelf(house: House, before: tuple[m.ShelfItem, ...]) -> tuple[m.ShelfItem, ...]:
    """What lies on shelf places. A long stock leaves labels out: what was known before stays known."""
    marks = {one.item: one.mark for one in before}
    return tuple(
        m.ShelfItem(
            item=one.item.item,
            person=one.item.person,
            kind=one.item.kind,
            label=one.label,
            mark=one.item.mark or marks.get(one.item.item, ""),
        )
        for one in house.places
        if one.item is not None and one.label is not None and standing(one) == "occupied"
    )
