"""The hub's ingest: batches into the real ledger and fold, against a bare prototype of the same rows.

The floor (tests.benchmarks.bare_ledger) decodes the same payloads and appends the same rows to the same
table, one durable commit a batch, and does nothing else.
"""

import sqlite3
import tempfile
from contextlib import closing
from functools import partial
from pathlib import Path

import msgspec

from contract import messages as m
from contract.chain import GENESIS, hashes
from contract.codec import encode
from tests.benchmarks.bare_ledger import keeper, make_ledger
from tests.benchmarks.figures import Figure, at_least, seconds
from tests.benchmarks.parcels import fresh_ids, parcels
from tests.fakes.clock import FakeClock
from tests.fakes.local_hub import LocalHub

BATCHES = 100
ENTRIES = 200
DEVICE = "borny-bridge"


def run() -> list[Figure]:
    """Facts per second of ingest and floor, batch by batch in turn; the sums and the medians."""
    with tempfile.TemporaryDirectory(dir=Path.cwd(), prefix=".bench-") as directory:
        keep = keeper(make_ledger(Path(directory) / "floor.sqlite3"))
        hub = LocalHub(Path(directory) / "hub", FakeClock())
        hub.site("borny")
        hub.enrol(DEVICE, "borny", "bridge")
        floor: list[float] = []
        measured: list[float] = []
        for payload in _batches():
            floor.append(seconds(partial(keep, payload)))
            measured.append(seconds(partial(hub.ingest.handle, DEVICE, "batch", payload)))
        with closing(sqlite3.connect(hub.directory / "hub.sqlite3")) as database:
            [count] = database.execute("SELECT count(*) FROM ledger").fetchone()
        hub.stop()
    if count != BATCHES * ENTRIES:
        raise AssertionError(f"{count} of {BATCHES * ENTRIES} facts in the ledger")
    rate, bare_rate = (ENTRIES * BATCHES / sum(times) for times in (measured, floor))
    median, bare_median = (ENTRIES / sorted(times)[BATCHES // 2] for times in (measured, floor))
    return [
        at_least("hub ingest, batches of 200 with ledger and fold", rate, bare_rate, 0.5, "facts/s"),
        at_least("hub ingest: the same, by the median batch", median, bare_median, 0.5, "facts/s"),
    ]


def _batches() -> list[bytes]:
    """The facts of many parcels as batches of one journal."""
    facts, ids = parcels(BATCHES * ENTRIES), fresh_ids(2)
    journal, prev, payloads = next(ids), GENESIS, []
    for first in range(1, BATCHES * ENTRIES + 1, ENTRIES):
        entries = tuple(
            m.Entry(
                id=next(ids),
                boot="boot-1",
                mono_ms=1_000 * seq,
                wall_ms=1_795_000_000_000,
                clock="synced",
                body=msgspec.Raw(encode(facts[seq - 1])),
            )
            for seq in range(first, first + ENTRIES)
        )
        head = hashes(journal, prev, first, entries)[-1]
        payloads.append(encode(m.Batch(journal=journal, first=first, prev=prev, head=head, entries=entries)))
        prev = head
    return payloads
