"""A place for an item: the best one that is free is reserved, and its person's ticket begun."""

from typing import Literal

from msgspec.structs import replace

from contract import messages
from contract.scans.labels import mark_of
from locker_firmware_bridge.core import bank, pickups, visits
from locker_firmware_bridge.core.conversations import touch
from locker_firmware_bridge.core.records import Item, Pickup, Slot, Visit
from locker_firmware_bridge.core.state import Draft, Site


def claim(draft: Draft, kiosk: str, ask: str, visit: Visit, body: messages.Claim) -> None:
    """Reserve the best place for an item; the person's ticket is begun if they have none.

    What staff have in hand keeps its person, its code and what it is; only its size is measured again.
    """
    site = draft.site
    old = site.items.get(body.item)
    if "deposit" not in visit.rights or visit.staff is None:
        draft.refuse(kiosk, ask, messages.Refused(why="rights"))
    elif not _may_be_claimed(site, visit, body, old):
        draft.refuse(kiosk, ask, messages.Refused(why="item"))
    else:
        reserve(draft, kiosk, ask, visit, body)


def _may_be_claimed(site: Site, visit: Visit, body: messages.Claim, old: Item | None) -> bool:
    if old is None:
        return body.item not in site.spent
    return is_claimed_here(visit, old) or (not old.has_place and old.person == body.person)


def is_claimed_here(visit: Visit, item: Item | None) -> bool:
    """Whether this visit has its place already, and it was not put in yet."""
    return item is not None and item.item in visit.items and item.stage == "claimed"


def reserve(draft: Draft, kiosk: str, ask: str, visit: Visit, body: messages.Claim) -> None:
    """The best place that is free, or the one it has in this visit; else say which sizes are free."""
    old = draft.site.items.get(body.item)
    if old is not None and is_claimed_here(visit, old):
        draft.hear(kiosk, ask)
        draft.tell(kiosk, ask, messages.Claimed(visit=visit.visit, item=visits.view(draft.site, old)))
        return
    needs = _needs(draft.site, body)
    shelf, locks = _free(draft.site, "shelf"), bank.suitable(_free(draft.site, "lock"), needs)
    places = shelf if body.shelf else locks
    place = _best(draft.site, places, body, needs)
    if place is not None and old is not None and place.compartment == old.compartment:
        others = [one for one in places if one != place]
        place = _best(draft.site, others, body, needs) or place  # not where it was just taken out of
    if place is None:
        draft.hear(kiosk, ask)
        touch(draft, visit)
        draft.tell(
            kiosk, ask, messages.Full(sizes=bank.sizes_of(locks), shelf=bool(shelf) and not visit.drops)
        )
        return
    pickup = pickups.open_for(draft, body.person)
    if pickup is None:
        draft.refuse(kiosk, ask, messages.Refused(why="tickets"))
        return
    draft.hear(kiosk, ask)
    item = _claim_place(draft, visit, body, pickup, place)
    draft.tell(kiosk, ask, messages.Claimed(visit=visit.visit, item=visits.view(draft.site, item)))


def _best(
    site: Site, places: list[messages.CabinetCompartment], body: messages.Claim, needs: bank.Needs
) -> messages.CabinetCompartment | None:
    """The best of these places; a door that stayed shut when last asked only where there is no other."""
    if body.shelf:
        return bank.choose_shelf(places, body.size)
    willing = [place for place in places if site.doors[place.compartment].stage != "not_opened"]
    return bank.choose(willing, body.size, needs) or bank.choose(places, body.size, needs)


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
        dropped_by=body.person if visit.drops else None,
        anonymous=visit.anonymous,
        by_badge=visit.by_badge,
        mark=mark_of(body.label),
    )
    item = _moved(draft.site.items.get(body.item), fresh, visit.staff)
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
            purpose="drop" if visit.drops else "hold",
        )
    )
    return item


def _moved(old: Item | None, fresh: Item, staff: str | None) -> Item:
    """What was in hand stays what it was, and whose: a letter that must be signed for opens to no code.

    What a partner has is in the hand of whoever finds it a place.
    """
    if old is None:
        return fresh
    return replace(
        fresh,
        kind=old.kind,
        pickup=old.pickup,
        holder=old.holder if old.stage == "in_hand" else staff,
        taken_why=old.taken_why,
        below_cm=old.below_cm,
        mark=old.mark or fresh.mark,
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
