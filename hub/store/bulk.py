"""Plain SQL at the driver's own speed, for what happens with every batch.

SQLAlchemy's handling of statements and values costs more than the database does. Here it keeps the
connection and the transaction and quotes names; the statements are SQL that SQLite and PostgreSQL share.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, Dialect, Table
from sqlalchemy.exc import DBAPIError

_CHUNK = 500  # values in one IN (...): far below every driver's limit

Values = tuple[Any, ...]


def insert_rows(connection: Connection, table: Table, columns: Sequence[str], rows: Sequence[Values]) -> None:
    """Append rows given in the order of `columns`."""
    if rows:
        _run(connection, _insert(connection.dialect, table, tuple(columns)), many=rows)


def upsert_rows(connection: Connection, table: Table, rows: Iterable[Mapping[str, Any]]) -> None:
    """Write whole rows, by primary key; whatever was there is replaced."""
    values = list(map(_picker(table), rows))
    if values:
        _run(connection, _upsert(connection.dialect, table), many=values)


def rows_where(
    connection: Connection,
    table: Table,
    column: str,
    values: Iterable[Any],
    *,
    also: str = "",
    also_values: Values = (),
) -> list[dict[str, Any]]:
    """All rows whose `column` is one of `values`, as dictionaries.

    `also` must hold of them as well: SQL with `?` for each of `also_values`.
    """
    names = _names(table)
    wanted = list(values)
    found: list[dict[str, Any]] = []
    for start in range(0, len(wanted), _CHUNK):
        chunk = tuple(wanted[start : start + _CHUNK])
        statement = _select(connection.dialect, table, column, len(chunk), also)
        rows = _run(connection, statement, (*chunk, *also_values))
        found += [dict(zip(names, row, strict=True)) for row in rows]
    return found


def rows_by(connection: Connection, table: Table, statement: str, values: Values) -> list[dict[str, Any]]:
    """What a plain statement finds, as dictionaries; `{names}` in it stands for the table's columns."""
    names = _names(table)
    rows = _run(connection, _named(connection.dialect, table, statement), values)
    return [dict(zip(names, row, strict=True)) for row in rows]


def delete_rows(connection: Connection, table: Table, keys: Sequence[Values]) -> None:
    """Delete rows by primary key."""
    if keys:
        _run(connection, _delete(connection.dialect, table), many=keys)


def first_row(connection: Connection, statement: str, values: Values) -> Values | None:
    """Run one plain statement, with `?` for its values as SQLite writes them; its first row, if any."""
    rows = _run(connection, _plain(connection.dialect, statement), values)
    return rows[0] if rows else None


def _run(
    connection: Connection, statement: str, values: Values = (), *, many: Sequence[Values] | None = None
) -> list[Values]:
    """On the driver's cursor, within the transaction; errors come as SQLAlchemy's, without any value."""
    cursor = connection.connection.cursor()
    try:
        if many is None:
            cursor.execute(statement, values)
        else:
            cursor.executemany(statement, many)
        return list(cursor.fetchall()) if cursor.description else []
    except connection.dialect.loaded_dbapi.Error as error:
        base = connection.dialect.loaded_dbapi.Error
        raise DBAPIError.instance(statement, None, error, base, hide_parameters=True) from error
    finally:
        cursor.close()


@cache
def _names(table: Table) -> tuple[str, ...]:
    return tuple(column.name for column in table.columns)


@cache
def _picker(table: Table) -> Callable[[Mapping[str, Any]], Values]:
    return itemgetter(*_names(table))


@cache
def _plain(dialect: Dialect, statement: str) -> str:
    return statement if dialect.paramstyle == "qmark" else statement.replace("?", "%s")


@cache
def _named(dialect: Dialect, table: Table, statement: str) -> str:
    quote = dialect.identifier_preparer.quote
    return _plain(dialect, statement.format(names=", ".join(map(quote, _names(table)))))


@cache
def _delete(dialect: Dialect, table: Table) -> str:
    quote = dialect.identifier_preparer.quote
    where = " AND ".join(f"{quote(key.name)} = ?" for key in table.primary_key.columns)
    return _plain(dialect, f"DELETE FROM {quote(table.name)} WHERE {where}")  # noqa: S608


@cache
def _insert(dialect: Dialect, table: Table, columns: tuple[str, ...]) -> str:
    quote = dialect.identifier_preparer.quote
    names = ", ".join(quote(column) for column in columns)
    return f"INSERT INTO {quote(table.name)} ({names}) VALUES ({_marks(dialect, len(columns))})"  # noqa: S608


@cache
def _upsert(dialect: Dialect, table: Table) -> str:
    columns = _names(table)
    quote = dialect.identifier_preparer.quote
    keys = [column.name for column in table.primary_key.columns]
    names = ", ".join(quote(key) for key in keys)
    changes = ", ".join(f"{quote(name)} = excluded.{quote(name)}" for name in columns if name not in keys)
    return f"{_insert(dialect, table, columns)} ON CONFLICT ({names}) DO UPDATE SET {changes}"


@cache
def _select(dialect: Dialect, table: Table, column: str, count: int, also: str) -> str:
    quote = dialect.identifier_preparer.quote
    names = ", ".join(quote(each.name) for each in table.columns)
    where = f"{quote(column)} IN ({_marks(dialect, count)})"
    where += f" AND {_plain(dialect, also)}" if also else ""
    return f"SELECT {names} FROM {quote(table.name)} WHERE {where}"  # noqa: S608


def _marks(dialect: Dialect, count: int) -> str:
    return ", ".join(["?" if dialect.paramstyle == "qmark" else "%s"] * count)
