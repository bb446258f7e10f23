"""Devices: who is enrolled, and what is known of each one's connection."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, and_, case, insert, select, update

from contract.messages import Hello
from hub.core import documents
from hub.core.fact_alarms import STILL_ON
from hub.store.bulk import first_row, rows_where, upsert_rows
from hub.store.feed import write_changes
from hub.store.fleet import machine_told
from hub.store.tables import boots, device_state, devices, incidents, journals

_DAY_MS: Final = 86_400_000
_SWITCHED_OFF_MS: Final = _DAY_MS
"""So long nothing is heard of what was taken out of service before it is taken for unplugged."""
_SAID_MS: Final = 7 * _DAY_MS
"""Once somebody knows that it is still on, it is no news before it was quiet for so long."""


class DeviceError(ValueError):
    """A device that cannot be enrolled or revoked; the text says why."""


@dataclass(frozen=True)
class Device:
    """An enrolled device."""

    id: str
    site: str
    kind: str
    revoked: bool


def named(connection: Connection, names: Iterable[str]) -> dict[str, Device]:
    """Those of `names` that were ever enrolled, by id."""
    return {
        row["id"]: Device(row["id"], row["site"], row["kind"], row["revoked_ms"] is not None)
        for row in rows_where(connection, devices, "id", names)
    }


def bridge_of(connection: Connection, site: str) -> str | None:
    """The site's bridge in service, or None."""
    where = (devices.c.site == site, devices.c.kind == "bridge", devices.c.revoked_ms.is_(None))
    return connection.execute(select(devices.c.id).where(*where)).scalar_one_or_none()


def kiosks_of(connection: Connection, site: str) -> list[str]:
    """The site's kiosks in service, by name."""
    where = (devices.c.site == site, devices.c.kind == "kiosk", devices.c.revoked_ms.is_(None))
    return list(connection.execute(select(devices.c.id).where(*where).order_by(devices.c.id)).scalars())


def follows_another_bridge(connection: Connection, device: Device) -> bool:
    """Whether another bridge of the same site, revoked by now, has told the hub anything."""
    if device.kind != "bridge":
        return False
    others = (devices.c.site == device.site, devices.c.kind == "bridge", devices.c.id != device.id)
    told = select(journals.c.device).join(devices, devices.c.id == journals.c.device).where(*others).limit(1)
    return connection.execute(told).first() is not None


def enrol(connection: Connection, device: str, site: str, kind: str, now_ms: int) -> None:
    """Note a device; enrolling the same one again only renews its secrets.

    Raises DeviceError for another site or kind, a revoked id, or a second bridge of a site.
    """
    known = connection.execute(select(devices).where(devices.c.id == device)).one_or_none()
    if known is not None:
        if known.revoked_ms is not None:
            raise DeviceError(f"{device} was revoked: choose another id")
        if (known.site, known.kind) != (site, kind):
            raise DeviceError(f"{device} is a {known.kind} of {known.site}: choose another id")
        return
    bridge = bridge_of(connection, site)
    if kind == "bridge" and bridge is not None:
        raise DeviceError(f"{site} has a bridge, {bridge}: revoke that one first")
    connection.execute(insert(devices).values(id=device, site=site, kind=kind, enrolled_ms=now_ms))


def revoke(connection: Connection, device: str, now_ms: int) -> str:
    """Take a device out of service for good; returns its site. DeviceError for one that is not in service."""
    site: str | None = connection.execute(
        update(devices)
        .where(devices.c.id == device, devices.c.revoked_ms.is_(None))
        .values(revoked_ms=now_ms)
        .returning(devices.c.site)
    ).scalar_one_or_none()
    if site is None:
        raise DeviceError(f"no device {device} in service")
    return site


def tell_revoked(connection: Connection, site: str, now_ms: int) -> None:
    """Tell a site's bridge which of its kiosks are out of service; what it was told already is no news."""
    where = (devices.c.site == site, devices.c.kind == "kiosk", devices.c.revoked_ms.is_not(None))
    gone = connection.execute(select(devices.c.id).where(*where).order_by(devices.c.id)).scalars()
    changes = [change for device in gone for change in documents.revoked_kiosk(device)]
    write_changes(connection, site, changes, now_ms)


def revoked_of(connection: Connection, names: Iterable[str]) -> list[str]:
    """Those of `names` that were taken out of service."""
    rows = rows_where(connection, devices, "id", names, also="revoked_ms IS NOT NULL")
    return [row["id"] for row in rows]


# --- what is known of the connection -----------------------------------------------------------


def announced(connection: Connection, device: str) -> tuple[str, int] | None:
    """The journal a device last said to hold, and how far; None before its first hello."""
    columns = (device_state.c.journal, device_state.c.last_seq)
    row = connection.execute(select(*columns).where(device_state.c.device == device)).one_or_none()
    return None if row is None or row.journal is None else (row.journal, row.last_seq)


def said_hello(connection: Connection, device: str, hello: Hello, through: int, now_ms: int) -> None:
    """Note a hello: how the device is, and what time it thinks it is."""
    row = {"device": device, "boot": hello.boot, "offset_ms": now_ms - hello.mono_ms, "hello_ms": now_ms}
    upsert_rows(connection, boots, [row])
    _note(
        connection,
        device,
        exchange_ms=now_ms,
        hello_ms=now_ms,
        program=hello.program,
        version=hello.version,
        clock=hello.clock,
        clock_off_ms=hello.wall_ms - now_ms,
        journal=hello.journal,
        last_seq=hello.last_seq,
        through=through,
        feed_version=hello.feed.version,
    )
    machine_told(connection, device, hello, through, now_ms)


def exchanged(connection: Connection, device: str, through: int, now_ms: int) -> None:
    """Note that a batch came and how far its journal is held now."""
    statement = (
        "UPDATE device_state SET exchange_ms = ?, through = ?,"
        " last_seq = CASE WHEN last_seq < ? THEN ? ELSE last_seq END WHERE device = ? RETURNING device"
    )
    values = (now_ms, through, through, through, device)
    if first_row(connection, statement, values) is None:
        _note(connection, device, exchange_ms=now_ms, through=through, last_seq=through)


def presence(connection: Connection, device: str, online: bool, session: str, now_ms: int) -> None:
    """Note that a device came or went."""
    _note(connection, device, online=online, presence_session=session, presence_ms=now_ms)


def is_bridge_online(connection: Connection, site: str) -> bool:
    """Whether the lockers of a site are heard of now."""
    there = (devices.c.site == site, devices.c.kind == "bridge", devices.c.revoked_ms.is_(None))
    query = select(device_state.c.online).where(device_state.c.device == devices.c.id, *there)
    return bool(connection.execute(query).scalar())


def are_offline(connection: Connection, names: Sequence[str], now_ms: int) -> None:
    """Note that the hub speaks with these no more."""
    mine = (device_state.c.device.in_(names), device_state.c.online)
    connection.execute(update(device_state).where(*mine).values(online=False, presence_ms=now_ms))


def nobody_is_online(connection: Connection, now_ms: int) -> None:
    """The hub has just started, or lost its broker: it knows of nobody."""
    connection.execute(
        update(device_state).where(device_state.c.online).values(online=False, presence_ms=now_ms)
    )


def _note(connection: Connection, device: str, **values: Any) -> None:
    statement = update(device_state).where(device_state.c.device == device).values(**values)
    if connection.execute(statement.returning(device_state.c.device)).scalar_one_or_none() is None:
        connection.execute(insert(device_state).values(device=device, **values))


# --- incidents ---------------------------------------------------------------------------------


def incident(
    connection: Connection, device: str, kind: str, now_ms: int, *, count: int = 1, detail: str = ""
) -> None:
    """Count something the hub noticed; a closed incident is open again, unless somebody knows it goes on."""
    place = (incidents.c.device == device, incidents.c.kind == kind)
    by_somebody = incidents.c.closed_ms < incidents.c.last_ms + _SWITCHED_OFF_MS  # earlier than by itself
    goes_on = and_(by_somebody, incidents.c.last_ms > now_ms - _SAID_MS)
    closed_ms = case((goes_on, incidents.c.closed_ms)) if kind == STILL_ON else None
    values = {"last_ms": now_ms, "detail": detail[:400]}
    again = {"count": incidents.c.count + count, "closed_ms": closed_ms}
    statement = update(incidents).where(*place).values(**again, **values)
    if connection.execute(statement.returning(incidents.c.count)).scalar_one_or_none() is None:
        connection.execute(
            insert(incidents).values(device=device, kind=kind, count=count, first_ms=now_ms, **values)
        )


def incidents_over(connection: Connection, device: str, kinds: Iterable[str], now_ms: int) -> None:
    """Close incidents of these kinds: what was wrong is over by itself."""
    mine = (incidents.c.device == device, incidents.c.kind.in_(kinds), incidents.c.closed_ms.is_(None))
    connection.execute(update(incidents).where(*mine).values(closed_ms=now_ms))


def switched_off(connection: Connection, now_ms: int) -> None:
    """Close what is told of devices out of service that have not been heard of for a day."""
    quiet = (incidents.c.kind == STILL_ON, incidents.c.last_ms <= now_ms - _SWITCHED_OFF_MS)
    mine = (*quiet, incidents.c.closed_ms.is_(None))
    connection.execute(update(incidents).where(*mine).values(closed_ms=now_ms))
