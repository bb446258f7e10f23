"""The real journal and the real ingest, with everything between and below them failing in turn.

Hypothesis chooses what happens: facts, lost and doubled and reordered messages, crashes, an old card
image put back, a wiped device, a hub restarted or restored from an older copy of its database. When the
faults end, whatever the device holds is in the ledger once and in order, and whatever is missing
for good has been declared.
"""

import random
import shutil
import tempfile
from functools import cache
from pathlib import Path

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from sqlalchemy import select

from contract.codec import decode, encode
from contract.feed import Feed
from contract.journal import Journal
from contract.messages import CodeRefused, DoorForced, Hello, Presence
from contract.uplink import Uplink
from hub.core.people_csv import PersonLine
from hub.ingest import Ingest
from hub.keys import Keys
from hub.store import devices, feed, ledger, people, sites
from hub.store.chain_check import check
from hub.store.database import open_database, open_engine, reading, sqlite_url, writing
from hub.store.redaction import forget_traces
from hub.store.tables import incidents
from hub.store.tables import ledger as rows
from tests.fakes.clock import FakeClock
from tests.fakes.wire import Carried, Wire

DEVICE = "borny-bridge"
ONLINE = encode(Presence(online=True, session="hub"))
INDEX = st.integers(0, 30)


@cache
def hub_with_one_device() -> Path:
    """A migrated database, made once."""
    path = Path(tempfile.mkdtemp(prefix="faults-hub-")) / "hub.db"
    engine = open_database(sqlite_url(path))
    with writing(engine) as connection:
        sites.create_site(connection, "borny", "Borny", 0)
        devices.enrol(connection, DEVICE, "borny", "bridge", 0)
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.exec_driver_sql("BEGIN")
    engine.dispose()
    return path


class JournalMeetsIngest(RuleBasedStateMachine):
    """One device, one hub, one bad wire."""

    def __init__(self) -> None:
        super().__init__()
        self.root = Path(tempfile.mkdtemp(prefix="faults-"))
        self.clock = FakeClock()
        self.hub_clock = FakeClock(boot="hub")
        self.wire = Wire()
        self.random = random.Random(7)
        self.on_disk: list[str] = []
        self.appended: set[str] = set()
        self.announced: dict[str, set[str]] = {}
        self.heard: set[str] = set()
        self.disk_lost_something = False

    # --- the two ends ---------------------------------------------------------------------------

    @initialize()
    def both_begin(self) -> None:
        shutil.copy(hub_with_one_device(), self.root / "hub.db")
        self.start_hub()
        self.start_device()
        self.copy_of_hub = self.save_hub("first")
        self.card_image = self.save_card("first")

    def start_hub(self) -> None:
        self.engine = open_engine(sqlite_url(self.root / "hub.db"))
        keys = Keys(self.root / "keys")
        self.ingest = Ingest(self.engine, keys, self.hub_clock, self.root / "witness")

    def start_device(self) -> None:
        self.journal = Journal.open(self.root / "device" / "journal.db", self.clock)
        self.feed = Feed.open(self.root / "device" / "feed.db")
        self.uplink = Uplink(
            self.journal, self.feed, program="bridge", version="1", clock=self.clock, jitter=self.random
        )
        self.reconnect()

    def reconnect(self) -> None:
        self.uplink.link_changed(True)
        self.uplink.hub_presence(ONLINE)
        self.say_what_is_due()

    def say_what_is_due(self) -> None:
        for outgoing in self.uplink.due():
            self.wire.send(True, outgoing.leaf, outgoing.payload)

    def stop_hub(self) -> None:
        self.engine.dispose()
        self.uplink.hub_presence(encode(Presence(online=False, session="hub")))

    def stop_device(self) -> None:
        self.journal.close()
        self.feed.close()

    def save_hub(self, name: str) -> Path:
        copy = self.root / f"hub-{name}.db"
        with reading(self.engine) as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(FULL)")
        shutil.copy(self.root / "hub.db", copy)
        return copy

    def save_card(self, name: str) -> Path:
        image = self.root / f"card-{name}"
        shutil.rmtree(image, ignore_errors=True)
        self.journal.checkpoint()
        shutil.copytree(self.root / "device", image)
        self.on_image = list(self.on_disk)
        return image

    # --- what people do ---------------------------------------------------------------------------

    @rule(count=st.integers(1, 5))
    def something_happens(self, count: int) -> None:
        for number in range(1, count + 1):
            wrong = CodeRefused(kiosk="kiosk", way="qr", wrong_today=number, wait_seconds=0)
            written = self.journal.append(DoorForced(compartment=number) if number % 2 else wrong)
            self.on_disk.append(written.id)
            self.appended.add(written.id)
            self.announced[written.hash] = set(self.on_disk)
        self.say_what_is_due()

    @rule()
    def a_person_moves_in(self) -> None:
        with writing(self.engine) as connection:
            newcomer = PersonLine(name=f"Ana {self.random.random()}", reach_cm=120)
            people.add_people(connection, "borny", [newcomer], self.hub_clock.wall_ms())

    @rule()
    def traces_of_codes_are_let_go(self) -> None:
        with writing(self.engine) as connection:
            kept = select(rows.c.position).where(rows.c.type == "code_refused", rows.c.redacted_ms.is_(None))
            forget_traces(connection, connection.execute(kept).scalars().all(), self.hub_clock.wall_ms())

    # --- what the wire does -----------------------------------------------------------------------

    @rule(index=INDEX)
    def a_message_arrives(self, index: int) -> None:
        carried = self.wire.take(index)
        if carried is None:
            return
        if carried.up:
            self.note_what_the_hub_hears(carried)
            for topic, payload in self.ingest.handle(DEVICE, carried.leaf, carried.payload):
                self.wire.send(False, topic.rpartition("/")[2], payload)
        else:
            self.uplink.received(carried.leaf, carried.payload)
            self.say_what_is_due()

    def note_what_the_hub_hears(self, carried: Carried) -> None:
        """What the hub never heard of it cannot miss: only announced facts must be declared."""
        if carried.leaf == "hello":
            self.heard |= self.announced.get(decode(carried.payload, Hello).last_hash, set())

    @rule()
    def the_next_messages_arrive_in_order(self) -> None:
        for _ in range(6):
            self.a_message_arrives(0)

    @rule(index=INDEX)
    def a_message_is_repeated(self, index: int) -> None:
        self.wire.repeat(index)

    @rule(index=INDEX)
    def a_message_is_acknowledged_and_dropped(self, index: int) -> None:
        self.wire.take(index)

    @rule(lost=st.booleans())
    def the_line_is_cut_and_comes_back(self, lost: bool) -> None:
        if lost:
            self.wire.cut()
        self.uplink.link_changed(False)
        self.reconnect()

    @rule(seconds=st.integers(1, 90))
    def time_passes(self, seconds: int) -> None:
        self.clock.advance(seconds * 1000)
        self.hub_clock.advance(seconds * 1000)
        self.say_what_is_due()
        for topic, payload in self.ingest.tick():
            self.wire.send(False, topic.rpartition("/")[2], payload)

    # --- what breaks --------------------------------------------------------------------------------

    @rule()
    def the_device_loses_power(self) -> None:
        self.stop_device()
        self.clock.reboot(f"boot-{self.random.random()}")
        self.start_device()

    @rule()
    def a_card_image_is_taken(self) -> None:
        self.card_image = self.save_card("later")

    @precondition(lambda self: len(self.appended) > 3)
    @rule()
    def an_old_card_image_is_put_back(self) -> None:
        self.stop_device()
        shutil.rmtree(self.root / "device")
        shutil.copytree(self.card_image, self.root / "device")
        self.on_disk = list(self.on_image)
        self.disk_lost_something = True
        self.start_device()

    @precondition(lambda self: len(self.appended) > 5)
    @rule()
    def the_device_is_wiped(self) -> None:
        self.stop_device()
        shutil.rmtree(self.root / "device")
        self.on_disk = []
        self.disk_lost_something = True
        self.start_device()

    @rule()
    def the_hub_is_killed_and_started(self) -> None:
        self.stop_hub()
        self.start_hub()
        self.reconnect()

    @rule()
    def a_copy_of_the_hub_is_made(self) -> None:
        self.copy_of_hub = self.save_hub("later")

    @precondition(lambda self: len(self.appended) > 3)
    @rule()
    def the_hub_is_put_back_to_its_copy(self) -> None:
        self.stop_hub()
        for suffix in ("", "-wal", "-shm"):
            (self.root / f"hub.db{suffix}").unlink(missing_ok=True)
        shutil.copy(self.copy_of_hub, self.root / "hub.db")
        self.heard.clear()
        self.start_hub()
        self.reconnect()

    # --- what must hold -----------------------------------------------------------------------------

    @invariant()
    def the_ledger_holds_each_event_once_and_each_journal_in_order(self) -> None:
        if not hasattr(self, "engine"):
            return
        with reading(self.engine) as connection:
            rows = [(row.event, row.journal, row.seq) for row in ledger.in_order(connection)]
        assert len({event for event, _, _ in rows}) == len(rows)
        for journal in {journal for _, journal, _ in rows}:
            seqs = [seq for _, of, seq in rows if of == journal]
            assert seqs == sorted(seqs)

    def teardown(self) -> None:
        if hasattr(self, "engine"):
            self.faults_end()
            self.all_is_well()
            self.stop_device()
            self.engine.dispose()
        shutil.rmtree(self.root, ignore_errors=True)

    def faults_end(self) -> None:
        """Ten minutes of a wire that delivers."""
        self.wire.cut()
        self.reconnect()
        for _ in range(60):
            while self.wire.carried:
                self.a_message_arrives(0)
            self.time_passes(10)

    def all_is_well(self) -> None:
        assert self.uplink.backlog == 0
        with reading(self.engine) as connection:
            known = {row.event for row in ledger.in_order(connection)}
            noticed = set(connection.execute(select(incidents.c.kind)).scalars())
            held_there = feed.live_digest(connection, "borny", "bridge")
            assert check(connection).broken == ""
            events = [row.event for row in ledger.in_order(connection) if row.quarantine is not None]
            assert events == [], "what was let go comes back as itself, not as something else"
        held = self.journal.read(0, entries=10_000, size=10**8)
        assert held is not None
        assert {entry.id for entry in held.entries} <= known
        lost = self.appended - known
        assert self.disk_lost_something or not lost
        if lost & self.heard:
            assert self.journal.reason != "new" or noticed & {"new_journal", "went_back"}
        assert held_there == self.feed.position.digest


JournalMeetsIngest.TestCase.settings = settings(
    max_examples=30,
    stateful_step_count=30,
    deadline=None,
    phases=(Phase.explicit, Phase.generate, Phase.shrink),
    suppress_health_check=[HealthCheck.too_slow],
)
TestJournalMeetsIngest = JournalMeetsIngest.TestCase
