"""What the hub is told of an order, once: taken, when its door begins; or refused, and why.

Nothing is said while an order waits for its turn: a reply stands for ever, and only a committed intent or a
refusal that is written down is sure to be followed by nothing else.
"""

from contract import messages
from locker_firmware_bridge.core import bank, orders
from locker_firmware_bridge.core.state import Draft


def taken(draft: Draft, order: str, operation: str) -> None:
    """Its door begins now; the reply is committed with the intent."""
    reply = messages.OrderTaken(order=order, operation=operation)
    draft.put_order(reply)
    draft.tell_hub(reply)


def noted(draft: Draft, order: str) -> None:
    """It is noted, and no door moves; the reply is committed with the facts."""
    reply = messages.OrderTaken(order=order)
    draft.put_order(reply)
    draft.tell_hub(reply)


def refuse(
    draft: Draft, order: str, compartment: int | None, actor: str, why: orders.Why | orders.PutWhy
) -> None:
    """It is not carried out, now or later."""
    refused = messages.OrderTaken(order=order, refused=why)
    if why != "disk" and draft.room and not _is_flood(draft):
        draft.put_order(refused)
        draft.note(messages.OrderRefused(order=order, why=why, compartment=compartment, actor=actor))
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
