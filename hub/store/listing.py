"""Whole lists, row by row, for files: one row more than MOST_LISTED says that there would be more."""

from collections.abc import Iterator
from typing import Any, Final

from sqlalchemy import Connection, Select, select

from hub.core.sight import Parcel
from hub.store.pages import IN_HOUSE, parcels_query
from hub.store.tables import audit, bags, device_state, devices, items, people

MOST_LISTED: Final = 20_000
_TOGETHER: Final = 500


def _rows(connection: Connection, query: Select[Any]) -> Iterator[Any]:
    """As the database gives them: no list is ever whole in memory."""
    yield from connection.execution_options(yield_per=_TOGETHER).execute(query.limit(MOST_LISTED + 1))


def people_listed(connection: Connection, site: str) -> Iterator[Any]:
    """Who is on a site's list, by name."""
    listed = (people.c.site == site, people.c.removed_ms.is_(None))
    return _rows(connection, select(people).where(*listed).order_by(people.c.name, people.c.id))


def parcels_listed(connection: Connection, site: str) -> Iterator[Parcel]:
    """What is held at a site, the longest waiting first."""
    here = (items.c.site == site, items.c.ended_ms.is_(None), items.c.state.in_(IN_HOUSE))
    return (Parcel(**row._mapping) for row in _rows(connection, parcels_query().where(*here)))


def bags_listed(connection: Connection, site: str) -> Iterator[Any]:
    """Bags on their way, the oldest first."""
    open_ones = (bags.c.site == site, bags.c.ended_ms.is_(None))
    return _rows(connection, select(bags).where(*open_ones).order_by(bags.c.begun_ms, bags.c.id))


def devices_listed(connection: Connection) -> Iterator[Any]:
    """Every device there ever was, by site."""
    known = select(devices, *(column for column in device_state.c if column.name != "device"))
    joined = known.outerjoin(device_state, device_state.c.device == devices.c.id)
    return _rows(connection, joined.order_by(devices.c.site, devices.c.id))


def audit_listed(connection: Connection) -> Iterator[Any]:
    """Who did what, the latest first."""
    return _rows(connection, select(audit).order_by(audit.c.id.desc()))
