"""The loop: one thread, one queue. Something happens, the core decides, facts are committed, then it is done.

The order is the point: an unlock frame leaves only after the commit that contains its intent, and an
answer that reports success only after its commit.
"""

import logging
import queue
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from contract import messages, topics
from contract.clock import Clock
from contract.codec import ContractError, decode, encode
from contract.database import FailedError, FullError, StorageError
from contract.feed import Feed
from contract.ids import fresh_ids
from contract.journal import Journal
from contract.order import is_signed
from contract.uplink import BeganAgain, FeedChanged, Notice
from locker_firmware_bridge import boards as ports
from locker_firmware_bridge.core import happenings as core
from locker_firmware_bridge.core import site as rules_of
from locker_firmware_bridge.core.state import Decision, Rules
from locker_firmware_bridge.store import Store

BEAT_MS: Final = 2_000
ANSWER_KEPT_MS: Final = 10_000
"""An answer that could not leave is sent at the next connection if it is no older."""
TRY_AGAIN_MS: Final = 1_000
"""How long the loop waits for room on the disk before it writes down what happened meanwhile."""
HEARD_MOST: Final = 200
"""So many messages may wait in the inbox: of a kiosk that floods, the rest is dropped."""
_HELD_MOST: Final = 1_000
_UNSENT_MOST: Final = 64

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Heard:
    """A message of the site broker."""

    topic: str
    payload: bytes
    retained: bool = False


Event = Heard | Literal["up", "stop", "broken"] | ports.BoardReport | Notice | core.ScaleSaid
"""What the queue holds. `up`: the site broker is connected; `broken`: the disk failed somebody else."""


def hand_over(inbox: "queue.SimpleQueue[Event]", heard: Heard) -> None:
    """Put a message into the inbox while there is room; what is dropped, its kiosk asks again."""
    if inbox.qsize() < HEARD_MOST:
        inbox.put(heard)


@dataclass(frozen=True, slots=True)
class Wire:
    """Where a compartment's lock hangs: bus by name, board by its dial, lock from 1."""

    bus: str
    board: int
    lock: int


@dataclass(frozen=True)
class Outside:
    """What the loop may do to the world. The functions send now or not at all, and say whether they did."""

    publish: Callable[[str, bytes, bool], bool]
    """Topic, payload, retained; on the site broker."""
    reply: Callable[[messages.Reply], bool]
    """To the hub."""
    committed: Callable[[], None]
    """Facts are waiting to go up."""
    boards: Mapping[str, ports.Boards]
    weigh: Callable[[], None] = lambda: None
    """Begin to weigh: `core.ScaleSaid` comes into the inbox."""


class _AskId(messages.Message, frozen=True):
    """What can be read of an ask that is malformed."""

    id: messages.Id


class Bridge:
    """One run of the bridge. Whatever it is to know is put into its `inbox`, from any thread."""

    def __init__(
        self,
        inbox: "queue.SimpleQueue[Event]",
        outside: Outside,
        journal: Journal,
        feed: Feed,
        clock: Clock,
        *,
        rules: Rules,
        wires: Mapping[int, Wire],
        order_key: bytes,
        began: messages.ProcessStarted,
    ) -> None:
        self._inbox, self._outside, self._journal, self._feed = inbox, outside, journal, feed
        self._clock, self._rules, self._order_key, self._began = clock, rules, order_key, began
        self._wires = dict(wires)
        self._numbers = {wire: number for number, wire in wires.items()}
        self._store = Store(journal)
        self._site = self._store.load(rules)
        self._timers: dict[core.Timer, int] = {}
        self._beat_at_ms = 0
        self._room = False
        """Whether there was room on the disk at the last beat: looked at when nobody waits for a door."""
        self._pulses: dict[str, core.Unlock] = {}
        self._unsent: deque[tuple[int, core.Tell]] = deque(maxlen=_UNSENT_MOST)
        self._held: deque[core.What] = deque()
        self._held_until_ms = 0
        self.failures = 0
        """Events that ended in an error of ours, or in no message at all."""

    def run(self) -> None:
        """Until `stop` is in the inbox. Raises StorageError when the disk refuses to work."""
        self.start()
        while (event := self._next()) != "stop":
            self.step(event)

    def start(self) -> None:
        """Begin where the last run ended; nothing is pulsed."""
        journal = self._journal
        started = core.Started(
            boot=self._clock.boot,
            began=self._began,
            journal=journal.id,
            went_back=journal.reason == "went_back",
        )
        self._happen(started)
        knows_all = self._feed.position.timeline is not None
        self._happen(core.FeedChanged(dict(self._feed.documents("")), whole=knows_all))
        self._beat()

    def step(self, event: Event | None) -> None:
        """Handle one event (None: only time has passed) and what is due."""
        try:
            if event is not None:
                self._handle(event)
            self._run_due()
        except StorageError:
            raise
        except Exception:  # the outermost guard: a door must not stay shut for everybody because of one event
            self.failures += 1
            log.exception("an event could not be handled")

    def _next(self) -> Event | None:
        due_ms = min(self._timers.values(), default=self._beat_at_ms)
        wait_ms = max(0, min(due_ms, self._beat_at_ms) - self._clock.mono_ms())
        try:
            return self._inbox.get(timeout=wait_ms / 1000)
        except queue.Empty:
            return None

    # --- what comes in -------------------------------------------------------------------------

    def _handle(self, event: Event) -> None:
        match event:
            case Heard():
                self._heard(event)
            case "up":
                self._site_is_up()
            case messages.NonceAsked() | messages.RemoteOpen() | messages.TakeIn() | messages.SetUse():
                signed = isinstance(event, messages.SignedOrder) and is_signed(
                    self._order_key, self._rules.bridge, event
                )
                self._happen(core.OrderCame(event, signed))
            case messages.Welcome(known=known):
                self._happen(core.Welcomed(known))
            case BeganAgain():
                if self._journal.reason == "went_back":
                    self._happen(core.MemoryDoubted(self._journal.id))
            case FeedChanged(keys, complete):
                self._feed_changed(keys, complete)
            case core.ScaleSaid():
                self._happen(event)
            case "broken":
                raise FailedError("the journal cannot be used any more: see the lines above")
            case "stop":
                pass
            case _:
                self._reported(event)

    def _heard(self, heard: Heard) -> None:
        """An ask. A retained one is older than it looks, and nobody of ours sends it."""
        try:
            route = topics.parse(heard.topic)
        except topics.TopicError:
            self.failures += 1
            return
        if heard.retained or route.leaf != "ask":
            self.failures += 1
            return
        for boards in self._outside.boards.values():
            boards.hush()
        try:
            ask = decode(heard.payload, messages.Ask)
        except ContractError:
            self._malformed(route.writer, heard.payload)
        else:
            self._happen(core.AskCame(route.writer, ask))

    def _malformed(self, kiosk: str, payload: bytes) -> None:
        self.failures += 1
        log.warning("a malformed ask", extra={"kiosk": kiosk})
        try:
            ask = decode(payload, _AskId)
        except ContractError:
            return
        self._tell(core.Tell(kiosk, ask.id, 0, messages.Refused(why="malformed")))

    def _feed_changed(self, keys: frozenset[str], complete: bool) -> None:
        if keys:
            self._happen(core.FeedChanged({key: self._feed.get(key) for key in sorted(keys)}))
        if complete and self._site.run.memory in ("lost", "doubted"):
            self._happen(self._all_the_hub_knows())

    def _all_the_hub_knows(self) -> core.FeedComplete:
        holdings = self._feed.documents("holding/").values()
        rotations = self._feed.documents("rotation/").values()
        assignments = self._feed.documents("assignment/").values()
        return core.FeedComplete(
            holdings=tuple(each for each in holdings if isinstance(each, messages.Holding)),
            gone=frozenset(item for item in self._site.items if self._feed.is_gone(f"holding/{item}")),
            rotations=tuple(each for each in rotations if isinstance(each, messages.Rotation)),
            assignments=tuple(each for each in assignments if isinstance(each, messages.Assignment)),
        )

    def _reported(self, report: ports.BoardReport) -> None:
        match report:
            case ports.DoorsRead(bus, board, closed, opened):
                self._happen(core.Read(self._mapped(bus, board, closed), self._mapped(bus, board, opened)))
            case ports.BoardSilent(bus, board, why):
                log.warning("board %s/%s is silent: %s", bus, board, why)
                self._happen(core.Silent(f"{bus}/{board}", self._all_of(bus, board), why))
            case ports.BoardBack(bus, board):
                self._happen(core.Back(f"{bus}/{board}", self._all_of(bus, board)))
            case ports.UnlockSent(operation):
                self._pulse_over(operation, sent=True)
            case ports.UnlockFailed(operation, why, maybe_sent):
                log.warning("unlock not sent: %s", why, extra={"operation": operation})
                self._pulse_over(operation, sent=maybe_sent, surely=False)
            case ports.UnlockRefused(operation, why):
                log.warning("unlock refused by the board: %s", why, extra={"operation": operation})

    def _mapped(self, bus: str, board: int, locks: frozenset[int]) -> frozenset[int]:
        wires = (Wire(bus, board, lock) for lock in locks)
        return frozenset(self._numbers[wire] for wire in wires if wire in self._numbers)

    def _all_of(self, bus: str, board: int) -> tuple[int, ...]:
        return tuple(
            number for number, wire in sorted(self._wires.items()) if (wire.bus, wire.board) == (bus, board)
        )

    def _pulse_over(self, name: str, *, sent: bool, surely: bool = True) -> None:
        pulse = self._pulses.pop(name, None)
        if pulse is None:
            return
        if sent:
            self._happen(core.UnlockSent(pulse.compartment, pulse.operation, pulse.attempt, surely))
        else:
            self._happen(core.UnlockNotSent(pulse.compartment, pulse.operation, pulse.attempt))

    # --- deciding and committing ---------------------------------------------------------------

    def _happen(self, what: core.What) -> None:
        """Let the core decide, commit, then do. Without room on the disk nothing is done."""
        if self._held and not isinstance(what, core.AskCame | core.OrderCame):
            self._hold(what)
            return
        decision = self._decide(what)
        try:
            if decision.facts or decision.changes:
                self._store.commit(decision.facts, decision.changes)
        except FullError as error:
            log.error("%s", error)
            self._no_room(what)
            return
        self._site = decision.site
        for do in decision.then:
            self._do(do)
        if decision.facts:
            self._outside.committed()
            _log_facts(decision)

    def _decide(self, what: core.What) -> Decision:
        is_wish = isinstance(what, core.AskCame | core.OrderCame)
        ends = isinstance(what, core.AskCame) and isinstance(what.ask.body, rules_of.ENDING)
        begins = (is_wish and not ends) or what == core.TimerDue(core.TurnTimer())
        needs_ids = is_wish or what == core.TimerDue(core.AssignTimer())
        happened = core.Happened(
            what,
            now_ms=self._clock.mono_ms(),
            fresh=fresh_ids(self._clock.wall_ms(), rules_of.FRESH_IDS) if needs_ids else (),
            room=not begins or (not self._held and self._room),
            wall_ms=self._known_wall_ms() if isinstance(what, core.AskCame) else None,
            synced=self._clock.quality() == "synced",
        )
        return rules_of.advance(self._site, happened)

    def _known_wall_ms(self) -> int | None:
        return None if self._clock.quality() == "unknown" else self._clock.wall_ms()

    def _no_room(self, what: core.What) -> None:
        """Wishes are refused; what happened is kept, in order, until it can be written down."""
        match what:
            case core.AskCame(kiosk, ask):
                self._tell(core.Tell(kiosk, ask.id, 0, messages.Refused(why="disk")))
            case core.OrderCame(order):
                self._outside.reply(messages.OrderTaken(order=order.order, refused="disk"))
            case _:
                self._hold(what)

    def _hold(self, what: core.What) -> None:
        if not self._held:
            self._held_until_ms = self._clock.mono_ms() + TRY_AGAIN_MS
        is_again = bool(self._held) and self._held[-1] == what
        if len(self._held) < _HELD_MOST and not is_again:
            self._held.append(what)

    def _release(self) -> None:
        """Try to write down what had to wait; stop at the first that still cannot be."""
        self._held_until_ms = self._clock.mono_ms() + TRY_AGAIN_MS
        waiting, self._held = self._held, deque()
        try:
            while waiting and not self._held:
                self._happen(waiting.popleft())
        finally:
            self._held.extend(waiting)

    # --- doing ---------------------------------------------------------------------------------

    def _do(self, do: core.Do) -> None:
        match do:
            case core.Unlock():
                self._unlock(do)
            case core.Tell():
                self._tell(do)
            case core.SetTimer(timer, at_ms):
                self._timers[timer] = at_ms
            case core.Watch(compartment, until_ms):
                wire = self._wires[compartment]
                self._outside.boards[wire.bus].expect(wire.board, until_ms)
            case core.Calm(until_ms):
                for boards in self._outside.boards.values():
                    boards.calm(until_ms)
            case core.ShowDoors():
                self._show_doors()
            case core.Weigh():
                self._outside.weigh()
            case core.TellHub(reply):
                self._outside.reply(reply)

    def _unlock(self, unlock: core.Unlock) -> None:
        wire = self._wires[unlock.compartment]
        name = f"{unlock.operation}.{unlock.attempt}"
        self._pulses[name] = unlock
        self._outside.boards[wire.bus].unlock(ports.UnlockRequest(name, wire.board, wire.lock))

    def _tell(self, tell: core.Tell) -> None:
        if not self._send(tell):
            self._unsent.append((self._clock.mono_ms(), tell))

    def _send(self, tell: core.Tell) -> bool:
        answer = messages.Answer(ask=tell.ask, session=self._rules.session, n=tell.n, body=tell.body)
        topic = topics.answer(tell.kiosk, self._rules.bridge)
        return self._outside.publish(topic, encode(answer), False)

    def _show_doors(self) -> None:
        doors = self._site.doors
        picture = messages.Doors(
            session=self._rules.session,
            doors=tuple(
                messages.DoorPicture(compartment=number, state=doors[number].seen)
                for number in sorted(self._wires)
                if number in doors
            ),
            cabinet=tuple(self._rules.places[number] for number in sorted(self._rules.places)),
            scale=self._rules.scale,
        )
        self._outside.publish(topics.doors(self._rules.bridge), encode(picture), True)

    # --- time and connection -------------------------------------------------------------------

    def _run_due(self) -> None:
        now_ms = self._clock.mono_ms()
        if now_ms >= self._beat_at_ms:
            self._beat()
        if self._held:
            if now_ms >= self._held_until_ms:
                self._release()
            return
        for timer in [timer for timer, at_ms in self._timers.items() if at_ms <= now_ms]:
            del self._timers[timer]
            self._happen(core.TimerDue(timer))

    def _beat(self) -> None:
        """Say that the bridge lives, and its time, by which kiosks date what they ask."""
        now_ms = self._clock.mono_ms()
        self._beat_at_ms = now_ms + BEAT_MS
        presence = messages.Presence(online=True, session=self._rules.session, at_ms=now_ms)
        self._outside.publish(topics.lan_presence(self._rules.bridge), encode(presence), True)
        self._room = self._store.has_room()

    def _site_is_up(self) -> None:
        self._beat()
        self._show_doors()
        oldest_ms = self._clock.mono_ms() - ANSWER_KEPT_MS
        unsent, self._unsent = self._unsent, deque(maxlen=_UNSENT_MOST)
        for since_ms, tell in unsent:
            if since_ms >= oldest_ms and not self._send(tell):
                self._unsent.append((since_ms, tell))


def _log_facts(decision: Decision) -> None:
    """One line a fact, with the ids that lead from the finger to the ledger; never a code or a name."""
    for fact in decision.facts:
        ids = {
            name: getattr(fact, name, None) for name in ("operation", "visit", "compartment", "item", "order")
        }
        log.info(
            str(fact.__struct_config__.tag), extra={key: one for key, one in ids.items() if one is not None}
        )
