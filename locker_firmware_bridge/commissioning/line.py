"""A port in the hands of an installer: asks and orders, under the same limits as in service."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from contract.clock import Clock
from locker_firmware_bridge.boards import BoardConfig, duty
from locker_firmware_bridge.boards.driver import Driver, OpenDriver
from locker_firmware_bridge.boards.duty import Duty
from locker_firmware_bridge.boards.errors import BadReplyError, BoardError, NoReplyError, PortLostError
from locker_firmware_bridge.boards.watch import Reading

BETWEEN_UNLOCKS_MS = 3_000
WATCH_MS = 3_000
LOOK_MS = 150
"""While a door is watched, a look that is not answered within this is a look missed."""
LOOK_TRIES = 3
"""So often a board is asked before an installer hears that it does not answer, as in service."""
LATE_MS = 300
"""After a failed look: an answer that comes late is thrown away."""


class Line:
    """One open port. One lock at a time, with rests between; nothing here opens more than was asked for."""

    def __init__(self, driver: Driver, clock: Clock) -> None:
        self._driver, self.clock = driver, clock
        self.sent_ms = self._free_ms = clock.mono_ms()
        self._duty: dict[tuple[int, int], Duty] = {}

    def look(self, config: BoardConfig, reply_ms: int | None = None) -> Reading:
        """The doors of one board; with `reply_ms` it is asked only once. Raises BoardError."""
        for left in reversed(range(LOOK_TRIES if reply_ms is None else 1)):
            try:
                reading = self._driver.look(config, reply_ms)
            except (NoReplyError, BadReplyError):
                if not left:
                    raise
                self.rest(LATE_MS)
            else:
                break
        self.rest(self._driver.pause_ms(config))
        return reading

    def unlock(self, config: BoardConfig, lock: int) -> str:
        """Pulse one lock once supply and coil have rested.

        Returns why the board refuses, empty where it does not. Raises BoardError.
        """
        worn = self._duty.get((config.board, lock), Duty())
        now_ms = self.clock.mono_ms()
        self.rest(max(self._free_ms - now_ms, duty.wait_ms(worn, now_ms)))
        self.sent_ms = self.clock.mono_ms()
        self._duty[config.board, lock] = duty.pulsed(worn, self.sent_ms)
        self._free_ms = self.sent_ms + BETWEEN_UNLOCKS_MS
        self._driver.pulse(config, lock)
        return self._driver.finish(config, lock)

    def switch_off(self, config: BoardConfig) -> None:
        """Take the current from every output of a board, where one could be on. Raises PortLostError."""
        self._driver.switch_off(config)

    def changes(self, config: BoardConfig, before: Reading, within_ms: int) -> Iterator[Reading]:
        """Each reading unlike `before`, until the time is over."""
        end_ms = self.clock.mono_ms() + within_ms
        while self.clock.mono_ms() < end_ms:
            try:
                now = self.look(config, LOOK_MS)
            except PortLostError:
                raise
            except BoardError:
                continue  # some boards are deaf while a lock is energised
            if now.closed != before.closed:
                yield now

    def rest(self, rest_ms: int) -> None:
        """Leave the line alone for so long."""
        threading.Event().wait(max(0, rest_ms) / 1000)


@contextmanager
def open_line(open_driver: OpenDriver, clock: Clock) -> Iterator[Line]:
    """A line for ourselves alone, closed at the end. Raises BoardError."""
    driver = open_driver()
    try:
        yield Line(driver, clock)
    finally:
        driver.close()
