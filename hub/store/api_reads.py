"""What the API lists, page by page: each page begins after the place where the last one ended."""

from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, Select, func, select, tuple_

from hub.core.order_book import OVER
from hub.core.rights import Scope
from hub.store.order_tables import IS_UNDER_WAY
from hub.store.pages import LEFT
from hub.store.tables import (
    deadlines,
    device_state,
    devices,
    doors,
    expected_parcels,
    items,
    ledger,
    people,
    service_orders,
    sites,
)

MOST_LOOKED_AT: Final = 2_000
"""Facts one page goes through: of a quiet site a page may be empty although there are more."""


@dataclass(frozen=True, order=True)
class Mark:
    """Where a page ended: a moment (0 where the list has none) and the id of its last row."""

    at_ms: int = 0
    id: str = ""


# --- places ------------------------------------------------------------------------------------


def page_of_sites(connection: Connection, allowed: Scope, after: str, most: int) -> list[Any]:
    """Those of the `allowed` sites, by id."""
    query = select(sites).where(sites.c.id > after).order_by(sites.c.id).limit(most)
    return list(connection.execute(query if allowed is None else query.where(sites.c.id.in_(allowed))))


def devices_of_site(connection: Connection, site: str) -> list[Any]:
    """Devices in service with what is known of their connection."""
    mine = (devices.c.site == site, devices.c.revoked_ms.is_(None))
    known = select(devices.c.id, devices.c.kind, device_state)
    joined = known.outerjoin(device_state, device_state.c.device == devices.c.id)
    return list(connection.execute(joined.where(*mine).order_by(devices.c.id)))


# --- items and people --------------------------------------------------------------------------


def _items() -> Select[Any]:
    place = (doors.c.site == items.c.site) & (doors.c.compartment == items.c.compartment)
    return select(items, doors.c.label.label("place")).outerjoin(doors, place)


def items_here(connection: Connection, site: str, after: Mark, most: int) -> list[Any]:
    """What is in anybody's keeping at a site, by id."""
    mine = (items.c.site == site, items.c.ended_ms.is_(None), items.c.id > after.id)
    return list(connection.execute(_items().where(*mine).order_by(items.c.id).limit(most)))


def items_gone(connection: Connection, site: str, after: Mark, most: int) -> list[Any]:
    """What left a site (collected, returned, lost), in that order."""
    ended = tuple_(items.c.ended_ms, items.c.id) > (after.at_ms, after.id)
    mine = (items.c.site == site, items.c.state.in_(LEFT), ended)
    ordered = _items().where(*mine).order_by(items.c.ended_ms, items.c.id)
    return list(connection.execute(ordered.limit(most)))


def items_labelled(connection: Connection, site: str, label: str, most: int) -> list[Any]:
    """What bears this number at a site, the latest id last."""
    mine = (items.c.label == label, items.c.label != "", items.c.site == site)
    return list(connection.execute(_items().where(*mine).order_by(items.c.id).limit(most)))


def one_item(connection: Connection, item: str) -> Any | None:
    """One, wherever it is."""
    return connection.execute(_items().where(items.c.id == item)).one_or_none()


def page_of_people(connection: Connection, site: str, after: str, most: int) -> list[Any]:
    """Who is on a site's list, by id: an address never bears a name (I15)."""
    listed = (people.c.site == site, people.c.removed_ms.is_(None), people.c.id > after)
    return list(connection.execute(select(people).where(*listed).order_by(people.c.id).limit(most)))


def is_listed(connection: Connection, site: str, person: str) -> bool:
    """Whether somebody is on a site's list."""
    one = (people.c.id == person, people.c.site == site, people.c.removed_ms.is_(None))
    return connection.execute(select(people.c.id).where(*one)).first() is not None


# --- orders and what is announced --------------------------------------------------------------


def page_of_orders(connection: Connection, site: str, after: Mark, most: int, *, over: bool) -> list[Any]:
    """Orders under way, or over, in the order in which they were placed."""
    placed = tuple_(service_orders.c.placed_ms, service_orders.c.id) > (after.at_ms, after.id)
    state = service_orders.c.state.in_(OVER) if over else IS_UNDER_WAY
    query = select(service_orders).where(service_orders.c.site == site, placed, state)
    ordered = query.order_by(service_orders.c.placed_ms, service_orders.c.id)
    return list(connection.execute(ordered.limit(most)))


def one_order(connection: Connection, order: str) -> Any | None:
    """One that was placed, wherever."""
    mine = (service_orders.c.id == order, service_orders.c.placed_ms.is_not(None))
    return connection.execute(select(service_orders).where(*mine)).one_or_none()


def expected_row(connection: Connection, expected: str) -> Any | None:
    """One announced parcel, whether it still is expected or not."""
    query = select(expected_parcels).where(expected_parcels.c.id == expected)
    return connection.execute(query).one_or_none()


def count_expected(connection: Connection, site: str) -> int:
    """How many a site still waits for."""
    waits = (expected_parcels.c.site == site, expected_parcels.c.closed_ms.is_(None))
    return connection.execute(select(func.count()).select_from(expected_parcels).where(*waits)).scalar_one()


def dated_orders(connection: Connection, site: str) -> list[Any]:
    """What somebody waits for and when it is promised: `id`, `number`, `promised_ms`."""
    columns = (service_orders.c.id, service_orders.c.number, service_orders.c.promised_ms)
    promised = (service_orders.c.site == site, service_orders.c.promised_ms.is_not(None), IS_UNDER_WAY)
    return list(connection.execute(select(*columns).where(*promised).limit(MOST_LOOKED_AT)))


def days_of_ends(connection: Connection, site: str) -> list[int]:
    """When the days of each thing at a site are over."""
    ends = (deadlines.c.site == site, deadlines.c.ends_ms.is_not(None))
    here = select(deadlines.c.ends_ms).join(items, items.c.id == deadlines.c.item)
    return list(connection.execute(here.where(*ends, items.c.ended_ms.is_(None))).scalars())


# --- facts -------------------------------------------------------------------------------------


def page_of_facts(
    connection: Connection, allowed: Scope, after: int, most: int
) -> tuple[list[Any], int, bool]:
    """Facts after a position; the position to go on from, and whether there is more."""
    last = connection.execute(select(func.max(ledger.c.position))).scalar_one() or 0
    until = min(after + MOST_LOOKED_AT, last)
    query = select(ledger).where(ledger.c.position > after, ledger.c.position <= until)
    if allowed is not None:
        query = query.where(ledger.c.site.in_(allowed))
    rows = list(connection.execute(query.order_by(ledger.c.position).limit(most)))
    through = rows[-1].position if len(rows) == most else max(until, after)
    return rows, through, through < last


# --- figures -----------------------------------------------------------------------------------
