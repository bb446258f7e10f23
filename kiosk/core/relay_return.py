"""A bag whose order is no more goes back to its person: out of its door, then handed over or put away.

GiveBack -one of them-> AtDoor (opens) -closed-> InHand, or InHand at once. From there it is what any thing in
hand is: put behind a door, its person collects it with the code they have.
"""

from dataclasses import replace

from contract import messages as m
from kiosk.core import house_screens as h
from kiosk.core.house_steps import open_door
from kiosk.core.relay_steps import bag_or_why, fresh_round, moved_to, stock_item, to_return
from kiosk.core.state import State, Step, ask, quiet, show


def choose(state: State, item: str) -> Step:
    """This one, wherever it is."""
    bag = next((one for one in to_return(state) if one.item == item), None)
    staff = state.staff
    if bag is None or staff is None:
        return quiet(state)
    state, thing = fresh_round(state), stock_item(state, bag)
    if bag.compartment is None:
        return show(state, h.InHand(thing)) if bag.held else quiet(state)
    state = replace(state, house=replace(state.house, doing="give_back"))
    place = state.house.place(bag.compartment)
    if place is not None and place.label is not None:
        body = m.TakeOut(visit=staff.visit, item=item, why="relay")
        return ask(state, body, h.Noting(h.AtPlace(bag.compartment)))
    return open_door(state, h.AtDoor(bag.compartment, "relay", thing))


def scanned(state: State, text: str) -> Step | None:
    """Its tag chooses it; None for what does not go back."""
    bag, _, _ = bag_or_why(state, text)
    return choose(state, bag.item) if bag is not None and bag.goes_back else None


def answered(state: State, body: m.AnswerBody) -> Step | None:
    """It is out of its door; None where the answer is not about that."""
    match body, state.screen:
        case m.Settled(item=item, stands="in_hand"), h.AtDoor() | h.Noting() as screen:
            thing = next((one.item for one in state.house.places if one.item and one.item.item == item), None)
            if thing is None:
                return None
            state = fresh_round(moved_to(state, thing, "in_hand"))
            missing = isinstance(screen, h.AtDoor) and screen.said == "missing"
            return show(state, h.SureLost(thing) if missing else h.InHand(thing))
        case _:
            return None
