"""The ingest as it runs: one thread that takes what arrived, commits it together, and answers."""

import logging
import queue
import threading
from collections.abc import Callable, Sequence
from typing import Final, Literal

from contract import topics
from contract.clock import Clock
from contract.topics import TopicError
from hub.feed import Outgoing
from hub.ingest import Ingest, Said

TICK_SECONDS: Final = 0.2
MOST_WAITING: Final = 1_000
"""Payloads that wait (at most 64 KiB each); more are dropped, and their devices say them again."""
MOST_TOGETHER: Final = 100

_Event = Said | Literal["lost", "stop"]

log = logging.getLogger(__name__)


class Service:
    """Owns an `Ingest` and its thread. `publish` sends now or not at all."""

    def __init__(self, ingest: Ingest, publish: Callable[[str, bytes], bool], clock: Clock) -> None:
        self._ingest, self._publish, self._clock = ingest, publish, clock
        self._events: queue.Queue[_Event] = queue.Queue(MOST_WAITING)
        self._thread = threading.Thread(target=self._run, name="ingest", daemon=True)
        self._tick_at_ms = 0
        self._dropped = 0

    # --- what the owner calls, from any thread --------------------------------------------------

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End after what is under way; what still waits was never acknowledged."""
        self._events.put("stop")
        self._thread.join(10)

    def heard(self, topic: str, payload: bytes, retained: bool) -> None:
        """A message arrived. Only presence may be retained; nothing else may come out of the past."""
        try:
            route = topics.parse(topic)
        except TopicError:
            return
        if retained and route.leaf != "presence":
            return
        try:
            self._events.put_nowait(Said(route.writer, route.leaf, payload))
        except queue.Full:
            self._dropped += 1

    def lost_broker(self) -> None:
        """The connection went down."""
        self._events.put("lost")

    # --- the thread ----------------------------------------------------------------------------

    def _run(self) -> None:
        """Runs for ever: what no rule foresaw is logged, and the next message is served."""
        while True:
            try:
                if not self._turn():
                    return
            except Exception:  # the outermost loop: a hub that stops listening helps nobody
                log.exception("a turn of the ingest failed")

    def _turn(self) -> bool:
        """One commit, and the tick when it is due; False to end."""
        events = self._waiting()
        said = [event for event in events if isinstance(event, Said) and event.device != topics.HUB]
        self._send(self._answers(said))
        if "lost" in events:
            self._ingest.lost_broker()
        now = self._clock.mono_ms()
        if now >= self._tick_at_ms:
            self._tick_at_ms = now + int(TICK_SECONDS * 1000)
            self._note_dropped()
            self._send(self._ingest.tick())
        return "stop" not in events

    def _waiting(self) -> list[_Event]:
        """All that arrived, at least one event unless the tick is due first."""
        wait = max(0, self._tick_at_ms - self._clock.mono_ms()) / 1000
        events: list[_Event] = []
        try:
            events.append(
                self._events.get(timeout=min(wait, TICK_SECONDS)) if wait else self._events.get_nowait()
            )
            while len(events) < MOST_TOGETHER:
                events.append(self._events.get_nowait())
        except queue.Empty:
            pass
        return events

    def _answers(self, said: Sequence[Said]) -> list[Outgoing]:
        """Answer all together; should that fail, each alone, so that nobody suffers for another."""
        if not said:
            return []
        try:
            return self._ingest.handle_many(said)
        except Exception:  # the outermost loop, see _run
            log.exception("%d messages could not be handled", len(said))
        if len(said) == 1:
            self._ingest.refuse(said[0].device, "failed")
            return []
        return [answer for one in said for answer in self._answers([one])]

    def _send(self, answers: Sequence[Outgoing]) -> None:
        for topic, payload in answers:
            if not self._publish(topic, payload):
                log.info("not sent: %s", topic)

    def _note_dropped(self) -> None:
        dropped, self._dropped = self._dropped, 0
        if dropped:
            log.warning("%d messages dropped: the ingest is behind", dropped)
            self._ingest.refuse("", "dropped")
