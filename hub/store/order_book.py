"""Orders as the pages list them: the row of each, with where its bag is."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from sqlalchemy import Connection, and_, func, select

from hub.core.order_book import OVER, EssShare, Work, ess_share
from hub.store.order_tables import IS_UNDER_WAY
from hub.store.tables import bags, counts, items, partners, payments, quotes, scans, service_orders

MOST_LISTED: Final = 500

Order = Mapping[str, Any]
"""A row of `service_orders`; what `bags` says of it bears the prefix `bag_`, `item_state` is of `items`."""

_BAG: Final = (
    "state",
    "holder_kind",
    "holder_id",
    "holder_employer",
    "before_id",
    "questions",
    "since_ms",
    "next_post",
    "next_ms",
    "doubt",
    "tag",
    "pieces_person",
    "pieces_staff",
    "pieces_partner",
    "weight_grams",
    "ended_how",
)


def _with_bags() -> Any:
    columns = [bags.c[name].label(f"bag_{name}") for name in _BAG]
    mine = and_(bags.c.site == service_orders.c.site, bags.c.id == service_orders.c.item)
    query = select(service_orders, *columns, items.c.state.label("item_state")).outerjoin(bags, mine)
    return query.outerjoin(items, items.c.id == service_orders.c.item)


def orders_under_way(connection: Connection, site: str) -> list[Order]:
    """Those somebody waits for; what the hub heard of by halves (no line yet) is left out."""
    placed = (service_orders.c.site == site, service_orders.c.placed_ms.is_not(None))
    query = _with_bags().where(*placed, IS_UNDER_WAY)
    return _rows(connection, query.order_by(service_orders.c.placed_ms.desc()).limit(MOST_LISTED))


def orders_over(connection: Connection, site: str, since_ms: int) -> list[Order]:
    """Those that are over and were placed since then, the latest first."""
    placed = (service_orders.c.site == site, service_orders.c.placed_ms >= since_ms)
    query = _with_bags().where(*placed, service_orders.c.state.in_(OVER))
    return _rows(connection, query.order_by(service_orders.c.placed_ms.desc()).limit(MOST_LISTED))


def order_of(connection: Connection, site: str, order: str) -> Order | None:
    """One of a site."""
    mine = (
        service_orders.c.id == order,
        service_orders.c.site == site,
        service_orders.c.placed_ms.is_not(None),
    )
    found = _rows(connection, _with_bags().where(*mine))
    return found[0] if found else None


def order_with(connection: Connection, item: str) -> Any | None:
    """`id` and `site` of the last order of something."""
    columns = (service_orders.c.id, service_orders.c.site)
    mine = (service_orders.c.item == item, service_orders.c.placed_ms.is_not(None))
    query = select(*columns).where(*mine).order_by(service_orders.c.placed_ms.desc()).limit(1)
    return connection.execute(query).one_or_none()


def orders_between(
    connection: Connection, from_ms: int, until_ms: int, site: str | None = None, partner: str | None = None
) -> list[Order]:
    """Those placed then, oldest first: of one site or of all, of one partner or of all."""
    wanted = [service_orders.c.placed_ms >= from_ms, service_orders.c.placed_ms < until_ms]
    wanted += [service_orders.c.site == site] if site else []
    wanted += [service_orders.c.partner == partner] if partner else []
    return _rows(connection, _with_bags().where(*wanted).order_by(service_orders.c.placed_ms))


def _rows(connection: Connection, query: Any) -> list[Order]:
    return [dict(row._mapping) for row in connection.execute(query)]


# --- what belongs to one -------------------------------------------------------------------------


def payments_of(connection: Connection, orders: Iterable[str]) -> dict[str, list[Any]]:
    """The proofs of payment of these orders, by order, oldest first."""
    found: dict[str, list[Any]] = {}
    query = select(payments).where(payments.c.order_id.in_(list(orders))).order_by(payments.c.at_ms)
    for row in connection.execute(query):
        found.setdefault(row.order_id, []).append(row)
    return found


def quotes_of(connection: Connection, site: str, order: str) -> list[Any]:
    """The quotes of an order, oldest first."""
    mine = (quotes.c.order_id == order, quotes.c.site == site, quotes.c.made_ms.is_not(None))
    return list(connection.execute(select(quotes).where(*mine).order_by(quotes.c.made_ms)))


def scans_of(connection: Connection, site: str, bag: str) -> list[Any]:
    """What was seen of a bag, oldest first."""
    mine = (scans.c.site == site, scans.c.bag == bag)
    return list(connection.execute(select(scans).where(*mine).order_by(scans.c.at_ms, scans.c.event)))


def counts_of(connection: Connection, site: str, item: str) -> list[Any]:
    """The counts and weights of an item, oldest first."""
    mine = (counts.c.site == site, counts.c.item == item)
    return list(connection.execute(select(counts).where(*mine).order_by(counts.c.at_ms, counts.c.event)))


# --- the social economy --------------------------------------------------------------------------


def share_since(connection: Connection, since_ms: int, now_ms: int) -> EssShare:
    """How much of the network's work goes to the social economy; a partner counts with its paper only."""
    known = select(partners.c.id, partners.c.ess, partners.c.ess_proof_ms, partners.c.removed_ms)
    proved, live = dict[str, bool](), dict[str, bool]()
    for row in connection.execute(known):
        proved[row.id] = bool(row.ess and row.ess_proof_ms is not None)
        if row.removed_ms is None:
            live[row.id] = proved[row.id]
    whole = ess_share(proved, _works_since(connection, since_ms, now_ms + 1))
    return EssShare(ess_share(live, ()).partners, whole.orders, whole.cents)


def _works_since(connection: Connection, from_ms: int, until_ms: int) -> list[Work]:
    """What each partner did then; summed up where it lies, for it is a year of the whole network."""
    order = service_orders.c
    price = func.coalesce(order.agreed_cents, order.total_cents)
    placed = (order.placed_ms >= from_ms, order.placed_ms < until_ms, order.state != "cancelled")
    query = select(order.partner, func.count().label("orders"), func.sum(price).label("cents"))
    rows = connection.execute(query.where(*placed).group_by(order.partner))
    return [Work(row.partner or "", row.orders, int(row.cents)) for row in rows]
