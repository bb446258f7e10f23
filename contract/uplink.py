"""How a device talks to the hub: the journal up, the feed down. No network, no thread (see hub_connection).

The rules, in the order they apply:

- Nothing is sent unless the link is up and the hub's presence says online.
- First comes `hello`, again after 3 s and later each time until a welcome echoes its id, and about every 40 s
  from then on: whatever a broker lost, the next hello heals.
- A welcome says what the hub has. We know that point of the chain: go on from there (it may lie further
  back than an ack said: the hub was restored). We do not: our disk went back in time, or the entries are
  gone; open a new journal and replay what is held.
- One batch is in flight; it is sent again after a jittered time-out that doubles up to 30 s.
- An ack counts within the timeline and journal of the last welcome, never backwards, and only if its
  head is a hash of our own chain.
- Wishes of the hub are handed on only in such a session, and never kept.
"""

import logging
import random
import uuid
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from contract.chain import GENESIS
from contract.clock import Clock
from contract.codec import ContractError, decode, encode
from contract.database import FullError
from contract.feed import Feed
from contract.journal import BrokenChainError, Journal, Reason
from contract.messages import Ack, Batch, FeedPage, Health, Hello, LogAsked, Order, Presence, Welcome, Wish
from contract.topics import UpLeaf

HELLO_EVERY_MS: Final = 40_000
HELLO_RETRY_MS: Final = 3_000
HELLO_RETRY_MOST_MS: Final = 30_000
BATCH_RETRY_MS: Final = 2_000
BATCH_RETRY_MOST_MS: Final = 30_000
BEGIN_AGAIN_EVERY_MS: Final = 60_000

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Outgoing:
    """A payload for `up/<leaf>`."""

    leaf: UpLeaf
    payload: bytes


@dataclass(frozen=True)
class FeedChanged:
    """The replica changed: these keys.

    `complete`: it now holds all the hub had at the last welcome, and the hub then had all that this device
    held when it started or began its journal again. What lies unsent after a mishap is no old news.
    """

    keys: frozenset[str]
    complete: bool


@dataclass(frozen=True)
class BeganAgain:
    """A new journal was opened (`Journal.reason` says why); the process may have to doubt its memory."""


Notice = Order | FeedChanged | Welcome | BeganAgain
"""What the process behind the uplink wants to hear of."""


@dataclass(frozen=True)
class _Flight:
    through: int
    resend_at_ms: int
    wait_ms: int


class Uplink:
    """One device's conversation with the hub. Not thread-safe: one owner calls it."""

    def __init__(
        self,
        journal: Journal,
        feed: Feed,
        *,
        program: str,
        version: str,
        clock: Clock,
        jitter: random.Random,
        health: Callable[[], Health | None] = lambda: None,
    ) -> None:
        self._journal, self._feed, self._clock, self._jitter = journal, feed, clock, jitter
        self._program, self._version, self._health = program, version, health
        self._linked = self._hub_online = False
        self._hello_id = ""
        self._hello_at_ms = 0
        self._hello_wait_ms = HELLO_RETRY_MS
        self._timeline: str | None = None
        self._acked = 0
        self._flight: _Flight | None = None
        self._ahead: Batch | None = None
        self._forced_hello = True
        self._begun_again_ms: int | None = None
        self._feed_version = 0
        self._told_first = 0 if journal.reason == "new" else journal.last_seq
        """The hub must have the journal up to here before its feed is the last word."""
        self._welcomed_at = 0
        self.malformed = 0
        """Payloads from the hub that were no message."""

    # --- how things stand ----------------------------------------------------------------------

    @property
    def backlog(self) -> int:
        """Facts the hub is not known to have."""
        return self._journal.last_seq - self._acked

    @property
    def welcomed(self) -> bool:
        """Whether the hub answered in this connection."""
        return self._talking and self._timeline is not None

    @property
    def _talking(self) -> bool:
        return self._linked and self._hub_online

    # --- events --------------------------------------------------------------------------------

    def link_changed(self, up: bool) -> None:
        """The MQTT session came up or went down."""
        self._linked = up
        self._hub_online = False  # its retained presence follows the subscription
        self._start_over()

    def hub_presence(self, payload: bytes) -> None:
        """The hub's retained presence, or its will."""
        try:
            online = decode(payload, Presence).online
        except ContractError:
            self.malformed += 1
            return
        if online != self._hub_online:
            self._hub_online = online
            self._start_over()

    def received(self, leaf: str, payload: bytes) -> list[Notice | LogAsked]:
        """A message from the hub; what it means to the process, if anything."""
        try:
            match leaf:
                case "welcome":
                    return [*self._welcome(decode(payload, Welcome))]
                case "ack":
                    return [*self._ack(decode(payload, Ack))]
                case "feed":
                    return [*self._page(decode(payload, FeedPage))]
                case "order":
                    wish: Wish = decode(payload, Wish)  # type: ignore[arg-type]
                    return [wish] if self.welcomed else []
        except ContractError as error:
            self.malformed += 1
            log.warning("hub sent a malformed %s: %s", leaf, error)
        return []

    def due(self) -> list[Outgoing]:
        """What to send now. Call it after every event, and at `next_due_ms` at the latest."""
        if not self._talking:
            return []
        now = self._clock.mono_ms()
        if self._forced_hello or now >= self._hello_at_ms:
            return [self._hello(now)]
        if self._timeline is None:
            return []
        if self._flight is None and self._journal.last_seq > self._acked:
            return self._batch(now, BATCH_RETRY_MS)
        if self._flight is not None and now >= self._flight.resend_at_ms:
            return self._batch(now, min(self._flight.wait_ms * 2, BATCH_RETRY_MOST_MS))
        return []

    def prepare(self) -> None:
        """Read the batch after the one under way, for which the hub is not waited then."""
        flight = self._flight
        if flight is not None and self._ahead is None and self._journal.last_seq > flight.through:
            with suppress(BrokenChainError):  # said when its turn comes
                self._ahead = self._journal.read(flight.through)

    def next_due_ms(self) -> int | None:
        """When `due` may have something though nothing happened: monotonic ms, or None."""
        if not self._talking:
            return None
        if self._flight is None:
            return self._hello_at_ms
        return min(self._hello_at_ms, self._flight.resend_at_ms)

    # --- hello and welcome ---------------------------------------------------------------------

    def _start_over(self) -> None:
        self._timeline = None
        self._welcomed_at = 0
        self._flight = None
        self._forced_hello = True
        self._hello_wait_ms = HELLO_RETRY_MS

    def _hello(self, now: int) -> Outgoing:
        self._forced_hello = False
        self._hello_id = uuid.uuid4().hex
        if self._timeline is None:  # a hub that answers late would else hear only hellos it has no answer to
            wait, self._hello_wait_ms = self._hello_wait_ms, min(self._hello_wait_ms * 2, HELLO_RETRY_MOST_MS)
        else:
            wait = HELLO_EVERY_MS
        self._hello_at_ms = now + self._jittered(wait)
        journal, clock = self._journal, self._clock
        message = Hello(
            id=self._hello_id,
            journal=journal.id,
            last_seq=journal.last_seq,
            last_hash=journal.last_hash,
            feed=self._feed.position,
            boot=clock.boot,
            mono_ms=now,
            wall_ms=clock.wall_ms(),
            clock=clock.quality(),
            program=self._program,
            version=self._version,
            first_kept=journal.base_seq + 1,
            health=self._health(),
        )
        return Outgoing("hello", encode(message))

    def _welcome(self, welcome: Welcome) -> list[Notice]:
        if welcome.hello != self._hello_id or welcome.journal != self._journal.id or not self._talking:
            return []
        journal = self._journal
        if welcome.cursor < journal.base_seq:
            return self._begin_again("range_gone", gone=(welcome.cursor + 1, journal.base_seq))
        if welcome.head != (GENESIS if welcome.cursor == 0 else journal.hash_at(welcome.cursor)):
            return self._begin_again("went_back")
        if welcome.timeline != self._timeline:
            self._acked, self._flight = welcome.cursor, None
        elif welcome.cursor > self._acked:
            self._acknowledged(welcome.cursor)
        self._timeline, self._feed_version = welcome.timeline, welcome.feed_version
        self._welcomed_at = welcome.cursor
        self._hello_at_ms = self._clock.mono_ms() + self._jittered(HELLO_EVERY_MS)
        try:
            self._journal.acknowledged(welcome.cursor, welcome.safe_prune, welcome.hub_wall_ms)
        except FullError as error:
            log.error("%s", error)
        return [welcome, FeedChanged(frozenset(), complete=True)] if self._feed_is_complete() else [welcome]

    def _feed_is_complete(self) -> bool:
        here = self._feed.position
        is_all = here.timeline == self._timeline and here.version >= self._feed_version
        return is_all and self._welcomed_at >= self._told_first

    def _begin_again(self, reason: Reason, gone: tuple[int, int] | None = None) -> list[Notice]:
        """Open a new journal, but not again and again: a hub that refuses them must not wear the card."""
        now = self._clock.mono_ms()
        self._start_over()
        if self._begun_again_ms is not None and now - self._begun_again_ms < BEGIN_AGAIN_EVERY_MS:
            self._forced_hello = False
            self._hello_at_ms = self._begun_again_ms + BEGIN_AGAIN_EVERY_MS
            return []
        log.error("the journal cannot go on (%s): a new one replays what is held", reason)
        self._begun_again_ms = now
        try:
            self._journal.begin_again(reason, gone=gone)
        except FullError as error:  # the old one stands, and the hub is asked again in a while
            log.error("%s", error)
            return []
        self._acked = 0
        self._told_first = self._journal.last_seq
        return [BeganAgain()]

    # --- batches and acks ----------------------------------------------------------------------

    def _batch(self, now: int, wait_ms: int) -> list[Outgoing]:
        try:
            batch = self._following()
        except BrokenChainError as error:
            log.error("%s", error)
            self._begin_again("chain_broken")
            return self.due()
        if batch is None:
            self._flight = None
            return []
        through = batch.first + len(batch.entries) - 1
        self._flight = _Flight(through, now + self._jittered(wait_ms), wait_ms)
        return [Outgoing("batch", encode(batch))]

    def _following(self) -> Batch | None:
        """The batch after what is acknowledged: read already, or now."""
        ahead, self._ahead = self._ahead, None
        if ahead is not None and (ahead.journal, ahead.first) == (self._journal.id, self._acked + 1):
            return ahead
        return self._journal.read(self._acked)

    def _ack(self, ack: Ack) -> list[Notice]:
        if ack.timeline != self._timeline or ack.journal != self._journal.id:
            return []
        if ack.broken:
            return self._begin_again("chain_broken")
        if ack.through > self._acked and ack.head == self._journal.hash_at(ack.through):
            self._acknowledged(ack.through)
        return []

    def _acknowledged(self, through: int) -> None:
        if self._welcomed_at < self._told_first <= through:
            self._forced_hello = True  # how far the feed goes, now that the hub knows what we knew
        self._acked = through
        if self._flight is not None and through >= self._flight.through:
            self._flight = None

    # --- feed ----------------------------------------------------------------------------------

    def _page(self, page: FeedPage) -> list[Notice]:
        if page.timeline != self._timeline:
            return []
        try:
            outcome, keys = self._feed.apply(page, asked=page.hello == self._hello_id)
        except FullError as error:
            log.error("%s", error)
            return []
        if outcome == "gap":
            self._hello_at_ms = min(self._hello_at_ms, self._clock.mono_ms() + self._jittered(1_000))
            return []
        complete = self._feed_is_complete()
        return [FeedChanged(keys, complete)] if keys or complete else []

    def _jittered(self, wait_ms: int) -> int:
        return int(wait_ms * self._jitter.uniform(0.75, 1.25))
