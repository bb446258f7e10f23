"""A hub whose people can be told, its sender, and time that passes."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select, update

from contract import messages as m
from contract.pickup_code import typed_code
from deploy.catalogues import compile_stale
from hub.notify.gateways import AppriseGateways, Gateways
from hub.notify.texts import grouped
from hub.store import outbox
from hub.store.database import reading, writing
from hub.store.reminders import DaysLeft
from hub.store.tables import outbox as outbox_table
from hub.store.tables import people
from hub.telling import Telling
from tests.fakes.hub_scene import SITE, Scene

PARIS = ZoneInfo("Europe/Paris")
PHONE, EMAIL = "06 12 34 56 78", "amina@example.org"
HOUR = 3_600_000


def at(local: str) -> int:
    return int(datetime.fromisoformat(local).replace(tzinfo=PARIS).timestamp()) * 1000


class House:
    """A scene at noon, whose people can be told, and the sender of its hub."""

    def __init__(self, scene: Scene, sms: str = "", email: str = "") -> None:
        compile_stale()
        self.scene, self.clock = scene, scene.clock
        self.clock.set_wall(at("2026-11-23 12:00"), "synced")
        self.knows(0, phone=PHONE, email=EMAIL)
        self.open(sms, email)
        scene.connect()

    def open(self, sms: str = "", email: str = "") -> None:
        """The sender, as a process begins with it."""
        self.sends(AppriseGateways(sms, email, "hub@example.org"))

    def sends(self, gateways: Gateways, days_left: DaysLeft = lambda _connection, _items: {}) -> None:
        """The sender with these gateways, knowing this of the days left."""
        hub = self.scene.hub
        self.telling = Telling(hub.engine, hub.keys, self.clock, gateways, PARIS, days_left)

    def knows(self, person: int, **values: Any) -> None:
        """This stands on the list of people."""
        with writing(self.scene.hub.engine) as connection:
            known = update(people).where(people.c.id == self.scene.people[person])
            connection.execute(known.values(**values))

    def passes(self, ms: int, step_ms: int = 60_000) -> None:
        """Time passes, and the sender looks every minute."""
        end = self.clock.wall_ms() + ms
        while self.clock.wall_ms() < end:
            self.clock.advance(min(step_ms, end - self.clock.wall_ms()))
            self.telling.turn()

    def rows(self) -> list[Any]:
        with reading(self.scene.hub.engine) as connection:
            return list(connection.execute(select(outbox_table).order_by(outbox_table.c.created_ms)))

    def states(self) -> list[tuple[str, str, str]]:
        return [(row.kind, row.channel, row.state) for row in self.rows()]

    def untold(self) -> list[tuple[str, str]]:
        with reading(self.scene.hub.engine) as connection:
            return [(one.item, "failed" if one.failed else "waiting") for one in outbox.untold(connection)]

    def code(self, person: int = 0) -> str:
        key = self.scene.hub.keys.site_key(SITE)
        return grouped(typed_code(key, 20 + person, f"p-{person}", 1))

    def left(self, item: str, person: int, compartment: int) -> None:
        """A deposit of which only the bridge speaks: no ticket was printed."""
        who = self.scene.people[person]
        self.scene.told(
            m.PickupOpened(pickup=f"p-{person}", person=who, ticket=20 + person, generation=1),
            m.ItemClaimed(
                item=item,
                kind="parcel",
                person=who,
                pickup=f"p-{person}",
                compartment=compartment,
                allocation=1,
                size="M",
            ),
            m.ItemLeft(item=item, compartment=compartment, allocation=1, evidence="door"),
        )

    def moved(self, item: str, person: int, old: int, new: int) -> None:
        """Staff take it out of one compartment and put it into another."""
        who = self.scene.people[person]
        self.scene.told(
            m.ItemTakenOut(
                item=item,
                compartment=old,
                allocation=1,
                staff=self.scene.member,
                why="move",
                evidence="door",
            ),
            m.ItemClaimed(
                item=item,
                kind="parcel",
                person=who,
                pickup=f"p-{person}",
                compartment=new,
                allocation=2,
                size="M",
            ),
            m.ItemLeft(item=item, compartment=new, allocation=2, evidence="door"),
        )

    def kept(self, item: str, compartment: int, why: str) -> None:
        """The person says so at the kiosk."""
        self.scene.told(m.ItemKept(item=item, compartment=compartment, allocation=1, why=why))  # type: ignore[arg-type]

    def returned(self, item: str, person: int, compartment: int) -> None:
        """Staff give it back to its carrier."""
        member = self.scene.member
        self.scene.told(
            m.ItemTakenOut(
                item=item, compartment=compartment, allocation=1, staff=member, why="return", evidence="door"
            ),
            m.ItemReturned(item=item, staff=member),
            m.PickupClosed(pickup=f"p-{person}", ticket=20 + person),
        )
