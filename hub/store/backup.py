"""Backup and restore of an SQLite hub.

A backup is taken while the hub runs, checked by opening it, and only then does it move `safe_prune`:
devices may forget what a verified backup holds, and nothing else (I8).
"""

import os
import shutil
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, func, select, update

from hub.store import timeline
from hub.store.account_care import void_codes
from hub.store.database import Engine, open_database, sqlite_url, writing
from hub.store.orders import kill_all
from hub.store.outbox import wait_for_news
from hub.store.partner_access import end_all_desks, live_accesses
from hub.store.sessions import end_everybodys_sessions
from hub.store.tables import (
    accounts,
    api_tokens,
    calendar_links,
    devices,
    journals,
    mandates,
    staff,
    webhooks,
)


class BackupError(Exception):
    """A backup that cannot be made or used; the text says why and what to do."""


def backup(engine: Engine, target: Path) -> int:
    """Copy the database to the new file `target`, verify it, and let devices prune what it holds.

    Returns how many facts it has. Raises BackupError; then nothing was promised to any device.
    """
    if engine.dialect.name != "sqlite":
        raise BackupError("this hub keeps its data in PostgreSQL: use pg_dump")
    if target.exists():
        raise BackupError(f"{target} exists: give a new name")
    fresh = target.with_name(target.name + ".part")
    fresh.unlink(missing_ok=True)
    fresh.touch(mode=0o600)
    _copy(Path(str(engine.url.database)), fresh)
    cursors, facts = verify(fresh)
    _rename_for_good(fresh, target)
    with writing(engine) as connection:
        for (device, journal), cursor in cursors.items():
            _may_prune(connection, device, journal, cursor)
    return facts


def verify(path: Path) -> tuple[dict[tuple[str, str], int], int]:
    """Open a backup and check it whole; the cursor of each journal in it, and its number of facts."""
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as copy:
            verdict = copy.execute("PRAGMA integrity_check").fetchone()[0]
            rows = copy.execute("SELECT device, journal, cursor FROM journals").fetchall()
            facts = copy.execute("SELECT count(*) FROM ledger").fetchone()[0]
    except sqlite3.Error as error:
        raise BackupError(f"{path} is no backup of a hub ({error})") from None
    if verdict != "ok":
        raise BackupError(f"{path} is damaged: use another backup")
    return {(device, journal): cursor for device, journal, cursor in rows}, int(facts)


def restore(source: Path, database: Path, now_ms: int) -> Path | None:
    """Put a backup in the place of the database; returns where the old one was moved.

    The hub must not run. A new timeline begins: devices send again what the backup does not hold. What only
    the hub knew, nobody sends again: sessions end, partners' too, for the copy has those that were ended
    since as open; devices, accounts, partners' pages and staff taken out of service since are back
    (`in_service` names them).
    """
    verify(source)
    aside = _move_aside(database)
    fresh = database.with_name(database.name + ".part")
    fresh.touch(mode=0o600)
    shutil.copyfile(source, fresh)
    _settle(fresh)
    _rename_for_good(fresh, database)
    engine = open_database(sqlite_url(database))
    try:
        with writing(engine) as connection:
            timeline.begin(connection, "restore", now_ms)
            kill_all(connection, now_ms)
            end_everybodys_sessions(connection, now_ms)
            end_all_desks(connection, now_ms)
            void_codes(connection)
            wait_for_news(connection, now_ms)
    finally:
        engine.dispose()
    return aside


@dataclass(frozen=True)
class InService:
    """Who and what the hub trusts: rows of the tables, without those taken out of service."""

    devices: list[Any]
    accounts: list[Any]
    staff: list[Any]
    partner_pages: list[Any]
    mandates: int
    programs: list[str]


def in_service(connection: Connection) -> InService:
    """All of it, in an order to read through."""
    used = select(devices).where(devices.c.revoked_ms.is_(None)).order_by(devices.c.site, devices.c.id)
    named = select(accounts).where(accounts.c.disabled_ms.is_(None)).order_by(accounts.c.name)
    there = select(staff).where(staff.c.removed_ms.is_(None)).order_by(staff.c.site, staff.c.number)
    live = select(func.count()).select_from(mandates).where(mandates.c.ended_ms.is_(None))
    rows = [list(connection.execute(query)) for query in (used, named, there)]
    mandated = connection.execute(live).scalar_one()
    pages = live_accesses(connection)
    return InService(rows[0], rows[1], rows[2], pages, mandated, _programs(connection))


def _programs(connection: Connection) -> list[str]:
    """Names of tokens and calendars, addresses of webhooks: by which other programs come in or are told."""
    tokens = select(api_tokens.c.name).where(api_tokens.c.revoked_ms.is_(None))
    calendars = select(calendar_links.c.name).where(calendar_links.c.revoked_ms.is_(None))
    told = select(webhooks.c.address).where(webhooks.c.removed_ms.is_(None))
    return sorted(name for query in (tokens, calendars, told) for name in connection.execute(query).scalars())


def _copy(database: Path, target: Path) -> None:
    """SQLite's own online copy: consistent while others go on writing; on the disk when this returns."""
    with closing(sqlite3.connect(database)) as source, closing(sqlite3.connect(target)) as copy:
        source.backup(copy)
        copy.execute("PRAGMA journal_mode = DELETE")
    _settle(target)


def _rename_for_good(fresh: Path, target: Path) -> None:
    """Rename a file and have the new name on the disk: only then may anybody rely on it."""
    fresh.rename(target)
    _settle(target.parent)


def _settle(path: Path) -> None:
    """Put a file's content, or the names in a directory, on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _may_prune(connection: Connection, device: str, journal: str, cursor: int) -> None:
    place = (journals.c.device == device, journals.c.journal == journal)
    held = connection.execute(select(journals.c.safe_prune).where(*place)).scalar_one_or_none()
    if held is not None and held < cursor:
        connection.execute(update(journals).where(*place).values(safe_prune=cursor))


def _move_aside(database: Path) -> Path | None:
    """Rename the database and its write-ahead log; nothing is deleted."""
    if not database.exists():
        return None
    number = next(n for n in range(1, 10_000) if not database.with_suffix(f".before-{n}").exists())
    aside = database.with_suffix(f".before-{number}")
    for suffix in ("", "-wal", "-shm"):
        part = database.with_name(database.name + suffix)
        if part.exists():
            part.rename(aside.with_name(aside.name + suffix))
    return aside
