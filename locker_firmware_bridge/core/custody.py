"""Custody: what a closed, stuck or uncertain door means for the thing behind it."""

from typing import Literal

from msgspec.structs import replace

from contract import messages
from locker_firmware_bridge.core import in_hand, pickups, places, visits
from locker_firmware_bridge.core.door import Door, Operation, Outcome
from locker_firmware_bridge.core.happenings import GraceTimer
from locker_firmware_bridge.core.records import Item
from locker_firmware_bridge.core.state import Draft, Site

ClaimWhy = Literal["given_up", "bigger", "not_opened", "timeout", "restart"]


def opened(draft: Draft, operation: Operation) -> None:
    """Its door was seen to open: what is said of the item later must reckon with that."""
    item = draft.site.items.get(operation.item or "")
    if item is None or not visits.concerns(operation, item):
        return
    if item.stage == "claimed" and not item.opened:
        draft.put_item(replace(item, opened=True))


def ended(draft: Draft, operation: Operation, outcome: Outcome) -> None:
    """An operation is over; what that makes of its item, and of the compartment.

    An item that has got another place meanwhile is none of this door's business any more.
    """
    item = draft.site.items.get(operation.item or "")
    if not visits.concerns(operation, item):
        item = None
    match operation.purpose, outcome:
        case "collect", "closed" if item is not None:
            _collected(draft, operation, item)
        case "deposit", "closed" if item is not None:
            _left(draft, operation, item)
        case "take_out", "closed" if item is not None:
            in_hand.from_door(draft, operation, item)
        case "collect" | "take_out", "uncertain" if item is not None and item.stage == "held":
            draft.put_item(replace(item, unsure=True))
        case "deposit", "closed":
            _looked_at(draft, operation, "the deposit was given up, and the door seen shut again")
        case "remote", "closed":
            _looked_at(draft, operation, "opened by order, shut by hand")
        case "deposit", _ if item is not None and item.stage == "claimed":
            _stuck(draft, operation, item, outcome)
        case _:
            pass


def _collected(draft: Draft, operation: Operation, item: Item) -> None:
    """Opened, then closed: the person has it, unless they said otherwise meanwhile."""
    kept = item.kept_in == operation.id
    if item.stage == "held" and not kept:
        _take_out(draft, item, operation)
    settled = messages.Settled(
        item=item.item,
        stands="kept" if kept else "collected",
        remaining=visits.remaining(draft.site, draft.site.visits.get(operation.visit or "")),
    )
    draft.tell(operation.kiosk, operation.ask, settled)


def _take_out(draft: Draft, item: Item, operation: Operation) -> None:
    draft.note(
        messages.ItemCollected(
            item=item.item,
            compartment=item.compartment,
            allocation=item.allocation,
            operation=operation.id,
            proxy=operation.proxy,
        )
    )
    draft.put_item(replace(item, stage="collected", collected_ms=draft.now_ms, unsure=False))
    draft.wake(GraceTimer(item.item), draft.now_ms + visits.GRACE_MS)


def _left(draft: Draft, operation: Operation, item: Item) -> None:
    """Opened, then closed: the item lies there, and its code is told, to nobody but staff and its person."""
    if item.stage == "claimed":
        draft.note(
            messages.ItemLeft(
                item=item.item,
                compartment=item.compartment,
                allocation=item.allocation,
                evidence="door",
                operation=operation.id,
            )
        )
    draft.put_item(replace(item, stage="held", left_ms=draft.now_ms if item.dropped else 0))
    settled = messages.Settled(item=item.item, stands="left", pickup=pickup_told(draft.site, item))
    draft.tell(operation.kiosk, operation.ask, settled)


def pickup_told(site: Site, item: Item) -> str | None:
    """Under which code it lies there, if whoever put it there may be told.

    Nobody is for what is somebody else's meanwhile, nor by a badge, whose number is no secret, while
    anything else waits under that code: its person has it on the ticket of that.
    """
    if item.dropped_by not in (None, item.person):
        return None
    is_alone = len(site.items_of(item.pickup)) == 1
    return item.pickup if is_alone or not item.by_badge else None


def _stuck(draft: Draft, operation: Operation, item: Item, outcome: Outcome) -> None:
    """The door for a deposit did not open: staff may try again, unless they are gone."""
    if outcome == "uncertain":
        item = replace(item, opened=True)  # it may have been
        draft.put_item(item)
    if operation.visit not in draft.site.visits:
        drop_claim(draft, item, "not_opened")


def _looked_at(draft: Draft, operation: Operation, why: str) -> None:
    """A door without an item was opened and shut by somebody: it is empty as far as they say."""
    slot = draft.site.slots.get(operation.compartment)
    if slot is None or slot.item is not None or slot.usable or slot.out_of_service:
        return
    if operation.purpose == "deposit" and not slot.said_empty:
        return
    draft.put_slot(replace(slot, usable=True, said_empty=False))
    checked = messages.CompartmentChecked(
        compartment=slot.compartment, usable=True, actor=operation.actor, why=why
    )
    draft.note(checked)


# --- things that leave -------------------------------------------------------------------------


def drop_claim(draft: Draft, item: Item, why: ClaimWhy, *, said_empty: bool = False) -> None:
    """A deposit is given up; its compartment is free, or somebody has to look.

    It is free if its door never opened, or if it is seen shut while staff say that nothing is inside. That
    word does not count for an item the door was shut on: it lies there until the door has opened again. What
    staff had in hand before they have in hand again.
    """
    door = draft.site.doors.get(item.compartment)
    opened = item.opened or _is_busy(door)
    draft.note(
        messages.ClaimDropped(
            item=item.item,
            compartment=item.compartment,
            allocation=item.allocation,
            why=why,
            door_was_opened=opened,
        )
    )
    shut = door is not None and not door.busy and door.seen == "closed"
    said_empty = said_empty and (item.stage == "claimed" or _is_open(door))
    slot = draft.site.slots.get(item.compartment)
    if slot is not None and slot.item == item.item:
        usable = slot.usable and (not opened or (said_empty and shut))
        draft.put_slot(
            replace(
                slot,
                item=None,
                usable=usable,
                said_empty=said_empty and not usable,
                by_visitor=item.anonymous and not usable,
                visitor_item=item.item if item.anonymous and not usable else "",
            )
        )
    if item.holder is not None:
        in_hand.back(draft, item, item.holder)
        return
    if why == "bigger":
        draft.withdraw_item(item.item)
    else:
        draft.drop_item(item.item)
    pickups.close_if_empty(draft, item.pickup)


def hand_out(draft: Draft, item: Item) -> None:
    """It has left for good: the compartment is free, and the code, if it was the last."""
    places.vacate(draft, item)
    draft.drop_item(item.item)
    pickups.close_if_empty(draft, item.pickup)


def let_go(draft: Draft, item: Item) -> None:
    """It is not here, as far as the hub knows: its code is over, if nothing else waits.

    Staff may claim it anew, should it turn up; so it is not remembered as over itself.
    """
    places.vacate(draft, item)
    draft.withdraw_item(item.item)
    pickups.close_if_empty(draft, item.pickup)


def grace_over(draft: Draft, item_id: str) -> None:
    """The grace of a collected item ended; if its door is just now open, it ends with that."""
    item = draft.site.items.get(item_id)
    if item is None or item.stage != "collected":
        return
    if visits.in_grace(item, draft.now_ms):
        draft.wake(GraceTimer(item_id), item.collected_ms + visits.GRACE_MS)
    elif _is_busy(draft.site.doors.get(item.compartment)):
        draft.wake(GraceTimer(item_id), draft.now_ms + 5_000)
    else:
        hand_out(draft, item)


def _is_open(door: Door | None) -> bool:
    return door is not None and door.stage in ("open", "left_open")


def _is_busy(door: Door | None) -> bool:
    return door is not None and door.busy
