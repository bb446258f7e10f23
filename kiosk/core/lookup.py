"""A label that nobody here knew: another kiosk may have put it away since the lockers were last asked.

They are asked anew, and nobody waits for that. What the scan was taken for is on the screen already, and
gives way to an answer that comes at once. One that comes later is heeded once a size is said: who types a
name must not find the keys of another screen under their fingers.
"""

from dataclasses import replace

from contract import messages as m
from kiosk.core import screens as s
from kiosk.core import shelf as on_shelf
from kiosk.core.known import known_by
from kiosk.core.scans import compared, number_of
from kiosk.core.state import Send, State, Step, post, quiet, show, sound


def asked(state: State, *, late: bool) -> tuple[State, Send] | None:
    """Ask what lies where, if a label is sought of which that was not asked yet, and they are there."""
    sought = state.sought
    if sought is None or sought.ask or state.staff is None or not state.bridge_up or not _matters(state):
        return None
    state, sent = post(state, m.TakeStock(visit=state.staff.visit))
    return replace(state, sought=replace(sought, ask=sent.ask, late=late)), sent


def answered(state: State, ask: str) -> Step:
    """What lies where is known anew: is that label?"""
    state, sought = _on_a_page_there_is(state), state.sought
    if sought is None or ask != sought.ask or sought.late:
        return quiet(state)
    match state.screen:
        case s.Shelf(strange=True) if (found := on_shelf.borne(state, sought.text)) is not None:
            return sound(show(replace(state, sought=None), on_shelf.asked(found)), "question")
        case s.Parcels(note="place") | s.FindPerson(query=""):
            return known_now(state) or quiet(state)
        case _:
            return quiet(state)


def known_now(state: State) -> Step | None:
    """What is to be asked about the parcel in hand, if its label has become known since it was scanned."""
    if state.sought is None or not _matters(state):
        return None
    if (known := known_by(state, state.sought.text)) is None:
        return None
    return sound(show(replace(state, draft=None, sought=None), known), "question")


def _matters(state: State) -> bool:
    """Whether what was scanned is in hand still, without an item; or was said to be nothing of ours."""
    draft = state.draft
    match state.screen:
        case s.Parcels(note="place") | s.Shelf(strange=True):
            return True
        case s.FindPerson() | s.PickSize() | s.Special() | s.Pieces() if draft is not None and state.sought:
            is_first = draft.item is None and draft.piece == 1
            return is_first and compared(draft.label) == compared(number_of(state.sought.text))
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
