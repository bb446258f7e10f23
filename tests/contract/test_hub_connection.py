"""A device's whole connection to the hub, over a real broker: everything arrives once, nothing piles up."""

import logging
import queue
import random
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

import msgspec
import pytest

from contract.clock import SystemClock
from contract.codec import decode_fact, encode
from contract.database import FullError
from contract.feed import Feed
from contract.hub_connection import CHECKPOINT_FACTS, HubConnection
from contract.journal import Journal
from contract.json_log import Keeping
from contract.link import LinkSettings
from contract.messages import (
    Document,
    DoorForced,
    FeedPage,
    Health,
    LogAsked,
    LogTold,
    NonceAsked,
    NonceGiven,
    PersonName,
    PersonReach,
    Welcome,
)
from contract.uplink import FeedChanged, Notice
from tests.fakes.brokers import StartedBroker, hub_broker
from tests.fakes.linked import PATIENCE_SECONDS, Eager
from tests.fakes.scripted_hub import TIMELINE, ScriptedHub
from tests.fakes.waiting import wait_until

DEVICE = "bridge-a"
HEALTH = Health(celsius=54, disk_free_pct=71)
AnyNotice = TypeVar("AnyNotice", bound=msgspec.Struct | FeedChanged)


class Device:
    """A running connection with its journal and replica."""

    def __init__(self, directory: Path, broker: StartedBroker, jitter: random.Random | None = None) -> None:
        clock = SystemClock()
        self.journal = Journal.open(directory / "journal.db", clock)
        self.feed = Feed.open(directory / "feed.db")
        self.notices: queue.SimpleQueue[Notice] = queue.SimpleQueue()
        self.fatal: queue.SimpleQueue[str] = queue.SimpleQueue()
        self.log = Keeping()
        self.connection = HubConnection(
            LinkSettings(broker.host, broker.port, DEVICE, broker.passwords[DEVICE]),
            self.journal,
            self.feed,
            program="bridge",
            version="1",
            clock=clock,
            notify=self.take,
            on_fatal=lambda: self.fatal.put("the end"),
            jitter=jitter or Eager(),
            health=lambda: HEALTH,
            log_lines=self.log.lines,
        )
        self.connection.start()

    def take(self, notice: Notice) -> None:
        if isinstance(notice, NonceAsked) and notice.order == "poison":
            raise LookupError("a fault of the process behind")
        if isinstance(notice, NonceAsked) and notice.order == "leave":
            self.connection.stop()
        self.notices.put(notice)

    def notice(self, kind: type[AnyNotice]) -> AnyNotice:
        """The next notice of this kind."""
        while not isinstance(notice := self.notices.get(timeout=PATIENCE_SECONDS), kind):
            continue
        return notice

    def happens(self, *compartments: int) -> None:
        for compartment in compartments:
            self.journal.append(DoorForced(compartment=compartment))
            self.connection.wake()

    def backlog(self, count: int) -> None:
        """So many facts at once."""
        with self.journal.transaction() as transaction:
            for number in range(count):
                transaction.append(DoorForced(compartment=number % 300 + 1))

    def stop(self) -> None:
        self.connection.stop()
        self.journal.close()
        self.feed.close()


@pytest.fixture
def broker(tmp_path: Path, mosquitto_path: Path) -> Iterator[StartedBroker]:
    with hub_broker(tmp_path / "broker", [DEVICE]) as started:
        yield started


@pytest.fixture
def hub(broker: StartedBroker) -> Iterator[ScriptedHub]:
    hub = ScriptedHub(broker, DEVICE)
    yield hub
    hub.client.leave()


@pytest.fixture
def device(tmp_path: Path, broker: StartedBroker, hub: ScriptedHub) -> Iterator[Device]:
    device = Device(tmp_path, broker)
    yield device
    device.stop()


def everything(journal: Journal) -> list[str]:
    """The event ids of the whole journal, in order."""
    ids: list[str] = []
    while (batch := journal.read(len(ids))) is not None:
        ids += [entry.id for entry in batch.entries]
    return ids


def page(after: int, *reaches: int, snapshot: bool = False) -> FeedPage:
    documents = tuple(
        Document(
            key=f"person/p-{number}",
            version=number,
            body=msgspec.Raw(encode(PersonReach(person=f"p-{number}", reach_cm=reach))),
        )
        for number, reach in enumerate(reaches, after + 1)
    )
    through = after + len(reaches)
    return FeedPage(timeline=TIMELINE, after=after, through=through, documents=documents, snapshot=snapshot)


def test_all_that_happened_reaches_the_hub_in_order_and_is_acknowledged(
    device: Device, hub: ScriptedHub
) -> None:
    device.backlog(1_000)
    hub.serve_all_so_far()
    assert (hub.hellos, hub.batches) == (0, [])
    hub.be_online()
    hub.serve_until(lambda: device.connection.backlog == 0)
    assert device.connection.online
    assert [entry.id for entry in hub.ledger] == everything(device.journal)
    assert len(hub.ledger) == 1_001
    assert hub.heads[-1] == device.journal.last_hash
    assert device.notice(Welcome).timeline == TIMELINE


def test_what_happens_while_connected_is_on_its_way_at_once(
    tmp_path: Path, broker: StartedBroker, hub: ScriptedHub
) -> None:
    hub.be_online()
    device = Device(tmp_path, broker, random.Random(1))  # by itself it would look after five seconds
    hub.serve_until(lambda: device.connection.backlog == 0)
    for compartment in (3, 4, 5):
        device.happens(compartment)
        hub.serve_until(lambda: device.connection.backlog == 0, 3.0)
        assert decode_fact(bytes(hub.ledger[-1].body)) == DoorForced(compartment=compartment)
    device.stop()


def test_a_feed_page_is_in_the_replica_before_the_process_hears_of_it(
    device: Device, hub: ScriptedHub
) -> None:
    hub.feed_version = 2
    hub.be_online()
    hub.serve_until(lambda: device.connection.online)
    hub.send(page(0, 120, 95, snapshot=True))
    assert device.notice(FeedChanged) == FeedChanged(frozenset({"person/p-1", "person/p-2"}), complete=True)
    assert device.feed.get("person/p-2") == PersonReach(person="p-2", reach_cm=95)
    hub.send(page(2, 60))
    assert device.notice(FeedChanged).keys == {"person/p-3"}


def test_an_order_reaches_the_process_and_its_reply_the_hub(device: Device, hub: ScriptedHub) -> None:
    hub.be_online()
    hub.serve_until(lambda: device.connection.online)
    hub.send(NonceAsked(order="order-1"))
    assert device.notice(NonceAsked) == NonceAsked(order="order-1")
    reply = NonceGiven(order="order-1", nonce="0f" * 16)
    assert device.connection.reply(reply)
    hub.serve_until(lambda: hub.replies)
    assert hub.replies == [reply]


def test_the_process_may_leave_the_hub_for_good_amid_a_notice(device: Device, hub: ScriptedHub) -> None:
    hub.be_online()
    hub.serve_until(lambda: device.connection.online)
    hub.send(NonceAsked(order="leave"))
    hub.serve_until(lambda: hub.presences and not hub.presences[-1].online)
    device.notice(NonceAsked)
    device.happens(7)
    hub.serve_all_so_far()
    assert len(hub.ledger) == 1
    assert device.fatal.empty()


def test_the_last_lines_of_the_log_go_to_the_hub_without_what_was_planted_in_them(
    device: Device, hub: ScriptedHub, broker: StartedBroker
) -> None:
    name = PersonName(person="p-1", name="Yasmina Benali")
    document = Document(key="person/p-1", version=1, body=msgspec.Raw(encode(name)))
    planted = ("27483190", "Benali", "yasmina", broker.passwords[DEVICE], "0f" * 32)
    hub.feed_version = 1
    hub.be_online()
    hub.serve_until(lambda: device.connection.online)
    hub.send(FeedPage(timeline=TIMELINE, after=0, through=1, documents=(document,), snapshot=True))
    device.notice(FeedChanged)
    for secret in planted:
        device.log.handle(logging.makeLogRecord({"msg": f"the door of {secret} stays shut", "code": secret}))
    hub.send(LogAsked(order="log-1"))
    hub.serve_until(lambda: hub.replies)
    [told] = hub.replies
    assert isinstance(told, LogTold)
    assert (told.order, len(told.lines)) == ("log-1", len(planted))
    assert [one for one in planted if one.lower() in " ".join(told.lines).lower()] == []
    assert all("the door of" in line for line in told.lines)
    assert hub.health == HEALTH


def test_an_order_that_the_broker_kept_is_not_heeded(
    tmp_path: Path, broker: StartedBroker, hub: ScriptedHub
) -> None:
    hub.send(NonceAsked(order="old"), retain=True)
    hub.be_online()
    device = Device(tmp_path, broker)
    hub.serve_until(lambda: device.connection.online)
    hub.send(NonceAsked(order="new"))
    assert device.notice(NonceAsked) == NonceAsked(order="new")
    device.stop()


def test_a_broker_killed_in_the_middle_costs_nothing(
    device: Device, hub: ScriptedHub, broker: StartedBroker
) -> None:
    device.backlog(4_000)
    hub.be_online()
    for so_many in (300, 1_500, 2_500):
        hub.serve_until(lambda so_many=so_many: len(hub.ledger) >= so_many)  # type: ignore[misc]
        broker.broker.kill()
        device.happens(7)
        wait_until(lambda: not device.connection.online)
        broker.broker.start()
        hub.connect_again()
        hub.be_online()
    hub.serve_until(lambda: device.connection.backlog == 0)
    assert [entry.id for entry in hub.ledger] == everything(device.journal)
    assert len(hub.ledger) == 4_004


def test_acks_that_are_lost_cost_repetitions_and_nothing_else(device: Device, hub: ScriptedHub) -> None:
    device.backlog(500)
    hub.acknowledges = False
    hub.be_online()
    hub.serve_until(lambda: len(hub.batches) >= 5)
    assert len({batch.first for batch in hub.batches}) == 1
    hub.acknowledges = True
    hub.serve_until(lambda: device.connection.backlog == 0)
    assert [entry.id for entry in hub.ledger] == everything(device.journal)


def test_while_the_hub_is_away_nothing_is_sent_and_nothing_piles_up(device: Device, hub: ScriptedHub) -> None:
    hub.serve_until(lambda: hub.presences)
    tracemalloc.start()
    device.happens(*[1] * 1_500)
    held = tracemalloc.take_snapshot().filter_traces([tracemalloc.Filter(True, "*/paho/*")])
    tracemalloc.stop()
    hub.serve_all_so_far()
    assert (hub.hellos, hub.batches) == (0, [])
    assert sum(trace.size for trace in held.traces) < 20_000
    assert device.connection.backlog == 1_501


def test_a_hub_that_is_there_and_silent_hears_hello_and_no_batch(device: Device, hub: ScriptedHub) -> None:
    hub.welcomes = False
    device.backlog(1_000)
    hub.be_online()
    hub.serve_until(lambda: hub.hellos >= 5)
    assert hub.batches == []


def test_a_device_says_that_it_is_there_and_says_goodbye(device: Device, hub: ScriptedHub) -> None:
    hub.serve_until(lambda: hub.presences)
    device.connection.stop()
    hub.serve_until(lambda: len(hub.presences) >= 2)
    hello, goodbye = hub.presences
    assert (hello.online, goodbye.online) == (True, False)
    assert hello.session == goodbye.session


def test_a_journal_that_cannot_be_read_ends_the_process(device: Device, hub: ScriptedHub) -> None:
    hub.be_online()
    hub.serve_until(lambda: device.connection.backlog == 0)
    device.happens(1)
    hub.serve_until(lambda: device.connection.backlog == 0)
    device.journal.append(DoorForced(compartment=2))
    device.journal.close()
    device.connection.wake()
    assert device.fatal.get(timeout=PATIENCE_SECONDS) == "the end"


def test_a_full_disk_ends_nothing_and_all_goes_on_when_there_is_room(
    device: Device, hub: ScriptedHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub.be_online()
    hub.serve_until(lambda: device.connection.online)
    full: queue.SimpleQueue[str] = queue.SimpleQueue()

    def no_room() -> None:
        full.put("asked")
        raise FullError("no room left")

    monkeypatch.setattr(device.journal, "checkpoint", no_room)
    monkeypatch.setattr(device.connection, "_checkpointed", -CHECKPOINT_FACTS)
    assert full.get(timeout=PATIENCE_SECONDS) == "asked"
    monkeypatch.undo()
    device.happens(1)
    hub.serve_until(lambda: device.connection.backlog == 0)
    assert device.fatal.empty()


def test_a_process_that_fails_at_a_notice_ends_and_does_not_fall_silent(
    device: Device, hub: ScriptedHub
) -> None:
    hub.be_online()
    hub.serve_until(lambda: device.connection.online)
    hub.send(NonceAsked(order="poison"))
    assert device.fatal.get(timeout=PATIENCE_SECONDS) == "the end"
