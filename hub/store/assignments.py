"""Whose an item is, as the pages say: a wish for the lockers, until they answer or it has left.

What nobody's name could be read on lies under a person id made for it alone (items.named).
"""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import select, update

from contract.messages import ItemReassigned
from hub.core import documents
from hub.core.attention import Nameless
from hub.core.rows import Rows
from hub.core.sight import Parcel
from hub.core.told import Told
from hub.store.bulk import rows_where, upsert_rows
from hub.store.database import Connection
from hub.store.feed import write_changes
from hub.store.fold_tables import IS_NOBODYS
from hub.store.pages import IN_HOUSE, MOST_ROWS, parcels_query
from hub.store.tables import assignments, items


def ask_assignment(
    connection: Connection, site: str, item: str, person: str, account: str, now_ms: int
) -> None:
    """Say whose an item is; what was said of it before is no more."""
    row = {"item": item, "site": site, "person": person, "asked_by": account, "asked_ms": now_ms}
    upsert_rows(connection, assignments, [{**row, "done_ms": None, "done_why": None}])
    write_changes(connection, site, documents.assignment(item, person), now_ms)


def withdraw_assignment(connection: Connection, site: str, item: str, now_ms: int) -> bool:
    """Say nothing of it any more; False where there is nothing to take back."""
    return _done(connection, site, item, "withdrawn", now_ms)


def assignment_of(connection: Connection, site: str, item: str) -> Any | None:
    """What the lockers have been told and have not answered, or None."""
    mine = (assignments.c.item == item, assignments.c.site == site, assignments.c.done_ms.is_(None))
    return connection.execute(select(assignments).where(*mine)).one_or_none()


def assignments_asked(connection: Connection, site: str) -> dict[str, str]:
    """Persons by item, of all that is not answered."""
    mine = (assignments.c.site == site, assignments.c.done_ms.is_(None))
    return {row.item: row.person for row in connection.execute(select(assignments).where(*mine))}


def close_answered(connection: Connection, rows: Rows, told: Iterable[Told], now_ms: int) -> None:
    """After the fold: drop what the lockers carried out, what staff said since, and what has left."""
    over = {(row["site"], row["id"]) for row in rows.of("items") if row["ended_ms"] is not None}
    said = {
        (event.site, event.fact.item): (event.at_ms, event.fact.person)
        for event in told
        if isinstance(event.fact, ItemReassigned)
    }
    spoken_of = {item for _, item in over | said.keys()}
    if not spoken_of:
        return
    for row in rows_where(connection, assignments, "item", spoken_of, also="done_ms IS NULL"):
        site, item = key = row["site"], row["item"]
        at_ms, person = said.get(key, (-1, ""))
        if key in over:
            _done(connection, site, item, "ended", now_ms)
        elif person == row["person"] or at_ms >= row["asked_ms"]:
            _done(connection, site, item, "reassigned", now_ms)


def _done(connection: Connection, site: str, item: str, why: str, now_ms: int) -> bool:
    open_one = (assignments.c.item == item, assignments.c.site == site, assignments.c.done_ms.is_(None))
    done = update(assignments).where(*open_one).values(done_ms=now_ms, done_why=why)
    if connection.execute(done.returning(assignments.c.item)).first() is None:
        return False
    write_changes(connection, site, documents.assignment(item, None), now_ms)
    return True


# --- what nobody's name is on -------------------------------------------------------------------


def nameless_parcels(connection: Connection, site: str) -> list[Parcel]:
    """What is in the house and nobody knows whose it is, the longest there first."""
    rows = connection.execute(parcels_query().where(items.c.site == site, *_NAMELESS).limit(MOST_ROWS))
    return [Parcel(**row._mapping) for row in rows]


def nameless_count(connection: Connection) -> list[Nameless]:
    """How many of them there are at each site, and since when the oldest is there."""
    columns = (items.c.site, items.c.id, items.c.received_ms)
    query = select(*columns).where(*_NAMELESS, items.c.received_ms.is_not(None))
    found: dict[str, list[Any]] = {}
    for row in connection.execute(query.order_by(items.c.received_ms).limit(MOST_ROWS)):
        found.setdefault(row.site, []).append(row)
    return [Nameless(site, tuple(row.received_ms for row in rows)) for site, rows in found.items()]


_NAMELESS = (
    IS_NOBODYS,
    items.c.ended_ms.is_(None),
    items.c.state.in_(IN_HOUSE),
)
