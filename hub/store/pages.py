"""What the pages read: doors, items, devices and news, as values of hub.core."""

from itertools import groupby
from typing import Any

from sqlalchemy import Select, case, func, or_, select

from hub.core.fact_alarms import CRIES, Alarm, item_of
from hub.core.rights import Scope
from hub.core.sight import Device, Door, Parcel
from hub.store.bulk import rows_where
from hub.store.database import Connection
from hub.store.fold_tables import IS_SOMEBODYS
from hub.store.tables import (
    alarms,
    attention_marks,
    bags,
    deadlines,
    device_state,
    devices,
    dismissals,
    doors,
    incidents,
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
    """What somebody looked for and did not find, the latest first."""
    query = parcels_query().where(items.c.site == site, items.c.state == "lost").order_by(None)
    rows = connection.execute(query.order_by(items.c.ended_ms.desc()).limit(MOST_ROWS))
    return [Parcel(**row._mapping) for row in rows]


def kept_parcels(connection: Connection) -> list[Parcel]:
    """What somebody said was not in their hands, at all sites."""
    query = parcels_query().where(items.c.state == "kept", items.c.ended_ms.is_(None)).limit(MOST_ROWS)
    return [Parcel(**row._mapping) for row in connection.execute(query)]


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


def open_alarms(connection: Connection) -> list[Alarm]:
    """Facts that are alarms and incidents of the hub nobody has dismissed yet.

    Cries for help are one alarm a kiosk, with their number and the latest: however often a child presses
    the button, nothing else is left out for it (I17). Who asks for what is lost is one alarm a thing.
    """
    facts = _undismissed(select(alarms)).where(alarms.c.kind.not_in(CRIES)).order_by(alarms.c.at_ms.desc())
    noticed = select(incidents).where(incidents.c.closed_ms.is_(None))
    told = [
        Alarm(r.event, r.site, r.device, r.kind, r.detail, r.at_ms)
        for r in connection.execute(facts.limit(MOST_ROWS))
    ]
    elsewhere = _told_elsewhere(connection, told)
    return [
        *(one for one in told if one.kind != "lost" or item_of(one) not in elsewhere),
        *_cries_for_help(connection),
        *(
            Alarm(f"{r.kind}:{r.device}", "", r.device, r.kind, r.detail, r.last_ms, r._mapping["count"])
            for r in connection.execute(noticed)
        ),
    ]


def _told_elsewhere(connection: Connection, told: list[Alarm]) -> set[str]:
    """What was not where it should be, and has been seen since, or is a bag: its card knows of more."""
    sought = {item: one.site for one in told if one.kind == "lost" and (item := item_of(one))}
    seen = {row["id"] for row in rows_where(connection, items, "id", sought) if row["state"] != "lost"}
    for site in set(sought.values()):
        mine = (bags.c.site == site, bags.c.id.in_([item for item in sought if sought[item] == site]))
        seen |= set(connection.execute(select(bags.c.id).where(*mine, bags.c.state == "lost")).scalars())
    return seen


def _cries_for_help(connection: Connection) -> list[Alarm]:
    """One a kiosk, and one a lost thing: the latest, and how many there were."""
    latest_first = (alarms.c.at_ms.desc(), alarms.c.event.desc())
    same = case((alarms.c.kind == "help", alarms.c.device), else_=alarms.c.detail)
    number = func.count().over(partition_by=same).label("number")
    place = func.row_number().over(partition_by=same, order_by=latest_first).label("place")
    ranked = _undismissed(select(alarms, number, place)).where(alarms.c.kind.in_(CRIES)).subquery()
    rows = connection.execute(select(ranked).where(ranked.c.place == 1).limit(MOST_ROWS))
    return [Alarm(r.event, r.site, r.device, r.kind, r.detail, r.at_ms, r.number) for r in rows]


def _undismissed(query: Select[Any]) -> Select[Any]:
    seen = dismissals.c.event
    return query.outerjoin(dismissals, seen == alarms.c.event).where(seen.is_(None))


def unreadable_facts(connection: Connection) -> list[Alarm]:
    """Facts in quarantine that nobody has dismissed yet, oldest first."""
    query = (
        select(ledger.c.event, ledger.c.site, ledger.c.device, ledger.c.quarantine, ledger.c.received_ms)
        .outerjoin(dismissals, dismissals.c.event == ledger.c.event)
        .where(ledger.c.quarantine.is_not(None), dismissals.c.event.is_(None))
        .order_by(ledger.c.position)
        .limit(MOST_ROWS)
    )
    rows = connection.execute(query)
    return [Alarm(r.event, r.site, r.device, "unreadable", r.quarantine, r.received_ms) for r in rows]


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
