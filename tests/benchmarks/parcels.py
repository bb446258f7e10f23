"""Facts as a bridge tells them: parcels deposited and collected, 17 facts each."""

import random
from collections.abc import Iterator

from contract import messages as m


def parcels(facts: int, seed: int = 1) -> list[m.AnyFact]:
    """At least so many facts, of whole parcels, the same for the same seed."""
    ids = Ids(seed)
    found: list[m.AnyFact] = []
    while len(found) < facts:
        found += _parcel(ids)
    return found


def fresh_ids(seed: int) -> Iterator[str]:
    """Ids that are the same in every run."""
    chance = Ids(seed)
    while True:
        yield chance.fresh()


class Ids(random.Random):
    """Ids in the form of contract.ids, one every few milliseconds."""

    wall_ms = 1_795_000_000_000

    def fresh(self) -> str:
        """The next one."""
        self.wall_ms += 7
        return f"{self.wall_ms:012x}{self.getrandbits(80):020x}"


def _parcel(ids: Ids) -> list[m.AnyFact]:
    item, person, pickup, staff_visit, visit, put, take = (ids.fresh() for _ in range(7))
    door, allocation = ids.randint(1, 16), ids.randint(1, 1_000)
    claimed = m.ItemClaimed(
        item=item,
        kind="parcel",
        person=person,
        pickup=pickup,
        compartment=door,
        allocation=allocation,
        size="M",
        staff="sam",
        label=f"8R{ids.randint(0, 10**11)}",
        carrier="colissimo",
    )
    return [
        m.VisitOpened(visit=staff_visit, kiosk="borny-kiosk", way="pin", staff="sam"),
        m.PickupOpened(pickup=pickup, person=person, ticket=ids.randint(10, 69), generation=1),
        claimed,
        *_door(put, door, allocation, "deposit", "staff", "sam", item, staff_visit),
        m.ItemLeft(item=item, compartment=door, allocation=allocation, evidence="door", operation=put),
        m.VisitEnded(visit=staff_visit, why="done"),
        m.VisitOpened(visit=visit, kiosk="borny-kiosk", way="typed", pickup=pickup),
        *_door(take, door, allocation, "collect", "code", person, item, visit),
        m.ItemCollected(item=item, compartment=door, allocation=allocation, operation=take),
        m.PickupClosed(pickup=pickup, ticket=27),
        m.VisitEnded(visit=visit, why="done"),
    ]


def _door(
    operation: str,
    door: int,
    allocation: int,
    purpose: str,
    authority: str,
    actor: str,
    item: str,
    visit: str,
) -> list[m.AnyFact]:
    intent = m.DoorIntent(
        operation=operation,
        compartment=door,
        allocation=allocation,
        attempt=1,
        purpose=purpose,  # type: ignore[arg-type]
        authority=authority,  # type: ignore[arg-type]
        actor=actor,
        item=item,
        visit=visit,
    )
    return [
        intent,
        m.DoorPulsed(operation=operation, compartment=door, attempt=1),
        m.DoorOpened(operation=operation, compartment=door),
        m.DoorClosed(operation=operation, compartment=door, open_ms=9_000),
    ]
