"""A hub page takes a compartment out of service, or says that it is empty: noted once, or refused."""

from contract.messages import SetUse
from locker_firmware_bridge.core import orders, replies, stock
from locker_firmware_bridge.core.records import Slot
from locker_firmware_bridge.core.state import Draft, Site

Why = orders.Why | orders.PutWhy


def set_use(draft: Draft, order: SetUse, *, signed: bool) -> None:
    """Note it as if staff had said so at the kiosk, or say why not; the same order again, the same reply."""
    said = draft.site.orders.get(order.order)
    if said is not None:
        draft.tell_hub(said.reply)
        return
    why: Why | None = orders.unfit(order.nonce, signed, draft.site.nonces, draft.now_ms)
    draft.forget_after_restart(nonces=draft.site.nonces.use(order.nonce))
    if why is None and not draft.room:
        why = "disk"
    slot = _slot(draft.site, order.compartment)
    why = why or _objection(draft.site, slot, order)
    if why is not None:
        replies.refuse(draft, order.order, order.compartment, order.actor, why)
    elif slot is not None:
        stock.mark(draft, slot, order.actor, usable=order.usable, why=order.reason, order=order.order)
        replies.noted(draft, order.order)


def _slot(site: Site, compartment: int) -> Slot | None:
    known = compartment in site.rules.places
    return site.slots.get(compartment, Slot(compartment=compartment)) if known else None


def _objection(site: Site, slot: Slot | None, order: SetUse) -> Why | None:
    """Only what is empty behind a shut door may be used again; any place may go out of service."""
    if slot is None:
        return "unknown_door"
    if orders.is_overtaken(slot, order.allocation):
        return "generation"
    if order.usable and slot.item is not None:
        return "taken"
    return "busy" if order.usable and not stock.is_shut(site, order.compartment) else None
