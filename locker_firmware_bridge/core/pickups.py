"""Pickups: one ticket and one code for all that waits for one person, from the first thing to the last."""

from contract import messages
from locker_firmware_bridge.core import bank
from locker_firmware_bridge.core.records import Pickup
from locker_firmware_bridge.core.state import Draft


def open_for(draft: Draft, person: str) -> Pickup | None:
    """The person's open pickup, or a new one with the next ticket; None: no ticket is free."""
    pickups = draft.site.pickups.values()
    for pickup in pickups:
        if pickup.person == person:
            return pickup
    ticket = bank.next_ticket({pickup.ticket for pickup in pickups}, draft.site.tickets)
    if ticket is None:
        return None
    pickup = Pickup(pickup=draft.fresh(), person=person, ticket=ticket)
    draft.put_pickup(pickup)
    draft.put_ticket(ticket)
    draft.note(
        messages.PickupOpened(
            pickup=pickup.pickup, person=person, ticket=ticket, generation=pickup.generation
        )
    )
    return pickup


def close_if_empty(draft: Draft, pickup_id: str) -> None:
    """A pickup under which nothing waits any more is over: ticket and code are spent."""
    pickup = draft.site.pickups.get(pickup_id)
    if pickup is not None and not draft.site.items_of(pickup_id):
        draft.note(messages.PickupClosed(pickup=pickup.pickup, ticket=pickup.ticket))
        draft.drop_pickup(pickup_id)
