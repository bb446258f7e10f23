"""The tables of the fold: read what facts touch, fold, write what changed; and the whole anew."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, delete, select

from contract.codec import ContractError, decode_fact
from hub.core.fold import fold, wanted, whole_sites
from hub.core.rows import Rows
from hub.core.told import Told
from hub.store import tables
from hub.store.bag_rows import follow
from hub.store.bulk import delete_rows, rows_where, upsert_rows
from hub.store.database import Engine, open_database, reading, writing

_CHUNK = 5_000
_BY_ID = (
    tables.items,
    tables.pickups,
    tables.operations,
    tables.visits,
    tables.service_orders,
    tables.quotes,
    tables.payments,
    tables.loads,
)


def fold_facts(connection: Connection, told: Sequence[Told]) -> Rows:
    """Fold facts into the tables, within the caller's transaction; returns the rows, changed ones marked."""
    rows = _load(connection, told)
    fold(rows, told)
    follow(connection, rows)
    for table in tables.FOLD:
        delete_rows(connection, table, rows.keys_gone(table.name))  # type: ignore[arg-type]
        upsert_rows(connection, table, rows.of(table.name))  # type: ignore[arg-type]
    return rows


def _load(connection: Connection, told: Sequence[Told]) -> Rows:
    rows = Rows()
    keys = wanted(told)
    sites = whole_sites(told) | {str(key[0]) for key in keys["doors"]}
    if sites:
        rows.put("doors", rows_where(connection, tables.doors, "site", sites))
    for table in _BY_ID:
        ids = keys[table.name]  # type: ignore[index]
        if ids:
            rows.put(table.name, rows_where(connection, table, "id", ids))  # type: ignore[arg-type]
    return rows


def facts_in_order(connection: Connection) -> Iterator[Told]:
    """Every readable fact of the ledger, by position."""
    ledger = tables.ledger.c
    columns = (ledger.event, ledger.device, ledger.site, ledger.at_ms, ledger.estimated, ledger.body)
    statement = select(*columns).where(ledger.quarantine.is_(None)).order_by(ledger.position)
    for row in connection.execution_options(yield_per=_CHUNK).execute(statement):
        told = _told(row)
        if told is not None:
            yield told


def rebuild(connection: Connection) -> int:
    """Empty the tables of the fold and compute them again; returns how many facts there were."""
    for table in tables.FOLD:
        connection.execute(delete(table))
    return _fold_in_chunks(connection, facts_in_order(connection))


def differences(engine: Engine, scratch_url: str) -> list[str]:
    """Fold the ledger into the fresh database `scratch_url`; returns the rows that are not the same.

    Each is named as `table key`. Empty: tables = fold(ledger) (I2).
    """
    scratch = open_database(scratch_url)
    try:
        with reading(engine) as source:
            with writing(scratch) as target:
                _fold_in_chunks(target, facts_in_order(source))
            with reading(scratch) as fresh:
                return [line for table in tables.FOLD for line in _compare(source, fresh, table)]
    finally:
        scratch.dispose()


def _fold_in_chunks(connection: Connection, told: Iterable[Told]) -> int:
    count, chunk = 0, list[Told]()
    for event in told:
        count += 1
        chunk.append(event)
        if len(chunk) == _CHUNK:
            fold_facts(connection, chunk)
            chunk = []
    fold_facts(connection, chunk)
    return count


def _compare(left: Connection, right: Connection, table: Any) -> list[str]:
    keys = list(table.primary_key.columns)
    statement = select(table).order_by(*keys)
    places = range(len(keys))
    mine = {tuple(row[place] for place in places): row for row in _ordered(left, statement, table)}
    theirs = {tuple(row[place] for place in places): row for row in _ordered(right, statement, table)}
    wrong = [key for key in mine.keys() | theirs.keys() if mine.get(key) != theirs.get(key)]
    return [f"{table.name} {'/'.join(map(str, key))}" for key in sorted(wrong)]


def _ordered(connection: Connection, statement: Any, table: Any) -> list[tuple[Any, ...]]:
    """Rows with their key first."""
    keys = [column.name for column in table.primary_key.columns]
    names = [*keys, *(column.name for column in table.columns if column.name not in keys)]
    return [tuple(row._mapping[name] for name in names) for row in connection.execute(statement)]


def _told(row: Any) -> Told | None:
    try:
        fact = decode_fact(bytes(row.body))
    except ContractError:
        return None
    return Told(row.event, row.device, row.site, row.at_ms, row.estimated, fact)
