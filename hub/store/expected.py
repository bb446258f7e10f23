"""Parcels somebody announced."""

import uuid
from typing import Any

from sqlalchemy import insert, select, update

from hub.store.database import Connection
from hub.store.tables import expected_parcels


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
    connection.execute(
        insert(expected_parcels).values(
            id=expected,
            site=site,
            person=person,
            carrier=carrier,
            label=label,
            note=note,
            expected_ms=expected_ms,
            created_ms=now_ms,
            created_by=account,
        )
    )
    return expected


def close_expected(connection: Connection, site: str, expected: str, now_ms: int) -> bool:
    """It came, or it never will; False when it is not on the list."""
    open_one = (
        expected_parcels.c.id == expected,
        expected_parcels.c.site == site,
        expected_parcels.c.closed_ms.is_(None),
    )
    closed = update(expected_parcels).where(*open_one).values(closed_ms=now_ms)
    return connection.execute(closed.returning(expected_parcels.c.id)).first() is not None
