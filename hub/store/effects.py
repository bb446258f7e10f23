"""What new facts of the ledger bring about, whoever told them, within the transaction that adds them.

The tables are folded; the feed, the outbox and the wishes of the pages follow from what the fold changed.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Connection

from contract import messages as m
from hub.core import bag_documents, documents
from hub.core.fact_alarms import FORGED
from hub.core.notices import arrivals
from hub.core.rows import Row, Rows
from hub.core.steps import steps
from hub.core.told import Told
from hub.store import (
    assignments,
    devices,
    dictated,
    erasure,
    expected,
    feed,
    orders,
    outbox,
    outbox_steps,
    take_ins,
)
from hub.store.bulk import rows_where
from hub.store.folding import fold_facts
from hub.store.tables import items, people, pickups, service_orders

_NOT_THE_HUBS: Final = ("nonce", "signature")
"""Why a bridge refuses what somebody else wrote, or wrote down and says again."""


def take_effect(connection: Connection, told: Sequence[Told], now_ms: int) -> None:
    """Fold these facts, and do all that follows from them."""
    rows = fold_facts(connection, told)
    _tell_sites(connection, rows, now_ms)
    _note_orders(connection, told, now_ms)
    _tell_people(connection, rows, told, now_ms)
    _answer_wishes(connection, rows, told, now_ms)
    erasure.forget_again(connection, rows, told, now_ms)


def _tell_sites(connection: Connection, rows: Rows, now_ms: int) -> None:
    """Keep the feed true: what lies at the site, under which ticket and generation; what left."""
    touched = {row["id"]: row for row in rows.of("pickups")}
    things = {row["id"]: row for row in rows.of("items")}
    if touched:
        others = rows_where(connection, items, "pickup", touched, also="ended_ms IS NULL")
        things |= {row["id"]: row for row in others if row["id"] not in things}
    missing = {row["pickup"] for row in things.values() if row["pickup"]} - touched.keys()
    if missing:
        touched |= {row["id"]: row for row in rows_where(connection, pickups, "id", missing)}
    dropped = {row["person"] for row in things.values() if row["purpose"] == "drop" and row["person"]}
    named = {row["id"] for row in rows_where(connection, people, "id", dropped)} if dropped else set()
    by_site: dict[str, list[documents.Change]] = {}
    for row in things.values():
        holding = documents.holding(row, touched.get(row["pickup"]), named=row["person"] in named)
        by_site.setdefault(row["site"], []).extend(holding)
    for row in rows.of("items"):
        if row["ended_ms"] is not None:
            by_site.setdefault(row["site"], []).extend(documents.return_off(row["id"]))
    for row in rows.of("pickups"):
        if row["closed_ms"] is not None:
            by_site.setdefault(row["site"], []).extend(documents.rotation(row["id"], None))
    for site, changes in _on_their_way(connection, rows):
        by_site.setdefault(site, []).extend(changes)
    for site, changes in by_site.items():
        feed.write_changes(connection, site, changes, now_ms)


def _on_their_way(connection: Connection, rows: Rows) -> Iterator[tuple[str, list[documents.Change]]]:
    """Bags for the kiosks of their sites; one without an order is whose lockers there claimed a place for it.

    A scan may name an item of another site: whose that is, is nobody's business here.
    """
    changed = rows.of("bags")
    orders_of = rows.held["service_orders"]
    without = {row["item"] for row in changed if row["order_id"] is None and row["item"]}
    claimed = {(row["site"], row["id"]): row for row in rows_where(connection, items, "id", without)}
    words = _own_words(connection, changed, orders_of)
    for row in changed:
        order = orders_of.get(row["order_id"]) if row["order_id"] else None
        owned = order or claimed.get((row["site"], row["item"])) or {"person": None, "kind": None}
        yield (
            row["site"],
            bag_documents.tracked(
                row, owned["person"], owned["kind"], order, words.get((row["site"], row["item"]))
            ),
        )
        item = rows.held["items"].get(row["id"])
        if item is not None and item["site"] == row["site"] and item["pickup"] is not None:
            yield row["site"], bag_documents.ended(item, row)


def _own_words(
    connection: Connection, changed: Sequence[Row], orders: Mapping[Any, Row]
) -> dict[tuple[str, str], str]:
    """The words of receipts that bear the id of a thing, for nothing was ordered for it."""
    ordered = {row["item"] for row in changed if (orders.get(row["order_id"]) or {}).get("receipt_word")}
    wanted = {row["item"] for row in changed if row["item"]} - ordered
    found = rows_where(connection, service_orders, "id", wanted)
    return {(row["site"], row["id"]): row["receipt_word"] for row in found if row["receipt_word"]}


def _note_orders(connection: Connection, told: Sequence[Told], now_ms: int) -> None:
    for event in told:
        match event.fact:
            case m.DoorIntent(order=str(order), operation=operation):
                orders.was_carried_out(connection, order, event.device, operation, now_ms)
            case m.ItemClaimed(order=str(order)):
                take_ins.was_noted(connection, order, event.device, now_ms)
            case m.CompartmentChecked(order=str(order)):
                orders.was_done(connection, order, event.device, now_ms)
            case m.OrderRefused(order=order, why=why, compartment=door):
                orders.was_refused(connection, order, event.device, why, now_ms)
                if why in _NOT_THE_HUBS and not orders.is_ours(connection, order, event.device):
                    devices.incident(
                        connection, event.device, FORGED, now_ms, detail=f"door {door}" if door else ""
                    )


def _tell_people(connection: Connection, rows: Rows, told: Sequence[Told], now_ms: int) -> None:
    """Messages stand in the outbox with what they tell, or not at all."""
    outbox.note_arrivals(connection, arrivals(rows, told), now_ms)
    outbox_steps.note_steps(connection, steps(rows, told), now_ms)
    for event in told:
        match event.fact:
            case m.SlipShown(pickup=pickup, how="print"):
                outbox.slip_printed(connection, event.site, pickup, now_ms)


def _answer_wishes(connection: Connection, rows: Rows, told: Sequence[Told], now_ms: int) -> None:
    """What the pages said and waited for: an item's person, a parcel announced, a code told."""
    assignments.close_answered(connection, rows, told, now_ms)
    expected.came(connection, told, now_ms)
    dictated.note_used(connection, told)
