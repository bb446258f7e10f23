"""What people did is a chain: nothing in it is changed, added or left out unseen."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, delete, insert, select, update

from hub.store import audit
from hub.store.database import Connection
from hub.store.tables import audit as table
from hub.store.tables import settings
from tests.fakes.clock import FakeClock
from tests.fakes.local_hub import LocalHub


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """One database for all: what a test does in it is taken back."""
    hub = LocalHub(tmp_path_factory.mktemp("audit"), FakeClock())
    yield hub.engine
    hub.stop()


@pytest.fixture
def empty(engine: Engine) -> Iterator[Connection]:
    """Nothing was done yet."""
    with engine.connect() as connection, connection.begin() as transaction:
        yield connection
        transaction.rollback()


@pytest.fixture
def connection(empty: Connection) -> Connection:
    """Ten deeds, a minute apart."""
    for number in range(1, 11):
        audit.note(empty, number * 60_000, "samia", "code_told", subject=f"i{number}", detail="next")
    return empty


def broken(connection: Connection) -> str:
    return audit.check(connection).broken


def test_a_chain_nobody_touched_holds(connection: Connection) -> None:
    assert audit.check(connection) == audit.Chain(10, 0, "")


def test_an_empty_one_holds_too(empty: Connection) -> None:
    assert audit.check(empty) == audit.Chain()


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("at_ms", 1),
        ("account", "bilal"),
        ("account", None),
        ("action", "code_changed"),
        ("site", "borny"),
        ("subject", "i9"),
        ("detail", "other"),
        ("salt", "00"),
        ("seal", "00"),
        ("hash", "00"),
    ],
)
def test_a_changed_row_is_named(connection: Connection, column: str, value: object) -> None:
    connection.execute(update(table).where(table.c.id == 4).values({column: value}))
    assert broken(connection).startswith("audit, row 4: ")


@pytest.mark.parametrize(("gone", "named"), [(1, 2), (5, 6), (10, 10)], ids=["first", "middle", "last"])
def test_a_row_that_was_left_out_is_named(connection: Connection, gone: int, named: int) -> None:
    connection.execute(delete(table).where(table.c.id == gone))
    assert broken(connection).startswith(f"audit, row {named}: ")


def test_a_row_that_was_added_is_named(connection: Connection) -> None:
    row = connection.execute(select(table).where(table.c.id == 10)).one()
    connection.execute(insert(table).values(row._asdict() | {"id": 11}))
    assert broken(connection).startswith("audit, row 11: ")


def test_all_of_it_gone_is_no_empty_chain(connection: Connection) -> None:
    connection.execute(delete(table))
    assert broken(connection) == "audit, row 1: it is not there, nor what followed"


def test_what_was_kept_long_enough_goes_from_the_beginning_and_the_rest_holds(connection: Connection) -> None:
    ids = list(connection.execute(audit.before(240_001).limit(3)).scalars())
    assert ids == [1, 2, 3]
    audit.let_go(connection, ids, 0)
    assert list(connection.execute(audit.before(240_001)).scalars()) == [4]
    audit.note(connection, 700_000, None, "let_go")
    assert audit.check(connection) == audit.Chain(8, 0, "")


def test_all_of_it_may_be_let_go_and_goes_on(connection: Connection) -> None:
    audit.let_go(connection, list(connection.execute(audit.before(10**9)).scalars()), 0)
    assert audit.check(connection) == audit.Chain()
    audit.note(connection, 10**9, None, "let_go")
    assert audit.check(connection).deeds == 1


def test_a_clock_that_went_back_leaves_no_gap(connection: Connection) -> None:
    audit.note(connection, 5, "samia", "code_told")
    assert list(connection.execute(audit.before(300_000)).scalars()) == [1, 2, 3, 4]


def test_a_detail_that_was_let_go_tells_nothing_and_the_chain_holds(connection: Connection) -> None:
    audit.forget_details(connection, "i4")
    row = connection.execute(select(table).where(table.c.id == 4)).one()
    assert (row.detail, row.salt) == ("", "")
    assert audit.check(connection) == audit.Chain(10, 1, "")
    connection.execute(update(table).where(table.c.id == 4).values(detail="made up"))
    assert broken(connection) == "audit, row 4: its detail was added"


def test_where_it_ends_is_kept_apart(connection: Connection) -> None:
    connection.execute(delete(settings).where(settings.c.key == "audit_end"))
    assert broken(connection) == "audit, row 10: it is not what was noted last"


def test_deeds_are_read_by_account_and_site_the_latest_first(empty: Connection) -> None:
    for at_ms, account, site in ((1, "samia", "borny"), (2, "bilal", "paris"), (3, "samia", None)):
        audit.note(empty, at_ms, account, "hours_changed", site=site)
    audit.note(empty, 9, "samia", "hours_changed", site="borny")

    def read(account: str | None = None, *sites: str) -> list[int]:
        rows = audit.deeds(empty, 0, 9, account, frozenset(sites) if sites else None)
        return [row.at_ms for row in rows]

    assert read() == [3, 2, 1]
    assert read("samia") == [3, 1]
    assert read(None, "borny", "metz") == [1]
    assert read("bilal", "borny") == []
