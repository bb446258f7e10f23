"""One search over people, parcels, bags, orders and tickets, of all sites or some, answered from indexes.

However long the history is: a label by its beginning, a ticket by its number, a person by what their row says
of name and flat without case and accents (`people.sought`).
"""

from typing import Any, Final

from sqlalchemy import ColumnElement, case, func, select, text

from hub.core.rights import Scope
from hub.core.search import SEPARATORS, Sought
from hub.store.database import Connection
from hub.store.fold_tables import items, pickups
from hub.store.order_book import Order
from hub.store.order_tables import service_orders, taggings
from hub.store.scope import among
from hub.store.tables import people, sites

MOST_FOUND: Final = 30
_MOST_SITES: Final = 400
_MOST_ELSEWHERE: Final = 2_000
"""So many labels of all sites are looked at for those of some: beyond, more of the label is to be written."""
_HAS_LABEL: Final = text("items.label <> ''")  # in the words of the index `ix_items_label`
_LAST: Final = "\U0010ffff"


def found_people(connection: Connection, sought: Sought, sites_seen: Scope = None) -> list[Any]:
    """People on a list whose name and flat hold every word: `id`, `name`, `flat`, `site`, `site_name`.

    First those of whom it is the whole flat, or its end. Those that bear letters and digits apart only where
    nobody does as they were written: `A202` is no Adam in B-1-202. A name that nobody bears so is looked for
    as if it stood in one: `elouardi` is El Ouardi.
    """
    if not sought.words:
        return []
    apart = [people.c.sought.contains(word, autoescape=True) for word in sought.words]
    written = [_bare(people.c.sought).contains(one, autoescape=True) for one in sought.together]
    flat = _bare(func.lower(people.c.flat))
    is_flat = (flat.in_(sought.together + sought.words), 0)
    ends_flat = ((flat.endswith(one, autoescape=True), 1) for one in sought.together)
    query = (
        select(people.c.id, people.c.name, people.c.flat, people.c.site, sites.c.name.label("site_name"))
        .join(sites, sites.c.id == people.c.site)
        .where(people.c.removed_ms.is_(None), *among(people.c.site, sites_seen))
        .order_by(case(is_flat, *ends_flat, else_=2), people.c.sought)
        .limit(MOST_FOUND)
    )
    ways = [[*apart, *written]]
    if written:
        ways.append(apart)
    if sought.run:
        ends = (sought.run[:2], sought.run[-2:])  # cheap to look for, and few bear both
        has_ends = [people.c.sought.contains(one, autoescape=True) for one in ends]
        ways.append([*has_ends, _bare(people.c.sought).contains(sought.run, autoescape=True)])
    found: list[Any] = []
    for way in ways:
        found = found or list(connection.execute(query.where(*way)))
    return found


def _bare(column: ColumnElement[str]) -> ColumnElement[str]:
    for sign in SEPARATORS:
        column = func.replace(column, sign, "")
    return column


def found_items(
    connection: Connection, sought: Sought, persons: list[Any], sites_seen: Scope = None
) -> list[Any]:
    """Things with that label, tag or number, under that ticket, or here for one of `persons` (rows of
    `found_people`); the latest first: a row of `items`, `ticket`, `name` of their person (None off the list),
    `site_name`.
    """
    ids = [
        *_labelled(connection, sought.label, sites_seen),
        *_tagged(connection, {sought.label, sought.number} - {""}, sites_seen),
        *_under_ticket(connection, sought.ticket, sites_seen),
        *_here_for(connection, persons),
    ]
    if not ids:
        return []
    query = (
        select(items, pickups.c.ticket, people.c.name, sites.c.name.label("site_name"))
        .join(sites, sites.c.id == items.c.site)
        .outerjoin(pickups, pickups.c.id == items.c.pickup)
        .outerjoin(people, people.c.id == items.c.person)
        .where(items.c.id.in_(ids), *among(items.c.site, sites_seen))
    )
    rows = list(connection.execute(query))
    return sorted(rows, key=lambda row: (row.ended_ms is not None, -(row.ended_ms or row.left_ms or 0)))


def found_orders(connection: Connection, sought: Sought, sites_seen: Scope = None) -> list[Order]:
    """Orders of that number, also those nothing was handed over for; the latest first: a row of
    `service_orders`, `name` of their person (None off the list), `site_name`.
    """
    numbers = {sought.label, sought.number} - {""}
    if not numbers:
        return []
    query = (
        select(service_orders, people.c.name, sites.c.name.label("site_name"))
        .add_columns(items.c.state.label("item_state"))
        .outerjoin(items, items.c.id == service_orders.c.item)
        .join(sites, sites.c.id == service_orders.c.site)
        .outerjoin(people, people.c.id == service_orders.c.person)
        .where(service_orders.c.number.in_(numbers), service_orders.c.placed_ms.is_not(None))
        .where(*among(service_orders.c.site, sites_seen))
        .limit(MOST_FOUND)
    )
    rows = [dict(row._mapping) for row in connection.execute(query)]
    return sorted(rows, key=lambda row: -row["placed_ms"])


def _labelled(connection: Connection, label: str, sites_seen: Scope) -> list[str]:
    """Labels are kept as a scanner or a person gave them: in capitals, or in small letters.

    One question for each, because SQLite goes through the whole index for both at once.
    """
    found: list[str] = []
    for way in sorted({label, label.lower()} - {""}):
        begins = items.c.label.between(way, way + _LAST)
        labelled = select(items.c.id, items.c.site).where(begins, _HAS_LABEL)
        first = labelled.limit(MOST_FOUND if sites_seen is None else _MOST_ELSEWHERE).subquery()
        mine = select(first.c.id).where(*among(first.c.site, sites_seen)).limit(MOST_FOUND)
        found += connection.execute(mine).scalars()
    return found


def _tagged(connection: Connection, tags: set[str], sites_seen: Scope) -> list[str]:
    """Bags with that tag, and what was ordered under that number."""
    if not tags:
        return []
    bags = select(taggings.c.item).where(taggings.c.tag.in_(tags), *among(taggings.c.site, sites_seen))
    numbered = (service_orders.c.number.in_(tags), *among(service_orders.c.site, sites_seen))
    ordered = select(service_orders.c.item).where(*numbered)
    queries = (bags.limit(MOST_FOUND), ordered.limit(MOST_FOUND))
    found = [item for query in queries for item in connection.execute(query).scalars()]
    return [item for item in found if item is not None]


def _here_for(connection: Connection, persons: list[Any]) -> list[str]:
    """What is in the house for them."""
    if not persons:
        return []
    here = (items.c.site.in_({one.site for one in persons}), items.c.ended_ms.is_(None))
    theirs = items.c.person.in_([one.id for one in persons])
    return list(connection.execute(select(items.c.id).where(*here, theirs).limit(MOST_FOUND)).scalars())


def _under_ticket(connection: Connection, ticket: int | None, sites_seen: Scope) -> list[str]:
    """What is here under that ticket, at each site: numbers are given out again and again."""
    if ticket is None:
        return []
    latest = (
        select(pickups.c.id)
        .where(pickups.c.ticket == ticket, *among(pickups.c.site, sites_seen))
        .order_by(pickups.c.opened_ms.desc())
        .limit(_MOST_SITES)
    )
    ids = list(connection.execute(latest).scalars())
    query = select(items.c.id).where(items.c.pickup.in_(ids), items.c.ended_ms.is_(None)).limit(MOST_FOUND)
    return list(connection.execute(query).scalars())
