"""What ends without a door: given up or handed out as the pages say, until its lockers know."""

import json

import pytest
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, delete, insert, select, update

from contract import messages as m
from contract.codec import decode
from hub.core.partner_deeds import Sent
from hub.store import feed, partner_work
from hub.store.bag_deeds import settle, write_off
from hub.store.database import reading, writing
from hub.store.order_deeds import answer_quote
from hub.store.tables import feed as told_table
from hub.store.tables import items, partners, service_orders
from tests.fakes.bags import SITE, partner, staff, take
from tests.fakes.local_hub import LocalDevice, LocalHub
from tests.hub.test_database import MIGRATIONS
from tests.hub.test_orders_on_the_way import OUT, claim, document, drop, left, say
from tests.hub.test_rebuild import differences

SENT = m.ItemSentOut(item="bag", staff="ines", to="pressing")
ENDED = m.Ended(item="bag", compartment=3, allocation=3, how="lost")


def away(hub: LocalHub, bridge: LocalDevice, kiosk: LocalDevice) -> None:
    drop(hub, bridge, kiosk)
    say(hub, bridge, OUT, SENT)
    say(hub, kiosk, take(partner()))


def give_up(hub: LocalHub) -> None:
    hub.clock.advance(1_000)
    with writing(hub.engine) as connection:
        assert write_off(connection, SITE, "bag", "lost", "samia", hub.clock.wall_ms())


def state(hub: LocalHub) -> str:
    with reading(hub.engine) as connection:
        return str(connection.execute(select(items.c.state).where(items.c.id == "bag")).scalar_one())


def tracked_at_kiosks(hub: LocalHub) -> m.Tracked:
    """What the kiosks are told of the bag."""
    told = document(hub, "kiosk", "tracked/bag")
    assert isinstance(told, m.Tracked)
    return told


def said_to_be_handed_out(hub: LocalHub) -> None:
    """On the pages; the lockers are told."""
    hub.clock.advance(1_000)
    with writing(hub.engine) as connection:
        assert settle(connection, SITE, "bag", "samia", hub.clock.wall_ms())
    told = document(hub, "bridge", "ended/bag")
    assert isinstance(told, m.Ended)
    assert told.how == "returned"


def test_lockers_are_told_what_was_given_up_until_they_say_that_they_know(
    hub: LocalHub, bridge: LocalDevice, kiosk: LocalDevice
) -> None:
    away(hub, bridge, kiosk)
    assert document(hub, "bridge", "ended/bag") is None
    give_up(hub)
    assert document(hub, "bridge", "ended/bag") == ENDED
    tracked = tracked_at_kiosks(hub)
    assert (tracked.lost, tracked.state) == (True, "away"), "who comes with the ticket is told"
    say(hub, bridge, m.ItemEnded(item="bag", how="lost"))
    assert document(hub, "bridge", "ended/bag") is None
    assert state(hub) == "lost"
    assert differences(hub) == []


def test_what_its_person_has_ends_at_the_lockers_too_and_is_on_no_kiosk(
    hub: LocalHub, bridge: LocalDevice, kiosk: LocalDevice
) -> None:
    away(hub, bridge, kiosk)
    said_to_be_handed_out(hub)
    assert document(hub, "kiosk", "tracked/bag") is None
    say(hub, bridge, m.ItemEnded(item="bag", how="returned"))
    assert (state(hub), document(hub, "bridge", "ended/bag")) == ("collected", None)
    assert differences(hub) == []


def test_found_again_before_the_lockers_heard_of_it_the_word_is_taken_back(
    hub: LocalHub, bridge: LocalDevice, kiosk: LocalDevice
) -> None:
    away(hub, bridge, kiosk)
    give_up(hub)
    say(hub, kiosk, take(staff("ines")))
    assert document(hub, "bridge", "ended/bag") is None
    tracked = tracked_at_kiosks(hub)
    assert (tracked.lost, tracked.state) == (False, "in_hand")
    say(hub, bridge, claim("hold", 7), left(7))
    assert document(hub, "bridge", "ended/bag") is None
    assert state(hub) == "waiting"
    assert differences(hub) == []


def test_looked_for_in_vain_the_lockers_know_it_themselves_and_what_comes_after_all_is_told_them(
    hub: LocalHub, bridge: LocalDevice, kiosk: LocalDevice
) -> None:
    away(hub, bridge, kiosk)
    say(hub, bridge, m.ItemLost(item="bag", staff="ines"))
    tracked = tracked_at_kiosks(hub)
    assert tracked.lost
    assert document(hub, "bridge", "ended/bag") is None, "they said it first"
    said_to_be_handed_out(hub)
    say(hub, bridge, m.ItemEnded(item="bag", how="returned"))
    assert (state(hub), document(hub, "bridge", "ended/bag")) == ("collected", None)


def test_what_is_past_repair_is_over_and_nobody_is_told_to_look_for_it(
    hub: LocalHub, bridge: LocalDevice, kiosk: LocalDevice
) -> None:
    away(hub, bridge, kiosk)
    hub.clock.advance(1_000)
    with writing(hub.engine) as connection:
        assert write_off(connection, SITE, "bag", "destroyed", "samia", hub.clock.wall_ms())
    assert document(hub, "kiosk", "tracked/bag") is None
    say(hub, bridge, m.ItemEnded(item="bag", how="destroyed"))
    assert (state(hub), document(hub, "bridge", "ended/bag")) == ("gone", None)


# --- told by an older program ----------------------------------------------------------------------


def before_the_upgrade(connection: Connection, config: Config) -> None:
    config.attributes["connection"] = connection
    before = str(ScriptDirectory.from_config(config).get_revision("0024").down_revision)
    command.downgrade(config, before)


@pytest.fixture
def config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return config


def quoted_by_an_older_page(hub: LocalHub) -> None:
    """What a page kept by a telephone sends that has not loaded the new one yet."""
    deed = {"do": "quote", "id": "5a" * 16, "age_ms": 60_000, "sure": True, "order": "order", "cents": 4_500}
    sent = decode(json.dumps({"deeds": [{**deed, "text": "Semelle", "site": SITE}]}).encode(), Sent)
    with writing(hub.engine) as connection:
        connection.execute(insert(partners).values(id="pressing", name="Pressing", created_ms=0))
        [outcome] = partner_work.do(
            connection, "pressing", None, [(one, None) for one in sent.deeds], hub.clock.wall_ms()
        )
    assert outcome.why is None


def test_a_quote_of_an_older_page_that_was_open_before_the_upgrade_is_asked_at_the_kiosk_and_answered(
    hub: LocalHub, bridge: LocalDevice, kiosk: LocalDevice, config: Config
) -> None:
    away(hub, bridge, kiosk)
    hub.clock.advance(1_000)
    quoted_by_an_older_page(hub)
    with writing(hub.engine) as connection:
        raw = connection.execute(select(told_table.c.body).where(told_table.c.key == "tracked/bag"))
        told = json.loads(raw.scalar_one())
        assert (told.pop("quote_cents"), len(told.pop("quote"))) == (4_500, 40)
        before_the_upgrade(connection, config)
        older = update(told_table).where(told_table.c.key == "tracked/bag")
        connection.execute(older.values(body=json.dumps(told).encode()))
        version = feed.version(connection, SITE, "kiosk")
        command.upgrade(config, "head")
        assert feed.version(connection, SITE, "kiosk") == version + 1, "kiosks that follow hear of it"
    tracked = tracked_at_kiosks(hub)
    assert (tracked.order, tracked.quote_cents) == ("order", 4_500)
    assert tracked.quote is not None
    with writing(hub.engine) as connection:
        now_ms = hub.clock.wall_ms()
        assert answer_quote(connection, SITE, "order", tracked.quote, accepted=True, now_ms=now_ms)
        row = connection.execute(select(service_orders)).one()
    assert (row.state, row.agreed_cents) == ("placed", 4_500)
    assert differences(hub) == []


def test_what_was_given_up_before_the_upgrade_is_told_the_lockers(
    hub: LocalHub, bridge: LocalDevice, kiosk: LocalDevice, config: Config
) -> None:
    away(hub, bridge, kiosk)
    give_up(hub)
    with writing(hub.engine) as connection:
        before_the_upgrade(connection, config)
        connection.execute(delete(told_table).where(told_table.c.key == "ended/bag"))
        parcel = {"id": "parcel", "site": SITE, "state": "away", "pickup": "p", "compartment": 1}
        connection.execute(insert(items).values(**parcel, allocation=1, kind="parcel", person="amina"))
        command.upgrade(config, "head")
    assert document(hub, "bridge", "ended/bag") == ENDED
    assert document(hub, "bridge", "ended/parcel") is None
