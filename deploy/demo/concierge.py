"""The concierge of the demo, at a kiosk without a screen: puts parcels away by the real protocol.

An enrolled device like any other: it learns the people from the hub's feed, asks the bridge over the site
broker, and keeps its facts in a journal that goes up to the hub. Its hands are the simulated cabinet's.
"""

import queue
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

from contract import enrolment, topics
from contract import messages as m
from contract.clock import Clock
from contract.codec import ContractError, decode, encode
from contract.feed import Feed
from contract.hub_connection import HubConnection
from contract.journal import Journal
from contract.link import Link, Received, link_settings
from deploy.demo.plan import DemoError
from locker_firmware_bridge.boards.simulated.control import SimulatedBoardControl

AGAIN_SECONDS: Final = 1.0
PATIENCE_MS: Final = 20_000
_PROGRAM: Final = "demo-desk"


@dataclass(frozen=True)
class Deposit:
    """A parcel that was put away, with the slip for its addressee."""

    item: str
    person: m.PersonName
    compartment: int
    size: m.Size
    slip: m.Slip


class Concierge:
    """One concierge at work. Every method waits for its outcome and raises DemoError without one."""

    def __init__(self, device: Path, hands: SimulatedBoardControl, clock: Clock) -> None:
        who = enrolment.read(device, "kiosk")
        self._who, self._hands, self._clock = who, hands, clock
        self._changed = threading.Condition()
        self._beat: tuple[m.Presence, int] | None = None
        self._answers: queue.SimpleQueue[m.Answer] = queue.SimpleQueue()
        self._journal = Journal.open(device / "journal.sqlite3", clock)
        self._feed = Feed.open(device / "feed.sqlite3")
        self._hub = HubConnection(
            link_settings(who, who.hub_broker),
            self._journal,
            self._feed,
            program=_PROGRAM,
            version="0",
            clock=clock,
            notify=lambda _: self._wake(),
        )
        self._link = Link(
            link_settings(who, who.site_broker),
            subscriptions=topics.kiosk_subscriptions(who.device, who.bridge),
            on_message=self._hear,
        )

    @classmethod
    @contextmanager
    def at_work(cls, device: Path, hands: SimulatedBoardControl, clock: Clock) -> Iterator[Self]:
        """A concierge connected to both brokers, gone afterwards."""
        one = cls(device, hands, clock)
        one._hub.start()
        one._link.start()
        try:
            yield one
        finally:
            one._link.stop()
            one._hub.stop()
            one._feed.close()
            one._journal.close()

    def people(self, at_least: int = 1) -> list[m.PersonName]:
        """Everybody of the site, by name, once the hub has told so many."""
        self._wait_until(lambda: len(self._feed.documents("person/")) >= at_least, "les habitants")
        documents = self._feed.documents("person/").values()
        return sorted((one for one in documents if isinstance(one, m.PersonName)), key=lambda one: one.name)

    def sign_in(self, number: int, pin: str) -> m.StaffGranted:
        """Sign in with staff number and PIN. Asked again until the hub's feed brought the right to it."""
        deadline_ms = self._clock.mono_ms() + PATIENCE_MS
        while self._clock.mono_ms() < deadline_ms:
            answer = next(self._ask(m.SignIn(number=number, pin=pin)))
            if isinstance(answer, m.StaffGranted):
                return answer
            self._hands_rest(answer.wait_seconds if isinstance(answer, m.Refused) else 0)
        raise DemoError("La concierge n'a pas pu s'identifier à la borne.")

    def deposit(
        self, staff: m.StaffGranted, person: m.PersonName, size: m.Size, label: str, carrier: str
    ) -> Deposit:
        """Take a parcel in charge, have a door opened, put it in, close, and get the slip."""
        item = uuid.uuid4().hex
        self._journal.append(
            m.ParcelReceived(
                item=item, person=person.person, staff=staff.staff, size=size, label=label, carrier=carrier
            )
        )
        self._hub.wake()
        claim = m.Claim(
            visit=staff.visit, item=item, person=person.person, size=size, label=label, carrier=carrier
        )
        claimed = next(self._ask(claim))
        if not isinstance(claimed, m.Claimed):
            raise DemoError(f"Aucun casier pour ce colis ({type(claimed).__name__}).")
        slip = self._put_in(staff, claimed.item)
        return Deposit(item, person, claimed.item.compartment, size, slip)

    def leave(self, staff: m.StaffGranted) -> None:
        """End the visit."""
        next(self._ask(m.LeaveVisit(visit=staff.visit)), None)

    def wait_until_told(self) -> None:
        """Return once the hub has every fact of this device."""
        self._wait_until(lambda: self._hub.online and self._hub.backlog == 0, "le serveur")

    # --- at the door ---------------------------------------------------------------------------

    def _put_in(self, staff: m.StaffGranted, place: m.VisitItem) -> m.Slip:
        for answer in self._ask(m.OpenItem(visit=staff.visit, item=place.item)):
            match answer:
                case m.Door(state="opened"):
                    self._hands.put(place.compartment)
                    self._hands.close(place.compartment)
                case m.Settled(stands="left", slip=m.Slip() as slip):
                    return slip
                case m.Refused(why=why):
                    raise DemoError(f"Le casier {place.compartment} a refusé ({why}).")
                case m.Door(state="not_opened"):
                    raise DemoError(f"La porte {place.compartment} ne s'est pas ouverte.")
        raise DemoError(f"Le casier {place.compartment} n'a rien dit.")

    # --- the wire ------------------------------------------------------------------------------

    def _ask(self, body: m.AskBody) -> Iterator[m.AnswerBody]:
        """Put an ask, again every second until its first answer; yield its answers in their order."""
        self._wait_until(self._bridge_is_there, "le pilote des casiers")
        ask, expected = uuid.uuid4().hex, 0
        deadline_ms = self._clock.mono_ms() + PATIENCE_MS
        early: dict[int, m.AnswerBody] = {}
        while self._clock.mono_ms() < deadline_ms:
            if expected == 0:
                self._put(ask, body)
            try:
                answer = self._answers.get(timeout=AGAIN_SECONDS)
            except queue.Empty:
                continue
            if answer.ask == ask:
                early[answer.n] = answer.body
            while expected in early:
                yield early.pop(expected)
                expected += 1
        raise DemoError("Les casiers ne répondent pas.")

    def _put(self, ask: str, body: m.AskBody) -> None:
        if self._beat is None:
            return
        beat, heard_ms = self._beat
        at_ms = beat.at_ms + self._clock.mono_ms() - heard_ms
        topic = topics.ask(self._who.bridge, self._who.device)
        self._link.publish(topic, encode(m.Ask(id=ask, session=beat.session, at_ms=at_ms, body=body)))

    def _hear(self, message: Received) -> None:
        try:
            if message.topic == topics.lan_presence(self._who.bridge):
                self._beat = decode(message.payload, m.Presence), self._clock.mono_ms()
                self._wake()
            elif message.topic == topics.answer(self._who.device, self._who.bridge):
                self._answers.put(decode(message.payload, m.Answer))
        except ContractError:
            return  # what a bridge of another version says is not for us

    def _bridge_is_there(self) -> bool:
        return self._beat is not None and self._beat[0].online and self._link.connected

    # --- waiting -------------------------------------------------------------------------------

    def _wake(self) -> None:
        with self._changed:
            self._changed.notify_all()

    def _wait_until(self, condition: Callable[[], bool], whom: str) -> None:
        deadline_ms = self._clock.mono_ms() + PATIENCE_MS
        with self._changed:
            while not condition():
                if self._clock.mono_ms() > deadline_ms:
                    raise DemoError(f"Pas de nouvelles : {whom}.")
                self._changed.wait(0.1)

    def _hands_rest(self, seconds: int) -> None:
        with self._changed:
            self._changed.wait(max(seconds, 0.3))
