"""The hub's database as it is opened: migrated, durable, and no update lost."""

import threading
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, insert, select, update
from sqlalchemy.exc import StatementError

from hub.store.database import open_database, open_engine, reading, sqlite_url, writing
from hub.store.tables import metadata, settings, timelines


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
