"""The durable journal of one device: facts up, in order, none lost (design.md section 5).

Every entry is chained to the one before by SHA-256 and the whole journal has a random id born with
the file, so that the hub notices a disk that went back in time, a copy that forked, or a byte that
changed. When the chain cannot go on, `begin_again` opens a new journal with the same facts under the
same event ids: the hub applies none of them twice.

A process keeps its own state in the same file (`journal.db`, `Transaction.execute`): state and facts
become durable in one commit, with one fdatasync. Success is shown to a person only afterwards.
"""

import os
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

import msgspec
from msgspec import Raw
from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

from contract.chain import GENESIS, entry_hash
from contract.clock import Clock
from contract.database import CorruptError, StorageError, open_checked, open_durable, storage_errors
from contract.ids import fresh_id
from contract.messages import Batch, Entry, Fact, Hole, JournalOpened
from contract.salvage import Salvaged, move_aside, salvage

BATCH_ENTRIES: Final = 200
BATCH_BYTES: Final = 48 * 1024
KEEP_DAYS: Final = 35
"""Acknowledged entries are kept this long by the hub's calendar, where the disk allows."""
MAX_PAGES: Final = 262_144
"""1 GiB of 4 KiB pages: about three million facts."""
RESERVE_BYTES: Final = 2 * 1024 * 1024
"""Kept free for what is under way: about 200 complete operations."""

_DAY_MS = 86_400_000
_ENTRY_OVERHEAD = 128  # bytes of an entry in a batch besides its body
_SELECT = "SELECT seq, hash, id, boot, mono_ms, wall_ms, clock, body FROM entries"

Reason = Literal["new", "went_back", "chain_broken", "range_gone", "corrupt"]

migrations = Migrations("journal")


@migrations()
def first_tables(db: Database) -> None:
    """Entries, the journal's identity, and what had been acknowledged on which day."""
    db.execute(
        "CREATE TABLE entries (seq INTEGER PRIMARY KEY, hash BLOB NOT NULL,"
        " id TEXT NOT NULL, boot TEXT NOT NULL, mono_ms INTEGER NOT NULL, wall_ms INTEGER NOT NULL,"
        " clock TEXT NOT NULL, body BLOB NOT NULL) STRICT"
    )
    db.execute(
        "CREATE TABLE journal (one INTEGER PRIMARY KEY CHECK (one = 1), id TEXT NOT NULL,"
        " reason TEXT NOT NULL, base_seq INTEGER NOT NULL, base_hash BLOB NOT NULL) STRICT"
    )
    db.execute("CREATE TABLE acknowledged (day INTEGER PRIMARY KEY, through INTEGER NOT NULL) STRICT")


class BrokenChainError(StorageError):
    """An entry is not what was written: `seq` says which."""

    def __init__(self, seq: int) -> None:
        super().__init__(f"journal entry {seq} was changed on disk")
        self.seq = seq


@dataclass(frozen=True)
class Written:
    """Where an appended fact stands: sequence number, event id, and the chain's hash after it."""

    seq: int
    id: str
    hash: str


class Transaction:
    """What commits together. Facts take effect in the order they are appended."""

    def __init__(self, journal: "Journal") -> None:
        self._journal = journal
        self.last_seq = journal.last_seq
        self.last_hash = journal.last_hash

    def append(self, fact: Fact, *, event_id: str | None = None) -> Written:
        """Add a fact; durable once the transaction's block has ended without an exception."""
        clock = self._journal.clock
        return self.insert(
            Entry(
                id=event_id or fresh_id(clock.wall_ms()),
                boot=clock.boot,
                mono_ms=clock.mono_ms(),
                wall_ms=clock.wall_ms(),
                clock=clock.quality(),
                body=Raw(msgspec.json.encode(fact)),
            )
        )

    def insert(self, entry: Entry) -> Written:
        """Add an entry as it is: a replay, under its own event id and times."""
        seq = self.last_seq + 1
        digest = entry_hash(self._journal.id, self.last_hash, seq, entry)
        self.execute(
            "INSERT INTO entries VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                seq,
                bytes.fromhex(digest),
                entry.id,
                entry.boot,
                entry.mono_ms,
                entry.wall_ms,
                entry.clock,
                bytes(entry.body),
            ),
        )
        self.last_seq, self.last_hash = seq, digest
        return Written(seq, entry.id, digest)

    def execute(self, sql: str, parameters: Sequence[Any] | dict[str, Any] = ()) -> sqlite3.Cursor:
        """Run a statement of the owner's own tables within the same commit."""
        return self._journal.db.conn.execute(sql, parameters)


class Journal:
    """One journal file, open in this process alone; every method may be called from any thread."""

    def __init__(self, path: Path, db: Database, clock: Clock, saved: Salvaged | None = None) -> None:
        self.path = path
        self.db = db
        self.clock = clock
        self.reason: Reason = "new"
        """Why it was opened; after `new`, `went_back` and `corrupt` its owner's memory is in doubt."""
        self.id, self.base_seq, self.base_hash = "", 0, GENESIS
        self.last_seq, self.last_hash = 0, GENESIS
        self._lock = threading.RLock()
        with self._lock, storage_errors(path):
            migrations.apply(db)
            self._most_pages, self._page_bytes = self._pragma("max_page_count"), self._pragma("page_size")
            row = db.conn.execute("SELECT id, reason, base_seq, base_hash FROM journal").fetchone()
        if row is None:
            self._be_born(saved)
        else:
            self._load(*row)

    @classmethod
    def open(cls, path: Path, clock: Clock, *, max_pages: int = MAX_PAGES) -> "Journal":
        """Open the journal at `path`, or make it.

        A damaged file is moved aside, what can be read of it goes on in a new journal, and the rest is
        declared as a hole. Raises InUseError, FullError or FailedError.
        """
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            return cls(path, open_checked(path, max_pages), clock)
        except CorruptError:
            saved = salvage(move_aside(path))
            return cls(path, open_durable(path, max_pages=max_pages), clock, saved)

    # --- writing -------------------------------------------------------------------------------

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        """One durable commit of all that happens in the block; nothing of it after an exception."""
        with self._lock, storage_errors(self.path):
            self.db.conn.execute("BEGIN IMMEDIATE")
            transaction = Transaction(self)
            try:
                yield transaction
                self.db.conn.execute("COMMIT")
            except BaseException:
                with suppress(sqlite3.Error):  # a full disk has rolled back by itself already
                    self.db.conn.execute("ROLLBACK")
                raise
            self.last_seq, self.last_hash = transaction.last_seq, transaction.last_hash

    def append(self, fact: Fact, *, event_id: str | None = None) -> Written:
        """Make one fact durable: it is on the disk when this returns (one fdatasync)."""
        with self.transaction() as transaction:
            return transaction.append(fact, event_id=event_id)

    def has_room(self) -> bool:
        """Whether a new operation may begin: its last fact must find room as well."""
        disk = os.statvfs(self.path.parent)
        if disk.f_bavail * disk.f_frsize <= RESERVE_BYTES:
            return False
        with self._lock:  # asked before every opening: the second question only where the first leaves doubt
            spare = self._most_pages - self._pragma("page_count")
            return (
                spare * self._page_bytes > RESERVE_BYTES
                or (spare + self._pragma("freelist_count")) * self._page_bytes > RESERVE_BYTES
            )

    def _pragma(self, name: str) -> int:
        return int(self.db.conn.execute(f"PRAGMA {name}").fetchone()[0])

    # --- reading -------------------------------------------------------------------------------

    def hash_at(self, seq: int) -> str | None:
        """The chain's hash at `seq`, or None where this journal does not (or no longer) know it."""
        with self._lock, storage_errors(self.path):
            if seq == self.base_seq:
                return self.base_hash
            row = self.db.conn.execute("SELECT hash FROM entries WHERE seq = ?", (seq,)).fetchone()
        return str(row[0].hex()) if row else None

    def read(self, after: int, entries: int = BATCH_ENTRIES, size: int = BATCH_BYTES) -> Batch | None:
        """The entries that follow `after`, at least one, at most so many and so large; None at the end.

        Each is checked against the chain; raises BrokenChainError at the first that does not hold.
        """
        with self._lock, storage_errors(self.path):
            prev = self.hash_at(after)
            rows = self.db.conn.execute(
                _SELECT + " WHERE seq > ? ORDER BY seq LIMIT ?", (after, entries)
            ).fetchall()
        if not rows:
            return None
        if prev is None:
            raise BrokenChainError(after)
        return self._checked(rows, after + 1, prev, size)

    def _checked(self, rows: list[Any], first: int, prev: str, size: int) -> Batch:
        kept: list[Entry] = []
        head = prev
        for expected, (seq, digest, *fields) in enumerate(rows, first):
            entry = _entry(fields)
            size -= _ENTRY_OVERHEAD + len(bytes(entry.body))
            if size < 0 and kept:
                break
            found = entry_hash(self.id, head, expected, entry)
            if seq != expected or found != digest.hex():
                raise BrokenChainError(expected)
            kept.append(entry)
            head = found
        return Batch(journal=self.id, first=first, prev=prev, head=head, entries=tuple(kept))

    # --- going on after something broke --------------------------------------------------------

    def begin_again(self, reason: Reason, *, gone: tuple[int, int] | None = None) -> None:
        """Open a new journal that replays everything held, under the same event ids.

        `gone` is a range of sequence numbers of the old journal that cannot be sent any more; it is
        declared as a hole, as is every held entry that no longer reads as it was written.
        """
        with self._lock:
            old, (entries, holes) = self.id, self._readable()
            holes = [*([gone] if gone else []), *holes]
            before = self.id, self.reason, self.base_seq, self.base_hash
            try:
                with self.transaction() as transaction:
                    self._be_reborn(transaction, reason)
                    transaction.append(JournalOpened(reason=reason, replaces=old))
                    for first, last in holes:
                        transaction.append(Hole(journal=old, first=first, last=last, why=reason))
                    for entry in entries:
                        transaction.insert(entry)
            except BaseException:
                self.id, self.reason, self.base_seq, self.base_hash = before
                raise

    def _be_reborn(self, transaction: Transaction, reason: Reason) -> None:
        self.id, self.reason, self.base_seq, self.base_hash = os.urandom(16).hex(), reason, 0, GENESIS
        transaction.last_seq, transaction.last_hash = 0, GENESIS
        transaction.execute("DELETE FROM entries")
        transaction.execute("DELETE FROM acknowledged")
        transaction.execute(
            "INSERT OR REPLACE INTO journal VALUES (1, ?, ?, 0, ?)",
            (self.id, reason, bytes.fromhex(GENESIS)),
        )

    def _readable(self) -> tuple[list[Entry], list[tuple[int, int]]]:
        """All entries whose content is what was written, and the ranges of those where it is not."""
        entries: list[Entry] = []
        holes: list[tuple[int, int]] = []
        prev, expected = self.base_hash, self.base_seq + 1
        with storage_errors(self.path):
            rows = self.db.conn.execute(_SELECT + " ORDER BY seq").fetchall()
        for seq, digest, *fields in rows:
            entry = _entry(fields)
            if seq > expected:
                holes.append((expected, seq - 1))  # what comes after a gap has nothing to be checked by
            elif entry_hash(self.id, prev, seq, entry) != digest.hex():
                holes.append((seq, seq))
                prev, expected = digest.hex(), seq + 1
                continue
            entries.append(entry)
            prev, expected = digest.hex(), seq + 1
        return entries, holes

    def _be_born(self, saved: Salvaged | None) -> None:
        """Begin the file: empty, or with what was saved of a damaged one, the rest declared."""
        reason: Reason = "corrupt" if saved else "new"
        with self.transaction() as transaction:
            self._be_reborn(transaction, reason)
            transaction.append(JournalOpened(reason=reason, replaces=saved.journal if saved else None))
            if saved and saved.journal is not None:
                why = f"the file was damaged; {len(saved.rows)} entries were saved"
                transaction.append(Hole(journal=saved.journal, first=0, last=saved.last_seq, why=why))
            for row in saved.rows if saved else ():
                transaction.insert(_entry(row))

    def _load(self, journal: str, reason: Reason, base_seq: int, base_hash: bytes) -> None:
        self.id, self.reason, self.base_seq, self.base_hash = journal, reason, base_seq, base_hash.hex()
        with storage_errors(self.path):
            row = self.db.conn.execute("SELECT seq, hash FROM entries ORDER BY seq DESC LIMIT 1").fetchone()
        self.last_seq = row[0] if row else self.base_seq
        self.last_hash = row[1].hex() if row else self.base_hash

    # --- housekeeping --------------------------------------------------------------------------

    def acknowledged(self, through: int, safe_prune: int, hub_wall_ms: int) -> int:
        """Note what the hub has, and delete what both it and its last verified backup have.

        Entries stay for KEEP_DAYS by the hub's calendar (ours may be wrong), unless the disk is short of
        room. Returns how many were deleted. Call it at a welcome: it costs a commit at most once a day.
        """
        day = hub_wall_ms // _DAY_MS
        with self._lock:
            known = self.db.conn.execute("SELECT 1 FROM acknowledged WHERE day = ?", (day,)).fetchone()
            if known is None:
                with self.transaction() as transaction:
                    transaction.execute("INSERT INTO acknowledged VALUES (?, ?)", (day, through))
                    transaction.execute("DELETE FROM acknowledged WHERE day < ?", (day - 2 * KEEP_DAYS,))
            old_enough = through if not self.has_room() else self._through_of_day(day - KEEP_DAYS)
            return self._prune(min(old_enough, through, safe_prune))

    def _through_of_day(self, day: int) -> int:
        row = self.db.conn.execute("SELECT max(through) FROM acknowledged WHERE day <= ?", (day,)).fetchone()
        return row[0] or 0

    def _prune(self, through: int) -> int:
        digest = self.hash_at(through)
        if through <= self.base_seq or digest is None:
            return 0
        with self.transaction() as transaction:
            gone = transaction.execute("DELETE FROM entries WHERE seq <= ?", (through,)).rowcount
            transaction.execute(
                "UPDATE journal SET base_seq = ?, base_hash = ?", (through, bytes.fromhex(digest))
            )
        self.base_seq, self.base_hash = through, digest
        return gone

    def checkpoint(self) -> None:
        """Move the write-ahead log into the file; called when there is nothing else to do."""
        with self._lock, storage_errors(self.path):
            self.db.conn.execute("PRAGMA wal_checkpoint(RESTART)")

    def close(self) -> None:
        """Close the file; nothing is lost if this is never reached."""
        with self._lock:
            self.db.close()


def _entry(fields: Sequence[Any]) -> Entry:
    event_id, boot, mono_ms, wall_ms, clock, body = fields
    return Entry(id=event_id, boot=boot, mono_ms=mono_ms, wall_ms=wall_ms, clock=clock, body=Raw(body))
