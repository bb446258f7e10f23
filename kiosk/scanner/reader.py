"""Reads the scanner for as long as the kiosk runs, and hands over what counts.

One thread reads, another hands over: a conversation that is busy with the disk must not make the port
overflow in the middle of a code. Between them is a short queue. What comes faster than any hand scans,
twice within two seconds, or is no label at all is dropped and counted; the log says so once a minute.
"""

import logging
import queue
import threading
from collections import Counter
from collections.abc import Callable
from typing import Final

from contract.clock import Clock
from contract.scans.layout import REMEDIES
from contract.scans.message import Dropped, Message
from contract.scans.repeats import Repeats, heard
from kiosk.scanner.source import ScannerError, Source

MOST_WAITING: Final = 8
PACE_SECONDS: Final = 0.05
"""At most twenty codes a second go on: each may write to the disk."""
LONGEST_WAIT_SECONDS: Final = 10.0
"""A scanner that was unplugged is looked for at least this often."""

_FIRST_WAIT_SECONDS: Final = 0.5
_STEADY_MS: Final = 10_000
_LOG_EVERY_MS: Final = 60_000

log = logging.getLogger(__name__)


class Scanner:
    """`hand_over` is called on a thread of the scanner's, once for each thing that was read and counts."""

    def __init__(
        self,
        open_source: Callable[[], Source],
        hand_over: Callable[[Message | Dropped], None],
        clock: Clock,
        *,
        first_wait_seconds: float = _FIRST_WAIT_SECONDS,
        pace_seconds: float = PACE_SECONDS,
    ) -> None:
        self._open, self._hand_over, self._clock = open_source, hand_over, clock
        self._first_wait, self._pace = first_wait_seconds, pace_seconds
        self._waiting: queue.Queue[Message | Dropped] = queue.Queue(MOST_WAITING)
        self._repeats = Repeats()
        self._stopping = threading.Event()
        self._absent = False
        self._logged_ms: int | None = None
        self.dropped: Counter[str] = Counter()
        """By why: those of `Dropped`, `repeated`, and `too_fast` where the queue was full."""
        self._threads = [
            threading.Thread(target=self._read_on, name="scanner", daemon=True),
            threading.Thread(target=self._hand_on, name="scanner-out", daemon=True),
        ]

    def start(self) -> None:
        """Begin. A scanner that is not there is waited for."""
        for thread in self._threads:
            thread.start()

    def stop(self, timeout_seconds: float = 2.0) -> None:
        """End, and give the device back. Calling it twice, or without `start`, does nothing."""
        self._stopping.set()
        for thread in self._threads:
            if thread.is_alive():
                thread.join(timeout_seconds)

    # --- the reading thread ------------------------------------------------------------------------

    def _read_on(self) -> None:
        wait = self._first_wait
        while not self._stopping.is_set():
            began_ms = self._clock.mono_ms()
            self._read_until_gone()
            if self._clock.mono_ms() - began_ms >= _STEADY_MS:
                wait = self._first_wait  # one that comes and goes at once is not asked ever faster
            self._stopping.wait(wait)
            wait = min(wait * 2, LONGEST_WAIT_SECONDS)

    def _read_until_gone(self) -> None:
        """One line in the log when it is there, one when it goes, however often it is looked for."""
        source: Source | None = None
        try:
            source = self._open()
            self._log_presence(None)
            while not self._stopping.is_set():
                for one in source.listen():
                    self._take(one)
        except ScannerError as error:
            self._log_presence(error)
        finally:
            if source is not None:
                source.close()

    def _log_presence(self, error: ScannerError | None) -> None:
        if error is None:
            log.info("the scanner is there")
        elif not self._absent:
            log.warning("%s; it is looked for again and again", error)
        self._absent = error is not None

    def _take(self, one: Message | Dropped) -> None:
        """Count it, and let it pass if it is new. Two dropped for the same reason are the same."""
        if isinstance(one, Dropped):
            self._count(one.why)
        data = one.text if isinstance(one, Message) else f"\0{one.why}"
        counts, self._repeats = heard(self._repeats, data, self._clock.mono_ms())
        if not counts:
            self.dropped["repeated"] += 1
            return
        try:
            self._waiting.put_nowait(one)
        except queue.Full:
            self._count("too_fast")

    def _count(self, why: str) -> None:
        self.dropped[why] += 1
        now = self._clock.mono_ms()
        if self._logged_ms is None or now - self._logged_ms >= _LOG_EVERY_MS:
            self._logged_ms = now
            remedy = REMEDIES.get(why, "codes come faster than anybody scans")
            log.warning("scans are dropped: %s", remedy, extra={"dropped": dict(self.dropped)})

    # --- the other ---------------------------------------------------------------------------------

    def _hand_on(self) -> None:
        while not self._stopping.is_set():
            try:
                one = self._waiting.get(timeout=0.2)
            except queue.Empty:
                continue
            try:
                self._hand_over(one)
            except Exception:
                # The outermost loop of this thread: one scan that fails must not be the last.
                log.exception("a scan could not be handed over")
            self._stopping.wait(self._pace)
