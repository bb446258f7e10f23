"""Places: what becomes of one when the thing that lay there does not lie there any more."""

from msgspec.structs import replace

from locker_firmware_bridge.core.records import Item
from locker_firmware_bridge.core.state import Draft


def vacate(draft: Draft, item: Item, *, usable: bool = True) -> None:
    """Nothing lies at the item's place now; `usable` false: somebody has to look before it is used again."""
    slot = draft.site.slots.get(item.compartment)
    if slot is not None and slot.item == item.item:
        draft.put_slot(replace(slot, item=None, usable=slot.usable and usable))
