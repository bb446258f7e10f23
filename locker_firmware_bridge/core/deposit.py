"""Staff at a kiosk: a place for an item, its door, and what became of it."""

from typing import Literal

from msgspec.structs import replace

from contract import messages
from locker_firmware_bridge.core import (
    bank,
    custody,
    in_hand,
    mandates,
    openings,
    pickups,
    taking_out,
    visits,
)
from locker_firmware_bridge.core.conversations import touch
from locker_firmware_bridge.core.door import Operation
from locker_firmware_bridge.core.records import Item, Pickup, Slot, Visit
from locker_firmware_bridge.core.state import Draft, Site

# --- a place for an item -----------------------------------------------------------------------


def claim(draft: Draft, kiosk: str, ask: str, visit: Visit, body: messages.Claim) -> None:
    """Reserve the best place for an item; the person's ticket is begun if they have none.

    What staff have in hand keeps its person, its code and what it is; only its size is measured again.
    """
    site = draft.site
    old = site.items.get(body.item)
    if "deposit" not in visit.rights or visit.staff is None:
        draft.refuse(kiosk, ask, messages.Refused(why="rights"))
    elif old is not None and old.item in visit.items and old.stage == "claimed":
        draft.hear(kiosk, ask)
        draft.tell(kiosk, ask, messages.Claimed(visit=visit.visit, item=visits.view(site, old)))
    elif not _may_be_claimed(site, body, old):
        draft.refuse(kiosk, ask, messages.Refused(why="item"))
    else:
        _reserve(draft, kiosk, ask, visit, body)


def _may_be_claimed(site: Site, body: messages.Claim, old: Item | None) -> bool:
    if old is None:
        return body.item not in site.spent
    return old.stage == "in_hand" and old.person == body.person


def _reserve(draft: Draft, kiosk: str, ask: str, visit: Visit, body: messages.Claim) -> None:
    needs = _needs(draft.site, body)
    shelf, locks = _free(draft.site, "shelf"), bank.suitable(_free(draft.site, "lock"), needs)
    place = bank.choose_shelf(shelf, body.size) if body.shelf else bank.choose(locks, body.size, needs)
    left = draft.site.items.get(body.item)
    if place is not None and left is not None and place.compartment == left.compartment:
        place = _elsewhere(shelf if body.shelf else locks, body, needs, place)
    if place is None:
        draft.hear(kiosk, ask)
        touch(draft, visit)
        draft.tell(kiosk, ask, messages.Full(sizes=bank.sizes_of(locks), shelf=bool(shelf)))
        return
    pickup = pickups.open_for(draft, body.person)
    if pickup is None:
        draft.refuse(kiosk, ask, messages.Refused(why="tickets"))
        return
    draft.hear(kiosk, ask)
    item = _claim_place(draft, visit, body, pickup, place)
    draft.tell(kiosk, ask, messages.Claimed(visit=visit.visit, item=visits.view(draft.site, item)))


def _elsewhere(
    free: list[messages.CabinetCompartment],
    body: messages.Claim,
    needs: bank.Needs,
    left: messages.CabinetCompartment,
) -> messages.CabinetCompartment:
    """Not where it was just taken out of or did not go in, unless there is no other place."""
    others = [one for one in free if one != left]
    chosen = bank.choose_shelf(others, body.size) if body.shelf else bank.choose(others, body.size, needs)
    return chosen or left


def _needs(site: Site, body: messages.Claim) -> bank.Needs:
    """What is said of it now, what was known of it before, and what its person can do."""
    person, old = site.reach.get(body.person), site.items.get(body.item)
    return bank.Needs(
        reach_cm=None if person is None else person.reach_cm,
        carry_grams=None if person is None else person.carry_grams,
        below_cm=None if old is None else old.below_cm,
        heavy=body.heavy or (old is not None and old.heavy),
        perishable=body.perishable or (old is not None and old.perishable),
    )


def _claim_place(
    draft: Draft,
    visit: Visit,
    body: messages.Claim,
    pickup: Pickup,
    place: messages.CabinetCompartment,
) -> Item:
    needs = _needs(draft.site, body)
    slot = bank.claimed(draft.site.slots[place.compartment], body.item)
    fresh = Item(
        item=body.item,
        kind=body.kind,
        person=body.person,
        pickup=pickup.pickup,
        compartment=slot.compartment,
        allocation=slot.allocation,
        size=body.size,
        stage="claimed",
        heavy=needs.heavy,
        perishable=needs.perishable,
    )
    item = _moved(draft.site.items.get(body.item), fresh)
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


def _moved(old: Item | None, fresh: Item) -> Item:
    """What was in hand stays what it was, and whose: a letter that must be signed for opens to no code."""
    if old is None:
        return fresh
    return replace(
        fresh,
        kind=old.kind,
        pickup=old.pickup,
        holder=old.holder,
        taken_why=old.taken_why,
        below_cm=old.below_cm,
    )


def _with(items: tuple[str, ...], item: str) -> tuple[str, ...]:
    return items if item in items else (*items, item)


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
    elif running is not None or visits.has_door_under_way(draft.site, visit):
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
    if item.item in visit.items and item.stage in ("claimed", "held"):
        return "deposit" in visit.rights
    return item.stage in ("held", "collected") and bool({"collect", "inspect"} & set(visit.rights))


def settle(draft: Draft, kiosk: str, ask: str, visit: Visit, body: messages.Settle) -> None:
    """What staff say became of an item."""
    item = draft.site.items.get(body.item)
    mine = body.item in visit.items
    match body.outcome:
        case _ if item is None:
            draft.refuse(kiosk, ask, messages.Refused(why="item"))
        case "left" if mine and item.stage != "in_hand":
            _left(draft, kiosk, ask, visit, item)
        case "bigger" | "given_up" | "empty" if mine and item.stage in ("claimed", "held"):
            _given_up(draft, kiosk, ask, visit, item, body.outcome)
        case "taken" if "collect" in visit.rights:
            _handed_over(draft, kiosk, ask, visit, item, body)
        case "taken":
            draft.refuse(kiosk, ask, messages.Refused(why="rights"))
        case "returned":
            taking_out.returned(draft, kiosk, ask, visit, item)
        case "lost":
            taking_out.lost(draft, kiosk, ask, visit, item)
        case "in_hand":
            taking_out.in_hand_since(draft, kiosk, ask, visit, item)
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
    was_in_hand = item.holder is not None
    settled = in_hand.settled(item) if was_in_hand else messages.Settled(item=item.item, stands="dropped")
    draft.tell(kiosk, ask, settled)


def _handed_over(draft: Draft, kiosk: str, ask: str, visit: Visit, item: Item, body: messages.Settle) -> None:
    """Staff gave it to the person: from shelf or hand, with a key, or after a door that is uncertain."""
    if item.stage == "claimed" or visits.is_moving(draft.site, item):
        draft.refuse(kiosk, ask, messages.Refused(why="busy"))
        return
    unsure = item.kind == "registered_letter" and body.identity is None
    if unsure or (body.proxy is not None and not mandates.may_receive(draft, body.proxy, item)):
        draft.refuse(kiosk, ask, messages.Refused(why="item"))
        return
    draft.hear(kiosk, ask)
    touch(draft, visit)
    if item.stage != "collected":
        draft.note(
            messages.ItemCollected(
                item=item.item,
                compartment=item.compartment,
                allocation=item.allocation,
                evidence="staff",
                staff=visit.staff,
                proxy=body.proxy,
                identity=body.identity,
            )
        )
    custody.hand_out(draft, item)
    draft.tell(kiosk, ask, messages.Settled(item=item.item, stands="collected"))
