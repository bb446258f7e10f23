"""What somebody at the site is asked to put to another place.

Hands do that, at the kiosk; the card is there as long as it lies where it lay when it was asked.
"""

from typing import Any

from sqlalchemy import and_, delete, insert, select

from hub.core.attention import Thing
from hub.store.database import Connection
from hub.store.door_wishes import OvertakenError, Seen
from hub.store.tables import doors, items, move_asks

_THERE = and_(
    doors.c.site == move_asks.c.site,
    doors.c.compartment == move_asks.c.compartment,
    doors.c.item == move_asks.c.item,
    doors.c.allocation == move_asks.c.allocation,
)


def ask_to_move(
    connection: Connection, site: str, compartment: int, seen: Seen, account: str, reason: str, now_ms: int
) -> None:
    """Note it, once a thing: the latest word stands. Raises OvertakenError when something else lies there."""
    place = (doors.c.site == site, doors.c.compartment == compartment, doors.c.declared)
    there = connection.execute(select(doors.c.allocation, doors.c.item).where(*place)).one_or_none()
    if seen.item is None or there is None or seen != Seen(*there):
        raise OvertakenError
    there_still = select(doors.c.item).where(_THERE).exists()
    over = (move_asks.c.site == site) & ((move_asks.c.item == seen.item) | ~there_still)
    connection.execute(delete(move_asks).where(over))
    row = {"site": site, "compartment": compartment, "item": seen.item, "allocation": seen.allocation}
    connection.execute(insert(move_asks).values(**row, reason=reason, asked_by=account, asked_ms=now_ms))


def move_asked(connection: Connection, site: str, compartment: int) -> Any | None:
    """Who asked, when and why, that what lies there be moved; None: nobody did."""
    here = (move_asks.c.site == site, move_asks.c.compartment == compartment)
    return connection.execute(select(move_asks).join(doors, _THERE).where(*here)).one_or_none()


def to_be_moved(connection: Connection) -> list[Thing]:
    """All that is to be moved yet, as things to do."""
    query = select(move_asks).join(doors, _THERE).order_by(move_asks.c.asked_ms)
    return [
        Thing("warn", "door_move", row.site, row.asked_ms, (row.compartment,), row.item, detail=row.reason)
        for row in connection.execute(query)
    ]


def free_doors(connection: Connection, site: str, item: str) -> list[Any]:
    """Free places it fits in, small ones first: `compartment`, `label`, `size`, as far as the hub knows."""
    sizes = ("S", "M", "L", "XL")
    size = connection.execute(select(items.c.size).where(items.c.id == item)).scalar()
    free = (doors.c.site == site, doors.c.declared, doors.c.usable == "usable", doors.c.item.is_(None))
    columns = (doors.c.compartment, doors.c.label, doors.c.size, doors.c.kind)
    at_rest = (doors.c.alarm.is_(None), doors.c.state != "open", ~doors.c.silent)
    rows = connection.execute(select(*columns).where(*free, *at_rest))
    least = sizes.index(size) if size in sizes else 0
    fitting = [row for row in rows if row.size in sizes and sizes.index(row.size) >= least]
    return sorted(fitting, key=lambda row: (row.kind == "shelf", sizes.index(row.size), row.compartment))
