"""What facts say about compartments, their doors and the operations at them."""

from typing import Any, Final

from contract import messages as m
from hub.core.rows import Row, Rows
from hub.core.told import Told

_TAKES_OUT: Final = ("collect", "take_out")


def cabinet(rows: Rows, told: Told, fact: m.CabinetDeclared) -> None:
    """The lockers as the installer described them; what is not in the description is no more."""
    for door in [door for door in rows.held["doors"].values() if door["site"] == told.site]:
        rows.door(told.site, door["compartment"])["declared"] = False
    for place in fact.compartments:
        door = rows.door(told.site, place.compartment)
        if place.kind == "shelf" and door["usable"] == "unchecked":
            door["usable"] = "usable"  # nothing can be shut behind a shelf place unseen
        door.update(
            declared=True,
            kind=place.kind,
            size=place.size,
            floor_cm=place.floor_cm,
            column=place.column,
            row=place.row,
            label=place.label,
        )


def doors_seen(rows: Rows, told: Told, fact: m.DoorsSeen) -> None:
    """How doors stood when they were first read."""
    for state, compartments in (("open", fact.open), ("closed", fact.closed)):
        for compartment in compartments:
            door = rows.door(told.site, compartment)
            door["silent"] = False
            _stands(door, told, state)


def board_silent(rows: Rows, told: Told, fact: m.BoardSilent) -> None:
    """Doors nobody can see now."""
    for compartment in fact.compartments:
        door = rows.door(told.site, compartment)
        door["silent"] = True
        _stands(door, told, "unknown")


def board_back(rows: Rows, told: Told, fact: m.BoardBack) -> None:
    """A board answers again; how its doors stand is told apart."""
    for compartment in fact.compartments:
        rows.door(told.site, compartment)["silent"] = False


def checked(rows: Rows, told: Told, fact: m.CompartmentChecked) -> None:
    """Somebody looked into a compartment."""
    door = rows.door(told.site, fact.compartment)
    if fact.item is not None:  # what was thought to lie there does; that says nothing of the lock
        door["unsure_ms"] = None
        if door["alarm"] in ("uncertain", "forced"):
            calm(door)
        return
    door.update(usable="usable" if fact.usable else "out", usable_why=fact.why)
    if fact.usable:
        door.update(item=None, unsure_ms=None)
        calm(door)


def intent(rows: Rows, told: Told, fact: m.DoorIntent) -> None:
    """An unlock frame is about to be sent."""
    operation = _operation(rows, told, fact, "intent")
    operation.update(
        allocation=fact.allocation,
        attempt=fact.attempt,
        purpose=fact.purpose,
        authority=fact.authority,
        actor=fact.actor,
        reason=fact.reason,
        item=fact.item,
        visit=fact.visit,
        order_id=fact.order,
    )
    operation["intent_ms"] = operation["intent_ms"] or told.at_ms


def pulsed(rows: Rows, told: Told, fact: m.DoorPulsed) -> None:
    """The frame left; it says nothing of the door."""
    _operation(rows, told, fact, "pulsed")["pulsed_ms"] = told.at_ms


def opened(rows: Rows, told: Told, fact: m.DoorOpened) -> None:
    """The sensor saw the door open: whatever was wrong with it is over, unless it had been forced."""
    _operation(rows, told, fact, "opened")["opened_ms"] = told.at_ms
    door = rows.door(told.site, fact.compartment)
    _stands(door, told, "open")
    if door["alarm"] != "forced":
        calm(door)


def closed(rows: Rows, told: Told, fact: m.DoorClosed) -> None:
    """The sensor saw the door close. Who had it opened to look ends whatever alarm there was."""
    door = rows.door(told.site, fact.compartment)
    _stands(door, told, "closed")
    if fact.operation is not None:
        operation = _operation(rows, told, fact, "closed")
        operation["closed_ms"] = told.at_ms
        if operation["purpose"] in ("remote", "inspect"):
            calm(door)


def not_opened(rows: Rows, told: Told, fact: m.DoorNotOpened) -> None:
    """Pulsed, and still shut. A board that cannot be reached is no jam."""
    _operation(rows, told, fact, "not_opened")["why"] = fact.why
    if fact.why == "stayed_shut":
        _alarm(rows.door(told.site, fact.compartment), told, "jammed", fact.why)


def left_open(rows: Rows, told: Told, fact: m.DoorLeftOpen) -> None:
    """Open for too long."""
    if fact.operation is not None:
        _operation(rows, told, fact, "left_open")
    _alarm(rows.door(told.site, fact.compartment), told, "left_open", None)


def forced(rows: Rows, told: Told, fact: m.DoorForced) -> None:
    """Open, and nobody had asked."""
    door = rows.door(told.site, fact.compartment)
    _stands(door, told, "open")
    _alarm(door, told, "forced", None)


def uncertain(rows: Rows, told: Told, fact: m.DoorUncertain) -> None:
    """Cut short: what happened is not known, nor whether what was being taken out has left."""
    operation = _operation(rows, told, fact, "uncertain")
    operation["why"] = fact.why
    door = rows.door(told.site, fact.compartment)
    if operation["purpose"] in _TAKES_OUT and operation["item"] == door["item"] is not None:
        door["unsure_ms"] = told.at_ms
    _stands(door, told, fact.seen)
    _alarm(door, told, "uncertain", fact.why)


def _operation(rows: Rows, told: Told, fact: Any, state: str) -> Row:
    operation = rows.touch("operations", fact.operation, told.site)
    operation.update(compartment=fact.compartment, state=state, estimated=told.estimated)
    door = rows.door(told.site, fact.compartment)
    door.update(operation=fact.operation, operation_state=state)
    return operation


def _stands(door: Row, told: Told, state: str) -> None:
    """What the sensor saw. A close ends an alarm for being left open, and no other."""
    if door["state"] != state:
        door.update(state=state, since_ms=told.at_ms, estimated=told.estimated)
    if state == "closed" and door["alarm"] == "left_open":
        calm(door)


def _alarm(door: Row, told: Told, alarm: str, why: str | None) -> None:
    if door["alarm"] != "forced":  # only somebody who looked ends that one
        door.update(alarm=alarm, alarm_ms=told.at_ms, alarm_why=why)


def calm(door: Row) -> None:
    """End the alarm at a door."""
    door.update(alarm=None, alarm_ms=None, alarm_why=None)
