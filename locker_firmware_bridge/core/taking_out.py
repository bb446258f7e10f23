"""Staff take something out of its place: to undo, to move, to return, to hand it over, to send it out."""

from typing import Final

from msgspec.structs import replace

from contract import messages
from locker_firmware_bridge.core import custody, endings, in_hand, openings, places, visits
from locker_firmware_bridge.core.conversations import touch
from locker_firmware_bridge.core.door import Operation
from locker_firmware_bridge.core.records import Item, Visit
from locker_firmware_bridge.core.state import Draft

_RIGHT: Final[dict[messages.TakenOutWhy, str]] = {
    "undo": "deposit",
    "hand_over": "collect",
    "move": "inspect",
    "return": "inspect",
    "relay": "deposit",
}
SOMEBODY_MUST_LOOK: Final = "something is missing that should lie there"


def take_out(draft: Draft, kiosk: str, ask: str, visit: Visit, body: messages.TakeOut) -> None:
    """Open the door behind which it lies; from a shelf it is in hand at once."""
    item = draft.site.items.get(body.item)
    if visit.staff is None or _RIGHT[body.why] not in visit.rights:
        draft.refuse(kiosk, ask, messages.Refused(why="rights"))
    elif item is None or item.stage != "held":
        draft.refuse(kiosk, ask, messages.Refused(why="item"))
    elif draft.site.is_lock(item.compartment):
        _at_door(draft, kiosk, ask, visit, item, body.why)
    else:
        draft.hear(kiosk, ask)
        touch(draft, visit)
        in_hand.from_shelf(draft, item, visit.staff, body.why)
        draft.tell(kiosk, ask, in_hand.settled(item))


def _at_door(draft: Draft, kiosk: str, ask: str, visit: Visit, item: Item, why: messages.TakenOutWhy) -> None:
    running = visits.under_way(draft.site, [item.item])
    if running is not None and running.purpose == "take_out" and running.actor == visit.staff:
        draft.hear(kiosk, ask)
        openings.join(draft, running, kiosk, ask, visit.visit)
        touch(draft, visit)
    elif running is not None or visits.has_door_under_way(draft.site, visit):
        draft.refuse(kiosk, ask, messages.Refused(why="busy"))
    elif not visits.door_ready(draft.site, item) or not visits.tries_left(visit, item.item):
        draft.refuse(kiosk, ask, messages.Refused(why="blocked"))
    else:
        draft.hear(kiosk, ask)
        _open(draft, kiosk, ask, visit, item, why)


def _open(draft: Draft, kiosk: str, ask: str, visit: Visit, item: Item, why: messages.TakenOutWhy) -> None:
    operation = Operation(
        id=draft.fresh(),
        compartment=item.compartment,
        allocation=item.allocation,
        purpose="take_out",
        authority="staff",
        actor=visit.staff or "",
        reason=f"taken out ({why}) at {kiosk}",
        item=item.item,
        why=why,
        visit=visit.visit,
        kiosk=kiosk,
        ask=ask,
    )
    openings.open_in_visit(draft, visit, operation)


def in_hand_since(draft: Draft, kiosk: str, ask: str, visit: Visit, item: Item) -> None:
    """Whoever took it out when its door was cut short has it: their word is all there is, as at a shelf."""
    if visit.staff is None or not visit.rights:
        draft.refuse(kiosk, ask, messages.Refused(why="rights"))
    elif item.stage != "held" or not item.unsure:
        draft.refuse(kiosk, ask, messages.Refused(why="item"))
    elif visits.is_moving(draft.site, item):
        draft.refuse(kiosk, ask, messages.Refused(why="busy"))
    else:
        draft.hear(kiosk, ask)
        touch(draft, visit)
        in_hand.since_then(draft, item, visit.staff)
        draft.tell(kiosk, ask, in_hand.settled(item))


# --- where it ends -----------------------------------------------------------------------------


def returned(draft: Draft, kiosk: str, ask: str, visit: Visit, item: Item) -> None:
    """What staff had in hand is the carrier's again."""
    if visit.staff is None or "inspect" not in visit.rights:
        draft.refuse(kiosk, ask, messages.Refused(why="rights"))
    elif item.stage != "in_hand":
        draft.refuse(kiosk, ask, messages.Refused(why="item"))
    else:
        draft.hear(kiosk, ask)
        touch(draft, visit)
        draft.note(messages.ItemReturned(item=item.item, staff=visit.staff))
        custody.hand_out(draft, item)
        draft.tell(kiosk, ask, messages.Settled(item=item.item, stands="returned"))


def sent_out(draft: Draft, kiosk: str, ask: str, visit: Visit, item: Item, body: messages.Settle) -> None:
    """What staff had in hand went to a partner; said twice, it stays said."""
    if visit.staff is None or "deposit" not in visit.rights:
        draft.refuse(kiosk, ask, messages.Refused(why="rights"))
    elif body.to is None:
        draft.refuse(kiosk, ask, messages.Refused(why="malformed"))
    elif item.stage != "in_hand" and (item.stage, item.partner) != ("away", body.to):
        draft.refuse(kiosk, ask, messages.Refused(why="item"))
    else:
        draft.hear(kiosk, ask)
        touch(draft, visit)
        if item.stage == "in_hand":
            _send_out(draft, item, visit.staff, body.to, body.manifest)
        draft.tell(kiosk, ask, messages.Settled(item=item.item, stands="sent_out", pickup=item.pickup))


def _send_out(draft: Draft, item: Item, staff: str, to: str, manifest: str | None) -> None:
    draft.put_item(replace(item, stage="away", partner=to))
    draft.note(messages.ItemSentOut(item=item.item, staff=staff, to=to, manifest=manifest))


def lost(draft: Draft, kiosk: str, ask: str, visit: Visit, item: Item) -> None:
    """It is not where it should be: its compartment is given to nothing until somebody has looked."""
    if visit.staff is None or "inspect" not in visit.rights:
        draft.refuse(kiosk, ask, messages.Refused(why="rights"))
    elif item.stage in ("claimed", "lost"):
        draft.refuse(kiosk, ask, messages.Refused(why="item"))
    elif visits.is_moving(draft.site, item):
        draft.refuse(kiosk, ask, messages.Refused(why="busy"))
    else:
        draft.hear(kiosk, ask)
        touch(draft, visit)
        _lose(draft, item, visit.staff)
        draft.tell(kiosk, ask, messages.Settled(item=item.item, stands="lost"))


def _lose(draft: Draft, item: Item, staff: str) -> None:
    draft.note(
        messages.ItemLost(
            item=item.item, staff=staff, compartment=item.compartment if item.has_place else None
        )
    )
    if item.has_place and draft.site.is_lock(item.compartment):
        places.vacate(draft, item, usable=False)
        draft.note(
            messages.CompartmentChecked(
                compartment=item.compartment, usable=False, actor=staff, why=SOMEBODY_MUST_LOOK
            )
        )
    endings.lose(draft, item)
