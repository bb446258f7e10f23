"""Numbers that two things bear: perhaps two kiosks took one parcel in, or two sites; or it went astray.

Kiosks and lockers each know only what passed through their own hands; the hub hears of both. The lockers do
not refuse the second: the pieces of one delivery share a number, carriers use theirs again, and what a kiosk
has noted as received before it asks for a place would then be nowhere. Somebody compares the two.
"""

from collections.abc import Iterable
from itertools import groupby
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, case, func, select

from hub.core.attention import Double, Stray
from hub.store.bulk import rows_where
from hub.store.database import Connection
from hub.store.pages import IN_HOUSE, MOST_ROWS
from hub.store.tables import dismissals, expected_parcels, items

SHORTEST: Final = 8
"""A shorter number, typed for a parcel that has none, may be another one's anywhere."""


def _number(label: ColumnElement[str]) -> ColumnElement[str]:
    """The number without the identifier a scanner puts before it, however it was typed."""
    bare = case((label.startswith("]"), func.substr(label, 4)), else_=label)
    return func.upper(func.replace(bare, " ", ""))


_NUMBER: Final = _number(items.c.label)
_SINCE: Final = func.coalesce(items.c.received_ms, items.c.claimed_ms, 0)


def doubles(connection: Connection) -> list[Double]:
    """At all sites, unless somebody there saw to the latest. The pieces of one delivery share a number."""
    rows = connection.execute(_query().limit(MOST_ROWS)).all()
    same = (list(group) for _, group in groupby(rows, key=lambda row: row.label_number))
    found = [double for group in same for double in _doubles(group)]
    over = {row["event"] for row in rows_where(connection, dismissals, "event", {one.event for one in found})}
    return [one for one in found if one.event not in over]


def strays(connection: Connection) -> list[Stray]:
    """What one site has and another one was told to expect: it was left at the wrong place, oldest first."""
    awaited = (
        select(_number(expected_parcels.c.label).label("label_number"), expected_parcels.c.site)
        .where(expected_parcels.c.closed_ms.is_(None), func.length(expected_parcels.c.label) >= SHORTEST)
        .distinct()
        .subquery()
    )
    there = (
        select(items.c.id, items.c.site, _SINCE.label("since_ms"), _NUMBER.label("label_number"))
        .where(items.c.ended_ms.is_(None), items.c.state.in_(IN_HOUSE))
        .where(func.length(items.c.label) >= SHORTEST)
        .subquery()
    )
    elsewhere = (awaited.c.label_number == there.c.label_number) & (awaited.c.site != there.c.site)
    query = (
        select(there, awaited.c.site.label("awaited_at"))
        .join(awaited, elsewhere)
        .order_by(there.c.since_ms, there.c.id, awaited.c.site)
        .limit(MOST_ROWS)
    )
    found: dict[str, Stray] = {}
    for row in connection.execute(query):
        known = found.get(row.id)
        awaited_at = (*(known.awaited_at if known else ()), row.awaited_at)
        found[row.id] = Stray(row.site, row.id, row.since_ms, row.label_number, awaited_at)
    return list(found.values())


def _query() -> Select[Any]:
    """Of what is there, not of all that ever was: for `label <> ''` SQLite takes the index of labels."""
    together = func.count().over(partition_by=_NUMBER)
    there = (
        select(items.c.id, items.c.site, items.c.compartment, _SINCE.label("since_ms"))
        .add_columns(_NUMBER.label("label_number"), together.label("together"))
        .where(items.c.ended_ms.is_(None), items.c.state.in_(IN_HOUSE))
        .where(func.length(items.c.label) > 0, items.c.pieces == 1)
        .subquery()
    )
    columns = there.c
    several = select(there).where(columns.together > 1)
    return several.order_by(columns.label_number, columns.since_ms, columns.id)


def _doubles(same: list[Any]) -> Iterable[Double]:
    """Of the things that bear one number, oldest first: one for each site that has any of them."""
    sites = sorted({row.site for row in same})
    is_digest = same[0].label_number.startswith("#")  # of a square code that may be the same on every parcel
    for site in sites:
        here = [row for row in same if row.site == site]
        places = tuple(sorted({row.compartment for row in here if row.compartment is not None}))
        others = () if is_digest else tuple(other for other in sites if other != site)
        if others or len(here) > 1:
            yield Double(site, here[-1].id, same[-1].since_ms, places, len(here), others, same[-1].id)
