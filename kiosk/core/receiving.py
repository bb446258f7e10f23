"""Staff take in a carrier's pile: label, person, size; what is special; what is refused; the count.

SignIn -badge, PIN-> Parcels -label-> FindPerson -Enter-> PickSize -Enter-> a place (kiosk.core.placing)
FindPerson, PickSize -> Special | Pieces | Refuse
Parcels -the round is ended-> Counting -so many were announced-> Counted -slips or none-> Parcels

Every step has a key and a place to touch, and the next label is heard while the last door stands open
(kiosk.core.labels).
"""

from dataclasses import replace
from typing import Final

from contract import messages as m
from kiosk.core import events as e
from kiosk.core import labels, lookup, placing, relay_flow, stock
from kiosk.core import screens as s
from kiosk.core import shelf as on_shelf
from kiosk.core.pile import MOST_PIECES, Draft, Mark
from kiosk.core.placing import home, pile_of, whose, with_pile
from kiosk.core.scans import Badge, Scan, Token, Unreadable
from kiosk.core.state import Record, State, Step, ask, quiet, show, sound

MOST_ANNOUNCED: Final = 999


def touched(state: State, event: e.PersonEvent) -> Step:
    """What staff did on a screen of theirs, or on the sign-in screen."""
    if relay_flow.concerns(state, event):
        return relay_flow.touched(state, event)
    if isinstance(event, e.AnotherSaid):
        return labels.another(state)
    if stock.concerns(state, event):
        return stock.touched(state, event)
    match event, state.screen:
        case e.PinGiven(number, pin), s.SignIn(busy=False, wait_seconds=0):
            return ask(state, m.SignIn(number=number, pin=pin), s.SignIn(busy=True))
        case e.LabelGiven(text, expected), s.Parcels():
            return labels.typed(state, text, expected)
        case e.Entered(), _:
            return _entered(state, event)
        case e.PeopleFound(query, matches), s.FindPerson():
            return show(state, s.FindPerson(query, matches))
        case e.PersonChosen(person, known), s.FindPerson(_, matches):
            return _person(state, person, matches, known)
        case e.UnknownSaid(person), s.FindPerson() if state.draft is not None:
            draft = replace(state.draft, person=None, unknown=person)
            return show(placing.found_aside(state, draft), s.PickSize())
        case e.NextParcel(), s.Silent() | s.Refusal() | s.Twice():
            return labels.once_more(state)
        case e.NextParcel(), s.Counted():
            return home(with_pile(state, pile_of(state).ended()))
        case e.Undo(), s.FindPerson() | s.PickSize() | s.Special() | s.Pieces() | s.Refuse(sent=False):
            return _put_aside(state)
        case _:
            return _special(state, event)


def scanned(state: State, scan: Scan, event: e.Scanned) -> Step:
    """A scan in staff mode is a parcel's label, whatever its form, unless it is one of our QR codes."""
    match scan:
        case Unreadable(why, length):
            state, commands = dropped(state)
            return state, (*commands, Record(m.ScanRefused(why=why, length=length)))
        case _ if relay_flow.hears(state, event.text):
            return relay_flow.scanned(state, event)
        case _ if stock.concerns(state, event):
            return stock.scanned(state, event.text)
        case Token():
            return sound(labels.note(state, "ticket"), "error")
        case Badge() if labels.may_be_badge(state, event):
            return sound(home(state, "badge", event.text), "question")
        case _:
            return labels.scanned(state, event.text, event.expected)


def dropped(state: State) -> Step:
    """The scanner read what no label has."""
    if state.staff is None:
        return quiet(state)
    if relay_flow.concerns(state, e.Touched()):
        return relay_flow.unreadable(state)
    return sound(labels.note(state, "unreadable"), "error")


def back(state: State) -> Step:
    """One step back, as long as nothing is reserved."""
    if relay_flow.concerns(state, e.Back()):
        return relay_flow.back(state)
    if stock.concerns(state, e.Back()):
        return stock.back(state)
    match state.screen:
        case s.FindPerson():
            return _put_aside(state)
        case s.Silent() | s.Refusal() | s.Twice():
            return labels.once_more(state)
        case s.Shelf() | s.Counting() | s.Counted():
            return home(state)
        case s.HandOver(sent=False) | s.HandedOver():
            return on_shelf.go_on(state)
        case s.Special() | s.Pieces() | s.Refuse(sent=False):
            return _back_to_question(state)
        case s.PickSize() if state.draft is not None:
            return whose(state, state.draft)
        case _:
            return quiet(state)


# --- whom it is for ----------------------------------------------------------------------------


def _entered(state: State, event: e.Entered) -> Step:
    match state.screen:
        case s.Parcels():
            return labels.typed(state, event.text, event.matches)
        case s.Twice():
            return home(state)
        case s.FindPerson() if not event.matches:
            return sound(show(state, s.FindPerson(event.text)), "error")
        case s.FindPerson():
            return _person(state, event.matches[0].person, event.matches, known=True)
        case s.PickSize() if state.draft is not None:
            return _sized(state, state.draft.size, event.item, shelf=False)
        case s.Placed(place) if place.label is not None:
            return placing.lies_there(state, place)
        case s.Counting() if not event.text:
            return show(state, s.Counted())
        case s.Counting() if event.text.isdecimal() and int(event.text) <= MOST_ANNOUNCED:
            return _counted(state, int(event.text))
        case _:
            return quiet(state)


def _person(state: State, person_id: str, matches: tuple[m.PersonName, ...], known: bool) -> Step:
    person = next((one for one in matches if one.person == person_id), None)
    if person is None or state.draft is None:
        return quiet(state)
    if not known:
        return sound(show(state, s.FindPerson(note="gone")), "error")
    draft = replace(state.draft, person=person, unknown="")
    return show(placing.found_aside(state, draft), s.PickSize())


def _sized(state: State, size: m.Size, item: str, shelf: bool) -> Step:
    """This size, if there may be a place of it."""
    screen = state.screen
    if not isinstance(screen, s.PickSize) or state.draft is None:
        return quiet(state)
    to_shelf = shelf or state.draft.wants_shelf
    if not to_shelf and screen.free is not None and size not in screen.free:
        return sound(quiet(state), "error")
    return lookup.known_now(state) or placing.claim(state, size, item, shelf)


# --- what is special ---------------------------------------------------------------------------


def _special(state: State, event: e.PersonEvent) -> Step:
    draft = state.draft
    match event, state.screen:
        case e.SizeChosen(size, item, shelf), s.PickSize():
            return _sized(state, size, item, shelf)
        case e.SpecialWanted(), s.PickSize() as asked:
            return show(state, s.Special(asked))
        case e.MarkSaid(mark), s.PickSize() | s.Special() if draft is not None:
            return _marked(state, draft.marked(mark), mark)
        case e.PiecesWanted(), s.PickSize() | s.Special() if draft is not None and draft.piece == 1:
            return show(state, s.Pieces())
        case e.PiecesSaid(pieces), s.Pieces() if draft is not None and 1 <= pieces <= MOST_PIECES:
            return show(replace(state, draft=replace(draft, pieces=pieces)), s.PickSize())
        case e.RefuseWanted(), s.Parcels() | s.FindPerson() | s.PickSize() | s.Special():
            return show(replace(state, draft=draft or Draft(size=pile_of(state).size)), s.Refuse())
        case e.RefuseSaid(why, item), s.Refuse(sent=False):
            return _refuse(state, why, item)
        case _:
            return _placing(state, event)


def _placing(state: State, event: e.PersonEvent) -> Step:
    match event, state.screen:
        case e.OpenDoor(), s.Placed(item) | s.Blocked(item) | s.Refusal(_, m.VisitItem() as item):
            return placing.open_door(state, item)
        case e.ShelfDone(), s.Placed(place) if place.label is not None:
            return placing.lies_there(state, place)
        case e.Bigger(), _:
            return placing.bigger(state)
        case e.Undo(), _:
            return placing.undo(state)
        case e.RoundEnded(), s.Parcels() if pile_of(state).begun:
            return show(state, s.Counting())
        case e.SlipsPrinted(), s.Counted() as screen:
            return _printed(state, screen)
        case _:
            return on_shelf.touched(state, event)


def _marked(state: State, draft: Draft, mark: Mark) -> Step:
    """What is heavy or goes bad has other doors than what is not: those that were full no longer count."""
    state = replace(state, draft=draft)
    match state.screen:
        case s.PickSize() as asked if mark in ("heavy", "perishable"):
            return show(state, replace(asked, free=None))
        case s.Special(asked) if mark in ("heavy", "perishable"):
            return show(state, s.Special(replace(asked, free=None)))
        case _:
            return quiet(state)


def _refuse(state: State, why: s.Why, fresh_item: str) -> Step:
    """It is not taken in. What was ours already goes back to its carrier, if the bridge says so."""
    staff, draft = state.staff, state.draft
    if staff is None or draft is None:
        return quiet(state)
    draft = replace(draft, item=draft.item or fresh_item, refused=why)
    if not draft.in_hand:
        return placing.refused(state, draft)
    body = m.Settle(visit=staff.visit, item=draft.item or "", outcome="returned")
    return ask(replace(state, draft=draft), body, s.Refuse(sent=True))


def _put_aside(state: State) -> Step:
    """The parcel in hand is not put away now. One that is ours already is found in hand by its label."""
    in_hand = state.draft is not None and state.draft.in_hand
    state, commands = home(placing.put_aside(state), "in_hand" if in_hand else "")
    return stock.look_on(state) if in_hand else (state, commands)


def _back_to_question(state: State) -> Step:
    draft = state.draft
    if draft is not None and draft.owner:
        asked = state.screen.asked if isinstance(state.screen, s.Special) else s.PickSize()
        return show(state, asked)
    return whose(state, draft) if draft is not None and draft.label else home(state)


# --- the end of the round ----------------------------------------------------------------------


def _counted(state: State, announced: int) -> Step:
    """What the carrier's slip says, beside what was taken in; said again, it is a correction."""
    if state.staff is None:
        return quiet(state)
    pile = state.staff.pile
    fact = m.PileCounted(
        staff=state.staff.staff,
        announced=announced,
        received=pile.received,
        refused=pile.refused,
        carrier=pile.carrier(),
        again=pile.counted,
    )
    state = with_pile(state, replace(pile, counted=True))
    return replace(state, screen=s.Counted(announced)), (Record(fact),)


def _printed(state: State, screen: s.Counted) -> Step:
    shown = tuple(
        Record(m.SlipShown(item=one.place.item, pickup=one.pickup, how="print"))
        for one in pile_of(state).slips()
        if one.pickup is not None
    )
    return replace(state, screen=replace(screen, printed=True)), shown
