"""Somebody brings a bag to the counter, or orders there: no door, the concierge takes it from their hand.

Bags -> WhoBrings -a name, or nobody's-> Services -> (Options) -> (HowMany) -> (WeighIt) -> TakeIt
TakeIt -yes, or the tag on it-> SealingIt -the receipt is sealed-> TakenIn -> Bags

The questions are those of somebody who drops it themselves (kiosk.core.drop). The bridge holds nothing of it
before it comes back and gets a place: until then it is where its scans say.
"""

from dataclasses import replace

import msgspec

from contract import messages as m
from kiosk.core import drop
from kiosk.core import drop_events as ev
from kiosk.core import drop_screens as d
from kiosk.core import events as e
from kiosk.core import relay_screens as r
from kiosk.core.catalogue import Offers
from kiosk.core.drop_steps import gone, shown
from kiosk.core.dropping import Drop, facts, receipt
from kiosk.core.relay import Bag
from kiosk.core.relay_screens import Heard
from kiosk.core.relay_steps import about, bag_or_why, hear, me, refused, where_all_is
from kiosk.core.state import Staff, State, Step, ask, quiet, show, sound

POST = "reception"


def begin(state: State, event: ev.DropWanted) -> Step:
    """Whose is it?"""
    if state.staff is None:
        return quiet(state)
    item, order, stranger = event.ids
    begun = Drop(item=item, order=order, stranger=stranger, offers=event.offers, visit=state.staff.visit)
    return show(replace(state, drop=begun), r.WhoBrings())


def touched(state: State, event: e.PersonEvent) -> Step:
    """What staff say for the person."""
    given = state.drop
    match event, state.screen:
        case _ if given is None:
            return quiet(state)
        case e.PeopleFound(query, matches), r.WhoBrings():
            return show(state, r.WhoBrings(query, matches))
        case e.PersonChosen(person, known=True), r.WhoBrings(_, matches) if person in _ids(matches):
            return _about_what(state, replace(given, person=person))
        case e.Entered(), r.WhoBrings(_, matches) if matches:
            return _about_what(state, replace(given, person=matches[0].person))
        case e.UnknownSaid(), r.WhoBrings():
            return _about_what(state, replace(given, person=""))
        case ev.Agreed(offers), r.TakeIt():
            return _agreed(state, given, offers)
        case e.SlipsPrinted(), r.TakenIn() as screen:
            return replace(state, screen=replace(screen, printed=True)), shown(given, "print")
        case _, d.Services() | d.Options() | d.HowMany() | d.WeighIt():
            return drop.touched(state, event)
        case _:
            return quiet(state)


def scanned(state: State, event: e.Scanned) -> Step:
    """The tag that is on the bag already; nothing else asks for one."""
    if state.drop is None or not isinstance(state.screen, r.TakeIt) or state.drop.is_order:
        return hear(quiet(state), "step", state.relay.heard)
    bag, why, tag = bag_or_why(state, event.text)
    if why:
        return refused(state, why, tag)
    given = state.drop
    if bag is not None and _is_its_order(bag, given):
        given = replace(given, item=bag.item, stranger=bag.person if bag.held else given.stranger)
    elif bag is not None and bag.at not in ("lost", "gone"):
        return hear(quiet(state), "error", about("other_bag", bag, tag))
    after, commands = _agreed(state, given, event.offers, tag)
    taken = isinstance(after.screen, r.SealingIt)
    return hear((after, commands), "ok", Heard("tagged", tag)) if taken else (after, commands)


def _is_its_order(bag: Bag, given: Drop) -> bool:
    """Whether the bag was brought without an order, and may be what is ordered for now.

    What lockers hold is whose they say: an order of somebody else's is not for that.
    """
    theirs = not bag.held or given.person in ("", bag.person)
    return bag.at == "in_hand" and not bag.partner and theirs


def back(state: State) -> Step:
    """One question back; before the first one, to the bags."""
    match state.screen:
        case d.Services(page=0):
            return show(state, r.WhoBrings())
        case d.Services() | d.Options() | d.HowMany() | d.WeighIt():
            return drop.back(state)
        case r.TakeIt():
            return drop.back(replace(state, screen=d.Agree()))
        case r.SealingIt():
            return quiet(state)
        case _:
            return done(state)


def sealed(state: State, seal: m.Sealed | None) -> Step:
    """It is ours: the receipt, sealed or (the lockers are silent) not."""
    if state.drop is None:
        return quiet(state)
    given = replace(state.drop, seal=seal)
    return replace(state, drop=given, screen=r.TakenIn()), shown(given, "screen")


def done(state: State) -> Step:
    """On to the bags."""
    return where_all_is(replace(state, drop=None))


def _about_what(state: State, given: Drop) -> Step:
    return show(replace(state, drop=given), d.Services())


def _agreed(state: State, given: Drop, offers: Offers, tag: str = "") -> Step:
    """Said yes to. What was taken away, has changed or is ready later is not ordered unseen."""
    now = given.seen_again(offers)
    if now is None:
        return gone(state, given, offers)
    if now.ready_ms != given.ready_ms:
        return sound(show(replace(state, drop=now), r.TakeIt(later=True)), "question")
    return _taken(state, now.agree(offers, state.home_language, tag))


def _taken(state: State, given: Drop) -> Step:
    staff = state.staff
    if staff is None:
        return quiet(state)
    given = replace(given, told=True, left=True)
    made = receipt(given, state.home_language)
    kept = (*_in_staffs_words(given, staff), *_in_hand(given, staff))
    if made is None:
        return quiet(state)
    state = replace(state, drop=given)
    return ask(state, m.SealReceipt(visit=staff.visit, receipt=made), r.SealingIt(), *kept)


def _in_staffs_words(given: Drop, staff: Staff) -> tuple[m.Fact, ...]:
    """The same facts, written down by staff, who counted as well."""
    told: list[m.Fact] = []
    for fact in facts(given):
        match fact:
            case m.OrderPlaced():
                told.append(msgspec.structs.replace(fact, way="staff", staff=staff.staff))
            case m.PiecesCounted(pieces=pieces):
                told += [fact, m.PiecesCounted(item=given.item, by="staff", pieces=pieces, who=staff.staff)]
            case _:
                told.append(fact)
    return tuple(told)


def _in_hand(given: Drop, staff: Staff) -> tuple[m.Fact, ...]:
    if given.is_order or given.agreed is None:
        return ()
    scan = m.BagScanned(tag=given.agreed.tag, side="take", holder=me(staff), item=given.item, post=POST)
    return (scan,)


def _ids(people: tuple[m.PersonName, ...]) -> frozenset[str]:
    return frozenset(one.person for one in people)
