"""The bridge's loop in a test's hands: real journal and feed, a clock that stands still, boards that obey."""

import queue
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from contract import messages, topics
from contract.codec import decode, decode_fact, encode
from contract.database import FullError
from contract.feed import Feed
from contract.journal import Journal, Transaction
from contract.messages import Fact, FeedPage
from contract.uplink import FeedChanged
from locker_firmware_bridge.boards import DoorsRead, UnlockRequest, UnlockSent
from locker_firmware_bridge.bridge import Bridge, Event, Heard, Outside, Wire
from locker_firmware_bridge.core.state import Rules
from tests.fakes.clock import FakeClock
from tests.fakes.core_site import BRIDGE, KIOSK, SITE_KEY, STAFF, cabinet

HUB_KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
ORDER_KEY = HUB_KEY.public_key().public_bytes_raw()
BEGAN = messages.ProcessStarted(program="bridge", version="0", sqlite="3")


class FillingJournal(Journal):
    """A journal on a disk that a test fills: nothing more can be committed, or no operation begun."""

    full = False
    nearly_full = False

    def has_room(self) -> bool:
        return not (self.full or self.nearly_full)

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        if self.full:
            raise FullError("no room left")
        with super().transaction() as transaction:
            yield transaction


class ObedientBoards:
    """A bus in the test's hands: keeps what it was asked, with what was durable at that moment."""

    name = "main"

    def __init__(self, loop: "LoopUnderTest") -> None:
        self._loop = loop
        self.unlocks: list[UnlockRequest] = []
        self.durable_before: list[list[Fact]] = []
        self.broken = False

    def start(self) -> None: ...

    def stop(self, timeout_seconds: float) -> None: ...

    def unlock(self, request: UnlockRequest) -> None:
        self.durable_before.append(self._loop.facts())
        self.unlocks.append(request)
        if self.broken:
            raise RuntimeError("a fault of ours")

    def expect(self, board: int, until_ms: int) -> None: ...
    def calm(self, until_ms: int) -> None: ...
    def hush(self) -> None: ...


class LoopUnderTest:
    """One bridge after the other on the same disk."""

    def __init__(self, directory: Path) -> None:
        self.clock = FakeClock()
        self.directory = directory
        self.online = True
        self.sent: list[tuple[str, bytes, bool]] = []
        self.durable_at_answers: list[list[Fact]] = []
        self.replies: list[messages.Reply] = []
        self.runs = 0
        self.serial = 0
        self.closed = frozenset(range(1, 9))
        self.start()

    def start(self) -> None:
        """Open the files and begin a run."""
        self.runs += 1
        self.session = f"session-{self.runs}"
        self.boards = ObedientBoards(self)
        self.inbox: queue.SimpleQueue[Event] = queue.SimpleQueue()
        journal = FillingJournal.open(self.directory / "journal.sqlite3", self.clock)
        assert isinstance(journal, FillingJournal)
        self.journal, self.feed = journal, Feed.open(self.directory / "feed.sqlite3")
        places = cabinet()
        self.bridge = Bridge(
            self.inbox,
            Outside(
                publish=self._publish,
                reply=self._reply,
                committed=lambda: None,
                boards={"main": self.boards},
            ),
            self.journal,
            self.feed,
            self.clock,
            rules=Rules(BRIDGE, self.session, SITE_KEY, places),
            wires={number: Wire("main", 0, number) for number in range(1, 9)},
            order_key=ORDER_KEY,
            began=BEGAN,
        )
        self.bridge.start()
        self.read()

    def stop(self) -> None:
        """End as a killed process ends: only the files stay."""
        self.feed.close()
        self.journal.close()

    def restart(self) -> None:
        """Killed and started."""
        self.stop()
        self.start()

    def welcome(self) -> None:
        """The hub says that this site is new, and who works there."""
        welcome = messages.Welcome(
            hello="h",
            timeline="t",
            journal=self.journal.id,
            cursor=0,
            head="0" * 64,
            safe_prune=0,
            hub_wall_ms=1,
        )
        self.bridge.step(welcome)
        self.feed_document("staff/staff-1", STAFF)

    def feed_document(self, key: str, body: messages.AnyDocument | None) -> None:
        """The hub's feed brings a document, or says that it is no more."""
        version = self.feed.position.version + 1
        raw = msgspec.UNSET if body is None else msgspec.Raw(msgspec.json.encode(body))
        document = messages.Document(key=key, version=version, body=raw)
        first = self.feed.position.timeline is None
        self.feed.apply(
            FeedPage(
                timeline="t",
                after=0 if first else version - 1,
                through=version,
                documents=(document,),
                snapshot=first,
            )
        )
        self.bridge.step(FeedChanged(frozenset({key}), complete=False))

    def read(self) -> None:
        """The board says how its doors stand."""
        opened = frozenset(range(1, 9)) - self.closed
        report = DoorsRead("main", 0, self.closed, opened, frozenset(), self.clock.mono_ms())
        self.bridge.step(report)

    def move(self, number: int, state: str) -> None:
        """A door moves."""
        self.closed = self.closed - {number} if state == "open" else self.closed | {number}
        self.read()

    def wait(self, ms: int) -> None:
        """Let time pass in steps, as the loop would."""
        for _ in range(0, ms, 500):
            self.clock.advance(500)
            self.bridge.step(None)

    def ask(self, body: messages.AskBody, ask: str | None = None) -> str:
        """A kiosk asks; the ask's id."""
        self.serial += 1
        name = ask or f"ask-{self.serial}"
        message = messages.Ask(id=name, session=self.session, at_ms=self.clock.mono_ms(), body=body)
        self.bridge.step(Heard(topics.ask(BRIDGE, KIOSK), encode(message)))
        return name

    def answers(self, ask: str) -> list[messages.AnswerBody]:
        """What was answered, in the order it left."""
        topic = topics.answer(KIOSK, BRIDGE)
        every = [decode(payload, messages.Answer) for to, payload, _ in self.sent if to == topic]
        return [answer.body for answer in every if answer.ask == ask]

    def sent_unlock(self) -> int:
        """The bus says that the last frame left; the door."""
        request = self.boards.unlocks[-1]
        report = UnlockSent(request.operation, request.board, request.lock, self.clock.mono_ms())
        self.bridge.step(report)
        return request.lock

    def door_obeys(self) -> None:
        """The last frame left; its door opens and closes."""
        number = self.sent_unlock()
        self.move(number, "open")
        self.wait(3_000)
        self.move(number, "closed")

    def sign_in(self) -> str:
        """Staff show their badge; the visit."""
        (granted,) = self.answers(self.ask(messages.SignIn(badge="04A2B3")))
        assert isinstance(granted, messages.StaffGranted)
        return granted.visit

    def deposit(self, item: str = "i1") -> messages.Slip:
        """Staff lay something in."""
        visit = self.sign_in()
        self.ask(messages.Claim(visit=visit, item=item, person="p1", size="S"))
        ask = self.ask(messages.OpenItem(visit=visit, item=item))
        self.wait(3_000)
        self.door_obeys()
        settled = self.answers(ask)[-1]
        assert isinstance(settled, messages.Settled)
        assert settled.slip is not None
        return settled.slip

    def facts(self) -> list[Fact]:
        """What is in the journal."""
        batch = self.journal.read(0, entries=10_000, size=10**9)
        return [] if batch is None else [decode_fact(bytes(entry.body)) for entry in batch.entries]

    def tags(self) -> list[str]:
        """What is in the journal, by name."""
        return [str(fact.__struct_config__.tag) for fact in self.facts()]

    def pictures(self, kind: type[Any]) -> list[Any]:
        """All presences or door pictures that left."""
        to = topics.doors(BRIDGE) if kind is messages.Doors else topics.lan_presence(BRIDGE)
        return [decode(payload, kind) for topic, payload, retain in self.sent if topic == to and retain]

    def _publish(self, topic: str, payload: bytes, retain: bool) -> bool:
        if self.online:
            self.sent.append((topic, payload, retain))
            if not retain:
                self.durable_at_answers.append(self.facts())
        return self.online

    def _reply(self, reply: messages.Reply) -> bool:
        self.replies.append(reply)
        return True
