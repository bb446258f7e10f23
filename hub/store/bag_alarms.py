"""Bags that somebody should see to, at all sites or one."""

from collections.abc import Iterator
from itertools import count
from typing import Any, Final

from sqlalchemy import Connection, Select, select

from hub.core.bag_alarms import SOUGHT, Worry, with_neighbours, worries
from hub.store.bulk import rows_where
from hub.store.tables import bags, dismissals, scans

MOST_BAGS: Final = 2_000


def open_worries(
    connection: Connection, now_ms: int, site: str | None = None, most: int = MOST_BAGS
) -> list[Worry]:
    """Those nobody has seen to yet, the longest standing first.

    Once `most` bags are late, or asked about, no more of them are looked for.
    """
    here = select(bags).where(*() if site is None else (bags.c.site == site,))
    late = here.where(bags.c.next_ms < now_ms, bags.c.next_ms.is_not(None)).order_by(bags.c.next_ms)
    asked = here.where(bags.c.asked_ms.is_not(None)).order_by(bags.c.asked_ms)
    standing = [one for query in (late, asked) for one in _standing(connection, query, now_ms, most)]
    found = sorted({one.event: one for one in standing}.values(), key=lambda one: (one.since_ms, one.event))
    return with_neighbours(found, _tags_by_load(connection, found))


def _standing(connection: Connection, query: Select[Any], now_ms: int, most: int) -> Iterator[Worry]:
    """Page after page: whatever was seen to stands for ever, and must not hide what came later."""
    query, open_bags = query.order_by(bags.c.site, bags.c.id).limit(most), 0
    for start in count(0, most):
        rows = [dict(row._mapping) for row in connection.execute(query.offset(start))]
        found = {one.event: one for one in worries(rows, now_ms)}
        seen = {row["event"] for row in rows_where(connection, dismissals, "event", found)}
        standing = [one for event, one in found.items() if event not in seen]
        yield from standing
        open_bags += len({(one.site, one.bag) for one in standing})
        if open_bags >= most or len(rows) < most:
            return


def _tags_by_load(connection: Connection, found: list[Worry]) -> dict[str, list[str]]:
    wanted = {one.load for one in found if one.load and one.kind in SOUGHT}
    together: dict[str, list[str]] = {}
    for row in sorted(rows_where(connection, scans, "load", wanted), key=lambda row: row["tag"]):
        if row["side"] == "load":
            together.setdefault(row["load"], []).append(row["tag"])
    return together
