"""What ends without a door: it is not found, or the hub's pages say that it is over.

A bag nobody finds is remembered under its person's code: who comes with the ticket is told so, kindly. No
door opens for it; found again, it gets its place as if it came back from a partner.
"""

from typing import Final

from msgspec.structs import replace

from contract import messages
from locker_firmware_bridge.core import custody, places
from locker_firmware_bridge.core.records import Item
from locker_firmware_bridge.core.state import Draft

MOST_LOST: Final = 50
"""So many lost things keep their tickets; the code of what was lost longest ago is over."""


_ON_ITS_WAY: Final = frozenset({"bag", "object", "basket"})


def lose(draft: Draft, item: Item) -> None:
    """Nobody has it. A parcel that turns up is taken in anew, with its label; a bag is the same bag still."""
    if item.dropped or item.kind in _ON_ITS_WAY:
        _remember(draft, item)
    else:
        custody.hand_out(draft, item)


def _remember(draft: Draft, item: Item) -> None:
    places.vacate(draft, item)
    draft.put_item(
        replace(
            item,
            stage="lost",
            collected_ms=0,
            kept_in=None,
            holder=None,
            dropped_by=None,
            anonymous=False,
            by_badge=False,
            unsure=False,
        )
    )
    lost = [one for one in draft.site.items.values() if one.stage == "lost"]
    for oldest in lost[:-MOST_LOST]:
        custody.let_go(draft, oldest)


def ended(draft: Draft, document: messages.Ended) -> None:
    """A document of the feed, obeyed for what staff or a partner had in that very allocation.

    What lies behind a door, or has since been claimed anew, is ours to tell: the hub hears of it and takes
    its word back.
    """
    item = draft.site.items.get(document.item)
    if item is None or (item.compartment, item.allocation) != (document.compartment, document.allocation):
        return
    is_lost = document.how == "lost"
    if item.stage not in (("in_hand", "away") if is_lost else ("in_hand", "away", "lost")):
        return
    draft.note(messages.ItemEnded(item=item.item, how=document.how))
    if is_lost:
        lose(draft, item)
    else:
        custody.let_go(draft, item)
