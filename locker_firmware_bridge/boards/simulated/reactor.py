"""One thread that waits for files and for time."""

import heapq
import itertools
import selectors
import socket
import time
from collections.abc import Callable

Action = Callable[[], None]


def mono_ms() -> float:
    """CLOCK_MONOTONIC with decimals: comparable with every other process of this machine."""
    return time.monotonic_ns() / 1_000_000


class Reactor:
    """Calls what was asked for when a file can be read or a time has come."""

    def __init__(self) -> None:
        self._selector = selectors.DefaultSelector()
        self._timers: list[tuple[float, int, Action]] = []
        self._order = itertools.count()

    def watch(self, file: socket.socket | int, ready: Action) -> None:
        """Call whenever there is something to read."""
        self._selector.register(file, selectors.EVENT_READ, ready)

    def unwatch(self, file: socket.socket | int) -> None:
        """No longer, also if it never was."""
        if file in self._selector.get_map():
            self._selector.unregister(file)

    def later(self, delay_ms: float, action: Action) -> None:
        """Call once after a while."""
        self.at(mono_ms() + delay_ms, action)

    def at(self, at_ms: float, action: Action) -> None:
        """Call once at this time; what has the same time is called in the order of asking."""
        heapq.heappush(self._timers, (at_ms, next(self._order), action))

    def run(self) -> None:
        """Serve until a signal ends the program."""
        while True:
            for key, _ in self._selector.select(self._until_timer()):
                key.data()
            while self._timers and self._timers[0][0] <= mono_ms():
                heapq.heappop(self._timers)[2]()

    def _until_timer(self) -> float | None:
        return max(0.0, (self._timers[0][0] - mono_ms()) / 1000) if self._timers else None
