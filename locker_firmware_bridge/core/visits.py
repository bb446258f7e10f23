"""Visits: what a person or staff may see and do in one conversation at one kiosk."""

from collections.abc import Iterable
from typing import Final, Literal

from msgspec.structs import replace

from contract.messages import ShelfItem, VisitItem
from locker_firmware_bridge.core import bank
from locker_firmware_bridge.core.door import Operation
from locker_firmware_bridge.core.records import Item, Visit
from locker_firmware_bridge.core.state import Site

ItemState = Literal[
    "ready", "claimed", "opening", "open", "collected", "left", "blocked", "with_staff", "dropped", "away"
]

GRACE_MS: Final = 120_000
"""After opened-then-closed, the same code opens the same door again for this long."""
MAX_OPENINGS: Final = 4
"""The first opening of an item in a visit, and three more."""
PERSON_QUIET_MS: Final = 180_000
STAFF_QUIET_MS: Final = 600_000
QUIET_AFTER_DOOR_MS: Final = 30_000


def in_grace(item: Item, now_ms: int) -> bool:
    """Whether an item just collected may still have its door opened again."""
    return item.stage == "collected" and now_ms - item.collected_ms < GRACE_MS


def under_way(site: Site, items: Iterable[str]) -> Operation | None:
    """The operation at the door of one of these items, waiting its turn or begun, if there is one."""
    wanted = set(items)
    for operation in site.waiting:
        if operation.item in wanted:
            return operation
    for door in site.doors.values():
        if door.busy and door.operation is not None and door.operation.item in wanted:
            return door.operation
    return None


def has_door_under_way(site: Site, visit: Visit) -> bool:
    """Whether a door was asked to open in this visit, and is not done: one at a time."""
    running = (door.operation for door in site.doors.values() if door.busy)
    return any(one is not None and one.visit == visit.visit for one in (*site.waiting, *running))


def is_moving(site: Site, item: Item) -> bool:
    """Whether somebody is, or will be in a moment, at the door behind which this item lies."""
    if not item.has_place:
        return False
    door = site.doors.get(item.compartment)
    waiting = any(operation.compartment == item.compartment for operation in site.waiting)
    return waiting or (door is not None and door.busy)


def begun(site: Site, item: str) -> bool:
    """Whether the door of this item is under way (and not merely waiting its turn)."""
    running = under_way(site, [item])
    return running is not None and running not in site.waiting and concerns(running, site.items.get(item))


def concerns(operation: Operation, item: Item | None) -> bool:
    """Whether an operation is at the item's own door: since it began, a bigger one may have been found.

    What is in hand, or away, has no door.
    """
    if item is None or not item.has_place:
        return False
    return (operation.compartment, operation.allocation) == (item.compartment, item.allocation)


def is_for(visit: Visit, item: Item) -> bool:
    """Whether a person's visit is for this item: under their code, and one of those they were sent for."""
    return item.pickup == visit.pickup and (not visit.only or item.item in visit.only)


def items_of(site: Site, visit: Visit) -> list[Item]:
    """The items of a visit, low doors first: of who collects all that waits, of others what they claimed."""
    if visit.collects:
        found = [item for item in site.items_of(visit.pickup or "") if item.waits and is_for(visit, item)]
    else:
        found = [site.items[item] for item in visit.items if item in site.items]
    return sorted(found, key=lambda item: _height(site, item))


def view(site: Site, item: Item) -> VisitItem:
    """How an item stands now, for the screen."""
    place = site.rules.places.get(item.compartment)
    return VisitItem(
        item=item.item,
        kind=item.kind,
        compartment=item.compartment,
        state=_state(site, item),
        size=item.size,
        label=None if place is None else place.label,
        lost=item.stage == "lost",
    )


def on_shelf(site: Site) -> tuple[ShelfItem, ...]:
    """What lies on shelf places until staff hand it over: at most one item a place, in their order."""
    places = (place for _, place in sorted(site.rules.places.items()) if place.kind == "shelf")
    found = ((place, site.slots.get(place.compartment)) for place in places)
    lying = ((place, site.items.get(slot.item)) for place, slot in found if slot is not None and slot.item)
    return tuple(
        ShelfItem(item=item.item, person=item.person, kind=item.kind, label=place.label, mark=item.mark)
        for place, item in lying
        if item is not None and item.stage == "held" and place.label is not None
    )


def may_open(site: Site, item: Item) -> bool:
    """Whether its code opens this item's door now: for what must be signed for, or is dropped, staff do."""
    return item.kind != "registered_letter" and not item.dropped and door_ready(site, item)


def door_ready(site: Site, item: Item) -> bool:
    """Whether the item has a door that is still its own, known, and not under way."""
    door, slot = site.doors.get(item.compartment), site.slots.get(item.compartment)
    if door is None or slot is None or not site.is_lock(item.compartment):
        return False
    return slot.allocation == item.allocation and not door.busy and door.seen != "unknown"


def remaining(site: Site, visit: Visit | None) -> int:
    """How many items of a person's visit are still to be taken out."""
    if visit is None or not visit.collects:
        return 0
    return sum(
        item.stage == "held" and item.item not in visit.kept and may_open(site, item)
        for item in items_of(site, visit)
    )


def tries_left(visit: Visit | None, item: str | None) -> int:
    """How often this item's door may be asked to open again in this visit."""
    return 0 if visit is None or item is None else max(0, MAX_OPENINGS - visit.openings.get(item, 0))


def opened_once_more(visit: Visit, item: str, now_ms: int) -> Visit:
    """The visit after one more opening of an item."""
    openings = {**visit.openings, item: visit.openings.get(item, 0) + 1}
    return replace(visit, openings=openings, quiet_since_ms=now_ms)


def quiet_until_ms(visit: Visit) -> int:
    """When the visit ends if nothing is asked any more."""
    return visit.quiet_since_ms + (PERSON_QUIET_MS if visit.staff is None else STAFF_QUIET_MS)


def first_to_open(site: Site, visit: Visit, now_ms: int) -> Item | None:
    """The lowest door with something to take out; else the one closed last, within its grace."""
    items = items_of(site, visit)
    for item in items:
        if item.stage == "held" and item.item not in visit.kept and may_open(site, item):
            return item
    again = [item for item in items if in_grace(item, now_ms) and may_open(site, item)]
    return max(again, key=lambda item: item.collected_ms, default=None)


def _state(site: Site, item: Item) -> ItemState:
    if item.stage == "in_hand":
        return "blocked"
    if item.stage == "away":
        return "away"
    if item.stage == "lost":  # `lost` says so, to whoever knows of lost things
        return "away"
    if item.dropped and item.stage == "held":
        return "dropped"
    door = site.doors.get(item.compartment)
    if door is not None and door.busy and door.operation is not None and door.operation.item == item.item:
        return "open" if door.stage in ("open", "left_open") else "opening"
    if item.stage != "held":
        return item.stage
    if not site.is_lock(item.compartment):
        return "ready"
    return "ready" if may_open(site, item) else "blocked"


def _height(site: Site, item: Item) -> tuple[int, int]:
    place = site.rules.places.get(item.compartment)
    return (0, item.compartment) if place is None else bank.low_first(place)
