"""The rows from which bags follow: what new facts may change is read, computed anew and marked.

How much is read depends on the cycle a bag is in, never on how often its tag was used before.
"""

from collections import Counter, defaultdict
from collections.abc import Set
from typing import Any

from sqlalchemy import Connection

from hub.core import bags, custody
from hub.core.bags import Bag
from hub.core.order_rules import settle_money
from hub.core.rows import Row, Rows
from hub.store import tables
from hub.store.bulk import rows_by, rows_where

_BEFORE = (
    "SELECT * FROM (SELECT {names} FROM taggings WHERE site = ? AND tag = ? AND at_ms < ?"
    " ORDER BY at_ms DESC, event DESC LIMIT 1) AS before"
)
_FROM = (
    "SELECT {names} FROM taggings WHERE site = ? AND tag = ? AND at_ms = ?"
    " UNION ALL SELECT * FROM (SELECT {names} FROM taggings WHERE site = ? AND tag = ? AND at_ms > ?"
    " ORDER BY at_ms, event LIMIT 1) AS after"
)
_AROUND = " UNION ALL ".join((_BEFORE, _FROM))
_BETWEEN = "SELECT {names} FROM scans WHERE site = ? AND tag = ? AND at_ms >= ? AND at_ms < ?"
_LATEST = (
    "SELECT {names} FROM scans WHERE site = ? AND bag = ? ORDER BY at_ms DESC, event DESC, tag DESC LIMIT ?"
)
_EVER, _NEVER = -(2**62), 2**62


def follow(connection: Connection, rows: Rows) -> None:
    """Bring what the changed rows concern, and compute bags and orders anew."""
    _settle_orders(connection, rows)
    new = rows.of("scans")
    if not (new or rows.changed["taggings"] or rows.stale_bags):
        return
    _load_around(connection, rows, new, rows.of("taggings"))
    _load_rows_of(connection, rows, {(row["site"], row["item"]) for row in rows.held["taggings"].values()})
    before = {key: scan["bag"] for key, scan in rows.held["scans"].items()}
    touched = bags.assign(rows)
    held = rows.held["scans"].items()
    moved = Counter((scan["site"], before[key]) for key, scan in held if before[key] != scan["bag"])
    _load_bags(connection, rows, touched, moved)
    bags.settle(rows, touched)


def _settle_orders(connection: Connection, rows: Rows) -> None:
    ids = {order for _, order in rows.stale_orders}
    if ids:
        rows.put("service_orders", rows_where(connection, tables.service_orders, "id", ids))
        rows.put("quotes", rows_where(connection, tables.quotes, "order_id", ids))
        rows.put("payments", rows_where(connection, tables.payments, "order_id", ids))
        settle_money(rows)


def _load_around(connection: Connection, rows: Rows, new: list[Row], begun: list[Row]) -> None:
    """Taggings before and after each moment that counts, and the scans that a new tagging may claim."""
    moments = {(row["site"], row["tag"], row["at_ms"]) for row in (*new, *begun) if row["tag"]}
    for place in moments:
        rows.put("taggings", rows_by(connection, tables.taggings, _AROUND, place * 3))
    for tagging in begun:
        rows.put("scans", _claimed_by(connection, rows, tagging))
    if begun:
        items = {row["item"] for row in begun}
        rows.put("scans", rows_where(connection, tables.scans, "item", items))
    said = {row["item"] for row in rows.held["scans"].values() if row["item"] and row["tag"]}
    said |= {row["item"] for row in begun}
    rows.put("taggings", rows_where(connection, tables.taggings, "item", said))
    for scan in list(rows.held["scans"].values()):
        if scan["tag"] and (place := (scan["site"], scan["tag"], scan["at_ms"])) not in moments:
            moments.add(place)
            rows.put("taggings", rows_by(connection, tables.taggings, _AROUND, place * 3))


def _claimed_by(connection: Connection, rows: Rows, tagging: Row) -> list[Row]:
    """Scans of its tag from then to the next tagging; also those before it, where it is the first."""
    site, tag, at_ms = tagging["site"], tagging["tag"], tagging["at_ms"]
    same = [row for row in rows.held["taggings"].values() if (row["site"], row["tag"]) == (site, tag)]
    others = [(row["at_ms"], row["event"]) for row in same if row is not tagging]
    is_first = not any(other < (at_ms, tagging["event"]) for other in others)
    until = min((other for other, _ in others if other > at_ms), default=_NEVER)
    span = (_EVER if is_first else at_ms, until)
    return rows_by(connection, tables.scans, _BETWEEN, (site, tag, *span))


def _load_rows_of(connection: Connection, rows: Rows, wanted: Set[Bag]) -> None:
    """Rows of `bags` that are not held, by their key: by the id alone SQLite reads all there ever were."""
    by_site: dict[str, set[str]] = defaultdict(set)
    for site, bag in wanted - rows.held["bags"].keys():
        by_site[site].add(bag)
    for site, ids in by_site.items():
        here: dict[str, Any] = {"also": "site = ?", "also_values": (site,)}
        rows.put("bags", rows_where(connection, tables.bags, "id", ids, **here))


def _load_bags(connection: Connection, rows: Rows, touched: Set[Bag], moved: Counter[Bag]) -> None:
    """What the rows of these bags are computed from; so many of their scans `moved` away."""
    _load_rows_of(connection, rows, touched)
    ids = {bag for _, bag in touched}
    rows.put("items", rows_where(connection, tables.items, "id", ids))
    rows.put("counts", rows_where(connection, tables.counts, "item", ids))
    rows.put("service_orders", rows_where(connection, tables.service_orders, "item", ids))
    rows.put("taggings", rows_where(connection, tables.taggings, "item", ids))
    for bag in touched:
        most = custody.MOST_STEPS + moved[bag]
        rows.put("scans", rows_by(connection, tables.scans, _LATEST, (*bag, most)))
    for tagging in list(rows.held["taggings"].values()):
        if tagging["item"] in ids:
            place: tuple[Any, ...] = (tagging["site"], tagging["tag"], tagging["at_ms"])
            rows.put("taggings", rows_by(connection, tables.taggings, _FROM, place * 2))
