"""What is to go back to its carrier, and what did."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from hub.store.database import Connection
from hub.store.tables import deadlines, doors, items, staff

MOST_ROWS = 1000


def due_items(connection: Connection, site: str) -> Sequence[Any]:
    """Rows of `items` whose days are over, by carrier; with `place` (shelf label), `over_ms`, `initials`."""
    query = (
        select(items, doors.c.label.label("place"), deadlines.c.over_ms, staff.c.initials)
        .join(deadlines, deadlines.c.item == items.c.id)
        .outerjoin(doors, (doors.c.site == items.c.site) & (doors.c.compartment == items.c.compartment))
        .outerjoin(staff, (staff.c.id == items.c.taken_by) & (staff.c.site == items.c.site))
        .where(items.c.site == site, items.c.ended_ms.is_(None), deadlines.c.over_ms.is_not(None))
        .order_by(items.c.carrier.is_(None), items.c.carrier, deadlines.c.over_ms, items.c.id)
        .limit(MOST_ROWS)
    )
    return connection.execute(query).all()


def returned_items(connection: Connection, site: str, from_ms: int, until_ms: int) -> Sequence[Any]:
    """Rows of `items` that went back to their carriers in that time, the latest last."""
    mine = (items.c.site == site, items.c.state == "returned")
    when = (items.c.ended_ms >= from_ms, items.c.ended_ms < until_ms)
    query = select(items).where(*mine, *when).order_by(items.c.ended_ms, items.c.id).limit(MOST_ROWS)
    return connection.execute(query).all()
