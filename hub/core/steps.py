"""What happened to a thing and its person is told: a stuck door, a new place, what they answered. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from contract import messages as m
from hub.core.documents import Columns
from hub.core.notices import Kind
from hub.core.rows import Rows
from hub.core.told import Told

_SAID: Final[dict[str, Kind]] = {
    "too_high": "kept_reach",
    "too_heavy": "kept_reach",
    "empty": "kept_empty",
    "missing": "kept_missing",
    "wrong": "kept_wrong",
}
_IN_OUR_HANDS: Final = frozenset({"brought", "in_hand", "away"})
_GONE: Final = frozenset({"lost", "destroyed"})
_NOT_THERE_YET: Final = frozenset({"received", "claimed"})
_LOOKING: Final = frozenset({"remote", "inspect"})
"""Why staff have a door opened that did not open to a code."""


@dataclass(frozen=True)
class Step:
    """`kind` happened to `item` of `site`; `person`: who had it before, where it is somebody else's now."""

    kind: Kind
    site: str
    item: str
    at_ms: int
    person: str | None = None


def steps(rows: Rows, told: Iterable[Told]) -> list[Step]:
    """What these facts give reason to tell, after the fold; of each kind the latest of a thing
    (and of who had it).
    """
    found: dict[tuple[Kind, str, str | None], Step] = {}
    for event in told:
        if (step := _step(rows, event)) is not None:
            found[step.kind, step.item, step.person] = step
    return list(found.values())


def still_so(kind: Kind, item: Columns, alarm: str | None, since_ms: int) -> bool:
    """Whether what happened at `since_ms` is to be told yet, as the thing and its door's alarm stand now."""
    match kind:
        case "stuck":
            return item["state"] == "waiting" and alarm == "jammed"
        case "mended":
            return item["state"] == "waiting" and alarm is None and (item["moved_ms"] or 0) < since_ms
        case "moved":
            return bool(item["state"] == "waiting")
        case "opened":  # that it was is so for ever, wherever the thing went then
            return bool(item["state"] not in _NOT_THERE_YET and _is_somebodys(item))
        case "returned":
            return bool(item["state"] == "returned" and _is_somebodys(item))
        case "brought":
            return item["state"] in _IN_OUR_HANDS and item["number"] is not None
        case "quoted":
            return bool(item["order_state"] == "quoted")
        case "lost":
            return item["order_closed_why"] in _GONE
        case "not_yours":  # wherever it went then
            return True
    return item["state"] == "kept" and _SAID.get(item["kept_why"] or "") == kind


def _is_somebodys(item: Columns) -> bool:
    """Whether it is known whose it is: else there is nobody to be told."""
    return bool(item["named"] or item["reassigned_ms"])


def concerns(kind: Kind, owner: str | None, person: str) -> bool:
    """Whether what is told of a thing is for this person, now that it is the `owner`'s."""
    return (owner == person) == (kind != "not_yours")


def _step(rows: Rows, event: Told) -> Step | None:
    match event.fact:
        case m.DoorNotOpened(operation=operation, why="stayed_shut"):
            tried = rows.held["operations"].get(operation)
            if tried and tried["site"] == event.site and tried["authority"] == "code" and tried["item"]:
                return Step("stuck", event.site, tried["item"], event.at_ms)
        case m.DoorOpened(operation=operation):
            asked_for = rows.held["operations"].get(operation)
            if (
                asked_for
                and asked_for["site"] == event.site
                and asked_for["purpose"] == "remote"
                and asked_for["item"]
            ):
                return Step("opened", event.site, asked_for["item"], event.at_ms)
        case m.DoorClosed(operation=str(operation), compartment=compartment):
            looked = rows.held["operations"].get(operation)
            door = rows.held["doors"].get((event.site, compartment))
            if (
                looked
                and looked["site"] == event.site
                and looked["purpose"] in _LOOKING
                and door
                and door["item"]
            ):
                return Step("mended", event.site, door["item"], event.at_ms)
        case m.ItemKept(item=item, why=why):
            return Step(_SAID[why], event.site, item, event.at_ms)
        case m.ItemReassigned(item=item, person=person, before=before) if before != person:
            return Step("not_yours", event.site, item, event.at_ms, before)
        case m.ItemReturned(item=item):
            return Step("returned", event.site, item, event.at_ms)
        case m.ItemLeft(item=item):
            row = rows.held["items"].get(item)
            if row and row["site"] == event.site and row["state"] == "brought":
                return Step("brought", event.site, item, event.at_ms)
            if row and row["site"] == event.site and row["moved_ms"] == event.at_ms:
                return Step("moved", event.site, item, event.at_ms)
        case m.OrderPlaced(item=item):  # the lockers may have spoken of it first
            return Step("brought", event.site, item, event.at_ms)
        case m.QuoteMade(order=order):
            asked = rows.held["service_orders"].get(order)
            if asked and asked["site"] == event.site and asked["item"]:
                return Step("quoted", event.site, asked["item"], event.at_ms)
        case m.BagWrittenOff(tag=tag, why=why) if why in _GONE:
            seen = rows.held["scans"].get((event.event, tag))
            if seen and seen["site"] == event.site:
                return Step("lost", event.site, seen["bag"], event.at_ms)
    return None
