"""What facts say about items, pickups, visits, and the alarms that are facts."""

from typing import Any, Final

from contract import messages as m
from hub.core.door_rules import calm
from hub.core.rows import Row, Rows
from hub.core.told import Told

UNSEEN: Final = "unseen"
"""How it is known that something lies there: not at all, its bridge was cut short with the door open."""
OF_WHO_CAME: Final = frozenset({"wrong", "too_high", "too_heavy"})
"""Why something is kept that is about its person, and not about the thing."""


def claimed(rows: Rows, told: Told, fact: m.ItemClaimed) -> None:
    """A compartment is reserved. From now on the bridge's word on the item stands."""
    item = _item(rows, told, fact, "claimed")
    if item["left_evidence"] == UNSEEN:
        item["left_evidence"] = None
    item.update(
        kind=fact.kind,
        person=fact.person,
        pickup=fact.pickup,
        size=fact.size,
        staff=fact.staff,
        label=fact.label or item["label"],
        carrier=fact.carrier or item["carrier"],
        claimed_ms=told.at_ms,
        purpose=fact.purpose,
    )
    if fact.order is not None:  # taken in on a hub page: no kiosk has told of it
        item.update(received_ms=told.at_ms, received_kiosk=told.device, named=fact.named)


def left(rows: Rows, told: Told, fact: m.ItemLeft) -> None:
    """It lies there: for its person to collect, or dropped by them for the concierge."""
    item = _item(rows, told, fact, "waiting")
    if item["purpose"] == "drop":
        item["state"] = "brought"
    if item["taken_why"] == "move":
        item["moved_ms"] = told.at_ms
    item.update(left_ms=told.at_ms, left_evidence=fact.evidence, kept_ms=None, kept_why=None)
    item.update(taken_ms=None, taken_why=None, taken_by=None)
    _conclude(rows, told, fact.compartment)


def dropped(rows: Rows, told: Told, fact: m.ClaimDropped) -> None:
    """The deposit was given up; where its bridge was cut short, nobody saw whether it was let go of."""
    item = _ended(rows, told, fact, "dropped", fact.why)
    if fact.door_was_opened and fact.why == "restart" and item["purpose"] == "drop":
        item["left_evidence"] = UNSEEN
    if fact.door_was_opened:
        rows.door(told.site, fact.compartment).update(usable="unchecked", usable_why=fact.why)


def collected(rows: Rows, told: Told, fact: m.ItemCollected) -> None:
    """The person has it."""
    item = _ended(rows, told, fact, "collected", fact.evidence)
    item.update(proxy=fact.proxy, identity=fact.identity)
    _conclude(rows, told, fact.compartment)


def kept(rows: Rows, told: Told, fact: m.ItemKept) -> None:
    """It stays in custody, and the concierge is wanted."""
    _item(rows, told, fact, "kept").update(kept_ms=told.at_ms, kept_why=fact.why)


def taken_out(rows: Rows, told: Told, fact: m.ItemTakenOut) -> None:
    """Staff have it in hand; its place is free."""
    item = _item(rows, told, fact, "in_hand")
    item.update(taken_ms=told.at_ms, taken_why=fact.why, taken_by=fact.staff)
    _freed(rows, told, fact)
    _conclude(rows, told, fact.compartment)


def returned(rows: Rows, told: Told, fact: m.ItemReturned) -> None:
    """The carrier has it again."""
    _over(rows, told, fact, "returned", "staff")


def sent_out(rows: Rows, told: Told, fact: m.ItemSentOut) -> None:
    """A partner has it; it comes back."""
    item = rows.touch("items", fact.item, told.site)
    item.update(state="away", estimated=told.estimated, taken_ms=told.at_ms, taken_by=fact.staff)


def lost(rows: Rows, told: Told, fact: m.ItemLost) -> None:
    """It is not where it should be."""
    _over(rows, told, fact, "lost", "staff")
    _raise_alarm(rows, told, "lost", f"{fact.compartment or ''}/{fact.item}")
    if fact.compartment is not None:
        _freed(rows, told, fact)


def ended(rows: Rows, told: Told, fact: m.ItemEnded) -> None:
    """Its lockers know what the pages said: its person has it, or it will not come back."""
    states = {"returned": "collected", "lost": "lost"}
    _over(rows, told, fact, states.get(fact.how, "gone"), "staff")


def reassigned(rows: Rows, told: Told, fact: m.ItemReassigned) -> None:
    """It is for somebody else, who is told of it: that it was not for whoever came is answered by that.

    Where somebody did not find it, it is looked for, whosever it is.
    """
    item = rows.touch("items", fact.item, told.site)
    if item["state"] == "kept" and item["person"] != fact.person and item["kept_why"] in OF_WHO_CAME:
        item.update(state="waiting", kept_ms=None, kept_why=None)
    item.update(person=fact.person, pickup=fact.pickup, reassigned_ms=told.at_ms)


def adopted(rows: Rows, told: Told, fact: m.HoldingAdopted) -> None:
    """A bridge that had lost its memory took this over from the hub.

    That is the hub's word come back, and old word at that: it undoes no end a bridge has told of.
    """
    item = rows.touch("items", fact.item, told.site)
    if item["ended_ms"] is not None:
        _adopted_after_its_end(rows, told, fact)
    elif fact.gone and item["state"] == "in_hand":
        _freed(rows, told, fact)  # its disk forgot that staff took it out: they still have it
    elif fact.gone:
        _ended(rows, told, fact, "gone", "adopted")
    else:
        _item(rows, told, fact, item["state"] if item["state"] in ("kept", "brought") else "waiting")


def _adopted_after_its_end(rows: Rows, told: Told, fact: m.HoldingAdopted) -> None:
    """The end stands. That the bridge takes the place to be full stands as well, and somebody must look."""
    door = rows.door(told.site, fact.compartment)
    door["allocation"] = max(door["allocation"], fact.allocation)
    if not fact.gone:
        door["item"] = fact.item
        _raise_alarm(rows, told, "adopted_ended", f"{fact.compartment}/{fact.item}")


def _item(rows: Rows, told: Told, fact: Any, state: str) -> Row:
    """The item lies (or will lie) in that compartment now."""
    item = rows.touch("items", fact.item, told.site)
    item.update(
        state=state,
        compartment=fact.compartment,
        allocation=fact.allocation,
        estimated=told.estimated,
        ended_ms=None,
        ended_evidence=None,
    )
    door = rows.door(told.site, fact.compartment)
    if door["item"] != fact.item:
        door["unsure_ms"] = None
    door.update(item=fact.item, allocation=max(door["allocation"], fact.allocation))
    return item


def _ended(rows: Rows, told: Told, fact: Any, state: str, evidence: str) -> Row:
    item = _over(rows, told, fact, state, evidence)
    item.update(compartment=fact.compartment, allocation=fact.allocation)
    door = _freed(rows, told, fact)
    door["allocation"] = max(door["allocation"], fact.allocation)
    return item


def _over(rows: Rows, told: Told, fact: Any, state: str, evidence: str) -> Row:
    item = rows.touch("items", fact.item, told.site)
    item.update(state=state, estimated=told.estimated, ended_ms=told.at_ms, ended_evidence=evidence)
    return item


def _freed(rows: Rows, told: Told, fact: Any) -> Row:
    """The door behind which the item lay, with nothing there any more."""
    door = rows.door(told.site, fact.compartment)
    if door["item"] == fact.item:
        door.update(item=None, unsure_ms=None)
    return door


def _conclude(rows: Rows, told: Told, compartment: int) -> None:
    """Somebody stood at the door and it ended well: no alarm is left."""
    calm(rows.door(told.site, compartment))


def pickup_opened(rows: Rows, told: Told, fact: m.PickupOpened) -> None:
    """Somebody has something waiting."""
    pickup = rows.touch("pickups", fact.pickup, told.site)
    pickup.update(person=fact.person, ticket=fact.ticket, generation=fact.generation, closed_ms=None)
    pickup["opened_ms"] = pickup["opened_ms"] or told.at_ms


def rotated(rows: Rows, told: Told, fact: m.CodeRotated) -> None:
    """Older codes are dead."""
    rows.touch("pickups", fact.pickup, told.site)["generation"] = fact.generation


def pickup_closed(rows: Rows, told: Told, fact: m.PickupClosed) -> None:
    """Ticket and code are spent."""
    rows.touch("pickups", fact.pickup, told.site).update(ticket=fact.ticket, closed_ms=told.at_ms)


def visit_opened(rows: Rows, told: Told, fact: m.VisitOpened) -> None:
    """Somebody was recognised at a kiosk."""
    visit = rows.touch("visits", fact.visit, told.site)
    visit.update(kiosk=fact.kiosk, way=fact.way, pickup=fact.pickup, staff=fact.staff, opened_ms=told.at_ms)


def visit_ended(rows: Rows, told: Told, fact: m.VisitEnded) -> None:
    """The conversation is over."""
    rows.touch("visits", fact.visit, told.site).update(ended_ms=told.at_ms, why=fact.why)


def received(rows: Rows, told: Told, fact: m.ParcelReceived) -> None:
    """Staff took it in charge. The earliest reception stands, until the bridge speaks of the item.

    The same kiosk says it again when staff say something else of it: that it must keep cool, whose it is.
    """
    item = rows.touch("items", fact.item, told.site)
    mine = (told.at_ms, told.device)
    earliest = item["received_ms"] is None or mine < (item["received_ms"], item["received_kiosk"])
    if not earliest and item["received_kiosk"] != told.device:
        return
    if earliest:
        item.update(received_ms=told.at_ms, received_kiosk=told.device)
    if item["pickup"] is None:
        item["person"] = fact.person
    if item["claimed_ms"] is None:
        item.update(size=fact.size, kind=fact.kind)
        item.update(label=fact.label, carrier=fact.carrier, staff=fact.staff)
    item.update(named=fact.named, pieces=fact.pieces, damaged=fact.damaged)
    item.update(heavy=fact.heavy, perishable=fact.perishable)


def refused(rows: Rows, told: Told, fact: m.ParcelRefused) -> None:
    """It went back with its carrier after it was taken in, no place being left: it is not here.

    One that was never taken in is no item; and where the bridge has spoken of it, its word stands.
    """
    item = rows.held["items"].get(fact.item)
    if item is None or item["state"] != "received" or item["received_kiosk"] != told.device:
        return
    item = rows.touch("items", fact.item, told.site)
    item.update(state="dropped", estimated=told.estimated, ended_ms=told.at_ms, ended_evidence="staff")


def said(rows: Rows, told: Told, fact: m.PersonSaid) -> None:
    """What was answered on the screen; the latest stands."""
    item = rows.touch("items", fact.item, told.site)
    if item["said_ms"] is None or (item["said_ms"], item["said"]) < (told.at_ms, fact.said):
        item.update(said_ms=told.at_ms, said=fact.said)


def slip_shown(rows: Rows, told: Told, fact: m.SlipShown) -> None:
    """The person was given the code."""
    item = rows.touch("items", fact.item, told.site)
    item["slip_ms"] = max(item["slip_ms"] or 0, told.at_ms)


def journal_opened(rows: Rows, told: Told, fact: m.JournalOpened) -> None:
    """A journal that does not simply begin tells of trouble."""
    if fact.reason != "new":
        _raise_alarm(rows, told, fact.reason, f"journal {fact.replaces or 'unknown'}")


def hole(rows: Rows, told: Told, fact: m.Hole) -> None:
    """Facts that are gone for good."""
    _raise_alarm(rows, told, "hole", f"{fact.first} to {fact.last} of journal {fact.journal}: {fact.why}")


def help_asked(rows: Rows, told: Told, fact: m.HelpAsked) -> None:
    """Somebody touched Help; or its person stands there and was told that nobody finds something."""
    if fact.item is not None:
        _raise_alarm(rows, told, "lost_asked", f"/{fact.item}")
    else:
        _raise_alarm(rows, told, "help", fact.screen)


def _raise_alarm(rows: Rows, told: Told, kind: str, detail: str) -> None:
    rows.touch("alarms", told.event, told.site).update(
        device=told.device, kind=kind, detail=detail[:400], at_ms=told.at_ms, estimated=told.estimated
    )
