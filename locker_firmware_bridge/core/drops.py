"""Dropping: somebody leaves something for the concierge behind an empty door, known or not.

A drop visit opens nothing that waits, and no door but that of what it claimed itself, which was empty; what
was left there opens to the same person for a short grace, in the same visit, and then to staff only. Who does
not say who they are may leave little at a time, and their word on an empty compartment counts for nothing.
"""

from typing import Final

from contract import messages
from locker_firmware_bridge.core import (
    bank,
    claiming,
    collect,
    conversations,
    deposit,
    openings,
    recognising,
    visits,
)
from locker_firmware_bridge.core.conversations import begin_visit, end_visit, touch
from locker_firmware_bridge.core.door import Operation
from locker_firmware_bridge.core.records import Item, Visit
from locker_firmware_bridge.core.state import Draft, Site

UNKNOWN_MOST: Final = 4
"""So many things at a time lie here, or may, of which nobody said whose they are."""
UNKNOWN_DOORS_MOST: Final = 8
"""So many compartments hold them, or may: one that was too small may hold something, too."""

# --- who it is ---------------------------------------------------------------------------------


def start(draft: Draft, kiosk: str, ask: str, body: messages.StartDrop) -> None:
    """By code, by badge, or by nothing at all."""
    if body.digits is not None or body.token is not None:
        _by_code(draft, kiosk, ask, body)
    elif body.badge is not None:
        _by_badge(draft, kiosk, ask, body.badge)
    else:
        _unknown(draft, kiosk, ask)


def _by_code(draft: Draft, kiosk: str, ask: str, body: messages.StartDrop) -> None:
    """A mandate is for collecting only: its code is wrong here."""
    match = recognising.by_code(draft, kiosk, ask, body, collect.pickup_keys(draft.site))
    if match is None:
        return
    recognising.next_used(draft, match)
    pickup = draft.site.pickups[match.key.owner]
    way: conversations.Way = "qr" if body.digits is None else "typed"
    begin(draft, kiosk, ask, way, pickup.person, pickup.pickup)


def _by_badge(draft: Draft, kiosk: str, ask: str, badge: str) -> None:
    found = recognising.by_badge(draft, kiosk, ask, badge, draft.site.badges)
    if found is not None:
        begin(draft, kiosk, ask, "badge", found.person)


def _unknown(draft: Draft, kiosk: str, ask: str) -> None:
    if _is_enough(draft.site):
        draft.refuse(kiosk, ask, messages.Refused(why="cap"))
        return
    wait_seconds = bank.visitor_wait_seconds(draft.site.caps, draft.now_ms)
    if wait_seconds:
        draft.refuse(kiosk, ask, messages.Refused(why="cap", wait_seconds=wait_seconds))
        return
    draft.hear(kiosk, ask)
    begin(draft, kiosk, ask, "none", None)


def begin(
    draft: Draft,
    kiosk: str,
    ask: str,
    way: conversations.Way,
    person: str | None,
    pickup: str | None = None,
) -> None:
    """A drop visit of somebody known, or of nobody (`person` None)."""
    for other in list(draft.site.visits.values()):
        if other.drops and person is not None and other.person == person:
            end_visit(draft, other, "replaced")
    visit = begin_visit(draft, kiosk, ask, way, pickup=pickup, drops=True, person=person)
    waits = _would_open(draft.site, pickup) if pickup is not None else 0
    granted = messages.DropGranted(visit=visit.visit, person=person, stranger=visit.stranger, waits=waits)
    draft.tell(kiosk, ask, granted)


def _would_open(site: Site, pickup: str) -> int:
    """How many doors the code they showed opens: they may have come to collect."""
    return sum(item.stage == "held" and visits.may_open(site, item) for item in site.items_of(pickup))


def _is_enough(site: Site, besides: str = "") -> bool:
    """Whether as much as may be waits for staff of what nobody said whose it is, `besides` this item.

    What asked for a bigger door is one thing, whatever number of doors it left in doubt.
    """
    lying = [item.item for item in site.items.values() if item.dropped and item.anonymous]
    doubted = [
        slot.visitor_item or f"behind {slot.compartment}"
        for slot in site.slots.values()
        if slot.by_visitor and not slot.usable
    ]
    things = {*lying, *doubted} - {besides}
    return len(things) >= UNKNOWN_MOST or len(lying) + len(doubted) >= UNKNOWN_DOORS_MOST


# --- a place, its door, and what became of it --------------------------------------------------


def claim(draft: Draft, kiosk: str, ask: str, visit: Visit, body: messages.Claim) -> None:
    """Reserve a door, one at a time: nobody but staff puts anything on the shelf."""
    old = draft.site.items.get(body.item)
    if body.shelf or body.perishable:
        draft.refuse(kiosk, ask, messages.Refused(why="rights"))
    elif not _may_be_claimed(draft.site, visit, body, old):
        draft.refuse(kiosk, ask, messages.Refused(why="item"))
    elif old is None and any(item.stage == "claimed" for item in visits.items_of(draft.site, visit)):
        draft.refuse(kiosk, ask, messages.Refused(why="busy"))
    elif old is None and visit.anonymous and _is_enough(draft.site, besides=body.item):
        draft.refuse(kiosk, ask, messages.Refused(why="cap"))
    else:
        claiming.reserve(draft, kiosk, ask, visit, body)


def _may_be_claimed(site: Site, visit: Visit, body: messages.Claim, old: Item | None) -> bool:
    """Something new, of the person of this visit; of who is unknown under the id made for them here.

    Under an id of the kiosk's choice it could be a resident's, whose parcels will be under the same code.
    """
    if old is not None:
        return claiming.is_claimed_here(visit, old) and old.person == body.person
    whose = visit.stranger or visit.person
    return body.item not in site.spent and body.person == whose


def open_item(draft: Draft, kiosk: str, ask: str, visit: Visit, item_id: str) -> None:
    """Open the empty door claimed in this visit, or, just after it was shut, once more."""
    item = draft.site.items.get(item_id)
    if item is None or not _is_theirs(draft, visit, item):
        draft.refuse(kiosk, ask, messages.Refused(why="item"))
        return
    running = visits.under_way(draft.site, [item_id])
    wait_seconds = bank.visitor_wait_seconds(draft.site.caps, draft.now_ms) if visit.anonymous else 0
    if running is not None and running.visit == visit.visit and visits.concerns(running, item):
        draft.hear(kiosk, ask)
        openings.join(draft, running, kiosk, ask, visit.visit)
        touch(draft, visit)
    elif running is not None or visits.has_door_under_way(draft.site, visit):
        draft.refuse(kiosk, ask, messages.Refused(why="busy"))
    elif not visits.door_ready(draft.site, item) or not visits.tries_left(visit, item_id):
        draft.refuse(kiosk, ask, messages.Refused(why="blocked"))
    elif wait_seconds:
        draft.refuse(kiosk, ask, messages.Refused(why="cap", wait_seconds=wait_seconds))
    else:
        draft.hear(kiosk, ask)
        _open(draft, kiosk, ask, visit, item)


def _open(draft: Draft, kiosk: str, ask: str, visit: Visit, item: Item) -> None:
    operation = Operation(
        id=draft.fresh(),
        compartment=item.compartment,
        allocation=item.allocation,
        purpose="deposit",
        authority="visitor" if visit.anonymous else "code",
        actor=item.dropped_by or "",
        reason=f"dropped at {kiosk}",
        item=item.item,
        visit=visit.visit,
        kiosk=kiosk,
        ask=ask,
    )
    openings.open_in_visit(draft, visit, operation)


def settle(draft: Draft, kiosk: str, ask: str, visit: Visit, body: messages.Settle) -> None:
    """What they say became of it: left, or not."""
    item = draft.site.items.get(body.item)
    if item is None or not _is_theirs(draft, visit, item):
        draft.refuse(kiosk, ask, messages.Refused(why="item"))
        return
    match body.outcome:
        case "left":
            deposit.left(draft, kiosk, ask, visit, item)
        case "given_up" if item.stage == "held" and not _opened_again(draft.site, visit, item):
            draft.refuse(kiosk, ask, messages.Refused(why="blocked"))
        case "bigger" | "given_up" | "empty" as outcome:
            deposit.given_up(draft, kiosk, ask, visit, item, outcome)
        case _:
            draft.refuse(kiosk, ask, messages.Refused(why="item"))


def _opened_again(site: Site, visit: Visit, item: Item) -> bool:
    """Whether they stand, or may stand, at its open door since it was left there.

    Behind a door that stayed shut it lies still, whatever a screen made of an answer it did not get.
    """
    door = site.doors.get(item.compartment)
    if door is None or door.operation is None or door.operation.visit != visit.visit:
        return False
    return door.stage in ("open", "left_open", "uncertain")


def _is_theirs(draft: Draft, visit: Visit, item: Item) -> bool:
    """Claimed in this visit and not yet put in, or left just now and nobody else's meanwhile."""
    if item.item not in visit.items or not item.dropped:
        return False
    in_grace = draft.now_ms - item.left_ms < visits.GRACE_MS
    just_left = item.stage == "held" and in_grace and item.dropped_by == item.person
    return item.stage == "claimed" or just_left
