"""A hub with a lively site: people, a team, lockers with parcels, a stuck door, and its pages."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import insert

from contract import messages as m
from hub.config import HubSettings
from hub.context import ERASED, HubContext
from hub.core.people_csv import PersonLine
from hub.store.database import writing
from hub.store.erased_list import ErasedList
from hub.store.people import add_people
from hub.store.sessions import start_session
from hub.store.staff import add_staff
from hub.store.tables import account_sites, accounts
from hub.web import create_app, live
from hub.web.tries import limiter
from tests.fakes.clock import FakeClock
from tests.fakes.local_hub import LocalDevice, LocalHub
from tests.fakes.serving import serving
from tests.fakes.waiting import patiently

SITE = "borny"
ADMIN, PASSWORD = "Samia", "une phrase facile à retenir"
CONCIERGE = "Bilal"

MOST_OPEN = 32
"""Open pages and what they load at one time, of one test's browsers."""

QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
"""The same algorithm for less: a hash says itself what it costs to check."""

COLUMNS = (("S", "S", "M", "L"), ("S", "S", "S", "S", "S"), ("M", "M", "M"), ("XL", "M", "S", "S"))
PEOPLE = (
    PersonLine("Yasmina Benali", "B12", reach_cm=110),
    PersonLine("Nguyễn Thị Mai", "A3", language="en"),
    PersonLine("Arbër Krasniqi", "C7", language="sq"),
    PersonLine("Marie-Claude Schmitt", "A1", carry_grams=3000),
    PersonLine("Ousmane Diallo", "D22"),
)


def cabinet() -> m.CabinetDeclared:
    """Sixteen doors of four sizes, and two shelf places."""
    places: list[m.CabinetCompartment] = []
    for column, sizes in enumerate(COLUMNS, 1):
        for row, size in enumerate(sizes, 1):
            places.append(_place(len(places) + 1, column, row, size))
    for row, label in enumerate(("B1", "B2"), 1):
        places.append(_place(len(places) + 1, 5, row, "L", label))
    return m.CabinetDeclared(compartments=tuple(places))


def _place(number: int, column: int, row: int, size: str, label: str | None = None) -> m.CabinetCompartment:
    return m.CabinetCompartment(
        compartment=number,
        kind="shelf" if label else "lock",
        size=size,  # type: ignore[arg-type]
        floor_cm=20 + 30 * row,
        column=column,
        row=row,
        label=label,
    )


_AT_REST: list[Flask] = []
"""Of scenes that are over: to make an application costs more than most tests."""


def _application(context: HubContext) -> Flask:
    """One for this hub, at rest until now or new."""
    if not _AT_REST:
        return create_app(context)
    app = _AT_REST.pop()
    app.config["SECRET_KEY"] = context.keys.web_secret()
    app.extensions["hub"] = context
    live.install(app)
    limiter.reset()
    return app


class Scene:
    """The hub `hub`, the devices `bridge` and `kiosk`, and the pages `app`."""

    def __init__(
        self,
        directory: Path,
        settings: HubSettings | None = None,
        database: str | None = None,
        *,
        own_app: bool = False,
    ) -> None:
        """`own_app`: one that no other scene uses, for a test that changes more of it than its config."""
        self.clock = FakeClock()
        self.hub = LocalHub(directory / "hub", self.clock, database)
        self.hub.site(SITE)
        self.hub.enrol("borny-bridge", SITE, "bridge")
        self.hub.enrol("borny-kiosk", SITE, "kiosk")
        self.bridge = LocalDevice("borny-bridge", directory / "bridge", self.clock)
        self.kiosk = LocalDevice("borny-kiosk", directory / "kiosk", self.clock)
        data = directory / "hub"
        erased = ErasedList(data / ERASED)
        context = HubContext(
            self.hub.engine, self.hub.keys, self.clock, settings or HubSettings(), erased, data
        )
        self._lends = not own_app and settings is None
        self.app = _application(context) if self._lends else create_app(context)
        self._config = dict(self.app.config)
        with writing(self.hub.engine) as connection:
            self.people = add_people(connection, SITE, PEOPLE, self.clock.wall_ms())
            self.member, self.pin = add_staff(
                connection,
                SITE,
                self.hub.keys.site_key(SITE),
                initials="SB",
                number=1,
                now_ms=self.clock.wall_ms(),
            )

    def close(self) -> None:
        """Put everything down."""
        self.bridge.stop()
        self.kiosk.stop()
        self.hub.stop()
        if self._lends:
            self.app.config.clear()
            self.app.config.update(self._config)
            _AT_REST.append(self.app)

    def accounts(self) -> None:
        """An administrator, and a concierge of SITE, both with PASSWORD."""
        password_hash = QUICK.hash(PASSWORD)
        with writing(self.hub.engine) as connection:
            for name, role in ((ADMIN, "admin"), (CONCIERGE, "concierge")):
                row = {
                    "id": f"account-{role}",
                    "name": name,
                    "role": role,
                    "created_ms": self.clock.wall_ms(),
                }
                connection.execute(insert(accounts).values(password_hash=password_hash, **row))
            connection.execute(insert(account_sites).values(account="account-concierge", site=SITE))

    def browser(self, account: str | None = None, address: str = "127.0.0.1") -> FlaskClient:
        """A browser at an address, signed in as an account (its id), or as nobody."""
        client = self.app.test_client()
        client.environ_base["REMOTE_ADDR"] = address
        if account:
            with writing(self.hub.engine) as connection:
                client.set_cookie("conciergerie", start_session(connection, account, self.clock.wall_ms()))
        return client

    def connect(self) -> None:
        """Both devices come online; the lockers say how they are built and that all doors are shut."""
        self.bridge.journal.append(cabinet())
        locks = tuple(one.compartment for one in cabinet().compartments if one.kind == "lock")
        self.bridge.journal.append(m.DoorsSeen(closed=locks))
        for number in locks:
            self.told(m.CompartmentChecked(compartment=number, usable=True, actor=self.member), talk=False)
        self.bridge.connect(self.hub)
        self.kiosk.connect(self.hub)

    def told(self, *facts: m.Fact, talk: bool = True, seconds: int = 1) -> None:
        """The bridge noted these, some seconds apart, and (if `talk`) the hub has them."""
        for fact in facts:
            self.clock.advance(seconds * 1000)
            self.bridge.journal.append(fact)
        if talk:
            self.bridge.talk(self.hub)

    def said(self, *facts: m.Fact) -> None:
        """The same for the kiosk."""
        for fact in facts:
            self.clock.advance(1000)
            self.kiosk.journal.append(fact)
        self.kiosk.talk(self.hub)

    def tick(self, seconds: int = 0) -> None:
        """The hub does what is due then, and both devices hear of it."""
        self.clock.advance(seconds * 1000)
        answers = self.hub.ingest.tick()
        self.bridge.hear(answers)
        self.kiosk.hear(answers)

    def nameless(self, item: str, compartment: int, label: str = "") -> None:
        """A parcel whose name nobody could read is put behind a door."""
        nobody, pickup, ticket = f"made-for-{item}", f"p-{item}", 40 + compartment
        self.said(
            m.ParcelReceived(item=item, person=nobody, staff=self.member, size="M", label=label, named=False)
        )
        self.told(
            m.PickupOpened(pickup=pickup, person=nobody, ticket=ticket, generation=1),
            m.ItemClaimed(
                item=item,
                kind="parcel",
                person=nobody,
                pickup=pickup,
                compartment=compartment,
                allocation=1,
                size="M",
                staff=self.member,
                label=label,
            ),
            m.ItemLeft(item=item, compartment=compartment, allocation=1, evidence="door"),
        )

    def collect_under(self, mandate: str, item: str, person: int, compartment: int) -> None:
        """Somebody comes with a mandate and takes the parcel of the person with this index."""
        visit, operation = f"v-{item}", f"c-{item}"
        self.told(
            m.VisitOpened(visit=visit, kiosk="borny-kiosk", way="typed", pickup=f"p-{person}", proxy=mandate),
            *self._moved(operation, item, compartment, "collect", "code", mandate, visit),
            m.ItemCollected(
                item=item, compartment=compartment, allocation=1, operation=operation, proxy=mandate
            ),
            m.VisitEnded(visit=visit, why="done"),
        )

    def deposit(self, item: str, person: int, compartment: int, carrier: str = "Colissimo") -> None:
        """A parcel for the person with this index in PEOPLE is put behind a door."""
        who = self.people[person]
        self.said(
            m.ParcelReceived(
                item=item, person=who, staff=self.member, size="M", label=f"6A{item}", carrier=carrier
            )
        )
        self.told(
            m.PickupOpened(pickup=f"p-{person}", person=who, ticket=20 + person, generation=1),
            m.ItemClaimed(
                item=item,
                kind="parcel",
                person=who,
                pickup=f"p-{person}",
                compartment=compartment,
                allocation=1,
                size="M",
                staff=self.member,
                label=f"6A{item}",
                carrier=carrier,
            ),
            *self._moved(f"o-{item}", item, compartment, "deposit", "staff", self.member),
            m.ItemLeft(
                item=item, compartment=compartment, allocation=1, evidence="door", operation=f"o-{item}"
            ),
        )
        self.said(m.SlipShown(item=item, pickup=f"p-{person}", how="print"))

    def collect(self, item: str, person: int, compartment: int) -> None:
        """The person comes, types the code and takes the parcel."""
        visit, operation = f"v-{item}", f"c-{item}"
        self.told(
            m.VisitOpened(visit=visit, kiosk="borny-kiosk", way="typed", pickup=f"p-{person}"),
            *self._moved(operation, item, compartment, "collect", "code", f"p-{person}", visit),
            m.ItemCollected(item=item, compartment=compartment, allocation=1, operation=operation),
            m.PickupClosed(pickup=f"p-{person}", ticket=20 + person),
            m.VisitEnded(visit=visit, why="done"),
        )

    def jam(self, item: str, person: int, compartment: int) -> None:
        """The person types the code and the door stays shut."""
        operation = f"j-{item}"
        self.told(
            m.DoorIntent(
                operation=operation,
                compartment=compartment,
                allocation=1,
                attempt=1,
                purpose="collect",
                authority="code",
                actor=f"p-{person}",
                item=item,
            ),
            m.DoorPulsed(operation=operation, compartment=compartment, attempt=1),
            m.DoorNotOpened(operation=operation, compartment=compartment, why="stayed_shut"),
        )

    @staticmethod
    def _moved(
        operation: str,
        item: str,
        compartment: int,
        purpose: str,
        authority: str,
        actor: str,
        visit: str | None = None,
    ) -> list[m.Fact]:
        return [
            m.DoorIntent(
                operation=operation,
                compartment=compartment,
                allocation=1,
                attempt=1,
                purpose=purpose,  # type: ignore[arg-type]
                authority=authority,  # type: ignore[arg-type]
                actor=actor,
                item=item,
                visit=visit,
            ),
            m.DoorPulsed(operation=operation, compartment=compartment, attempt=1),
            m.DoorOpened(operation=operation, compartment=compartment),
            m.DoorClosed(operation=operation, compartment=compartment, open_ms=8_000),
        ]

    @contextmanager
    def served(self) -> Iterator[str]:
        """The pages on a free port of the loopback, for a browser: their address."""
        with serving(self.app, threads=MOST_OPEN) as address:
            try:
                yield address
            finally:
                self._end_streams()

    def _end_streams(self) -> None:
        """Whoever streams to a browser that is gone notices it at the next word, and reads no other hub."""
        news: live.News = self.app.extensions["hub_news"]

        def ended() -> bool:
            with news._changed:
                news.number += 1
                news._changed.notify_all()
            return news.streams == 0

        patiently(ended)
