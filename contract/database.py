"""How a device opens a database file: alone, durably, and sure of it.

WAL with `synchronous=FULL` and one connection in one process with `locking_mode=EXCLUSIVE`. The
settings are read back, because a setting that did not take is a promise that is not kept:
`NORMAL` loses acknowledged commits at a power cut, and two connections may meet SQLite's WAL-reset
bug (before 3.51.3) that an exclusive one cannot.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlite_utils import Database

_WANTED = {"locking_mode": "exclusive", "journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}
_CHECKPOINT_PAGES = 1000  # the log is then written over in place, which spares the file system a size change


class StorageError(Exception):
    """Root of what can go wrong with a device's files; the text says what to do next."""


class InUseError(StorageError):
    """Another process has the file open."""


class CorruptError(StorageError):
    """The file is damaged."""


class FullError(StorageError):
    """No room: free some; nothing was changed, and work goes on once there is room."""


class FailedError(StorageError):
    """The disk refused to read or write: the process must end and start again."""


def open_durable(path: Path, *, max_pages: int | None = None) -> Database:
    """Open (or make) `path` for this process alone; raises a StorageError by cause.

    The connection may be used from several threads; its owner serialises them.
    """
    with storage_errors(path):
        connection = sqlite3.connect(path, timeout=0, isolation_level=None, check_same_thread=False)
    try:
        with storage_errors(path):
            _set_up(connection, max_pages)
    except StorageError:
        connection.close()
        raise
    return Database(connection)


def open_checked(path: Path, max_pages: int | None = None) -> Database:
    """Open a file as `open_durable` does, and read it through once: CorruptError if any page is damaged."""
    db = open_durable(path, max_pages=max_pages)
    try:
        with storage_errors(path):
            verdict = db.conn.execute("PRAGMA quick_check(1)").fetchone()[0]
        if verdict != "ok":
            raise CorruptError(f"{path} is damaged: {verdict}")
    except StorageError:
        db.close()
        raise
    return db


def _set_up(connection: sqlite3.Connection, max_pages: int | None) -> None:
    for name, value in _WANTED.items():
        connection.execute(f"PRAGMA {name} = {value}")
    connection.execute(f"PRAGMA wal_autocheckpoint = {_CHECKPOINT_PAGES}")
    connection.execute("PRAGMA secure_delete = ON")
    if max_pages is not None:
        connection.execute(f"PRAGMA max_page_count = {max_pages}")
    connection.execute("BEGIN IMMEDIATE")  # takes the exclusive lock now, not at the first write
    connection.execute("COMMIT")
    for name, value in _WANTED.items():
        found = connection.execute(f"PRAGMA {name}").fetchone()[0]
        if found != value:
            raise FailedError(f"SQLite keeps {name} at {found!r}, wanted {value!r}: use another file system")


@contextmanager
def storage_errors(path: Path) -> Iterator[None]:
    """Turn sqlite3's errors into ours, by result code."""
    try:
        yield
    except sqlite3.Error as error:
        raise _translated(path, error) from error


def _translated(path: Path, error: sqlite3.Error) -> StorageError:
    match getattr(error, "sqlite_errorcode", 0) & 0xFF:
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            return InUseError(f"{path} is in use by another process: stop that one first")
        case sqlite3.SQLITE_CORRUPT | sqlite3.SQLITE_NOTADB:
            return CorruptError(f"{path} is damaged")
        case sqlite3.SQLITE_FULL:
            return FullError(f"no room left for {path}: free some space")
        case sqlite3.SQLITE_CANTOPEN | sqlite3.SQLITE_READONLY | sqlite3.SQLITE_PERM:
            return FailedError(f"cannot write {path}: check the directory and its owner")
        case _:
            return FailedError(f"{path}: {error}")
