"""How long what lies at the sites may still lie there: gathered, computed by hub.core.deadlines, told.

`settle` keeps the table `deadlines` and the kiosks' list of what goes back true, for one site; the ingest
calls it every ten minutes, and whoever changes something it depends on calls it in the same transaction.
"""

from collections.abc import Mapping, Sequence
from datetime import tzinfo
from typing import Any, Final

from sqlalchemy import delete, func, select
from sqlalchemy.dialects import postgresql, sqlite

from contract import messages as m
from contract.codec import ContractError, decode_fact
from hub.core import documents
from hub.core.attention import Ending
from hub.core.deadlines import DAYS, EXTENSION_DAYS, NEAR_DAYS, Deadline, Extension, Place, Stay, promised
from hub.core.deadlines import deadline as judged
from hub.core.item_rules import OF_WHO_CAME
from hub.core.notices import Left
from hub.core.reach import Said, door_troubles, reachable
from hub.core.spans import Spans
from hub.store.beats import beats_of
from hub.store.bulk import rows_where, upsert_rows
from hub.store.database import Connection
from hub.store.feed import write_changes
from hub.store.first_notice import first_notices
from hub.store.opening import closures_of, days_versions, forget_past_closures, hours_of, tell_days
from hub.store.tables import TELLS_REACH, deadlines, doors, extensions, items, ledger

COUNTED: Final = ("waiting", "kept", "in_hand")
"""States of an item whose days are counted."""
_HELD: Final = frozenset({"kept", "in_hand"})
_OF_KEEPING: Final = "type IN ('item_kept', 'item_reassigned') AND quarantine IS NULL"
WHYS: Final = ("away", "ill", "cannot_carry", "our_fault", "other")
"""Why somebody gets more days."""


# --- how things stand now ------------------------------------------------------------------------


def site_deadlines(connection: Connection, site: str, now_ms: int, zone: tzinfo) -> dict[str, Deadline]:
    """By item, for everything at a site that goes back to a carrier one day."""
    return {row.id: found for row, found in _judged(connection, site, now_ms, zone)}


def _judged(connection: Connection, site: str, now_ms: int, zone: tzinfo) -> list[tuple[Any, Deadline]]:
    mine = (items.c.site == site, items.c.ended_ms.is_(None), items.c.state.in_(COUNTED))
    what = (items.c.left_ms.is_not(None), items.c.kind.in_(list(DAYS)))
    query = (
        select(items, doors.c.kind.label("place_kind"))
        .outerjoin(doors, (doors.c.site == items.c.site) & (doors.c.compartment == items.c.compartment))
        .where(*mine, *what)
        .order_by(items.c.left_ms)
    )
    lying = connection.execute(query).all()
    if not lying:
        return []
    lockers, troubles = _place(connection, site, lying[0].left_ms, zone)
    counter = Place(
        zone, [each.at_the_counter() for each in lockers.hours], lockers.closures, lockers.reachable
    )
    stays = zip(lying, _stays(connection, site, lying, troubles), strict=True)
    return [(row, judged(stay, counter if _by_hand(row) else lockers, now_ms)) for row, stay in stays]


def _by_hand(row: Any) -> bool:
    """Whether only staff give it out: then the hours of the counter count, wherever it lies."""
    return bool(row.place_kind != "lock" or row.kind == "registered_letter")


def _place(connection: Connection, site: str, since_ms: int, zone: tzinfo) -> tuple[Place, dict[int, Spans]]:
    said = _said(connection, site, since_ms)
    reach = reachable(beats_of(connection, site, since_ms), said)
    place = Place(zone, hours_of(connection, site), closures_of(connection, site, since_ms), reach)
    return place, dict(door_troubles(said))


def _said(connection: Connection, site: str, since_ms: int) -> list[Said]:
    """The facts that tell whether the place worked, in the order of the journals."""
    query = (
        select(ledger.c.at_ms, ledger.c.estimated, ledger.c.body)
        .where(ledger.c.site == site, ledger.c.at_ms >= since_ms, TELLS_REACH, ledger.c.quarantine.is_(None))
        .order_by(ledger.c.position)
    )
    found: list[Said] = []
    for row in connection.execute(query):
        fact = _decoded(bytes(row.body))
        if fact is not None:
            found.append(Said(row.at_ms, row.estimated, fact))
    return found


def _stays(connection: Connection, site: str, lying: Sequence[Any], troubles: dict[int, Spans]) -> list[Stay]:
    notices = first_notices(connection, lying)
    kept = _first_kept(connection, lying)
    versions = days_versions(connection, site)
    more: dict[str, list[Extension]] = {}
    for row in rows_where(connection, extensions, "item", [row.id for row in lying]):
        more.setdefault(row["item"], []).append(Extension(row["days"], row["at_ms"]))
    return [
        Stay(
            left_ms=row.left_ms,
            told_ms=notices.get(row.id),
            days=promised(row.kind, row.left_ms, versions.get(row.kind, [])),
            extensions=tuple(more.get(row.id, ())),
            held_ms=_held_ms(row, kept),
            troubles=troubles.get(row.compartment, ()),
        )
        for row in lying
    ]


def _held_ms(row: Any, kept: Mapping[str, int]) -> int | None:
    """Since when nobody can simply come for it: staff who take out what is kept give nobody's days back."""
    if row.state not in _HELD:
        return None
    since = (kept.get(row.id, row.kept_ms), row.taken_ms if row.state == "in_hand" else None)
    return min((at_ms for at_ms in since if at_ms is not None), default=None)


def _first_kept(connection: Connection, lying: Sequence[Any]) -> Mapping[str, int]:
    """By item, since when it is kept where it lies: who comes again in vain loses no day by it.

    `kept_ms` is the last time somebody said so. What was for somebody else after all waited for them again.
    """
    left_ms = {row.id: row.left_ms for row in lying if row.state in _HELD and row.kept_ms is not None}
    rows = rows_where(connection, ledger, "ref", list(left_ms), also=_OF_KEEPING)
    found: dict[str, int] = {}
    whys: dict[str, str] = {}
    for row in sorted(rows, key=lambda row: (row["at_ms"], row["position"])):
        item, at_ms = row["ref"], row["at_ms"]
        if at_ms < left_ms[item]:
            continue
        match _decoded(bytes(row["body"])):
            case m.ItemKept(why=why):
                found.setdefault(item, at_ms)
                whys[item] = why
            case m.ItemReassigned() if whys.get(item) in OF_WHO_CAME:
                found.pop(item, None)
    return found


def _decoded(body: bytes) -> m.AnyFact | None:
    try:
        return decode_fact(body)
    except ContractError:  # of another version of this program: nothing is known by it
        return None


# --- kept true -----------------------------------------------------------------------------------


def settle(connection: Connection, site: str, now_ms: int, zone: tzinfo) -> None:
    """Write down how things stand at a site, and tell its kiosks what goes back, what is closed, and how
    long parcels are kept: the card may have been written by a hub that did not say that.
    """
    forget_past_closures(connection, site, now_ms)
    tell_days(connection, site, now_ms)
    before = {row["item"]: row for row in rows_where(connection, deadlines, "site", [site])}
    changes: list[documents.Change] = []
    rows: dict[str, dict[str, Any]] = {}
    for item, found in _judged(connection, site, now_ms, zone):
        rows[item.id] = _row(item, found, before.get(item.id), now_ms)
        if found.over_ms is not None:
            changes += documents.return_due(item._mapping)
    gone = [
        item for item, row in before.items() if row["over_ms"] is not None and not _is_over(rows.get(item))
    ]
    changes += [change for item in gone for change in documents.return_off(item)]
    upsert_rows(connection, deadlines, [row for item, row in rows.items() if row != before.get(item)])
    if left := before.keys() - rows.keys():
        connection.execute(delete(deadlines).where(deadlines.c.item.in_(left)))
    if changes:
        write_changes(connection, site, changes, now_ms)


def _row(item: Any, found: Deadline, before: dict[str, Any] | None, now_ms: int) -> dict[str, Any]:
    row = {
        "item": item.id,
        "site": item.site,
        "left": found.left,
        "ends_ms": found.ends_ms,
        "over_ms": found.over_ms,
    }
    same = before is not None and all(before[name] == value for name, value in row.items())
    return row | {"changed_ms": before["changed_ms"] if before and same else now_ms}


def _is_over(row: dict[str, Any] | None) -> bool:
    return row is not None and row["over_ms"] is not None


def extend(connection: Connection, item: str, why: str, number: int, account: str, now_ms: int) -> bool:
    """Give EXTENSION_DAYS more, as the extension with this number (from 1); False if it was given before.

    Call `settle` for its site in the same transaction.
    """
    if number != extensions_of(connection, item) + 1:
        return False
    row = {"item": item, "number": number, "days": EXTENSION_DAYS, "why": why}
    make = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    given = make(extensions).values(at_ms=now_ms, account=account, **row).on_conflict_do_nothing()
    return connection.execute(given.returning(extensions.c.number)).first() is not None


def extensions_of(connection: Connection, item: str) -> int:
    """How many times it was given more days."""
    mine = select(func.count()).select_from(extensions).where(extensions.c.item == item)
    return connection.execute(mine).scalar_one()


# --- as it was written down ----------------------------------------------------------------------


def endings(connection: Connection) -> list[Ending]:
    """By site, how many things have few days left, and how many are to go back; none where none."""
    over = deadlines.c.over_ms.is_not(None)
    near = (deadlines.c.left <= NEAR_DAYS, deadlines.c.ends_ms.is_not(None), ~over)
    found: list[Ending] = []
    for kind, which in (("due", (over,)), ("near", near)):
        query = (
            select(deadlines.c.site, func.count().label("number"))
            .add_columns(func.min(deadlines.c.over_ms).label("since_ms"))
            .join(items, items.c.id == deadlines.c.item)
            .where(*which, items.c.ended_ms.is_(None))
            .group_by(deadlines.c.site)
        )
        rows = connection.execute(query)
        found += [Ending(kind, row.site, row.number, row.since_ms) for row in rows]  # type: ignore[arg-type]
    return found


def days_left(connection: Connection, waiting: Sequence[str]) -> dict[str, Left]:
    """How long each of these items may still wait, for messages; none for those that never run out."""
    rows = rows_where(connection, deadlines, "item", waiting, also="ends_ms IS NOT NULL")
    return {row["item"]: Left(row["left"], row["ends_ms"]) for row in rows}
