"""A site in figures, for those who see no name: each counted from an index."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, Select, func, select

from hub.store.database import Connection
from hub.store.order_tables import IS_UNDER_WAY
from hub.store.pages import IN_HOUSE
from hub.store.tables import bags, items, service_orders


@dataclass(frozen=True)
class Figures:
    """How many things are here, how many left since then and how many of these were collected; orders under
    way, and of these late; bags an employer's people have, and of these with a hand-over to be made good.
    """

    here: int
    left: int
    collected: int
    orders: int
    late: int
    bags: int
    open_bags: int


def figures_of(
    connection: Connection, site: str, since_ms: int, now_ms: int, employer: str | None
) -> Figures:
    """The figures of a site; those of bags only for an employer."""
    mine = (items.c.site == site, items.c.ended_ms >= since_ms)
    under_way = (service_orders.c.site == site, IS_UNDER_WAY)
    theirs = (bags.c.site == site, bags.c.ended_ms.is_(None), bags.c.holder_employer == employer)
    queries = (
        _count(items.c.id).where(
            items.c.site == site, items.c.ended_ms.is_(None), items.c.state.in_(IN_HOUSE)
        ),
        _count(items.c.id).where(*mine),
        _count(items.c.id).where(*mine, items.c.state == "collected"),
        _count(service_orders.c.id).where(*under_way),
        _count(service_orders.c.id).where(*under_way, service_orders.c.promised_ms < now_ms),
    )
    held = _count(bags.c.id).where(*theirs)
    asked = held.where(bags.c.asked_ms.is_not(None))
    of_bags = () if employer is None else (held, asked)
    counts = [int(connection.execute(query).scalar_one()) for query in (*queries, *of_bags)]
    return Figures(*counts[:5], *(counts[5:] or (0, 0)))


def _count(column: Column[Any]) -> Select[Any]:
    return select(func.count(column))
