"""The ledger: raw facts in, and the stories told from them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, func, or_, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError

from hub.core.subject import door_subject
from hub.store.bulk import first_row, insert_rows, rows_where
from hub.store.tables import items, journals, ledger, operations

COLUMNS = tuple(column.name for column in ledger.columns if column.name != "position")

Entry = tuple[Any, ...]
"""A row of the ledger in the order of COLUMNS."""


class CursorMovedError(Exception):
    """Another worker committed entries of the same journal meanwhile: read again."""


class ReplayError(Exception):
    """Events come again, as after a journal was begun anew: look which ones, and leave them out."""


@dataclass(frozen=True)
class Held:
    """How far the hub has a journal."""

    cursor: int
    head: str
    safe_prune: int
    last_at_ms: int


def held_journals(connection: Connection, device: str) -> dict[str, Held]:
    """What is held of a device, by journal id."""
    rows = rows_where(connection, journals, "device", [device])
    return {
        row["journal"]: Held(row["cursor"], row["head"], row["safe_prune"], row["last_at_ms"]) for row in rows
    }


def boot_offset(connection: Connection, device: str, boot: str) -> int | None:
    """Hub wall clock minus the device's monotonic one in that boot, if a hello told it."""
    statement = "SELECT offset_ms FROM boots WHERE device = ? AND boot = ?"
    row = first_row(connection, statement, (device, boot))
    return None if row is None else int(row[0])


def known_facts(connection: Connection, events: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Those of `events` that the ledger has."""
    return {row["event"]: row for row in rows_where(connection, ledger, "event", events)}


def append(connection: Connection, entries: Sequence[Entry]) -> None:
    """Add rows. Raises ReplayError, and spoils the transaction, if the ledger has one of the events."""
    try:
        insert_rows(connection, ledger, COLUMNS, entries)
    except IntegrityError as error:
        raise ReplayError from error


def begin_journal(connection: Connection, device: str, journal: str, head: str, now_ms: int) -> None:
    """Note a journal of which nothing is held yet."""
    make = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    row = {"device": device, "journal": journal, "cursor": 0, "head": head, "first_seen_ms": now_ms}
    connection.execute(make(journals).values(row).on_conflict_do_nothing())


def move_cursor(connection: Connection, device: str, journal: str, was: int, now: Held) -> None:
    """Set how far a journal is held; CursorMovedError if it is not where it was."""
    statement = (
        "UPDATE journals SET cursor = ?, head = ?, last_at_ms = ?"
        " WHERE device = ? AND journal = ? AND cursor = ? RETURNING cursor"
    )
    values = (now.cursor, now.head, now.last_at_ms, device, journal, was)
    if first_row(connection, statement, values) is None:
        raise CursorMovedError(f"{device} {journal}")


def last_position(connection: Connection) -> int:
    """The highest position, 0 for an empty ledger. Cheap: pages poll it to know that something came."""
    return connection.execute(select(func.max(ledger.c.position))).scalar_one() or 0


def in_order(connection: Connection, after: int = 0) -> Iterator[Row[Any]]:
    """Rows after a position, streamed."""
    statement = select(ledger).where(ledger.c.position > after).order_by(ledger.c.position)
    yield from connection.execution_options(yield_per=1000).execute(statement)


def story_of_item(connection: Connection, site: str, item: str, limit: int = 500) -> Sequence[Row[Any]]:
    """Everything told about an item, from bridge and kiosks, in the order it happened.

    That is: the facts of the item itself, of its pickup, of every operation for it, and of the visits it
    was part of.
    """
    of_item = select(operations.c.id).where(operations.c.item == item)
    in_visits = select(operations.c.visit).where(operations.c.item == item, operations.c.visit.is_not(None))
    pickup = select(items.c.pickup).where(items.c.id == item, items.c.pickup.is_not(None))
    about = or_(ledger.c.ref == item, *(ledger.c.ref.in_(ids) for ids in (of_item, in_visits, pickup)))
    return _told_at(connection, site, about, limit)


def history_of_door(
    connection: Connection, site: str, compartment: int, limit: int = 100
) -> Sequence[Row[Any]]:
    """The latest facts of a door, the newest first."""
    at_door = (
        select(operations.c.id)
        .where(operations.c.site == site, operations.c.compartment == compartment)
        .order_by(operations.c.intent_ms.desc())
        .limit(limit)
    )
    about = or_(ledger.c.ref == door_subject(compartment), ledger.c.ref.in_(at_door))
    statement = select(ledger).where(ledger.c.site == site, about)
    return connection.execute(statement.order_by(ledger.c.position.desc()).limit(limit)).all()


def _told_at(connection: Connection, site: str, about: Any, limit: int) -> Sequence[Row[Any]]:
    statement = select(ledger).where(ledger.c.site == site, about)
    return connection.execute(statement.order_by(ledger.c.at_ms, ledger.c.position).limit(limit)).all()
