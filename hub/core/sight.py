"""What the pages see: doors, items and devices as they stand, and in one word each."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

DoorWord = Literal[
    "free",
    "reserved",
    "occupied",
    "opening",
    "open",
    "left_open",
    "blocked",
    "forced",
    "unknown",
    "unchecked",
    "unusable",
]
"""One word for a door: the states of the drawing (contract/look/templates/look/lockers.html)."""

QUIET_MS: Final = 60_000
"""A device that is not there for less than this is most likely starting again."""

_ALARMS: Final[dict[str, DoorWord]] = {
    "jammed": "blocked",
    "left_open": "left_open",
    "forced": "forced",
    "uncertain": "unchecked",
}


@dataclass(frozen=True)
class Door:
    """One compartment, what its sensor saw and what lies there. Field for field the table `doors`."""

    site: str
    compartment: int
    declared: bool
    kind: str
    size: str | None
    floor_cm: int | None
    column: int | None
    row: int | None
    label: str | None
    state: str
    since_ms: int | None
    estimated: bool
    silent: bool
    alarm: str | None
    alarm_ms: int | None
    alarm_why: str | None
    operation: str | None
    operation_state: str | None
    item: str | None
    allocation: int
    usable: str
    usable_why: str
    unsure_ms: int | None = None
    item_state: str | None = None
    item_kind: str | None = None
    person: str | None = None
    item_since_ms: int | None = None
    left_evidence: str | None = None


@dataclass(frozen=True)
class Device:
    """A kiosk or bridge and how far it is. `backlog` counts the facts it still keeps for us.

    `name` is what people call it, empty where nobody gave it one.
    """

    id: str
    site: str
    kind: str
    online: bool
    presence_ms: int | None
    exchange_ms: int | None
    backlog: int
    name: str = ""


@dataclass(frozen=True)
class Parcel:
    """An item held for somebody. `staff`: initials of who has it in hand; `named`: whose it is, is known."""

    id: str
    site: str
    state: str
    kind: str | None
    person: str | None
    size: str | None
    label: str
    carrier: str | None
    compartment: int | None
    place: str | None
    since_ms: int | None
    kept_why: str | None
    said: str | None
    staff: str | None = None
    taken_ms: int | None = None
    is_somebodys: bool = True
    pieces: int = 1
    damaged: bool = False
    heavy: bool = False
    perishable: bool = False


def called(device: Device, kind: str, shown: Sequence[Device] = ()) -> str:
    """What a device is called, `kind` in words; those shown beside it that have no name either bear ids."""
    if device.name:
        return device.name
    alike = sum(other.kind == device.kind for other in shown) > 1
    return f"{kind} {device.id}" if alike else kind


def door_word(door: Door) -> DoorWord:
    """What the drawing shows of a door; alarms come before everything else."""
    if _stands_open(door):
        return "left_open"
    if door.alarm in _ALARMS:
        return _ALARMS[door.alarm]
    if door.kind == "lock" and door.state == "open":
        return "open"
    if door.kind == "lock" and (door.silent or door.state == "unknown"):
        return "unknown"
    if door.operation_state in ("intent", "pulsed"):
        return "opening"
    return _content_word(door)


def _stands_open(door: Door) -> bool:
    """Whether its lock was cut short amid an opening and the sensor sees the outcome: to be shut first.

    Whoever opens it again, to look inside, is at it.
    """
    cut_short = door.alarm == "uncertain" and door.operation_state == "uncertain"
    return cut_short and door.kind == "lock" and door.state == "open" and not door.silent


def _content_word(door: Door) -> DoorWord:
    if door.item and door.unsure_ms is not None:
        return "unchecked"
    if door.usable == "out":
        return "unusable"
    if door.item:
        return "reserved" if door.item_state in ("claimed", "received") else "occupied"
    return "free" if door.usable == "usable" else "unchecked"
