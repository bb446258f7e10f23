"""Somebody drops something, or orders what will come: five touches, and one question a screen.

Start -> WhoDrops -> Starting -> (QuoteAsked) -> (CollectOrDrop) -> Services
Services -> (Options) -> (HowMany) -> (WeighIt) -> Agree -> Claiming
Claiming -a door-> Opening -> DoorOpen -closed, left-> Sealing -> DropReceipt -> DropTicket
An order without anything to drop goes from Agree to Sealing. "Bigger" frees the place, waits until its door
is shut and claims another one. Given up: the order is cancelled, and the bridge looks after the compartment.
Just after it was shut, the door opens once more: something was forgotten, or it is taken back.

The door that its service needs is asked for first. What the bridge answers is in kiosk.core.drop_heard, the
weight in kiosk.core.weighing.
"""

from dataclasses import replace
from typing import Final

from contract import bag_tag
from contract import messages as m
from kiosk.core import drop_events as ev
from kiosk.core import drop_screens as d
from kiosk.core import events as e
from kiosk.core import screens as s
from kiosk.core import weighing, who_drops
from kiosk.core.catalogue import Offers, option_pages
from kiosk.core.drop_steps import claim, gone, released, seal, shown
from kiosk.core.dropping import MOST_PIECES, Drop, facts, first_size
from kiosk.core.proof import is_receipt
from kiosk.core.relay import is_misread, tag_of
from kiosk.core.scans import Badge, Code, ParcelLabel, Scan, Token, Unreadable, compared, plain_of
from kiosk.core.state import Record, State, Step, ask, leave, quiet, show, sound

COUNTS_ON_A_PAGE: Final = 7
"""So many numbers are offered at once."""


def touched(state: State, event: e.PersonEvent) -> Step:
    """What a person did on the start screen, or on one of these."""
    drop = state.drop
    match event, state.screen:
        case ev.DropWanted() as wanted, s.Start():
            return show(replace(state, drop=who_drops.begun(wanted), over=""), d.WhoDrops())
        case _ if drop is None:
            return quiet(state)
        case e.CodeTyped(digits), d.WhoDrops(wait_seconds=0):
            return who_drops.typed(state, drop, digits)
        case ev.NoCard(), d.WhoDrops():
            return ask(state, m.StartDrop(), d.Starting())
        case e.TypingBegan(), d.CollectOrDrop():
            return who_drops.collects(state)
        case ev.GoOn(), d.CollectOrDrop() | d.QuoteHeard():
            return who_drops.what_next(state, drop)
        case _, d.Services() | d.Options() | d.HowMany() | d.WeighIt() | d.Agree():
            return _asked(state, drop, event)
        case _:
            return _at_the_door(state, drop, event)


def scanned(state: State, scan: Scan, event: e.Scanned) -> Step:
    """Whatever identifies somebody, or the tag of the bag."""
    drop = state.drop
    if is_receipt(event.text):
        return _not_a_tag(state) if isinstance(state.screen, d.Agree) else who_drops.receipt_shown(state)
    match scan, state.screen:
        case Unreadable(why, length), _:
            return state, (Record(m.ScanRefused(why=why, length=length)),)
        case _ if drop is None:
            return quiet(state)
        case Token(token), d.WhoDrops():
            return who_drops.start(state, drop, m.StartDrop(token=token))
        case Code(digits), d.WhoDrops(wait_seconds=0):
            return who_drops.start(state, drop, m.StartDrop(digits=digits))
        case Badge(number), d.WhoDrops():
            return who_drops.start(state, drop, m.StartDrop(badge=number))
        case ParcelLabel(text), d.WhoDrops():
            return who_drops.start(state, drop, m.StartDrop(badge=text))
        case _, d.Agree() if not drop.is_order:
            return _tagged(state, drop, scan, event)
        case _:
            return quiet(state)


def back(state: State) -> Step:
    """One step back, where nothing was written down yet."""
    drop, screen = state.drop, state.screen
    match screen:
        case d.WordAsked(letters) if letters:
            return show(state, d.WordAsked(letters[:-1]))
        case d.ReceiptSeen() | d.ReceiptAsked() | d.WordAsked() | d.WordSeen():
            return leave(state)
        case _ if drop is None:
            return quiet(state)
        case d.Services(page) | d.Options(page) | d.HowMany(page) if page:
            return show(state, replace(screen, page=page - 1))
        case d.WhoDrops() | d.Services() | d.CollectOrDrop() | d.QuoteAsked():
            return leave(state)
        case d.Options() | d.HowMany() | d.WeighIt() | d.Agree():
            return show(state, _before(drop, screen))
        case s.Silent() | s.Refusal() if drop.place is None:
            state, first = released(state)
            state, commands = leave(state)
            return state, (*first, *commands)
        case _:
            return quiet(state)


# --- what it is ------------------------------------------------------------------------------------


def _asked(state: State, drop: Drop, event: e.PersonEvent) -> Step:
    match event, state.screen:
        case ev.ServiceChosen(service, offers), d.Services():
            return _chosen(state, replace(drop, offers=offers), service)
        case ev.OptionCounted(option, more), d.Options():
            found = next((one for one in _options(drop) if one.option == option), None)
            return quiet(state if found is None else replace(state, drop=drop.counted(found, more)))
        case ev.CountSaid(pieces), d.HowMany() if 1 <= pieces <= MOST_PIECES:
            return _last(state, replace(drop, pieces=pieces))
        case e.MoreWanted(), d.Services(page) | d.Options(page) | d.HowMany(page):
            return show(state, replace(state.screen, page=_next_page(drop, state.screen, page)))
        case ev.GoOn(), d.Options():
            return _after_options(state, drop)
        case ev.GoOn(), d.WeighIt():
            return weighing.go_on(state)
        case ev.WeighWanted(), d.WeighIt(why) if why:
            return weighing.begin(state)
        case ev.Agreed(offers), d.Agree():
            return _agreed(state, drop, offers)
        case _:
            return quiet(state)


def _chosen(state: State, drop: Drop, service: str) -> Step:
    found = drop.on_offer.find(service)
    if service and found is None:
        return show(replace(state, drop=drop), d.Services(gone=True))
    chosen = replace(drop, service=found, counts=(), pieces=None, grams=None, size=first_size(found))
    if found is not None and found.options:
        return show(replace(state, drop=chosen), d.Options())
    return _after_options(state, chosen)


def _options(drop: Drop) -> tuple[m.ServiceOption, ...]:
    return drop.service.options if drop.service is not None else ()


def _after_options(state: State, drop: Drop) -> Step:
    if drop.service is not None and drop.service.counted:
        return show(replace(state, drop=drop), d.HowMany())
    return _last(state, drop)


def _last(state: State, drop: Drop) -> Step:
    """The last questions: its weight, and whether all is right."""
    state = replace(state, drop=replace(drop, grams=None))
    return weighing.begin(state) if weighing.wanted(state, drop) else weighing.go_on(state)


def _before(drop: Drop, screen: s.Screen) -> s.Screen:
    """The question before this one, of those that are asked for this service."""
    if isinstance(screen, d.Agree | d.WeighIt) and drop.pieces is not None:
        return d.HowMany()
    if not isinstance(screen, d.Options) and _options(drop):
        return d.Options()
    return d.Services()


def _next_page(drop: Drop, screen: s.Screen, page: int) -> int:
    match screen:
        case d.Services():
            pages = len(drop.on_offer.pages())
        case d.Options() if drop.service is not None:
            pages = len(option_pages(drop.service))
        case _:
            pages = -(-MOST_PIECES // COUNTS_ON_A_PAGE)
    return (page + 1) % pages


def _tagged(state: State, drop: Drop, scan: Scan, event: e.Scanned) -> Step:
    """The bag has a tag of its own, of whatever make. What may be a ticket, a code or a badge is none."""
    text = plain_of(event.text)
    if is_misread(text):
        return sound(show(state, d.Agree("misread")), "error")
    if not (isinstance(scan, ParcelLabel) or bag_tag.is_ours(text)):
        return _not_a_tag(state)
    tag = tag_of(text)
    if compared(tag) in map(compared, event.offers.tags | state.memory.tags_on_their_way()):
        return sound(show(state, d.Agree("in_use")), "question")
    return sound(_agreed(state, drop, event.offers, tag), "ok")


def _not_a_tag(state: State) -> Step:
    here = isinstance(state.screen, d.Agree)
    return sound(show(state, d.Agree("not_a_tag")) if here else quiet(state), "error")


def _agreed(state: State, drop: Drop, offers: Offers, tag: str = "") -> Step:
    """Said yes to. What was taken away, has changed or is ready later is not ordered unseen."""
    now = drop.seen_again(offers)
    if now is None:
        return gone(state, drop, offers)
    if now.ready_ms != drop.ready_ms:
        return sound(show(replace(state, drop=now), d.Agree("later")), "question")
    drop = now.agree(offers, state.home_language, tag)
    if drop.is_order:
        return seal(state, replace(drop, told=True), *facts(drop))
    return claim(state, drop)


# --- the door --------------------------------------------------------------------------------------


def _at_the_door(state: State, drop: Drop, event: e.PersonEvent) -> Step:
    match event, state.screen:
        case e.OpenDoor() | e.Bigger() | e.Undo(), _ if not drop.visit:
            return quiet(state)
        case e.OpenDoor(), d.DropReceipt() if drop.place is not None:
            return ask(state, m.OpenItem(visit=drop.visit, item=drop.item), s.Opening(drop.place))
        case e.OpenDoor(), s.Blocked(item) | s.Refusal(_, m.VisitItem() as item):
            body = m.OpenItem(visit=drop.visit, item=item.item)
            return ask(state, body, s.Opening(item))
        case e.Bigger(than), s.DoorOpen(item):
            return _given_back(state, drop.larger(than), "bigger", item, door_open=True)
        case e.Bigger(), s.Blocked(item):
            return _given_back(state, drop, "bigger", item)
        case e.Undo(), s.DoorOpen(item) | s.Blocked(item):
            door_open = isinstance(state.screen, s.DoorOpen)
            return _given_back(state, drop, "given_up", item, door_open=door_open)
        case ev.GoOn(), d.NoDoor() if not drop.visit:
            return ask(state, m.StartDrop(), d.Starting())
        case ev.GoOn(), d.NoDoor(free=free):
            return claim(state, replace(drop, size=free[-1] if free else drop.size))
        case ev.GoOn(), d.DropReceipt():
            return show(state, d.DropTicket()) if drop.slip is not None else leave(state)
        case e.SlipsPrinted(), d.DropReceipt() | d.DropTicket():
            return _printed(state, drop)
        case _:
            return quiet(state)


def _given_back(
    state: State, drop: Drop, ending: s.Ending, item: m.VisitItem, *, door_open: bool = False
) -> Step:
    body = m.Settle(visit=drop.visit, item=drop.item, outcome=ending)
    given = replace(drop, undone=ending == "given_up", left=False, late=None, seal=None)
    return ask(replace(state, drop=given), body, s.Claiming(ending, item, door_open))


def _printed(state: State, drop: Drop) -> Step:
    """Receipt and ticket come out together: two facts, once."""
    screen = state.screen
    if not isinstance(screen, d.DropReceipt | d.DropTicket) or screen.printed:
        return quiet(state)
    return replace(state, screen=replace(screen, printed=True)), shown(drop, "print")
