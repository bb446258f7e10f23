"""When each device was there: stretches of hellos, the evidence of hub.core.reach."""

from typing import Final

from sqlalchemy import delete, select

from hub.core.reach import BEAT_GAP_MS, Beats
from hub.store.bulk import first_row, upsert_rows
from hub.store.database import Connection
from hub.store.tables import beats, devices

KEPT_MS: Final = 400 * 86_400_000

_GO_ON = (
    "UPDATE beats SET until_ms = ? WHERE device = ? AND until_ms BETWEEN ? AND ?"
    " AND from_ms = (SELECT max(from_ms) FROM beats WHERE device = ?) RETURNING device"
)


def beat(connection: Connection, device: str, now_ms: int) -> None:
    """A device said hello: it was there since the last time, or it is there again."""
    values = (now_ms, device, now_ms - BEAT_GAP_MS, now_ms, device)
    if first_row(connection, _GO_ON, values) is None:
        upsert_rows(connection, beats, [{"device": device, "from_ms": now_ms, "until_ms": now_ms}])


def beats_of(connection: Connection, site: str, since_ms: int) -> list[Beats]:
    """The stretches of all devices of a site, those in service and those of former times."""
    query = (
        select(devices.c.kind, beats.c.from_ms, beats.c.until_ms)
        .join(devices, devices.c.id == beats.c.device)
        .where(devices.c.site == site, beats.c.until_ms >= since_ms)
    )
    return [Beats(row.kind, (row.from_ms, row.until_ms)) for row in connection.execute(query)]


def forget_beats(connection: Connection, now_ms: int) -> None:
    """Delete what is older than anything that still waits."""
    old_ms = now_ms - KEPT_MS
    old = (beats.c.device.in_(select(devices.c.id)), beats.c.from_ms < old_ms, beats.c.until_ms < old_ms)
    connection.execute(delete(beats).where(*old))
