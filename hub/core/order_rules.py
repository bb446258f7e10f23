"""What facts say about orders, and about bags as far as it is one fact's own row (the rest: hub.core.bags).

Every value here is the earliest or the latest by time, so that it is the same in whatever order facts come.
"""

from typing import Any, Final

import msgspec

from contract import messages as m
from hub.core.bags import order_state
from hub.core.documents import Columns
from hub.core.rows import Row, Rows, is_blank
from hub.core.told import Told

TRACKED_KINDS: Final = frozenset({"bag", "object", "basket"})
"""Kinds of items that are on their way to and from partners; parcels and letters are not."""

_json = msgspec.json.Encoder()


# --- orders --------------------------------------------------------------------------------------


def placed(rows: Rows, told: Told, fact: m.OrderPlaced) -> None:
    """Somebody ordered; of two facts under one id the earlier stands."""
    order = rows.touch("service_orders", fact.order, told.site)
    mine = (told.at_ms, told.event)
    if order["placed_ms"] is not None and (order["placed_ms"], order["placed_event"]) <= mine:
        return
    rows.stale_bags |= {(told.site, item) for item in (order["item"], fact.item) if item}
    order.update({name: getattr(fact, name) for name in _PLACED})
    order.update(placed_ms=told.at_ms, placed_event=told.event, estimated=told.estimated)
    order["lines"] = _json.encode(fact.lines).decode()
    order["state"] = order_state(order)


_PLACED: Final = (
    "number",
    "item",
    "kind",
    "person",
    "way",
    "service",
    "version",
    "partner",
    "total_cents",
    "pay",
    "pieces",
    "weight_grams",
    "promised_ms",
    "staff",
    "anonymous",
)


def cancelled(rows: Rows, told: Told, fact: m.OrderCancelled) -> None:
    """The order is no more."""
    order = rows.touch("service_orders", fact.order, told.site)
    before = (order["cancelled_ms"], order["cancelled_why"])
    if order["cancelled_ms"] is None or (told.at_ms, fact.why) < before:
        order.update(cancelled_ms=told.at_ms, cancelled_why=fact.why)
    order["state"] = order_state(order)
    rows.stale_bags |= _its_bag(order)


def receipt(rows: Rows, told: Told, fact: m.ReceiptShown) -> None:
    """Its receipt was shown; the word of the latest is the one that is on paper."""
    order = rows.touch("service_orders", fact.order, told.site)
    if (told.at_ms, fact.word or "") > (order["receipt_ms"] or 0, order["receipt_word"] or ""):
        order.update(receipt_ms=told.at_ms, receipt_word=fact.word)
        rows.stale_bags |= _its_bag(order) or {(told.site, fact.order)}  # of what nothing was ordered for


def work_done(rows: Rows, told: Told, fact: m.WorkDone) -> None:
    """The partner is done with some of it, or with all; the latest word stands."""
    order = rows.touch("service_orders", fact.order, told.site)
    before = (order["ready_ms"] or 0, _number(order["ready"]), _number(order["ready_of"]))
    if order["ready_ms"] is None or (told.at_ms, _number(fact.ready), _number(fact.pieces)) > before:
        order.update(ready_ms=told.at_ms, ready=fact.ready, ready_of=fact.pieces)
    order["begun_ms"] = told.at_ms if order["begun_ms"] is None else min(order["begun_ms"], told.at_ms)
    if order["quote"] is not None:  # nobody is asked any more about what is done
        rows.stale_orders.add((told.site, fact.order))
        rows.stale_bags |= _its_bag(order)
    order["state"] = order_state(order)


def _its_bag(order: Row) -> set[tuple[str, str]]:
    return {(order["site"], order["item"])} if order["item"] else set()


def _number(pieces: int | None) -> int:
    """All of it is more than any number."""
    return 1_000 if pieces is None else pieces


# --- quotes and payments -------------------------------------------------------------------------


def quote_made(rows: Rows, told: Told, fact: m.QuoteMade) -> None:
    """The partner named a price."""
    quote = rows.touch("quotes", fact.quote, told.site)
    mine = (told.at_ms, fact.cents, fact.order)
    rows.stale_orders |= {(told.site, order) for order in (quote["order_id"], fact.order) if order}
    if quote["made_ms"] is None or mine < (quote["made_ms"], quote["cents"], quote["order_id"]):
        quote.update(order_id=fact.order, cents=fact.cents, made_ms=told.at_ms, **parties("by", fact.by))


def quote_answered(rows: Rows, told: Told, fact: m.QuoteAnswered) -> None:
    """Yes or no, maybe at two places that did not hear of each other: the first answer stands.

    The first one that says otherwise is kept beside it.
    """
    quote = rows.touch("quotes", fact.quote, told.site)
    said = {word: answer for word in (False, True) if (answer := _said(quote, word)) is not None}
    mine = (told.at_ms, fact.by, fact.staff)
    said[fact.accepted] = min(said.get(fact.accepted, mine), mine, key=_before)
    accepted = min(said, key=lambda word: (_before(said[word]), word))
    quote["accepted"] = accepted
    for word, answer in said.items():
        quote.update(zip(_STANDS if word == accepted else _CONTRARY, answer, strict=True))
    rows.stale_orders |= {(told.site, quote["order_id"])} if quote["order_id"] else set()


_Answer = tuple[int, str, str | None]
_STANDS: Final = ("answered_ms", "answered_by", "staff")
_CONTRARY: Final = ("contrary_ms", "contrary_by", "contrary_staff")


def _said(quote: Row, word: bool) -> _Answer | None:
    """When and by whom this word was first given."""
    at_ms, by, staff = (quote[name] for name in (_STANDS if quote["accepted"] == word else _CONTRARY))
    return None if at_ms is None else (at_ms, by, staff)


def _before(answer: _Answer) -> tuple[int, str, str]:
    at_ms, by, staff = answer
    return at_ms, by, staff or ""


def payment(rows: Rows, told: Told, fact: m.PaymentNoted) -> None:
    """The partner was paid."""
    row = rows.touch("payments", fact.payment, told.site)
    if not row["event"] or (told.at_ms, told.event) < (row["at_ms"], row["event"]):
        rows.stale_orders |= {(told.site, order) for order in (row["order_id"], fact.order) if order}
        row.update(order_id=fact.order, cents=fact.cents, how=fact.how, **parties("by", fact.by))
        row.update(at_ms=told.at_ms, event=told.event)


def settle_money(rows: Rows) -> None:
    """What orders have from their quotes and payments; `rows` has all of those of each stale one."""
    for site, order_id in sorted(rows.stale_orders):
        order = rows.touch("service_orders", order_id, site)
        quotes = [row for row in rows.held["quotes"].values() if row["order_id"] == order_id]
        made = [row for row in quotes if row["site"] == site and row["made_ms"] is not None]
        last = max(made, key=_by_time, default=_NO_QUOTE)
        before = tuple(order[name] for name in _QUOTED)
        order.update(quote=last["id"], quote_cents=last["cents"], quote_accepted=last["accepted"])
        order.update(quote_ms=last["made_ms"], quote_contrary_ms=last["contrary_ms"])
        agreed = [row for row in made if row["accepted"]]  # a later one that is refused changes nothing
        order["refused"] = not agreed and _said_no(last) and not is_part_done(order)
        order["agreed_cents"] = (
            0 if order["refused"] else max(agreed, key=_by_time, default=_NO_QUOTE)["cents"]
        )
        if before != tuple(order[name] for name in _QUOTED):
            rows.stale_bags |= _its_bag(order)
        paid = [row for row in rows.held["payments"].values() if row["order_id"] == order_id]
        mine = [row for row in paid if row["site"] == site]
        order["paid_cents"] = sum(row["cents"] for row in mine)
        order["paid_ms"] = max((row["at_ms"] for row in mine), default=None)
        order["state"] = order_state(order)
        if order["site"] == site and is_blank("service_orders", order):
            rows.remove("service_orders", order_id)  # a quote or payment, as it turns out, of another order


def _said_no(quote: Row) -> bool:
    return quote["accepted"] is not None and not quote["accepted"]  # False, or 0 where SQLite has it


def is_part_done(order: Columns) -> bool:
    """Whether some of it was done before the latest quote was made: its price stands, whatever they say."""
    begun_ms, quote_ms = order["begun_ms"], order["quote_ms"]
    return begun_ms is not None and quote_ms is not None and bool(begun_ms < quote_ms)


def _by_time(quote: Row) -> tuple[int, str]:
    return quote["made_ms"], quote["id"]


_QUOTED: Final = ("quote", "quote_cents", "quote_accepted", "quote_ms", "quote_contrary_ms", "agreed_cents")
_NO_QUOTE: Final[Row] = dict.fromkeys(("id", "cents", "accepted", "made_ms", "contrary_ms"))


# --- one fact, one row ---------------------------------------------------------------------------


def tagged(rows: Rows, told: Told, fact: m.BagTagged) -> None:
    """From now on the tag is that item."""
    row = rows.touch("taggings", told.event, told.site)
    row.update(tag=fact.tag, item=fact.item, how=fact.how, at_ms=told.at_ms, estimated=told.estimated)


def counted(rows: Rows, told: Told, fact: m.PiecesCounted) -> None:
    """Another count."""
    rows.stale_bags.add((told.site, fact.item))
    row = rows.touch("counts", told.event, told.site)
    row.update(item=fact.item, by=fact.by, pieces=fact.pieces, weight_grams=fact.weight_grams, who=fact.who)
    row.update(at_ms=told.at_ms, estimated=told.estimated)


def scanned(rows: Rows, told: Told, fact: m.BagScanned) -> None:
    """One side of a hand-over."""
    step = _step(rows, told, fact.side, fact.tag, fact.item)
    step.update(**parties("holder", fact.holder), **parties("other", fact.other))
    step.update(post=fact.post, manifest=fact.manifest, load=fact.load)


def noted(rows: Rows, told: Told, fact: m.BagNoted) -> None:
    """Something its person should know."""
    step = _step(rows, told, "note", fact.tag, fact.item)
    step.update(**parties("holder", fact.by), note=fact.note, what=fact.what)


def written_off(rows: Rows, told: Told, fact: m.BagWrittenOff) -> None:
    """It will not come back."""
    step = _step(rows, told, "written_off", fact.tag, fact.item)
    step.update(**parties("holder", fact.by), what=fact.why)


def load_made(rows: Rows, told: Told, fact: m.LoadMade) -> None:
    """These went through a machine together; of two facts under one id the earlier names the load."""
    load = rows.touch("loads", fact.load, told.site)
    if not load["event"] or (told.at_ms, told.event) < (load["at_ms"], load["event"]):
        load.update(
            machine=fact.machine, tags=_json.encode(fact.tags).decode(), **parties("holder", fact.holder)
        )
        load.update(at_ms=told.at_ms, estimated=told.estimated, event=told.event)
    for tag in fact.tags:
        _step(rows, told, "load", tag).update(**parties("holder", fact.holder), load=fact.load)


def manifest_closed(rows: Rows, told: Told, fact: m.ManifestClosed) -> None:
    """What was there is in the manifest's row; what was missing is a question about each bag."""
    row = rows.touch("manifests", told.event, told.site)
    row.update(manifest=fact.manifest, partner=fact.partner, direction=fact.direction, signed=fact.signed)
    row.update(tags=_json.encode(fact.tags).decode(), missing=_json.encode(fact.missing).decode())
    row.update(**parties("by", fact.by), at_ms=told.at_ms, estimated=told.estimated)
    for tag in fact.missing:
        _step(rows, told, "missing", tag).update(**parties("holder", fact.by), manifest=fact.manifest)


def _step(rows: Rows, told: Told, side: str, tag: str, item: str | None = None) -> Row:
    step = rows.touch("scans", (told.event, tag), told.site)
    step.update(item=item, side=side, device=told.device, at_ms=told.at_ms, estimated=told.estimated)
    return step


def parties(name: str, who: m.Holder | None) -> Row:
    """The columns of a party."""
    if who is None:
        return {f"{name}_kind": None, f"{name}_id": None, f"{name}_employer": None}
    return {f"{name}_kind": who.kind, f"{name}_id": who.id, f"{name}_employer": who.employer}


# --- what bridges saw ----------------------------------------------------------------------------


def at_a_door(rows: Rows, told: Told, fact: Any) -> None:
    """A bag was put behind a door, taken out, sent away, collected or not found.

    Only what its bridge claimed a place for as a bag or for a drop: that fact comes before, in one journal.
    """
    item = rows.held["items"].get(fact.item)
    if item is None or item["site"] != told.site or not is_tracked(item):
        return
    side, holder, other = _SEEN[type(fact)](fact)
    step = _step(rows, told, side, "", fact.item)
    step.update(**parties("holder", holder), **parties("other", other), what=item["purpose"])
    step["manifest"] = getattr(fact, "manifest", None)


def is_tracked(item: Row) -> bool:
    """Whether a row of `items` is a bag, or was dropped."""
    return item["kind"] in TRACKED_KINDS or item["purpose"] == "drop"


def _behind(fact: Any) -> m.Holder:
    return m.Holder(kind="compartment", id=str(fact.compartment))


def _with(fact: Any) -> m.Holder:
    return m.Holder(kind="staff", id=fact.staff)


_SEEN: Final[dict[Any, Any]] = {
    m.ItemLeft: lambda fact: ("left", _behind(fact), None),
    m.ItemKept: lambda fact: ("kept", _behind(fact), None),
    m.ItemCollected: lambda fact: ("collected", _behind(fact), None),
    m.ItemTakenOut: lambda fact: ("out", _with(fact), _behind(fact)),
    m.ItemSentOut: lambda fact: ("sent", _with(fact), m.Holder(kind="partner", id=fact.to)),
    m.ItemLost: lambda fact: ("lost", _with(fact), None),
}
AT_DOORS: Final = frozenset(_SEEN)
"""Facts of bridges that say where a bag is."""
