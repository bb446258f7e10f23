"""The same hub, its data in PostgreSQL: from nothing to facts, tables, pages and proofs, on a real server."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask.testing import FlaskClient
from sqlalchemy import insert, select, update

from contract import messages as m
from hub.store import chain_check, folding
from hub.store.backup import BackupError, backup
from hub.store.database import open_database, reading, sqlite_url, writing
from hub.store.tables import items, ledger, metadata, settings
from tests.fakes.hub_scene import ADMIN, PASSWORD, Scene
from tests.fakes.postgresql import postgresql

MakeDatabase = Callable[[str], str]


@pytest.fixture(scope="module")
def server(postgresql_path: Path) -> Iterator[MakeDatabase]:
    with postgresql(postgresql_path) as server:
        yield server


@pytest.fixture(scope="module")
def lively(server: MakeDatabase, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """One parcel collected, one that waits, one door that jams; told in batches, some of them twice."""
    with ExitStack() as stack:
        scene = Scene(tmp_path_factory.mktemp("scene"), database=server("lively"))
        stack.callback(scene.close)
        scene.accounts()
        scene.connect()
        scene.deposit("i1", 0, 3)
        scene.collect("i1", 0, 3)
        scene.deposit("i2", 1, 4)
        scene.jam("i2", 1, 4)
        scene.bridge.disconnect(scene.hub)
        scene.bridge.connect(scene.hub)
        yield scene


@pytest.fixture
def admin(lively: Scene) -> FlaskClient:
    client = lively.app.test_client()
    assert client.post("/connexion", data={"name": ADMIN, "password": PASSWORD}).status_code == 302
    return client


def test_the_migrations_make_exactly_the_tables(lively: Scene) -> None:
    with reading(lively.hub.engine) as connection:
        assert connection.dialect.name == "postgresql"
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


def test_a_second_process_opens_what_is_there_and_changes_nothing(lively: Scene) -> None:
    again = open_database(lively.hub.url)
    with reading(again) as connection:
        assert connection.execute(select(items.c.id).order_by(items.c.id)).scalars().all() == ["i1", "i2"]
    again.dispose()


def test_every_fact_is_there_once_and_in_order(lively: Scene) -> None:
    query = select(ledger.c.device, ledger.c.seq).order_by(ledger.c.position)
    with reading(lively.hub.engine) as connection:
        rows = connection.execute(query).all()
    for device in (lively.bridge, lively.kiosk):
        told = [row.seq for row in rows if row.device == device.name]
        assert told == list(range(1, device.journal.last_seq + 1))


def test_the_tables_are_the_fold_of_the_ledger_before_and_after_they_are_computed_anew(
    lively: Scene, tmp_path: Path
) -> None:
    assert folding.differences(lively.hub.engine, sqlite_url(tmp_path / "before.sqlite3")) == []
    with writing(lively.hub.engine) as connection:
        assert folding.rebuild(connection) > 0
    assert folding.differences(lively.hub.engine, sqlite_url(tmp_path / "after.sqlite3")) == []


def test_the_chains_hold(lively: Scene) -> None:
    with reading(lively.hub.engine) as connection:
        verdict = chain_check.check(connection)
    assert (verdict.broken, verdict.facts > 20) == ("", True)


def test_the_first_page_the_lockers_and_the_parcels_say_what_there_is(admin: FlaskClient) -> None:
    assert 'href="/sites/borny/casiers/4"' in admin.get("/", follow_redirects=True).text  # it did not open
    assert 'id="door-4"' in admin.get("/sites/borny/casiers").text
    assert "Nguyễn Thị Mai" in admin.get("/sites/borny/colis").text
    assert "Yasmina Benali" in admin.get("/colis/i1").text


def test_what_it_leaves_to_postgresql_it_says(lively: Scene, tmp_path: Path) -> None:
    with pytest.raises(BackupError, match="pg_dump"):
        backup(lively.hub.engine, tmp_path / "copy")


def test_a_page_sees_one_moment_though_a_device_goes_on_telling(lively: Scene, admin: FlaskClient) -> None:
    with reading(lively.hub.engine) as connection:
        before = connection.execute(select(ledger.c.position)).all()
        lively.told(m.DoorForced(compartment=5))
        assert connection.execute(select(ledger.c.position)).all() == before
    assert 'href="/sites/borny/casiers/5"' in admin.get("/", follow_redirects=True).text


def test_two_who_write_at_once_lose_no_update(server: MakeDatabase) -> None:
    engine = open_database(server("counted"))
    with writing(engine) as connection:
        connection.execute(insert(settings).values(key="n", value="0"))

    def count_up() -> None:
        for _ in range(25):
            with writing(engine) as connection:
                value = int(connection.execute(select(settings.c.value)).scalar_one())
                connection.execute(update(settings).values(value=str(value + 1)))

    with ThreadPoolExecutor(4) as workers:
        for done in [workers.submit(count_up) for _ in range(4)]:
            done.result()
    with reading(engine) as connection:
        assert connection.execute(select(settings.c.value)).scalar_one() == "100"
    engine.dispose()
