"""Order in the house, in staff mode: what lies where, and what is to be done about one thing or one place.

Parcels -what is here-> Looking -stock-> WhatIsHere -> Places | HandsFull -> AtPlace | InHand
AtPlace -hand over, move, return-> AtDoor (it is taken out) -in hand-> HandTo | NewPlace | CarrierHasIt
AtPlace -look behind it-> AtDoor -> WhatWasThere -> (checked) WhatIsHere | StrangeThing
NewPlace -open-> AtDoor (it is put in) -left-> PutAway: same code
What is in hand is shown first, until it lies somewhere, is handed over, returned or lost.
"""

from dataclasses import replace

from contract import messages as m
from kiosk.core import events as e
from kiosk.core import house_events as he
from kiosk.core import house_screens as h
from kiosk.core import relay_flow, returns, tour
from kiosk.core import screens as s
from kiosk.core import shelf as on_shelf
from kiosk.core.house import NEEDS, House, standing
from kiosk.core.house_steps import (
    check,
    claim,
    here,
    open_door,
    settle,
    take_out,
)
from kiosk.core.scans import is_of_place
from kiosk.core.state import ON_A_PAGE, Record, Staff, State, Step, ask, post, quiet, show, sound
from kiosk.core.stock_said import said


def concerns(state: State, event: e.PersonEvent) -> bool:
    """Whether this belongs here: from the staff's first screen in, then all."""
    if isinstance(state.screen, h.HouseScreen):
        return True
    return isinstance(event, he.StockWanted) and isinstance(state.screen, s.Parcels) and bool(state.staff)


def look_on(state: State) -> Step:
    """Right after signing in: what is in hand is to be seen, without being asked for."""
    if state.staff is None:
        return quiet(state)
    state, sent = post(state, m.TakeStock(visit=state.staff.visit))
    return state, (sent,)


def may(staff: Staff | None, task: str) -> bool:
    """Whether this staff has the rights a task needs."""
    needed = NEEDS.get(task)  # type: ignore[call-overload]
    return staff is not None and (needed is None or needed <= set(staff.rights))


# --- touched ------------------------------------------------------------------------------------


def touched(state: State, event: e.PersonEvent) -> Step:
    """What staff did on one of these screens."""
    match event, state.screen:
        case he.StockWanted(due), _:
            return here(replace(state, house=replace(state.house, due=due)))
        case he.Do(task), _:
            return _do(state, task) if may(state.staff, task) else quiet(state)
        case he.Said(answer), screen:
            return said(state, screen, answer)
        case he.PlaceChosen(compartment), h.WhatIsHere() | h.Places() if state.house.place(compartment):
            return show(state, h.AtPlace(compartment))
        case he.ItemChosen(item_id), h.HandsFull() if (item := state.house.held(item_id)) is not None:
            return show(state, h.InHand(item))
        case he.CarrierChosen(carrier), h.Carriers():
            return returns.choose(state, carrier)
        case he.OutBecause(why), h.WhyOut(compartment) as screen:
            return check(state, compartment, h.Noting(screen, "damaged"), usable=False, why=why)
        case e.MoreWanted(), h.Places(page) | h.HandsFull(page) | h.Carriers(page) as screen:
            return show(state, replace(screen, page=(page + 1) % pages(state.house, screen)))
        case _:
            return _put(state, event)


def _do(state: State, task: he.Task) -> Step:
    """One thing to be done, from the screen that offers it."""
    match task, state.screen:
        case "places", h.WhatIsHere():
            return show(state, h.Places())
        case "hands", h.WhatIsHere():
            return show(state, h.HandsFull())
        case "tour", h.WhatIsHere() | h.TourAccount(whole=False):
            return here(state, then="tour")
        case "returns", h.WhatIsHere():
            return show(state, h.Carriers())
        case "give_all", h.ReturnCount(given=False):
            return returns.give(state)
        case "receive", h.StrangeThing():
            return show(state, s.Parcels())
        case "go_on", screen:
            return _go_on(state, screen)
        case _, h.AtPlace(compartment, wrong):
            return _at_place(state, task, compartment, wrong)
        case _, h.InHand(item):
            return _with_hands(state, task, item)
        case "look", h.StrangeThing(compartment) | h.SureLost(_, int(compartment)):
            return _look(state, compartment)
        case "hand_over", h.AtDoor(why="hand_over", step="stuck", item=m.StockItem() as item):
            return show(state, h.HandTo(item))
        case "missing", h.AtDoor(why="move" | "return" | "hand_over" | "relay", step="open") as screen:
            return show(state, replace(screen, said="missing"))
        case "shelf", h.NoRoom(item):
            return claim(state, item, item.size, shelf=True)
        case _:
            return quiet(state)


def _go_on(state: State, screen: s.Screen) -> Step:
    """The one big button of screens that ask nothing: on, or once more."""
    match screen:
        case h.CannotDo(why="visit"):
            return quiet(state)
        case h.CannotDo(again=h.AtDoor() as door) | (h.AtDoor(step="stuck") as door):
            return open_door(state, door)
        case h.CannotDo(again=again) if again is not None:
            return show(state, again)
        case h.CannotDo() if state.house.doing in ("empty", "back"):
            return relay_flow.left(state)
        case h.StrangeThing(compartment) if state.house.doing == "tour":
            return tour.noted(state, compartment, "strange")
        case h.CannotDo() | h.PutAway() | h.NewOwner() | h.StrangeThing() | h.TourAccount():
            return here(state)
        case h.ReturnCount():
            return here(state, then="returns") if len(state.house.rounds()) > 1 else here(state)
        case _:
            return quiet(state)


def _at_place(state: State, task: he.Task, compartment: int, wrong: bool) -> Step:
    place = state.house.place(compartment)
    if place is None:
        return here(state)
    match task, place.item:
        case "look", _:
            return _look(state, compartment)
        case "out", _ if place.item is None or wrong:
            return show(state, h.WhyOut(compartment))
        case (("lost" | "hand_over"), m.StockItem() as item) if standing(place) == "unsure":
            return _with_item(state, task, place, item, wrong)
        case _, m.StockItem() as item if standing(place) == "occupied":
            return _with_item(state, task, place, item, wrong)
        case _:
            return quiet(state)


def _with_item(state: State, task: he.Task, place: m.StockPlace, item: m.StockItem, wrong: bool) -> Step:
    match task:
        case "wrong":
            return show(state, h.AtPlace(place.compartment, wrong=not wrong))
        case "hand_over" if place.label is None:
            return open_door(state, h.AtDoor(place.compartment, "hand_over", item))
        case "hand_over":
            return show(state, h.HandTo(item))
        case "move" | "return":
            return take_out(state, item, place, task)
        case "somebody_else":
            return show(state, h.ForWhom(item))
        case "lost":
            return show(state, h.SureLost(item, place.compartment))
        case _:
            return quiet(state)


def _with_hands(state: State, task: he.Task, item: m.StockItem) -> Step:
    match task:
        case "put":
            return claim(state, item, item.size)
        case "hand_over":
            return show(state, h.HandTo(item))
        case "return":
            return show(state, h.CarrierHasIt(item))
        case "somebody_else":
            return show(state, h.ForWhom(item))
        case "lost":
            return show(state, h.SureLost(item))
        case _:
            return quiet(state)


def _look(state: State, compartment: int) -> Step:
    """Behind a door it opens; at a shelf place the eyes are enough."""
    place = state.house.place(compartment)
    if place is None:
        return here(state)
    if place.label is None:
        return open_door(
            state, h.AtDoor(compartment, "tour" if state.house.doing == "tour" else "look", place.item)
        )
    return show(state, h.WhatWasThere(compartment) if place.item is None else h.IsItThere(compartment))


def _put(state: State, event: e.PersonEvent) -> Step:
    """What is in hand goes to a place, or to another person."""
    match event, state.screen:
        case e.OpenDoor(), h.NewPlace(item, place) if place.label is None:
            return open_door(state, h.AtDoor(place.compartment, "put", item, place))
        case e.ShelfDone(), h.NewPlace(item, place) as screen if place.label is not None:
            return settle(state, item.item, "left", h.Noting(screen, then=h.PutAway(item, place)))
        case e.Bigger(), h.NewPlace(item):
            return settle(state, item.item, "bigger", h.Noting(h.NoRoom(item)))
        case e.Bigger(), h.AtDoor(why="put", step=("open" | "stuck") as step, item=item) if item is not None:
            close = state.screen.compartment if step == "open" else None
            return settle(state, item.item, "bigger", h.Noting(h.NoRoom(item, close=close)))
        case e.SizeChosen(size, shelf=shelf), h.NoRoom(item):
            return claim(state, item, size, shelf=shelf)
        case e.PeopleFound(query, matches), h.ForWhom(item):
            return show(state, h.ForWhom(item, query, matches))
        case e.Entered(query, matches), h.ForWhom(item):
            return _entered(state, h.ForWhom(item, query, matches))
        case e.PersonChosen(person), h.ForWhom(item, _, matches):
            return _reassign(state, item, next((one for one in matches if one.person == person), None))
        case e.SlipsPrinted(), h.NewOwner(item, _, str(pickup), m.Slip()):
            return state, (Record(m.SlipShown(item=item.item, pickup=pickup, how="print")),)
        case _:
            return quiet(state)


def _entered(state: State, screen: h.ForWhom) -> Step:
    """Enter takes the only one who fits; among several somebody must choose, for it is told at once."""
    others = screen.others()
    if len(others) != 1:
        return sound(show(state, screen), "error")
    return _reassign(replace(state, screen=screen), screen.item, others[0])


def _reassign(state: State, item: m.StockItem, person: m.PersonName | None) -> Step:
    if person is None or person.person == item.person or state.staff is None:
        return quiet(state)
    body = m.Reassign(visit=state.staff.visit, item=item.item, person=person.person)
    return ask(state, body, h.Noting(state.screen, then=h.NewOwner(item, person)))  # type: ignore[arg-type]


def scanned(state: State, text: str) -> Step:
    """The label of something here, or of a place: it is seen to. The guided rounds ask for their own."""
    if state.house.doing == "returns":
        return returns.scanned(state, text)
    found = state.house.bearing(text)
    match state.screen, found:
        case h.AtDoor(why="tour") | h.IsItThere() as screen, _ if state.house.doing == "tour":
            return tour.scanned(state, screen, text)
        case h.HandTo(item) as screen, _:
            return on_shelf.compared_with(state, screen, item, text)
        case h.NewPlace(_, place), _ if is_of_place(text, place.label):
            return sound(_put(state, e.ShelfDone()), "ok")
        case h.WhatIsHere() | h.Places() | h.HandsFull() | h.AtPlace() | h.InHand(), m.StockPlace():
            return sound(show(state, h.AtPlace(found.compartment)), "ok")
        case h.WhatIsHere() | h.Places() | h.HandsFull() | h.AtPlace() | h.InHand(), m.StockItem():
            return sound(show(state, h.InHand(found)), "ok")
        case h.WhatIsHere(), None:
            return sound(show(state, h.WhatIsHere("strange")), "error")
        case _:
            return sound(quiet(state), "error")


# --- back ------------------------------------------------------------------------------------------


def back(state: State) -> Step:
    """One step back, where nothing is under way."""
    match state.screen:
        case h.WhatIsHere():
            return show(state, s.Parcels())
        case h.Looking() | h.Noting() | h.AtDoor(step="opening" | "open"):
            return quiet(state)
        case h.AtPlace(compartment, wrong=True) | h.WhyOut(compartment):
            return show(state, h.AtPlace(compartment))
        case h.NewPlace(item) if state.house.doing != "back":
            return settle(state, item.item, "given_up", h.Noting(h.InHand(item)))
        case h.Places() | h.HandsFull() | h.Carriers():
            return show(state, h.WhatIsHere())
        case h.AtDoor(why="tour") | h.IsItThere() if state.house.doing == "tour":
            return tour.stop(state)
        case _ if state.house.doing in ("empty", "back"):
            return relay_flow.left(state)
        case _:
            return here(state)


def give_back(state: State) -> Step | None:
    """Before leaving: a place that was proposed and never opened is free again, what was for it in hand."""
    match state.screen:
        case h.NewPlace(item) if state.staff is not None:
            state, sent = post(state, m.Settle(visit=state.staff.visit, item=item.item, outcome="given_up"))
            return state, (sent,)
        case _:
            return None


def pages(house: House, screen: h.Places | h.HandsFull | h.Carriers) -> int:
    """How many screens the list takes."""
    match screen:
        case h.Places():
            count = len(house.places)
        case h.HandsFull():
            count = len(house.in_hand)
        case h.Carriers():
            count = len(house.rounds())
    return max(1, -(-count // ON_A_PAGE))
