"""A label that nobody here knew: another kiosk may have put it away since the lockers were last asked.

They are asked anew, and nobody waits for that. What the scan was taken for is on the screen already, and
gives way where the answer knows better, as long as the parcel has no item yet.
"""

from dataclasses import replace

from contract import messages as m
from kiosk.core import screens as s
from kiosk.core import shelf as on_shelf
from kiosk.core.known import known_by
from kiosk.core.scans import compared, number_of
from kiosk.core.state import Send, State, Step, post, quiet, show, sound


def asked(state: State) -> tuple[State, Send] | None:
    """Ask what lies where, if a label is sought of which that was not asked yet, and they are there."""
    to_ask = state.sought and not state.sought_by and state.bridge_up and _matters(state)
    if not to_ask or state.staff is None:
        return None
    state, sent = post(state, m.TakeStock(visit=state.staff.visit))
    return replace(state, sought_by=sent.ask), sent


def answered(state: State, ask: str) -> Step:
    """What lies where is known anew: is that label?"""
    state = _on_a_page_there_is(state)
    if not state.sought or ask != state.sought_by:
        return quiet(state)
    text, matters = state.sought, _matters(state)
    state = replace(state, sought="", sought_by="")
    if not matters:
        return quiet(state)
    if isinstance(state.screen, s.Shelf):
        found = on_shelf.borne(state, text)
        return quiet(state) if found is None else sound(show(state, on_shelf.asked(found)), "question")
    if (known := known_by(state, text)) is None:
        return quiet(state)
    return sound(show(replace(state, draft=None), known), "question")


def _matters(state: State) -> bool:
    """Whether what was scanned is in hand still, without an item; or was said to be nothing of ours."""
    draft = state.draft
    if state.staff is None:
        return False
    match state.screen:
        case s.Parcels(note="place") | s.Shelf(strange=True):
            return True
        case s.FindPerson() | s.PickSize() | s.Special() | s.Pieces() if draft is not None:
            is_first = draft.item is None and draft.piece == 1
            return is_first and compared(draft.label) == compared(number_of(state.sought))
        case _:
            return False


def _on_a_page_there_is(state: State) -> State:
    """The list may have become shorter."""
    match state.screen:
        case s.Shelf(page) as screen if state.staff is not None:
            last = len(state.staff.shelf_pages()) - 1
            return replace(state, screen=replace(screen, page=min(page, last)))
        case _:
            return state
