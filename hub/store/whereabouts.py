"""Where bags are, and who handed them to whom."""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, case, func, or_, select

from hub.core.partner_deeds import tag_of
from hub.core.rights import Scope
from hub.store.scope import among
from hub.store.tables import bags, scans, service_orders, sites, staff

MOST_ROWS: Final = 300


def where_all(connection: Connection) -> dict[tuple[str, str], tuple[str, str | None]]:
    """State and holder of every bag, by site and id."""
    columns = (bags.c.site, bags.c.id, bags.c.state, bags.c.holder_id)
    return {(row.site, row.id): (row.state, row.holder_id) for row in connection.execute(select(*columns))}


def bag_row(connection: Connection, site: str, bag: str) -> Any | None:
    """One bag with its order's `number`, and its `person` where one is known; None for no bag."""
    known = case((~service_orders.c.anonymous, service_orders.c.person)).label("person")
    query = select(bags, service_orders.c.number, known).outerjoin(
        service_orders, service_orders.c.id == bags.c.order_id
    )
    return connection.execute(query.where(bags.c.site == site, bags.c.id == bag)).one_or_none()


def find_bags(connection: Connection, site: str, tag: str) -> Sequence[Any]:
    """Bags that had this tag, scanned or typed in any way, the present one first."""
    query = select(bags).where(bags.c.site == site, bags.c.tag.in_({tag, tag_of(tag)}))
    return connection.execute(query.order_by(bags.c.begun_ms.desc()).limit(MOST_ROWS)).all()


def tags_of(connection: Connection, site: str, ids: Sequence[str]) -> dict[str, str]:
    """The tag of each of these bags."""
    query = select(bags.c.id, bags.c.tag).where(bags.c.site == site, bags.c.id.in_(ids))
    return {row.id: row.tag for row in connection.execute(query)}


def steps_of(connection: Connection, site: str, bag: str) -> Sequence[Any]:
    """All that was seen of a bag, the latest first."""
    query = select(scans).where(scans.c.site == site, scans.c.bag == bag)
    latest = query.order_by(scans.c.at_ms.desc(), scans.c.event.desc())
    return connection.execute(latest.limit(MOST_ROWS)).all()


_for_whom: Final = func.coalesce(
    scans.c.holder_employer,
    select(staff.c.employer)
    .where(scans.c.holder_kind == "staff", staff.c.id == scans.c.holder_id, staff.c.site == scans.c.site)
    .scalar_subquery(),
)
"""For whom somebody worked; lockers know only who it was, and not for whom."""


def hand_overs(
    connection: Connection, site: str, from_ms: int, until_ms: int, employer: str | None = None
) -> Sequence[Any]:
    """Scans of a time, the latest first; of one employer only what its own people gave or took."""
    query = select(scans).where(
        *_of(site, from_ms, until_ms), scans.c.side.in_(("give", "take", "sent", "out"))
    )
    if employer is not None:
        query = query.where(or_(_for_whom == employer, scans.c.other_employer == employer))
    return connection.execute(query.order_by(scans.c.at_ms.desc()).limit(MOST_ROWS)).all()


def employers(connection: Connection, site: str, from_ms: int, until_ms: int) -> list[str]:
    """Whose people scanned anything in that time."""
    found = select(_for_whom).where(*_of(site, from_ms, until_ms)).distinct()
    return sorted(name for name in connection.execute(found).scalars() if name is not None)


def known_elsewhere(connection: Connection, site: str, tag: str, seen: Scope) -> Sequence[str]:
    """The names of other sites, of those seen, where a bag has this tag."""
    there = (bags.c.tag == tag, bags.c.site != site, bags.c.item.is_not(None), *among(bags.c.site, seen))
    query = select(sites.c.name).join(bags, bags.c.site == sites.c.id).where(*there)
    return connection.execute(query.distinct().order_by(sites.c.name)).scalars().all()


def _of(site: str, from_ms: int, until_ms: int) -> tuple[ColumnElement[bool], ...]:
    return scans.c.site == site, scans.c.at_ms >= from_ms, scans.c.at_ms < until_ms
