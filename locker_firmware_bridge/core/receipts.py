"""Receipts: sealed and checked here, because here is the key; nothing of them is kept."""

from contract import bag_tag, messages, receipt
from locker_firmware_bridge.core.records import Item, Visit
from locker_firmware_bridge.core.state import Draft, Site


def make(draft: Draft, kiosk: str, ask: str, visit: Visit, body: messages.SealReceipt) -> None:
    """The seal and the check word of this receipt; the same one always gets the same."""
    if not _is_theirs(draft.site, visit, body.receipt):
        draft.refuse(kiosk, ask, messages.Refused(why="item"))
        return
    seal = receipt.seal(draft.site.rules.site_key, body.receipt)
    draft.show(kiosk, ask, messages.Sealed(order=body.receipt.order, seal=seal, word=receipt.word(seal)))


def check(draft: Draft, kiosk: str, ask: str, body: messages.CheckReceipt) -> None:
    """Whether nothing on it was changed."""
    genuine = receipt.is_genuine(draft.site.rules.site_key, body.receipt, body.seal)
    draft.show(kiosk, ask, messages.ReceiptChecked(genuine=genuine))


def _is_theirs(site: Site, visit: Visit, made: receipt.Receipt) -> bool:
    """Whether the visit may have it: staff any; who drops something that of what they left in this visit.

    Or of an order of what will come: that says of no place and no bag that they hold anything.
    """
    if visit.staff is not None:
        return True
    if not visit.drops:
        return False
    if not made.place and not made.tag:
        return True
    left = (site.items[item] for item in visit.items if item in site.items)
    return any(_is_of(site, made, item) for item in left if item.stage != "claimed")


def _is_of(site: Site, made: receipt.Receipt, item: Item) -> bool:
    place = site.rules.places.get(item.compartment)
    label = place.label if place is not None else None
    return (made.number, made.place) == (bag_tag.printed(item.item), label or str(item.compartment))
