"""The hub's end of a real hub broker: it welcomes, acknowledges, feeds, orders, and keeps what came up."""

import queue
import threading
import uuid

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from msgspec.structs import replace

from contract import messages, topics
from contract.chain import GENESIS
from contract.codec import decode, decode_fact, encode
from contract.order import sign
from tests.fakes.brokers import StartedBroker
from tests.fakes.mqtt import BareClient
from tests.fakes.waiting import wait_until

PATIENCE_SECONDS = 120.0


class HubEnd:
    """One hub for one device."""

    def __init__(self, broker: StartedBroker, device: str, *, known: bool = False) -> None:
        self.device, self.known = device, known
        self.key = Ed25519PrivateKey.generate()
        self.timeline = uuid.uuid4().hex
        self.documents: dict[str, messages.AnyDocument] = {}
        self._version = 0
        self.entries: dict[str, list[messages.Entry]] = {}
        self.heads: dict[str, str] = {}
        self.replies: queue.SimpleQueue[messages.Reply] = queue.SimpleQueue()
        self._client = BareClient(broker.port, topics.HUB, broker.passwords[topics.HUB])
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> "HubEnd":
        assert self._client.connect()
        self._client.subscribe(*topics.hub_subscriptions())
        online = messages.Presence(online=True, session="hub-1")
        self._client.publish((topics.presence(topics.HUB), encode(online)), retain=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        self._thread.join()
        self._client.leave()

    @property
    def facts(self) -> list[messages.Fact]:
        """Everything that came up, in order."""
        every = [entry for entries in list(self.entries.values()) for entry in list(entries)]
        return [decode_fact(bytes(entry.body)) for entry in every]

    def tags(self) -> list[str]:
        """What came up, by name."""
        return [str(fact.__struct_config__.tag) for fact in self.facts]

    def wait_for(self, tag: str, times: int = 1) -> None:
        """Until a fact of this name came up so often."""
        wait_until(lambda: self.tags().count(tag) >= times, PATIENCE_SECONDS)

    def nonce(self, order: str) -> str:
        """Ask for a nonce and wait for it."""
        self._say("order", encode(messages.NonceAsked(order=order)))
        reply = self.replies.get(timeout=PATIENCE_SECONDS)
        assert isinstance(reply, messages.NonceGiven)
        return reply.nonce

    def order(self, order: str, nonce: str, compartment: int, allocation: int) -> messages.RemoteOpen:
        """A remote opening, signed."""
        unsigned = messages.RemoteOpen(
            order=order,
            nonce=nonce,
            compartment=compartment,
            allocation=allocation,
            actor="admin",
            reason="called by the person",
            signature="0" * 128,
        )
        return replace(unsigned, signature=sign(self.key, self.device, unsigned))

    def out_of_service(self, order: str, nonce: str, compartment: int, allocation: int) -> messages.SetUse:
        """A compartment is not to be used, signed."""
        unsigned = messages.SetUse(
            order=order,
            nonce=nonce,
            compartment=compartment,
            allocation=allocation,
            usable=False,
            actor="admin",
            reason="lock",
            signature="0" * 128,
        )
        return replace(unsigned, signature=sign(self.key, self.device, unsigned))

    def send(self, order: messages.SignedOrder) -> messages.Reply:
        """Send an order and wait for the reply."""
        self._say("order", encode(order))
        return self.replies.get(timeout=PATIENCE_SECONDS)

    def change(self, key: str, body: messages.AnyDocument | None) -> None:
        """The feed brings one document more, or says that it is no more."""
        after = self._version
        self.documents.pop(key, None)
        if body is not None:
            self.documents[key] = body
        self._version = after + 1
        raw = msgspec.UNSET if body is None else msgspec.Raw(msgspec.json.encode(body))
        page = messages.FeedPage(
            timeline=self.timeline,
            after=after,
            through=after + 1,
            documents=(messages.Document(key=key, version=after + 1, body=raw),),
        )
        self._say("feed", encode(page))

    def _say(self, leaf: topics.DownLeaf, payload: bytes) -> None:
        self._client.publish((topics.down(self.device, leaf), payload))

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                came = self._client.received.get(timeout=0.05)
            except queue.Empty:
                continue
            match topics.parse(came.topic).leaf:
                case "hello":
                    self._welcome(decode(came.payload, messages.Hello))
                case "batch":
                    self._take(decode(came.payload, messages.Batch))
                case "reply":
                    reply: messages.Reply = decode(came.payload, messages.Reply)  # type: ignore[arg-type]
                    self.replies.put(reply)

    def _welcome(self, hello: messages.Hello) -> None:
        known = self.known or bool(self.entries.keys() - {hello.journal})
        version = self._version = max(self._version, len(self.documents))
        welcome = messages.Welcome(
            hello=hello.id,
            timeline=self.timeline,
            journal=hello.journal,
            cursor=len(self.entries.setdefault(hello.journal, [])),
            head=self.heads.get(hello.journal, GENESIS),
            safe_prune=0,
            hub_wall_ms=1_795_000_000_000,
            feed_version=version,
            known=known,
        )
        self._say("welcome", encode(welcome))
        if hello.feed.timeline != self.timeline or hello.feed.version < version:
            documents = tuple(
                messages.Document(key=key, version=place, body=msgspec.Raw(msgspec.json.encode(body)))
                for place, (key, body) in enumerate(self.documents.items(), 1)
            )
            page = messages.FeedPage(
                timeline=self.timeline, after=0, through=version, documents=documents, snapshot=True
            )
            self._say("feed", encode(page))

    def _take(self, batch: messages.Batch) -> None:
        held = self.entries[batch.journal]
        if batch.first == len(held) + 1:
            held += batch.entries
            self.heads[batch.journal] = batch.head
        ack = messages.Ack(
            timeline=self.timeline,
            journal=batch.journal,
            through=len(held),
            head=self.heads[batch.journal],
            safe_prune=0,
        )
        self._say("ack", encode(ack))
