"""Erasing a person: nothing is left of them but an id that means nobody.

Refused while something of theirs is at the site. Each table that knows of people has one function in
`OWNERS` that empties it of one person, and one in `hub.store.person_record.PARTS` that tells what it holds.
The site's facts may come later than the erasure, or again after a restore: `forget_again` looks at each.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final

from sqlalchemy import Connection, delete, exists, insert, select, update

from hub.core import documents
from hub.core.redaction import NOBODY, people_of
from hub.core.rows import Rows
from hub.core.told import Told
from hub.store import audit, redaction, remarks, their_orders
from hub.store.bulk import rows_where
from hub.store.feed import write_changes
from hub.store.relay_tables import assignments, mandates, take_ins
from hub.store.tables import expected_parcels, items, outbox, people, pickups, sites


class StillHereError(Exception):
    """Something of this person is at the site, or on its way there; it must end first."""

    def __init__(self, count: int) -> None:
        self.count = count
        super().__init__(f"{count} of their items are at the site or in hand: hand them over or return them")


def still_here(connection: Connection, site: str, person: str) -> list[Any]:
    """What of theirs lies at the site or is in hand: `id`, `kind`, `compartment`."""
    mine = (items.c.site == site, items.c.person == person, items.c.ended_ms.is_(None))
    columns = (items.c.id, items.c.kind, items.c.compartment)
    lying = connection.execute(select(*columns).where(*mine).order_by(items.c.compartment))
    return [*lying, *their_orders.held(connection, site, person)]


def hold_back(connection: Connection, site: str, person: str) -> None:
    """Raise StillHereError while something of theirs lies at the site or is in hand."""
    here = still_here(connection, site, person)
    if here:
        raise StillHereError(len(here))


def site_of(connection: Connection, person: str) -> str | None:
    """The site of somebody the hub knows, also off the list; None for an erased one or nobody."""
    known = (people.c.id == person, people.c.erased_ms.is_(None))
    return connection.execute(select(people.c.site).where(*known)).scalar_one_or_none()


def is_back(connection: Connection, site: str, person: str) -> bool:
    """Whether a restore brought somebody back, or lost that they were erased."""
    if not connection.execute(select(exists().where(sites.c.id == site))).scalar_one():
        return False
    gone = (people.c.id == person, people.c.erased_ms.is_not(None))
    return not connection.execute(select(exists().where(*gone))).scalar_one()


def erase(connection: Connection, site: str, person: str, now_ms: int) -> None:
    """Empty every table of this person, and the site's kiosks with it. Repeating it changes nothing."""
    for empty in OWNERS:
        empty(connection, site, person, now_ms)


# --- one table each ----------------------------------------------------------------------------


def _people(connection: Connection, site: str, person: str, now_ms: int) -> None:
    """The row stays, empty, so that facts that come later find out; unknown after a restore, it is made."""
    nothing: dict[str, Any] = {"name": "", "flat": "", "sought": "", "language": "fr"}
    nothing |= {"phone": None, "email": None, "badge_hash": None}
    nothing |= {"reach_cm": None, "carry_grams": None, "last_item_ms": None}
    nothing |= {"erased_ms": now_ms, "removed_ms": now_ms}
    known = connection.execute(select(people).where(people.c.id == person)).one_or_none()
    if known is None:
        row = {"id": person, "site": site, "created_ms": now_ms, **nothing}
        connection.execute(insert(people).values(**row))
        return
    if known.erased_ms is None:
        emptied = update(people).where(people.c.id == person).values(**nothing).returning(*people.c)
        left = connection.execute(emptied).one()
        write_changes(connection, left.site, documents.person(left._mapping), now_ms)


def _expected(connection: Connection, site: str, person: str, now_ms: int) -> None:
    mine = (expected_parcels.c.site == site, expected_parcels.c.person == person)
    gone = connection.execute(
        delete(expected_parcels).where(*mine).returning(expected_parcels.c.id)
    ).scalars()
    write_changes(connection, site, [("kiosk", f"expected/{one}", None) for one in gone.all()], now_ms)


def _mandates(connection: Connection, site: str, person: str, now_ms: int) -> None:
    """Those the person gave, with the names of who bore them."""
    mine = (mandates.c.site == site, mandates.c.person == person)
    gone = connection.execute(delete(mandates).where(*mine).returning(mandates.c.id)).scalars()
    write_changes(connection, site, [("bridge", f"proxy/{one}", None) for one in gone.all()], now_ms)


def _assignments(connection: Connection, site: str, person: str, _now_ms: int) -> None:
    """What is not answered yet is of something that lies there, and then nobody is erased."""
    answered = (
        assignments.c.site == site,
        assignments.c.person == person,
        assignments.c.done_ms.is_not(None),
    )
    connection.execute(delete(assignments).where(*answered))


def _outbox(connection: Connection, site: str, person: str, _now_ms: int) -> None:
    connection.execute(delete(outbox).where(outbox.c.site == site, outbox.c.person == person))


def _audit(connection: Connection, _site: str, person: str, _now_ms: int) -> None:
    audit.forget_details(connection, person)


def _facts(connection: Connection, site: str, person: str, now_ms: int) -> None:
    """The ledger and its fold, as far as their items and tickets have ended."""
    theirs = (items.c.site == site, items.c.person == person, items.c.ended_ms.is_not(None))
    ended = set(connection.execute(select(items.c.id).where(*theirs)).scalars())
    ended |= their_orders.over(connection, site, person)
    passed_on = rows_where(connection, items, "id", redaction.reassigned(connection, site, person))
    redaction.forget_items(connection, ended, now_ms)
    others = [row["id"] for row in passed_on if row["site"] == site and row["id"] not in ended]
    redaction.forget_former_owner(connection, others, person, now_ms)
    mine = (pickups.c.site == site, pickups.c.person == person)
    redaction.forget_pickups(connection, over(connection, select(pickups.c.id).where(*mine)), now_ms)


def _remarks(connection: Connection, site: str, person: str, _now_ms: int) -> None:
    remarks.forget_remarks(connection, site, person)


def _take_ins(connection: Connection, site: str, person: str, _now_ms: int) -> None:
    """Wishes of the day, whatever came of them."""
    connection.execute(delete(take_ins).where(take_ins.c.site == site, take_ins.c.person == person))


Owner = Callable[[Connection, str, str, int], None]
"""Empties its table of a person: connection, site, person, now."""

OWNERS: Final[tuple[Owner, ...]] = (
    _people,
    _expected,
    _mandates,
    _assignments,
    _take_ins,
    _outbox,
    _audit,
    _remarks,
    _facts,  # at last: the others find by it what is theirs
)


def over(connection: Connection, ids: Any) -> list[str]:
    """Those pickups of a selection for which nothing waits any more, and something once did."""
    waiting = exists().where(items.c.pickup == pickups.c.id, items.c.ended_ms.is_(None))
    had = exists().where(items.c.pickup == pickups.c.id)
    query = ids.where(~waiting, pickups.c.closed_ms.is_not(None) | had)
    return list(connection.execute(query).scalars())


# --- facts that come after the erasure ---------------------------------------------------------


def forget_again(connection: Connection, rows: Rows, told: Sequence[Told], now_ms: int) -> None:
    """What a commit of the ingest says of erased people goes with the same commit, once their item ended.

    A site that was offline tells of them later; a restored hub is told once more what it lost.
    """
    named = {event.event: people_of(event.fact) for event in told}
    owned = ("items", "pickups", "service_orders")
    persons = set().union(*named.values(), *(_owners(rows.of(table)) for table in owned))  # type: ignore[arg-type]
    if not persons:
        return
    erased = {
        row["id"] for row in rows_where(connection, people, "id", persons, also="erased_ms IS NOT NULL")
    }
    if not erased:
        return
    touched = {getattr(event.fact, "item", None) for event in told if named[event.event] & erased}
    touched |= {row["id"] for row in rows.of("items") if row["person"] in erased}
    found = rows_where(connection, items, "id", touched - {None})
    theirs = [row for row in found if row["person"] in (*erased, NOBODY)]
    ended = [row["id"] for row in theirs if row["ended_ms"] is not None]
    for row in rows.of("service_orders"):
        if row["person"] in erased:
            ended += their_orders.over(connection, row["site"], row["person"])
    for site in {event.site for event in told}:
        for person in erased:
            remarks.forget_remarks(connection, site, person)
    redaction.forget_items(connection, ended, now_ms)
    for person in erased:
        others = [row["id"] for row in found if row not in theirs]
        redaction.forget_former_owner(connection, others, person, now_ms)
    tickets = select(pickups.c.id).where(pickups.c.person.in_(erased))
    redaction.forget_pickups(connection, over(connection, tickets), now_ms)


def _owners(rows: Iterable[Any]) -> set[str]:
    return {row["person"] for row in rows if row["person"] is not None}
