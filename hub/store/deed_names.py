"""Names for the ids of the audit, only of those asked for: there may be many people."""

from collections.abc import Iterable

from hub.store.bulk import rows_where
from hub.store.database import Connection
from hub.store.tables import items, people, staff


def names_of_people(connection: Connection, ids: Iterable[str]) -> dict[str, str]:
    """By id; who was erased has none."""
    return {row["id"]: row["name"] for row in rows_where(connection, people, "id", ids) if row["name"]}


def names_of_staff(connection: Connection, ids: Iterable[str]) -> dict[str, str]:
    """Initials by id."""
    return {row["id"]: row["initials"] for row in rows_where(connection, staff, "id", ids)}


def item_people(connection: Connection, ids: Iterable[str]) -> dict[str, str]:
    """Whose each item is."""
    return {row["id"]: row["person"] or "" for row in rows_where(connection, items, "id", ids)}
