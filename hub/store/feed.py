"""The feed as the hub keeps it: per site and audience the latest word on every key, numbered.

A change takes the next version of its feed; the row of its key is replaced, so the feed never grows
beyond what is true now, plus tombstones. Tombstones are forgotten after `TOMBSTONE_DAYS`; a device
whose position is older than the last forgotten one (`horizon`) gets a snapshot.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any, Final

from msgspec import UNSET, Raw
from sqlalchemy import Connection, delete, select, text

from contract.codec import ContractError, decode, encode
from contract.feed import digest
from contract.messages import AnyDocument, Document
from hub.core.documents import Change, comes_first
from hub.store.bulk import first_row, insert_rows, rows_by, rows_where, upsert_rows
from hub.store.tables import feed, feed_heads

TOMBSTONE_DAYS: Final = 400
"""Longer than any device may be away and come back with an old position (design.md section 11)."""

_DAY_MS = 86_400_000
_HEAD = "SELECT version, horizon FROM feed_heads WHERE site = ? AND audience = ?"
_LIVE = "SELECT {names} FROM feed[by index] WHERE site = ? AND audience = ? AND body IS NOT NULL ORDER BY key"
"""By its index: without one told to use, SQLite goes through every tombstone of the site."""
_LIVE_KEYS = (
    "SELECT key FROM feed[by index] WHERE site = :site AND audience = :audience AND body IS NOT NULL"
    " AND key LIKE :prefix || '%'"
)
_MOVE_HEAD = "UPDATE feed_heads SET version = ? WHERE site = ? AND audience = ?"


@dataclass(frozen=True)
class Head:
    """The newest version of a feed, and the version up to which tombstones are forgotten."""

    version: int
    horizon: int


def write_changes(connection: Connection, site: str, changes: Iterable[Change], now_ms: int) -> int:
    """Say what changed, in the caller's transaction; what says nothing new is dropped.

    Revocations take the lower versions, so that they arrive first. Returns how many were written.
    """
    by_audience: dict[str, dict[str, AnyDocument | None]] = {}
    for audience, key, document in changes:
        by_audience.setdefault(audience, {})[key] = document
    return sum(_write(connection, site, name, words, now_ms) for name, words in by_audience.items())


def _write(
    connection: Connection, site: str, audience: str, words: dict[str, AnyDocument | None], now_ms: int
) -> int:
    head = _locked_head(connection, site, audience)
    held = _held(connection, site, audience, words)
    news = [(key, document) for key, document in words.items() if held.get(key) != document]
    news.sort(key=lambda word: not comes_first(word[0], word[1] is None))
    rows = [
        {
            "site": site,
            "audience": audience,
            "key": key,
            "version": version,
            "body": None if document is None else encode(document),
            "changed_ms": now_ms,
        }
        for version, (key, document) in enumerate(news, head.version + 1)
    ]
    upsert_rows(connection, feed, rows)
    if rows:
        first_row(connection, _MOVE_HEAD, (head.version + len(rows), site, audience))
    return len(rows)


def _held(connection: Connection, site: str, audience: str, keys: Iterable[str]) -> dict[str, object]:
    """What was said last, decoded: the same document may have been written in other bytes."""
    place = "site = ? AND audience = ?"
    rows = rows_where(connection, feed, "key", keys, also=place, also_values=(site, audience))
    return {row["key"]: None if row["body"] is None else _decoded(bytes(row["body"])) for row in rows}


def document(connection: Connection, site: str, audience: str, key: str) -> object:
    """What is said under a key now; None for nothing."""
    return _held(connection, site, audience, [key]).get(key)


def _decoded(body: bytes) -> object:
    try:
        return decode(body, AnyDocument)  # type: ignore[arg-type]
    except ContractError:
        return body  # of another version of this program; it equals no document of ours


def _locked_head(connection: Connection, site: str, audience: str) -> Head:
    """The head, held until the end of the transaction so that no version is given twice."""
    lock = " FOR UPDATE" if connection.dialect.name == "postgresql" else ""
    row = first_row(connection, _HEAD + lock, (site, audience))
    if row is not None:
        return Head(*row)
    insert_rows(connection, feed_heads, ("site", "audience", "version", "horizon"), [(site, audience, 0, 0)])
    return Head(0, 0)


def heads(connection: Connection) -> dict[tuple[str, str], Head]:
    """The head of every feed, by site and audience."""
    rows = connection.execute(select(feed_heads))
    return {(row.site, row.audience): Head(row.version, row.horizon) for row in rows}


def version(connection: Connection, site: str, audience: str) -> int:
    """How far the feed of a place goes now."""
    return heads(connection).get((site, audience), Head(0, 0)).version


def changes_after(
    connection: Connection, site: str, audience: str, version: int, limit: int
) -> Sequence[Document]:
    """The documents and tombstones with higher versions, by version."""
    place = (feed.c.site == site, feed.c.audience == audience, feed.c.version > version)
    rows = connection.execute(select(feed).where(*place).order_by(feed.c.version).limit(limit))
    return [_document(row) for row in rows]


def live_documents(connection: Connection, site: str, audience: str) -> list[Document]:
    """All there is to know, without tombstones; what revokes stands first."""
    rows = [_document(SimpleNamespace(**row)) for row in _live_rows(connection, site, audience)]
    return sorted(rows, key=lambda document: not comes_first(document.key, is_tombstone=False))


def live_keys(connection: Connection, site: str, audience: str, prefix: str) -> set[str]:
    """The keys that begin with `prefix`, without tombstones."""
    place = {"site": site, "audience": audience, "prefix": prefix}
    return set(connection.execute(text(_by_live_index(connection, _LIVE_KEYS)), place).scalars())


def snapshot(connection: Connection, site: str, audience: str) -> list[Document]:
    """What a device is given that has lost its place: all there is, and which items are no longer held.

    A bridge whose disk went back in time must learn what has left its lockers since.
    """
    place = (feed.c.site == site, feed.c.audience == audience, feed.c.body.is_(None))
    left = select(feed).where(*place, feed.c.key.startswith("holding/")).order_by(feed.c.key)
    gone = [_document(row) for row in connection.execute(left)]
    return [*live_documents(connection, site, audience), *gone]


def live_digest(connection: Connection, site: str, audience: str) -> str:
    """The digest a device computes over all there is to know (contract.feed)."""
    rows = _live_rows(connection, site, audience)
    return digest((row["key"], row["version"], bytes(row["body"])) for row in rows)


def forget_tombstones(connection: Connection, now_ms: int) -> int:
    """Delete tombstones older than TOMBSTONE_DAYS and move the horizon; returns how many."""
    old = (feed.c.body.is_(None), feed.c.changed_ms < now_ms - TOMBSTONE_DAYS * _DAY_MS)
    gone = delete(feed).where(*old).returning(feed.c.site, feed.c.audience, feed.c.version)
    rows = connection.execute(gone).all()
    newest = {(row.site, row.audience): row.version for row in sorted(rows, key=lambda row: row.version)}
    for (site, audience), version in newest.items():
        place = (feed_heads.c.site == site, feed_heads.c.audience == audience)
        connection.execute(feed_heads.update().where(*place).values(horizon=version))
    return len(rows)


def _live_rows(connection: Connection, site: str, audience: str) -> list[dict[str, Any]]:
    return rows_by(connection, feed, _by_live_index(connection, _LIVE), (site, audience))


def _by_live_index(connection: Connection, statement: str) -> str:
    by_index = " INDEXED BY ix_feed_live" if connection.dialect.name == "sqlite" else ""
    return statement.replace("[by index]", by_index)


def _document(row: Any) -> Document:
    return Document(
        key=row.key, version=row.version, body=UNSET if row.body is None else Raw(bytes(row.body))
    )
