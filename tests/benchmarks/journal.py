"""Appending to the journal, beside bare one-row commits on the same file system (WAL, FULL)."""

import tempfile
from pathlib import Path

from contract.clock import SystemClock
from contract.journal import Journal
from contract.messages import DoorOpened
from tests.benchmarks.bare import committer
from tests.benchmarks.figures import Figure, at_least, percentile, timed_ms

ROUNDS = 6
COMMITS = 600


def run() -> list[Figure]:
    """Interleave floor and journal, so that a disk that slows down slows both; compare the medians."""
    with tempfile.TemporaryDirectory(dir=Path.cwd(), prefix=".bench-") as directory:
        bare = committer(Path(directory) / "bare.db")
        journal = Journal.open(Path(directory) / "journal.db", SystemClock())
        fact = DoorOpened(operation="0" * 32, compartment=7)
        floor: list[float] = []
        measured: list[float] = []
        for _ in range(ROUNDS):
            floor += timed_ms(bare, COMMITS)
            measured += timed_ms(lambda: journal.append(fact), COMMITS)
            journal.checkpoint()
        journal.close()
    floor.sort()
    measured.sort()
    rate, bare_rate = (1000 / (sum(values) / len(values)) for values in (measured, floor))
    median, bare_median = (1000 / percentile(values, 0.5) for values in (measured, floor))
    return [
        at_least("journal: facts committed one by one", rate, bare_rate, 0.8, "/s"),
        at_least("journal: the same, by the median", median, bare_median, 0.8, "/s"),
    ]
