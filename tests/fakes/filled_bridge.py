"""A bridge's memory with parcels in it, made by the real loop in an earlier boot, without a port and at once.

At a real door each deposit takes the three seconds two locks must be apart. Here time is a test's, so that
a whole cabinet is filled in a moment; what it leaves on the disk is what the real program reads at its start.
"""

import queue
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from msgspec import Raw
from msgspec.json import Decoder

from contract import credential, enrolment, topics
from contract import messages as m
from contract.chain import GENESIS
from contract.codec import decode, encode
from contract.feed import Feed
from contract.journal import Journal
from contract.uplink import FeedChanged
from locker_firmware_bridge import boards, config
from locker_firmware_bridge.bridge import Bridge, Event, Heard, Outside, Wire
from locker_firmware_bridge.core.state import Rules
from tests.fakes.clock import FakeClock

KIOSK: Final = "earlier-kiosk"
BADGE: Final = "0011223344"
_SESSION: Final = "earlier"
Decoder(config.LockersFile)  # several threads may read such a file (contract.codec)


@dataclass(frozen=True)
class Parcel:
    """What lies behind a door, and the slip its addressee holds in hand."""

    item: str
    door: int
    digits: str


class ObedientBus:
    """A bus whose doors open when they are told to, and are shut by hand two seconds later."""

    def __init__(self, name: str, locks: int) -> None:
        self.name = name
        self.asked: list[boards.UnlockRequest] = []
        self._all = frozenset(range(1, locks + 1))

    def unlock(self, request: boards.UnlockRequest) -> None:
        """Keep what was asked."""
        self.asked.append(request)

    def expect(self, board: int, until_ms: int) -> None:
        """Nothing to hurry."""

    def calm(self, until_ms: int) -> None:
        """Nothing to slow down."""

    def hush(self) -> None:
        """Nothing is asked."""

    def start(self) -> None:
        """Nothing to start."""

    def stop(self, timeout_seconds: float) -> None:
        """Nothing to stop."""

    def read(self, board: int, opened: frozenset[int], at_ms: int) -> boards.DoorsRead:
        """All doors of a board, these open."""
        return boards.DoorsRead(self.name, board, self._all - opened, opened, frozenset(), at_ms)


class _EarlierBoot:
    """One run of the bridge's loop on the device's own files."""

    def __init__(self, device: Path, feed: Feed, journal: Journal, clock: FakeClock) -> None:
        who, lockers = enrolment.read(device, "bridge"), config.read(device)
        assert who.site_key is not None
        self.clock, self._name = clock, who.device
        self._bus = ObedientBus(lockers.buses[0].name, len(lockers.locks))
        self._answers: list[m.Answer] = []
        self._inbox: queue.SimpleQueue[Event] = queue.SimpleQueue()
        self._bridge = Bridge(
            self._inbox,
            Outside(
                publish=self._publish,
                reply=lambda _: True,
                committed=lambda: None,
                boards={self._bus.name: self._bus},
            ),
            journal,
            feed,
            clock,
            rules=Rules(who.device, _SESSION, who.site_key, lockers.places),
            wires={number: Wire(*lock) for number, lock in lockers.locks.items()},
            order_key=bytes.fromhex(who.order_key),
            began=m.ProcessStarted(program="locker_firmware_bridge", version="0", sqlite="3"),
        )
        self._bridge.start()
        self._bridge.step(self._bus.read(0, frozenset(), clock.mono_ms()))
        self._bridge.step(_first_welcome(journal.id))
        self._meet_staff(feed, who.site_key)

    def deposit(self, item: str, person: str) -> Parcel:
        """Staff lay something in."""
        (granted,) = self._ask(m.SignIn(badge=BADGE))
        assert isinstance(granted, m.StaffGranted)
        (claimed,) = self._ask(m.Claim(visit=granted.visit, item=item, person=person, size="S"))
        assert isinstance(claimed, m.Claimed), claimed
        self._wait(3_000)
        ask = self._put(m.OpenItem(visit=granted.visit, item=item))
        self._door_obeys()
        settled = self._told(ask)[-1]
        assert isinstance(settled, m.Settled)
        assert settled.slip is not None
        self._ask(m.LeaveVisit(visit=granted.visit))
        return Parcel(item, claimed.item.compartment, settled.slip.digits)

    def drop(self, item: str, digits: str) -> Parcel:
        """Whoever has this code drops a bag."""
        (granted,) = self._ask(m.StartDrop(digits=digits))
        assert isinstance(granted, m.DropGranted), granted
        assert granted.person is not None
        claim = m.Claim(visit=granted.visit, item=item, person=granted.person, size="S", kind="bag")
        (claimed,) = self._ask(claim)
        assert isinstance(claimed, m.Claimed), claimed
        self._wait(3_000)
        self._put(m.OpenItem(visit=granted.visit, item=item))
        self._door_obeys()
        self._ask(m.LeaveVisit(visit=granted.visit))
        return Parcel(item, claimed.item.compartment, digits)

    def _door_obeys(self) -> None:
        last = self._bus.asked[-1]
        sent = boards.UnlockSent(last.operation, last.board, last.lock, self.clock.mono_ms())
        self._bridge.step(sent)
        for opened in (frozenset({last.lock}), frozenset[int]()):
            self._wait(1_000)
            self._bridge.step(self._bus.read(last.board, opened, self.clock.mono_ms()))

    def _wait(self, ms: int) -> None:
        self.clock.advance(ms)
        self._bridge.step(None)

    def _ask(self, body: m.AskBody) -> list[m.AnswerBody]:
        return self._told(self._put(body))

    def _put(self, body: m.AskBody) -> str:
        name = f"earlier-{self.clock.mono_ms()}-{len(self._answers)}"
        ask = m.Ask(id=name, session=_SESSION, at_ms=self.clock.mono_ms(), body=body)
        self._bridge.step(Heard(topics.ask(self._name, KIOSK), encode(ask)))
        return name

    def _told(self, ask: str) -> list[m.AnswerBody]:
        return [answer.body for answer in self._answers if answer.ask == ask]

    def _publish(self, topic: str, payload: bytes, _retain: bool) -> bool:
        if topic == topics.answer(KIOSK, self._name):
            self._answers.append(decode(payload, m.Answer))
        return True

    def _meet_staff(self, feed: Feed, site_key: bytes) -> None:
        staff = m.StaffCredential(
            staff="earlier-staff",
            initials="NB",
            number=99,
            pin_salt="salt",
            pin_hash="none",
            badge_hash=credential.badge_hash(site_key, BADGE),
        )
        one = m.Document(key=f"staff/{staff.staff}", version=1, body=Raw(encode(staff)))
        feed.apply(m.FeedPage(timeline="earlier", after=0, through=1, documents=(one,), snapshot=True))
        self._bridge.step(FeedChanged(frozenset({one.key}), complete=False))


def fill(device: Path, count: int, *, of_one: bool = False, drops: int = 0) -> list[Parcel]:
    """Lay parcels into a bridge that was never started, each for a person of its own or all for one.

    `drops`: so many bags are dropped by the first of them, `bag-1` and so on.
    """
    clock = FakeClock(boot="an-earlier-boot")
    journal = Journal.open(device / "data" / "journal.sqlite3", clock)
    with tempfile.TemporaryDirectory() as elsewhere:
        feed = Feed.open(Path(elsewhere) / "feed.sqlite3")
        boot = _EarlierBoot(device, feed, journal, clock)
        people = {place: 1 if of_one else place for place in range(1, count + 1)}
        parcels = [boot.deposit(f"item-{place}", f"person-{person}") for place, person in people.items()]
        parcels += [boot.drop(f"bag-{place}", parcels[0].digits) for place in range(1, drops + 1)]
        feed.close()
    journal.close()
    return parcels


def _first_welcome(journal: str) -> m.Welcome:
    return m.Welcome(
        hello="earlier",
        timeline="earlier",
        journal=journal,
        cursor=0,
        head=GENESIS,
        safe_prune=0,
        hub_wall_ms=0,
    )
