"""A hub and its devices in one process, over a wire the test holds: real journals, real database."""

import random
import tempfile
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path

from contract import topics
from contract.codec import encode
from contract.feed import Feed
from contract.journal import Journal
from contract.messages import Health, LogAsked, Presence
from contract.uplink import Notice, Uplink
from hub.context import DATABASE
from hub.ingest import Ingest, Said
from hub.keys import Keys
from hub.store.database import open_database, open_engine, sqlite_url, writing
from hub.store.devices import enrol
from hub.store.sites import create_site
from tests.fakes.clock import FakeClock

Wire = Callable[[list[Said]], list[Said]]


@cache
def empty_database() -> bytes:
    """The file of a new hub, its tables made once: to migrate for each test costs more than the tests."""
    with tempfile.TemporaryDirectory(prefix="hub-") as folder:
        path = Path(folder) / DATABASE
        open_database(sqlite_url(path)).dispose()  # the last to close it empties the write-ahead log
        return path.read_bytes()


class LocalHub:
    """A hub in a directory, with two sites and whatever devices a test enrols. `url`: of another database."""

    def __init__(self, directory: Path, clock: FakeClock, url: str | None = None) -> None:
        directory.mkdir(exist_ok=True)
        self.directory, self.clock = directory, clock
        self.url = url or sqlite_url(directory / DATABASE)
        self.keys = Keys(directory / "keys")
        self.start()

    def start(self) -> None:
        """Open the database as a process does; a new one is a copy of one that was migrated before."""
        path = self.directory / DATABASE
        if self.url != sqlite_url(path) or path.exists():
            self.engine = open_database(self.url)
        else:
            path.write_bytes(empty_database())
            self.engine = open_engine(self.url)
        self.ingest = Ingest(self.engine, self.keys, self.clock, self.directory / "witness.json")

    def stop(self) -> None:
        self.engine.dispose()

    def site(self, *names: str) -> None:
        with writing(self.engine) as connection:
            for name in names:
                create_site(connection, name, f"Résidence {name}", self.clock.wall_ms())

    def enrol(self, device: str, site: str, kind: str) -> None:
        with writing(self.engine) as connection:
            enrol(connection, device, site, kind, self.clock.wall_ms())


class LocalDevice:
    """A device with a real journal, feed replica and uplink."""

    def __init__(self, name: str, directory: Path, clock: FakeClock) -> None:
        directory.mkdir(exist_ok=True, parents=True)
        self.name, self.directory, self.clock = name, directory, clock
        self.orders: list[Notice | LogAsked] = []
        self.health: Health | None = None
        """What the next hello says of the machine."""
        self.start()

    def start(self) -> None:
        self.journal = Journal.open(self.directory / "journal.db", self.clock)
        self.feed = Feed.open(self.directory / "feed.db")
        self.uplink = Uplink(
            self.journal,
            self.feed,
            program="bridge",
            version="1",
            clock=self.clock,
            jitter=random.Random(1),
            health=lambda: self.health,
        )

    def stop(self) -> None:
        self.journal.close()
        self.feed.close()

    def connect(self, hub: LocalHub) -> None:
        """The session comes up: presence, then what the uplink says, until both are silent."""
        self.uplink.link_changed(True)
        self.uplink.hub_presence(encode(Presence(online=True, session="hub-1")))
        hub.ingest.handle(self.name, "presence", encode(Presence(online=True, session=self.name)))
        self.talk(hub)

    def disconnect(self, hub: LocalHub) -> None:
        self.uplink.link_changed(False)
        hub.ingest.handle(self.name, "presence", encode(Presence(online=False, session=self.name)))

    def talk(self, hub: LocalHub, rounds: int = 1000) -> None:
        """Carry messages both ways until nobody has anything to say."""
        for _ in range(rounds):
            said = [Said(self.name, each.leaf, each.payload) for each in self.uplink.due()]
            self.uplink.prepare()
            if not said:
                return
            self.hear(hub.ingest.handle_many(said))

    def hear(self, answers: Iterable[tuple[str, bytes]]) -> None:
        """Take in what the hub sent, as far as it is for this device."""
        for topic, payload in answers:
            route = topics.parse(topic)
            if route.reader == self.name:
                self.orders += self.uplink.received(route.leaf, payload)
