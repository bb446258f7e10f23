"""Mandates: who may collect for whom, until when and what, each with a code of its own.

Every change goes into the bridge's feed with it; the name of whoever bears the mandate stays here.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, insert, select, update

from contract.pickup_code import PROXY_NUMBERS
from hub.core import documents
from hub.store.database import Connection
from hub.store.feed import write_changes
from hub.store.tables import items, mandates, people

RESTORE_STEP = 1_000
"""More new codes than anybody gives one mandate between a backup and its restore."""


class NoNumberError(Exception):
    """The site has as many mandates as there are numbers: some must end first."""


@dataclass(frozen=True)
class Wanted:
    """A mandate as it was said: `items` empty for everything that waits."""

    name: str
    from_ms: int
    until_ms: int
    items: Sequence[str] = ()


def give_mandate(
    connection: Connection, site: str, person: str, wanted: Wanted, account: str, now_ms: int
) -> str:
    """Note a mandate and tell the lockers; its id. Raises NoNumberError."""
    values = {
        "id": uuid.uuid4().hex,
        "site": site,
        "person": person,
        "number": _free_number(connection, site),
        "name": wanted.name,
        "items": ",".join(wanted.items),
        "from_ms": wanted.from_ms,
        "until_ms": wanted.until_ms,
        "created_ms": now_ms,
        "created_by": account,
    }
    row = connection.execute(insert(mandates).values(**values).returning(*mandates.c)).one()
    write_changes(connection, site, documents.mandate(row._mapping), now_ms)
    return str(row.id)


def _free_number(connection: Connection, site: str) -> int:
    """The one after the last given, so that a number of yesterday is not somebody else's today."""
    rows = connection.execute(
        select(mandates.c.number, mandates.c.ended_ms)
        .where(mandates.c.site == site)
        .order_by(mandates.c.created_ms.desc(), mandates.c.number.desc())
    ).all()
    taken = {row.number for row in rows if row.ended_ms is None}
    last = rows[0].number if rows else 0
    first, count = PROXY_NUMBERS.start, len(PROXY_NUMBERS)
    for step in range(count):
        number = first + (last - first + 1 + step) % count
        if number not in taken:
            return number
    raise NoNumberError(site)


def mandate_row(connection: Connection, site: str, person: str, mandate: str) -> Any | None:
    """A mandate this person gave, whether it still lives or not; None for no such one."""
    mine = (mandates.c.id == mandate, mandates.c.site == site, mandates.c.person == person)
    return connection.execute(select(mandates).where(*mine)).one_or_none()


def mandates_of(connection: Connection, site: str, person: str) -> list[Any]:
    """All that a person ever gave, the latest first."""
    mine = (mandates.c.site == site, mandates.c.person == person)
    return list(connection.execute(select(mandates).where(*mine).order_by(mandates.c.created_ms.desc())))


def renew_code(connection: Connection, site: str, mandate: str, now_ms: int) -> bool:
    """Give it a new code; the older one is dead. False where it has ended."""
    return _change(connection, site, mandate, {"generation": mandates.c.generation + 1}, now_ms)


def end_mandate(connection: Connection, site: str, mandate: str, why: str, now_ms: int) -> bool:
    """End it at once; False where it has ended already."""
    return _change(connection, site, mandate, {"ended_ms": now_ms, "ended_why": why}, now_ms)


def end_mandates_of(connection: Connection, site: str, person: str, now_ms: int) -> None:
    """Nobody collects for somebody who is off the list."""
    mine = (mandates.c.site == site, mandates.c.person == person, mandates.c.ended_ms.is_(None))
    for mandate in connection.execute(select(mandates.c.id).where(*mine)).scalars().all():
        end_mandate(connection, site, mandate, "person_removed", now_ms)


def expire_mandates(connection: Connection, now_ms: int) -> int:
    """End those whose time is over; how many."""
    over = (mandates.c.ended_ms.is_(None), mandates.c.until_ms <= now_ms)
    rows = connection.execute(select(mandates.c.id, mandates.c.site).where(*over)).all()
    return sum(end_mandate(connection, row.site, row.id, "expired", now_ms) for row in rows)


def void_all_codes(connection: Connection, now_ms: int) -> int:
    """Make the codes of all that live void; how many. After the database went back in time: among them may
    be some that were taken back since.
    """
    rows = connection.execute(select(mandates.c.id, mandates.c.site).where(mandates.c.ended_ms.is_(None)))
    further = {"generation": mandates.c.generation + RESTORE_STEP}
    return sum(_change(connection, row.site, row.id, further, now_ms) for row in rows.all())


def _change(connection: Connection, site: str, mandate: str, values: dict[str, Any], now_ms: int) -> bool:
    mine = (mandates.c.id == mandate, mandates.c.site == site, mandates.c.ended_ms.is_(None))
    changed = update(mandates).where(*mine).values(**values).returning(*mandates.c)
    row = connection.execute(changed).one_or_none()
    if row is None:
        return False
    write_changes(connection, site, documents.mandate(row._mapping), now_ms)
    return True


def mandated(connection: Connection, site: str) -> dict[str, tuple[str, str]]:
    """Who bears each mandate of a site, and who gave it, by the mandate's id; ended ones as well."""
    query = select(mandates.c.id, mandates.c.name, people.c.name.label("giver"))
    query = query.join(people, people.c.id == mandates.c.person).where(mandates.c.site == site)
    return {row.id: (row.name, row.giver) for row in connection.execute(query)}


def collected_under(connection: Connection, site: str, person: str) -> dict[str, list[Any]]:
    """What was received under each mandate of a person, in order: `id`, `kind`, `ended_ms`."""
    query = (
        select(items.c.id, items.c.kind, items.c.ended_ms, items.c.proxy)
        .join(mandates, and_(mandates.c.id == items.c.proxy, mandates.c.site == items.c.site))
        .where(mandates.c.site == site, mandates.c.person == person, items.c.state == "collected")
        .order_by(items.c.ended_ms)
    )
    found: dict[str, list[Any]] = {}
    for row in connection.execute(query):
        found.setdefault(row.proxy, []).append(row)
    return found
