"""Staff put a parcel away: label, person, size, place, door, ticket.

SignIn -badge, PIN-> Parcels -label-> FindPerson -> PickSize -> Claiming -> Placed
Placed -open-> Opening -> DoorOpen -> DoorClosed -settled-> Ticket -> Parcels
Placed (a shelf place) -it lies there-> Claiming -settled-> Ticket
"bigger": the place is given back, PickSize once more; "give up": given back, Parcels
"""

from dataclasses import replace

from contract import messages as m
from kiosk.core import events as e
from kiosk.core import screens as s
from kiosk.core import shelf as on_shelf
from kiosk.core import stock, stock_heard
from kiosk.core.collect import reason
from kiosk.core.doors import door_moved
from kiosk.core.house import House
from kiosk.core.scans import Scan, Token, Unreadable, carrier_of, fault_of, number_of
from kiosk.core.state import Draft, Record, Staff, State, Step, ask, post, quiet, show


def touched(state: State, event: e.PersonEvent) -> Step:
    """What staff did on a screen of the deposit flow, or on the sign-in screen."""
    if stock.concerns(state, event):
        return stock.touched(state, event)
    match event, state.screen:
        case e.PinGiven(number, pin), s.SignIn(busy=False, wait_seconds=0):
            return ask(state, m.SignIn(number=number, pin=pin), s.SignIn(busy=True))
        case e.LabelGiven(text), s.Parcels() | s.Ticket():
            return _label(state, text)
        case e.PeopleFound(query, matches), s.FindPerson():
            return show(state, s.FindPerson(query, matches))
        case e.PersonChosen(person), s.FindPerson(_, matches):
            return _person(state, person, matches)
        case e.SizeChosen(size, fresh, shelf), s.PickSize():
            return _claim(state, size, fresh, shelf)
        case e.OpenDoor(), s.Placed(item) | s.Blocked(item):
            return _open(state, item)
        case e.OpenDoor(), s.Refusal(_, m.VisitItem() as again):
            return _open(state, again)
        case e.ShelfDone(), s.Placed(place):
            return _settle(state, place, "left", s.Claiming(item=place))
        case e.NextParcel(), s.Ticket() | s.Silent() | s.Refusal():
            return _parcels(state)
        case e.SlipPrinted(), s.Ticket(there, pickup, slip) if pickup is not None and slip is not None:
            return state, (Record(m.SlipShown(item=there.item, pickup=pickup, how="print")),)
        case ((e.Bigger() | e.GiveUp()), _):
            return _end(state, event)
        case _:
            return on_shelf.touched(state, event)


def scanned(state: State, scan: Scan, text: str) -> Step:
    """A scan in staff mode is a parcel's label, whatever its form, unless it is one of our QR codes."""
    match scan, state.screen:
        case Unreadable(why, length), _:
            return state, (Record(m.ScanRefused(why=why, length=length)),)
        case _ if stock.concerns(state, e.Scanned(text)):
            return stock.scanned(state, text)
        case Token(), s.Parcels():
            return show(state, s.Parcels("bad_scan"))
        case Token(), _:
            return quiet(state)
        case _, s.Parcels() | s.Ticket() | s.HandedOver():
            return _label(state, text)
        case _:
            return quiet(state)


def answered(state: State, event: e.Answered) -> Step:
    """What the bridge said, on the sign-in screen and in staff mode."""
    if (about_stock := stock_heard.answered(state, event)) is not None:
        return about_stock
    match event.body:
        case m.StaffGranted() as granted:
            return _signed_in(state, granted, event.ask)
        case m.Claimed(item=place) if event.ask == state.waiting:
            return show(state, s.Placed(place))
        case m.Full(sizes=sizes, shelf=shelf) if event.ask == state.waiting:
            return show(state, s.PickSize(free=sizes, shelf=shelf))
        case m.Door(item=str(item_id)) as door if (item := _mine(state, item_id)) is not None:
            return door_moved(state, item, door, event.at_ms)
        case m.Settled(item=item_id) as settled if _drafted(state, item_id):
            return _settled(state, settled)
        case m.Settled(item=item_id, stands="collected"):
            return on_shelf.settled(state, item_id, waited_for=event.ask == state.waiting)
        case m.Refused(why=why, wait_seconds=wait_seconds) if event.ask == state.waiting:
            return _refused(state, why, wait_seconds)
        case m.VisitOver(visit=visit, why=why) if state.staff is not None and visit == state.staff.visit:
            return _over(state, why)
        case _:
            return quiet(state)


def back(state: State) -> Step:
    """One step back, as long as nothing is reserved."""
    if stock.concerns(state, e.Back()):
        return stock.back(state)
    match state.screen:
        case s.FindPerson() | s.Silent() | s.Refusal() | s.Shelf():
            return _parcels(state)
        case s.HandOver(sent=False) | s.HandedOver():
            return on_shelf.go_on(state)
        case s.PickSize() if state.draft is not None and state.draft.item is None:
            return show(state, s.FindPerson())
        case s.PickSize():
            return _parcels(state)
        case _:
            return quiet(state)


def give_back(state: State) -> Step:
    """Before leaving: a place that was reserved and never opened is free again."""
    if (given := stock.give_back(state)) is not None:
        return given
    match state.screen:
        case s.Placed(item) if state.staff is not None:
            state, sent = post(state, m.Settle(visit=state.staff.visit, item=item.item, outcome="given_up"))
            return state, (sent,)
        case _:
            return quiet(state)


def _signed_in(state: State, granted: m.StaffGranted, asked: str) -> Step:
    if asked != state.waiting or not isinstance(state.screen, s.SignIn | s.Silent):
        state, sent = post(state, m.LeaveVisit(visit=granted.visit))
        return state, (sent,)
    hands_over = "collect" in granted.rights
    staff = Staff(
        granted.visit,
        granted.staff,
        granted.initials,
        hands_over=hands_over,
        shelf=granted.shelf,
        rights=granted.rights,
    )
    return stock.look_on(replace(state, staff=staff, over="", screen=s.Parcels()))


def _parcels(state: State) -> Step:
    return show(replace(state, draft=None), s.Parcels())


def _label(state: State, text: str) -> Step:
    """A label, or none; a typed one is judged like a scanned one."""
    label = text.strip()
    if label and (fault := fault_of(label)) is not None:
        return state, (Record(m.ScanRefused(why=fault.why, length=fault.length)),)
    return show(replace(state, draft=Draft(number_of(label), carrier_of(label))), s.FindPerson())


def _person(state: State, person_id: str, matches: tuple[m.PersonName, ...]) -> Step:
    person = next((one for one in matches if one.person == person_id), None)
    if person is None or state.draft is None:
        return quiet(state)
    return show(replace(state, draft=replace(state.draft, person=person)), s.PickSize())


def _claim(state: State, size: m.Size, fresh_item: str, shelf: bool) -> Step:
    """Ask for a place. That staff took the parcel in charge is a fact, once."""
    staff, draft = state.staff, state.draft
    if staff is None or draft is None or draft.person is None:
        return quiet(state)
    item, person = draft.item or fresh_item, draft.person.person
    claim = m.Claim(
        visit=staff.visit,
        item=item,
        person=person,
        size=size,
        label=draft.label,
        carrier=draft.carrier,
        shelf=shelf,
    )
    received = m.ParcelReceived(
        item=item, person=person, staff=staff.staff, size=size, label=draft.label, carrier=draft.carrier
    )
    facts = () if draft.item is not None else (received,)
    return ask(replace(state, draft=replace(draft, item=item)), claim, s.Claiming(), *facts)


def _open(state: State, item: m.VisitItem) -> Step:
    if state.staff is None or item.label is not None:
        return quiet(state)
    return ask(state, m.OpenItem(visit=state.staff.visit, item=item.item), s.Opening(item))


def _end(state: State, event: e.Bigger | e.GiveUp) -> Step:
    """Too small, or no deposit after all. With nothing reserved there is nothing to give back."""
    match state.screen:
        case s.Placed(item) | s.DoorOpen(item) | s.Blocked(item):
            outcome: s.Ending = "bigger" if isinstance(event, e.Bigger) else "given_up"
            open_now = isinstance(state.screen, s.DoorOpen)
            return _settle(state, item, outcome, s.Claiming(outcome, item, open_now))
        case s.FindPerson() | s.PickSize() if isinstance(event, e.GiveUp):
            return _parcels(state)
        case _:
            return quiet(state)


def _settle(state: State, item: m.VisitItem, outcome: s.Outcome, screen: s.Claiming) -> Step:
    if state.staff is None:
        return quiet(state)
    return ask(state, m.Settle(visit=state.staff.visit, item=item.item, outcome=outcome), screen)


def _drafted(state: State, item_id: str) -> bool:
    return state.draft is not None and state.draft.item == item_id


def _mine(state: State, item_id: str) -> m.VisitItem | None:
    """The place of the parcel in hand: the screen that follows a claim always has it."""
    match state.screen:
        case s.Opening(item) | s.DoorOpen(item) | s.DoorClosed(item) | s.Blocked(item) if (
            item.item == item_id
        ):
            return item
        case s.Claiming(_, item) if item is not None and item.item == item_id:
            return item
        case _:
            return None


def _settled(state: State, settled: m.Settled) -> Step:
    match settled.stands, state.screen:
        case "left", s.DoorClosed(item) | s.DoorOpen(item) | s.Opening(item):
            return _ticket(state, item, settled)
        case "left", s.Claiming(_, item) if item is not None:
            return _ticket(state, item, settled)
        case "dropped", s.Claiming(ending, item, door_open) if item is not None:
            return _dropped(state, ending, item, door_open)
        case _:
            return quiet(state)


def _dropped(state: State, ending: str, item: m.VisitItem, door_open: bool) -> Step:
    """The place is given back; after "bigger" the same parcel is put elsewhere."""
    if ending == "bigger":
        close = item.compartment if door_open else None
        return show(state, s.PickSize(too_small=item.size, close=close))
    return show(replace(state, draft=None), s.Parcels("close_door" if door_open else ""))


def _ticket(state: State, item: m.VisitItem, settled: m.Settled) -> Step:
    if state.staff is None or state.draft is None:
        return quiet(state)
    staff = replace(state.staff, deposited=state.staff.deposited + 1)
    staff = on_shelf.put_there(staff, item, state.draft.person)
    screen = s.Ticket(item, settled.pickup, settled.slip)
    shown: tuple[Record, ...] = ()
    if settled.slip is not None and settled.pickup is not None:
        shown = (Record(m.SlipShown(item=item.item, pickup=settled.pickup, how="screen")),)
    return replace(state, staff=staff, screen=screen), shown


def _refused(state: State, why: str, wait_seconds: int) -> Step:
    state = on_shelf.refused(state, why)
    match state.screen:
        case s.SignIn() if why in ("code", "malformed"):
            return show(state, s.SignIn(refused=True, wait_seconds=wait_seconds))
        case s.Opening(item):
            return show(state, s.Refusal(reason(why), item))
        case _:
            return show(state, s.Refusal(reason(why)))


def _over(state: State, why: str) -> Step:
    """The bridge ended the staff visit: sign in again. A ticket on screen stays."""
    if why in ("done", "left") or isinstance(state.screen, s.Ticket):
        return quiet(state)
    return show(replace(state, staff=None, draft=None, house=House()), s.Refusal("visit"))
