"""The thread that lets go what has been kept long enough (hub.core.retention).

Small transactions, so that the ingest never waits long; killed anywhere it goes on where it was, because
what is done is due no more. First of all it erases again whom a restored database brought back.
"""

import logging
import threading
from collections import Counter
from typing import Final

from contract.clock import Clock
from hub.core.retention import Retention, before
from hub.store import audit, expiry
from hub.store.database import Engine, forget_freed_pages, reading, writing
from hub.store.erased_list import ErasedList, apply_again, erase_for_good
from hub.store.erasure import StillHereError
from hub.store.expiry import TIMERS, Timer

SETTLE_SECONDS: Final = 60.0
"""After its start a hub first hears what happened meanwhile."""
EVERY_SECONDS: Final = 3600.0
MOST_TOGETHER: Final = 100
"""Rows let go in one transaction."""
MOST_COUNTED: Final = 1_000_000

log = logging.getLogger(__name__)


class ClockDoubtedError(Exception):
    """The hub's clock and that of a device are days apart: nothing is let go by a wrong calendar."""

    def __init__(self) -> None:
        super().__init__("the clock of this machine and that of a device are days apart: set it right first")


class Housekeeping:
    """Lets go what is due in one hub. `turn` does all of it; `start` does so every hour until `stop`."""

    def __init__(self, engine: Engine, erased: ErasedList, clock: Clock, policy: Retention) -> None:
        self._engine, self._erased, self._clock, self._policy = engine, erased, clock, policy
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="housekeeping", daemon=True)

    def start(self) -> None:
        """Begin. Whom a restore brought back is gone when this returns."""
        apply_again(self._engine, self._erased, self._clock.wall_ms())
        self._thread.start()

    def stop(self) -> None:
        """End after the transaction under way."""
        self._stopped.set()
        self._thread.join(15)

    def _run(self) -> None:
        """Runs until stopped: what no rule foresaw is logged, and the next hour comes."""
        wait = SETTLE_SECONDS
        while not self._stopped.wait(wait):
            wait = EVERY_SECONDS
            try:
                self.turn()
            except ClockDoubtedError as error:
                log.warning("nothing is let go: %s", error)
            except Exception:  # the outermost loop: a hub that forgets nothing still works
                log.exception("a turn of the housekeeping failed")

    def due(self) -> Counter[str]:
        """How much a turn would let go now, by what it is."""
        now_ms = self._clock.wall_ms()
        ends = before(self._policy, now_ms)
        with reading(self._engine) as connection:
            counts = Counter({"people": len(expiry.people_due(connection, self._policy, now_ms))})
            for timer in TIMERS:
                counts[timer.name] = len(expiry.due(connection, timer, ends, MOST_COUNTED))
        return counts

    def turn(self) -> Counter[str]:
        """Let go all that is due; how much of what. Raises ClockDoubtedError."""
        now_ms = self._clock.wall_ms()
        done = Counter({"people": apply_again(self._engine, self._erased, now_ms)})
        with reading(self._engine) as connection:
            if expiry.clock_is_doubted(connection, now_ms):
                raise ClockDoubtedError
        done["people"] += self._people(now_ms)
        for timer in TIMERS:
            done[timer.name] = self._timer(timer, now_ms)
        if done.total():
            self._note(done, now_ms)
        forget_freed_pages(self._engine)  # also of what somebody erased in a process that was killed then
        return done

    def _timer(self, timer: Timer, now_ms: int) -> int:
        count, ends = 0, before(self._policy, now_ms)
        while not self._stopped.is_set():
            with reading(self._engine) as connection:  # looking takes longer than doing, and must stop nobody
                keys = expiry.due(connection, timer, ends, MOST_TOGETHER)
            if keys:
                with writing(self._engine) as connection:
                    timer.end(connection, keys, now_ms)
            count += len(keys)
            if len(keys) < MOST_TOGETHER:
                break
        return count

    def _people(self, now_ms: int) -> int:
        with reading(self._engine) as connection:
            found = expiry.people_due(connection, self._policy, now_ms)
        count = 0
        for site, person in found:
            if self._stopped.is_set():
                break
            try:
                with writing(self._engine) as connection:
                    erase_for_good(connection, self._erased, site, person, now_ms)
            except StillHereError:
                continue  # something came in this very moment
            count += 1
        return count

    def _note(self, done: Counter[str], now_ms: int) -> None:
        said = ", ".join(f"{name} {count}" for name, count in done.items() if count)
        with writing(self._engine) as connection:
            audit.note(connection, now_ms, None, "let_go", detail=said)
        log.info("let go: %s", said)
