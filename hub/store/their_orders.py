"""Orders of people, also of what never lay in a locker: which hold an erasure back, and which are over."""

from typing import Any

from sqlalchemy import ColumnElement, Connection, exists, func, or_, select

from hub.core.redaction import NOBODY
from hub.store.tables import bags, items, people, service_orders

_order = service_orders.c
LAST_MS = func.coalesce(_order.done_ms, _order.cancelled_ms, _order.closed_ms, _order.placed_ms)
"""When an order was over; when it was placed, if nothing came of it."""


def _is_held() -> ColumnElement[bool]:
    """Whether somebody has the bag of an order, or it lies somewhere: of a lost one nobody knows."""
    mine = (bags.c.site == service_orders.c.site, bags.c.id == service_orders.c.item)
    here = (bags.c.ended_ms.is_(None), bags.c.state != "lost", bags.c.holder_kind.is_not(None))
    held = exists().where(*mine, *here)
    return held.correlate(service_orders)


def _lies_here() -> ColumnElement[bool]:
    lying = exists().where(items.c.id == service_orders.c.item, items.c.ended_ms.is_(None))
    return lying.correlate(service_orders)


def held(connection: Connection, site: str, person: str) -> list[Any]:
    """What of theirs is on its way and in no locker: `id`, `kind`, `compartment` (none)."""
    mine = (service_orders.c.site == site, service_orders.c.person == person)
    columns = (service_orders.c.item.label("id"), service_orders.c.kind, items.c.compartment)
    query = select(*columns).outerjoin(items, items.c.id == service_orders.c.item)
    return list(connection.execute(query.where(*mine, _is_held(), ~_lies_here())))


def over(connection: Connection, site: str, person: str) -> set[str]:
    """The items of their orders that nobody has any more."""
    mine = (service_orders.c.site == site, service_orders.c.person == person)
    query = select(service_orders.c.item).where(*mine, ~_is_held(), ~_lies_here())
    return set(connection.execute(query).scalars())


def over_before(before_ms: int) -> Any:
    """Selects items of orders that are over since then, and name somebody."""
    named = (service_orders.c.person.is_not(None), service_orders.c.person != NOBODY)
    return select(service_orders.c.item).where(before_ms > LAST_MS, *named, ~_is_held(), ~_lies_here())


def nothing_is_held_of(person_id: Any) -> ColumnElement[bool]:
    """Whether no order of this person is on its way."""
    theirs = exists().where(service_orders.c.person == person_id, or_(_is_held(), _lies_here()))
    return ~theirs.correlate(people)


def last_ms() -> Any:
    """When the last order of a row of `people` was over."""
    mine = service_orders.c.person == people.c.id
    return select(func.max(LAST_MS)).where(mine).correlate(people).scalar_subquery()
