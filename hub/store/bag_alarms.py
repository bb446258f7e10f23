"""Bags that somebody should see to, at all sites or one."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import count
from typing import Any, Final

from sqlalchemy import Connection, Select, select

from hub.core.bag_alarms import SOUGHT, Worry, with_neighbours, worries
from hub.core.order_book import title_of
from hub.core.rows import Row
from hub.store.bulk import rows_where
from hub.store.tables import bags, dismissals, people, scans, service_orders

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
    return with_neighbours(_with_orders(connection, found), _tags_by_load(connection, found))


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


def _with_orders(connection: Connection, found: list[Worry]) -> list[Worry]:
    """Say of what is looked for behind a door what was ordered for it, and by whom."""
    unsure = {one.bag for one in found if one.kind == "unsure"}
    if not unsure:
        return found
    orders = rows_where(connection, service_orders, "item", unsure)
    people_ids = {row["person"] for row in orders if not row["anonymous"]}
    named = {row["id"]: row["name"] for row in rows_where(connection, people, "id", people_ids)}
    about = {(row["site"], row["item"]): _about(row, named) for row in orders}
    return [
        replace(one, about=about.get((one.site, one.bag), "")) if one.kind == "unsure" else one
        for one in found
    ]


def _about(order: Row, named: Mapping[str, str]) -> str:
    said = (title_of(order), named.get(order["person"], ""), order["number"] or "")
    return " · ".join(part for part in said if part)


def _tags_by_load(connection: Connection, found: list[Worry]) -> dict[str, list[str]]:
    wanted = {one.load for one in found if one.load and one.kind in SOUGHT}
    together: dict[str, list[str]] = {}
    for row in sorted(rows_where(connection, scans, "load", wanted), key=lambda row: row["tag"]):
        if row["side"] == "load":
            together.setdefault(row["load"], []).append(row["tag"])
    return together
