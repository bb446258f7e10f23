"""What staff want of a parcel's place: one to be found, its door opened, a yes, the parcel back.

What follows from the bridge's answers is in kiosk.core.deposit.
"""

from collections.abc import Callable
from dataclasses import replace

from contract import messages as m
from kiosk.core import screens as s
from kiosk.core import stock
from kiosk.core.pile import Draft, Lain, Pile
from kiosk.core.state import Record, Staff, State, Step, ask, post, quiet, show

# --- where the flow goes on --------------------------------------------------------------------


def home(state: State, note: s.Note = "", where: str = "") -> Step:
    """Nothing in hand any more: the next label."""
    return show(replace(state, draft=None), s.Parcels(note, where))


def whose(state: State, draft: Draft, note: s.Note = "", where: str = "") -> Step:
    """This parcel is in hand: whom is it for? If that was known, Enter says it again."""
    matches = (draft.person,) if draft.person is not None else ()
    return show(replace(state, draft=draft), s.FindPerson(matches=matches, note=note, where=where))


def with_pile(state: State, pile: Pile) -> State:
    """The same, this having become of the delivery."""
    return state if state.staff is None else replace(state, staff=replace(state.staff, pile=pile))


def pile_of(state: State) -> Pile:
    """The delivery staff are at."""
    return state.staff.pile if state.staff is not None else Pile()


def put_aside(state: State) -> State:
    """The parcel in hand makes room for another one, or for none: what was said of it is kept."""
    return with_pile(state, pile_of(state).put_aside(state.draft))


def found_aside(state: State, draft: Draft) -> State:
    """For whom it is, is known now: without a label it may be the one that was put aside for them."""
    if draft.label or draft.item is not None or draft.piece > 1:
        return replace(state, draft=draft)
    waiting = pile_of(state).unlabelled_aside()
    there = (one for one in waiting if one.owner and one.person == draft.person)
    if (aside := next(there, None)) is None:
        return replace(state, draft=draft)
    state = with_pile(state, pile_of(state).without_aside(aside))
    return replace(state, draft=draft.found_aside(aside))


def gone(state: State, item: str) -> State:
    """This parcel lies there no longer, whoever took it out: its label may come again."""
    state = _in_every_pile(state, lambda pile: pile.gone(item))
    return replace(state, lain=_lain_at(state.lain, item, ""))


def moved(state: State, item: str, place: m.VisitItem) -> State:
    """This parcel lies at another place now."""
    state = _in_every_pile(state, lambda pile: pile.moved(item, place))
    return replace(state, lain=_lain_at(state.lain, item, str(place.label or place.compartment)))


def reassigned(state: State, item: str, person: m.PersonName) -> State:
    """This parcel is for somebody else, and lies where it lay."""
    return with_pile(state, pile_of(state).reassigned(item, person))


def _in_every_pile(state: State, change: Callable[[Pile], Pile]) -> State:
    """The delivery staff are at, and the one that waits for its staff."""
    if state.round is not None:
        state = replace(state, round=replace(state.round, pile=change(state.round.pile)))
    return with_pile(state, change(pile_of(state)))


def _lain_at(lain: tuple[Lain, ...], item: str, where: str) -> tuple[Lain, ...]:
    return tuple(replace(one, where=where) if one.item == item else one for one in lain)


# --- what staff want ---------------------------------------------------------------------------


def claim(state: State, size: m.Size, fresh_item: str, shelf: bool = False) -> Step:
    """Ask for a place. That staff took the parcel in charge is a fact; so is what else they say of it."""
    staff, draft = state.staff, state.draft
    if staff is None or draft is None or not draft.owner:
        return quiet(state)
    known = draft.item is not None
    draft = replace(draft, item=draft.item or fresh_item, size=size)
    if draft.in_hand and draft.was_for != draft.owner:
        return _reassigned(state, staff, draft, shelf)
    told_already = known and draft.said in ((), draft.saying)
    received = () if told_already else (_received(staff, draft),)
    draft = draft if told_already else replace(draft, said=draft.saying)
    return find_place(state, staff, draft, shelf or draft.wants_shelf, *received)


def open_door(state: State, item: m.VisitItem) -> Step:
    """Open the door of what is to be put there."""
    staff = state.staff
    if staff is None or item.label is not None:
        return quiet(state)
    state = with_pile(state, staff.pile.stood(item.item, "asked"))
    return ask(state, m.OpenItem(visit=staff.visit, item=item.item), s.Opening(item))


def lies_there(state: State, place: m.VisitItem) -> Step:
    """Staff say that it lies on its shelf place."""
    return _settle(state, place, "left", s.Claiming(item=place))


def bigger(state: State) -> Step:
    """It does not fit: its place is given back, and another one looked for."""
    return _given_back(state, "bigger")


def undo(state: State) -> Step:
    """Take the parcel back: the one under way, else the last one that was put away.

    Before an open door it is in hand again and nothing is inside: nobody has to look there afterwards.
    """
    match state.screen:
        case s.Parcels():
            return _take_out_last(state)
        case _:
            return _given_back(state, "given_up")


def refused(state: State, draft: Draft) -> Step:
    """It goes back with the carrier: a fact, and counted as such."""
    staff = state.staff
    if staff is None or draft.item is None or draft.refused is None:
        return quiet(state)
    fact = m.ParcelRefused(
        item=draft.item, staff=staff.staff, why=draft.refused, label=draft.label, carrier=draft.carrier
    )
    pile = replace(staff.pile.without_aside(draft), refused=staff.pile.refused + 1)
    state, _ = home(with_pile(state, pile), "refused")
    return state, (Record(fact),)


def released(state: State) -> Step:
    """Before something else begins, or staff leave: a place that was named and never opened is free again."""
    if (given := stock.give_back(state)) is not None:
        return given
    lying = pile_of(state).find(state.draft.item) if state.draft is not None else None
    if state.staff is None or lying is None or lying.stands != "placed":
        return quiet(state)
    state, sent = post(state, m.Settle(visit=state.staff.visit, item=lying.place.item, outcome="given_up"))
    return with_pile(state, pile_of(state).without(lying.place.item)), (sent,)


def _reassigned(state: State, staff: Staff, draft: Draft, shelf: bool) -> Step:
    """What was taken out again is for somebody else: that is said before a place is asked for.

    The bridge tells whose it is; what else staff say of it now, only this kiosk does.
    """
    body = m.Reassign(visit=staff.visit, item=draft.item or "", person=draft.owner)
    state, sent = post(state, body)
    news = set(draft.saying).symmetric_difference(draft.said) - {draft.owner, draft.was_for, "named"}
    received = (_received(staff, draft),) if draft.said and news else ()
    draft = replace(draft, was_for=draft.owner, said=draft.said and draft.saying)
    state, commands = find_place(state, staff, draft, shelf or draft.wants_shelf, *received)
    return state, (sent, *commands)


def _received(staff: Staff, draft: Draft) -> m.ParcelReceived:
    return m.ParcelReceived(
        item=draft.item or "",
        person=draft.owner,
        staff=staff.staff,
        size=draft.size,
        kind=draft.kind,
        label=draft.label,
        carrier=draft.carrier,
        named=draft.person is not None,
        pieces=draft.pieces,
        damaged=draft.damaged,
        heavy=draft.heavy,
        perishable=draft.perishable,
    )


def find_place(state: State, staff: Staff, draft: Draft, shelf: bool, *facts: m.Fact) -> Step:
    """Ask for a place, behind a door or on a shelf."""
    body = m.Claim(
        visit=staff.visit,
        item=draft.item or "",
        person=draft.owner,
        size=draft.size,
        kind=draft.kind,
        label=draft.label,
        carrier=draft.carrier,
        shelf=shelf,
        heavy=draft.heavy,
        perishable=draft.perishable,
    )
    return ask(replace(state, draft=draft), body, s.Claiming(shelf=shelf), *facts)


def _given_back(state: State, ending: s.Ending) -> Step:
    match state.screen:
        case s.Placed(item) | s.DoorOpen(item) | s.Blocked(item) if not taking_out(state):
            open_now = isinstance(state.screen, s.DoorOpen)
            back = ending == "given_up" and open_now
            return _settle(state, item, "empty" if back else ending, s.Claiming(ending, item, open_now))
        case _:
            return quiet(state)


def _take_out_last(state: State) -> Step:
    last = pile_of(state).last()
    if state.staff is None or last is None:
        return quiet(state)
    place, visit = last.place, state.staff.visit
    if last.stands in ("asked", "open"):
        state = replace(state, draft=last.draft)
        open_now = last.stands == "open"
        outcome: s.Outcome = "empty" if open_now else "given_up"
        return _settle(state, place, outcome, s.Claiming("given_up", place, open_now))
    state = replace(state, draft=replace(last.draft, undoing=True))
    waits = s.Opening(place) if place.label is None else s.Claiming("given_up", place)
    return ask(state, m.TakeOut(visit=visit, item=place.item, why="undo"), waits)


def _settle(state: State, item: m.VisitItem, outcome: s.Outcome, screen: s.Claiming) -> Step:
    if state.staff is None:
        return quiet(state)
    return ask(state, m.Settle(visit=state.staff.visit, item=item.item, outcome=outcome), screen)


def taking_out(state: State) -> bool:
    """Whether the parcel in hand is on its way out."""
    return state.draft is not None and state.draft.undoing
