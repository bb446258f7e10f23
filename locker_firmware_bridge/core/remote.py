"""The hub's wishes: a nonce, then a door, once."""

from msgspec.structs import replace

from contract import messages
from locker_firmware_bridge.core import openings, orders, replies
from locker_firmware_bridge.core.door import Operation
from locker_firmware_bridge.core.state import Draft


def nonce_asked(draft: Draft, asked: messages.NonceAsked) -> None:
    """Give a nonce: good once, for a minute."""
    nonce = draft.fresh()
    draft.forget_after_restart(nonces=draft.site.nonces.give(nonce, draft.now_ms))
    draft.tell_hub(messages.NonceGiven(order=asked.order, nonce=nonce))


def remote_open(draft: Draft, order: messages.RemoteOpen, *, signed: bool) -> None:
    """Carry the order out, or say why not; the same order again gets the same reply.

    One that waits for its turn gets its reply then, and dies with a restart before.
    """
    taken = draft.site.orders.get(order.order)
    if taken is not None:
        draft.tell_hub(taken.reply)
        return
    site = draft.site
    if any(waiting.order == order.order for waiting in site.waiting):
        return
    slot = site.slots.get(order.compartment) if site.is_lock(order.compartment) else None
    door = site.doors.get(order.compartment)
    why = orders.objection(order, signed, site.nonces, slot, door, site.caps, draft.now_ms)
    draft.forget_after_restart(nonces=site.nonces.use(order.nonce))
    if why is None and not draft.room:
        why = "disk"
    if why is None and slot is not None:
        _carry_out(draft, order, max(slot.allocation, order.allocation), slot.item)
    elif why is not None:
        replies.refuse(draft, order.order, order.compartment, order.actor, why)


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
        begin_by_ms=draft.now_ms + orders.BEGIN_WITHIN_MS,
    )
    if openings.request(draft, operation) == "crowded":
        replies.refuse(draft, order.order, order.compartment, order.actor, "busy")
