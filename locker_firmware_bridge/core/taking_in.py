"""Something was taken in on a hub page and put on a shelf place: noted once, or refused in a word."""

from contract import messages
from contract.messages import CabinetCompartment, TakeIn
from contract.scans.labels import mark_of
from locker_firmware_bridge.core import bank, orders, pickups, replies
from locker_firmware_bridge.core.records import Item, Pickup, Slot
from locker_firmware_bridge.core.state import Draft, Site

Why = orders.Why | orders.PutWhy


def take_in(draft: Draft, order: TakeIn, *, signed: bool) -> None:
    """Note it with its place, or say why not; the same order again gets the same reply."""
    said = draft.site.orders.get(order.order)
    if said is not None:
        draft.tell_hub(said.reply)
        return
    why: Why | None = orders.unfit(order.nonce, signed, draft.site.nonces, draft.now_ms)
    draft.forget_after_restart(nonces=draft.site.nonces.use(order.nonce))
    if why is None and not draft.room:
        why = "disk"
    why = why or _put(draft, order)
    if why is not None:
        replies.refuse(draft, order.order, order.compartment, order.actor, why)


def _put(draft: Draft, order: TakeIn) -> Why | None:
    """Note it there; or why that cannot be, and then nothing is noted."""
    if order.item in draft.site.items or order.item in draft.site.spent:
        return "item"
    place = _place(draft.site, order)
    if not isinstance(place, CabinetCompartment):
        return place
    pickup = pickups.open_for(draft, order.person)
    if pickup is None:
        return "tickets"
    _note(draft, order, place, pickup)
    return None


def _place(site: Site, order: TakeIn) -> CabinetCompartment | Why:
    """The place that was chosen, if nothing lies there; or the smallest that fits."""
    shelf = [place for place in site.rules.places.values() if place.kind == "shelf"]
    free = [place for place in shelf if bank.is_free(_slot(site, place.compartment))]
    if order.compartment is None:
        return bank.choose_shelf(free, order.size) or "full"
    chosen = site.rules.places.get(order.compartment)
    if chosen not in shelf:
        return "unknown_door"
    return chosen if chosen in free else "taken"


def _slot(site: Site, compartment: int) -> Slot:
    return site.slots.get(compartment, Slot(compartment=compartment))


def _note(draft: Draft, order: TakeIn, place: CabinetCompartment, pickup: Pickup) -> None:
    slot = bank.claimed(_slot(draft.site, place.compartment), order.item)
    draft.put_slot(slot)
    item = Item(
        item=order.item,
        kind=order.kind,
        person=order.person,
        pickup=pickup.pickup,
        compartment=slot.compartment,
        allocation=slot.allocation,
        size=order.size,
        stage="held",
        mark=mark_of(order.label),
    )
    draft.put_item(item)
    draft.note(
        messages.ItemClaimed(
            item=item.item,
            kind=item.kind,
            person=item.person,
            pickup=item.pickup,
            compartment=item.compartment,
            allocation=item.allocation,
            size=item.size,
            label=order.label,
            carrier=order.carrier,
            order=order.order,
            actor=order.actor,
            named=order.named,
        ),
        messages.ItemLeft(
            item=item.item, compartment=item.compartment, allocation=item.allocation, evidence="shelf"
        ),
    )
    replies.noted(draft, order.order)
