"""Parcels somebody announced. Kiosks are told of them, so that a scan proposes whose it is."""

import uuid
from collections.abc import Iterable
from typing import Any, Final

from sqlalchemy import insert, select, update

from contract.messages import ItemClaimed, ParcelReceived
from contract.scans.carriers import recognise
from hub.core import documents
from hub.core.told import Told
from hub.store.bulk import rows_where
from hub.store.database import Connection
from hub.store.feed import write_changes
from hub.store.tables import expected_parcels

_TAKEN_IN: Final = (ParcelReceived, ItemClaimed)
_WAITS: Final = "closed_ms IS NULL AND label <> ''"


def open_expected(connection: Connection, site: str) -> list[Any]:
    """Those still expected, the soonest first."""
    query = (
        select(expected_parcels)
        .where(expected_parcels.c.site == site, expected_parcels.c.closed_ms.is_(None))
        .order_by(expected_parcels.c.expected_ms.is_(None), expected_parcels.c.expected_ms)
        .limit(500)
    )
    return list(connection.execute(query))


def add_expected(
    connection: Connection,
    site: str,
    *,
    person: str | None,
    carrier: str | None,
    label: str,
    note: str,
    expected_ms: int | None,
    account: str,
    now_ms: int,
) -> str:
    """Announce a parcel; its id."""
    expected = uuid.uuid4().hex
    values = {
        "id": expected,
        "site": site,
        "person": person,
        "carrier": carrier,
        "label": label,
        "note": note,
        "expected_ms": expected_ms,
        "created_ms": now_ms,
        "created_by": account,
    }
    made = insert(expected_parcels).values(**values).returning(*expected_parcels.c)
    write_changes(connection, site, documents.expected(connection.execute(made).one()._mapping), now_ms)
    return expected


def same_number(connection: Connection, site: str, label: str) -> Any | None:
    """The parcel still expected under this number, however it was typed or scanned; None for none."""
    number = recognise(label).number
    waits = (expected_parcels.c.closed_ms.is_(None), expected_parcels.c.label != "")
    query = select(expected_parcels).where(expected_parcels.c.site == site, *waits)
    same = (row for row in connection.execute(query) if recognise(row.label).number == number)
    return next(same, None) if number else None


def close_expected(connection: Connection, site: str, expected: str, now_ms: int) -> bool:
    """It came, or it never will; False when it is not on the list."""
    return _close(connection, site, expected, None, now_ms)


def came(connection: Connection, told: Iterable[Told], now_ms: int) -> None:
    """Take off the list what was received: the same number, however it was typed or scanned."""
    received = {
        (event.site, number): event.fact.item
        for event in told
        if isinstance(event.fact, _TAKEN_IN) and (number := recognise(event.fact.label).number)
    }
    if not received:
        return
    sites = {site for site, _ in received}
    for row in rows_where(connection, expected_parcels, "site", sites, also=_WAITS):
        item = received.get((row["site"], recognise(row["label"]).number))
        if item is not None:
            _close(connection, row["site"], row["id"], item, now_ms)


def _close(connection: Connection, site: str, expected: str, item: str | None, now_ms: int) -> bool:
    open_one = (
        expected_parcels.c.id == expected,
        expected_parcels.c.site == site,
        expected_parcels.c.closed_ms.is_(None),
    )
    closed = update(expected_parcels).where(*open_one).values(closed_ms=now_ms, item=item)
    row = connection.execute(closed.returning(*expected_parcels.c)).one_or_none()
    if row is None:
        return False
    write_changes(connection, site, documents.expected(row._mapping), now_ms)
    return True
