"""What the figures of the lockers are made from: every question is answered from an index of one site.

Retention takes what is older than it keeps; a thing that changed its place counts for where it lay last.
"""

from collections.abc import Sequence

from sqlalchemy import case, func, or_, select

from hub.core.door_figures import Opening, Stay
from hub.store.database import Connection
from hub.store.tables import doors, items, operations

_FAILED = ("not_opened", "uncertain")
_IN_HAND = ("in_hand", "away")


def site_locks(connection: Connection, site: str) -> list[int]:
    """The doors with a lock, by number."""
    locks = (doors.c.site == site, doors.c.declared, doors.c.kind == "lock")
    return list(connection.execute(select(doors.c.compartment).where(*locks)).scalars())


def openings_since(connection: Connection, site: str, locks: Sequence[int], since_ms: int) -> list[Opening]:
    """All openings of these doors since then, whoever asked for them."""
    mine = (operations.c.site == site, operations.c.compartment.in_(locks))
    asked = select(operations.c.intent_ms, operations.c.compartment, operations.c.state)
    rows = connection.execute(asked.where(*mine, operations.c.intent_ms >= since_ms))
    return [Opening(at_ms, door, state in _FAILED) for at_ms, door, state in rows]


def door_counts(connection: Connection, site: str, compartment: int, since_ms: int) -> tuple[int, int]:
    """How often one door was told to open since then, and how often it did not."""
    mine = (operations.c.site == site, operations.c.compartment == compartment)
    failed = func.sum(case((operations.c.state.in_(_FAILED), 1), else_=0))
    row = connection.execute(
        select(func.count(), func.coalesce(failed, 0)).where(*mine, operations.c.intent_ms >= since_ms)
    ).one()
    return int(row[0]), int(row[1])


def stays_since(connection: Connection, site: str, locks: Sequence[int], since_ms: int) -> list[Stay]:
    """What lay behind these doors at some moment since then."""
    here = set(locks)
    columns = (items.c.compartment, items.c.left_ms, items.c.taken_ms, items.c.ended_ms, items.c.state)
    lately = or_(items.c.ended_ms >= since_ms, items.c.ended_ms.is_(None))
    rows = connection.execute(select(*columns).where(items.c.site == site, lately))
    return [
        Stay(row.left_ms, row.taken_ms if row.state in _IN_HAND else row.ended_ms)
        for row in rows
        if row.left_ms is not None and row.compartment in here
    ]
