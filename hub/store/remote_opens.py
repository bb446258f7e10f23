"""Wishing a door open from the hub's pages. The wish lives for seconds; `hub.orders` carries it out."""

import uuid
from typing import NamedTuple

from sqlalchemy import insert, select

from hub.store.database import Connection
from hub.store.devices import bridge_of
from hub.store.tables import doors, orders


class Seen(NamedTuple):
    """What lay behind the door on the page of whoever decided to open it: the table's columns."""

    allocation: int
    item: str | None


class OvertakenError(Exception):
    """Something else lies there now than what was seen: whoever wished must look again."""


def wish_open(
    connection: Connection, site: str, compartment: int, seen: Seen, actor: str, reason: str, now_ms: int
) -> str | None:
    """Note the wish for whoever talks to the bridges; its id, or None when there is no such lock.

    Raises OvertakenError when it is no longer as `seen`.
    """
    door = connection.execute(
        select(doors.c.allocation, doors.c.item).where(
            doors.c.site == site, doors.c.compartment == compartment, doors.c.declared, doors.c.kind == "lock"
        )
    ).one_or_none()
    bridge = bridge_of(connection, site)
    if door is None or bridge is None:
        return None
    if seen != Seen(*door):
        raise OvertakenError
    order = uuid.uuid4().hex
    connection.execute(
        insert(orders).values(
            id=order,
            site=site,
            device=bridge,
            compartment=compartment,
            allocation=seen.allocation,
            actor=actor,
            reason=reason,
            state="asked",
            asked_ms=now_ms,
            changed_ms=now_ms,
        )
    )
    return order
