"""What the pages read: doors, items, devices and news, as values of hub.core."""

from itertools import groupby
from typing import Any

from sqlalchemy import Select, func, or_, select

from hub.core.parcel_alarms import kept_event
from hub.core.rights import Scope
from hub.core.sight import Device, Door, Parcel
from hub.store.bulk import rows_where
from hub.store.database import Connection
from hub.store.fold_tables import IS_SOMEBODYS
from hub.store.found_again import is_found_again
from hub.store.tables import (
    attention_marks,
    audit,
    deadlines,
    device_state,
    devices,
    dismissals,
    doors,
    items,
    ledger,
    log_wishes,
    move_asks,
    operations,
    orders,
    outbox,
    pickups,
    sites,
    staff,
    take_ins,
)

HELD = ("received", "claimed", "waiting", "brought", "kept")
IN_HOUSE = (*HELD, "in_hand", "away")
"""Still in somebody's keeping here, staff's hands included; of a partner it comes back here."""
LEFT = ("collected", "returned", "lost")
MOST_ROWS = 500
"""No page lists more than this."""
_HERE = items.c.ended_ms.is_(None)
"""In the words of the index of what is here: all that ever was is a thousand times more."""


def all_sites(connection: Connection, among: Scope = None) -> list[Any]:
    """Every site, or those among them; by name."""
    query = select(sites).order_by(sites.c.name)
    return list(connection.execute(query if among is None else query.where(sites.c.id.in_(among))))


def site_row(connection: Connection, site: str) -> Any | None:
    """One site, or None."""
    return connection.execute(select(sites).where(sites.c.id == site)).one_or_none()


def site_doors(connection: Connection, site: str) -> list[Door]:
    """The declared compartments of a site by number, each with what lies there."""
    query = _doors().where(doors.c.site == site)
    return [Door(**row._mapping) for row in connection.execute(query)]


def doors_by_site(connection: Connection, among: Scope = None) -> dict[str, list[Door]]:
    """The same of all sites, or of those among them."""
    query = _doors() if among is None else _doors().where(doors.c.site.in_(among))
    every = (Door(**row._mapping) for row in connection.execute(query))
    return {site: list(mine) for site, mine in groupby(every, key=lambda door: door.site)}


def _doors() -> Select[Any]:
    return (
        select(
            doors,
            items.c.state.label("item_state"),
            items.c.kind.label("item_kind"),
            items.c.person,
            items.c.left_evidence,
            func.coalesce(items.c.left_ms, items.c.claimed_ms).label("item_since_ms"),
        )
        .outerjoin(items, items.c.id == doors.c.item)
        .where(doors.c.declared)
        .order_by(doors.c.site, doors.c.compartment)
    )


def shelf_labels(connection: Connection, site: str) -> dict[int, str]:
    """What is written on the places of a site that have no door, by compartment."""
    query = select(doors.c.compartment, doors.c.label).where(doors.c.site == site, doors.c.kind == "shelf")
    return {row.compartment: row.label or str(row.compartment) for row in connection.execute(query)}


def worrying_doors(connection: Connection) -> list[Door]:
    """Those of all sites that may need somebody (hub.core.door_alarms): a few of thousands."""
    worries = (doors.c.silent, doors.c.alarm.is_not(None), doors.c.unsure_ms.is_not(None))
    query = _doors().where(or_(*worries, doors.c.usable == "unchecked"))
    return [Door(**row._mapping) for row in connection.execute(query)]


def site_devices(connection: Connection, site: str | None = None) -> list[Device]:
    """Devices in service, bridges first."""
    query = (
        select(devices.c.id, devices.c.site, devices.c.kind, devices.c.name, device_state)
        .outerjoin(device_state, device_state.c.device == devices.c.id)
        .where(devices.c.revoked_ms.is_(None))
        .order_by(devices.c.kind, devices.c.id)
    )
    if site is not None:
        query = query.where(devices.c.site == site)
    return [_device(row) for row in connection.execute(query)]


def _device(row: Any) -> Device:
    backlog = max((row.last_seq or 0) - (row.through or 0), 0)
    return Device(
        row.id, row.site, row.kind, bool(row.online), row.presence_ms, row.exchange_ms, backlog, row.name
    )


def held_parcels(connection: Connection, site: str, person: str | None = None) -> list[Parcel]:
    """What is held at a site, the longest waiting first."""
    query = parcels_query().where(
        items.c.site == site, items.c.ended_ms.is_(None), items.c.state.in_(IN_HOUSE)
    )
    if person is not None:
        query = query.where(items.c.person == person)
    return [Parcel(**row._mapping) for row in connection.execute(query.limit(MOST_ROWS))]


def recent_parcels(connection: Connection, site: str, since_ms: int) -> list[Parcel]:
    """What left the site since then, the latest first."""
    query = (
        parcels_query()
        .where(items.c.site == site, items.c.state.in_(LEFT), items.c.ended_ms >= since_ms)
        .order_by(None)
        .order_by(items.c.ended_ms.desc())
        .limit(50)
    )
    return [Parcel(**row._mapping) for row in connection.execute(query)]


def lost_parcels(connection: Connection, site: str) -> list[Parcel]:
    """What somebody looked for and did not find, and nobody since, the latest first."""
    query = parcels_query().where(items.c.site == site, items.c.state == "lost", ~is_found_again())
    rows = connection.execute(query.order_by(None).order_by(items.c.ended_ms.desc()).limit(MOST_ROWS))
    return [Parcel(**row._mapping) for row in rows]


def kept_parcels(connection: Connection) -> list[Parcel]:
    """What somebody said was not in their hands, at all sites, and nobody has seen to yet."""
    query = parcels_query().where(items.c.state == "kept", items.c.ended_ms.is_(None)).limit(MOST_ROWS)
    kept = [Parcel(**row._mapping) for row in connection.execute(query)]
    told = {event for parcel in kept if (event := kept_event(parcel))}
    seen = {row["event"] for row in rows_where(connection, dismissals, "event", told)}
    return [parcel for parcel in kept if kept_event(parcel) not in seen]


def parcels_in_hand(connection: Connection, since_ms: int) -> list[Parcel]:
    """What staff have had in their hands since then or longer, at all sites."""
    here = (items.c.state == "in_hand", items.c.ended_ms.is_(None))
    query = parcels_query().where(*here, items.c.taken_ms <= since_ms)
    return [Parcel(**row._mapping) for row in connection.execute(query.limit(MOST_ROWS))]


def fresh_parcels(connection: Connection, since_ms: int) -> list[Parcel]:
    """What must stay cool and has waited since then or longer, at all sites."""
    here = (items.c.state == "waiting", items.c.ended_ms.is_(None))
    query = parcels_query().where(*here, items.c.perishable, items.c.left_ms <= since_ms)
    return [Parcel(**row._mapping) for row in connection.execute(query.limit(MOST_ROWS))]


def parcels_query() -> Select[Any]:
    """Items as `Parcel` has them, the longest waiting first."""
    since = func.coalesce(
        items.c.ended_ms,
        items.c.taken_ms,
        items.c.kept_ms,
        items.c.left_ms,
        items.c.claimed_ms,
        items.c.received_ms,
    )
    return (
        select(
            *(
                items.c[name]
                for name in ("id", "site", "state", "kind", "person", "size", "label", "carrier")
            ),
            items.c.compartment,
            doors.c.label.label("place"),
            since.label("since_ms"),
            items.c.kept_why,
            items.c.said,
            staff.c.initials.label("staff"),
            *(items.c[name] for name in ("taken_ms", "pieces", "damaged", "heavy", "perishable")),
            IS_SOMEBODYS.label("is_somebodys"),
        )
        .outerjoin(staff, (staff.c.id == items.c.taken_by) & (staff.c.site == items.c.site))
        .outerjoin(doors, (doors.c.site == items.c.site) & (doors.c.compartment == items.c.compartment))
        .order_by(since)
    )


def item_row(connection: Connection, item: str) -> Any | None:
    """One item with its pickup's `ticket` and `generation`, or None."""
    query = (
        select(
            items,
            IS_SOMEBODYS.label("is_somebodys"),
            pickups.c.ticket,
            pickups.c.generation,
            pickups.c.closed_ms.label("pickup_closed_ms"),
        )
        .outerjoin(pickups, pickups.c.id == items.c.pickup)
        .where(items.c.id == item)
    )
    return connection.execute(query).one_or_none()


def news_mark(connection: Connection) -> tuple[Any, ...]:
    """Something that changes whenever a live page should."""
    marks = (
        select(func.max(ledger.c.position)).scalar_subquery(),
        select(func.max(orders.c.changed_ms)).scalar_subquery(),
        select(func.max(take_ins.c.changed_ms)).scalar_subquery(),
        select(func.max(move_asks.c.asked_ms)).scalar_subquery(),
        select(func.max(outbox.c.changed_ms)).scalar_subquery(),
        select(func.max(deadlines.c.changed_ms)).scalar_subquery(),
        select(func.max(attention_marks.c.changed_ms)).scalar_subquery(),
        select(func.max(device_state.c.presence_ms)).scalar_subquery(),
        select(func.max(log_wishes.c.changed_ms)).scalar_subquery(),
        select(func.max(audit.c.id)).scalar_subquery(),  # whatever somebody did: what they saw to is gone
    )
    return tuple(connection.execute(select(*marks)).one())


def door_operations(connection: Connection, site: str, compartment: int) -> list[Any]:
    """The latest operations at a door, newest first."""
    query = (
        select(operations)
        .where(operations.c.site == site, operations.c.compartment == compartment)
        .order_by(func.coalesce(operations.c.intent_ms, operations.c.opened_ms, 0).desc())
        .limit(20)
    )
    return list(connection.execute(query))


def door_orders(connection: Connection, site: str, compartment: int) -> list[Any]:
    """The latest remote opens of a door, newest first, each with its `outcome` (an operation's state)."""
    query = (
        select(orders, operations.c.state.label("outcome"), operations.c.why.label("outcome_why"))
        .add_columns(operations.c.pulsed_ms, operations.c.opened_ms, operations.c.closed_ms)
        .outerjoin(operations, operations.c.order_id == orders.c.id)
        .where(orders.c.site == site, orders.c.compartment == compartment)
        .order_by(orders.c.asked_ms.desc())
        .limit(5)
    )
    return list(connection.execute(query))
