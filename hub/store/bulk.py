"""Many rows at once, at the driver's own speed.

SQLAlchemy's handling of every value costs more than the database does. Here it only finds the
connection and quotes names; the statements are plain SQL that SQLite and PostgreSQL share.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Connection, CursorResult, Dialect, Table

_CHUNK = 500  # values in one IN (...): far below every driver's limit


def insert_rows(
    connection: Connection, table: Table, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]
) -> None:
    """Append rows given in the order of `columns`."""
    if rows:
        connection.exec_driver_sql(_insert(connection.dialect, table, tuple(columns)), list(rows))


def upsert_rows(connection: Connection, table: Table, rows: Iterable[Mapping[str, Any]]) -> None:
    """Write whole rows, by primary key; whatever was there is replaced."""
    columns = tuple(column.name for column in table.columns)
    values = [tuple(row[column] for column in columns) for row in rows]
    if values:
        connection.exec_driver_sql(_upsert(connection.dialect, table, columns), values)


def rows_where(
    connection: Connection, table: Table, column: str, values: Iterable[Any]
) -> list[dict[str, Any]]:
    """All rows whose `column` is one of `values`, as dictionaries."""
    names = [each.name for each in table.columns]
    wanted = list(values)
    found: list[dict[str, Any]] = []
    for start in range(0, len(wanted), _CHUNK):
        chunk = tuple(wanted[start : start + _CHUNK])
        statement = _select(connection.dialect, table, column, len(chunk))
        found += [dict(zip(names, row, strict=True)) for row in connection.exec_driver_sql(statement, chunk)]
    return found


def execute(connection: Connection, statement: str, values: tuple[Any, ...]) -> CursorResult[Any]:
    """One plain statement with `?` for its values, as SQLite writes them."""
    return connection.exec_driver_sql(_plain(connection.dialect, statement), values)


@cache
def _plain(dialect: Dialect, statement: str) -> str:
    return statement if dialect.paramstyle == "qmark" else statement.replace("?", "%s")


@cache
def _insert(dialect: Dialect, table: Table, columns: tuple[str, ...]) -> str:
    quote = dialect.identifier_preparer.quote
    names = ", ".join(quote(column) for column in columns)
    return f"INSERT INTO {quote(table.name)} ({names}) VALUES ({_marks(dialect, len(columns))})"  # noqa: S608


@cache
def _upsert(dialect: Dialect, table: Table, columns: tuple[str, ...]) -> str:
    quote = dialect.identifier_preparer.quote
    keys = [column.name for column in table.primary_key.columns]
    names = ", ".join(quote(key) for key in keys)
    changes = ", ".join(f"{quote(name)} = excluded.{quote(name)}" for name in columns if name not in keys)
    return f"{_insert(dialect, table, columns)} ON CONFLICT ({names}) DO UPDATE SET {changes}"


@cache
def _select(dialect: Dialect, table: Table, column: str, count: int) -> str:
    quote = dialect.identifier_preparer.quote
    names = ", ".join(quote(each.name) for each in table.columns)
    where = f"{quote(column)} IN ({_marks(dialect, count)})"
    return f"SELECT {names} FROM {quote(table.name)} WHERE {where}"  # noqa: S608


def _marks(dialect: Dialect, count: int) -> str:
    return ", ".join(["?" if dialect.paramstyle == "qmark" else "%s"] * count)
