"""A ledger without rules: batches are decoded and their rows inserted, one durable commit a batch.

The same tables with the same indices as the hub's; no chain, no cursor, no answer, and no fold: what a fold
would have brought is given ready-made, or left out.
"""

import sqlite3
import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from pathlib import Path

from contract.codec import decode, decode_fact
from contract.messages import Batch, Entry
from hub.core.subject import subject
from hub.store.ledger import COLUMNS
from hub.store.tables import FOLD
from tests.fakes.clock import FakeClock
from tests.fakes.local_hub import LocalHub

Folded = Mapping[str, Sequence[tuple[object, ...]]]
"""Whole rows by table of the fold, values in the order of its columns."""

_NAMES = ", ".join(f"'{name}'" for name in ("ledger", *(table.name for table in FOLD)))


def make_ledger(path: Path) -> Path:
    """An empty one at `path`."""
    with tempfile.TemporaryDirectory() as directory:
        LocalHub(Path(directory), FakeClock()).stop()
        with (
            closing(sqlite3.connect(Path(directory) / "hub.sqlite3")) as pattern,
            closing(sqlite3.connect(path)) as ledger,
        ):
            ledger.execute("PRAGMA journal_mode = WAL")
            for (statement,) in pattern.execute(
                f"SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND tbl_name IN ({_NAMES})"  # noqa: S608
            ):
                ledger.execute(statement)
    return path


def keeper(path: Path) -> Callable[[bytes], object]:
    """What keeps one encoded batch durably, from any one thread."""
    keep = folding_keeper(path)
    return lambda payload: keep(payload, {})


def folding_keeper(path: Path) -> Callable[[bytes, Folded], object]:
    """What keeps one encoded batch and these rows durably, in one commit."""
    ledger = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    ledger.execute("PRAGMA synchronous = FULL")
    insert = (
        f"INSERT INTO ledger ({', '.join(COLUMNS)})"  # noqa: S608 - our own column names
        f" VALUES ({_marks(len(COLUMNS))})"
    )

    upserts = {
        table.name: f"INSERT OR REPLACE INTO {table.name} VALUES ({_marks(len(table.columns))})"  # noqa: S608
        for table in FOLD
    }

    def keep(payload: bytes, folded: Folded) -> None:
        batch = decode(payload, Batch)
        ledger.execute("BEGIN IMMEDIATE")
        ledger.executemany(
            insert, [_row(batch, seq, entry) for seq, entry in enumerate(batch.entries, batch.first)]
        )
        for table, rows in folded.items():
            ledger.executemany(upserts[table], rows)
        ledger.execute("COMMIT")

    return keep


def _marks(count: int) -> str:
    return ", ".join("?" * count)


def _row(batch: Batch, seq: int, entry: Entry) -> tuple[object, ...]:
    body = bytes(entry.body)
    fact = decode_fact(body)
    return (
        entry.id,
        "bridge-1",
        "site-1",
        batch.journal,
        seq,
        bytes(32),
        bytes(32),
        entry.boot,
        entry.mono_ms,
        entry.wall_ms,
        entry.clock,
        entry.wall_ms,
        False,
        entry.wall_ms,
        type(fact).__struct_config__.tag,
        subject(fact),
        body,
        None,
        None,
    )
