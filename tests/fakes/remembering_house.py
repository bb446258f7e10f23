"""A hub whose site knows Amina and Zoé, with parcels that come and go: what is kept, what is forgotten."""

from contract import messages as m
from hub.core.people_csv import PersonLine
from hub.store import folding
from hub.store.chain_check import Verdict, check
from hub.store.database import reading, sqlite_url, writing
from hub.store.erased_list import ErasedList, erase_for_good
from hub.store.ledger import in_order
from hub.store.people import add_people
from tests.fakes.local_hub import LocalDevice, LocalHub

AMINA = PersonLine("Amina Benchekroun", "B12", phone="0612987654", email="amina.benchekroun@example.org")
LABEL = "6A98765432109"


class House:
    """A hub whose site knows Amina, its devices, and the list of erased people."""

    def __init__(self, hub: LocalHub, bridge: LocalDevice, kiosk: LocalDevice) -> None:
        self.hub, self.bridge, self.kiosk = hub, bridge, kiosk
        self.erased = ErasedList(hub.directory / "erased.jsonl")
        [self.amina, self.zoe] = self.people(AMINA, PersonLine("Zoé Müller", "A1"))

    def people(self, *lines: PersonLine) -> list[str]:
        with writing(self.hub.engine) as connection:
            return add_people(connection, "borny", lines, self.hub.clock.wall_ms())

    def deposit(
        self, item: str, person: str, door: int = 3, pickup: str = "pickup", label: str = LABEL
    ) -> None:
        note = self.bridge.journal.append
        self.kiosk.journal.append(
            m.ParcelReceived(item=item, person=person, staff="sb", size="M", label=label)
        )
        note(m.PickupOpened(pickup=pickup, person=person, ticket=27, generation=1))
        note(
            m.ItemClaimed(
                item=item,
                kind="parcel",
                person=person,
                pickup=pickup,
                compartment=door,
                allocation=1,
                size="M",
                label=label,
            )
        )
        note(m.ItemLeft(item=item, compartment=door, allocation=1, evidence="door"))

    def collect(self, item: str, person: str, door: int = 3, pickup: str = "pickup") -> None:
        note = self.bridge.journal.append
        note(m.VisitOpened(visit=f"visit-{item}", kiosk="borny-kiosk", way="typed", pickup=pickup))
        note(
            m.DoorIntent(
                operation=f"operation-{item}",
                compartment=door,
                allocation=1,
                attempt=1,
                purpose="collect",
                authority="code",
                actor=person,
                item=item,
                visit=f"visit-{item}",
            )
        )
        note(m.ItemCollected(item=item, compartment=door, allocation=1, operation=f"operation-{item}"))
        note(m.PickupClosed(pickup=pickup, ticket=27))

    def talk(self) -> None:
        for device in (self.bridge, self.kiosk):
            device.connect(self.hub)

    def erase(self, person: str) -> None:
        with writing(self.hub.engine) as connection:
            erase_for_good(connection, self.erased, "borny", person, self.hub.clock.wall_ms())

    def differences(self) -> list[str]:
        scratch = self.hub.directory / "scratch.sqlite3"
        found = folding.differences(self.hub.engine, sqlite_url(scratch))
        for path in self.hub.directory.glob("scratch.sqlite3*"):
            path.unlink()
        return found

    def verdict(self) -> Verdict:
        with reading(self.hub.engine) as connection:
            return check(connection)

    def bodies(self) -> bytes:
        with reading(self.hub.engine) as connection:
            return b"\n".join(bytes(row.body) for row in in_order(connection))

    def all_is_well(self) -> None:
        assert self.verdict().broken == ""
        assert self.differences() == []
