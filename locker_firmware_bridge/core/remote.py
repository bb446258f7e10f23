"""The hub's wishes: a nonce, then a door, once."""

from msgspec.structs import replace

from contract import messages
from locker_firmware_bridge.core import bank, openings, orders
from locker_firmware_bridge.core.door import Operation
from locker_firmware_bridge.core.state import Draft


def nonce_asked(draft: Draft, asked: messages.NonceAsked) -> None:
    """Give a nonce: good once, for a minute."""
    nonce = draft.fresh()
    draft.forget_after_restart(nonces=draft.site.nonces.give(nonce, draft.now_ms))
    draft.tell_hub(messages.NonceGiven(order=asked.order, nonce=nonce))


def remote_open(draft: Draft, order: messages.RemoteOpen, *, signed: bool) -> None:
    """Carry the order out, or say why not; the same order again gets the same reply."""
    taken = draft.site.orders.get(order.order)
    if taken is not None:
        draft.tell_hub(taken.reply)
        return
    site = draft.site
    slot = site.slots.get(order.compartment) if site.is_lock(order.compartment) else None
    door = site.doors.get(order.compartment)
    why = orders.objection(order, signed, site.nonces, slot, door, site.caps, draft.now_ms)
    draft.forget_after_restart(nonces=site.nonces.use(order.nonce))
    if why is None and not draft.room:
        why = "disk"
    if why is None and slot is not None:
        _carry_out(draft, order, max(slot.allocation, order.allocation), slot.item)
    elif why is not None:
        _refuse(draft, order, why)


def _carry_out(draft: Draft, order: messages.RemoteOpen, allocation: int, item: str | None) -> None:
    slot = draft.site.slots[order.compartment]
    if slot.allocation != allocation:
        draft.put_slot(replace(slot, allocation=allocation))
    operation = Operation(
        id=draft.fresh(),
        compartment=order.compartment,
        allocation=allocation,
        purpose="remote",
        authority="order",
        actor=order.actor,
        reason=order.reason,
        item=item,
        order=order.order,
    )
    if openings.request(draft, operation) == "crowded":
        _refuse(draft, order, "busy")
        return
    draft.put(caps=bank.opened_remotely(draft.site.caps, draft.now_ms))
    taken = messages.OrderTaken(order=order.order, operation=operation.id)
    draft.put_order(taken)
    draft.tell_hub(taken)


def _refuse(draft: Draft, order: messages.RemoteOpen, why: orders.Why) -> None:
    refused = messages.OrderTaken(order=order.order, refused=why)
    if why != "disk" and draft.room and not _is_flood(draft):
        draft.put_order(refused)
        draft.note(
            messages.OrderRefused(
                order=order.order, why=why, compartment=order.compartment, actor=order.actor
            )
        )
    draft.tell_hub(refused)


def _is_flood(draft: Draft) -> bool:
    """Whether too many orders were refused within the hour to write this one down as well.

    Whoever holds the hub's broker may invent orders without end: they must not fill the disk.
    """
    noted = bank.within_the_hour(draft.site.refusals_ms, draft.now_ms)
    if len(noted) >= orders.REFUSALS_PER_HOUR:
        return True
    draft.forget_after_restart(refusals_ms=(*noted, draft.now_ms))
    return False
