"""Staff at a kiosk: the door of an item, and what became of it."""

from msgspec.structs import replace

from contract import messages
from locker_firmware_bridge.core import custody, in_hand, mandates, openings, taking_out, visits
from locker_firmware_bridge.core.conversations import touch
from locker_firmware_bridge.core.door import Operation
from locker_firmware_bridge.core.records import Item, Visit
from locker_firmware_bridge.core.state import Draft


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
        case "left" if mine and item.has_place:
            left(draft, kiosk, ask, visit, item)
        case "bigger" | "given_up" | "empty" if mine and item.stage in ("claimed", "held"):
            given_up(draft, kiosk, ask, visit, item, body.outcome)
        case "taken" if "collect" in visit.rights:
            _handed_over(draft, kiosk, ask, visit, item, body)
        case "taken":
            draft.refuse(kiosk, ask, messages.Refused(why="rights"))
        case "returned":
            taking_out.returned(draft, kiosk, ask, visit, item)
        case "sent_out":
            taking_out.sent_out(draft, kiosk, ask, visit, item, body)
        case "lost":
            taking_out.lost(draft, kiosk, ask, visit, item)
        case "in_hand":
            taking_out.in_hand_since(draft, kiosk, ask, visit, item)
        case _:
            draft.refuse(kiosk, ask, messages.Refused(why="item"))


def left(draft: Draft, kiosk: str, ask: str, visit: Visit, item: Item) -> None:
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
    pickup = custody.pickup_told(draft.site, item)
    draft.tell(kiosk, ask, messages.Settled(item=item.item, stands="left", pickup=pickup))


def given_up(draft: Draft, kiosk: str, ask: str, visit: Visit, item: Item, outcome: str) -> None:
    """The item does not go in. `given_up` leaves open whether something is inside; so does who is unknown."""
    draft.hear(kiosk, ask)
    touch(draft, visit)
    why: custody.ClaimWhy = "bigger" if outcome == "bigger" else "given_up"
    custody.drop_claim(draft, item, why, said_empty=outcome != "given_up" and not visit.anonymous)
    was_in_hand = item.holder is not None
    settled = in_hand.settled(item) if was_in_hand else messages.Settled(item=item.item, stands="dropped")
    draft.tell(kiosk, ask, settled)


def _handed_over(draft: Draft, kiosk: str, ask: str, visit: Visit, item: Item, body: messages.Settle) -> None:
    """Staff gave it to the person: from shelf or hand, with a key, or after a door that is uncertain."""
    if item.stage == "claimed" or visits.is_moving(draft.site, item):
        draft.refuse(kiosk, ask, messages.Refused(why="busy"))
        return
    if item.stage in ("away", "lost"):
        draft.refuse(kiosk, ask, messages.Refused(why="item"))
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
