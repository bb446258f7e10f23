"""The hub's ingest: batches into the real ledger and fold, against a bare prototype of the same rows.

The floor (tests.benchmarks.bare_ledger) decodes the same payloads and writes the same rows to the same
tables, one durable commit a batch, and does nothing else: what the fold brings is given to it ready-made.
For information also beside one that writes the rows of the ledger alone.
"""

import sqlite3
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path

import msgspec

from contract import messages as m
from contract.chain import GENESIS, hashes
from contract.codec import decode, decode_fact, encode
from hub.core.fold import fold
from hub.core.rows import Rows
from hub.core.told import Told
from hub.ingest import collect_seldom
from hub.store.tables import FOLD
from tests.benchmarks.bare_ledger import Folded, folding_keeper, keeper, make_ledger
from tests.benchmarks.figures import Figure, at_least, information, seconds
from tests.benchmarks.parcels import fresh_ids, parcels
from tests.fakes.clock import FakeClock
from tests.fakes.local_hub import LocalHub

BATCHES = 100
ENTRIES = 200
DEVICE = "borny-bridge"


def run() -> list[Figure]:
    """Facts per second of ingest and floor, batch by batch in turn; the sums and the medians."""
    collect_seldom()
    with tempfile.TemporaryDirectory(dir=Path.cwd(), prefix=".bench-") as directory:
        keep = folding_keeper(make_ledger(Path(directory) / "floor.sqlite3"))
        append = keeper(make_ledger(Path(directory) / "ledger.sqlite3"))
        hub = LocalHub(Path(directory) / "hub", FakeClock())
        hub.site("borny")
        hub.enrol(DEVICE, "borny", "bridge")
        floor: list[float] = []
        ledger_alone: list[float] = []
        measured: list[float] = []
        batches = _batches()
        for payload, folded in zip(batches, _folded(batches), strict=True):
            ledger_alone.append(seconds(partial(append, payload)))
            floor.append(seconds(partial(keep, payload, folded)))
            measured.append(seconds(partial(hub.ingest.handle, DEVICE, "batch", payload)))
        with closing(sqlite3.connect(hub.directory / "hub.sqlite3")) as database:
            [count] = database.execute("SELECT count(*) FROM ledger").fetchone()
        hub.stop()
    if count != BATCHES * ENTRIES:
        raise AssertionError(f"{count} of {BATCHES * ENTRIES} facts in the ledger")
    every = (measured, floor, ledger_alone)
    rate, bare_rate, ledger_rate = (ENTRIES * BATCHES / sum(times) for times in every)
    median, bare_median, _ = (ENTRIES / sorted(times)[BATCHES // 2] for times in every)
    return [
        at_least("hub ingest, batches of 200 with ledger and fold", rate, bare_rate, 0.5, "facts/s"),
        at_least("hub ingest: the same, by the median batch", median, bare_median, 0.5, "facts/s"),
        information("hub ingest, beside the ledger's rows alone", rate, ledger_rate, "facts/s"),
    ]


def _folded(batches: Sequence[bytes]) -> Iterator[Folded]:
    """The rows of the fold as they stand after each batch, those that changed in it."""
    held = Rows().held
    for payload in batches:
        rows = Rows(held)
        entries = decode(payload, m.Batch).entries
        fold(
            rows,
            (
                Told(entry.id, DEVICE, "borny", entry.wall_ms, False, decode_fact(bytes(entry.body)))
                for entry in entries
            ),
        )
        yield {
            table.name: [
                tuple(row[column.name] for column in table.columns)
                for row in rows.of(table.name)  # type: ignore[arg-type]
            ]
            for table in FOLD
        }


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
