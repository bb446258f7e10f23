"""What the bridge says to somebody who drops something or orders."""

from dataclasses import replace

from contract import messages as m
from kiosk.core import drop_screens as d
from kiosk.core import events as e
from kiosk.core import quotes, relay_counter, weighing
from kiosk.core import relay_screens as r
from kiosk.core import screens as s
from kiosk.core.collect import in_language, reason
from kiosk.core.doors import door_moved
from kiosk.core.drop_steps import cancelled, claim, seal, shown
from kiosk.core.dropping import Drop, facts
from kiosk.core.state import State, Step, ask, post, quiet, show
from kiosk.core.who_drops import begun, what_next


def answered(state: State, event: e.Answered) -> Step:
    """While somebody drops something; what is granted to nobody any more is given back at once."""
    drop = state.drop
    match event.body:
        case m.DropGranted() as granted:
            return _granted(state, drop, granted, event)
        case _ if drop is None:
            return quiet(state)
        case m.Claimed(item=place) if place.item == drop.item:
            return _claimed(state, drop, place)
        case m.Full(sizes=free) if event.ask == state.waiting:
            return show(state, d.NoDoor(bigger=drop.told, free=free))
        case m.Door(item=str(item)) as door if drop.place is not None and item == drop.item:
            return _go_on_if_shut(door_moved(state, drop.place, door, event.at_ms))
        case m.Settled(item=item) as settled if item == drop.item:
            return _settled(state, drop, settled, event.ask == state.waiting)
        case m.Sealed() as sealed if isinstance(state.screen, d.Sealing | d.DropReceipt):
            return _done(state, replace(drop, seal=sealed))
        case m.Refused(why=why, wait_seconds=wait_seconds) if event.ask == state.waiting:
            return _refused(state, drop, why, wait_seconds)
        case m.VisitOver(visit=visit, why=why) if visit == drop.visit:
            return _over(state, drop, why)
        case _:
            return quiet(state)


def unanswered(state: State) -> Step:
    """What lies behind its door does so without a sealed receipt, too."""
    if isinstance(state.screen, d.Sealing) and state.drop is not None:
        return _done(state, state.drop)
    if state.drop is not None and state.drop.late is not None:
        return _lies_there(state, state.drop, state.drop.late)
    if isinstance(state.screen, r.SealingIt):
        return relay_counter.sealed(state, None)
    if isinstance(state.screen, d.WeighIt | r.CountIt):
        return weighing.without(state)
    return show(state, s.Silent())


def _granted(state: State, drop: Drop | None, granted: m.DropGranted, event: e.Answered) -> Step:
    waits = event.ask == state.waiting and isinstance(state.screen, d.Starting | s.Silent | s.SignIn)
    unasked = drop is None  # a badge, on a screen that asked for none
    drop = drop or begun(event.begins, "badge")
    if drop is None or drop.visit or not waits:
        state, sent = post(state, m.LeaveVisit(visit=granted.visit))
        return state, (sent,)
    stranger = granted.stranger or drop.stranger
    known = replace(drop, visit=granted.visit, person=granted.person or "", stranger=stranger)
    known = replace(known, unknown=granted.person is None)
    known = replace(known, waits=granted.waits if unasked or granted.waits else None)
    asked = quotes.open_to(granted.person, event.told, state.memory)
    return what_next(replace(in_language(state, event.language), drop=known, quotes=asked), known)


def _claimed(state: State, drop: Drop, place: m.VisitItem) -> Step:
    """A door: only now everything is written down, and it is asked to open."""
    if drop.place is not None:
        return quiet(state)
    if not isinstance(state.screen, s.Claiming | s.Silent):
        state, sent = post(state, m.Settle(visit=drop.visit, item=drop.item, outcome="given_up"))
        return state, (sent,)
    kept = () if drop.told else facts(drop)
    state = replace(state, drop=replace(drop, place=place, told=True))
    return ask(state, m.OpenItem(visit=drop.visit, item=drop.item), s.Opening(place), *kept)


def _settled(state: State, drop: Drop, settled: m.Settled, awaited: bool) -> Step:
    """What became of it. A touch that came before "it lies there" stands, until the bridge answers it."""
    given_back = isinstance(state.screen, s.Claiming) and bool(state.screen.ending)
    match settled.stands:
        case "left" if drop.freed:
            return quiet(state)
        case "left" if drop.left and isinstance(state.screen, s.DoorClosed | s.DoorOpen | s.Silent):
            return show(state, d.DropReceipt())
        case "left" if given_back and not awaited:
            return replace(state, drop=replace(drop, late=settled)), ()
        case "left" if not drop.left:
            return _lies_there(state, drop, settled)
        case "dropped":
            over = cancelled(drop) if drop.undone else ()
            if drop.left:  # the answer to the touch came last
                state = replace(state, screen=s.Claiming("given_up" if drop.undone else "bigger"))
            told = drop.told and not drop.undone
            freed = replace(drop, freed=True, left=False, late=None, undone=False, told=told, seal=None)
            return _go_on_if_shut((replace(state, drop=freed), over))
        case _:
            return quiet(state)


def _lies_there(state: State, drop: Drop, settled: m.Settled) -> Step:
    """It was dropped; nobody seals the receipt of a visit that is over."""
    left = replace(drop, left=True, late=None, pickup=settled.pickup, slip=settled.slip)
    return seal(state, left) if drop.visit else _done(state, left)


def _go_on_if_shut(step: Step) -> Step:
    """The place is given back and its door shut: a bigger one, or the end."""
    state, commands = step
    drop = state.drop
    match state.screen:
        case s.Claiming("bigger", _, False) if drop is not None and drop.freed:
            state, more = claim(state, drop)
            return state, (*commands, *more)
        case s.Claiming("given_up", _, False) if drop is not None and drop.freed:
            return replace(state, screen=d.DropEnded()), commands
        case _:
            return step


def _done(state: State, drop: Drop) -> Step:
    again = isinstance(state.screen, d.DropReceipt)
    state = replace(state, drop=drop, screen=d.DropReceipt())
    return state, shown(drop, "screen") if not again else ()


def _refused(state: State, drop: Drop, why: str, wait_seconds: int) -> Step:
    match why, state.screen:
        case (("code" | "malformed" | "rights"), d.Starting() | s.Silent()) if not drop.visit:
            return show(replace(state, drop=replace(drop, way="none")), d.WhoDrops(True, wait_seconds))
        case _, d.Sealing():
            return _done(state, drop)
        case _, d.WeighIt() if why != "visit":
            return weighing.without(state)
        case _, s.Claiming() if drop.late is not None:
            return _lies_there(state, drop, drop.late)
        case _, s.Opening() if drop.left:
            return show(state, d.DropReceipt())
        case ("tickets", _) | ("cap", d.Starting() | s.Claiming()):
            return show(state, d.NoDoor())
        case _, s.Opening(item):
            return show(state, s.Refusal(reason(why), item))
        case _:
            return show(state, s.Refusal(reason(why)))


def _over(state: State, drop: Drop, why: str) -> Step:
    """The bridge ended the visit. What lies there, and its receipt, stay; so does what only has to come.

    What became of a door that moved is the bridge's to say: its order stands till then. A bridge that was cut
    short does not know, and somebody looks behind the door.
    """
    if why in ("done", "left") or isinstance(state.screen, d.DropReceipt | d.DropTicket | d.DropEnded):
        return quiet(state)
    drop = replace(drop, visit="")
    state = replace(state, drop=drop)
    if drop.left or (drop.is_order and drop.told):
        return _done(state, drop)
    if drop.late is not None:
        return _lies_there(state, drop, drop.late)
    after, _ = show(state, s.Refusal("visit"))
    moves = isinstance(state.screen, s.Opening | s.DoorOpen | s.DoorClosed | s.Silent | s.Claiming)
    given_back = drop.freed and isinstance(state.screen, s.Claiming)
    if moves and drop.place is not None and not given_back:
        return after, ()
    return replace(after, drop=replace(drop, told=False, undone=False)), cancelled(drop)
