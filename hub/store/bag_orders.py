"""A bag that nobody ordered anything for gets its order: one that waits for its bag, or a new one.

What was seen of the bag stays its own: the order comes to the bag, or its tag becomes that of the order.
"""

from datetime import tzinfo
from typing import Any, Final

from sqlalchemy import Connection, select

from contract import messages as m
from contract.ids import fresh_id
from hub.core.bags import questions_of
from hub.core.counter import Wanted, item_of
from hub.core.order_book import lines_of
from hub.store.counter import place_order
from hub.store.order_book import Order, orders_under_way
from hub.store.own_facts import OwnFact, append
from hub.store.people import person_row
from hub.store.tables import items, services

MOST: Final = 30


def wants_order(bag: Any) -> bool:
    """Whether a row of `bags` is asked about for want of an order."""
    return not {"no_order", "unknown"}.isdisjoint(questions_of(bag._asdict()))


def waiting(connection: Connection, site: str, bag: Any) -> list[Order]:
    """Orders of which no bag was seen yet: where somebody is known whose the bag is, only theirs."""
    person = owner(connection, site, bag)
    theirs = person if person is not None and person_row(connection, site, person) is not None else None
    comes = set(
        connection.execute(
            select(services.c.id).where(services.c.site == site, services.c.way == "order")
        ).scalars()
    )
    found = [
        one
        for one in orders_under_way(connection, site)
        if one["service"] not in comes and _may_be_its(one, bag) and theirs in (None, one["person"])
    ]
    return sorted(found, key=lambda one: one["person"] != person)[:MOST]


def owner(connection: Connection, site: str, bag: Any) -> str | None:
    """Whose it is, as its lockers say: who has the ticket of it, maybe nobody known."""
    query = select(items.c.person).where(items.c.id == bag.item, items.c.site == site)
    return connection.execute(query).scalar_one_or_none() if bag.item else None


def _may_be_its(order: Order, bag: Any) -> bool:
    """What was quoted or paid stays as it is: ordered anew for another bag it would have none of that."""
    unseen = order["bag_state"] in (None, "ordered") and order["item"]
    return bool(unseen) and (bag.item is None or (order["quote"] is None and not order["paid_cents"]))


def belongs(connection: Connection, site: str, bag: Any, order: str, account: str, now_ms: int) -> str | None:
    """The bag is what was ordered; the id of the order it has from now on, None where it may not be that."""
    if not wants_order(bag):
        return None
    found = next((one for one in waiting(connection, site, bag) if one["id"] == order), None)
    if found is None:
        return None
    if bag.item is None:
        _tell(connection, site, _tagged(bag, found["item"]), now_ms)
        return order
    return _moved(connection, site, found, bag.item, account, now_ms)


def order_for(
    connection: Connection,
    site: str,
    bag: Any,
    wanted: Wanted,
    home: str,
    account: str,
    now_ms: int,
    zone: tzinfo,
) -> bool:
    """Order it for the bag; False where it is ordered already. Raises ChangedError."""
    if not place_order(connection, site, wanted, home, account, now_ms, zone):
        return False
    if bag.item is None and wanted.item is not None:
        _tell(connection, site, _tagged(bag, wanted.item), now_ms)
    return True


def item_for(bag: Any, order: str) -> str:
    """The id of what will be ordered: the bag's own, or one for what has none."""
    return str(bag.item) if bag.item else item_of(order)


def _tagged(bag: Any, item: str) -> m.BagTagged:
    return m.BagTagged(tag=bag.tag, item=item, how="scanned")


def _moved(connection: Connection, site: str, order: Order, item: str, account: str, now_ms: int) -> str:
    """An order names its item once and for all: this one ends, and the same goes on for the bag that is here.

    It keeps its number and the word of its receipt: they stand on the paper in somebody's hands.
    """
    fresh = fresh_id(now_ms)
    names = ("number", "kind", "person", "service", "version", "partner", "total_cents", "pay", "pieces")
    same = {name: order[name] for name in (*names, "weight_grams", "promised_ms", "anonymous")}
    same["lines"] = lines_of(order)
    again = m.OrderPlaced(order=fresh, item=item, way="staff", staff=account, **same)
    _tell(connection, site, m.OrderCancelled(order=order["id"], why="moved", staff=account), now_ms)
    _tell(connection, site, again, now_ms)
    if order["receipt_word"]:
        shown = m.ReceiptShown(order=fresh, how="print", word=order["receipt_word"])
        _tell(connection, site, shown, now_ms)
    return fresh


def _tell(connection: Connection, site: str, fact: m.OrderFact, now_ms: int) -> None:
    append(connection, [OwnFact(fresh_id(now_ms), site, now_ms, False, fact)], now_ms)
