"""Reminders of what still waits: looked for under reading, and written only where one is due."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from sqlalchemy import func, select

from hub.core.notices import DAY_MS, Arrival, Left, fewest, reminder
from hub.store.bulk import rows_where
from hub.store.database import Connection
from hub.store.fold_tables import IS_SOMEBODYS
from hub.store.outbox import add
from hub.store.tables import device_state, devices, items, outbox

DaysLeft = Callable[[Connection, Sequence[str]], Mapping[str, Left]]
"""How long these items may still wait, by item; none for those of which nobody knows."""


@dataclass(frozen=True)
class Due:
    """A reminder to write. Its id is made from what it is about: written once, whoever looks how often."""

    id: str
    arrival: Arrival


def due_reminders(connection: Connection, now_ms: int, days_left: DaysLeft) -> list[Due]:
    """Those that are due and not written yet, in few queries however much waits.

    Of a site that is offline nobody knows what still waits.
    """
    pickups = _long_waiting(connection, now_ms)
    left = days_left(connection, [row.id for rows in pickups for row in rows])
    found = [due for rows in pickups if (due := _due(rows, left, now_ms))]
    written = {row["id"] for row in rows_where(connection, outbox, "id", [due.id for due in found])}
    return [due for due in found if due.id not in written]


def write_reminders(connection: Connection, due: Iterable[Due], now_ms: int) -> None:
    """Have them sent now: the sender looks once more whether anything still waits."""
    for one in due:
        if connection.execute(select(outbox.c.id).where(outbox.c.id == one.id)).first() is None:
            add(connection, one.arrival, now_ms, id=one.id, next_ms=now_ms)


def _long_waiting(connection: Connection, now_ms: int) -> list[list[Any]]:
    """What waits under each pickup since a day or longer, of which nobody was told within that day."""
    latest = select(func.max(outbox.c.created_ms)).where(outbox.c.pickup == items.c.pickup).scalar_subquery()
    query = (
        select(*(items.c[name] for name in ("id", "site", "person", "pickup", "left_ms")))
        .add_columns(latest.label("last_ms"))
        .join(devices, (devices.c.site == items.c.site) & (devices.c.kind == "bridge"))
        .join(device_state, device_state.c.device == devices.c.id)
        .where(device_state.c.online, devices.c.revoked_ms.is_(None))
        .where(items.c.ended_ms.is_(None), items.c.state == "waiting", items.c.left_ms.is_not(None))
        .where(IS_SOMEBODYS, items.c.person.is_not(None), items.c.pickup.is_not(None))
    )
    pickups: dict[tuple[str, str, str], list[Any]] = {}
    for row in connection.execute(query):
        if row.last_ms is None or now_ms - row.last_ms >= DAY_MS:
            pickups.setdefault((row.site, row.person, row.pickup), []).append(row)
    return [rows for rows in pickups.values() if min(row.left_ms for row in rows) <= now_ms - DAY_MS]


def _due(rows: Sequence[Any], left: Mapping[str, Left], now_ms: int) -> Due | None:
    first, since_ms = rows[0], min(row.left_ms for row in rows)
    presses = fewest(left[row.id] for row in rows if row.id in left)
    due = reminder(since_ms, first.last_ms, presses.days if presses else None, now_ms)
    if due is None:
        return None
    name = sha256(f"{due.name} {first.pickup} {since_ms}".encode()).hexdigest()[:32]
    return Due(name, Arrival(first.site, first.person, first.pickup, due.about_ms, "reminder"))
