"""Order in the house: what lies where, a look behind a door, and whether a compartment may be used."""

from itertools import accumulate
from typing import Final, TypeVar

from msgspec.structs import replace

from contract import messages
from contract.codec import CEILING, encode
from locker_firmware_bridge.core import openings, visits
from locker_firmware_bridge.core.conversations import touch
from locker_firmware_bridge.core.door import Operation
from locker_firmware_bridge.core.records import Item, Slot, Visit
from locker_firmware_bridge.core.state import Draft, Site

MOST: Final = 500
"""Of what has no place, in hand or away, so much may be told each: hardly more has room in a message."""
_ROOM_BYTES: Final = CEILING - 1_024
"""What a stock may take of a message: the rest is for the answer around it."""

_Part = TypeVar("_Part", messages.StockPlace, messages.StockItem)

# --- what lies where ---------------------------------------------------------------------------


def take_stock(draft: Draft, kiosk: str, ask: str, visit: Visit) -> None:
    """All places, what is in hand and what is away. Nothing of the answer is remembered."""
    if visit.staff is None:
        draft.refuse(kiosk, ask, messages.Refused(why="rights"))
        return
    touch(draft, visit)
    draft.show(kiosk, ask, stock_of(draft.site))


def stock_of(site: Site) -> messages.Stock:
    """The stock, whole if a message can bear it, as it can of three hundred full places.

    Else without what the parcels' own labels say, then without those of the places, which the picture of the
    doors has as well; then without what is away, what is in hand, and at last without the last places, beyond
    what there is room for.
    """
    places = tuple(_place(site, number) for number in sorted(site.rules.places))
    hands = tuple(_item(site, item) for item in site.items.values() if item.stage == "in_hand")[:MOST]
    away = tuple(_item(site, item) for item in site.items.values() if item.stage == "away")[:MOST]
    if _bytes(places) + _bytes(hands) + _bytes(away) > _ROOM_BYTES:
        places = tuple(_unmarked(place) for place in places)
        hands, away = (tuple(replace(one, mark="") for one in some) for some in (hands, away))
    if _bytes(places) + _bytes(hands) + _bytes(away) > _ROOM_BYTES:
        places = tuple(replace(place, label=None) for place in places)
    places = _within(places, _ROOM_BYTES)
    hands = _within(hands, _ROOM_BYTES - _bytes(places))
    away = _within(away, _ROOM_BYTES - _bytes(places) - _bytes(hands))
    return messages.Stock(places=places, in_hand=hands, away=away)


def _within(parts: tuple[_Part, ...], most_bytes: int) -> tuple[_Part, ...]:
    """The first of these, as many as there is room for."""
    ends = accumulate(len(encode(part)) + 1 for part in parts)
    return tuple(part for part, end in zip(parts, ends, strict=True) if end <= most_bytes)


def _bytes(parts: tuple[_Part, ...]) -> int:
    return sum(len(encode(part)) + 1 for part in parts)


def _place(site: Site, number: int) -> messages.StockPlace:
    slot, door = site.slots.get(number, Slot(compartment=number)), site.doors.get(number)
    item = site.items.get(slot.item or "")
    return messages.StockPlace(
        compartment=number,
        allocation=slot.allocation,
        door="unknown" if door is None else door.seen,
        usable=slot.usable and not slot.out_of_service,
        label=site.rules.places[number].label,
        item=None if item is None else _item(site, item),
        out=slot.out_of_service,
    )


def _item(site: Site, item: Item) -> messages.StockItem:
    pickup = site.pickups.get(item.pickup) if item.dropped or item.stage == "in_hand" else None
    return messages.StockItem(
        item=item.item,
        person=item.person,
        kind=item.kind,
        size=item.size,
        stage="away" if item.stage == "lost" else item.stage,
        dropped=item.dropped,
        unsure=item.unsure,
        ticket=None if pickup is None else pickup.ticket,
        mark=item.mark,
    )


def _unmarked(place: messages.StockPlace) -> messages.StockPlace:
    """The same; what lies there is found by hand, and not by a scan."""
    return place if place.item is None else replace(place, item=replace(place.item, mark=""))


# --- a look ------------------------------------------------------------------------------------


def inspect(draft: Draft, kiosk: str, ask: str, visit: Visit, compartment: int) -> None:
    """Open a door to look behind it: whatever lies there, nothing is collected."""
    door, slot = draft.site.doors.get(compartment), draft.site.slots.get(compartment)
    if visit.staff is None or "inspect" not in visit.rights:
        draft.refuse(kiosk, ask, messages.Refused(why="rights"))
    elif door is None or slot is None or not draft.site.is_lock(compartment):
        draft.refuse(kiosk, ask, messages.Refused(why="item"))
    elif door.busy or visits.has_door_under_way(draft.site, visit):
        draft.refuse(kiosk, ask, messages.Refused(why="busy"))
    elif door.seen == "unknown":
        draft.refuse(kiosk, ask, messages.Refused(why="blocked"))
    else:
        draft.hear(kiosk, ask)
        touch(draft, visit)
        operation = Operation(
            id=draft.fresh(),
            compartment=compartment,
            allocation=slot.allocation,
            purpose="inspect",
            authority="staff",
            actor=visit.staff,
            reason=f"inspected at {kiosk}",
            visit=visit.visit,
            kiosk=kiosk,
            ask=ask,
        )
        openings.open_in_visit(draft, draft.site.visits[visit.visit], operation)


# --- whether it may be used --------------------------------------------------------------------


def check(draft: Draft, kiosk: str, ask: str, visit: Visit, body: messages.Check) -> None:
    """Somebody looked. Only an empty compartment behind a shut door is fit for use again.

    One with something in it may go out of service: that is still collected, and nothing comes after it. Where
    it is said that the known item lies there still, no doubt of it is left, and nothing else changes.
    """
    if body.usable and body.item is not None:
        _still_there(draft, kiosk, ask, visit, body)
        return
    slot = draft.site.slots.get(body.compartment)
    if visit.staff is None or "inspect" not in visit.rights:
        draft.refuse(kiosk, ask, messages.Refused(why="rights"))
    elif slot is None or body.compartment not in draft.site.rules.places or (body.usable and slot.item):
        draft.refuse(kiosk, ask, messages.Refused(why="item"))
    elif body.usable and not is_shut(draft.site, body.compartment):
        draft.refuse(kiosk, ask, messages.Refused(why="blocked"))
    else:
        draft.hear(kiosk, ask)
        touch(draft, visit)
        mark(draft, slot, visit.staff, usable=body.usable, why=body.why)
        draft.tell(kiosk, ask, messages.Checked(compartment=slot.compartment, usable=body.usable))


def mark(draft: Draft, slot: Slot, actor: str, *, usable: bool, why: str, order: str | None = None) -> None:
    """Note what somebody says of a compartment: it may be used, being empty; or it may not."""
    is_fit = usable if slot.item is None else slot.usable
    draft.put_slot(
        replace(
            slot,
            usable=is_fit,
            out_of_service=not usable,
            said_empty=False,
            by_visitor=False,
            visitor_item="",
        )
    )
    draft.note(
        messages.CompartmentChecked(
            compartment=slot.compartment, usable=usable, actor=actor, why=why, order=order
        )
    )


def _still_there(draft: Draft, kiosk: str, ask: str, visit: Visit, body: messages.Check) -> None:
    item = draft.site.items.get(body.item or "")
    slot = draft.site.slots.get(body.compartment)
    if visit.staff is None or "inspect" not in visit.rights:
        draft.refuse(kiosk, ask, messages.Refused(why="rights"))
    elif item is None or item.stage != "held" or slot is None or slot.item != item.item:
        draft.refuse(kiosk, ask, messages.Refused(why="item"))
    elif visits.is_moving(draft.site, item):
        draft.refuse(kiosk, ask, messages.Refused(why="busy"))
    else:
        draft.hear(kiosk, ask)
        touch(draft, visit)
        usable = slot.usable and not slot.out_of_service
        draft.put_item(replace(item, unsure=False))
        draft.note(
            messages.CompartmentChecked(
                compartment=slot.compartment, usable=usable, actor=visit.staff, item=item.item
            )
        )
        draft.tell(kiosk, ask, messages.Checked(compartment=slot.compartment, usable=usable))


def is_shut(site: Site, compartment: int) -> bool:
    """Whether nothing can be put there unseen now: a shelf place, or a door at rest and seen shut."""
    door = site.doors.get(compartment)
    return not site.is_lock(compartment) or (door is not None and not door.busy and door.seen == "closed")
