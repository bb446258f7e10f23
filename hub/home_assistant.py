"""The thread that tells a house automation, Home Assistant, over its own broker how doors and machines are.

It reads what the pages read, says what changed, and takes no orders. The broker is its memory: what stands
there under our name and is wanted no more, because a site, a door or a device is gone, is taken away, also
what an earlier run of the hub said. Whatever becomes of that broker, nothing else waits for it.
"""

import logging
import threading
from collections.abc import Callable, Collection
from typing import Any, Final

from contract.clock import Clock
from hub.core.home_assistant import ONLINE, Messages, Place, Speaker, changes, messages
from hub.notify.entities import entity_words
from hub.store import pages
from hub.store.database import Connection, Engine, reading
from hub.store.fleet import standings
from hub.turns import Turns

LOOK_SECONDS: Final = 1.0
LOOK_ANYWAY_MS: Final = 10_000
"""Names change and machines grow hot without any news."""
PATIENCE_MS: Final = 15_000
"""A broker that is away for less than this is starting again, or we are."""
MOST_TOPICS: Final = 2_000
"""More than the sites of any network have; others may say what they like under our name."""

log = logging.getLogger(__name__)


class HomeAssistant(Turns):
    """Owns what is told. `publish` sends a retained message now or not at all.

    `up`, `down` and `heard` are for whoever holds the connection, from its thread. `sites`: of these only;
    none for all.
    """

    def __init__(
        self,
        engine: Engine,
        clock: Clock,
        speaker: Speaker,
        publish: Callable[[str, bytes], bool],
        sites: Collection[str] = (),
    ) -> None:
        self._engine, self._clock, self._speaker = engine, clock, speaker
        self._publish, self._sites = publish, frozenset(sites)
        self._lock = threading.Lock()
        self._there: Messages = {}
        self._knows = self._greeted = False
        self._unknown: list[str] = []
        self._since_ms: int | None = clock.mono_ms()
        self._news: tuple[Any, int, Messages] | None = None
        super().__init__("home-assistant", LOOK_SECONDS)

    # --- the connection ------------------------------------------------------------------------

    def up(self) -> None:
        """Connected. What stands there comes before our own first word comes back: then we know it all."""
        with self._lock:
            self._there, self._knows, self._greeted = {}, False, False
        self._publish(self._speaker.availability, ONLINE)

    def down(self) -> None:
        """Not any more."""
        with self._lock:
            self._knows, self._since_ms = False, self._clock.mono_ms()

    def heard(self, topic: str, payload: bytes, retained: bool) -> None:
        """Something stands there under our name, or stands there no more."""
        with self._lock:
            self._knows |= topic == self._speaker.availability and not retained
            self._note(topic, payload)

    def _note(self, topic: str, payload: bytes) -> None:
        if not payload:
            self._there.pop(topic, None)
        elif topic in self._there or len(self._there) < MOST_TOPICS:
            self._there[topic] = payload

    # --- a turn --------------------------------------------------------------------------------

    def turn(self) -> None:
        """Say what changed, as far as the connection takes it; the next turn goes on."""
        with self._lock:
            knows, there = self._knows, dict(self._there)
        if not knows:
            self._complain()
            return
        for topic, payload in changes(self._wanted(), there):
            if not self._publish(topic, payload):
                return
            with self._lock:
                self._note(topic, payload)
        self._greet()

    def _complain(self) -> None:
        """Once; the link has said why."""
        since_ms = self._since_ms
        if since_ms is not None and self._clock.mono_ms() - since_ms >= PATIENCE_MS:
            self._since_ms = None
            log.warning(
                "Home Assistant cannot be told: its broker is away or refuses us. Compare [home_assistant] in"
                " hub.toml with it, and look whether it runs; it is tried again until it answers"
            )

    def _greet(self) -> None:
        """Once a connection: all that is to stand there does."""
        if self._greeted:
            return
        self._greeted = True
        log.info("Home Assistant is told how doors and machines are")
        if self._unknown:
            log.warning(
                "hub.toml names sites in [home_assistant] that do not exist: %s", ", ".join(self._unknown)
            )

    def _wanted(self) -> Messages:
        """What is to stand there; looked at anew where there is news, and every few seconds."""
        now_ms = self._clock.mono_ms()
        with reading(self._engine) as connection:
            mark = pages.news_mark(connection)
            if self._news is None or self._news[0] != mark or now_ms - self._news[1] >= LOOK_ANYWAY_MS:
                places = self._places(connection)
                self._news = mark, now_ms, messages(self._speaker, places, self._clock.wall_ms())
        return self._news[2]

    def _places(self, connection: Connection) -> list[Place]:
        among = self._sites or None
        every, doors = standings(connection), pages.doors_by_site(connection, among)
        places = [
            Place(
                site.id,
                site.name,
                entity_words(site.languages),
                doors.get(site.id, []),
                [one for one in every if one.device.site == site.id],
            )
            for site in pages.all_sites(connection, among)
        ]
        self._unknown = sorted(self._sites - {place.site for place in places})
        return places
