"""A person collects: code, doors one after the other, thanks.

Start -digit-> Typing -last digit, or a scan-> Checking -visit-> Opening -> DoorOpen -> DoorClosed
DoorClosed -settled-> Thanks | NextDoor | HaveIt (closed within 3 s) | AtCounter
"too high", "empty"...: KeptBack, the concierge is told; then on to what else waits
After the doors: QuoteAsked, if a partner waits for an answer; Lost; AtCounter; Elsewhere
"""

from dataclasses import replace
from typing import Literal

from msgspec import structs

from contract import bag_tag
from contract import messages as m
from contract.pickup_code import typed_length
from kiosk.core import drop_events as ev
from kiosk.core import drop_screens as d
from kiosk.core import events as e
from kiosk.core import quotes
from kiosk.core import screens as s
from kiosk.core.doors import door_moved
from kiosk.core.house_screens import No
from kiosk.core.scans import Badge, Code, ParcelLabel, Scan, Token, Unreadable
from kiosk.core.state import Record, State, Step, Visit, ask, leave, post, quiet, show


def touched(state: State, event: e.PersonEvent) -> Step:
    """What a person did on a screen of the collect flow."""
    match event, state.screen:
        case e.TypingBegan(), s.Start() | s.CodeRefused(wait_seconds=0):
            return show(state, s.Typing())
        case e.CodeTyped(digits), s.Start() | s.Typing() | s.CodeRefused(wait_seconds=0):
            return _typed(state, digits)
        case e.HaveItSaid(), s.HaveIt(item):
            return _have_it(state, item)
        case (
            e.MissingSaid(),
            s.Thanks(item)
            | s.NextDoor(done=item)
            | s.AtCounter(done=item)
            | d.Elsewhere(done=item)
            | d.Lost(done=item),
        ) if item is not None:
            return show(state, s.WhatIsMissing(item))
        case e.KeptSaid(why), s.DoorOpen(item) | s.HaveIt(item) | s.WhatIsMissing(item):
            return _keep(state, item, why)
        case e.OpenDoor(), s.NextDoor(item) | s.Blocked(item) | s.HaveIt(item) | s.WhatIsMissing(item):
            return _open(state, item)
        case e.OpenDoor(), s.Refusal(_, m.VisitItem() as again):
            return _open(state, again)
        case e.SkipDoor(), s.Blocked():
            return go_on(state, None)
        case ev.GoOn(), d.QuoteHeard(done=done):
            return go_on(state, done)
        case ev.GoOn(), d.Lost(done=done):
            return _after_lost(state, done)
        case _:
            return quiet(state)


def scanned(state: State, scan: Scan) -> Step:
    """A scan before anybody signed in as staff."""
    match scan, state.screen:
        case Unreadable(why, length), _:
            return state, (Record(m.ScanRefused(why=why, length=length)),)
        case Token(token), screen if _may_begin(screen):
            return _present(state, m.Present(token=token), "qr")
        case Code(digits), s.CodeRefused(wait_seconds=wait) if wait:
            return quiet(state)
        case Code(digits), screen if _may_begin(screen):
            return _present(state, m.Present(digits=digits), "typed")
        case ((Badge() | ParcelLabel()), s.SignIn(busy=False, wait_seconds=0)):
            return sign_in(state, scan)
        case Badge(), screen if _may_begin(screen):
            return sign_in(state, scan)
        case ParcelLabel(text), s.Start() | s.Typing():
            return show(state, s.CodeRefused(label=True, bag=bag_tag.is_ours(text)))
        case _:
            return quiet(state)


def sign_in(state: State, scan: Badge | ParcelLabel) -> Step:
    """A staff badge: on the sign-in screen, whatever the reader types is one."""
    number = scan.number if isinstance(scan, Badge) else scan.text
    state, left = leave(state)
    state, commands = ask(state, m.SignIn(badge=number), s.SignIn(busy=True))
    return state, (*left, *commands)


def answered(state: State, event: e.Answered) -> Step:
    """What the bridge said, while a person (not staff) is here, or nobody."""
    match event.body:
        case m.VisitGranted() as granted:
            return _granted(state, granted, event)
        case m.Door(item=str(item_id)) as door if (item := _mine(state, item_id)) is not None:
            return door_moved(state, item, door, event.at_ms)
        case m.Settled(item=item_id) as settled if (item := _mine(state, item_id)) is not None:
            return _settled(state, item, settled)
        case m.Refused(why=why, wait_seconds=wait_seconds) if event.ask == state.waiting:
            return _refused(state, why, wait_seconds)
        case m.VisitOver(visit=visit, why=why) if state.visit is not None and visit == state.visit.visit:
            return _over(state, why)
        case _:
            return quiet(state)


def go_on(state: State, done: m.VisitItem | None) -> Step:
    """After one item, what comes next."""
    visit = state.visit
    if visit is None:
        return leave(state)
    if (item := visit.next_door()) is not None:
        return show(state, s.NextDoor(item, done))
    if state.quotes:
        return quotes.next_one(state, done)
    if (lost := visit.lost()) and not visit.sorry:
        return _tell_lost(state, visit, lost, done)
    if waiting := visit.at_counter():
        return show(state, s.AtCounter(waiting, done))
    if away := visit.elsewhere():
        return show(state, d.Elsewhere(away, done))
    return show(state, s.Thanks(done))


def _tell_lost(state: State, visit: Visit, lost: tuple[m.VisitItem, ...], done: m.VisitItem | None) -> Step:
    """Said once; whoever is on duty hears that its person is here."""
    state = replace(state, visit=replace(visit, sorry=True), screen=d.Lost(lost, done))
    asks = (m.HelpAsked(screen=d.Lost.__name__, visit=visit.visit, item=one.item) for one in lost)
    return state, tuple(Record(ask, needed=False) for ask in asks)


def _after_lost(state: State, done: m.VisitItem | None) -> Step:
    """On to what waits besides; nobody is thanked for having got nothing."""
    visit = state.visit
    if visit is None or (done is None and not visit.at_counter() and not visit.elsewhere()):
        return leave(state)
    return go_on(state, done)


def back(state: State) -> Step:
    """One step back, where there is one."""
    match state.screen:
        case (
            s.Typing()
            | s.CodeRefused()
            | s.Silent()
            | s.Refusal()
            | s.SignIn()
            | s.AtCounter()
            | d.Elsewhere()
            | d.Lost()
            | d.QuoteAsked()
        ):
            return leave(state)
        case s.WhatIsMissing(item):
            return go_on(state, item)
        case _:
            return quiet(state)


def _may_begin(screen: s.Screen) -> bool:
    """Whether a code shown now begins a new visit: not while somebody is at an open door."""
    return isinstance(
        screen,
        s.Start
        | s.Typing
        | s.CodeRefused
        | s.Thanks
        | s.AtCounter
        | d.Elsewhere
        | d.Lost
        | d.QuoteAsked
        | d.QuoteHeard
        | d.ReceiptSeen
        | d.WordAsked
        | d.WordSeen
        | s.Silent
        | s.Refusal
        | s.SignIn,
    )


def _typed(state: State, digits: str) -> Step:
    if not (digits.isascii() and digits.isdigit() and len(digits) == typed_length(digits[0])):
        return show(state, s.CodeRefused())
    return _present(state, m.Present(digits=digits), "typed")


def _present(state: State, code: m.Present, way: Literal["typed", "qr"]) -> Step:
    left: Step = (state, ())
    if state.visit is not None:
        left = leave(state)
    state = replace(left[0], over="")
    fact = m.PickupAsked(ask=f"{state.run}.{state.asks + 1}", way=way)
    state, commands = ask(state, code, s.Checking(), fact)
    return state, (*left[1], *commands)


def in_language(state: State, language: str | None) -> State:
    """The person's language follows, unless another was chosen here."""
    return state if language is None or state.chosen else replace(state, language=language)


def _granted(state: State, granted: m.VisitGranted, event: e.Answered) -> Step:
    """Recognised; a visit nobody waits for any more is given back at once."""
    waited_for = event.ask == state.waiting and isinstance(state.screen, s.Checking | s.Silent)
    if not waited_for:
        state, sent = post(state, m.LeaveVisit(visit=granted.visit))
        return state, (sent,)
    visit = Visit(
        granted.visit,
        _as_told(granted.items, event),
        done=frozenset(one.item for one in granted.items if one.state in ("collected", "left")),
        blocked=frozenset(one.item for one in granted.items if one.state == "blocked"),
    )
    asked = quotes.open_to(granted.person, event.told, state.memory)
    return _first(replace(in_language(state, event.language), visit=visit, quotes=asked), visit)


def _as_told(items: tuple[m.VisitItem, ...], event: e.Answered) -> tuple[m.VisitItem, ...]:
    """What the hub's pages gave up is lost, also where the lockers have not heard of it yet."""
    lost = {one.item for one in event.told if isinstance(one, m.Tracked) and one.lost}
    return tuple(
        structs.replace(one, lost=True) if one.state == "away" and one.item in lost else one for one in items
    )


def _first(state: State, visit: Visit) -> Step:
    """The bridge opens the first door by itself; one just collected may open again (grace)."""
    doors = visit.doors()
    moving = next((one for one in doors if one.state in ("opening", "open")), None)
    if (first := moving or visit.next_door()) is not None:
        return show(state, s.Opening(first))
    stuck = next((one for one in doors if one.item in visit.blocked), None)
    if stuck is not None and not visit.at_counter():
        return show(state, s.Blocked(stuck))
    return go_on(state, None)


def _mine(state: State, item_id: str) -> m.VisitItem | None:
    return state.visit.find(item_id) if state.visit is not None else None


def _settled(state: State, item: m.VisitItem, settled: m.Settled) -> Step:
    state = _with_done(state, item)
    match settled.stands, state.screen:
        case "collected", s.DoorClosed(quick=True):
            return show(state, s.HaveIt(item))
        case "collected", s.DoorClosed() | s.DoorOpen() | s.Opening() | s.Silent():
            return go_on(state, item)
        case "kept", s.KeptBack(kept) as screen if kept.item == item.item:
            return show(state, replace(screen, told=True))
        case _:
            return quiet(state)


def _with_done(state: State, item: m.VisitItem) -> State:
    if state.visit is None:
        return state
    return replace(state, visit=replace(state.visit, done=state.visit.done | {item.item}))


def _refused(state: State, why: str, wait_seconds: int) -> Step:
    match why, state.screen:
        case (("code" | "malformed"), s.Checking() | s.Silent()):
            return show(state, s.CodeRefused(wait_seconds))
        case _, s.Opening(item):
            return show(state, s.Refusal(reason(why), item))
        case _:
            return show(state, s.Refusal(reason(why)))


def reason(why: str) -> No:
    """A refusal as the screen tells it: what it has no words for is like being late, try again."""
    match why:
        case "busy" | "cap" | "blocked" | "disk" | "tickets" | "visit" | "item" | "rights" | "revoked":
            return why
        case _:
            return "late"


def _over(state: State, why: str) -> Step:
    """The bridge ended the visit: what was said to the person stays true."""
    match why, state.screen:
        case (("done" | "left"), _):
            return quiet(state)
        case _, s.Thanks() | s.HaveIt() | s.KeptBack() | s.AtCounter():
            return quiet(state)
        case _, d.Elsewhere() | d.Lost() | d.QuoteHeard():
            return quiet(state)
        case _:
            return show(replace(state, visit=None), s.Refusal("visit"))


def _have_it(state: State, item: m.VisitItem) -> Step:
    if state.visit is None:
        return leave(state)
    said = Record(m.PersonSaid(visit=state.visit.visit, item=item.item, said="have_it"))
    state, commands = go_on(state, item)
    return state, (said, *commands)


def _keep(state: State, item: m.VisitItem, why: s.Kept) -> Step:
    if state.visit is None:
        return show(state, s.Refusal("visit"))
    visit = state.visit.visit
    screen = s.KeptBack(item, why, door_open=isinstance(state.screen, s.DoorOpen))
    said = m.PersonSaid(visit=visit, item=item.item, said=why)
    return ask(state, m.Settle(visit=visit, item=item.item, outcome=why), screen, said)


def _open(state: State, item: m.VisitItem) -> Step:
    if state.visit is None:
        return show(state, s.Refusal("visit"))
    visit = state.visit
    again = replace(visit, done=visit.done - {item.item}, blocked=visit.blocked - {item.item})
    state = replace(state, visit=again)
    return ask(state, m.OpenItem(visit=visit.visit, item=item.item), s.Opening(item))
