"""A hub small enough to read: it answers hello and batches as the contract says, and only when told to."""

import queue
from collections.abc import Callable

from contract import topics
from contract.chain import GENESIS, hashes
from contract.codec import decode, encode
from contract.messages import Ack, Batch, Entry, FeedPage, Health, Hello, Presence, Reply, Welcome, Wish
from tests.fakes.brokers import StartedBroker
from tests.fakes.mqtt import BareClient, Received
from tests.fakes.waiting import wait_until

TIMELINE = "1-a"


class ScriptedHub:
    """Keeps what one device sent, in `ledger`, in order; a batch that does not follow is not taken."""

    def __init__(self, broker: StartedBroker, device: str) -> None:
        self._broker, self._device = broker, device
        self.ledger: list[Entry] = []
        self.heads = [GENESIS]
        self.hellos = 0
        self.health: Health | None = None
        self.batches: list[Batch] = []
        self.presences: list[Presence] = []
        self.replies: list[Reply] = []
        self.feed_version = 0
        self.welcomes = self.acknowledges = True
        self.client = self._connected()

    def connect_again(self) -> None:
        """Connect anew, without telling anybody."""
        self.client.leave()
        self.client = self._connected()

    def _connected(self) -> BareClient:
        client = BareClient(self._broker.port, topics.HUB, self._broker.passwords[topics.HUB])
        assert client.connect()
        client.subscribe(*topics.hub_subscriptions())
        return client

    def be_online(self, online: bool = True) -> None:
        """Say so, retained."""
        presence = encode(Presence(online=online, session="hub-1"))
        self.client.publish((topics.presence(topics.HUB), presence), retain=True)

    def send(self, message: Wish | FeedPage, *, retain: bool = False) -> None:
        leaf: topics.DownLeaf = "feed" if isinstance(message, FeedPage) else "order"
        self.client.publish((topics.down(self._device, leaf), encode(message)), retain=retain)

    def serve_until(self, so: Callable[[], object], timeout_seconds: float = 120.0) -> None:
        """Answer what comes until `so()`."""

        def served() -> bool:
            while not so():
                try:
                    self._answer(self.client.received.get_nowait())
                except queue.Empty:
                    return False
            return True

        wait_until(served, timeout_seconds)

    def serve_all_so_far(self) -> None:
        """Answer what has arrived at the broker by now."""
        mark = encode(Presence(online=True, session="mark"))
        self.client.publish((topics.presence(topics.HUB), mark))
        for message in self.client.until(mark):
            self._answer(message)

    def _answer(self, message: Received) -> None:
        route = topics.parse(message.topic)
        if route.writer == self._device:
            match route.leaf:
                case "hello":
                    self._hello(decode(message.payload, Hello))
                case "batch":
                    self._batch(decode(message.payload, Batch))
                case "reply":
                    self.replies.append(decode(message.payload, Reply))  # type: ignore[arg-type]
                case "presence":
                    self.presences.append(decode(message.payload, Presence))

    def _hello(self, hello: Hello) -> None:
        self.hellos += 1
        self.health = hello.health
        if self.welcomes:
            welcome = Welcome(
                hello=hello.id,
                timeline=TIMELINE,
                journal=hello.journal,
                cursor=len(self.ledger),
                head=self.heads[-1],
                safe_prune=0,
                hub_wall_ms=hello.wall_ms,
                feed_version=self.feed_version,
            )
            self.client.publish((topics.down(self._device, "welcome"), encode(welcome)))

    def _batch(self, batch: Batch) -> None:
        self.batches.append(batch)
        if not self.acknowledges:
            return
        if batch.first == len(self.ledger) + 1:
            found = hashes(batch.journal, self.heads[-1], batch.first, batch.entries)
            assert (batch.prev, batch.head) == (self.heads[-1], found[-1])
            self.heads += found
            self.ledger += batch.entries
        ack = Ack(
            timeline=TIMELINE,
            journal=batch.journal,
            through=len(self.ledger),
            head=self.heads[-1],
            safe_prune=0,
        )
        self.client.publish((topics.down(self._device, "ack"), encode(ack)))
