"""What every first page asks is answered from an index, however long the ledger is."""

from pathlib import Path
from typing import Any

from sqlalchemy import Connection, event, select

from hub.core.order_book import OVER
from hub.core.search import Sought
from hub.store.assignments import nameless_count
from hub.store.bag_alarms import open_worries
from hub.store.database import open_database, reading, sqlite_url
from hub.store.doubles import doubles
from hub.store.duty import due_calls, last_called
from hub.store.order_alarms import promised_soon
from hub.store.order_book import orders_under_way, share_since
from hub.store.order_tables import IS_UNDER_WAY, service_orders
from hub.store.partner_work import work_of
from hub.store.register import differing_piles, rounds
from hub.store.reminders import due_reminders
from hub.store.search import found_items
from hub.store.standing import things_now
from hub.store.whereabouts import known_elsewhere


def plan(tmp_path: Path, ask: Any) -> str:
    """How SQLite goes about the statements that `ask` makes on an empty hub."""
    tmp_path.mkdir(exist_ok=True)
    engine = open_database(sqlite_url(tmp_path / "hub.sqlite3"))
    asked: list[tuple[str, Any]] = []

    def note(_connection: Connection, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        asked.append((statement, parameters))

    event.listen(engine, "before_cursor_execute", note)
    with reading(engine) as connection:
        ask(connection)
        questions = [one for one in asked if one[0].startswith("SELECT")]
        assert questions
        rows = [
            row
            for statement, parameters in questions
            for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
        ]
        lines = "\n".join(row.detail for row in rows)
    engine.dispose()
    return lines


def test_counts_that_do_not_come_out_are_found_by_their_index(tmp_path: Path) -> None:
    assert "ix_ledger_rounds" in plan(tmp_path, lambda connection: differing_piles(connection, 0))


def test_a_days_rounds_are_found_by_their_index(tmp_path: Path) -> None:
    assert "ix_ledger_rounds" in plan(tmp_path, lambda connection: rounds(connection, "borny", 0, 1))


def test_parcels_without_a_name_are_found_by_their_index(tmp_path: Path) -> None:
    assert "ix_items_nameless" in plan(tmp_path, nameless_count)


def test_what_waits_too_long_is_found_without_going_through_all_that_ever_came(tmp_path: Path) -> None:
    found = plan(tmp_path, lambda connection: due_reminders(connection, 0, lambda _connection, _items: {}))
    assert "SCAN items" not in found.replace("SCAN items USING INDEX ix_items_pickup", "")


def test_bags_to_see_to_are_found_by_their_indexes(tmp_path: Path) -> None:
    found = plan(tmp_path, lambda connection: open_worries(connection, 0))
    assert "ix_bags_next_ms" in found
    assert "ix_bags_asked_ms" in found


def test_orders_that_soon_are_late_are_found_by_what_was_promised(tmp_path: Path) -> None:
    assert "ix_service_orders_promised" in plan(tmp_path, lambda connection: promised_soon(connection, 0))


def test_calls_that_wait_are_found_by_their_index(tmp_path: Path) -> None:
    assert "ix_duty_calls_waiting" in plan(tmp_path, lambda connection: due_calls(connection, 0))
    assert "ix_duty_calls_key" in plan(tmp_path / "2", lambda connection: last_called(connection, ["a"]))


def test_bags_of_one_site_to_see_to_are_found_by_their_indexes(tmp_path: Path) -> None:
    found = plan(tmp_path, lambda connection: open_worries(connection, 0, "borny"))
    assert "ix_bags_site_next_ms" in found
    assert "ix_bags_site_asked_ms" in found


def test_a_tag_is_looked_for_at_other_sites_by_its_index(tmp_path: Path) -> None:
    assert "ix_bags_tag" in plan(tmp_path, lambda connection: known_elsewhere(connection, "borny", "NET-1"))


def test_orders_under_way_are_found_without_those_that_are_over(tmp_path: Path) -> None:
    found = plan(tmp_path, lambda connection: orders_under_way(connection, "borny"))
    assert "ix_service_orders_site_under_way" in found
    assert "B-TREE" not in found
    theirs = select(service_orders.c.id).where(service_orders.c.partner == "pressing", IS_UNDER_WAY)
    by_partner = plan(tmp_path / "2", lambda connection: connection.execute(theirs))
    assert "ix_service_orders_partner_under_way" in by_partner
    assert set(OVER) == {"done", "cancelled"}, "as the indexes say"


def test_a_year_of_the_network_is_summed_up_from_an_index_alone(tmp_path: Path) -> None:
    assert "COVERING INDEX ix_service_orders_share" in plan(
        tmp_path, lambda connection: share_since(connection, 0, 1)
    )


def test_a_partners_rounds_and_bags_are_found_by_their_indexes(tmp_path: Path) -> None:
    found = plan(tmp_path, lambda connection: work_of(connection, "pressing", "fr", 0))
    assert "ix_manifests_partner_at_ms" in found
    assert "ix_bags_holder_id" in found


def test_numbers_borne_twice_are_looked_for_among_what_is_here(tmp_path: Path) -> None:
    assert "ix_items_pickup" in plan(tmp_path, doubles)


def test_what_every_first_page_asks_goes_through_no_history(tmp_path: Path) -> None:
    found = plan(tmp_path, lambda connection: things_now(connection, 0))
    assert "ix_items_pickup" in found
    for line in found.splitlines():
        whole = line.split(" USING ")[0] if "USING" in line else line
        if whole in ("SCAN items", "SCAN ledger", "SCAN operations", "SCAN service_orders", "SCAN bags"):
            assert "USING INDEX ix_" in line, line


def test_a_label_and_a_ticket_are_found_by_their_indexes(tmp_path: Path) -> None:
    by_label = Sought(label="6A18")
    assert "ix_items_label" in plan(tmp_path, lambda connection: found_items(connection, by_label, []))
    by_ticket = Sought(ticket=27)
    assert "ix_pickups_ticket_opened_ms" in plan(
        tmp_path / "2", lambda connection: found_items(connection, by_ticket, [])
    )
