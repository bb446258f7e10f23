"""Coming up: what was cut short, what is still known, and what the hub must tell or staff must look at."""

from msgspec.structs import replace

from contract import messages
from locker_firmware_bridge.core import bank, codes, custody, door, openings, pickups, places, visits
from locker_firmware_bridge.core.conversations import end_visit, revoked
from locker_firmware_bridge.core.happenings import FeedComplete, GraceTimer, Started
from locker_firmware_bridge.core.records import Item, Pickup, Slot
from locker_firmware_bridge.core.state import Draft

FIRST_START = "first_start"

# --- at every start ----------------------------------------------------------------------------


def start(draft: Draft, started: Started) -> None:
    """The bridge came up. Nothing is pulsed; conversations and claims are over, doors are read anew."""
    draft.note(started.began)
    if draft.site.run.boot != started.boot:
        _reboot(draft, started.boot)
    if started.went_back and draft.site.run.journal != started.journal:
        doubt(draft, started.journal)
    _declare(draft)
    for visit in list(draft.site.visits.values()):
        end_visit(draft, visit, "restart")
    for item in list(draft.site.items.values()):
        if item.stage == "claimed":
            custody.drop_claim(draft, item, "restart")
        elif item.stage == "collected":
            draft.wake(GraceTimer(item.item), item.collected_ms + visits.GRACE_MS)
    for place in draft.site.rules.places.values():
        if place.kind == "lock":
            openings.happen(draft, place.compartment, door.Restart())
    draft.show_doors()


def _reboot(draft: Draft, boot: str) -> None:
    """Times of another boot compare with nothing: waits begin anew, budgets stay spent, graces are over."""
    site, now_ms = draft.site, draft.now_ms
    draft.put(
        run=replace(site.run, boot=boot),
        codes=codes.after_reboot(site.codes, now_ms),
        pins=codes.after_reboot(site.pins, now_ms),
        caps=bank.after_reboot(site.caps, now_ms),
    )
    for item in list(site.items.values()):
        if item.stage == "collected":
            draft.put_item(replace(item, collected_ms=now_ms - visits.GRACE_MS))


def _declare(draft: Draft) -> None:
    """Tell a changed cabinet. A compartment never seen before must be looked at, if it has a door."""
    places = draft.site.rules.places
    declared = tuple(places[number] for number in sorted(places))
    if declared != draft.site.run.declared:
        draft.note(messages.CabinetDeclared(compartments=declared))
        draft.put(run=replace(draft.site.run, declared=declared))
    is_known = draft.site.run.memory == "good"
    for place in declared:
        if place.compartment not in draft.site.slots:
            usable = is_known and place.kind == "shelf"
            draft.put_slot(Slot(compartment=place.compartment, usable=usable))


# --- what the hub knows ------------------------------------------------------------------------


def welcomed(draft: Draft, *, known: bool) -> None:
    """The hub's first answer to a new memory: a new site is all free, another one's memory is to come."""
    if draft.site.run.memory != "new":
        return
    if known:
        draft.put(run=replace(draft.site.run, memory="lost"))
        return
    draft.put(run=replace(draft.site.run, memory="good"))
    for slot in list(draft.site.slots.values()):
        if not slot.usable:
            _declare_usable(draft, slot)


def _declare_usable(draft: Draft, slot: Slot) -> None:
    draft.put_slot(replace(slot, usable=True))
    draft.note(messages.CompartmentChecked(compartment=slot.compartment, usable=True, actor=FIRST_START))


def doubt(draft: Draft, journal: str) -> None:
    """Our disk went back in time: the hub's word counts more than ours until both agree."""
    if draft.site.run.memory == "good":
        draft.put(run=replace(draft.site.run, memory="doubted", journal=journal))


def adopt(draft: Draft, complete: FeedComplete) -> None:
    """Take over from the hub what lies here. Doors nobody knows anything of stay shut until looked at."""
    memory = draft.site.run.memory
    if memory not in ("lost", "doubted"):
        return
    for name in sorted(complete.gone):
        item = draft.site.items.get(name)
        if item is not None and item.has_place and not item.with_staff:  # what lies nowhere is not gone
            _let_go(draft, item)
    for holding in complete.holdings:
        _leave_old_place(draft, holding)
    for holding in complete.holdings:
        _take_over(draft, holding)
    _doubt_the_rest(draft)
    for rotation in complete.rotations:
        rotate(draft, rotation.pickup, rotation.generation)
    for slot in list(draft.site.slots.values()):
        if not draft.site.is_lock(slot.compartment) and not (slot.usable or slot.out_of_service):
            draft.put_slot(replace(slot, usable=True))  # a shelf is in plain sight
    draft.put(run=replace(draft.site.run, memory="good"))


def _let_go(draft: Draft, item: Item) -> None:
    """It does not lie there: it was collected, or staff took it out in the time our disk forgot."""
    draft.note(
        messages.HoldingAdopted(
            item=item.item, compartment=item.compartment, allocation=item.allocation, gone=True
        )
    )
    custody.let_go(draft, item)


def _doubt_the_rest(draft: Draft) -> None:
    """Neither memory has anything there, which is no proof: it is told, so that the hub shows it so."""
    for slot in list(draft.site.slots.values()):
        if slot.item is None and draft.site.is_lock(slot.compartment):
            draft.put_slot(replace(slot, usable=False))
            draft.note(
                messages.CompartmentChecked(
                    compartment=slot.compartment, usable=False, actor=draft.site.rules.bridge
                )
            )


def _leave_old_place(draft: Draft, holding: messages.Holding) -> None:
    """Before anything else is thought to lie there: what was moved in the time our disk forgot."""
    item = draft.site.items.get(holding.item)
    if item is None or item.stage == "claimed" or item.compartment == holding.compartment:
        return
    if _has_later_place(draft, holding):
        places.vacate(draft, item, usable=False)


def _has_later_place(draft: Draft, holding: messages.Holding) -> bool:
    """Whether the hub knows of a use of that compartment that we do not."""
    slot = draft.site.slots.get(holding.compartment)
    return slot is not None and slot.allocation < holding.allocation


def _take_over(draft: Draft, holding: messages.Holding) -> None:
    site = draft.site
    slot = site.slots.get(holding.compartment, Slot(compartment=holding.compartment))
    is_ours = holding.item in site.items or holding.item in site.spent or holding.pickup in site.spent
    if slot.item is not None and slot.item != holding.item and slot.allocation < holding.allocation:
        _let_go(draft, site.items[slot.item])  # another allocation since: what we remember has left
        site, slot = draft.site, draft.site.slots[holding.compartment]
    if holding.item in site.items and holding.pickup not in site.spent:
        _correct(draft, holding)
        site, slot = draft.site, draft.site.slots.get(holding.compartment, slot)
    allocation = max(slot.allocation, holding.allocation)
    if is_ours or slot.item is not None:
        draft.put_slot(replace(slot, allocation=allocation) if slot.item is None else slot)
        return
    draft.put_slot(replace(slot, allocation=allocation, item=holding.item, usable=True))
    draft.put_item(
        Item(
            item=holding.item,
            kind=holding.kind,
            person=holding.person,
            pickup=holding.pickup,
            compartment=holding.compartment,
            allocation=allocation,
            size=holding.size,
            stage="held",
            dropped_by=holding.person if holding.dropped else None,
            anonymous=holding.anonymous,
        )
    )
    _take_over_pickup(draft, holding)
    draft.note(
        messages.HoldingAdopted(item=holding.item, compartment=holding.compartment, allocation=allocation)
    )


def _correct(draft: Draft, holding: messages.Holding) -> None:
    """Something we know has got another person, or another place, in the time our disk forgot."""
    item = draft.site.items[holding.item]
    if item.stage == "claimed":
        return
    if item.pickup != holding.pickup:
        _take_over_pickup(draft, holding)
        draft.put_item(replace(item, person=holding.person, pickup=holding.pickup))
        pickups.close_if_empty(draft, item.pickup)
    if _has_later_place(draft, holding):
        _move(draft, holding)


def _move(draft: Draft, holding: messages.Holding) -> None:
    item, slot = draft.site.items[holding.item], draft.site.slots[holding.compartment]
    draft.put_slot(replace(slot, allocation=holding.allocation, item=item.item, usable=True))
    draft.put_item(
        replace(
            item,
            compartment=holding.compartment,
            allocation=holding.allocation,
            stage="held",
            dropped_by=holding.person if holding.dropped else None,
            anonymous=holding.anonymous,
            unsure=False,
        )
    )
    draft.note(
        messages.HoldingAdopted(
            item=item.item, compartment=holding.compartment, allocation=holding.allocation
        )
    )


def _take_over_pickup(draft: Draft, holding: messages.Holding) -> None:
    old = draft.site.pickups.get(holding.pickup)
    generation = max(holding.generation, 0 if old is None else old.generation)
    draft.put_pickup(
        Pickup(pickup=holding.pickup, person=holding.person, ticket=holding.ticket, generation=generation)
    )
    if old is None:
        draft.put_ticket(holding.ticket)


def rotate(draft: Draft, pickup_id: str, generation: int) -> None:
    """All codes of a pickup older than this generation are dead."""
    pickup = draft.site.pickups.get(pickup_id)
    if pickup is not None and pickup.generation < generation:
        draft.put_pickup(replace(pickup, generation=generation))
        draft.note(messages.CodeRotated(pickup=pickup_id, generation=generation, why="hub"))
        revoked(draft, "pickup", pickup_id)
