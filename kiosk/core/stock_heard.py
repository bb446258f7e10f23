"""What follows from the bridge's answers while staff keep order in the house."""

from dataclasses import replace

from contract import messages as m
from kiosk.core import events as e
from kiosk.core import house_screens as h
from kiosk.core import lookup, placing, returns, tour
from kiosk.core import screens as s
from kiosk.core.collect import reason
from kiosk.core.house import Finding
from kiosk.core.house_steps import claim, here, in_hand, moved, with_stock
from kiosk.core.state import Record, State, Step, quiet, show


def answered(state: State, event: e.Answered) -> Step | None:
    """What follows from the bridge's answer; None where it is not about this."""
    waited_for, screen = event.ask == state.waiting, state.screen
    match event.body, screen:
        case m.Stock() as stock, _:
            return _stock(with_stock(state, stock), screen, event.ask)
        case m.Door(compartment=compartment) as door, h.AtDoor() if compartment == screen.compartment:
            return _door(moved(state, screen, door))
        case m.Settled() as settled, h.AtDoor() | h.Noting() if waited_for:
            return _settled(state, settled, screen)
        case m.Checked(compartment=compartment), h.Noting(finding=finding) if waited_for:
            return _checked(state, compartment, finding)
        case m.Claimed(item=place), h.Noting(h.InHand(item)) if waited_for:
            return show(state, h.NewPlace(item, place))
        case m.Full() as full, h.Noting(h.InHand(item)) if waited_for:
            return show(state, h.NoRoom(item, full))
        case m.Refused(why=why), _ if waited_for and isinstance(screen, h.HouseScreen):
            return _refused(state, why, screen)
        case _:
            return None


def _stock(state: State, screen: s.Screen, ask: str) -> Step:
    waited_for = ask == state.waiting
    match screen:
        case h.Looking(_, "tour") if waited_for:
            return tour.begin(state)
        case h.Looking(_, "returns") if waited_for:
            return show(replace(state, house=replace(state.house, doing="")), h.Carriers())
        case h.Looking(note) if waited_for:
            return show(state, h.WhatIsHere(note))
        case _:
            return lookup.answered(state, ask)


def _door(state: State) -> Step:
    match state.screen:
        case h.AtDoor(why="tour") as screen:
            return tour.closed(state, screen)
        case h.AtDoor(compartment, "look", None, step="closed"):
            return show(state, h.WhatWasThere(compartment))
        case h.AtDoor(compartment, "look", step="closed"):
            return show(state, h.IsItThere(compartment))
        case _:
            return quiet(state)


def _settled(state: State, settled: m.Settled, screen: h.AtDoor | h.Noting) -> Step:
    item, doing = settled.item, state.house.doing
    match settled.stands, screen:
        case "in_hand", h.Noting(h.NoRoom() | h.InHand() as again):
            return show(state, again)
        case "in_hand", h.Noting(h.SureLost(_, int(compartment))):
            return _had_it(in_hand(state, item), item, compartment)
        case "in_hand", _:
            return _in_hand(in_hand(state, item), item, screen)
        case "left", h.AtDoor(why="put", item=m.StockItem() as put, place=m.VisitItem() as place):
            return show(placing.moved(state, item, place), h.PutAway(put, place))
        case "left", h.Noting(then=h.PutAway(_, place) as put_away):
            return show(placing.moved(state, item, place), put_away)
        case (("left" | "dropped" | "kept"), h.Noting(again, then=then)):
            return show(state, then or again)
        case "reassigned", h.Noting(then=h.NewOwner() as owner):
            return _reassigned(placing.reassigned(state, item, owner.person), owner, settled)
        case "returned", _:
            return returns.given(state, item) if doing == "returns" else here(state, "returned")
        case "lost", _ if doing == "tour":
            return tour.lost(state, item)
        case "lost", _ if doing == "returns":
            return returns.noted(state, item, "missing")
        case "lost", _:
            return here(state, "lost")
        case "collected", _:
            return here(state, "handed")
        case _:
            return quiet(state)


def _had_it(state: State, item_id: str, compartment: int) -> Step:
    """They had it in hand all the time."""
    item = state.house.held(item_id)
    if state.house.doing == "tour":
        return tour.noted(state, compartment, "right")
    return here(state) if item is None else show(state, h.InHand(item))


def _in_hand(state: State, item_id: str, screen: h.AtDoor | h.Noting) -> Step:
    """It is out of its place: on with what it was taken out for."""
    item = state.house.held(item_id)
    if item is None:
        return here(state)
    match screen:
        case _ if state.house.doing == "returns":
            return returns.in_hand(state, item_id, screen)
        case h.AtDoor(said="missing"):
            return show(state, h.SureLost(item))
        case h.AtDoor(why="hand_over"):
            return show(state, h.HandTo(item))
        case h.AtDoor(why="return") | h.Noting(then=h.CarrierHasIt()):
            return show(state, h.CarrierHasIt(item))
        case _:
            return claim(state, item, item.size)


def _reassigned(state: State, owner: h.NewOwner, settled: m.Settled) -> Step:
    screen = replace(owner, pickup=settled.pickup, slip=settled.slip)
    facts: tuple[Record, ...] = ()
    if settled.slip is not None and settled.pickup is not None:
        facts = (Record(m.SlipShown(item=owner.item.item, pickup=settled.pickup, how="screen")),)
    return replace(state, screen=screen), facts


def _checked(state: State, compartment: int, finding: Finding) -> Step:
    if state.house.doing == "tour":
        return tour.noted(state, compartment, finding)
    if finding == "strange":
        return show(state, h.StrangeThing(compartment))
    place = state.house.place(compartment)
    holds = place is not None and place.item is not None
    return here(state, "unusable" if finding != "right" else "there" if holds else "usable")


def _refused(state: State, why: str, screen: s.Screen) -> Step:
    """No, and why; what may be tried again is one touch away."""
    again: h.HouseScreen | None = None
    match screen:
        case h.Noting(back):
            again = back
        case h.AtDoor():
            again = screen
        case _:
            pass
    return show(state, h.CannotDo(reason(why), None if why == "item" else again))
