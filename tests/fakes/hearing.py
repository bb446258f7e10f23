"""A real SQLite database that remembers what it was asked, also by whoever goes past SQLAlchemy."""

import sqlite3
from typing import Any

from sqlalchemy import Engine, event

Asked = list[tuple[str, Any]]
"""Statements with their values, as they came."""


def hear(engine: Engine) -> Asked:
    """What is asked of `engine` from now on."""
    asked: Asked = []

    class Cursor(sqlite3.Cursor):
        def execute(self, statement: str, parameters: Any = (), /) -> "Cursor":
            asked.append((statement, parameters))
            return super().execute(statement, parameters)

        def executemany(self, statement: str, rows: Any, /) -> "Cursor":
            many = list(rows)
            asked.extend((statement, row) for row in many[:1])
            return super().executemany(statement, many)

    class Connection(sqlite3.Connection):
        def cursor(self, factory: Any = None) -> Any:
            return super().cursor(Cursor)

    @event.listens_for(engine, "do_connect")
    def _connect(_dialect: Any, _record: Any, _arguments: Any, options: dict[str, Any]) -> None:
        options["factory"] = Connection

    engine.dispose()
    return asked
