"""A device's connection to the hub, running: one thread around link, uplink, journal and feed."""

import _thread
import logging
import queue
import random
import signal
import threading
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Final, Literal

from contract import topics
from contract.clock import Clock
from contract.codec import encode
from contract.database import FullError
from contract.feed import Feed
from contract.journal import Journal
from contract.link import Link, LinkSettings, Received, Will
from contract.log_excerpt import excerpt
from contract.messages import Health, LogAsked, LogTold, PersonName, Presence, Reply, SiteCard
from contract.uplink import Notice, Uplink

CHECKPOINT_FACTS: Final = 50
"""The write-ahead log is moved into the file after so many: SQLite would do so later, amid a commit."""
_LONGEST_WAIT_MS: Final = 5_000

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class _LinkChanged:
    up: bool


_Event = _LinkChanged | Received | Literal["wake", "stop"]


class HubConnection:
    """Sends the journal up and keeps the feed replica fresh, in the background.

    `notify` is called on this object's thread with what the process wants to hear of (orders, changed
    feed keys, welcomes) and must only hand over.
    """

    def __init__(
        self,
        settings: LinkSettings,
        journal: Journal,
        feed: Feed,
        *,
        program: str,
        version: str,
        clock: Clock,
        notify: Callable[[Notice], None] = lambda _: None,
        on_fatal: Callable[[], None] = lambda: _thread.interrupt_main(signal.SIGTERM),
        jitter: random.Random | None = None,
        health: Callable[[], Health | None] = lambda: None,
        log_lines: Callable[[], Iterable[str]] = tuple,
    ) -> None:
        """`log_lines`: the last lines of this process' log, as they were written."""
        jitter = jitter or random.Random()  # noqa: S311 - spreads retries, no secret
        self._device = settings.device
        self._clock, self._notify, self._on_fatal = clock, notify, on_fatal
        self._journal, self._feed, self._log_lines = journal, feed, log_lines
        self._password = settings.password
        self._uplink = Uplink(
            journal, feed, program=program, version=version, clock=clock, jitter=jitter, health=health
        )
        self._events: queue.SimpleQueue[_Event] = queue.SimpleQueue()
        self._session = uuid.uuid4().hex
        self._presence = topics.presence(self._device)
        self._down = topics.down(self._device, "ack").removesuffix("ack")
        self._link = Link(
            settings,
            subscriptions=topics.device_subscriptions(self._device),
            on_message=self._events.put,
            on_up=lambda: self._events.put(_LinkChanged(True)),
            on_down=lambda: self._events.put(_LinkChanged(False)),
            will=Will(self._presence, encode(Presence(online=False, session=self._session))),
            jitter=jitter,
        )
        self._thread = threading.Thread(target=self._run, name="hub-connection", daemon=True)
        self._checkpointed = journal.last_seq

    # --- what the owner calls, from any thread --------------------------------------------------

    def start(self) -> None:
        """Connect, and go on trying."""
        self._thread.start()
        self._link.start()

    def stop(self) -> None:
        """Say goodbye and end; what is not sent stays in the journal. `notify` may call it, too."""
        goodbye = encode(Presence(online=False, session=self._session))
        self._link.stop([Received(self._presence, goodbye, retained=True)])
        self._events.put("stop")
        if threading.current_thread() is not self._thread:
            self._thread.join(5)

    def wake(self) -> None:
        """Something was committed to the journal."""
        self._events.put("wake")

    def reply(self, reply: Reply) -> bool:
        """Answer an order now, or not at all."""
        return self._link.publish(topics.up(self._device, "reply"), encode(reply))

    @property
    def online(self) -> bool:
        """Whether the hub has answered in this connection."""
        return self._uplink.welcomed

    @property
    def backlog(self) -> int:
        """Facts the hub is not known to have."""
        return self._uplink.backlog

    # --- the thread ----------------------------------------------------------------------------

    def _run(self) -> None:
        try:
            while (event := self._next()) != "stop":
                self._handle(event)
                for outgoing in self._uplink.due():
                    self._link.publish(topics.up(self._device, outgoing.leaf), outgoing.payload)
                self._uplink.prepare()
        except Exception:  # this thread ending in silence would leave a device that nobody hears of again
            log.critical("the connection to the hub cannot go on", exc_info=True)
            self._on_fatal()

    def _next(self) -> _Event:
        """The next event; "wake" when a time has come."""
        now = self._clock.mono_ms()
        due = self._uplink.next_due_ms()
        wait_ms = _LONGEST_WAIT_MS if due is None else max(0, min(due - now, _LONGEST_WAIT_MS))
        try:
            return self._events.get(timeout=wait_ms / 1000)
        except queue.Empty:
            self._tidy()
            return "wake"

    def _tidy(self) -> None:
        """Nothing happens just now: a good moment, but not for a few facts: the next commit syncs twice."""
        if abs(self._journal.last_seq - self._checkpointed) >= CHECKPOINT_FACTS:
            self._checkpointed = self._journal.last_seq
            with suppress(FullError):  # the log keeps it all until there is room
                self._journal.checkpoint()

    def _handle(self, event: _Event) -> None:
        match event:
            case _LinkChanged(up):
                self._uplink.link_changed(up)
                if up:
                    online = encode(Presence(online=True, session=self._session))
                    self._link.publish(self._presence, online, retain=True)
            case Received(topic=topic) if topic == topics.presence(topics.HUB):
                self._uplink.hub_presence(event.payload)
            case Received(retained=True):
                log.warning("a retained message where none may be: %s", event.topic)
            case Received() if event.topic.startswith(self._down):
                leaf = event.topic.removeprefix(self._down)
                for notice in self._uplink.received(leaf, event.payload):
                    if isinstance(notice, LogAsked):
                        self.reply(
                            LogTold(order=notice.order, lines=excerpt(self._log_lines(), self._hidden()))
                        )
                    else:
                        self._notify(notice)

    def _hidden(self) -> Iterator[str]:
        """What no excerpt of the log may say, wherever it stands."""
        if self._password is not None:
            yield self._password
        for document in self._feed.documents("").values():
            match document:
                case PersonName(name=name):
                    yield name
                case SiteCard(helper=helper, phone=phone):
                    yield from (helper, phone)
