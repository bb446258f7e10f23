"""A parcel's place: found, its door opened at once, confirmed, and taken back.

Claiming -a door-> Opening -> DoorOpen -> DoorClosed -left-> Parcels, or the next piece
Claiming -a door, another one stands open or no turn is free-> Placed -> Opening
Claiming -a shelf place-> Placed -it lies there-> Claiming -left-> Parcels
"bigger": the place is given back, PickSize once more. Undo: the place is given back, or its door opens
once more to take the parcel out; then it is in hand again, FindPerson.

What the bridge says of an earlier parcel is noted in the pile, whatever is on the screen.
"""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Final

from contract import messages as m
from kiosk.core import events as e
from kiosk.core import relay_heard, stock, stock_heard
from kiosk.core import screens as s
from kiosk.core import shelf as on_shelf
from kiosk.core.collect import reason
from kiosk.core.doors import door_moved
from kiosk.core.house import House
from kiosk.core.house_steps import lies, nowhere
from kiosk.core.pile import MOST_LABELS, Draft, Lain, Lying, Pile, Stand
from kiosk.core.placing import (
    find_place,
    gone,
    home,
    open_door,
    pile_of,
    refused,
    taking_out,
    whose,
    with_pile,
)
from kiosk.core.scans import compared
from kiosk.core.state import Staff, State, Step, post, quiet, show

_STANDS: Final[Mapping[str, Stand]] = MappingProxyType(
    {"opened": "open", "left_open": "open", "closed": "shut"}
)


def answered(state: State, event: e.Answered) -> Step:
    """What the bridge said, on the sign-in screen and in staff mode."""
    if isinstance(event.body, m.Stock):
        state = relay_heard.told(with_pile(state, pile_of(state).checked(event.body)), event.told)
    if (about_bags := relay_heard.answered(state, event)) is not None:
        return about_bags
    if (about_stock := stock_heard.answered(state, event)) is not None:
        return about_stock
    waited_for = event.ask == state.waiting
    match event.body:
        case m.StaffGranted() as granted:
            return _signed_in(state, granted, event)
        case m.Claimed(visit=visit, item=place):
            return _claimed(state, visit, place)
        case m.Full() as full if waited_for:
            return _full(state, full)
        case m.Door(item=str(item_id)) as door:
            return _moved(state, item_id, door, event.at_ms)
        case m.Settled() as settled:
            return _settled(state, settled, waited_for)
        case m.Refused(why=why, wait_seconds=wait_seconds) if waited_for:
            return _refused(state, why, wait_seconds)
        case m.VisitOver(visit=visit, why=why) if state.staff is not None and visit == state.staff.visit:
            return _over(state, why) if why not in ("done", "left") else quiet(state)
        case _:
            return quiet(state)


def answered_meanwhile(state: State, event: e.Answered) -> State:
    """What the bridge says of a parcel, whoever is here: one of a round nobody is at counts all the same."""
    match event.body:
        case m.Settled(item=item, stands="collected" | "returned" | "lost"):
            return nowhere(gone(state, item), item)
        case m.Settled(item=item, stands="in_hand"):
            return gone(state, item)
        case m.Settled(item=item, stands="left"):
            state = lies(state, item)
            if state.round is None:
                return state
            pile = state.round.pile.left(item, None, None)
            return replace(state, round=replace(state.round, pile=pile))
        case m.Settled(item=item, stands="dropped") if state.round is not None:
            return replace(state, round=replace(state.round, pile=state.round.pile.cut_off((item,))))
        case _:
            return state


def go_on(state: State) -> Step:
    """The door that a placed parcel waits for has shut, or its turn may have come."""
    match state.screen:
        case s.Placed(item, close=close, waits=waits) if close or waits:
            return _to_place(state, item)
        case _:
            return quiet(state)


def _signed_in(state: State, granted: m.StaffGranted, event: e.Answered) -> Step:
    if event.ask != state.waiting or not isinstance(state.screen, s.SignIn | s.Silent):
        state, sent = post(state, m.LeaveVisit(visit=granted.visit))
        return state, (sent,)
    kept = state.round
    mine = kept is not None and kept.staff == granted.staff
    known = Pile() if kept is None else kept.pile.with_persons(event.people)
    if kept is not None and not mine:  # theirs waits on, but what they put aside lies there for whoever comes
        kept = replace(kept, pile=replace(kept.pile, aside=())) if kept.pile.begun else None
    pile = known.resumed() if mine else Pile(aside=known.aside)
    staff = Staff(
        granted.visit,
        granted.staff,
        granted.initials,
        pile=pile,
        hands_over="collect" in granted.rights,
        shelf=granted.shelf,
        rights=granted.rights,
        employer=granted.employer,
    )
    state = replace(state, staff=staff, over="", round=None if mine else kept)
    return stock.look_on(replace(state, screen=s.Parcels()))


def _claimed(state: State, visit: str, place: m.VisitItem) -> Step:
    """A place, perhaps later than waited for. One that nobody wants any more is free again."""
    draft, pile = state.draft, pile_of(state)
    here = isinstance(state.screen, s.Claiming | s.Silent)
    if here and draft is not None and draft.item == place.item:
        return _to_place(with_pile(state, pile.put(draft, place)), place)
    if pile.find(place.item) is not None:
        return quiet(state)
    state, sent = post(state, m.Settle(visit=visit, item=place.item, outcome="given_up"))
    return state, (sent,)


def _to_place(state: State, place: m.VisitItem) -> Step:
    if place.label is not None:
        return show(state, s.Placed(place))
    other = pile_of(state).open_besides(place.item)
    return show(state, s.Placed(place, close=other.where)) if other is not None else open_door(state, place)


def _full(state: State, full: m.Full) -> Step:
    """No such place. What only had to be asked of the shelf first may go behind a door after all."""
    staff, draft = state.staff, state.draft
    if staff is None or draft is None:
        return quiet(state)
    shelf_first = isinstance(state.screen, s.Claiming) and state.screen.shelf and draft.wants_shelf
    if shelf_first and not draft.perishable and full.sizes:
        return find_place(state, staff, draft, shelf=False)
    free = () if draft.perishable else full.sizes
    return show(state, s.PickSize(free=free, shelf=full.shelf))


def _moved(state: State, item_id: str, door: m.Door, at_ms: int) -> Step:
    lying, stands = pile_of(state).find(item_id), _STANDS.get(door.state)
    if lying is not None and stands is not None and lying.place.compartment == door.compartment:
        state = with_pile(state, pile_of(state).stood(item_id, stands))
    if door.state == "closed":
        state = _shut(state, door.compartment)
    item = _on_screen(state, item_id)
    return door_moved(state, item, door, at_ms) if item is not None else _go_on_if_shut(state)


def _shut(state: State, compartment: int) -> State:
    """The door that had to be closed is: that it must be is said no longer."""
    match state.screen:
        case s.FindPerson(note="close_door", where=where) as screen if where == str(compartment):
            return replace(state, screen=replace(screen, note="", where=""))
        case s.PickSize(close=close) as screen if close == compartment:
            return replace(state, screen=replace(screen, close=None))
        case _:
            return state


def _go_on_if_shut(state: State) -> Step:
    match state.screen:
        case s.Placed(item, close=close) if close and pile_of(state).open_besides(item.item) is None:
            return _to_place(state, item)
        case _:
            return quiet(state)


def _on_screen(state: State, item_id: str) -> m.VisitItem | None:
    """The place of the parcel in hand: the screen that follows a claim always has it."""
    match state.screen:
        case s.Opening(item) | s.DoorOpen(item) | s.DoorClosed(item) | s.Blocked(item) if (
            item.item == item_id
        ):
            return item
        case s.Claiming(_, item) if item is not None and item.item == item_id:
            return item
        case s.Silent() if state.draft is not None and state.draft.item == item_id:
            lying = pile_of(state).find(item_id)
            return lying.place if lying is not None else None
        case _:
            return None


def _settled(state: State, settled: m.Settled, waited_for: bool) -> Step:
    lying = pile_of(state).find(settled.item)
    match settled.stands:
        case "left" if lying is not None:
            return _left(state, lying, settled)
        case "in_hand" if lying is not None:
            return _in_hand(state, lying)
        case "dropped":
            return _dropped(state, settled.item)
        case "returned" if state.draft is not None and state.draft.item == settled.item:
            return refused(state, state.draft)
        case "collected":
            return on_shelf.settled(state, settled.item, waited_for)
        case _:
            return quiet(state)


def _left(state: State, lying: Lying, settled: m.Settled) -> Step:
    """It lies there: only now it counts."""
    again, item = lying.stands == "left", lying.place.item
    if not again and state.staff is not None:
        pile = state.staff.pile.left(item, settled.pickup, settled.slip)
        staff = on_shelf.put_there(replace(state.staff, pile=pile), lying.place, lying.draft)
        state = replace(state, staff=staff, lain=_remembered(state.lain, lying))
    draft = state.draft
    here = isinstance(state.screen, s.DoorClosed | s.DoorOpen | s.Opening | s.Claiming | s.Silent)
    if draft is None or draft.item != item or draft.undoing or not here:
        return _go_on_if_shut(state)
    if draft.piece < draft.pieces:
        return next_piece(state, draft)
    return home(state, "in_place", lying.where)


def next_piece(state: State, draft: Draft, text: str = "") -> Step:
    """The next one of several pieces, for the same person, and with a label of its own if one was scanned."""
    piece = draft.next_piece()
    return show(replace(state, draft=piece.labelled(text) if text else piece), s.PickSize())


def _remembered(lain: tuple[Lain, ...], lying: Lying) -> tuple[Lain, ...]:
    item, label = lying.place.item, compared(lying.draft.label)
    others = tuple(one for one in lain if one.item != item)
    return (*others, Lain(item, label, lying.where))[-MOST_LABELS:] if label else others


def _in_hand(state: State, lying: Lying) -> Step:
    """It was taken out again: whom is it really for, and where does it go?"""
    item = lying.place.item
    state = with_pile(state, pile_of(state).without(item))
    if state.staff is not None:
        state = on_shelf.taken_away(state, item)
    if state.draft is None or state.draft.item != item:
        return quiet(state)
    open_now = isinstance(state.screen, s.DoorOpen)
    draft = replace(
        state.draft, undoing=False, in_hand=True, was_for=state.draft.owner or state.draft.was_for
    )
    return whose(state, draft, "close_door" if open_now else "", lying.where)


def _dropped(state: State, item_id: str) -> Step:
    """The place is given back; after "bigger" the same parcel is put elsewhere."""
    pile = pile_of(state)
    left = pile.cut_off((item_id,)) if item_id in pile.doubted else pile.without(item_id)
    state, draft = with_pile(state, left), state.draft
    match state.screen:
        case s.Claiming("bigger", m.VisitItem() as item, door_open) if item.item == item_id and draft:
            larger = replace(state, draft=draft.larger())
            return show(
                larger, s.PickSize(too_small=item.size, close=item.compartment if door_open else None)
            )
        case s.Claiming("given_up", m.VisitItem() as item, door_open) if (
            item.item == item_id and draft is not None
        ):
            return whose(state, draft.afresh(), "close_door" if door_open else "", str(item.compartment))
        case _:
            return _go_on_if_shut(state)


def _refused(state: State, why: str, wait_seconds: int) -> Step:
    state = on_shelf.refused(state, why)
    if why == "visit" and state.staff is not None:
        return _over(state, "")
    match state.screen:
        case s.Refuse(sent=True) if state.draft is not None:
            return _not_returned(state, state.draft, why)
        case s.SignIn() if why in ("code", "malformed"):
            return show(state, s.SignIn(refused=True, wait_seconds=wait_seconds))
        case s.Opening() if taking_out(state):
            return show(replace(state, draft=None), s.Refusal(reason(why)))
        case s.Opening(item) if why in ("busy", "cap"):
            placed = with_pile(state, pile_of(state).stood(item.item, "placed"))
            return show(placed, s.Placed(item, waits=True))
        case s.Opening(item):
            return show(state, s.Refusal(reason(why), item))
        case s.Claiming(item=None) if why == "item" and state.draft is not None:
            return show(replace(state, draft=state.draft.afresh()), s.Refusal(reason(why)))
        case _:
            return show(state, s.Refusal(reason(why)))


def _not_returned(state: State, draft: Draft, why: str) -> Step:
    """Its carrier may not have it: it is in hand still, and to be put away again."""
    if why == "item":
        return show(replace(state, draft=None), s.Refusal("item"))
    draft = replace(draft, refused=None)
    if why == "rights":
        return whose(state, draft, "no_return")
    return show(replace(state, draft=draft), s.Refusal(reason(why)))


def _over(state: State, why: str) -> Step:
    """The bridge ended the staff visit: sign in again, and the round goes on."""
    state = with_pile(state, pile_of(state).interrupted(restart=why == "restart"))
    state = replace(state, round=state.kept_round(), staff=None, draft=None, house=House(), sought=None)
    return show(state, s.Refusal("signed_out"))
