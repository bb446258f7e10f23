"""Bags come back, in any order: each gets its place at once, and the next scan is heard meanwhile.

ComingBack -tag-> (a place is claimed) -> AtDoor (opens) -closed-> the next that waits | ComingBack
BackCount: what should have come too is named, before the van leaves: scanned on, missing, or it comes later
A shelf place is confirmed; what fits nowhere, or is not to be put away now, stays in hand.
"""

from collections.abc import Mapping
from dataclasses import replace

from contract import messages as m
from kiosk.core import house_screens as h
from kiosk.core import relay_screens as r
from kiosk.core.house_steps import open_door, settle
from kiosk.core.relay import Bag
from kiosk.core.relay_memory import Return
from kiosk.core.relay_out import MOST_TAGS
from kiosk.core.relay_screens import Heard
from kiosk.core.relay_steps import (
    about,
    bag_of,
    bag_or_why,
    hear,
    home,
    me,
    moved_to,
    refused,
    stock_item,
    that,
    with_relay,
)
from kiosk.core.state import Record, State, Step, ask, quiet, show

POST = "return"
_STEPS: dict[str, r.Why] = {"dropped": "behind", "ready": "lies", "in_hand": "not_left"}


def begin(state: State, manifest: str, now_ms: int | None) -> Step:
    """Nothing has come back yet; or a return that was just cut short goes on, with what is here of it."""
    state = replace(state, house=replace(state.house, doing="back"))
    known = state.memory.coming_back
    cut = known if known is not None and known.goes_on(now_ms) else Return(manifest)
    here = [bag for item in cut.items if (bag := bag_of(state, item)) and bag.at in ("in_hand", "ready")]
    cut = cut if here else Return(manifest)
    state = with_relay(
        state,
        manifest=cut.manifest,
        partner="",
        heard=Heard(),
        queue=(),
        back=tuple(one.item for one in here),
        placed=tuple(one.item for one in here if one.at == "ready"),
        strange=cut.strange,
        rounds=cut.rounds,
    )
    return show(state, r.ComingBack())


def still_there(state: State) -> tuple[Bag, ...]:
    """What the partners of this return still have, or all of them before anything known came: what is
    missing, then the first promised first.
    """
    came = {one.with_partner for one in all_back(state)} - {""}
    away = [one for one in that(state, "away") if not came or one.with_partner in came]
    lacks = missing(state)
    order = sorted(away, key=lambda one: (one.promised_ms is None, one.promised_ms or 0, one.label))
    return tuple(sorted(order, key=lambda one: one not in lacks))


def missing(state: State) -> tuple[Bag, ...]:
    """What should have come with what came: promised no later, or, nothing being promised, gone with it.

    No clock is asked: what a partner brings says itself how far it is.
    """
    latest: dict[str, int] = {}
    for one in all_back(state):
        latest[one.with_partner] = max(latest.get(one.with_partner, 0), one.promised_ms or 0)
    away = (one for one in that(state, "away") if one.with_partner in latest)
    return tuple(one for one in away if _is_due(state, one, latest))


def _is_due(state: State, bag: Bag, latest: Mapping[str, int]) -> bool:
    if bag.promised_ms is not None:
        return bag.promised_ms <= latest[bag.with_partner]
    return bag.given is not None and bag.given.manifest in state.relay.rounds


def all_back(state: State) -> tuple[Bag, ...]:
    """What came back this time, in its order."""
    found = (bag_of(state, item) for item in state.relay.back)
    return tuple(one for one in found if one is not None)


# --- scanned ---------------------------------------------------------------------------------------


def scanned(state: State, text: str) -> Step:
    """A tag: it has come back, or one line says why it cannot have."""
    bag, why, tag = bag_or_why(state, text)
    if why:
        return refused(state, why, tag)
    if bag is None or bag.at == "gone":
        return _unknown(state, tag)
    if bag.item in state.relay.queue or bag.item == _under_way(state):
        return hear(quiet(state), "step", about("twice", bag, tag))
    if bag.at in ("away", "ordered", "lost"):
        return _came(state, bag, tag)
    if bag.at == "in_hand" and bag.returned:
        return hear(_next(_waiting(state, bag)), "ok", about("back", bag, tag))
    return hear(quiet(state), "step", about(_STEPS[bag.at], bag, tag))


def _came(state: State, bag: Bag, tag: str) -> Step:
    if state.staff is None:
        return quiet(state)
    fact = _take(state, tag, bag)
    if bag.given is not None:
        state = with_relay(state, rounds=state.relay.rounds | {bag.given.manifest})
    state = with_relay(
        _waiting(state, bag), back=(*(one for one in state.relay.back if one != bag.item), bag.item)
    )
    after, commands = hear(_next(state), "ok", about("back", bag, tag))
    return after, (*fact, *commands)


def _unknown(state: State, tag: str) -> Step:
    """Nobody knows it: accepted, and a question for somebody."""
    if tag in state.relay.strange:
        return hear(quiet(state), "step", Heard("twice", tag))
    state = with_relay(state, strange=(*state.relay.strange, tag))
    return hear((state, _take(state, tag, None)), "question", Heard("unknown_back", tag))


def _take(state: State, tag: str, bag: Bag | None) -> tuple[Record, ...]:
    if state.staff is None:
        return ()
    partner = bag.with_partner if bag is not None else ""
    fact = m.BagScanned(
        tag=tag,
        side="take",
        holder=me(state.staff),
        other=m.Holder(kind="partner", id=partner) if partner else None,
        item=bag.item if bag is not None else None,
        post=POST,
        manifest=state.relay.manifest or None,
    )
    return (Record(fact),)


def _waiting(state: State, bag: Bag) -> State:
    return with_relay(state, queue=(*state.relay.queue, bag.item))


def _under_way(state: State) -> str:
    match state.screen:
        case h.AtDoor(item=m.StockItem(item=item)) | h.Noting(h.InHand(m.StockItem(item=item))):
            return item
        case h.NewPlace(m.StockItem(item=item)) | h.NoRoom(m.StockItem(item=item)):
            return item
        case _:
            return ""


# --- put away ----------------------------------------------------------------------------------------


def _next(state: State) -> Step:
    """The next that waits, where nothing else is under way."""
    if not isinstance(state.screen, r.ComingBack | r.BackCount | r.CountIt) or not state.relay.queue:
        return quiet(state)
    item, *rest = state.relay.queue
    bag, state = bag_of(state, item), with_relay(state, queue=tuple(rest))
    return _find_place(state, bag) if bag is not None else _next(state)


def go_on(state: State) -> Step:
    """The next that waits for its place, or the next scan."""
    return _next(show(state, r.ComingBack())[0])


def _find_place(state: State, bag: Bag) -> Step:
    staff = state.staff
    if staff is None:
        return quiet(state)
    service, item = state.relay.service(bag.service), stock_item(state, bag)
    perishable = service is not None and service.perishable
    state = replace(state, house=replace(state.house, doing="back"))
    body = m.Claim(
        visit=staff.visit,
        item=bag.item,
        person=bag.person,
        size=bag.size,
        kind=bag.kind,
        shelf=perishable,
        perishable=perishable,
    )
    return ask(state, body, h.Noting(h.InHand(item)))


def claimed(state: State, item: m.StockItem, place: m.VisitItem) -> Step:
    """A place: its door opens at once."""
    if place.label is not None:
        return show(state, h.NewPlace(item, place))
    return open_door(state, h.AtDoor(place.compartment, "put", item, place))


def placed(state: State, item: m.StockItem, place: m.VisitItem) -> Step:
    """It lies there; its person's code is what it was."""
    where = str(place.label or place.compartment)
    state = moved_to(state, item, place)
    state = with_relay(
        state, placed=(*state.relay.placed, item.item), heard=Heard("in_place", item=item.item, where=where)
    )
    return go_on(state)


def lies_there(state: State) -> Step:
    """It lies on its shelf place."""
    match state.screen:
        case h.NewPlace(item, place) as screen if place.label is not None:
            return settle(state, item.item, "left", h.Noting(screen, then=h.PutAway(item, place)))
        case _:
            return quiet(state)


def keep(state: State) -> Step:
    """It stays in hand: a place that was named is given back."""
    match state.screen:
        case h.AtDoor(why="put", step="open" | "stuck", item=m.StockItem() as item) | h.NewPlace(item):
            if state.staff is None:
                return quiet(state)
            body = m.Settle(visit=state.staff.visit, item=item.item, outcome="given_up")
            return ask(state, body, h.Noting(h.InHand(item)))
        case h.NoRoom(item) | h.CannotDo(again=h.AtDoor(item=m.StockItem() as item)):
            return kept(state, item)
        case h.CannotDo(again=h.InHand(item)):
            return kept(state, item)
        case _:
            return quiet(state)


def kept(state: State, item: m.StockItem) -> Step:
    """It is in hand; on to the next."""
    state = moved_to(state, item, "in_hand")
    state = with_relay(state, heard=Heard("kept", item=item.item))
    return go_on(state)


# --- the end ------------------------------------------------------------------------------------------


def close(state: State, lacks: tuple[Bag, ...] = ()) -> Step:
    """The return is counted, by partner, `lacks` being missing; a round of nothing is none."""
    if state.staff is None:
        return quiet(state)
    by_partner: dict[str, list[str]] = {}
    for one in all_back(state):
        if one.partner:
            by_partner.setdefault(one.partner, []).append(one.label)
    facts = tuple(
        Record(
            m.ManifestClosed(
                manifest=state.relay.manifest if not number else f"{state.relay.manifest}.{number}",
                partner=partner,
                direction="in",
                tags=tuple(tags)[:MOST_TAGS],
                missing=tuple(one.label for one in lacks if one.with_partner == partner)[:MOST_TAGS],
                by=me(state.staff),
            )
        )
        for number, (partner, tags) in enumerate(sorted(by_partner.items()))
    )
    after, commands = home(state)
    return after, (*facts, *commands)
