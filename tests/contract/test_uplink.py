"""A device and a hub in dialogue: what is sent, when, and what a strange hub can and cannot make it do."""

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from contract.chain import GENESIS
from contract.clock import Clock
from contract.codec import decode, encode
from contract.database import FullError
from contract.feed import Feed
from contract.journal import Journal
from contract.messages import (
    Ack,
    Batch,
    DoorForced,
    FeedPage,
    Hello,
    JournalOpened,
    NonceAsked,
    Presence,
    Welcome,
)
from contract.uplink import BeganAgain, FeedChanged, Outgoing, Uplink
from tests.fakes.clock import FakeClock


class Device:
    """An uplink with the parts a test wants to look at."""

    def __init__(self, path: Path, clock: Clock) -> None:
        self.journal = Journal.open(path / "journal.db", clock)
        self.feed = Feed.open(path / "feed.db")
        self.uplink = Uplink(
            self.journal, self.feed, program="bridge", version="1", clock=clock, jitter=random.Random(1)
        )

    def connect(self) -> Hello:
        self.uplink.link_changed(True)
        self.uplink.hub_presence(encode(Presence(online=True, session="hub-1")))
        return self.hello()

    def hello(self) -> Hello:
        [outgoing] = self.uplink.due()
        assert outgoing.leaf == "hello"
        return decode(outgoing.payload, Hello)

    def batch(self) -> Batch:
        [outgoing] = self.uplink.due()
        assert outgoing.leaf == "batch"
        return decode(outgoing.payload, Batch)

    def welcome(
        self, hello: Hello, cursor: int = 0, head: str = GENESIS, timeline: str = "1-a"
    ) -> list[object]:
        message = Welcome(
            hello=hello.id,
            timeline=timeline,
            journal=hello.journal,
            cursor=cursor,
            head=head,
            safe_prune=0,
            hub_wall_ms=1_795_000_000_000,
        )
        return list(self.uplink.received("welcome", encode(message)))

    def ack(self, batch: Batch, timeline: str = "1-a", **changes: object) -> list[object]:
        fields = {
            "timeline": timeline,
            "journal": batch.journal,
            "through": batch.first + len(batch.entries) - 1,
            "head": batch.head,
            "safe_prune": 0,
        }
        return list(self.uplink.received("ack", encode(Ack(**(fields | changes)))))  # type: ignore[arg-type]

    def forced(self, *compartments: int) -> None:
        for compartment in compartments:
            self.journal.append(DoorForced(compartment=compartment))

    def close(self) -> None:
        self.journal.close()
        self.feed.close()


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def device(tmp_path: Path, clock: FakeClock) -> Iterator[Device]:
    device = Device(tmp_path, clock)
    yield device
    device.close()


def test_nothing_is_sent_while_the_hub_does_not_say_it_is_there(device: Device) -> None:
    device.uplink.link_changed(True)
    assert device.uplink.due() == []
    device.uplink.hub_presence(encode(Presence(online=False, session="hub-1")))
    assert device.uplink.due() == []
    assert device.uplink.next_due_ms() is None


def test_hello_comes_first_then_one_batch_at_a_time_until_all_is_acknowledged(device: Device) -> None:
    device.forced(*range(1, 301))
    hello = device.connect()
    assert (hello.last_seq, hello.last_hash) == (301, device.journal.last_hash)
    assert device.uplink.due() == []
    device.welcome(hello)
    first = device.batch()
    assert device.uplink.due() == []
    device.ack(first)
    second = device.batch()
    assert second.first == first.first + len(first.entries)
    assert second.prev == first.head
    while device.uplink.backlog:
        device.ack(second)
        if device.uplink.backlog:
            second = device.batch()
    assert device.uplink.due() == []


@pytest.mark.parametrize(
    "instead", ["acknowledged", "half acknowledged", "sent again", "restored", "new journal"]
)
def test_what_was_read_ahead_is_sent_only_where_it_follows(
    device: Device, clock: FakeClock, instead: str
) -> None:
    device.forced(*range(1, 601))
    device.welcome(device.connect())
    first = device.batch()
    device.uplink.prepare()
    match instead:
        case "acknowledged":
            device.ack(first)
        case "half acknowledged":
            device.ack(first, through=first.first + 9, head=device.journal.hash_at(first.first + 9))
            clock.advance(3_000)
        case "sent again":
            clock.advance(3_000)
        case "restored":
            device.welcome(device.connect(), cursor=5, head=str(device.journal.hash_at(5)), timeline="2-b")
        case "new journal":
            device.ack(first, broken=True)
            device.welcome(device.hello())
    cursor = device.uplink._acked
    batch = device.batch()
    assert (batch.journal, batch.first) == (device.journal.id, cursor + 1)
    assert batch.prev == (GENESIS if cursor == 0 else device.journal.hash_at(cursor))


def test_a_batch_without_an_answer_is_sent_again_and_later_each_time(
    device: Device, clock: FakeClock
) -> None:
    device.welcome(device.connect())
    batch = device.batch()
    clock.advance(1_000)
    assert device.uplink.due() == []
    clock.advance(1_600)
    assert device.batch() == batch
    clock.advance(2_600)
    assert device.uplink.due() == []
    clock.advance(2_500)
    assert device.batch() == batch


def test_an_ack_counts_once_forwards_and_only_with_a_hash_of_our_own_chain(device: Device) -> None:
    device.forced(1)
    device.welcome(device.connect())
    batch = device.batch()
    device.ack(batch, head="f" * 64)
    device.ack(batch, through=99)
    device.ack(batch, timeline="0-old")
    device.ack(batch, journal="another")
    assert device.uplink.backlog == 2
    device.ack(batch)
    assert device.uplink.backlog == 0
    device.ack(batch, through=1, head=device.journal.hash_at(1))
    assert device.uplink.backlog == 0


def test_a_hub_restored_from_a_copy_gets_again_what_it_had_forgotten(device: Device) -> None:
    device.forced(1, 2, 3)
    device.welcome(device.connect())
    device.ack(device.batch())
    assert device.uplink.backlog == 0
    head = device.journal.hash_at(2)
    assert head is not None
    device.welcome(device.connect(), cursor=2, head=head, timeline="2-b")
    assert device.batch().first == 3


def test_a_hub_that_takes_ten_seconds_for_each_answer_is_understood_all_the_same(
    device: Device, clock: FakeClock
) -> None:
    said = [(clock.mono_ms(), device.connect())]
    for _ in range(60):
        clock.advance(1_000)
        said += [(clock.mono_ms(), decode(each.payload, Hello)) for each in device.uplink.due()]
        for at_ms, hello in said:
            if at_ms == clock.mono_ms() - 10_000:
                device.welcome(hello)
        if device.uplink.welcomed:
            break
    assert device.uplink.welcomed
    assert len(said) <= 4


def test_a_welcome_out_of_the_past_is_not_believed(device: Device) -> None:
    device.forced(1)
    old = device.connect()
    new = device.connect()
    device.welcome(old)
    assert not device.uplink.welcomed
    device.welcome(new)
    assert device.uplink.welcomed


def test_a_disk_that_went_back_in_time_opens_a_new_journal_and_replays(device: Device) -> None:
    device.forced(1, 2)
    old = device.journal.id
    notices = device.welcome(device.connect(), cursor=40, head="e" * 64)
    assert notices == [BeganAgain()]
    assert device.journal.reason == "went_back"
    hello = device.hello()
    assert hello.journal != old
    device.welcome(hello)
    entries = device.batch().entries
    assert bytes(entries[0].body) == encode(JournalOpened(reason="went_back", replaces=old))
    assert len(entries) == 4


def test_a_hub_that_refuses_every_chain_does_not_wear_the_card_out(device: Device, clock: FakeClock) -> None:
    device.welcome(device.connect(), cursor=40, head="e" * 64)
    journal = device.journal.id
    for _ in range(20):
        clock.advance(2_000)
        for outgoing in device.uplink.due():
            hello = decode(outgoing.payload, Hello)
            device.welcome(hello, cursor=40, head="e" * 64)
    assert device.journal.id == journal
    clock.advance(60_000)
    device.welcome(device.hello(), cursor=40, head="e" * 64)
    assert device.journal.id != journal


def test_no_room_for_a_new_journal_keeps_the_old_one_and_is_tried_again(
    device: Device, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    device.forced(1, 2)
    old = device.journal.id

    def no_room(*_: object, **__: object) -> None:
        raise FullError("no room left")

    monkeypatch.setattr(device.journal, "begin_again", no_room)
    assert device.welcome(device.connect(), cursor=40, head="e" * 64) == []
    assert (device.journal.id, device.journal.last_seq) == (old, 3)
    monkeypatch.undo()
    clock.advance(61_000)
    assert device.welcome(device.hello(), cursor=40, head="e" * 64) == [BeganAgain()]
    assert device.journal.id != old


def test_what_was_pruned_and_is_needed_again_is_declared_gone(device: Device, clock: FakeClock) -> None:
    device.forced(1, 2, 3)
    day = 86_400_000
    device.journal.acknowledged(3, 3, clock.wall_ms())
    device.journal.acknowledged(3, 3, clock.wall_ms() + 40 * day)
    assert device.journal.base_seq == 3
    device.welcome(device.connect(), cursor=1, head="a" * 64, timeline="2-b")
    hello = device.hello()
    device.welcome(hello, timeline="2-b")
    bodies = [bytes(entry.body) for entry in device.batch().entries]
    assert b'"hole"' in bodies[1]
    assert b'"first":2,"last":3' in bodies[1]


def test_a_byte_changed_on_our_disk_is_declared_and_the_rest_goes_up(device: Device) -> None:
    device.forced(1, 2, 3)
    device.welcome(device.connect())
    device.journal.db.execute("UPDATE entries SET mono_ms = mono_ms + 1 WHERE seq = 3")
    [outgoing] = device.uplink.due()
    assert outgoing.leaf == "hello"
    device.welcome(decode(outgoing.payload, Hello))
    bodies = [bytes(entry.body) for entry in device.batch().entries]
    assert sum(b"door_forced" in body for body in bodies) == 2
    assert any(b'"hole"' in body and b'"first":3,"last":3' in body for body in bodies)


def test_hello_is_said_again_every_so_often_because_a_broker_may_lose_anything(
    device: Device, clock: FakeClock
) -> None:
    hello = device.connect()
    clock.advance(4_000)
    again = device.hello()
    assert again.id != hello.id
    device.welcome(again)
    device.ack(device.batch())
    clock.advance(29_000)
    assert device.uplink.due() == []
    clock.advance(22_000)
    device.hello()


def test_feed_pages_are_taken_in_and_a_gap_asks_by_a_hello_soon(device: Device, clock: FakeClock) -> None:
    device.welcome(device.connect())
    device.ack(device.batch())
    whole = FeedPage(timeline="1-a", after=0, through=4, snapshot=True)
    assert device.uplink.received("feed", encode(whole)) == [FeedChanged(frozenset(), complete=True)]
    gap = FeedPage(timeline="1-a", after=6, through=7)
    assert device.uplink.received("feed", encode(gap)) == []
    clock.advance(1_300)
    assert device.hello().feed.version == 4


def test_the_feed_is_not_all_there_is_while_the_hub_lacks_what_was_saved_of_a_journal(
    device: Device, clock: FakeClock
) -> None:
    device.forced(1, 2)
    device.welcome(device.connect(), cursor=40, head="e" * 64)
    assert device.journal.reason == "went_back"
    whole = FeedPage(timeline="1-a", after=0, through=4, snapshot=True)
    hello = device.hello()
    device.welcome(hello)
    assert device.uplink.received("feed", encode(whole)) == []
    batch = device.batch()
    device.ack(batch)
    notices = device.welcome(device.hello(), cursor=device.journal.last_seq, head=batch.head)
    assert notices[-1] == FeedChanged(frozenset(), complete=True)


def test_a_wish_is_handed_on_only_in_a_session_the_hub_has_welcomed(device: Device) -> None:
    wish = encode(NonceAsked(order="o-1"))
    assert device.uplink.received("order", wish) == []
    hello = device.connect()
    assert device.uplink.received("order", wish) == []
    device.welcome(hello)
    assert device.uplink.received("order", wish) == [NonceAsked(order="o-1")]


@pytest.mark.parametrize("leaf", ["welcome", "ack", "feed", "order"])
@pytest.mark.parametrize("payload", [b"", b"{}", b"\xff\xfe", b"[" * 5_000, b'{"type":"welcome"}', b"null"])
def test_rubbish_from_the_hub_is_counted_and_changes_nothing(
    device: Device, leaf: str, payload: bytes
) -> None:
    device.welcome(device.connect())
    assert device.uplink.received(leaf, payload) == []
    assert device.uplink.malformed == 1
    assert isinstance(device.uplink.due()[0], Outgoing)
