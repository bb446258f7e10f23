"""The device's replica of what the hub tells it (design.md section 6).

Documents by key, or their absence; a position says how far. What a person consumed at the site is
never undone here: the feed brings knowledge, it does not own anything.
"""

import hashlib
import threading
from collections.abc import Iterable
from pathlib import Path
from typing import Final, Literal

from msgspec import UNSET
from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

from contract.codec import ContractError, decode
from contract.database import CorruptError, open_checked, open_durable, storage_errors
from contract.messages import AnyDocument, Document, FeedPage, FeedPosition
from contract.salvage import move_aside

MAX_DOCUMENTS: Final = 50_000
"""More than any site needs; a snapshot that grows beyond is refused."""

_PERSONAL: Final = ("person/", "expected/", "return/")
"""Keys of documents that say something of a person: once replaced, they are gone from the disk as well."""

Outcome = Literal["applied", "held", "ignored", "gap"]

migrations = Migrations("feed")


@migrations()
def first_tables(db: Database) -> None:
    """Documents and the position reached."""
    db.execute(
        "CREATE TABLE documents (key TEXT PRIMARY KEY, version INTEGER NOT NULL, body BLOB)"
        " STRICT, WITHOUT ROWID"
    )
    db.execute(
        "CREATE TABLE position (one INTEGER PRIMARY KEY CHECK (one = 1), timeline TEXT,"
        " version INTEGER NOT NULL) STRICT"
    )
    db.execute("INSERT INTO position VALUES (1, NULL, 0)")


def digest(documents: Iterable[tuple[str, int, bytes]]) -> str:
    """SHA-256 in hex over the live documents `(key, version, body)`, whatever their order."""
    running = hashlib.sha256()
    for key, version, body in sorted(documents):
        running.update(f"{key}\0{version}\0{len(body)}\0".encode() + body)
    return running.hexdigest()


class Feed:
    """One replica file, open in this process alone; every method may be called from any thread."""

    def __init__(self, path: Path, db: Database) -> None:
        self._path = path
        self._db = db
        self._lock = threading.RLock()
        self._pending: list[Document] = []
        self._pending_through: tuple[str, int] | None = None
        self._here: tuple[str | None, int] = (None, 0)
        self._digest: str | None = None
        self._live: dict[str, tuple[int, bytes]] = {}
        self._documents: dict[str, AnyDocument] = {}
        self._tombstones: set[str] = set()
        with storage_errors(path):
            migrations.apply(db)
            self._empty_log()  # the last process may have been cut short before it could
        self._remember()

    @classmethod
    def open(cls, path: Path) -> "Feed":
        """Open the replica at `path` or make an empty one; a damaged one is asked for anew from the hub."""
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            return cls(path, open_checked(path))
        except CorruptError:
            move_aside(path)
            return cls(path, open_durable(path))

    @property
    def position(self) -> FeedPosition:
        """How far this replica is, for `hello`; the digest is made when it is asked for."""
        with self._lock:
            timeline, version = self._here
            if timeline is not None and self._digest is None:
                self._digest = digest((key, *held) for key, held in self._live.items())
            return FeedPosition(timeline=timeline, version=version, digest=self._digest)

    def get(self, key: str) -> AnyDocument | None:
        """The document of `key`, or None."""
        return self._documents.get(key)

    def documents(self, prefix: str) -> dict[str, AnyDocument]:
        """All documents whose key begins with `prefix`, by key, in key order."""
        with self._lock:
            return {key: body for key, body in sorted(self._documents.items()) if key.startswith(prefix)}

    def is_gone(self, key: str) -> bool:
        """Whether the hub said that `key` is no more (and not merely never spoke of it)."""
        return key in self._tombstones

    def apply(self, page: FeedPage, *, asked: bool = False) -> tuple[Outcome, frozenset[str]]:
        """Take a page in; returns what came of it and which keys changed.

        `asked`: it answers our last hello, so that a snapshot of a lower version is no old news.
        `held`: part of a snapshot, to be continued. `gap`: say hello again. `ignored`: known already, or
        of a lower version than held.
        """
        with self._lock:
            if page.snapshot:
                return self._apply_snapshot(page, asked)
            timeline, version = self._here
            if page.timeline != timeline or page.after > version:
                return "gap", frozenset()
            if page.through <= version:
                return "ignored", frozenset()
            fresh = [document for document in page.documents if document.version > version]
            self._write(page.timeline, page.through, fresh, replace=False)
            return "applied", frozenset(document.key for document in fresh)

    def forget_position(self) -> None:
        """Ask for a whole snapshot at the next hello; what is held stays in use until then."""
        with self._lock, storage_errors(self._path):
            self._db.conn.execute("UPDATE position SET timeline = NULL, version = 0")
            self._remember()

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._db.close()

    def _apply_snapshot(self, page: FeedPage, asked: bool) -> tuple[Outcome, frozenset[str]]:
        timeline, version = self._here
        if not asked and page.timeline == timeline and page.through < version:
            return "ignored", frozenset()
        if page.after == 0:
            self._pending, self._pending_through = [], (page.timeline, 0)
        if self._pending_through != (page.timeline, page.after):
            return "gap", frozenset()
        self._pending += page.documents
        if len(self._pending) > MAX_DOCUMENTS:
            self._pending, self._pending_through = [], None
            return "ignored", frozenset()
        self._pending_through = (page.timeline, page.through)
        if not page.last:
            return "held", frozenset()
        changed = frozenset(self._documents) | {document.key for document in self._pending}
        self._write(page.timeline, page.through, self._pending, replace=True)
        self._pending, self._pending_through = [], None
        return "applied", changed

    def _write(self, timeline: str, version: int, documents: list[Document], *, replace: bool) -> None:
        rows = [
            (document.key, document.version, None if document.body is UNSET else bytes(document.body))
            for document in documents
        ]
        connection = self._db.conn
        forgets = replace or any(
            document.key in self._documents and document.key.startswith(_PERSONAL) for document in documents
        )
        with storage_errors(self._path):
            connection.execute("BEGIN IMMEDIATE")
            try:
                if replace:
                    connection.execute("DELETE FROM documents")
                connection.executemany("INSERT OR REPLACE INTO documents VALUES (?, ?, ?)", rows)
                connection.execute("UPDATE position SET timeline = ?, version = ?", (timeline, version))
                connection.execute("COMMIT")
            except BaseException:
                connection.execute("ROLLBACK")
                raise
            if forgets:
                self._empty_log()
            if replace:
                self._remember()
            else:
                self._take_note(rows)
                self._here, self._digest = (timeline, version), None

    def _empty_log(self) -> None:
        """The write-ahead log has the pages as they were."""
        self._db.conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def _remember(self) -> None:
        """Keep documents decoded in memory: they are read at every touch."""
        self._here = self._db.conn.execute("SELECT timeline, version FROM position").fetchone()
        self._digest, self._live, self._documents, self._tombstones = None, {}, {}, set()
        self._take_note(self._db.conn.execute("SELECT key, version, body FROM documents").fetchall())

    def _take_note(self, rows: Iterable[tuple[str, int, bytes | None]]) -> None:
        """What changed, and nothing else is looked at: tombstones become many."""
        for key, version, raw in rows:
            if raw is None:
                self._tombstones.add(key)
                self._live.pop(key, None)
                self._documents.pop(key, None)
                continue
            self._tombstones.discard(key)
            self._live[key] = version, raw
            body = _decoded(raw)
            if body is None:
                self._documents.pop(key, None)
            else:
                self._documents[key] = body


def _decoded(raw: bytes) -> AnyDocument | None:
    """A document of a newer hub that this program does not know is kept, and not used."""
    try:
        return decode(raw, AnyDocument)  # type: ignore[arg-type]
    except ContractError:
        return None
