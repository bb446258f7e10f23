"""Somebody drops something, or orders what will come: five touches, and one question a screen.

Start -> WhoDrops -> Starting -> (QuoteAsked) -> (CollectOrDrop) -> Services
Services -> (Options) -> (HowMany) -> Agree -> Claiming
Claiming -a door-> Opening -> DoorOpen -closed, left-> Sealing -> DropReceipt -> DropTicket
An order without anything to drop goes from Agree to Sealing. "Bigger" frees the place, waits until its door
is shut and claims another one. Given up: the order is cancelled, and the bridge looks after the compartment.
Just after it was shut, the door opens once more: something was forgotten, or it is taken back.

The smallest door is asked for first. What the bridge answers is in kiosk.core.drop_heard.
"""

from dataclasses import replace
from typing import Final

from contract import bag_tag
from contract import messages as m
from kiosk.core import drop_events as ev
from kiosk.core import drop_screens as d
from kiosk.core import events as e
from kiosk.core import screens as s
from kiosk.core import who_drops
from kiosk.core.catalogue import Offers, option_pages
from kiosk.core.dropping import MOST_PIECES, Drop, facts, receipt
from kiosk.core.proof import is_receipt
from kiosk.core.relay import is_misread, tag_of
from kiosk.core.scans import Badge, Code, ParcelLabel, Scan, Token, Unreadable, compared, plain_of
from kiosk.core.state import Record, State, Step, ask, leave, post, quiet, show, sound

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
        case _, d.Services() | d.Options() | d.HowMany() | d.Agree():
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
        case d.Options() | d.HowMany() | d.Agree():
            return show(state, _before(drop, screen))
        case s.Silent() | s.Refusal() if drop.place is None:
            state, first = released(state)
            state, commands = leave(state)
            return state, (*first, *commands)
        case _:
            return quiet(state)


def released(state: State) -> Step:
    """Before somebody leaves: a place that nothing was put into is free again, and its order is no more.

    A door that is open, or may be (nothing is heard of it), is left to its sensor: perhaps the thing lies
    there, and only the door was not shut, or only the word of it did not come. The bridge then decides.
    """
    drop = state.drop
    if drop is None or not drop.visit or drop.left or drop.is_order:
        return quiet(state)
    if drop.place is None or drop.freed or drop.undone:
        return state, () if drop.late is not None else cancelled(drop)
    match state.screen:
        case s.Opening() | s.DoorOpen() | s.DoorClosed() | s.Silent():
            return quiet(state)
        case s.Claiming() if drop.late is not None:
            return quiet(state)
    state, sent = post(state, m.Settle(visit=drop.visit, item=drop.item, outcome="given_up"))
    return state, (*cancelled(drop), sent)


def cancelled(drop: Drop) -> tuple[Record, ...]:
    """The fact that its person did not drop it after all."""
    if drop.service is None or not drop.told:
        return ()
    return (Record(m.OrderCancelled(order=drop.order, why="given_up"), needed=False),)


def claim(state: State, drop: Drop) -> Step:
    """Ask for the smallest door that is left for it."""
    body = m.Claim(
        visit=drop.visit,
        item=drop.item,
        person=drop.person or drop.stranger,
        size=drop.size,
        kind=drop.service.kind if drop.service is not None else "bag",
    )
    drop = replace(drop, place=None, freed=False, late=None)
    return ask(replace(state, drop=drop), body, s.Claiming())


def seal(state: State, drop: Drop, *kept: m.Fact) -> Step:
    """Have the receipt sealed, after these facts are committed."""
    made = receipt(drop, state.home_language)
    if made is None:
        return quiet(state)
    body = m.SealReceipt(visit=drop.visit, receipt=made)
    return ask(replace(state, drop=drop), body, d.Sealing(), *kept)


def gone(state: State, drop: Drop, offers: Offers) -> Step:
    """What was chosen is not offered so any more: another choice."""
    again = replace(drop, offers=offers, service=None, counts=(), pieces=None)
    return show(replace(state, drop=again), d.Services(gone=True))


# --- what it is ------------------------------------------------------------------------------------


def _asked(state: State, drop: Drop, event: e.PersonEvent) -> Step:
    match event, state.screen:
        case ev.ServiceChosen(service, offers), d.Services():
            return _chosen(state, replace(drop, offers=offers), service)
        case ev.OptionCounted(option, more), d.Options():
            found = next((one for one in _options(drop) if one.option == option), None)
            return quiet(state if found is None else replace(state, drop=drop.counted(found, more)))
        case ev.CountSaid(pieces), d.HowMany() if 1 <= pieces <= MOST_PIECES:
            return show(replace(state, drop=replace(drop, pieces=pieces)), d.Agree())
        case e.MoreWanted(), d.Services(page) | d.Options(page) | d.HowMany(page):
            return show(state, replace(state.screen, page=_next_page(drop, state.screen, page)))
        case ev.GoOn(), d.Options():
            return show(state, _after_options(drop))
        case ev.Agreed(offers), d.Agree():
            return _agreed(state, drop, offers)
        case _:
            return quiet(state)


def _chosen(state: State, drop: Drop, service: str) -> Step:
    found = drop.offers.find(service)
    if service and found is None:
        return show(replace(state, drop=drop), d.Services(gone=True))
    chosen = replace(drop, service=found, counts=(), pieces=None)
    screen = d.Options() if found is not None and found.options else _after_options(chosen)
    return show(replace(state, drop=chosen), screen)


def _options(drop: Drop) -> tuple[m.ServiceOption, ...]:
    return drop.service.options if drop.service is not None else ()


def _after_options(drop: Drop) -> s.Screen:
    return d.HowMany() if drop.service is not None and drop.service.counted else d.Agree()


def _before(drop: Drop, screen: s.Screen) -> s.Screen:
    """The question before this one, of those that are asked for this service."""
    if isinstance(screen, d.Agree) and drop.pieces is not None:
        return d.HowMany()
    if not isinstance(screen, d.Options) and _options(drop):
        return d.Options()
    return d.Services()


def _next_page(drop: Drop, screen: s.Screen, page: int) -> int:
    match screen:
        case d.Services():
            pages = len(drop.offers.pages())
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
        case ev.GoOn(), d.NoDoor():
            return claim(state, replace(drop, size="S"))
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


def shown(drop: Drop, how: str) -> tuple[Record, ...]:
    """That the receipt with its check word, and the ticket, were shown or printed; never what they say."""
    kept: list[Record] = []
    if drop.seal is not None and drop.service is not None:
        kept.append(Record(m.ReceiptShown(order=drop.order, how=how, word=drop.seal.word)))  # type: ignore[arg-type]
    if drop.slip is not None and drop.pickup is not None:
        kept.append(Record(m.SlipShown(item=drop.item, pickup=drop.pickup, how=how)))  # type: ignore[arg-type]
    return tuple(kept)
