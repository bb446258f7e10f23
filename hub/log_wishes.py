"""The last lines of a device's log, asked for: a wish, dead in seconds and never kept (design.md 4)."""

from collections.abc import Callable
from typing import Final

from contract import topics
from contract.clock import Clock
from contract.codec import encode
from contract.messages import LogAsked, LogTold
from hub.store import log_wishes
from hub.store.database import Engine, reading, writing

LIFETIME_MS: Final = 15_000

Outgoing = tuple[str, bytes]


class LogWishes:
    """The wishes that are under way. One owner calls it."""

    def __init__(self, engine: Engine, clock: Clock, is_online: Callable[[str], bool]) -> None:
        self._engine, self._clock, self._is_online = engine, clock, is_online
        self._sent: dict[str, tuple[str, int]] = {}
        """By wish: who was asked, and when it dies."""
        with writing(engine) as connection:
            log_wishes.kill_all(connection, clock.wall_ms())

    def tick(self) -> list[Outgoing]:
        """Take up new wishes and bury old ones. Call it five times a second."""
        now = self._clock.mono_ms()
        for wish in [wish for wish, (_, dies_at_ms) in self._sent.items() if now >= dies_at_ms]:
            del self._sent[wish]
            self._became(wish, "dead", why="silent")
        with reading(self._engine) as connection:
            wishes = log_wishes.asked(connection)
        return [message for wish in wishes for message in self._take_up(wish, now)]

    def _take_up(self, wish: log_wishes.LogWish, now: int) -> list[Outgoing]:
        if not self._is_online(wish.device):
            self._became(wish.id, "dead", why="offline")
            return []
        self._became(wish.id, "sent")
        self._sent[wish.id] = (wish.device, now + LIFETIME_MS)
        return [(topics.down(wish.device, "order"), encode(LogAsked(order=wish.id)))]

    def told(self, device: str, told: LogTold) -> None:
        """A device answered. An answer to what is dead, or another device's, is ignored."""
        asked, _ = self._sent.get(told.order, ("", 0))
        if asked == device:
            del self._sent[told.order]
            self._became(told.order, "told", lines="\n".join(told.lines))

    def _became(self, wish: str, state: str, *, why: str | None = None, lines: str | None = None) -> None:
        with writing(self._engine) as connection:
            log_wishes.became(connection, wish, state, self._clock.wall_ms(), why=why, lines=lines)
