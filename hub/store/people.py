"""The people of a site: whom parcels may be for. Every change goes into the site's feed as well."""

import uuid
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from sqlalchemy import ColumnElement, func, insert, select, update

from contract.credential import badge_hash
from hub.core import documents
from hub.core.people_csv import PersonLine, likeness
from hub.store.database import Connection
from hub.store.feed import write_changes
from hub.store.mandates import end_mandates_of
from hub.store.tables import people, staff

MOST_FOUND = 500
SOUGHT_LETTERS = 200


class BadgeTakenError(ValueError):
    """Somebody else of the site is known by this badge already."""


def add_people(connection: Connection, site: str, new: Iterable[PersonLine], now_ms: int) -> list[str]:
    """Add people and tell the site; their ids, in order."""
    rows = [
        {
            "id": uuid.uuid4().hex,
            "site": site,
            "badge_hash": None,
            "created_ms": now_ms,
            "removed_ms": None,
            **columns_of(person),
        }
        for person in new
    ]
    if rows:
        connection.execute(insert(people), rows)
        write_changes(connection, site, [c for row in rows for c in documents.person(row)], now_ms)
    return [str(row["id"]) for row in rows]


def change_person(connection: Connection, site: str, person: str, data: PersonLine, now_ms: int) -> bool:
    """Replace what is kept of a person; False when there is no such person here."""
    return _update(connection, site, person, columns_of(data), now_ms)


def columns_of(person: PersonLine) -> dict[str, Any]:
    """A line as the table has it, with what it is found by: taken apart, some letters are several."""
    return {**asdict(person), "sought": likeness(f"{person.name} {person.flat}")[:SOUGHT_LETTERS]}


def remove_person(connection: Connection, site: str, person: str, now_ms: int) -> bool:
    """Take somebody off the list. What waits can still be collected by them, and by nobody for them."""
    end_mandates_of(connection, site, person, now_ms)
    return _update(connection, site, person, {"removed_ms": now_ms, "badge_hash": None}, now_ms)


def set_badge(
    connection: Connection, site: str, site_key: bytes, person: str, badge: str | None, now_ms: int
) -> bool:
    """They are known by this badge from now on, or by none; False when there is no such person here.

    Raises BadgeTakenError.
    """
    hashed = badge_hash(site_key, badge) if badge else None
    if hashed is not None and _is_taken(connection, site, person, hashed):
        raise BadgeTakenError
    return _update(connection, site, person, {"badge_hash": hashed}, now_ms)


def _is_taken(connection: Connection, site: str, person: str, hashed: str) -> bool:
    others = (people.c.site == site, people.c.badge_hash == hashed, people.c.id != person)
    team = (staff.c.site == site, staff.c.badge_hash == hashed, staff.c.removed_ms.is_(None))
    taken = (
        select(people.c.id).where(*others, people.c.removed_ms.is_(None)),
        select(staff.c.id).where(*team),
    )
    return any(connection.execute(each).first() is not None for each in taken)


def _update(connection: Connection, site: str, person: str, values: dict[str, Any], now_ms: int) -> bool:
    mine = (people.c.id == person, people.c.site == site, people.c.removed_ms.is_(None))
    row = connection.execute(update(people).where(*mine).values(**values).returning(*people.c)).one_or_none()
    if row is None:
        return False
    write_changes(connection, site, documents.person(row._mapping), now_ms)
    return True


def person_row(connection: Connection, site: str, person: str) -> Any | None:
    """One person of a site, or None when there is none or they were removed."""
    mine = (people.c.id == person, people.c.site == site, people.c.removed_ms.is_(None))
    return connection.execute(select(people).where(*mine)).one_or_none()


def kept_person(connection: Connection, site: str, person: str) -> Any | None:
    """One person of a site of whom anything is kept, also off the list; None for nobody or an erased one."""
    mine = (people.c.id == person, people.c.site == site, people.c.erased_ms.is_(None))
    return connection.execute(select(people).where(*mine)).one_or_none()


def removed_people(connection: Connection, site: str) -> list[Any]:
    """Who was taken off the list and is not erased yet, the latest first. At most MOST_FOUND."""
    query = select(people).where(*_off(site)).order_by(people.c.removed_ms.desc()).limit(MOST_FOUND)
    return list(connection.execute(query))


def count_removed(connection: Connection, site: str) -> int:
    """How many those are."""
    return connection.execute(select(func.count()).select_from(people).where(*_off(site))).scalar_one()


def _off(site: str) -> tuple[ColumnElement[bool], ...]:
    return people.c.site == site, people.c.removed_ms.is_not(None), people.c.erased_ms.is_(None)


def find_people(connection: Connection, site: str, words: str) -> list[Any]:
    """People whose name or flat holds every word, by name; everybody for no word. At most MOST_FOUND.

    Case and accents do not count, neither to find nor to sort.
    """
    query = select(people).where(*_sought(site, words)).order_by(people.c.sought, people.c.id)
    return list(connection.execute(query.limit(MOST_FOUND)))


def count_people(connection: Connection, site: str, words: str = "") -> int:
    """How many are on the list, or of those fit these words."""
    fit = _sought(site, words)
    return connection.execute(select(func.count()).select_from(people).where(*fit)).scalar_one()


def _sought(site: str, words: str) -> tuple[ColumnElement[bool], ...]:
    holds = (people.c.sought.contains(word, autoescape=True) for word in likeness(words).split())
    return people.c.site == site, people.c.removed_ms.is_(None), *holds


def people_names(connection: Connection, site: str) -> dict[str, str]:
    """Names by id, those who were removed included: their parcels keep their story."""
    rows = connection.execute(select(people.c.id, people.c.name).where(people.c.site == site))
    return {row.id: row.name for row in rows}


def known_pairs(connection: Connection, site: str) -> set[tuple[str, str]]:
    """Name and flat of everybody on the list, as `likeness` makes them: to refuse doubles."""
    rows = connection.execute(
        select(people.c.flat, people.c.name).where(people.c.site == site, people.c.removed_ms.is_(None))
    )
    return {(likeness(row.name), likeness(row.flat)) for row in rows}
