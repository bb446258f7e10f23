"""Staff at a kiosk: a place for an item, its door, and what became of it."""

from typing import Literal

from msgspec.structs import replace

from contract import messages
from locker_firmware_bridge.core import bank, custody, openings, visits
from locker_firmware_bridge.core.conversations import touch
from locker_firmware_bridge.core.door import Operation
from locker_firmware_bridge.core.records import Item, Pickup, Slot, Visit
from locker_firmware_bridge.core.state import Draft, Site

# --- a place for an item -----------------------------------------------------------------------


def claim(draft: Draft, kiosk: str, ask: str, visit: Visit, body: messages.Claim) -> None:
    """Reserve the best place for an item; the person's ticket is begun if they have none."""
    site = draft.site
    old = site.items.get(body.item)
    if "deposit" not in visit.rights or visit.staff is None:
        draft.refuse(kiosk, ask, messages.Refused(why="rights"))
    elif old is not None and old.item in visit.items and old.stage == "claimed":
        draft.hear(kiosk, ask)
        draft.tell(kiosk, ask, messages.Claimed(visit=visit.visit, item=visits.view(site, old)))
    elif old is not None or body.item in site.spent:
        draft.refuse(kiosk, ask, messages.Refused(why="item"))
    else:
        _reserve(draft, kiosk, ask, visit, body)


def _reserve(draft: Draft, kiosk: str, ask: str, visit: Visit, body: messages.Claim) -> None:
    known = draft.site.reach.get(body.person)
    reach_cm = None if known is None else known.reach_cm
    shelf, locks = _free(draft.site, "shelf"), _free(draft.site, "lock")
    place = bank.choose(shelf if body.shelf else locks, body.size, None if body.shelf else reach_cm)
    if place is None:
        draft.hear(kiosk, ask)
        touch(draft, visit)
        full = messages.Full(sizes=bank.sizes_of(locks, reach_cm), shelf=bool(shelf))
        draft.tell(kiosk, ask, full)
        return
    pickup = _pickup_for(draft, body.person)
    if pickup is None:
        draft.refuse(kiosk, ask, messages.Refused(why="tickets"))
        return
    draft.hear(kiosk, ask)
    item = _claim_place(draft, visit, body, pickup, place)
    draft.tell(kiosk, ask, messages.Claimed(visit=visit.visit, item=visits.view(draft.site, item)))


def _claim_place(
    draft: Draft,
    visit: Visit,
    body: messages.Claim,
    pickup: Pickup,
    place: messages.CabinetCompartment,
) -> Item:
    slot = bank.claimed(draft.site.slots[place.compartment], body.item)
    item = Item(
        item=body.item,
        kind=body.kind,
        person=body.person,
        pickup=pickup.pickup,
        compartment=slot.compartment,
        allocation=slot.allocation,
        size=body.size,
        stage="claimed",
    )
    draft.put_slot(slot)
    draft.put_item(item)
    draft.put_visit(replace(visit, items=_with(visit.items, item.item), quiet_since_ms=draft.now_ms))
    draft.note(
        messages.ItemClaimed(
            item=item.item,
            kind=item.kind,
            person=item.person,
            pickup=item.pickup,
            compartment=item.compartment,
            allocation=item.allocation,
            size=item.size,
            staff=visit.staff,
            label=body.label,
            carrier=body.carrier,
        )
    )
    return item


def _with(items: tuple[str, ...], item: str) -> tuple[str, ...]:
    return items if item in items else (*items, item)


def _pickup_for(draft: Draft, person: str) -> Pickup | None:
    """The person's open pickup, or a new one with the next ticket; None: no ticket is free."""
    pickups = draft.site.pickups.values()
    for pickup in pickups:
        if pickup.person == person:
            return pickup
    ticket = bank.next_ticket({pickup.ticket for pickup in pickups}, draft.site.tickets)
    if ticket is None:
        return None
    pickup = Pickup(pickup=draft.fresh(), person=person, ticket=ticket)
    draft.put_pickup(pickup)
    draft.put_ticket(ticket)
    draft.note(
        messages.PickupOpened(
            pickup=pickup.pickup, person=person, ticket=ticket, generation=pickup.generation
        )
    )
    return pickup


def _free(site: Site, kind: Literal["lock", "shelf"]) -> list[messages.CabinetCompartment]:
    places = (place for place in site.rules.places.values() if place.kind == kind)
    return [place for place in places if _is_free(site, place, site.slots.get(place.compartment))]


def _is_free(site: Site, place: messages.CabinetCompartment, slot: Slot | None) -> bool:
    """Free in memory, and shut and quiet as the sensor says."""
    if slot is None or not bank.is_free(slot):
        return False
    door = site.doors.get(place.compartment)
    return place.kind == "shelf" or (door is not None and not door.busy and door.seen == "closed")


# --- doors and outcomes ------------------------------------------------------------------------


def open_item(draft: Draft, kiosk: str, ask: str, visit: Visit, item_id: str) -> None:
    """Open the door of what was claimed in this visit, or look at something that lies there."""
    item = draft.site.items.get(item_id)
    if item is None:
        draft.refuse(kiosk, ask, messages.Refused(why="item"))
        return
    running = visits.under_way(draft.site, {*visit.items, item_id})
    if not _may_open(visit, item):
        draft.refuse(kiosk, ask, messages.Refused(why="rights"))
    elif running is not None and running.authority == "staff" and visits.concerns(running, item):
        draft.hear(kiosk, ask)
        openings.join(draft, running, kiosk, ask, visit.visit)
        touch(draft, visit)
    elif running is not None:
        draft.refuse(kiosk, ask, messages.Refused(why="busy"))
    elif not visits.door_ready(draft.site, item) or not visits.tries_left(visit, item_id):
        draft.refuse(kiosk, ask, messages.Refused(why="blocked"))
    else:
        draft.hear(kiosk, ask)
        _open(draft, kiosk, ask, visit, item)


def _open(draft: Draft, kiosk: str, ask: str, visit: Visit, item: Item) -> None:
    deposit = item.item in visit.items
    operation = Operation(
        id=draft.fresh(),
        compartment=item.compartment,
        allocation=item.allocation,
        purpose="deposit" if deposit else "inspect",
        authority="staff",
        actor=visit.staff or "",
        reason=f"{'deposit' if deposit else 'asked by staff'} at {kiosk}",
        item=item.item,
        visit=visit.visit,
        kiosk=kiosk,
        ask=ask,
    )
    openings.open_in_visit(draft, visit, operation)


def _may_open(visit: Visit, item: Item) -> bool:
    if item.item in visit.items and item.stage != "collected":
        return "deposit" in visit.rights
    return item.stage != "claimed" and bool({"collect", "inspect"} & set(visit.rights))


def settle(draft: Draft, kiosk: str, ask: str, visit: Visit, body: messages.Settle) -> None:
    """What staff say became of an item."""
    item = draft.site.items.get(body.item)
    mine = body.item in visit.items
    match body.outcome:
        case _ if item is None:
            draft.refuse(kiosk, ask, messages.Refused(why="item"))
        case "left" if mine:
            _left(draft, kiosk, ask, visit, item)
        case "bigger" | "given_up" | "empty" if mine and item.stage != "collected":
            _given_up(draft, kiosk, ask, visit, item, body.outcome)
        case "taken" if "collect" in visit.rights:
            _handed_over(draft, kiosk, ask, visit, item)
        case "taken":
            draft.refuse(kiosk, ask, messages.Refused(why="rights"))
        case _:
            draft.refuse(kiosk, ask, messages.Refused(why="item"))


def _left(draft: Draft, kiosk: str, ask: str, visit: Visit, item: Item) -> None:
    """A shelf place is confirmed by word; behind a door only the sensor says so."""
    is_shelf = not draft.site.is_lock(item.compartment)
    if item.stage == "claimed" and not is_shelf:
        draft.refuse(kiosk, ask, messages.Refused(why="item"))
        return
    draft.hear(kiosk, ask)
    touch(draft, visit)
    if item.stage == "claimed":
        draft.put_item(replace(item, stage="held"))
        draft.note(
            messages.ItemLeft(
                item=item.item,
                compartment=item.compartment,
                allocation=item.allocation,
                evidence="shelf",
            )
        )
    draft.tell(kiosk, ask, messages.Settled(item=item.item, stands="left", pickup=item.pickup))


def _given_up(draft: Draft, kiosk: str, ask: str, visit: Visit, item: Item, outcome: str) -> None:
    """The item does not go in. Only `given_up` leaves open whether something is inside."""
    draft.hear(kiosk, ask)
    touch(draft, visit)
    why: custody.ClaimWhy = "bigger" if outcome == "bigger" else "given_up"
    custody.drop_claim(draft, item, why, said_empty=outcome != "given_up")
    draft.tell(kiosk, ask, messages.Settled(item=item.item, stands="dropped"))


def _handed_over(draft: Draft, kiosk: str, ask: str, visit: Visit, item: Item) -> None:
    """Staff gave it to the person: from the shelf, with a key, or after a door that is uncertain."""
    if item.stage == "claimed" or visits.under_way(draft.site, [item.item]) is not None:
        draft.refuse(kiosk, ask, messages.Refused(why="busy"))
        return
    draft.hear(kiosk, ask)
    touch(draft, visit)
    if item.stage == "held":
        draft.note(
            messages.ItemCollected(
                item=item.item,
                compartment=item.compartment,
                allocation=item.allocation,
                evidence="staff",
                staff=visit.staff,
            )
        )
    custody.hand_out(draft, item)
    draft.tell(kiosk, ask, messages.Settled(item=item.item, stands="collected"))
