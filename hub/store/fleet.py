"""How devices stand, for the pages about them; and what a hello tells of the machine under one."""

from typing import Any, Final

from sqlalchemy import LABEL_STYLE_TABLENAME_PLUS_COL, Connection, Row, Select, select, update

from contract.messages import Health, Hello
from hub.core.fleet import Machine, Standing, behind_since
from hub.core.sight import Device
from hub.store.bulk import upsert_rows
from hub.store.tables import device_health, device_state, devices, incidents

LONGEST_NAME: Final = 80
_MACHINE: Final = tuple(Machine.__dataclass_fields__)
_STATE: Final = ("program", "version", "clock", "clock_off_ms", "hello_ms")


def machine_told(connection: Connection, device: str, hello: Hello, through: int, now_ms: int) -> None:
    """Note what a hello says of the machine, and whether the backlog gets smaller."""
    backlog = max(hello.last_seq - through, 0)
    mine = device_health.c.device == device
    columns = (device_health.c.backlog, device_health.c.behind_ms)
    row = connection.execute(select(*columns).where(mine)).one_or_none()
    before, behind_ms = (0, None) if row is None else (row.backlog, row.behind_ms)
    told = {name: getattr(hello.health, name, None) for name in Health.__struct_fields__}
    now = {
        "device": device,
        "told_ms": now_ms,
        "boot": hello.boot,
        "booted_ms": now_ms - hello.mono_ms,
        "backlog": backlog,
        "behind_ms": behind_since(before, behind_ms, backlog, now_ms),
        **told,
    }
    upsert_rows(connection, device_health, [now])


def standings(connection: Connection, site: str | None = None, *, revoked: bool = False) -> list[Standing]:
    """The devices of a site (of all sites) in service, bridges first; or those taken out of it."""
    gone = devices.c.revoked_ms.is_not(None)
    query = _query().where(gone if revoked else ~gone).order_by(devices.c.site, devices.c.kind, devices.c.id)
    if site is not None:
        query = query.where(devices.c.site == site)
    return [_standing(row) for row in connection.execute(query)]


def standing_of(connection: Connection, site: str, device: str) -> Standing | None:
    """One device of a site, also one that was taken out of service; None for none."""
    query = _query().where(devices.c.id == device, devices.c.site == site)
    row = connection.execute(query).one_or_none()
    return None if row is None else _standing(row)


def rename(connection: Connection, device: str, name: str) -> None:
    """What people call a device; its id never changes. Empty: it has no name."""
    connection.execute(update(devices).where(devices.c.id == device).values(name=name[:LONGEST_NAME]))


def device_incidents(connection: Connection, device: str) -> list[Any]:
    """What the hub noticed about a device, the latest first."""
    query = select(incidents).where(incidents.c.device == device).order_by(incidents.c.last_ms.desc())
    return list(connection.execute(query))


def _query() -> Select[Any]:
    return (
        select(devices, device_state, device_health)
        .set_label_style(LABEL_STYLE_TABLENAME_PLUS_COL)
        .outerjoin(device_state, device_state.c.device == devices.c.id)
        .outerjoin(device_health, device_health.c.device == devices.c.id)
    )


def _standing(row: Row[Any]) -> Standing:
    has = row._mapping
    state = {name: has[device_state.c[name]] for name in _STATE}
    machine = {name: has[device_health.c[name]] for name in _MACHINE}
    backlog = max((has[device_state.c.last_seq] or 0) - (has[device_state.c.through] or 0), 0)
    return Standing(
        Device(
            has[devices.c.id],
            has[devices.c.site],
            has[devices.c.kind],
            bool(has[device_state.c.online]),
            has[device_state.c.presence_ms],
            has[device_state.c.exchange_ms],
            backlog,
            has[devices.c.name],
        ),
        has[devices.c.enrolled_ms],
        has[devices.c.revoked_ms],
        **state,
        machine=None if machine["told_ms"] is None else Machine(**machine),
    )
