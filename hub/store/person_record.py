"""All the hub holds about one person, for whoever asks for it about themselves (GDPR, article 15)."""

from base64 import b64encode
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import Connection, Select, Table, or_, select

from contract.codec import ContractError, decode_fact
from contract.messages import AnyFact
from hub.core.redaction import people_of
from hub.store import redaction
from hub.store.bulk import rows_where
from hub.store.relay_tables import assignments, mandates, take_ins
from hub.store.remarks import remarks_of
from hub.store.tables import (
    audit,
    expected_parcels,
    items,
    ledger,
    operations,
    outbox,
    people,
    pickups,
    scans,
    service_orders,
    visits,
)

Record = dict[str, Any]


def person_record(connection: Connection, site: str, person: str) -> Record:
    """Everything, by kind; moments as UTC. No code is in it: none is kept."""
    return {name: part(connection, site, person) for name, part in PARTS.items()}


def _plain(row: Any) -> Record:
    """A row as people read it: moments written out, what is empty left out."""
    values = {name: value for name, value in row.items() if value not in (None, "", b"")}
    return dict(_told(name, value) for name, value in values.items())


def _told(name: str, value: Any) -> tuple[str, Any]:
    if not name.endswith("_ms"):
        return name, value
    return name.removesuffix("_ms"), datetime.fromtimestamp(value / 1000, UTC).isoformat()


def _rows(connection: Connection, query: Select[Any]) -> list[Record]:
    return [_plain(row._mapping) for row in connection.execute(query)]


def _of(table: Table) -> Callable[[Connection, str, str], list[Record]]:
    """The rows of a table that has `site` and `person`."""

    def part(connection: Connection, site: str, person: str) -> list[Record]:
        return _rows(connection, select(table).where(table.c.site == site, table.c.person == person))

    return part


def _identity(connection: Connection, site: str, person: str) -> list[Record]:
    return _rows(connection, select(people).where(people.c.site == site, people.c.id == person))


def _remarks(connection: Connection, site: str, person: str) -> list[Record]:
    """What partners wrote about their bags and orders; a photo as an address any browser opens."""
    return [_plain(row | {"photo": _shown(row)}) for row in remarks_of(connection, site, person)]


def _shown(row: Record) -> str:
    return f"data:{row['photo_type']};base64,{b64encode(row['photo']).decode()}" if row["photo"] else ""


def _audit(connection: Connection, site: str, person: str) -> list[Record]:
    """What was done about them on these pages; not by whom, who is a person as well."""
    theirs = [row["id"] for row in _their_items(connection, site, person)]
    about = or_(audit.c.subject == person, audit.c.subject.in_(theirs))
    columns = (audit.c.at_ms, audit.c.action, audit.c.subject, audit.c.detail)
    return _rows(connection, select(*columns).where(about).order_by(audit.c.id))


def _facts(connection: Connection, site: str, person: str) -> list[Record]:
    """What the site told of their items, tickets, visits, and the doors opened for them."""
    things = [row["id"] for row in _their_items(connection, site, person)]
    tickets = select(pickups.c.id).where(pickups.c.site == site, pickups.c.person == person)
    ordered = _their_orders(connection, site, person)
    things += [row["item"] for row in ordered if row["item"]]
    theirs = [*things, *connection.execute(tickets).scalars(), *(row["id"] for row in ordered)]
    theirs += [row["id"] for row in rows_where(connection, operations, "item", things)]
    theirs += [row["id"] for row in rows_where(connection, visits, "pickup", theirs)]
    passed_on = set(redaction.reassigned(connection, site, person)) - set(theirs)
    rows = rows_where(connection, ledger, "ref", theirs)
    seen = [
        row["event"]
        for row in rows_where(connection, scans, "bag", things, also="site = ?", also_values=(site,))
    ]
    rows += [row for row in rows_where(connection, ledger, "event", seen) if row["ref"] not in theirs]
    rows += [row for row in rows_where(connection, ledger, "ref", passed_on) if _names(row, person)]
    return [_fact(row) for row in sorted(rows, key=lambda row: (row["at_ms"], row["position"]))]


def _their_items(connection: Connection, site: str, person: str) -> list[dict[str, Any]]:
    return rows_where(connection, items, "person", [person], also="site = ?", also_values=(site,))


def _their_orders(connection: Connection, site: str, person: str) -> list[dict[str, Any]]:
    return rows_where(connection, service_orders, "person", [person], also="site = ?", also_values=(site,))


def _names(row: Any, person: str) -> bool:
    """Of what was thought to be theirs for a while: only what says so."""
    fact = _decoded(row)
    return fact is not None and person in people_of(fact)


def _fact(row: Any) -> Record:
    fact = _decoded(row)
    told = {} if fact is None else {name: getattr(fact, name) for name in fact.__struct_fields__}
    place = {"at_ms": row["at_ms"], "device": row["device"], "type": row["type"]}
    return _plain(place) | {name: value for name, value in told.items() if value not in (None, "")}


def _decoded(row: Any) -> AnyFact | None:
    try:
        return decode_fact(bytes(row["body"]))
    except ContractError:
        return None


Part = Callable[[Connection, str, str], Sequence[Record]]
"""What one table holds about a person: connection, site, person."""

PARTS: Final[dict[str, Part]] = {
    "person": _identity,
    "items": _of(items),
    "tickets": _of(pickups),
    "orders": _of(service_orders),
    "expected": _of(expected_parcels),
    "mandates": _of(mandates),
    "assignments": _of(assignments),
    "taken_in": _of(take_ins),
    "messages": _of(outbox),
    "remarks": _remarks,
    "facts": _facts,
    "audit": _audit,
}
