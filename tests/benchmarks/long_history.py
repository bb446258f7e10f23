"""A hub that has run for years: a hundred sites, a million items, ten million facts, through the real ingest.

Building it takes minutes and some gigabytes; with HISTORY=<directory> it is kept there and used again.
"""

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from contract import messages as m
from contract.chain import GENESIS, hashes
from contract.codec import encode
from contract.messages import Presence
from hub.core.people_csv import PersonLine
from hub.ingest import collect_seldom
from hub.store.database import writing
from hub.store.people import add_people
from tests.benchmarks.parcels import Ids
from tests.fakes.clock import FakeClock
from tests.fakes.hub_scene import cabinet
from tests.fakes.local_hub import LocalHub

SITES = int(os.environ.get("HISTORY_SITES", "100"))
PEOPLE = 300
CHUNKS = int(os.environ.get("HISTORY_CHUNKS", "500"))
"""Each is one batch of the site's bridge and one of its kiosk."""
DAYS = 400
PARCELS = 8
"""Parcels through a door in one chunk, each told in 16 facts."""
LETTERS = 12
"""Letters on a shelf place in one chunk, each told in 6 facts."""
WAITING = 30
"""What waits at each site at the end."""
SHELF = 17
_NAMES = ("Benali", "Müller", "Nguyễn", "Krasniqi", "Diallo", "Schmitt", "Kouassi", "Da Silva", "Ferreira")
_DAY_MS = 86_400_000


@dataclass
class _Device:
    """How far the journal of a device is."""

    name: str
    journal: str
    seq: int = 0
    head: str = GENESIS
    facts: list[m.AnyFact] = field(default_factory=list)


@dataclass
class _Place:
    """A site while its history is told."""

    name: str
    people: list[str]
    bridge: _Device
    kiosk: _Device


@contextmanager
def long_history() -> Iterator[LocalHub]:
    """The hub, its database full; deleted afterwards where HISTORY does not say to keep it."""
    kept = os.environ.get("HISTORY")
    with tempfile.TemporaryDirectory(dir=Path.cwd(), prefix=".bench-") as passing:
        directory = Path(kept or passing) / "hub"
        is_built = (directory / "built").exists()
        directory.parent.mkdir(parents=True, exist_ok=True)
        clock = FakeClock()
        hub = LocalHub(directory, clock)
        if is_built:
            clock.advance(DAYS * _DAY_MS)
        else:
            _build(hub, clock)
            (directory / "built").touch()
        yield hub
        hub.stop()


def _build(hub: LocalHub, clock: FakeClock) -> None:
    collect_seldom()
    ids = Ids(3)
    places = [_place(hub, f"site-{number}", ids) for number in range(SITES)]
    for chunk in range(CHUNKS):
        for place in places:
            for turn in range(PARCELS):
                _parcel(place, ids, chunk * PARCELS + turn)
            for turn in range(LETTERS):
                _letter(place, ids, chunk * LETTERS + turn)
            _send(hub, clock, ids, place)
        clock.advance(DAYS * _DAY_MS // CHUNKS)
        if chunk % 50 == 0:
            sys.stderr.write(f"history: {chunk} of {CHUNKS}\n")
    for place in places:
        for turn in range(WAITING):
            _parcel(place, ids, turn, waits=True)
        _send(hub, clock, ids, place)


def _place(hub: LocalHub, site: str, ids: Ids) -> _Place:
    hub.site(site)
    lines = [
        PersonLine(f"{_NAMES[number % 9]} {number}", f"{'ABCD'[number % 4]}{number}")
        for number in range(PEOPLE)
    ]
    with writing(hub.engine) as connection:
        people = add_people(connection, site, lines, hub.clock.wall_ms())
    devices = []
    for kind in ("bridge", "kiosk"):
        hub.enrol(f"{site}-{kind}", site, kind)
        hub.ingest.handle(f"{site}-{kind}", "presence", encode(Presence(online=True, session="one")))
        devices.append(_Device(f"{site}-{kind}", ids.fresh()))
    place = _Place(site, people, *devices)
    locks = tuple(one.compartment for one in cabinet().compartments if one.kind == "lock")
    place.bridge.facts += [cabinet(), m.DoorsSeen(closed=locks)]
    place.bridge.facts += [
        m.CompartmentChecked(compartment=one, usable=True, actor="sam") for one in range(1, 19)
    ]
    return place


def _parcel(place: _Place, ids: Ids, turn: int, *, waits: bool = False) -> None:
    """Taken in, put behind a door; and collected, except where it waits."""
    item, pickup, operation = (ids.fresh() for _ in range(3))
    person, door = place.people[turn * 7 % PEOPLE], turn % 16 + 1
    label = f"6A{int(place.name.partition('-')[2]):03d}{turn:08d}"  # no carrier gives a number twice
    place.kiosk.facts.append(m.ParcelReceived(item=item, person=person, staff="sam", size="M", label=label))
    place.bridge.facts += [
        m.PickupOpened(pickup=pickup, person=person, ticket=10 + turn % 60, generation=1),
        m.ItemClaimed(
            item=item,
            kind="parcel",
            person=person,
            pickup=pickup,
            compartment=door,
            allocation=turn + 1,
            size="M",
            staff="sam",
            label=label,
            carrier="colissimo",
        ),
        *_moved(operation, item, door, turn + 1, "deposit", "sam"),
        m.ItemLeft(item=item, compartment=door, allocation=turn + 1, evidence="door", operation=operation),
    ]
    if waits:
        return
    visit, taking = ids.fresh(), ids.fresh()
    place.bridge.facts += [
        m.VisitOpened(visit=visit, kiosk=place.kiosk.name, way="typed", pickup=pickup),
        *_moved(taking, item, door, turn + 1, "collect", pickup, visit),
        m.ItemCollected(item=item, compartment=door, allocation=turn + 1, operation=taking),
        m.PickupClosed(pickup=pickup, ticket=10 + turn % 60),
        m.VisitEnded(visit=visit, why="done"),
    ]


def _moved(
    operation: str, item: str, door: int, allocation: int, purpose: str, actor: str, visit: str | None = None
) -> list[m.AnyFact]:
    return [
        m.DoorIntent(
            operation=operation,
            compartment=door,
            allocation=allocation,
            attempt=1,
            purpose=purpose,  # type: ignore[arg-type]
            authority="code" if visit else "staff",
            actor=actor,
            item=item,
            visit=visit,
        ),
        m.DoorPulsed(operation=operation, compartment=door, attempt=1),
        m.DoorOpened(operation=operation, compartment=door),
        m.DoorClosed(operation=operation, compartment=door, open_ms=9_000),
    ]


def _letter(place: _Place, ids: Ids, turn: int) -> None:
    """Taken in, put on the shelf, handed over."""
    item, pickup, person = ids.fresh(), ids.fresh(), place.people[turn * 11 % PEOPLE]
    place.kiosk.facts.append(m.ParcelReceived(item=item, person=person, staff="sam", size="S", kind="letter"))
    place.bridge.facts += [
        m.PickupOpened(pickup=pickup, person=person, ticket=10 + turn % 60, generation=1),
        m.ItemClaimed(
            item=item,
            kind="letter",
            person=person,
            pickup=pickup,
            compartment=SHELF,
            allocation=turn + 1,
            size="S",
            staff="sam",
        ),
        m.ItemLeft(item=item, compartment=SHELF, allocation=turn + 1, evidence="shelf"),
        m.ItemCollected(
            item=item, compartment=SHELF, allocation=turn + 1, evidence="staff", staff="sam", identity="known"
        ),
        m.PickupClosed(pickup=pickup, ticket=10 + turn % 60),
    ]


def _send(hub: LocalHub, clock: FakeClock, ids: Ids, place: _Place) -> None:
    """What both devices noted since the last time, as batches."""
    for device in (place.bridge, place.kiosk):
        for first in range(0, len(device.facts), 200):
            facts = device.facts[first : first + 200]
            entries = tuple(
                m.Entry(
                    id=ids.fresh(),
                    boot="boot-1",
                    mono_ms=clock.mono_ms() + turn * 30_000,
                    wall_ms=clock.wall_ms() + turn * 30_000,
                    clock="synced",
                    body=msgspec.Raw(encode(fact)),
                )
                for turn, fact in enumerate(facts)
            )
            head = hashes(device.journal, device.head, device.seq + 1, entries)[-1]
            batch = m.Batch(
                journal=device.journal, first=device.seq + 1, prev=device.head, head=head, entries=entries
            )
            hub.ingest.handle(device.name, "batch", encode(batch))
            device.seq, device.head = device.seq + len(facts), head
        device.facts.clear()
