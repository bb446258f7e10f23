"""What can still be read of a damaged journal file."""

import sqlite3
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_ROWS = "SELECT seq, id, boot, mono_ms, wall_ms, clock, body FROM entries ORDER BY seq"


@dataclass(frozen=True)
class Salvaged:
    """The old journal's id where it could be read, its readable rows by seq, and the last seq seen."""

    journal: str | None
    rows: tuple[tuple[Any, ...], ...]
    last_seq: int


def move_aside(path: Path) -> Path:
    """Rename a damaged file and its write-ahead log; nothing is ever deleted. Returns the new path."""
    number = next(n for n in range(1, 10_000) if not path.with_suffix(f".damaged-{n}").exists())
    aside = path.with_suffix(f".damaged-{number}")
    for suffix in ("", "-wal"):
        source = path.with_name(path.name + suffix)
        if source.exists():
            source.rename(aside.with_name(aside.name + suffix))
    return aside


def salvage(path: Path) -> Salvaged:
    """Read rows forwards and backwards, each time up to the damage."""
    journal: str | None = None
    rows: dict[int, tuple[Any, ...]] = {}
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        with suppress(sqlite3.Error):
            journal = connection.execute("SELECT id FROM journal").fetchone()[0]
        for query in (_ROWS, _ROWS + " DESC"):
            with suppress(sqlite3.Error):
                for seq, *fields in connection.execute(query):
                    rows[seq] = tuple(fields)
    return Salvaged(journal, tuple(rows[seq] for seq in sorted(rows)), max(rows, default=0))
