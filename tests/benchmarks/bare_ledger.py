"""A ledger without rules: batches are decoded and their rows inserted, one durable commit a batch.

The same table with the same indices as the hub's; no chain, no cursor, no fold, no answer.
"""

import sqlite3
import tempfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from contract.codec import decode, decode_fact
from contract.messages import Batch, Entry
from hub.core.subject import subject
from hub.store.ledger import COLUMNS
from tests.fakes.clock import FakeClock
from tests.fakes.local_hub import LocalHub


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
                "SELECT sql FROM sqlite_master WHERE tbl_name = 'ledger' AND sql IS NOT NULL"
            ):
                ledger.execute(statement)
    return path


def keeper(path: Path) -> Callable[[bytes], object]:
    """What keeps one encoded batch durably, from any one thread."""
    ledger = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    ledger.execute("PRAGMA synchronous = FULL")
    insert = (
        f"INSERT INTO ledger ({', '.join(COLUMNS)})"  # noqa: S608 - our own column names
        f" VALUES ({', '.join('?' * len(COLUMNS))})"
    )

    def keep(payload: bytes) -> None:
        batch = decode(payload, Batch)
        ledger.execute("BEGIN IMMEDIATE")
        ledger.executemany(
            insert, [_row(batch, seq, entry) for seq, entry in enumerate(batch.entries, batch.first)]
        )
        ledger.execute("COMMIT")

    return keep


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
    )
