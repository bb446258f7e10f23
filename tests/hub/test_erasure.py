"""Somebody erased: nothing leads to them, the chain holds, and no device or backup brings them back."""

import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import select

from contract import messages as m
from hub.core.people_csv import PersonLine
from hub.core.redaction import NOBODY
from hub.core.retention import Retention
from hub.housekeeping import Housekeeping
from hub.store import audit
from hub.store.backup import backup, restore
from hub.store.database import forget_freed_pages, reading, writing
from hub.store.erased_list import apply_again
from hub.store.erasure import StillHereError, erase, is_back
from hub.store.expected import add_expected
from hub.store.people import person_row
from hub.store.person_record import PARTS, person_record
from hub.store.tables import expected_parcels, feed, items, ledger, people, pickups
from hub.store.tables import outbox as messages
from tests.fakes.clock import FakeClock
from tests.fakes.local_hub import LocalDevice, LocalHub
from tests.fakes.remembering_house import AMINA, LABEL, House


@pytest.fixture
def house(hub: LocalHub, bridge: LocalDevice, kiosk: LocalDevice) -> House:
    return House(hub, bridge, kiosk)


def raw(directory: Path) -> bytes:
    """Every byte of a database and its write-ahead log."""
    return b"".join(path.read_bytes() for path in directory.glob("hub.sqlite3*"))


def content(hub: LocalHub) -> list[str]:
    """All rows of the database, as SQL."""
    with closing(sqlite3.connect(hub.directory / "hub.sqlite3")) as database:
        return list(database.iterdump())


def test_nobody_is_erased_while_something_of_theirs_is_at_the_site(house: House) -> None:
    house.deposit("parcel", house.amina)
    house.talk()
    with pytest.raises(StillHereError, match="hand them over or return them"):
        house.erase(house.amina)
    assert list(house.erased) == []
    with reading(house.hub.engine) as connection:
        assert person_row(connection, "borny", house.amina)
    house.bridge.journal.append(
        m.ItemTakenOut(item="parcel", compartment=3, allocation=1, staff="sb", why="return", evidence="door")
    )
    house.talk()
    with pytest.raises(StillHereError):
        house.erase(house.amina)


def test_nothing_leads_to_who_was_erased_and_the_chain_holds(house: House) -> None:
    house.deposit("parcel", house.amina)
    house.collect("parcel", house.amina)
    house.deposit("other", house.zoe, door=4, pickup="another", label="1Z999")
    house.talk()
    now_ms = house.hub.clock.wall_ms()
    with writing(house.hub.engine) as connection:
        add_expected(
            connection,
            "borny",
            person=house.amina,
            carrier=None,
            label="X1",
            note="for Amina Benchekroun",
            expected_ms=None,
            account="a",
            now_ms=now_ms,
        )
        audit.note(connection, now_ms, "a", "person_changed", subject=house.amina, detail="was Benchekroun")
    house.erase(house.amina)
    assert forget_freed_pages(house.hub.engine)
    file = raw(house.hub.directory)
    for said in (*AMINA.name.split(), AMINA.phone, AMINA.email, LABEL, "was Benchekroun"):
        assert said is not None
        assert said.encode() not in file
    assert house.amina.encode() not in house.bodies()
    assert "Zoé".encode() in file
    assert b"1Z999" in file
    with reading(house.hub.engine) as connection:
        assert connection.execute(select(expected_parcels.c.id)).all() == []
        assert connection.execute(select(messages.c.person)).scalars().all() == [house.zoe]
        assert connection.execute(select(items.c.person).order_by(items.c.id)).scalars().all() == [
            house.zoe,
            NOBODY,
        ]
    house.all_is_well()
    assert house.verdict().redacted == 4


def test_erasing_twice_changes_nothing(house: House) -> None:
    house.deposit("parcel", house.amina)
    house.collect("parcel", house.amina)
    house.talk()
    house.erase(house.amina)
    before = content(house.hub)
    house.hub.clock.advance(60_000)
    assert apply_again(house.hub.engine, house.erased, house.hub.clock.wall_ms()) == 0
    with writing(house.hub.engine) as connection:
        erase(connection, "borny", house.amina, house.hub.clock.wall_ms())
    assert content(house.hub) == before


def test_who_was_thought_to_own_something_of_somebody_else_is_forgotten_and_the_owner_is_not(
    house: House,
) -> None:
    house.deposit("parcel", house.amina)
    house.bridge.journal.append(
        m.ItemReassigned(item="parcel", person=house.zoe, pickup="another", before=house.amina)
    )
    house.talk()
    house.erase(house.amina)
    bodies = house.bodies()
    assert house.amina.encode() in bodies, "the first pickup is open still"
    house.bridge.journal.append(m.PickupClosed(pickup="pickup", ticket=27))
    house.talk()
    assert house.amina.encode() not in house.bodies()
    assert house.zoe.encode() in house.bodies()
    assert LABEL.encode() in house.bodies()
    house.all_is_well()


def test_what_a_site_tells_after_the_erasure_is_forgotten_with_the_end_of_the_item(house: House) -> None:
    """The site was offline: a parcel came for somebody who is erased meanwhile, and is collected."""
    house.deposit("parcel", house.amina)
    house.erase(house.amina)
    house.bridge.connect(house.hub)
    assert house.amina.encode() in house.bodies(), "it lies there: whose it is must be known"
    house.collect("parcel", house.amina)
    house.bridge.talk(house.hub)
    assert house.amina.encode() not in house.bodies()
    house.kiosk.connect(house.hub)
    assert house.amina.encode() not in house.bodies(), "the kiosk told last"
    assert LABEL.encode() not in house.bodies()
    house.all_is_well()


def test_a_device_that_tells_all_of_it_again_brings_no_body_back(house: House, tmp_path: Path) -> None:
    house.deposit("parcel", house.amina)
    house.collect("parcel", house.amina)
    house.talk()
    house.erase(house.amina)
    count = house.verdict().facts
    house.bridge.journal.begin_again("chain_broken")
    house.talk()
    assert house.verdict().facts == count + 1, "only that a new journal was opened"
    assert LABEL.encode() not in house.bodies()
    with reading(house.hub.engine) as connection:
        assert connection.execute(select(ledger.c.quarantine)).scalars().unique().all() == [None]
    house.all_is_well()


def test_an_id_of_a_redacted_fact_that_another_device_uses_is_kept_as_its_own(
    house: House, tmp_path: Path, clock: FakeClock
) -> None:
    house.deposit("parcel", house.amina)
    house.collect("parcel", house.amina)
    house.talk()
    house.erase(house.amina)
    with reading(house.hub.engine) as connection:
        known = connection.execute(select(ledger.c.event).where(ledger.c.redacted_ms.is_not(None))).scalars()
        event = known.first()
    other = LocalDevice("paris-bridge", tmp_path / "paris", clock)
    with other.journal.transaction() as transaction:
        transaction.append(m.DoorForced(compartment=1), event_id=event)
    other.connect(house.hub)
    with reading(house.hub.engine) as connection:
        kept = connection.execute(select(ledger.c.body).where(ledger.c.event.startswith("reused-"))).scalars()
        assert b"door_forced" in bytes(kept.one())
    other.stop()
    house.all_is_well()


def test_a_restored_backup_does_not_bring_them_back(house: House, tmp_path: Path) -> None:
    """Neither the names in it, nor what the devices tell once more, nor somebody it does not know of."""
    house.deposit("parcel", house.amina)
    house.talk()
    backup(house.hub.engine, tmp_path / "backup")
    house.collect("parcel", house.amina)
    [young] = house.people(PersonLine("Ines Ferhat", "C3"))
    house.deposit("young", young, door=5, pickup="young", label="2L57420")
    house.collect("young", young, door=5, pickup="young")
    house.talk()
    house.erase(house.amina)
    house.erase(young)
    house.hub.stop()
    restore(tmp_path / "backup", house.hub.directory / "hub.sqlite3", house.hub.clock.wall_ms())
    house.hub.start()
    now_ms = house.hub.clock.wall_ms()
    with reading(house.hub.engine) as connection:
        assert is_back(connection, "borny", house.amina)
        assert is_back(connection, "borny", young)
    assert apply_again(house.hub.engine, house.erased, now_ms) == 2
    with reading(house.hub.engine) as connection:
        rows = connection.execute(select(people.c.name).where(people.c.erased_ms.is_not(None))).scalars()
        assert rows.all() == ["", ""]
    house.talk()
    bodies = house.bodies()
    for said in (house.amina, young, LABEL, "2L57420"):
        assert said.encode() not in bodies
    with reading(house.hub.engine) as connection:
        assert set(connection.execute(select(pickups.c.person)).scalars()) == {NOBODY}
    house.all_is_well()


def test_a_copy_put_back_by_hand_is_noticed_at_the_start(house: House, tmp_path: Path) -> None:
    forget_freed_pages(house.hub.engine)
    shutil.copy(house.hub.directory / "hub.sqlite3", tmp_path / "copy")
    house.erase(house.amina)
    house.hub.stop()
    for path in house.hub.directory.glob("hub.sqlite3*"):
        path.unlink()
    shutil.copy(tmp_path / "copy", house.hub.directory / "hub.sqlite3")
    house.hub.start()
    keeping = Housekeeping(house.hub.engine, house.erased, house.hub.clock, Retention())
    keeping.start()
    keeping.stop()
    with reading(house.hub.engine) as connection:
        assert person_row(connection, "borny", house.amina) is None
        assert not is_back(connection, "borny", house.amina)


def test_a_line_of_the_list_cut_short_by_a_power_cut_stops_nobody(house: House) -> None:
    house.erase(house.amina)
    with house.erased.path.open("a") as file:
        file.write('{"person": "half')
    house.erase(house.zoe)
    assert [one.person for one in house.erased] == [house.amina, house.zoe]
    assert house.erased.path.stat().st_mode & 0o077 == 0
    assert "Amina" not in house.erased.path.read_text()


def test_the_kiosk_forgets_the_name_down_to_the_bytes_of_its_disk(house: House) -> None:
    house.talk()
    directory = house.kiosk.directory
    assert b"Benchekroun" in b"".join(path.read_bytes() for path in directory.iterdir())
    house.erase(house.amina)
    house.kiosk.hear(house.hub.ingest.tick())
    assert house.kiosk.feed.is_gone(f"person/{house.amina}")
    assert b"Benchekroun" not in b"".join(path.read_bytes() for path in directory.iterdir())
    with reading(house.hub.engine) as connection:
        assert b"Benchekroun" not in b"".join(
            bytes(body) for body in connection.execute(select(feed.c.body)).scalars() if body
        )


# --- what is kept of somebody ------------------------------------------------------------------


def test_all_that_is_kept_of_somebody_can_be_handed_to_them(house: House) -> None:
    house.deposit("parcel", house.amina)
    house.collect("parcel", house.amina)
    house.deposit("other", house.zoe, door=4, pickup="another", label="1Z999")
    house.talk()
    with writing(house.hub.engine) as connection:
        audit.note(connection, 1, "account-1", "person_changed", subject=house.amina)
    with reading(house.hub.engine) as connection:
        record = person_record(connection, "borny", house.amina)
    assert set(record) == set(PARTS)
    written = json.dumps(record, ensure_ascii=False)
    for said in (
        AMINA.name,
        AMINA.phone,
        AMINA.email,
        LABEL,
        "item_collected",
        "visit_opened",
        "door_intent",
    ):
        assert str(said) in written
    for said in ("Zoé", house.zoe, "1Z999", "account-1"):
        assert said not in written
    [noted] = record["audit"]
    assert noted["action"] == "person_changed"
    assert noted["at"].startswith("1970-01-01")
