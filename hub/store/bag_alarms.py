"""Bags that somebody should see to, at all sites or one."""

from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, select

from hub.core.bag_alarms import SOUGHT, Worry, with_neighbours, worries
from hub.store.bulk import rows_where
from hub.store.tables import bags, dismissals, scans

MOST_BAGS: Final = 2_000


def open_worries(
    connection: Connection, now_ms: int, site: str | None = None, most: int = MOST_BAGS
) -> list[Worry]:
    """Those nobody has seen to yet, the longest standing first; of at most so many bags of each kind."""
    late = (bags.c.next_ms < now_ms, bags.c.next_ms.is_not(None))
    rows = {(row["site"], row["id"]): row for row in _bags(connection, site, most, *late, by=bags.c.next_ms)}
    asked = _bags(connection, site, most, bags.c.asked_ms.is_not(None), by=bags.c.asked_ms)
    rows |= {(row["site"], row["id"]): row for row in asked}
    found = worries(rows.values(), now_ms)
    seen = {row["event"] for row in rows_where(connection, dismissals, "event", [one.event for one in found])}
    standing = [one for one in found if one.event not in seen]
    return with_neighbours(standing, _tags_by_load(connection, standing))


def _bags(
    connection: Connection, site: str | None, most: int, *which: ColumnElement[bool], by: Any
) -> list[dict[str, Any]]:
    here = () if site is None else (bags.c.site == site,)
    query = select(bags).where(*which, *here).order_by(by).limit(most)
    return [dict(row._mapping) for row in connection.execute(query)]


def _tags_by_load(connection: Connection, found: list[Worry]) -> dict[str, list[str]]:
    wanted = {one.load for one in found if one.load and one.kind in SOUGHT}
    together: dict[str, list[str]] = {}
    for row in sorted(rows_where(connection, scans, "load", wanted), key=lambda row: row["tag"]):
        if row["side"] == "load":
            together.setdefault(row["load"], []).append(row["tag"])
    return together
