"""One fact from the device's commit to the hub's acknowledgement, on an idle line.

The real connection in this process, the real ingest in its own, a real hub broker. The floor is what no
design could do without: a bare MQTT round trip with messages as long, and one durable commit at its far end.
"""

import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

from contract.clock import SystemClock
from contract.feed import Feed
from contract.hub_connection import HubConnection
from contract.journal import Journal
from contract.messages import DoorOpened
from tests.benchmarks.bare import PATIENCE_SECONDS
from tests.benchmarks.figures import Figure, at_most, percentiles, timed_ms
from tests.benchmarks.hub_of_one import HubOfOne, hub_of_one
from tests.benchmarks.whole_site import bare_exchange
from tests.fakes.waiting import wait_until

ROUNDS = 100
FACTS = 5
PAUSE_SECONDS = 0.05
_BATCH_BYTES, _ACK_BYTES = 560, 330
_FACT = DoorOpened(operation="0" * 32, compartment=7)


class WatchedJournal(Journal):
    """Tells when an acknowledgement is checked against its chain: the moment the device learns of it."""

    awaited = -1

    def hash_at(self, seq: int) -> str | None:
        found = super().hash_at(seq)
        if seq == self.awaited:
            self.acknowledged_ns = time.perf_counter_ns()
            self.seen.set()
        return found

    def expect(self, seq: int) -> None:
        """Watch for this sequence number."""
        self.seen = threading.Event()
        self.awaited = seq


def run() -> list[Figure]:
    """A few facts, a few bare ones, in turn, each alone on the line."""
    with (
        tempfile.TemporaryDirectory(dir=Path.cwd(), prefix=".bench-") as name,
        hub_of_one(Path(name)) as hub,
    ):
        directory = Path(name)
        commits = str(directory / "bare.db")
        with (
            bare_exchange(directory / "bare", commits=commits, answer_bytes=_ACK_BYTES) as bare,
            _Device(hub) as device,
        ):
            measured, floor = _in_turn(device, lambda: bare.ask(b"x" * _BATCH_BYTES))
    middle, end = (percentiles(measured, floor, share) for share in (0.5, 0.99))
    return [
        at_most("one fact, from commit to the hub's acknowledgement: p50", *middle, 3, "ms"),
        at_most("one fact, from commit to the hub's acknowledgement: p99", *end, 3, "ms"),
    ]


class _Device:
    """A bridge with nothing else to do."""

    def __init__(self, hub: HubOfOne) -> None:
        clock = SystemClock()
        journal = WatchedJournal.open(hub.device / "journal.db", clock)
        if not isinstance(journal, WatchedJournal):
            raise TypeError("the journal is not watched")
        self._journal, self._feed = journal, Feed.open(hub.device / "feed.db")
        self._connection = HubConnection(
            hub.settings, self._journal, self._feed, program="bridge", version="1", clock=clock
        )

    def __enter__(self) -> "_Device":
        self._connection.start()
        wait_until(lambda: self._connection.online and self._connection.backlog == 0, PATIENCE_SECONDS)
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.stop()
        self._feed.close()
        self._journal.close()

    def one_fact_ms(self) -> float:
        """Commit a fact; how long after that the hub is known to have it."""
        self._journal.expect(self._journal.last_seq + 1)
        self._journal.append(_FACT)
        began_ns = time.perf_counter_ns()
        self._connection.wake()
        if not self._journal.seen.wait(PATIENCE_SECONDS):
            raise TimeoutError("the hub did not acknowledge a fact")
        return (self._journal.acknowledged_ns - began_ns) / 1e6


def _in_turn(device: _Device, bare: Callable[[], object]) -> tuple[list[float], list[float]]:
    pause = threading.Event()
    measured: list[float] = []
    floor: list[float] = []
    for _ in range(ROUNDS):
        for _ in range(FACTS):
            pause.wait(PAUSE_SECONDS)
            floor += timed_ms(bare, 1)
            pause.wait(PAUSE_SECONDS)
            measured.append(device.one_fact_ms())
    return sorted(measured), sorted(floor)
