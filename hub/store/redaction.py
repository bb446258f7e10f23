"""Taking people and labels out of the ledger and of what is folded from it, within one transaction.

A ledger row keeps its place, its hash and the hash before it; its body becomes what `hub.core.redaction`
leaves of it. The rows of the fold are changed to what that gives, so that they still equal a rebuild (I2).
"""

from collections.abc import Callable, Iterable
from typing import Any

from sqlalchemy import ColumnElement, Connection, select, text, update

from contract.codec import ContractError, decode_fact, encode
from contract.messages import AnyFact
from hub.core import bag_documents, documents
from hub.core.redaction import NAMING, NOBODY, unnamed, without_trace
from hub.store.bulk import rows_where
from hub.store.feed import write_changes
from hub.store.tables import FLEETING, bags, items, ledger, operations, pickups, service_orders, visits

_NAMED_ITEM = f"type IN {NAMING!r}"
_INTENT = "type = 'door_intent'"
_OPENED = "type = 'pickup_opened'"


def forget_items(connection: Connection, ids: Iterable[str], now_ms: int) -> None:
    """Nobody learns any more whose these items were, nor what their labels said."""
    wanted = list(ids)
    _redact(connection, rows_where(connection, ledger, "ref", wanted, also=_NAMED_ITEM), unnamed, now_ms)
    at_doors = [row["id"] for row in rows_where(connection, operations, "item", wanted)]
    _redact(connection, rows_where(connection, ledger, "ref", at_doors, also=_INTENT), unnamed, now_ms)
    by_code = (operations.c.item.in_(wanted), operations.c.authority == "code")
    connection.execute(update(operations).where(*by_code).values(actor=NOBODY))
    named = (items.c.id.in_(wanted), items.c.person.is_not(None))
    connection.execute(update(items).where(*named).values(person=NOBODY))
    emptied = update(items).where(items.c.id.in_(wanted)).values(label="", proxy=None)
    told = {(row.site, row.id) for row in connection.execute(emptied.returning(items.c.site, items.c.id))}
    ordered = (service_orders.c.item.in_(wanted), service_orders.c.person.is_not(None))
    told |= {(row["site"], row["item"]) for row in _nobodys_orders(connection, *ordered)}
    for site in sorted({site for site, _ in told}):
        gone: list[documents.Change] = [
            ("kiosk", f"tracked/{item}", None) for where, item in sorted(told) if where == site
        ]
        write_changes(connection, site, gone, now_ms)


def forget_former_owner(connection: Connection, ids: Iterable[str], person: str, now_ms: int) -> None:
    """Items that are somebody else's now: only that they once were for `person` is forgotten."""
    rows = rows_where(connection, ledger, "ref", ids, also=_NAMED_ITEM)
    _redact(connection, rows, lambda fact: unnamed(fact, person), now_ms)
    ordered = (service_orders.c.item.in_([row["ref"] for row in rows]), service_orders.c.person == person)
    for order in _nobodys_orders(connection, *ordered):
        mine = (bags.c.site == order["site"], bags.c.id == order["item"])
        for bag in connection.execute(select(bags).where(*mine)).mappings():
            changes = bag_documents.tracked(bag, NOBODY, order["kind"], order)
            write_changes(connection, order["site"], changes, now_ms)


def _nobodys_orders(connection: Connection, *which: ColumnElement[bool]) -> list[Any]:
    """Take the person out of these orders; they as they are now."""
    emptied = update(service_orders).where(*which).values(person=NOBODY).returning(*service_orders.c)
    return list(connection.execute(emptied).mappings())


def forget_pickups(connection: Connection, ids: Iterable[str], now_ms: int) -> None:
    """Nobody learns any more who had these tickets."""
    wanted = list(ids)
    _redact(connection, rows_where(connection, ledger, "ref", wanted, also=_OPENED), unnamed, now_ms)
    named = (pickups.c.id.in_(wanted), pickups.c.person.is_not(None))
    connection.execute(update(pickups).where(*named).values(person=NOBODY))


def forget_traces(connection: Connection, positions: Iterable[int], now_ms: int) -> None:
    """Nobody learns any more who tried a code."""
    rows = rows_where(connection, ledger, "position", positions)
    _redact(connection, rows, without_trace, now_ms)
    for row in rows:
        if row["type"] == "visit_opened" and row["quarantine"] is None:
            mine = (visits.c.id == row["ref"], visits.c.site == row["site"])
            connection.execute(update(visits).where(*mine).values(pickup=None, staff=None))


def forget_labels(connection: Connection, positions: Iterable[int], now_ms: int) -> None:
    """Facts that are of no item: their labels are blank from now on."""
    _redact(connection, rows_where(connection, ledger, "position", positions), unnamed, now_ms, always=True)


def drop_bodies(connection: Connection, positions: Iterable[int], now_ms: int) -> None:
    """Rows nobody could read: their bytes go."""
    _redact(connection, rows_where(connection, ledger, "position", positions), lambda _fact: None, now_ms)


def reassigned(connection: Connection, site: str, person: str) -> list[str]:
    """Items of which somebody said that they are for `person`, or no longer are."""
    told = (ledger.c.type == "item_reassigned", ledger.c.site == site, text(FLEETING))
    rows = connection.execute(select(ledger.c.ref, ledger.c.body).where(*told))
    return [row.ref for row in rows if person.encode() in bytes(row.body)]


def _redact(
    connection: Connection,
    rows: Iterable[dict[str, Any]],
    rule: Callable[[AnyFact], AnyFact | None],
    now_ms: int,
    *,
    always: bool = False,
) -> None:
    """Write what `rule` leaves of each body; `always` marks also those it has nothing to take from."""
    for row in rows:
        body = _reduced(bytes(row["body"]), rule)
        if body != bytes(row["body"]) or always:
            mine = update(ledger).where(ledger.c.position == row["position"])
            connection.execute(mine.values(body=body, redacted_ms=row["redacted_ms"] or now_ms))


def _reduced(body: bytes, rule: Callable[[AnyFact], AnyFact | None]) -> bytes:
    """A body that cannot be read is dropped whole: nobody knows whom it names."""
    try:
        before = decode_fact(body)
    except ContractError:
        return b""
    after = rule(before)
    if after is None:
        return b""
    return body if after == before else encode(after)
