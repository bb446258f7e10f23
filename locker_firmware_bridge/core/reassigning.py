"""It is for somebody else: the item goes over to their pickup, and only their code opens its door."""

from collections.abc import Collection
from typing import Final

from msgspec.structs import replace

from contract import messages
from locker_firmware_bridge.core import pickups, visits
from locker_firmware_bridge.core.conversations import revoked, touch
from locker_firmware_bridge.core.happenings import AssignTimer
from locker_firmware_bridge.core.records import Item, Visit
from locker_firmware_bridge.core.state import Draft

AGAIN_MS: Final = 2_000
"""How soon what the hub said is tried again: somebody is at that door, or all tickets are out."""


def reassign(draft: Draft, kiosk: str, ask: str, visit: Visit, body: messages.Reassign) -> None:
    """Staff say whose it is; said twice, it stays said."""
    item = draft.site.items.get(body.item)
    if visit.staff is None or "deposit" not in visit.rights:
        draft.refuse(kiosk, ask, messages.Refused(why="rights"))
    elif item is None or item.stage == "collected":
        draft.refuse(kiosk, ask, messages.Refused(why="item"))
    elif visits.is_moving(draft.site, item):
        draft.refuse(kiosk, ask, messages.Refused(why="busy"))
    elif item.person != body.person and not _give_to(draft, item, body.person, visit.staff):
        draft.refuse(kiosk, ask, messages.Refused(why="tickets"))
    else:
        draft.hear(kiosk, ask)
        touch(draft, visit)
        _staff_know_better(draft, item.item)
        pickup = draft.site.items[item.item].pickup
        draft.tell(kiosk, ask, messages.Settled(item=item.item, stands="reassigned", pickup=pickup))


def _staff_know_better(draft: Draft, item: str) -> None:
    """What the hub said before, and could not be done yet, is done with."""
    if item in draft.site.assignments:
        draft.put_assigned(item, draft.site.assignments[item])
        _wait_no_more(draft, item)


def _give_to(draft: Draft, item: Item, person: str, staff: str | None) -> bool:
    """Whether it could be done; a person with nothing here so far needs a ticket."""
    pickup = pickups.open_for(draft, person)
    if pickup is None:
        return False
    draft.put_item(replace(item, person=person, pickup=pickup.pickup, kept_in=None, below_cm=None))
    draft.note(
        messages.ItemReassigned(
            item=item.item, person=person, pickup=pickup.pickup, before=item.person, staff=staff
        )
    )
    pickups.close_if_empty(draft, item.pickup)
    if item.pickup not in draft.site.pickups:
        revoked(draft, "pickup", item.pickup)
    return True


# --- what the hub says -------------------------------------------------------------------------


def assigned(draft: Draft, document: messages.Assignment) -> None:
    """A document of the feed. It is obeyed once: staff may know better later, and it comes at each start."""
    known = draft.site.assigned.get(document.item)
    if known is not None and known.person == document.person:
        _wait_no_more(draft, document.item)
        return
    draft.forget_after_restart(assignments={**draft.site.assignments, document.item: document.person})
    draft.wake(AssignTimer(), draft.now_ms)


def _wait_no_more(draft: Draft, item: str) -> None:
    others = {other: person for other, person in draft.site.assignments.items() if other != item}
    draft.forget_after_restart(assignments=others)


def withdrawn(draft: Draft, item: str) -> None:
    """The hub says no more whose it is; if it says so again, that is news."""
    _wait_no_more(draft, item)
    if item in draft.site.assigned:
        draft.drop_assigned(item)


def forget_others(draft: Draft, documents: Collection[str]) -> None:
    """These are all documents the hub has: what it said of other items was taken back meanwhile."""
    for item in [item for item in draft.site.assigned if f"assignment/{item}" not in documents]:
        draft.drop_assigned(item)


def take_up(draft: Draft) -> None:
    """Do what the hub said, as far as nobody is at a door and there are ids and tickets; the rest later.

    It may be ahead of the kiosk: what was not yet put anywhere is waited for until it is claimed.
    """
    later = {
        item: person for item, person in draft.site.assignments.items() if not _is_done(draft, item, person)
    }
    draft.forget_after_restart(assignments=later)
    if any(item in draft.site.items for item in later):
        draft.wake(AssignTimer(), draft.now_ms + AGAIN_MS)


def _is_done(draft: Draft, name: str, person: str) -> bool:
    item = draft.site.items.get(name)
    if item is None:
        return name in draft.site.spent
    if item.person != person and not (_may_be_given(draft, item) and _give_to(draft, item, person, None)):
        return False
    draft.put_assigned(name, person)
    return True


def _may_be_given(draft: Draft, item: Item) -> bool:
    """Not while somebody is at its door, or has just taken it and may bring it back."""
    return item.stage != "collected" and not visits.is_moving(draft.site, item) and draft.fresh_left > 0
