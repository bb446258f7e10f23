"""What the hub does with what devices say. No network and no thread: see `hub.service`.

Payloads in, payloads out. Everything that arrived together is committed together, and answered only
after the commit. Whatever is no message of an enrolled device is counted, and is an incident.
"""

import gc
import logging
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import tzinfo
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from contract import topics
from contract.clock import Clock
from contract.codec import CEILING, ContractError, decode, encode
from contract.messages import Ack, Batch, Hello, LogTold, Presence, Reply
from hub.core.fact_alarms import STILL_ON
from hub.farewell import Farewell
from hub.feed import FeedSender, Outgoing
from hub.keys import Keys
from hub.log_wishes import LogWishes
from hub.notify.attendance import card_words
from hub.orders import Orders
from hub.store import (
    catalogue,
    deadlines,
    devices,
    dictated,
    feed,
    log_wishes,
    mandates,
    presence,
    refused,
    remarks,
    take_ins,
    timeline,
    tries,
)
from hub.store.beats import forget_beats
from hub.store.database import Engine, StoreError, reading, writing
from hub.store.devices import Device
from hub.store.intake import Intake
from hub.store.ledger import CursorMovedError, Held, ReplayError
from hub.store.sites import site_ids
from hub.welcome import welcome

_DAY_MS: Final = 86_400_000
_NOTE_EVERY_MS: Final = 1_000
_UPKEEP_EVERY_MS: Final = 60_000
_KNOWN_MS: Final = 500
_SETTLE_EVERY_MS: Final = 600_000
_YOUNG_OBJECTS: Final = 50_000

_HOME: Final = ZoneInfo("Europe/Paris")

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Said:
    """A payload of a device under a leaf of its topics (contract.topics)."""

    device: str
    leaf: str
    payload: bytes


_Message = Hello | Batch | Presence | Reply


def collect_seldom() -> None:
    """Have this process look for cycles of garbage less often.

    A batch makes thousands of objects that die by themselves; going through them while they live costs a
    fifteenth of the time.
    """
    gc.freeze()
    gc.set_threshold(_YOUNG_OBJECTS, 20, 20)


class Ingest:
    """The hub's ear and mouth. One owner calls it, from one thread."""

    def __init__(self, engine: Engine, keys: Keys, clock: Clock, witness: Path, zone: tzinfo = _HOME) -> None:
        """`zone`: where the sites stand, for their hours."""
        self._engine, self._clock, self._zone = engine, clock, zone
        self._witness = timeline.Witness(witness)
        with writing(engine) as connection:
            self.timeline = timeline.resume(connection, self._witness, clock.wall_ms())
            self._witness.note(connection)
            devices.nobody_is_online(connection, clock.wall_ms())
        self._online: dict[str, str] = {}
        self._devices: dict[str, Device] = {}
        self._known_until_ms = 0
        self._feed = FeedSender(engine, self.timeline)
        self._farewell = Farewell(engine, self.timeline, clock)
        self._orders = Orders(engine, keys, clock, self._online.__contains__)
        self._logs = LogWishes(engine, clock, self._online.__contains__)
        self._counted: Counter[tuple[str, str]] = Counter()
        self._note_at_ms = clock.mono_ms()
        self._tidy_at_ms = clock.mono_ms()
        self._settle_at_ms = clock.mono_ms()
        self._to_settle: list[str] = []
        self._upkeep_at_ms = clock.mono_ms()

    # --- what the owner calls ------------------------------------------------------------------

    def handle(self, device: str, leaf: str, payload: bytes) -> list[Outgoing]:
        """Take one payload; what to answer."""
        return self.handle_many([Said(device, leaf, payload)])

    def handle_many(self, said: Sequence[Said]) -> list[Outgoing]:
        """Take what arrived together, in order, in one commit; what to answer.

        Where the commit fails nothing is answered, and the devices will say it again.
        """
        known = self._known({each.device for each in said})
        heard = [pair for each in said if (pair := self._heard(each, known)) is not None]
        journals = [(device, message) for device, message in heard if isinstance(message, Hello | Batch)]
        answers = self._journals(journals) if journals else []
        answers += self._farewells(said, known)
        for device, message in heard:
            match message:
                case Hello(id=hello, feed=position):
                    answers += self._feed.hello(device, position, hello)
                case Presence():
                    self._presence(device.id, message)
                case Batch():
                    pass
                case LogTold():
                    self._logs.told(device.id, message)
                case reply:
                    answers += self._orders.reply(device.id, reply)
        return answers

    def tick(self) -> list[Outgoing]:
        """What is to be sent though nothing arrived. Call it five times a second."""
        now = self._clock.mono_ms()
        farewells: list[Outgoing] = []
        if now >= self._note_at_ms:
            self._note_at_ms = now + _NOTE_EVERY_MS
            self._note_counted()
            farewells = self._end_revoked()
        if now >= self._tidy_at_ms:
            self._tidy_at_ms = now + _DAY_MS
            with writing(self._engine) as connection:
                feed.forget_tombstones(connection, self._clock.wall_ms())
                forget_beats(connection, self._clock.wall_ms())
        if now >= self._upkeep_at_ms:
            self._upkeep_at_ms = now + _UPKEEP_EVERY_MS
            self._upkeep()
        self._settle(now)
        return [*farewells, *self._orders.tick(), *self._logs.tick(), *self._feed.news()]

    def _settle(self, now: int) -> None:
        """Look at everybody's days, one site a call: closures end, promises pass, without any message."""
        if now >= self._settle_at_ms:
            self._settle_at_ms = now + _SETTLE_EVERY_MS
            with reading(self._engine) as connection:
                self._to_settle = site_ids(connection)
        if self._to_settle:
            with writing(self._engine) as connection:
                site = self._to_settle.pop()
                deadlines.settle(connection, site, self._clock.wall_ms(), self._zone)
                catalogue.tell(connection, site, self._clock.wall_ms(), self._zone)
                presence.tell(connection, site, self._clock.wall_ms(), self._zone, card_words)
                devices.tell_revoked(
                    connection, site, self._clock.wall_ms()
                )  # and who was before that was told

    def _upkeep(self) -> None:
        """What ends by the clock: mandates, codes told by telephone, photos, what was taken in."""
        now_ms = self._clock.wall_ms()
        with writing(self._engine) as connection:
            mandates.expire_mandates(connection, now_ms)
            dictated.change_used_codes(connection, now_ms)
            refused.forget_photos(connection, now_ms)
            take_ins.forget(connection, now_ms)
            remarks.forget_photos(connection, now_ms)
            log_wishes.forget(connection, now_ms)
            devices.switched_off(connection, now_ms)
            tries.forget(connection, now_ms)

    def lost_broker(self) -> None:
        """The hub is alone: it knows of nobody, and nobody follows the feed."""
        for device in list(self._online):
            self._gone(device)
        with writing(self._engine) as connection:
            devices.nobody_is_online(connection, self._clock.wall_ms())

    def refuse(self, device: str, kind: str) -> None:
        """Count something that was turned away before it was read; it becomes an incident."""
        self._counted[device, kind] += 1

    # --- reading -------------------------------------------------------------------------------

    def _known(self, names: set[str]) -> dict[str, Device]:
        """Devices by name. What was read stays good for a moment: a revoked one is shut out just after."""
        now = self._clock.mono_ms()
        if now >= self._known_until_ms:
            self._devices, self._known_until_ms = {}, now + _KNOWN_MS
        if missing := names - self._devices.keys():
            with reading(self._engine) as connection:
                self._devices |= devices.named(connection, missing)
        return self._devices

    def _heard(self, said: Said, known: dict[str, Device]) -> tuple[Device, _Message] | None:
        device = known.get(said.device)
        if device is None:
            self.refuse("", "stranger")
            return None
        if device.revoked:
            if said.leaf != "presence":  # which brokers keep, and tell of the dead
                self.refuse(device.id, STILL_ON)
            return None
        if len(said.payload) > CEILING:
            self.refuse(device.id, "oversized")
            return None
        try:
            return device, _message(said)
        except ContractError as error:
            log.warning("a malformed %s: %s", said.leaf, error, extra={"device": device.id})
            self.refuse(device.id, "malformed")
            return None

    def _farewells(self, said: Sequence[Said], known: dict[str, Device]) -> list[Outgoing]:
        """What those are answered that are out of service and begin to speak all the same."""
        answers: list[Outgoing] = []
        for one in said:
            device = known.get(one.device)
            if device is not None and device.revoked and one.leaf == "hello" and len(one.payload) <= CEILING:
                with suppress(ContractError):
                    answers += self._farewell.hello(device, decode(one.payload, Hello))
        return answers

    # --- journals up ---------------------------------------------------------------------------

    def _journals(self, heard: Sequence[tuple[Device, Hello | Batch]]) -> list[Outgoing]:
        """Commit all of it at once; one by one if something stood in the way."""
        try:
            return self._commit_with_replays(heard)
        except (StoreError, CursorMovedError, ReplayError) as error:
            log.warning("a commit of %d messages failed: %s", len(heard), type(error).__name__)
            if len(heard) == 1:
                return []
        return [answer for one in heard for answer in self._journals([one])]

    def _commit_with_replays(self, heard: Sequence[tuple[Device, Hello | Batch]]) -> list[Outgoing]:
        """Events hardly ever come again: look for them only when the ledger says so."""
        try:
            return self._commit(heard)
        except ReplayError:
            return self._commit(heard, replays=True)

    def _commit(
        self, heard: Sequence[tuple[Device, Hello | Batch]], *, replays: bool = False
    ) -> list[Outgoing]:
        now_ms = self._clock.wall_ms()
        acks: dict[str, Outgoing] = {}
        hellos: list[tuple[Device, Hello, Held, bool]] = []
        with writing(self._engine) as connection:
            intake = Intake(connection, now_ms, replays=replays)
            for device, message in heard:
                match message:
                    case Hello():
                        hellos.append((device, message, *intake.hello(device, message)))
                    case Batch():
                        acks |= self._ack(intake, device, message)
            intake.finish()  # before the feed is looked at: a cursor told goes with what it made of the feed
            welcomes = [
                welcome(
                    device,
                    hello,
                    held,
                    self.timeline,
                    now_ms,
                    feed_version=feed.version(connection, device.site, device.kind),
                    known=known,
                )
                for device, hello, held, known in hellos
            ]
        return [*welcomes, *acks.values()]

    def _ack(self, intake: Intake, device: Device, batch: Batch) -> dict[str, Outgoing]:
        """One ack a device: the last one says it all."""
        taken = intake.batch(device, batch)
        if taken is None:
            return {}
        ack = Ack(
            timeline=self.timeline,
            journal=batch.journal,
            through=taken.held.cursor,
            head=taken.held.head,
            safe_prune=taken.held.safe_prune,
            quarantined=taken.quarantined,
            broken=taken.broken,
        )
        return {device.id: (topics.down(device.id, "ack"), encode(ack))}

    # --- presence and incidents ----------------------------------------------------------------

    def _presence(self, device: str, presence: Presence) -> None:
        """The death of an earlier session is no news."""
        if not presence.online and self._online.get(device) != presence.session:
            return
        if presence.online:
            self._online[device] = presence.session
        else:
            self._gone(device)
        with writing(self._engine) as connection:
            now_ms = self._clock.wall_ms()
            devices.presence(connection, device, presence.online, presence.session, now_ms)

    def _gone(self, device: str) -> None:
        del self._online[device]
        self._feed.gone(device)

    def _end_revoked(self) -> list[Outgoing]:
        """The last words to whoever was revoked: then it is told nothing, whatever its broker does."""
        with reading(self._engine) as connection:
            revoked = devices.revoked_of(connection, self._online)
        if not revoked:
            return []
        self._known_until_ms = 0  # or what one said within this moment would bring it back
        for device in revoked:
            self._gone(device)
        with writing(self._engine) as connection:
            devices.are_offline(connection, revoked, self._clock.wall_ms())
        return self._farewell.sessions_end(revoked)

    def _note_counted(self) -> None:
        if self._counted:
            with writing(self._engine) as connection:
                for (device, kind), count in self._counted.items():
                    devices.incident(connection, device, kind, self._clock.wall_ms(), count=count)
            self._counted.clear()
        with reading(self._engine) as connection:
            self._witness.note(connection)


def _message(said: Said) -> _Message:
    match said.leaf:
        case "hello":
            return decode(said.payload, Hello)
        case "batch":
            return decode(said.payload, Batch)
        case "presence":
            return decode(said.payload, Presence)
        case "reply":
            return decode(said.payload, Reply)  # type: ignore[arg-type]
    raise ContractError("a leaf the hub does not read")
