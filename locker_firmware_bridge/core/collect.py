"""Collecting: a code opens what waits for its person, one door after the other."""

from typing import Literal

from msgspec.structs import replace

from contract import messages
from locker_firmware_bridge.core import codes, mandates, openings, recognising, visits
from locker_firmware_bridge.core.conversations import begin_visit, end_visit, touch
from locker_firmware_bridge.core.door import Operation
from locker_firmware_bridge.core.records import Item, Visit
from locker_firmware_bridge.core.state import Draft, Site

KeptWhy = Literal["too_high", "too_heavy", "empty", "wrong", "missing"]


def present(draft: Draft, kiosk: str, ask: str, body: messages.Present) -> None:
    """A code was typed or shown. Recognised, the first door opens at once."""
    keys = [*pickup_keys(draft.site), *mandates.keys(draft)]
    match = recognising.by_code(draft, kiosk, ask, body, keys)
    if match is not None:
        _right(draft, kiosk, ask, match, typed=body.digits is not None)


def pickup_keys(site: Site) -> list[codes.Key]:
    """Pickups under which something waits, or did just now: from the first thing on."""
    there = {item.pickup for item in site.items.values() if item.waits}
    return [codes.of_pickup(pickup) for pickup in site.pickups.values() if pickup.pickup in there]


def _right(draft: Draft, kiosk: str, ask: str, match: codes.Match, *, typed: bool) -> None:
    proxy = draft.site.proxies[match.key.owner] if match.key.is_proxy else None
    pickup = mandates.pickup_of(draft.site, proxy) if proxy is not None else match.key.owner
    for visit in list(draft.site.visits.values()):
        if visit.collects and visit.pickup == pickup:
            end_visit(draft, visit, "replaced")
    visit = begin_visit(draft, kiosk, ask, "typed" if typed else "qr", pickup=pickup, proxy=proxy)
    recognising.next_used(draft, match)
    _grant(draft, kiosk, ask, visit)


def _grant(draft: Draft, kiosk: str, ask: str, visit: Visit) -> None:
    """Say what waits and open the first door, or come back to the one that is under way."""
    items = visits.items_of(draft.site, visit)
    running = _under_one_code(draft.site, visit)
    first = None if running else visits.first_to_open(draft.site, visit, draft.now_ms)
    seen = [_shown(draft.site, item, is_first=item is first) for item in items]
    person = None if visit.proxy is not None else draft.site.pickups[visit.pickup or ""].person
    draft.tell(kiosk, ask, messages.VisitGranted(visit=visit.visit, items=tuple(seen), person=person))
    if running is not None and running.purpose == "collect" and running.item in {one.item for one in items}:
        _join(draft, running, kiosk, ask, visit)
    elif first is not None:
        _open(draft, kiosk, ask, visit, first)


def _under_one_code(site: Site, visit: Visit) -> Operation | None:
    """What is under way at a door of this pickup: a person and whom they sent open one at a time as well."""
    items = site.items_of(visit.pickup or "")
    return visits.under_way(site, [item.item for item in items if item.stage != "claimed"])


def _shown(site: Site, item: Item, *, is_first: bool) -> messages.VisitItem:
    """How a person sees what waits: what staff have in hand opens to no code until it lies somewhere.

    What they took out to send it to a partner waits for that, and not for its person.
    """
    seen = visits.view(site, item)
    if is_first:
        return replace(seen, state="opening")
    if item.stage == "in_hand" and item.taken_why == "relay" and item.partner is None:
        return replace(seen, state="dropped")
    return replace(seen, state="with_staff") if item.with_staff else seen


def _open(draft: Draft, kiosk: str, ask: str, visit: Visit, item: Item) -> None:
    """Open the door of an item by the right of its code."""
    operation = Operation(
        id=draft.fresh(),
        compartment=item.compartment,
        allocation=item.allocation,
        purpose="collect",
        authority="code",
        actor=visit.proxy or item.person,
        reason=f"code presented at {kiosk}",
        item=item.item,
        proxy=visit.proxy,
        visit=visit.visit,
        kiosk=kiosk,
        ask=ask,
    )
    openings.open_in_visit(draft, visit, operation)


def _join(draft: Draft, running: Operation, kiosk: str, ask: str, visit: Visit) -> None:
    """Come back to a door under way; whoever showed a code for it last is who stands there."""
    actor = visit.proxy or draft.site.pickups[visit.pickup or ""].person
    openings.join(draft, running, kiosk, ask, visit.visit, by=(actor, visit.proxy))


def open_again(draft: Draft, kiosk: str, ask: str, visit: Visit, item_id: str) -> None:
    """The person asks for the next door, or for the same one again."""
    item = draft.site.items.get(item_id)
    if item is None or not visits.is_for(visit, item) or not _is_theirs(draft, item):
        draft.refuse(kiosk, ask, messages.Refused(why="item"))
        return
    running = _under_one_code(draft.site, visit)
    if running is not None and (running.item != item_id or running.purpose != "collect"):
        draft.refuse(kiosk, ask, messages.Refused(why="busy"))
    elif running is not None:
        draft.hear(kiosk, ask)
        _join(draft, running, kiosk, ask, visit)
        touch(draft, visit)
    elif not visits.may_open(draft.site, item) or not visits.tries_left(visit, item_id):
        draft.refuse(kiosk, ask, messages.Refused(why="blocked"))
    else:
        draft.hear(kiosk, ask)
        _open(draft, kiosk, ask, visit, item)


def settle(draft: Draft, kiosk: str, ask: str, visit: Visit, body: messages.Settle) -> None:
    """What the person says became of an item."""
    item = draft.site.items.get(body.item)
    if item is None or not visits.is_for(visit, item) or not _is_theirs(draft, item):
        draft.refuse(kiosk, ask, messages.Refused(why="item"))
        return
    match body.outcome:
        case "taken":
            stands = "collected" if item.stage == "collected" else "kept"
        case "too_high" | "too_heavy" | "empty" | "wrong" | "missing" as why:
            stands = "kept"
            visit = _keep(draft, visit, item, why)
        case _:
            draft.refuse(kiosk, ask, messages.Refused(why="item"))
            return
    draft.hear(kiosk, ask)
    touch(draft, visit)
    remaining = visits.remaining(draft.site, visit)
    settled = messages.Settled(
        item=item.item, stands="kept" if stands == "kept" else "collected", remaining=remaining
    )
    draft.tell(kiosk, ask, settled)


def _keep(draft: Draft, visit: Visit, item: Item, why: KeptWhy) -> Visit:
    """The item stays in, or comes back into, custody; the code stays good."""
    running = visits.under_way(draft.site, [item.item])
    kept_in = None if running is None else running.id
    if item.stage == "held" and item.item in visit.kept and item.kept_in == kept_in:
        return visit
    draft.note(
        messages.ItemKept(item=item.item, compartment=item.compartment, allocation=item.allocation, why=why)
    )
    draft.put_item(
        _lighter_and_lower(draft, replace(item, stage="held", collected_ms=0, kept_in=kept_in), why)
    )
    return replace(visit, kept=(*(kept for kept in visit.kept if kept != item.item), item.item))


def _lighter_and_lower(draft: Draft, item: Item, why: KeptWhy) -> Item:
    """What its next place must be like, if staff move it."""
    place = draft.site.rules.places.get(item.compartment)
    if why == "too_high" and place is not None:
        return replace(item, below_cm=place.floor_cm)
    return replace(item, heavy=item.heavy or why == "too_heavy")


def _is_theirs(draft: Draft, item: Item) -> bool:
    return (item.stage == "held" and not item.dropped) or visits.in_grace(item, draft.now_ms)
