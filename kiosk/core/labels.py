"""A label in staff mode, scanned or typed: of the parcel in hand, the next, one known already, or a place.

Every scan is answered by a beep: taken (ok), look at the screen (question), not taken (error).
"""

from dataclasses import replace

from contract import messages as m
from kiosk.core import deposit, placing
from kiosk.core import events as e
from kiosk.core import house_screens as h
from kiosk.core import screens as s
from kiosk.core import shelf as on_shelf
from kiosk.core.known import known_by
from kiosk.core.pile import Draft
from kiosk.core.placing import home, pile_of, whose, with_pile
from kiosk.core.scans import carrier_of, compared, fault_of, is_of_place, number_of
from kiosk.core.state import Record, Sought, State, Step, quiet, show, sound


def note(state: State, what: s.Note) -> Step:
    """Say it where a label is waited for, or may be; elsewhere the beep is enough."""
    match state.screen:
        case s.Parcels():
            return show(state, s.Parcels(what))
        case s.FindPerson() as screen if what == "place":
            return show(state, replace(screen, note=what))
        case _:
            return quiet(state)


def may_be_badge(state: State, event: e.Scanned) -> bool:
    """Ten digits are some carriers' numbers too: shown a second time, it is a label."""
    said = state.screen == s.Parcels("badge", event.text)
    known = event.expected or known_by(state, event.text) is not None
    return isinstance(state.screen, s.Parcels) and not said and not known


def typed(state: State, text: str, expected: tuple[m.PersonName, ...]) -> Step:
    """A label, or none; a typed one is judged like a scanned one."""
    if text.strip() and (fault := fault_of(text.strip())) is not None:
        state, commands = sound(note(state, "unreadable"), "error")
        return state, (*commands, Record(m.ScanRefused(why=fault.why, length=fault.length)))
    return _start(state, text, expected) if text.strip() else _begin(state, "", ())


def scanned(state: State, text: str, expected: tuple[m.PersonName, ...]) -> Step:
    """A label, on whatever screen."""
    draft = state.draft
    match state.screen:
        case s.Silent() | s.Refusal() if draft is not None and _has_no_place(state, draft):
            return _scanned_after_a_no(state, draft, text, expected)
        case s.Parcels() | s.Twice() | s.HandedOver() | s.Silent() | s.Refusal():
            return _start(state, text, expected)
        case s.DoorOpen() | s.DoorClosed() if draft is not None and not draft.undoing:
            if draft.piece < draft.pieces and not on_shelf.is_place(state, text):
                return sound(deposit.next_piece(state, draft, text), "ok")
            return _start(state, text, expected)
        case s.Placed(place) if place.label is not None:
            if is_of_place(text, place.label):
                return sound(placing.lies_there(state, place), "ok")
            return sound(show(state, s.Placed(place, other_place=True)), "error")
        case s.Shelf() | s.HandOver(sent=False):
            return on_shelf.scanned(state, text)
        case s.FindPerson() | s.PickSize() | s.Special() | s.Pieces() | s.Refuse(sent=False) if draft:
            return _scanned_in_hand(state, draft, text, expected)
        case s.Start() | s.SignIn():
            return quiet(state)
        case _:
            return sound(quiet(state), "error")


def _scanned_in_hand(state: State, draft: Draft, text: str, expected: tuple[m.PersonName, ...]) -> Step:
    """A label while a parcel is in hand: its own, the one it lacked, or that of another parcel instead."""
    label = number_of(text)
    if draft.label and compared(label) == compared(draft.label):
        return sound(quiet(state), "ok")
    if on_shelf.is_place(state, text):
        return sound(note(state, "place"), "error")
    if draft.piece > 1 and _may_be_piece(state, draft, text, expected):
        carrier = draft.carrier if draft.label else carrier_of(text)
        return sound((replace(state, draft=replace(draft.labelled(text), carrier=carrier)), ()), "ok")
    if draft.in_hand or draft.piece > 1:
        return sound(quiet(state), "error")
    if not draft.label and known_by(state, text) is None:
        labelled = replace(draft.labelled(text), carrier=carrier_of(text))
        return sound((replace(state, draft=labelled), ()), "ok")
    state, commands = _start(state, text, expected)
    if isinstance(state.screen, s.FindPerson):
        state = replace(state, screen=replace(state.screen, note="other"))
    return sound((state, commands), "question")


def _may_be_piece(state: State, draft: Draft, text: str, expected: tuple[m.PersonName, ...]) -> bool:
    """Whether this is the number of the piece in hand, which so far has that of the one before, or none.

    One that was told of already keeps the number it was told with.
    """
    has_its_own = bool(draft.label) and pile_of(state).with_label(draft.label) is None
    for_another = bool(expected) and draft.person not in expected
    told_of = draft.in_hand or draft.item is not None
    return not (has_its_own or for_another or told_of) and known_by(state, text) is None


def _scanned_after_a_no(state: State, draft: Draft, text: str, expected: tuple[m.PersonName, ...]) -> Step:
    """Its own label: once more. Another parcel's: that one, unless what is in hand is ours already."""
    if draft.label and compared(number_of(text)) == compared(draft.label):
        return sound(once_more(state), "ok")
    return sound(quiet(state), "error") if draft.in_hand else _start(state, text, expected)


def _has_no_place(state: State, draft: Draft) -> bool:
    """Whether it is in hand still, and for whom is known."""
    return bool(draft.owner) and not draft.undoing and pile_of(state).find(draft.item) is None


def _start(state: State, text: str, expected: tuple[m.PersonName, ...]) -> Step:
    """The next parcel, unless it is known: in hand, of this delivery, on the shelf, or put away before.

    A guided round that was left for it is over.
    """
    state = replace(state, house=replace(state.house, doing=""))
    known = known_by(state, text)
    if known is None and on_shelf.is_place(state, text):
        return sound(note(replace(state, sought=Sought(text)), "place"), "error")
    if known is None:
        state, commands = _begin(state, text, expected)
        return sound((replace(state, sought=Sought(text)), commands), "ok")
    state, commands = placing.released(placing.put_aside(state))
    return sound((replace(state, draft=None, screen=known), commands), "question")


def another(state: State) -> Step:
    """It bears the label of one that is known, and is yet another parcel."""
    match state.screen:
        case (
            s.Twice(label)
            | s.HandOver(sent=False, label=label)
            | h.HandTo(label=label)
            | h.InHand(label=label)
        ) if label:
            return _begin(state, label, ())
        case _:
            return quiet(state)


def _begin(state: State, text: str, expected: tuple[m.PersonName, ...]) -> Step:
    state, commands = placing.released(placing.put_aside(replace(state, sought=None)))
    aside = pile_of(state).aside_with(number_of(text)) if text else None
    if aside is not None:
        state, _ = whose(with_pile(state, pile_of(state).without_aside(aside)), aside)
        return state, commands
    draft = Draft(carrier=carrier_of(text) if text else None, size=pile_of(state).size).labelled(text)
    asked = s.FindPerson(matches=expected) if text else _perhaps_put_aside(state)
    return replace(state, draft=draft, screen=asked), commands


def _perhaps_put_aside(state: State) -> s.FindPerson:
    """Whom a parcel without a label is for; first those for whom one was put aside, which it may be."""
    there = pile_of(state).unlabelled_aside()
    people = dict.fromkeys(one.person for one in there if one.person is not None)
    return s.FindPerson(matches=tuple(people), note="aside" if there else "")


def once_more(state: State) -> Step:
    """After a no, or no answer: the same parcel again, if it has no place yet; what has one stays there."""
    draft = state.draft
    if draft is not None and _has_no_place(state, draft) and not isinstance(state.screen, s.Twice):
        return show(state, s.PickSize())
    state, commands = placing.released(state)
    state, _ = home(state)
    return state, commands
