"""Opening the hub's database: SQLite by default, PostgreSQL by URL, one code.

Every transaction is opened by `reading` or `writing`. Writers go one after the other: two at once that
read before they write would lose updates without an error. On SQLite a writer says BEGIN IMMEDIATE, on
PostgreSQL it takes a lock that ends with its transaction. A reader sees one moment and waits for nobody:
BEGIN on SQLite, REPEATABLE READ on PostgreSQL. WAL with synchronous=FULL: an acknowledged fact survives
a power cut.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection as Connection
from sqlalchemy import Engine as Engine
from sqlalchemy import create_engine, event, func, make_url, select
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

StoreError = DBAPIError
"""A statement or a commit the database refused; nothing of its transaction happened."""

_MIGRATIONS = Path(__file__).parent / "migrations"
_BUSY_MS = 15_000
_CHECKPOINT_PAGES = 8_000  # 32 MB: pages that change often are written to the file once, not ten times
_CACHE_KIB = 32 * 1024
_READERS_KIB = 4 * 1024
_ONE_MOMENT = {"isolation_level": "REPEATABLE READ"}
_readers: WeakKeyDictionary[Engine, Engine] = WeakKeyDictionary()
"""On SQLite one connection writes, and keeps what it read: changes by others would make it read anew."""
_WRITERS_LOCK = 0x636F6E63  # any number that no other program of that database takes


def sqlite_url(path: Path) -> str:
    """The URL of an SQLite file."""
    return f"sqlite:///{path.absolute()}"


def open_engine(url: str) -> Engine:
    """An engine for `url`, its transactions set up as this module says. Does not migrate."""
    if not url.startswith("sqlite"):
        return create_engine(url, hide_parameters=True)  # an error's text goes to the log
    if not make_url(url).database:  # in memory: only whoever made it sees it
        return _prepared(create_engine(url, hide_parameters=True), "BEGIN IMMEDIATE", _CACHE_KIB)
    engine = create_engine(
        url, hide_parameters=True, pool_size=1, max_overflow=0, pool_timeout=_BUSY_MS / 1000
    )
    readers = create_engine(url, hide_parameters=True, pool_use_lifo=True)
    _prepared(engine, "BEGIN IMMEDIATE", _CACHE_KIB)
    _prepared(readers, "BEGIN", _READERS_KIB)
    event.listen(engine, "engine_disposed", lambda _engine: readers.dispose())
    _readers[engine] = readers
    return engine


def _prepared(engine: Engine, begin: str, cache_kib: int) -> Engine:
    event.listen(engine, "connect", partial(_prepare_sqlite, cache_kib))
    event.listen(engine, "begin", partial(_begin_sqlite, begin))
    return engine


def open_database(url: str) -> Engine:
    """An engine for `url`, migrated to the newest tables."""
    engine = open_engine(url)
    migrate(engine)
    return engine


def migrate(engine: Engine) -> None:
    """Bring the tables up to date, in one transaction."""
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    with writing(engine) as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """One write transaction; committed when the block ends, rolled back when it raises."""
    with _connected(engine) as connection, connection.begin():
        if _is_postgresql(engine):
            connection.execute(select(func.pg_advisory_xact_lock(_WRITERS_LOCK)))
        yield connection


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """One consistent view; never blocks a writer, nor waits for one."""
    with _readers.get(engine, engine).connect() as plain:
        connection = plain.execution_options(**_ONE_MOMENT) if _is_postgresql(engine) else plain
        with connection.begin():
            yield connection


def size_bytes(connection: Connection) -> int:
    """How large the database is, the space it may use again included."""
    if connection.dialect.name == "postgresql":
        return int(connection.exec_driver_sql("SELECT pg_database_size(current_database())").scalar_one())
    pages, page_bytes = (
        connection.exec_driver_sql(f"PRAGMA {name}").scalar_one() for name in ("page_count", "page_size")
    )
    return int(pages * page_bytes)


def forget_freed_pages(engine: Engine) -> bool:
    """Empty the write-ahead log, which holds pages as they were; False while somebody still reads them."""
    if engine.dialect.name != "sqlite":
        return True  # PostgreSQL's VACUUM does it
    connection = engine.raw_connection()
    try:
        busy = connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
    finally:
        connection.close()
    return not busy


def _connected(engine: Engine) -> Connection:
    """A connection; that its turn does not come is the database's refusal like any other."""
    try:
        return engine.connect()
    except PoolTimeout as error:
        raise OperationalError("BEGIN", None, error) from error


def _is_postgresql(engine: Engine) -> bool:
    return engine.dialect.name == "postgresql"


def _prepare_sqlite(cache_kib: int, connection: Any, _record: Any) -> None:
    """Take transactions out of the driver's hands and check that the settings were taken."""
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {_BUSY_MS}")
    mode = cursor.execute("PRAGMA journal_mode = WAL").fetchone()[0]
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.execute(f"PRAGMA wal_autocheckpoint = {_CHECKPOINT_PAGES}")
    cursor.execute(f"PRAGMA cache_size = -{cache_kib}")
    cursor.execute("PRAGMA secure_delete = ON")  # what was erased is in no free page of the file
    full = cursor.execute("PRAGMA synchronous").fetchone()[0]
    cursor.close()
    if mode not in ("wal", "memory") or full != 2:
        raise RuntimeError(f"the database keeps no safe journal (journal_mode {mode}, synchronous {full})")


def _begin_sqlite(begin: str, connection: Connection) -> None:
    connection.exec_driver_sql(begin)
