"""What every first page asks is answered from an index, however long the ledger is."""

import re
from datetime import UTC
from functools import partial
from pathlib import Path
from typing import Any, get_args

from sqlalchemy import Connection, insert, select

import contract
from contract.codec import decode_fact
from contract.messages import AnyFact
from hub.core.order_book import OVER
from hub.core.retention import Before
from hub.core.search import Sought
from hub.core.told import Told
from hub.store import api_reads, audit, catalogue, refused, remarks, tries, webhooks
from hub.store.api_reads import Mark
from hub.store.assignments import nameless_count
from hub.store.bag_alarms import open_worries
from hub.store.bag_rounds import rounds_since
from hub.store.beats import forget_beats
from hub.store.database import open_database, sqlite_url, writing
from hub.store.dictated import change_used_codes
from hub.store.doubles import doubles, strays
from hub.store.duty import due_calls, last_called
from hub.store.effects import take_effect
from hub.store.expiry import TIMERS, due
from hub.store.feed import forget_tombstones
from hub.store.figures import figures_of
from hub.store.fleet import standings
from hub.store.found_again import found_among, found_as
from hub.store.log_wishes import latest_of
from hub.store.measures import history
from hub.store.order_alarms import promised_soon
from hub.store.order_book import orders_under_way, share_since
from hub.store.order_tables import IS_UNDER_WAY, service_orders
from hub.store.pages import fresh_parcels, kept_parcels, parcels_in_hand
from hub.store.partner_told import work_of
from hub.store.person_record import person_record
from hub.store.redaction import reassigned
from hub.store.register import differing_piles, rounds
from hub.store.reminders import due_reminders
from hub.store.search import found_items, found_orders
from hub.store.sites import create_site
from hub.store.tables import FOLD, feed, items, ledger, outbox, pickups
from hub.store.whereabouts import known_elsewhere
from tests.fakes.hearing import hear

HOOK = webhooks.Hook("h", "https://example.org", ("door.alarm",), None, 1, 0, 0, None)


def plan(tmp_path: Path, ask: Any) -> str:
    """How SQLite goes about the statements that `ask` makes on an empty hub."""
    tmp_path.mkdir(exist_ok=True)
    engine = open_database(sqlite_url(tmp_path / "hub.sqlite3"))
    asked = hear(engine)
    with writing(engine) as connection:  # which is heard: on SQLite others read
        ask(connection)
        questions = {one: values for one, values in asked if one.startswith(("SELECT", "UPDATE", "DELETE"))}
        assert questions
        rows = [
            row
            for statement, parameters in questions.items()
            for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
        ]
        lines = "\n".join(row.detail for row in rows)
    engine.dispose()
    return lines


def test_what_a_fact_changes_is_found_by_indexes_whichever_fact_it_is(tmp_path: Path) -> None:
    """All of them at once, and told again, so that there is something to be found."""
    examples = Path(contract.__file__).parent / "examples"
    kinds = [kind.__struct_config__.tag for kind in get_args(AnyFact)]
    facts = [decode_fact((examples / f"{kind}.json").read_bytes()) for kind in kinds]

    def ask(connection: Connection) -> None:
        create_site(connection, "borny", "Borny", 0)
        for turn in range(2):
            told = [Told(f"{turn}-{n}", "kiosk", "borny", n, False, fact) for n, fact in enumerate(facts)]
            take_effect(connection, told, len(facts))

    found = plan(tmp_path, ask)
    for table in (*FOLD, ledger, feed, outbox):
        assert f"SCAN {table.name}" not in found


def test_what_kiosks_know_of_the_catalogue_is_found_without_the_tombstones_of_everything(
    tmp_path: Path,
) -> None:
    found = plan(tmp_path, lambda connection: catalogue.tell(connection, "borny", 0, UTC))
    assert "ix_feed_live" in found
    assert "feed USING PRIMARY KEY" not in found


def test_counts_that_do_not_come_out_are_found_by_their_index(tmp_path: Path) -> None:
    assert "ix_ledger_rounds" in plan(tmp_path, lambda connection: differing_piles(connection, 0))


def test_a_days_rounds_are_found_by_their_index(tmp_path: Path) -> None:
    assert "ix_ledger_rounds" in plan(tmp_path, lambda connection: rounds(connection, "borny", 0, 1))


def test_parcels_without_a_name_are_found_by_their_index(tmp_path: Path) -> None:
    found = plan(tmp_path, nameless_count)
    assert "ix_items_nameless" in found or "ix_items_here" in found


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
    seen = frozenset({"borny", "metz"})
    found = plan(tmp_path, lambda connection: known_elsewhere(connection, "borny", "NET-1", seen))
    assert "ix_bags_tag" in found


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
    found = plan(tmp_path, lambda connection: work_of(connection, "pressing", frozenset({"borny"}), "fr", 0))
    assert "ix_manifests_partner_at_ms" in found
    assert "ix_bags_holder_id" in found
    assert "SCAN manifests" not in found
    site = plan(tmp_path / "2", lambda connection: rounds_since(connection, "borny", 0))
    assert "ix_manifests_site_at_ms" in site
    assert "SCAN manifests" not in site


def test_codes_that_served_are_found_by_what_ended_since(tmp_path: Path) -> None:
    asked = plan(tmp_path, lambda connection: change_used_codes(connection, 10**12))
    assert "SCAN items" not in asked
    assert "ix_items_site_ended_ms" in asked


def test_numbers_borne_twice_are_looked_for_among_what_is_here(tmp_path: Path) -> None:
    found = plan(tmp_path, doubles)
    assert "ix_items_here" in found or "ix_items_pickup" in found
    assert "ix_expected_parcels_open" in plan(tmp_path, strays)


def test_what_is_kept_and_what_is_in_hand_are_looked_for_among_what_is_here(tmp_path: Path) -> None:
    asked = (
        kept_parcels,
        lambda connection: parcels_in_hand(connection, 0),
        lambda connection: fresh_parcels(connection, 0),
    )
    for turn, ask in enumerate(asked):
        found = plan(tmp_path / str(turn), ask)
        assert "ix_items_here" in found or "ix_items_pickup" in found


def test_fleeting_facts_are_found_by_their_index(tmp_path: Path) -> None:
    looked_for = [timer for timer in TIMERS if timer.name in ("traces of codes", "refused parcels")]
    assert len(looked_for) == 2
    for turn, timer in enumerate(looked_for):
        found = plan(tmp_path / str(turn), partial(due, timer=timer, before=Before(*[0] * 6), most=10))
        assert "ix_ledger_fleeting" in found
    found = plan(tmp_path / "reassigned", lambda connection: reassigned(connection, "borny", "somebody"))
    assert "ix_ledger_fleeting" in found


def test_what_turned_up_is_found_by_its_label(tmp_path: Path) -> None:
    def ask(connection: Connection) -> None:
        found_among(connection, ["i"])
        found_as(connection, "i")

    found = plan(tmp_path, ask)
    assert found.count("later USING INDEX ix_items_label") == 2
    assert "SCAN items" not in found


def test_a_label_and_a_ticket_are_found_by_their_indexes(tmp_path: Path) -> None:
    by_label = Sought(label="6A18")
    assert "ix_items_label" in plan(tmp_path, lambda connection: found_items(connection, by_label, []))
    by_ticket = Sought(ticket=27)
    assert "ix_pickups_ticket_opened_ms" in plan(
        tmp_path / "2", lambda connection: found_items(connection, by_ticket, [])
    )


def test_what_those_of_some_sites_look_for_is_found_by_the_same_indexes(tmp_path: Path) -> None:
    mine = frozenset({"borny"})

    def ask(connection: Connection) -> None:
        audit.deeds(connection, 0, 1, sites=mine)
        audit.deeds(connection, 0, 1, account="samia")
        found_items(connection, Sought(label="6A18", ticket=27, number="X1"), [], mine)
        found_orders(connection, Sought(label="6A18", number="X1"), mine)
        figures_of(connection, "borny", 0, 1, "employer")

    found = plan(tmp_path, ask)
    for index in ("ix_audit_at_ms", "ix_items_label", "ix_pickups_ticket_opened_ms", "ix_taggings_tag"):
        assert index in found
    assert found.count("ix_service_orders_number (number=?)") == 2
    for table in ("audit", "items", "pickups", "taggings", "service_orders", "bags"):
        assert f"SCAN {table}\n" not in f"{found}\n"


def test_what_is_counted_from_afar_goes_through_no_history(tmp_path: Path) -> None:
    found = plan(tmp_path, lambda connection: history(connection, 0))
    lines = [line for line in found.splitlines() if line.startswith(("SCAN", "SEARCH"))]
    assert lines == [
        "SEARCH ledger",
        "SCAN ledger USING INDEX ix_ledger_quarantine",
        "SEARCH alarms USING COVERING INDEX ix_alarms_kind (kind=?)",
        "SCAN outbox USING INDEX ix_outbox_next_ms",
        "SEARCH outbox USING INDEX ix_outbox_changed_ms (changed_ms>?)",
    ]


def test_devices_and_their_logs_are_found_by_their_keys(tmp_path: Path) -> None:
    found = plan(tmp_path, lambda connection: standings(connection, "borny"))
    assert "ix_devices_site" in found
    assert "SCAN" not in found
    assert "ix_log_wishes_device_asked_ms" in plan(
        tmp_path / "2", lambda connection: latest_of(connection, "borny-kiosk", 0)
    )


def test_what_the_api_lists_is_found_by_indexes(tmp_path: Path) -> None:
    """Whatever is read, nobody waits for a whole table."""
    here, mark = "borny", Mark(1, "x")

    def ask(connection: Connection) -> None:
        api_reads.items_here(connection, here, mark, 9)
        api_reads.items_gone(connection, here, mark, 9)
        api_reads.items_labelled(connection, here, "6A1", 9)
        api_reads.page_of_orders(connection, here, mark, 9, over=False)
        api_reads.page_of_orders(connection, here, mark, 9, over=True)
        api_reads.page_of_facts(connection, frozenset({here}), 5, 9)
        api_reads.dated_orders(connection, here)
        webhooks.happened_after(connection, -1)
        webhooks.due(connection, HOOK, 9)

    found = plan(tmp_path, ask)
    assert not re.findall(r"SCAN (?:items|ledger|service_orders|webhook_deliveries)\b.*", found)
    assert "ix_webhook_deliveries_waiting" in found
    assert "ix_service_orders_site_under_way" in found


def test_what_is_kept_of_somebody_is_found_without_going_through_what_is_everybodys(tmp_path: Path) -> None:
    """Of somebody of whom something is kept, or half of it is not asked for."""

    def ask(connection: Connection) -> None:
        create_site(connection, "borny", "Borny", 0)
        waits = {"site": "borny", "person": "somebody", "pickup": "p1"}
        connection.execute(insert(items).values(id="i1", kind="parcel", state="waiting", **waits))
        connection.execute(insert(pickups).values(id="p1", site="borny", person="somebody", generation=1))
        person_record(connection, "borny", "somebody")

    found = plan(tmp_path, ask)
    for index in ("ix_visits_pickup", "ix_operations_item", "ix_ledger_ref"):
        assert index in found
    for table in ("pickups", "items", "ledger", "operations", "visits", "scans", "outbox"):
        assert f"SCAN {table}" not in found


def test_what_is_let_go_by_its_age_is_found_without_going_through_what_stays(tmp_path: Path) -> None:
    def ask(connection: Connection) -> None:
        refused.forget_photos(connection, 10**13)
        remarks.forget_photos(connection, 10**13)
        forget_tombstones(connection, 10**13)
        forget_beats(connection, 10**13)
        tries.forget(connection, 10**13)
        tries.tried(connection, "box", 1, 1)

    found = plan(tmp_path, ask)
    for index in (
        "ix_refused_parcels_photos",
        "ix_remarks_photos",
        "ix_feed_tombstones",
        "ix_tries_until_ms",
    ):
        assert index in found
    for table in ("refused_parcels", "remarks", "feed", "beats", "tries"):
        assert f"SCAN {table}" not in found
