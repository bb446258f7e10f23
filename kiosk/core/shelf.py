"""Staff hand over what lies on the shelf: which one, is it in its person's hands, noted.

Parcels -> Shelf -> HandOver -yes-> (the bridge settles) -> HandedOver -> Shelf | Parcels
The label of one, or of its place, scanned -> HandOver. Of one taken in just now -> Twice -> HandOver
A registered letter: Shelf -> HandTo (kiosk.core.stock), which asks how its person was made sure of.

The list came with the sign-in; what is put there or handed over in this visit changes it here.
"""

from dataclasses import replace

from contract import messages as m
from kiosk.core import events as e
from kiosk.core import house_screens as h
from kiosk.core import screens as s
from kiosk.core.house import is_marked
from kiosk.core.house_steps import nowhere
from kiosk.core.pile import Draft
from kiosk.core.scans import is_of_place, mark_of, marks_of
from kiosk.core.state import Sought, Staff, State, Step, ask, quiet, show, sound


def touched(state: State, event: e.PersonEvent) -> Step:
    """What staff did about the shelf."""
    match event, state.screen:
        case e.ShelfWanted(), s.Parcels() if state.staff is not None and state.staff.shelf:
            return show(state, s.Shelf())
        case e.MoreWanted(), s.Shelf(page) if state.staff is not None:
            return show(state, s.Shelf((page + 1) % len(state.staff.shelf_pages())))
        case e.HandOverWanted(item_id), s.Shelf() | s.Twice() if item := item_of(state, item_id):
            return show(state, asked(item))
        case e.HandedOverSaid(), s.HandOver(item, sent=False) if state.staff is not None:
            taken = m.Settle(visit=state.staff.visit, item=item.item, outcome="taken")
            return ask(state, taken, s.HandOver(item, sent=True))
        case _:
            return quiet(state)


def scanned(state: State, text: str) -> Step:
    """A label on a screen where one of the shelf is looked for, or asked about."""
    match state.screen:
        case s.HandOver(item, sent=False) as screen:
            return compared_with(state, screen, item, text)
        case s.Shelf() if (found := borne(state, text)) is not None:
            return sound(show(state, asked(found)), "question")
        case s.Shelf() as screen:
            state = replace(state, sought=Sought(text))
            return sound(show(state, replace(screen, strange=True)), "error")
        case _:
            return sound(quiet(state), "error")


def compared_with(
    state: State, screen: s.HandOver | h.HandTo, item: m.ShelfItem | m.StockItem, text: str
) -> Step:
    """A label where this one is asked about: its own, its place's, another's; or nobody knows whose."""
    at_place = _at_place(state, text)
    if is_marked(item, marks_of(text)) or (at_place is not None and at_place.item == item.item):
        return sound(show(state, replace(screen, other=False)), "ok")
    if item.mark or borne(state, text) is not None or state.house.bearing(text) is not None:
        return sound(show(state, replace(screen, other=True)), "error")
    return sound(quiet(state), "error")


def borne(state: State, text: str) -> m.ShelfItem | None:
    """What on the shelf bears this label, or lies at the place that does."""
    marks = marks_of(text)
    by_label = (one for one in _shelf(state) if is_marked(one, marks))
    return next(by_label, None) or _at_place(state, text)


def is_place(state: State, text: str) -> bool:
    """Whether this is the label of a shelf place, as far as is known: that of no parcel."""
    labels = (*(one.label for one in _shelf(state)), *(one.label for one in state.house.places))
    return any(is_of_place(text, label) for label in labels)


def _at_place(state: State, text: str) -> m.ShelfItem | None:
    return next((one for one in _shelf(state) if is_of_place(text, one.label)), None)


def settled(state: State, item_id: str, waited_for: bool) -> Step:
    """The bridge has noted that it was handed over, perhaps later than we waited."""
    item = item_of(state, item_id)
    if item is None:
        return quiet(state)
    state = taken_away(state, item_id)
    match state.screen:
        case s.HandOver() | s.Silent() if waited_for:
            return show(state, s.HandedOver(item))
        case s.Shelf():
            return go_on(state)
        case _:
            return quiet(state)


def refused(state: State, why: str) -> State:
    """What the bridge knows no more was handed over already: it is on the list no longer."""
    match why, state.screen:
        case "item", s.HandOver(item):
            return nowhere(taken_away(state, item.item), item.item)
        case _:
            return state


def go_on(state: State) -> Step:
    """To what else lies there, if anything does."""
    more = state.staff is not None and state.staff.shelf
    return show(state, s.Shelf() if more else s.Parcels())


def put_there(staff: Staff, item: m.VisitItem, draft: Draft) -> Staff:
    """Staff after a deposit: one on a shelf place can be handed over from now on."""
    if item.label is None or not staff.hands_over:
        return staff
    lying = m.ShelfItem(
        item=item.item, person=draft.owner, kind=item.kind, label=item.label, mark=mark_of(draft.label)
    )
    return replace(staff, shelf=(*staff.shelf, lying))


def asked(item: m.ShelfItem, label: str = "") -> s.Screen:
    """A registered letter goes over only to somebody known, or whose papers were seen."""
    if item.kind != "registered_letter":
        return s.HandOver(item, label=label)
    letter = m.StockItem(
        item=item.item, person=item.person, kind=item.kind, size="S", stage="held", mark=item.mark
    )
    return h.HandTo(letter, label=label)


def _shelf(state: State) -> tuple[m.ShelfItem, ...]:
    return state.staff.shelf if state.staff is not None else ()


def item_of(state: State, item_id: str) -> m.ShelfItem | None:
    """What lies on the shelf, by its id."""
    return next((one for one in _shelf(state) if one.item == item_id), None)


def taken_away(state: State, item_id: str) -> State:
    """It lies on the shelf no longer."""
    if state.staff is None:
        return state
    left = tuple(one for one in state.staff.shelf if one.item != item_id)
    return replace(state, staff=replace(state.staff, shelf=left))
