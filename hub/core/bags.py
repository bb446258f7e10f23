"""Which bag a scan is of, and the row of each bag: functions of what is known, in whatever order. Pure.

A scan is of a tag, and a tag is used again: each time somebody tags an item with it, another one begins. What
a device says of the item is what it knew; who names an item knows its tag, so that the scan came after.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any, Final, NamedTuple

from hub.core import custody
from hub.core.custody import CLOSING, NOBODY, Party, Question, Whereabouts
from hub.core.item_rules import UNSEEN
from hub.core.routes import due_ms, next_post
from hub.core.rows import Row, Rows

Bag = tuple[str, str]
"""Site and id: each site sees its own bags."""

_SIDES: Final = ("person", "staff", "partner")


def unknown(tag: str) -> str:
    """The id of a bag whose tag was never given to anything."""
    return f"tag-{hashlib.sha256(tag.encode()).hexdigest()[:32]}"


def questions_of(row: Mapping[str, Any]) -> dict[Question, int]:
    """What is asked about a bag, and since when: its column `questions`, read."""
    parts = (part.partition("@") for part in row["questions"].split(",") if part)
    return {kind: int(since) for kind, _, since in parts}


# --- which bag a scan is of ----------------------------------------------------------------------


class Taggings:
    """From when on each tag was which item, at each site."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self._of_tag: dict[tuple[str, str], list[Row]] = defaultdict(list)
        self._of_item: dict[Bag, list[Row]] = defaultdict(list)
        for row in sorted(rows, key=_moment):
            self._of_tag[row["site"], row["tag"]].append(row)
            self._of_item[row["site"], row["item"]].append(row)

    def at(self, site: str, tag: str, at_ms: int) -> Row | None:
        """The one in force then: the latest before, else the first after it."""
        there = self._of_tag.get((site, tag), [])
        before = [row for row in there if row["at_ms"] <= at_ms]
        return before[-1] if before else there[0] if there else None

    def latest_of(self, bag: Bag, tag: str | None = None) -> Row | None:
        """The last time the item was tagged, with this tag or with any."""
        there = [row for row in self._of_item.get(bag, []) if tag in (None, row["tag"])]
        return there[-1] if there else None

    def after(self, tagging: Row) -> Row | None:
        """The next one of the same tag for another item."""
        there = self._of_tag[tagging["site"], tagging["tag"]]
        later = (row for row in there if _moment(row) > _moment(tagging) and row["item"] != tagging["item"])
        return next(later, None)


def bag_of(scan: Row, taggings: Taggings) -> str:
    """The id of the bag that a scan is of."""
    if not scan["tag"]:
        return str(scan["item"])
    by_time = taggings.at(scan["site"], scan["tag"], scan["at_ms"])
    if scan["item"] is None:
        return unknown(scan["tag"]) if by_time is None else str(by_time["item"])
    said = taggings.latest_of((scan["site"], scan["item"]), scan["tag"])
    if by_time is None or said is None or scan["estimated"] or _moment(said) > _moment(by_time):
        return str(scan["item"])
    return str(by_time["item"])


def assign(rows: Rows) -> set[Bag]:
    """Say of every scan in `rows` which bag it is of; the bags something changed for.

    `rows` has the scans whose bag may change, the taggings around them, and how the bags of those stood.
    """
    taggings = Taggings(rows.held["taggings"].values())
    touched: set[Bag] = set()
    for key, scan in rows.held["scans"].items():
        bag = bag_of(scan, taggings)
        if bag != scan["bag"]:
            if scan["bag"]:
                touched.add((scan["site"], scan["bag"]))
            scan["bag"] = bag
            rows.changed["scans"].add(key)
    touched |= {(row["site"], row["bag"]) for row in rows.of("scans")}
    for tagging in rows.of("taggings"):
        touched.add((tagging["site"], tagging["item"]))
        touched |= _neighbours(rows, tagging)
    return touched | rows.stale_bags


def _neighbours(rows: Rows, tagging: Row) -> set[Bag]:
    """Bags under way that have the same tag: it may be that theirs is another's now."""
    same = (tagging["site"], tagging["tag"])
    held = rows.held["taggings"].values()
    bags = {(row["site"], row["item"]) for row in held if (row["site"], row["tag"]) == same}
    return {bag for bag in bags if not _has_ended(rows, bag)}


def _has_ended(rows: Rows, bag: Bag) -> bool:
    row = rows.held["bags"].get(bag)
    return row is not None and row["ended_ms"] is not None


def _moment(row: Row) -> tuple[int, str]:
    return row["at_ms"], row["event"]


# --- the rows of bags ----------------------------------------------------------------------------


class _Known(NamedTuple):
    """All that is known of one bag."""

    tagging: Row | None
    next_tagging: Row | None
    steps: list[Row]
    counts: list[Row]
    orders: list[Row]
    """By when they were placed."""
    item: Row | None
    """What its lockers say of it."""


def settle(rows: Rows, touched: Iterable[Bag]) -> None:
    """Compute the rows of these bags anew, and what their orders have from them.

    `rows` has their latest scans, their taggings with the next of each tag, their counts, orders and items.
    """
    taggings = Taggings(rows.held["taggings"].values())
    scans, counts = _grouped(rows, "scans", "bag"), _grouped(rows, "counts", "item")
    orders = _grouped(rows, "service_orders", "item")
    for bag in sorted(touched):
        tagging = taggings.latest_of(bag)
        after = taggings.after(tagging) if tagging is not None else None
        placed = sorted(orders[bag], key=lambda order: (order["placed_ms"] or 0, order["id"]))
        item = rows.held["items"].get(bag[1])
        item = item if item is not None and item["site"] == bag[0] else None
        known = _Known(tagging, after, custody.latest(scans[bag]), counts[bag], placed, item)
        _settle_one(rows, bag, known)


def _grouped(rows: Rows, table: str, column: str) -> dict[Bag, list[Row]]:
    found: dict[Bag, list[Row]] = defaultdict(list)
    for row in rows.held[table].values():  # type: ignore[index]
        if row[column]:
            found[row["site"], row[column]].append(row)
    return found


def _settle_one(rows: Rows, bag: Bag, known: _Known) -> None:
    if not any((known.tagging, known.steps, known.counts, known.orders)):
        rows.remove("bags", bag)
        return
    found = _unless_given_up(custody.whereabouts(known.steps), known)
    row = rows.touch("bags", bag, bag[0])
    _identify(row, bag, known)
    row.update(_columns("holder", found.holder), **_columns("before", found.before))
    row.update(_columns("lone", found.lone), lone_ms=found.questions.get("lone"))
    row.update(since_ms=found.since_ms, event=found.event, post=found.post, doubt=found.doubt)
    row.update(load=found.load, manifest=found.manifest)
    row.update(ended_ms=found.ended_ms, ended_how=found.ended_how)
    _count(row, known)
    _expect(row, found, known)
    _ask(row, found, known)
    row["state"] = _state(found)
    for order in known.orders:
        _tell_order(rows, order, found)


def _unless_given_up(found: Whereabouts, known: _Known) -> Whereabouts:
    """Nobody has what its person never let go of, or took back at once, as its lockers say.

    Where these were cut short, it is a question, until somebody looked behind that door. What was seen
    elsewhere since had lain there after all.
    """
    item = known.item
    if item is None or item["purpose"] != "drop" or item["state"] != "dropped" or found.ended_ms is not None:
        return found
    there = Party("compartment", str(item["compartment"]))
    if found.holder != NOBODY and not found.holder.is_same(there):
        return found
    at_ms = item["ended_ms"]
    is_over = known.orders and all(order["cancelled_ms"] is not None for order in known.orders)
    if item["left_evidence"] == UNSEEN and not is_over:
        return Whereabouts(before=there, since_ms=at_ms, questions={"unsure": at_ms})
    return Whereabouts(before=found.holder, since_ms=at_ms, ended_ms=at_ms, ended_how="given_up")


def _identify(row: Row, bag: Bag, known: _Known) -> None:
    """What it is, and which order it is for: the first of them."""
    is_unknown = known.tagging is None and all(step["item"] is None for step in known.steps)
    nameless = is_unknown and not known.orders and not known.counts
    row["item"] = None if nameless else bag[1]
    tags = [known.tagging["tag"]] if known.tagging else [step["tag"] for step in known.steps if step["tag"]]
    row["tag"] = tags[-1] if tags else ""
    live = [order for order in known.orders if order["cancelled_ms"] is None]
    row["order_id"] = (live or known.orders)[0]["id"] if known.orders else None
    row["promised_ms"] = min((order["promised_ms"] for order in live if order["promised_ms"]), default=None)
    moments = [step["at_ms"] for step in known.steps] + [order["placed_ms"] for order in known.orders]
    moments += [known.tagging["at_ms"]] if known.tagging else []
    row["begun_ms"] = min((at_ms for at_ms in moments if at_ms is not None), default=None)


def _count(row: Row, known: _Known) -> None:
    """The latest count of each side; what was said at the order stands for the person's."""
    for side in _SIDES:
        mine = [one for one in known.counts if one["by"] == side and one["pieces"] is not None]
        row[f"pieces_{side}"] = max(mine, key=_moment)["pieces"] if mine else None
    if row["pieces_person"] is None:
        said = [order["pieces"] for order in known.orders if order["pieces"] is not None]
        row["pieces_person"] = sum(said) if said else None
    weighed = [one for one in known.counts if one["weight_grams"] is not None]
    said = [order["weight_grams"] for order in known.orders if order["weight_grams"] is not None]
    row["weight_grams"] = (
        max(weighed, key=_moment)["weight_grams"] if weighed else sum(said) if said else None
    )


def _expect(row: Row, found: Whereabouts, known: _Known) -> None:
    """The next scan, and by when, so that the promise is kept."""
    over = found.ended_ms is not None or "lost" in found.questions
    kind = known.orders[0]["kind"] if known.orders else None
    row["next_post"] = None if over else next_post(found.reached, found.holder.kind == "partner", kind)
    row["next_ms"] = due_ms(row["next_post"], row["begun_ms"], row["promised_ms"])


def _ask(row: Row, found: Whereabouts, known: _Known) -> None:
    asked = dict(found.questions)
    was_seen = any(step["side"] != "note" for step in known.steps)
    if row["item"] is None and row["ended_ms"] is None and was_seen:  # a word about a tag is no bag
        asked["unknown"] = row["begun_ms"]
    if known.tagging is not None and not known.orders and row["ended_ms"] is None and "unsure" not in asked:
        asked["no_order"] = known.tagging["at_ms"]  # whoever tags it orders first, in the same journal
    if known.next_tagging is not None and found.ended_ms is None and known.steps:
        asked["twice"] = known.next_tagging["at_ms"]
    sides = {row[f"pieces_{side}"] for side in _SIDES} - {None}
    if len(sides) > 1 and found.ended_how not in custody.WRITTEN_OFF:  # nobody can count what is gone
        asked["counts"] = max((one["at_ms"] for one in known.counts), default=row["begun_ms"])
    live = [order["placed_ms"] or 0 for order in known.orders if order["cancelled_ms"] is None]
    if len(live) > 1 and found.ended_ms is None:  # two places that had not heard of each other yet
        asked["ordered"] = live[1]
    contrary = max((order["quote_contrary_ms"] or 0 for order in known.orders), default=0)
    if contrary:
        asked["quote"] = contrary
    row["questions"] = ",".join(f"{kind}@{asked[kind]}" for kind in sorted(asked))
    row["asked_ms"] = min(asked.values(), default=None)


def _state(found: Whereabouts) -> str:
    if found.ended_ms is not None:
        return "ended"
    if "lost" in found.questions:
        return "lost"
    if found.holder == NOBODY:
        return "ordered"
    return "given" if found.given else "held"


def _tell_order(rows: Rows, order: Row, found: Whereabouts) -> None:
    """An order is done once its person has all of it, and comes to nothing where nobody ever will."""
    ended = (found.ended_ms, found.ended_how)
    closed = found.ended_how in CLOSING
    now = dict(zip(("closed_ms", "closed_why"), ended if closed else (None, None), strict=True))
    now["done_ms"] = None if closed else found.ended_ms
    now["state"] = order_state({**order, **now})
    if any(order[name] != value for name, value in now.items()):
        rows.touch("service_orders", order["id"], order["site"]).update(now)


def order_state(order: Row) -> str:
    """How far an order is."""
    if order["cancelled_ms"] is not None or order["closed_ms"] is not None:
        return "cancelled"
    if order["done_ms"] is not None:
        return "done"
    of = order["ready_of"] or order["pieces"]
    part = order["ready"] is not None and of is not None and order["ready"] < of
    if order["ready_ms"] is not None and not part:
        return "ready"
    if order["quote"] is not None and order["quote_accepted"] is None:
        return "quoted"  # asked for the rest, too
    return "part_ready" if order["ready_ms"] is not None else "placed"


def _columns(name: str, who: Party) -> Row:
    return {f"{name}_kind": who.kind, f"{name}_id": who.id, f"{name}_employer": who.employer}
