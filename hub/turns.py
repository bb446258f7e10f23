"""A thread that takes one turn after the other until it is stopped: whatever the hub sends leaves by one."""

import logging
import threading
from abc import ABC, abstractmethod

STOP_SECONDS = 15

log = logging.getLogger(__name__)


class Turns(ABC):
    """`turn` does what is due; `start` has it done every `look_seconds`, after `settle_seconds` at first."""

    def __init__(self, name: str, look_seconds: float, settle_seconds: float = 0.0) -> None:
        self._stopped = threading.Event()
        self._waits = settle_seconds, look_seconds
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    @abstractmethod
    def turn(self) -> None:
        """Do what is due."""

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End after what is being sent; what waits is seen to at the next start."""
        self._stopped.set()
        self._thread.join(STOP_SECONDS)

    def _run(self) -> None:
        """Runs until stopped: what no rule foresaw is logged, and the next turn comes."""
        settle_seconds, look_seconds = self._waits
        self._stopped.wait(settle_seconds)
        while not self._stopped.wait(look_seconds):
            try:
                self.turn()
            except Exception:  # the outermost loop: what one message breaks is no other's
                log.exception("a turn of %s failed", self._thread.name)
