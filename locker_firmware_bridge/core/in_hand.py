"""In hand: what staff took out of its place. It stays in custody, and its person's code stays as it is."""

from typing import Literal

from msgspec.structs import replace

from contract import messages
from locker_firmware_bridge.core import places
from locker_firmware_bridge.core.door import Operation
from locker_firmware_bridge.core.records import Item
from locker_firmware_bridge.core.state import Draft


def from_door(draft: Draft, operation: Operation, item: Item) -> None:
    """Opened, then closed: staff have it."""
    if item.stage == "held":
        why = operation.why or "move"
        _take(draft, item, operation.actor, why, evidence="door", operation=operation.id)
        draft.tell(operation.kiosk, operation.ask, settled(item))


def from_shelf(draft: Draft, item: Item, staff: str, why: messages.TakenOutWhy) -> None:
    """Staff say that they took it from its shelf place."""
    _take(draft, item, staff, why, evidence="shelf")


def since_then(draft: Draft, item: Item, staff: str) -> None:
    """Its door was cut short while it was taken out, and staff say that they have it."""
    _take(draft, item, staff, item.taken_why, evidence="shelf")


def back(draft: Draft, item: Item, holder: str) -> None:
    """The new place was given up: whoever had it in hand has it again."""
    _take(draft, item, holder, item.taken_why, evidence="shelf")


def settled(item: Item) -> messages.Settled:
    """What staff are told."""
    return messages.Settled(item=item.item, stands="in_hand", pickup=item.pickup)


def _take(
    draft: Draft,
    item: Item,
    staff: str,
    why: messages.TakenOutWhy,
    *,
    evidence: Literal["door", "shelf"],
    operation: str | None = None,
) -> None:
    draft.note(
        messages.ItemTakenOut(
            item=item.item,
            compartment=item.compartment,
            allocation=item.allocation,
            staff=staff,
            why=why,
            evidence=evidence,
            operation=operation,
        )
    )
    places.vacate(draft, item)
    draft.put_item(
        replace(
            item,
            stage="in_hand",
            holder=staff,
            taken_why=why,
            opened=False,
            kept_in=None,
            dropped_by=None,
            unsure=False,
        )
    )
