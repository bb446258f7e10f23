"""What a moving door does to the screen, for whoever stands before it.

    Opening --opened--> DoorOpen --closed--> DoorClosed --(the bridge settles)--> ...
       '--not opened, uncertain--> Blocked --once more--> Opening

Steps come in order (kiosk.asks); one that does not fit the screen any more changes nothing.
"""

from dataclasses import replace
from typing import Final

from contract.messages import Door, VisitItem
from kiosk.core import screens as s
from kiosk.core.state import State, Step, quiet, show

QUICK_MS: Final = 3_000
"""Closed this soon after it opened: perhaps nobody had the time to take anything."""


def door_moved(state: State, item: VisitItem, door: Door, at_ms: int) -> Step:
    """One step at the door of `item`, which belongs to this conversation.

    A step of the door it was behind before (too small, and not shut yet) is none of its own.
    """
    if door.compartment != item.compartment:
        return quiet(state)
    match door.state:
        case "intent" | "pulsed":
            return _opening(state, item, door.attempt)
        case "opened":
            return _opened(state, item, at_ms)
        case "closed":
            return _closed(state, item, at_ms)
        case "left_open":
            return _left_open(state, item)
        case "not_opened" | "uncertain":
            return _blocked(state, item, door.tries_left)


def _opening(state: State, item: VisitItem, attempt: int) -> Step:
    match state.screen:
        case s.Opening() | s.Silent() | s.Blocked():
            return show(state, s.Opening(item, attempt))
        case _:
            return quiet(state)


def _opened(state: State, item: VisitItem, at_ms: int) -> Step:
    match state.screen:
        case s.KeptBack() | s.Claiming():
            return quiet(state)
        case _:
            return show(state, s.DoorOpen(item, at_ms))


def _closed(state: State, item: VisitItem, at_ms: int) -> Step:
    match state.screen:
        case s.DoorOpen(open_item, since_ms) if open_item.item == item.item:
            return show(state, s.DoorClosed(item, quick=at_ms - since_ms < QUICK_MS))
        case s.Opening() | s.Silent():
            return show(state, s.DoorClosed(item, quick=False))
        case s.KeptBack(kept) as screen if kept.item == item.item:
            return show(state, replace(screen, door_open=False))
        case s.Claiming() as screen:
            return show(state, replace(screen, door_open=False))
        case _:
            return quiet(state)


def _left_open(state: State, item: VisitItem) -> Step:
    match state.screen:
        case s.DoorOpen(open_item) as screen if open_item.item == item.item:
            return show(state, replace(screen, late=True))
        case _:
            return quiet(state)


def _blocked(state: State, item: VisitItem, tries_left: int) -> Step:
    match state.screen:
        case s.Opening() | s.Silent() | s.DoorOpen() | s.Blocked():
            return show(_without(state, item), s.Blocked(item, tries_left))
        case _:
            return quiet(state)


def _without(state: State, item: VisitItem) -> State:
    """The blocked door is not the next one any more."""
    if state.visit is None:
        return state
    return replace(state, visit=replace(state.visit, blocked=state.visit.blocked | {item.item}))
