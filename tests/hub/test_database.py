"""The hub's database as it is opened: migrated, durable, and no update lost."""

import threading
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, column, insert, select, table, update
from sqlalchemy.exc import StatementError

import hub.store.migrations
from hub.store import audit
from hub.store.accounts import account_by_id
from hub.store.database import open_database, open_engine, reading, sqlite_url, writing
from hub.store.partner_access import accesses_at
from hub.store.tables import metadata, settings, timelines

MIGRATIONS = Path(hub.store.migrations.__file__).parent


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    return open_database(sqlite_url(tmp_path / "hub.sqlite3"))


def test_the_migrations_make_exactly_the_tables(engine: Engine) -> None:
    with reading(engine) as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


def test_opening_a_second_time_changes_nothing(tmp_path: Path) -> None:
    url = sqlite_url(tmp_path / "hub.sqlite3")
    with writing(open_database(url)) as connection:
        connection.execute(insert(settings).values(key="a", value="b"))
    with reading(open_database(url)) as connection:
        assert connection.execute(select(settings.c.value)).scalar_one() == "b"


def test_a_commit_is_synchronous_and_in_wal(engine: Engine) -> None:
    with reading(engine) as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar_one() == "wal"
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar_one() == 2
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar_one() == 1


def test_concurrent_writers_lose_no_update(tmp_path: Path) -> None:
    url = sqlite_url(tmp_path / "hub.sqlite3")
    engine = open_database(url)
    with writing(engine) as connection:
        connection.execute(insert(settings).values(key="n", value="0"))

    def count_up() -> None:
        mine = open_engine(url)
        for _ in range(50):
            with writing(mine) as connection:
                value = int(connection.execute(select(settings.c.value)).scalar_one())
                connection.execute(update(settings).values(value=str(value + 1)))

    threads = [threading.Thread(target=count_up) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with reading(engine) as connection:
        assert connection.execute(select(settings.c.value)).scalar_one() == "200"


def test_a_reader_neither_waits_for_a_writer_nor_sees_half_of_it(engine: Engine) -> None:
    with writing(engine) as writer:
        writer.execute(insert(settings).values(key="half", value="done"))
        with reading(engine) as reader:
            assert reader.execute(select(settings.c.key)).all() == []


def test_what_raises_leaves_nothing_behind(engine: Engine) -> None:
    def fail_half_way() -> None:
        with writing(engine) as connection:
            connection.execute(insert(settings).values(key="k", value="v"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_half_way()
    with reading(engine) as connection:
        assert connection.execute(select(settings.c.key)).all() == []


@pytest.mark.parametrize("moment", [1.5, "2026-01-01", True])
def test_a_moment_is_whole_milliseconds(engine: Engine, moment: object) -> None:
    with pytest.raises(StatementError), writing(engine) as connection:
        connection.execute(insert(timelines).values(timeline="t", since_ms=moment, why="first"))


def test_accounts_of_before_keep_the_sites_they_saw_and_what_was_noted_becomes_a_chain(
    engine: Engine,
) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    before = str(ScriptDirectory.from_config(config).get_revision("0015").down_revision)
    with writing(engine) as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, before)
        for site in ("borny", "metz"):
            put(connection, "sites", id=site, name="x", created_ms=0)
        for name, role in (("samia", "admin"), ("bilal", "concierge")):
            put(connection, "accounts", id=name, name=name, password_hash="x", role=role, created_ms=0)
        for number in (2, 3, 7):  # some were let go before
            done = {"account": "bilal", "action": "code_told", "site": "borny", "detail": "next"}
            put(connection, "audit", id=number, at_ms=number, **done)
        command.upgrade(config, "head")
    with writing(engine) as connection:
        samia, bilal = (account_by_id(connection, name) for name in ("samia", "bilal"))
        assert samia is not None
        assert bilal is not None
        assert (samia.sites, bilal.sites) == (None, frozenset({"borny", "metz"}))
        audit.note(connection, 9, "bilal", "code_told", site="borny")
        assert audit.check(connection) == audit.Chain(4, 0, "")
        assert [row.at_ms for row in audit.deeds(connection, 0, 10)] == [9, 7, 3, 2]


def test_a_partners_desks_of_before_keep_the_sites_they_were_told_of(engine: Engine) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    before = str(ScriptDirectory.from_config(config).get_revision("0026").down_revision)
    with writing(engine) as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, before)
        put(connection, "partners", id="laundry", name="x", created_ms=0)
        for site in ("borny", "metz", "nancy"):
            put(connection, "sites", id=site, name="x", created_ms=0)
        for site in ("borny", "metz"):
            put(connection, "partner_sites", partner="laundry", site=site)
        for name, role in (("samia", "admin"), ("lena", "lead")):
            put(connection, "accounts", id=name, name=name, password_hash="x", role=role, created_ms=0)
            desk = {"partner": "laundry", "name": "x", "pin_hash": "x", "created_ms": 0, "created_by": name}
            put(connection, "partner_accesses", id=f"of-{name}", **desk)
        command.upgrade(config, "head")
    with reading(engine) as connection:
        kept = {row.id: sites for row, sites in accesses_at(connection, "borny")}
    assert kept == {"of-samia": None, "of-lena": frozenset({"borny", "metz"})}


def put(connection: Connection, into: str, /, **values: object) -> None:
    """Write a row into a table as it was then."""
    connection.execute(insert(table(into, *map(column, values))).values(values))
