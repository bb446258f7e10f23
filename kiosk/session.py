"""One kiosk, one conversation: holds the state, carries out what the flows command.

Everything enters through `handle`, whatever thread it comes from, and one lock makes it one after the
other. Commands run in their order: a fact is durable before the ask that follows it leaves. What is
asked and shown lives in memory only; a restart forgets the conversation, the person types the code
once more and the bridge goes on where it was. Only what counts of a delivery is kept for its staff.
"""

import logging
import queue
import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Final, Literal, Protocol

import msgspec

from contract import topics
from contract.clock import Clock
from contract.codec import ContractError, decode, encode
from contract.messages import (
    Answer,
    AnswerBody,
    Ask,
    AskBody,
    CabinetCompartment,
    Doors,
    DropGranted,
    Fact,
    PersonName,
    Presence,
    ReceiptChecked,
    Size,
    StaffGranted,
    Stock,
    VisitGranted,
    VisitItem,
)
from kiosk.core import drop_events as ev
from kiosk.core import events as e
from kiosk.core import relay_events as re
from kiosk.core.asks import Asks
from kiosk.core.flow import advance
from kiosk.core.house_screens import CannotDo, ForWhom
from kiosk.core.people import search
from kiosk.core.relay_memory import Memory
from kiosk.core.screens import FindPerson, OutOfService, Refusal, Start
from kiosk.core.state import Record, Round, Send, SetTimer, State
from kiosk.knowledge import Documents, Knowledge

BEAT_SILENT_MS: Final = 10_000
"""The bridge beats every 2 s; without one for this long it is not there."""
_IDLE_WAIT_MS: Final = 1_000
_CALENDAR_MS: Final = 10_000
"""So often it is looked whether the place closed or opened meanwhile."""

log = logging.getLogger(__name__)


class Recorder(Protocol):
    """Where facts become durable (contract.journal.Journal)."""

    def append(self, fact: Fact) -> object:
        """Commit the fact; raises when that cannot be done."""
        ...


class Wire(Protocol):
    """Where asks leave (contract.link.Link)."""

    def publish(self, topic: str, payload: bytes) -> bool:
        """Send now or not at all."""
        ...


class Seen(msgspec.Struct, frozen=True):
    """What a page is drawn from: a moment of the conversation, numbered."""

    revision: int
    state: State


class Deliveries(Protocol):
    """Keeps the delivery that staff take in, over a restart (kiosk.store.Deliveries)."""

    def cut_short(self) -> Round | None:
        """The one that was not ended."""
        ...

    def keep(self, delivery: Round | None) -> None:
        """Durable when this returns; raises when that cannot be done."""
        ...


class Session:
    """The conversation of kiosk `device` with whoever stands there, over `bridge`."""

    def __init__(
        self,
        device: str,
        bridge: str,
        *,
        recorder: Recorder,
        wire: Wire,
        knowledge: Documents,
        clock: Clock,
        fresh_id: Callable[[], str],
        home_language: str = "fr",
        storage_failures: tuple[type[Exception], ...] = (),
        on_kept: Callable[[], None] = lambda: None,
        memory: Memory | None = None,
        deliveries: Deliveries | None = None,
    ) -> None:
        self._ask_topic = topics.ask(bridge, device)
        self._answers, self._doors, self._presence = topics.kiosk_subscriptions(device, bridge)
        self._recorder, self._wire = recorder, wire
        self.knows = Knowledge(knowledge, device, clock)
        """What the hub told."""
        self._clock, self._fresh_id = clock, fresh_id
        self._storage_failures, self._on_kept = storage_failures, on_kept
        self._lock = threading.RLock()
        self._changed = threading.Condition()
        self._inbox: queue.SimpleQueue[tuple[str, bytes] | frozenset[str] | Literal["up"] | None] = (
            queue.SimpleQueue()
        )
        self._asks = Asks()
        self._timers: dict[e.Slot, tuple[int, int]] = {}
        self._beat: Presence | None = None
        self._beat_ms = 0
        self._cabinet: tuple[CabinetCompartment, ...] = ()
        self._open_doors: tuple[int, ...] = ()
        self._calendar_ms = 0
        self.closed = False
        """Whether the kiosk is stopping."""
        self.strange = 0
        """Messages that were none of the contract's, since the start."""
        home = State(run=fresh_id(), home_language=home_language, language=home_language, bridge_up=False)
        self._deliveries = deliveries
        going_on = deliveries.cut_short() if deliveries is not None else None
        home = replace(home, memory=memory or Memory(), round=going_on)
        if self.knows.revoked:
            home = replace(home, revoked=True, screen=OutOfService())
        self._seen = self._told = Seen(1, home)
        self._kept = False
        """Whether facts were kept of which the hub's link has not been told."""
        self._recorded = self.knows.recorded_languages()
        self._calendar = (self.knows.closure, self.knows.there)

    # --- for the pages ---------------------------------------------------------------------------

    @property
    def seen(self) -> Seen:
        """The conversation as it stands."""
        return self._seen

    @property
    def is_free(self) -> bool:
        """Whether nobody stands there, as far as the screen tells."""
        return isinstance(self._seen.state.screen, Start | OutOfService)

    @property
    def cabinet(self) -> tuple[CabinetCompartment, ...]:
        """The lockers, once the bridge has described them."""
        return self._cabinet

    @property
    def open_doors(self) -> tuple[int, ...]:
        """The doors that stand open, as the bridge last said."""
        return self._open_doors

    @property
    def recorded_languages(self) -> frozenset[str]:
        """The languages in which somebody recorded something."""
        return self._recorded

    def wait(self, revision: int, timeout_seconds: float) -> Seen:
        """Wait until the screen is not that of `revision` any more, at most so long."""
        with self._changed:
            self._changed.wait_for(lambda: self._seen.revision != revision, timeout_seconds)
        return self._seen

    def told(self, keys: frozenset[str]) -> None:
        """Bags that have left are over here as well; so may this kiosk be. What pages show has changed."""
        if over := self.knows.over(keys):
            self.handle(e.BagsOver(over))
        if self.knows.is_of_revocation(keys):
            self.handle(e.RevocationSeen(self.knows.revoked))
        self.redraw()

    def redraw(self) -> None:
        """What pages show besides the state has changed."""
        self._recorded = self.knows.recorded_languages()
        with self._changed:
            self._seen = Seen(self._seen.revision + 1, self._seen.state)
            self._changed.notify_all()

    def find_people(self, query: str) -> tuple[PersonName, ...]:
        """Whom a parcel may be for; nobody unless staff is signed in."""
        if self._seen.state.staff is None:
            return ()
        return search(self.knows.people(), query)

    def person(self, person: str) -> PersonName | None:
        """Who that is, if the hub has told it; nobody is named unless staff is signed in."""
        return self.knows.person(person) if self._seen.state.staff is not None else None

    def entered(self, text: str) -> e.Entered:
        """Enter on a staff screen: who fits what is typed there, else who is shown and still known."""
        screen = self._seen.state.screen
        matches: tuple[PersonName, ...] = ()
        if isinstance(screen, FindPerson | ForWhom):
            shown = (self.person(one.person) for one in screen.matches)
            matches = self.find_people(text) if text else tuple(one for one in shown if one is not None)
        elif text:
            matches = self._expected(text)
        return e.Entered(text, matches, self._fresh_id())

    def fresh_id(self) -> str:
        """A new id for an item."""
        return self._fresh_id()

    # --- what happens ----------------------------------------------------------------------------

    def handle(self, event: e.Event) -> None:
        """Carry the conversation on; when this returns, what had to be kept and sent is."""
        with self._lock:
            self._handle(self._informed(event))

    def receive(self, topic: str, payload: bytes) -> None:
        """Take a message of the site broker; returns at once, the session's own thread reads it."""
        self._inbox.put((topic, payload))

    def feed_changed(self, keys: frozenset[str]) -> None:
        """The hub has told these documents, or that they are no more. Only hands over."""
        self._inbox.put(keys)

    def line_up(self) -> None:
        """The site broker is there again: unanswered asks leave at once. Only hands over (contract.link)."""
        self._inbox.put("up")

    def run(self) -> None:
        """Read messages and keep time until `close`."""
        while not self.closed:
            try:
                message = self._inbox.get(timeout=self._wait_ms() / 1000)
            except queue.Empty:
                message = None
            if message == "up":
                with self._lock:
                    self._asks.hurry()
            elif isinstance(message, frozenset):
                self.told(message)
            elif message is not None:
                self.read(*message)
            self.tick()

    def close(self) -> None:
        """End `run` and whoever waits for a change."""
        self.closed = True
        self._inbox.put(None)
        self.redraw()

    def read(self, topic: str, payload: bytes) -> None:
        """Understand one message; what is none of the contract's is counted and forgotten."""
        with self._lock:
            try:
                self._read(topic, payload)
            except ContractError as error:
                self.strange += 1
                log.warning("not understood", extra={"topic": topic, "why": str(error)})

    def tick(self) -> None:
        """Do what is due by now: timers, repeated asks, the bridge's silence."""
        with self._lock:
            now = self._clock.mono_ms()
            for slot, (serial, at_ms) in list(self._timers.items()):
                if at_ms <= now:
                    del self._timers[slot]
                    self._handle(e.TimerFired(slot, serial))
            for ask, body in self._asks.overdue(now):
                self._handle(self._answer(ask, body, now))
            for ask in self._asks.given_up(now):
                self._handle(e.NoAnswer(ask))
            self._put_due(now)
            self._listen(now)
            self._look_at_the_calendar(now)
            self._tell(now)

    # --- inside, under the lock --------------------------------------------------------------------

    def _informed(self, event: e.Event) -> e.Event:
        """The same, with what the hub has told about a label or a person."""
        match event:
            case e.Scanned(text) if text and self._seen.state.staff is not None:
                offers = self.knows.offers if self._seen.state.drop is not None else event.offers
                return replace(
                    event, expected=self._expected(text), wall_ms=self.knows.today_ms, offers=offers
                )
            case e.LabelGiven(text) if text and self._seen.state.staff is not None:
                return replace(event, expected=self._expected(text))
            case e.PersonChosen(person):
                return replace(event, known=self.person(person) is not None)
            case re.RelayDo():
                return replace(event, wall_ms=self.knows.today_ms)
            case ev.DropWanted():
                return self._drop_wanted()
            case ev.LetterSaid():
                return replace(event, tracked=self.knows.on_their_way())
            case ev.ServiceChosen() | ev.Agreed() | e.Scanned() if self._seen.state.drop is not None:
                return replace(event, offers=self.knows.offers)
            case e.Bigger() if self._seen.state.drop is not None:
                return replace(event, than=self._size_given(self._seen.state.drop.place))
            case _:
                return event

    def _size_given(self, place: VisitItem | None) -> Size | None:
        """How large the door is that was given: it may be larger than the one that was asked for."""
        doors = (one for one in self._cabinet if place is not None and one.compartment == place.compartment)
        return next((one.size for one in doors), None)

    def _expected(self, text: str) -> tuple[PersonName, ...]:
        """Whom a parcel with this label is for, as far as that was told."""
        known = map(self.person, self.knows.expected(text))
        return tuple(one for one in known if one is not None)

    def _handle(self, event: e.Event) -> None:
        before = self._seen.state
        state, commands = advance(before, event)
        for command in commands:
            try:
                self._do(command)
            except self._storage_failures:
                log.exception("a fact could not be kept")
                if isinstance(command, Record) and not command.needed:
                    continue
                state, timers = advance(before, e.RecordFailed())
                for timer in timers:
                    self._do(timer)
                break
        self._publish(state)
        self._keep_delivery(before, state)
        self._kept |= any(isinstance(command, Record) for command in commands)
        self._tell(self._clock.mono_ms())
        if commands:
            self._inbox.put(None)  # what `run` waits for may have changed

    def _keep_delivery(self, before: State, state: State) -> None:
        """Where it changed in what counts. Without room the delivery goes on, and ends with a restart."""
        if self._deliveries is None or _tally(before) == _tally(state):
            return
        try:
            self._deliveries.keep(state.kept_round())
        except self._storage_failures:
            log.warning("the delivery could not be kept")

    def _do(self, command: Record | Send | SetTimer) -> None:
        match command:
            case Record(fact):
                self._recorder.append(fact)
            case Send(ask, body):
                now = self._clock.mono_ms()
                self._asks.put(ask, body, now)
                self._put(ask, body, now)
            case SetTimer(slot, serial, delay_ms):
                self._timers[slot] = (serial, self._clock.mono_ms() + delay_ms)

    def _put(self, ask: str, body: AskBody, now: int) -> None:
        """Put an ask with the bridge's own time on it, as far as we have heard it."""
        beat = self._beat
        if beat is None or not beat.online:
            return
        at_ms = beat.at_ms + (now - self._beat_ms)
        payload = encode(Ask(id=ask, session=beat.session, at_ms=at_ms, body=body))
        if self._wire.publish(self._ask_topic, payload):
            self._asks.sent(ask, now)

    def _put_due(self, now: int) -> None:
        for ask, body in self._asks.due(now):
            self._put(ask, body, now)

    def _publish(self, state: State) -> None:
        """Show the new state, after everything left.

        A timer that begins anew is no change: drawing the same screen again would take the button away
        from under the finger, and set a countdown back.
        """
        with self._changed:
            changed = _drawn(state) != _drawn(self._seen.state)
            self._seen = Seen(self._seen.revision + changed, state)

    def _tell(self, now: int) -> None:
        """Wake pages and hub, unless the bridge is about to answer.

        They would take the processor from it while somebody waits for a door, and draw a screen that the
        answer replaces at once.
        """
        if self._asks.moment_ms(now) is not None:
            return
        if self._kept:
            self._kept = False
            self._on_kept()
        if self._told is not self._seen:
            with self._changed:
                self._told = self._seen
                self._changed.notify_all()

    def _read(self, topic: str, payload: bytes) -> None:
        now = self._clock.mono_ms()
        if topic == self._answers:
            answer = decode(payload, Answer)
            for body in self._asks.answered(answer, now):
                self._handle(self._answer(answer.ask, body, now))
        elif topic == self._presence:
            self._hear(decode(payload, Presence), now)
        elif topic == self._doors:
            self._see(decode(payload, Doors))
        else:
            raise ContractError("a topic nobody subscribed to")

    def _answer(self, ask: str, body: AnswerBody, now: int) -> e.Answered:
        """What the bridge said, and in whose language to go on."""
        whose = body.person if isinstance(body, VisitGranted | DropGranted) else None
        person = self.knows.person(whose) if whose is not None else None
        people = self._people_of_round() if isinstance(body, StaffGranted) else ()
        told = self.knows.bags() if isinstance(body, Stock) else ()
        if whose is not None or isinstance(body, ReceiptChecked):
            told = self.knows.on_their_way()
        language = person.language if person is not None else None
        begins = self._drop_wanted() if isinstance(body, DropGranted) else None
        return e.Answered(ask, body, now, language, people, told, begins)

    def _drop_wanted(self) -> ev.DropWanted:
        """With new ids, and what is offered at this moment."""
        return ev.DropWanted(self.knows.offers, (self._fresh_id(), self._fresh_id(), self._fresh_id()))

    def _people_of_round(self) -> tuple[PersonName, ...]:
        """Whom the parcels of the delivery that waits for its staff are for, as far as that is told."""
        kept = self._seen.state.round
        owners = kept.pile.owners() if kept is not None else ()
        return tuple(one for one in map(self.knows.person, owners) if one is not None)

    def _see(self, picture: Doors) -> None:
        open_doors = tuple(one.compartment for one in picture.doors if one.state == "open")
        told = open_doors != self._open_doors and isinstance(self._seen.state.screen, CannotDo | Refusal)
        changed = told or picture.cabinet != self._cabinet
        self._cabinet, self._open_doors = picture.cabinet, open_doors
        if changed:
            self.redraw()
        if picture.scale != self._seen.state.scale:
            self._handle(e.ScaleSeen(picture.scale))

    def _hear(self, beat: Presence, now: int) -> None:
        """The bridge's beat, or its last will. A new session may be waited for: ask at once."""
        was_there = self._beat is not None and self._beat.online and self._beat.session == beat.session
        self._beat, self._beat_ms = beat, now
        self._listen(now)
        if beat.online and not was_there:
            self._asks.hurry()
            self._put_due(now)

    def _listen(self, now: int) -> None:
        beat = self._beat
        up = beat is not None and beat.online and now - self._beat_ms < BEAT_SILENT_MS
        if up != self._seen.state.bridge_up:
            self._handle(e.BridgeSeen(up))

    def _look_at_the_calendar(self, now: int) -> None:
        """A closure begins or ends, and people come and go, without any message."""
        if now < self._calendar_ms:
            return
        self._calendar_ms = now + _CALENDAR_MS
        if (calendar := (self.knows.closure, self.knows.there)) != self._calendar:
            self._calendar = calendar
            self.redraw()

    def _wait_ms(self) -> int:
        with self._lock:
            now = self._clock.mono_ms()
            times = [at_ms for _, at_ms in self._timers.values()]
            if (due := self._asks.next_ms(now)) is not None:
                times.append(due)
            if (moment := self._asks.moment_ms(now)) is not None:
                times.append(moment)
        return max(1, min(min(times, default=now + _IDLE_WAIT_MS) - now, _IDLE_WAIT_MS))


def _tally(state: State) -> tuple[object, ...]:
    """What counts of the delivery that goes on."""
    if state.staff is not None and (state.staff.pile.begun or state.staff.pile.aside):
        return state.staff.staff, state.staff.pile.tally()
    return (state.round.staff, state.round.pile.tally()) if state.round is not None else ()


def _drawn(state: State) -> State:
    """What of the state a page shows."""
    return replace(state, timers=0, idle_timer=0, step_timer=0, help_timer=0, look_timer=0, sought=None)
