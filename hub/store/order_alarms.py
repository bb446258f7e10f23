"""Orders that are late or soon will be, at all sites; by the index of what was promised."""

from typing import Any, Final

from sqlalchemy import Connection, and_, or_, select

from hub.core.bag_alarms import ORDERED
from hub.core.order_alarms import LATEST_MS, Promised
from hub.core.order_book import title_of
from hub.store.order_tables import IS_UNDER_WAY
from hub.store.tables import bags, items, people, service_orders

MOST: Final = 500
_BEING_DONE: Final = ("placed", "part_ready")


def promised_soon(connection: Connection, now_ms: int) -> list[Promised]:
    """What is promised within a day or was before, and no bag tells of; the earliest first.

    What is ready, or waits for an answer, is late only where nobody has seen it, once its promise broke. What
    came back and lies there for its person is not, whatever its partner said.
    """
    order = service_orders.c
    mine = and_(bags.c.site == order.site, bags.c.id == order.item)
    unseen = bags.c.state == ORDERED
    being_done = and_(order.state.in_(_BEING_DONE), or_(bags.c.next_ms.is_(None), unseen))
    query = (
        select(order.site, order.id, order.number, order.placed_ms, order.promised_ms)
        .add_columns(order.lines, order.anonymous, people.c.name)
        .outerjoin(bags, mine)
        .outerjoin(people, people.c.id == order.person)
        .outerjoin(items, items.c.id == order.item)
        .where(or_(items.c.state.is_(None), items.c.state != "waiting"))
        .where(order.promised_ms < now_ms + LATEST_MS, IS_UNDER_WAY)
        .where(or_(being_done, and_(unseen, order.promised_ms <= now_ms)), order.placed_ms.is_not(None))
        .order_by(order.promised_ms)
        .limit(MOST)
    )
    return [
        Promised(
            row.site, row.id, row.number or row.id[:8], row.placed_ms, row.promised_ms, about=_about(row)
        )
        for row in connection.execute(query)
    ]


def _about(row: Any) -> str:
    name = "" if row.anonymous else row.name
    return " · ".join(part for part in (title_of(row._mapping), name) if part)
