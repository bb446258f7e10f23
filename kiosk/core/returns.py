"""Back to the carriers: what the hub says is due, door by door, then all of it to the driver.

Carriers -one-> AtDoor (opens) -label scanned, or yes-> the next one ... -> ReturnCount -given-> all settled
not there: SureLost; a stuck door: noted, the next one. What no driver took stays in hand and is shown.
"""

from dataclasses import replace

from kiosk.core import house_events as e
from kiosk.core import house_screens as h
from kiosk.core.house import Came, Round
from kiosk.core.house_steps import settle, take_out
from kiosk.core.scans import compared, marks_of
from kiosk.core.state import State, Step, quiet, show, sound


def choose(state: State, carrier: str) -> Step:
    """Everything of this carrier; those in hand already are counted as they are."""
    found = next((one for one in state.house.rounds() if (one.carrier or "") == carrier), None)
    if found is None:
        return quiet(state)
    return go_on(replace(state, house=replace(state.house, round=found, doing="returns")))


def go_on(state: State) -> Step:
    """The next door, or the count."""
    line = state.house.round.next() if state.house.round is not None else None
    if line is None or line.place is None:
        return show(replace(state, house=replace(state.house, doing="")), h.ReturnCount())
    return take_out(state, line.item, line.place, "return")


def noted(state: State, item: str, came: Came) -> Step:
    """This one is looked for; on to the next."""
    return go_on(_noted(state, item, came))


def in_hand(state: State, item: str, screen: h.HouseScreen) -> Step:
    """It is out of its place. What was scanned before the door closed needs no second yes."""
    line = state.house.round.line(item) if state.house.round is not None else None
    if line is None:
        return quiet(state)
    match screen:
        case h.AtDoor(said="yes"):
            return noted(state, item, "taken")
        case h.AtDoor(said="missing"):
            return show(state, h.SureLost(line.item))
        case h.AtDoor(said="other"):
            return show(state, h.RightOne(line.item, wrong=True))
        case _:
            return show(state, h.RightOne(line.item))


def said(state: State, screen: h.AtDoor | h.RightOne, answer: e.Answer) -> Step:
    """Whether the right one is in hand."""
    match screen, answer:
        case h.AtDoor(step="stuck", item=item), "skip" if item is not None:
            return noted(state, item.item, "stuck")
        case h.AtDoor(step="stuck"), "stop":
            return show(replace(state, house=replace(state.house, doing="")), h.ReturnCount())
        case h.RightOne(item), "yes":
            return noted(state, item.item, "taken")
        case h.RightOne(item), "no":
            return show(state, h.SureLost(item))
        case _:
            return quiet(state)


def scanned(state: State, text: str) -> Step:
    """A label, while its door is open or after: is it the one that should lie there?"""
    match state.screen:
        case h.AtDoor(why="return", step="open" | "closed", item=item) as screen if item is not None:
            right = _is_label(state, item.item, text)
            heard = show(state, replace(screen, said="yes" if right else "other"))
            return sound(heard, "ok" if right else "error")
        case h.RightOne(item) if _is_label(state, item.item, text):
            return sound(noted(state, item.item, "taken"), "ok")
        case h.RightOne(item):
            return sound(show(state, h.RightOne(item, wrong=True)), "error")
        case _:
            return quiet(state)


def give(state: State) -> Step:
    """The driver has them: the bridge is told, one after the other."""
    found = state.house.round
    if found is None:
        return quiet(state)
    taken = found.that("taken")
    if not taken:
        return show(replace(state, house=replace(state.house, doing="")), h.ReturnCount(given=True))
    state = replace(state, house=replace(state.house, doing="returns"))
    return settle(state, taken[0].item.item, "returned", h.Noting(h.ReturnCount()))


def given(state: State, item: str) -> Step:
    """One is the carrier's again."""
    return give(_noted(state, item, "given"))


def _noted(state: State, item: str, came: Came) -> State:
    found: Round | None = state.house.round
    if found is None:
        return state
    return replace(state, house=replace(state.house, round=found.noted(item, came)))


def _is_label(state: State, item: str, text: str) -> bool:
    line = state.house.round.line(item) if state.house.round is not None else None
    return line is not None and bool(line.due.label) and compared(line.due.label) in marks_of(text)
