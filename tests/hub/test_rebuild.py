"""The tables are the fold of the ledger, now and after any crash; a restored hub says so to everybody."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import delete, select, update

from contract.messages import (
    DoorForced,
    ItemClaimed,
    ItemLeft,
    ItemLost,
    ItemReassigned,
    ItemReturned,
    ItemTakenOut,
    ParcelReceived,
    PickupOpened,
)
from hub.store import folding, partner_access, timeline
from hub.store.accounts import create_account
from hub.store.backup import BackupError, backup, restore
from hub.store.database import open_database, reading, sqlite_url, writing
from hub.store.ledger import history_of_door, in_order, story_of_item
from hub.store.partner_access import Pin
from hub.store.partners import Partner, add_partner
from hub.store.sessions import end_session, session_account, start_session
from hub.store.tables import doors, items, journals, pickups
from tests.fakes.clock import FakeClock
from tests.fakes.local_hub import LocalDevice, LocalHub


@pytest.fixture
def told(hub: LocalHub, bridge: LocalDevice) -> LocalHub:
    """A hub whose bridge told of one parcel and a forced door."""
    bridge.journal.append(PickupOpened(pickup="pickup", person="amina", ticket=27, generation=1))
    bridge.journal.append(
        ItemClaimed(
            item="parcel",
            kind="parcel",
            person="amina",
            pickup="pickup",
            compartment=3,
            allocation=1,
            size="M",
        )
    )
    bridge.journal.append(ItemLeft(item="parcel", compartment=3, allocation=1, evidence="door"))
    bridge.journal.append(DoorForced(compartment=4))
    bridge.connect(hub)
    return hub


def differences(hub: LocalHub) -> list[str]:
    scratch = hub.directory / "scratch.sqlite3"
    found = folding.differences(hub.engine, sqlite_url(scratch))
    for path in hub.directory.glob("scratch.sqlite3*"):
        path.unlink()
    return found


def test_the_tables_are_the_fold_of_the_ledger(told: LocalHub) -> None:
    assert differences(told) == []


def test_so_are_those_of_what_staff_took_out_gave_back_and_lost(
    told: LocalHub, bridge: LocalDevice, kiosk: LocalDevice
) -> None:
    out = ItemTakenOut(item="parcel", compartment=3, allocation=1, staff="ines", why="move", evidence="door")
    bridge.journal.append(ItemReassigned(item="parcel", person="bilal", pickup="other", before="amina"))
    bridge.journal.append(out)
    kiosk.journal.append(
        ParcelReceived(item="parcel", person="x", staff="sam", size="S", named=False, pieces=2, heavy=True)
    )
    bridge.journal.append(ItemReturned(item="parcel", staff="ines"))
    bridge.journal.append(ItemLost(item="other", staff="ines", compartment=4))
    kiosk.connect(told)
    bridge.talk(told)
    with reading(told.engine) as connection:
        rows = connection.execute(
            select(items.c.id, items.c.state, items.c.person).order_by(items.c.id)
        ).all()
    assert rows == [("other", "lost", None), ("parcel", "returned", "bilal")]
    assert differences(told) == []


def test_a_row_that_is_not_what_the_ledger_says_is_named_and_can_be_put_right(told: LocalHub) -> None:
    with writing(told.engine) as connection:
        connection.execute(update(items).values(state="collected"))
        connection.execute(delete(pickups))
        connection.execute(doors.insert().values(site="borny", compartment=9))
    assert differences(told) == ["items parcel", "doors borny/9", "pickups pickup"]
    with writing(told.engine) as connection:
        assert folding.rebuild(connection) == 5
    assert differences(told) == []


def test_the_stories_tell_everything_of_a_parcel_and_of_a_door(told: LocalHub) -> None:
    with reading(told.engine) as connection:
        story = [row.type for row in story_of_item(connection, "borny", "parcel")]
        door = [row.type for row in history_of_door(connection, "borny", 4)]
        assert list(story_of_item(connection, "paris", "parcel")) == []
        assert len(list(in_order(connection, after=3))) == 2
    assert story == ["pickup_opened", "item_claimed", "item_left"]
    assert door == ["door_forced"]


def test_a_verified_backup_lets_devices_prune_what_it_holds_and_nothing_else(
    told: LocalHub, bridge: LocalDevice, tmp_path: Path
) -> None:
    def safe() -> int:
        with reading(told.engine) as connection:
            return int(connection.execute(select(journals.c.safe_prune)).scalar_one())

    assert safe() == 0
    assert backup(told.engine, tmp_path / "one.sqlite3") == 5
    assert safe() == 5
    bridge.journal.append(DoorForced(compartment=5))
    bridge.talk(told)
    assert safe() == 5
    assert (tmp_path / "one.sqlite3").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("command", ["backup", "restore"])
def test_nothing_is_promised_before_content_and_name_of_the_copy_are_on_the_disk(
    told: LocalHub, tmp_path: Path, strace_path: Path, command: str
) -> None:
    copy = tmp_path / "copies" / "copy"
    copy.parent.mkdir()
    if command == "restore":
        backup(told.engine, copy)
    told.stop()
    target = copy if command == "backup" else told.directory / "hub.sqlite3"
    trace = tmp_path / "trace"
    program = [sys.executable, "-m", "hub", command, str(copy), "--data", str(told.directory)]
    watch = "trace=fsync,fdatasync,pwrite64,rename"
    subprocess.run([str(strace_path), "-f", "-y", "-o", str(trace), "-e", watch, *program], check=True)
    calls = trace.read_text().splitlines()
    renamed = next(at for at, call in enumerate(calls) if f'.part", "{target}")' in call)
    before, after = calls[:renamed], calls[renamed + 1 :]
    assert any("sync(" in call and f"<{target}.part>" in call for call in before)
    assert "fsync(" in after[0]
    assert f"<{target.parent}>" in after[0]
    assert any("pwrite64(" in call and "hub.sqlite3-wal>" in call for call in after)


def test_a_backup_never_overwrites_and_a_bad_one_is_refused(told: LocalHub, tmp_path: Path) -> None:
    taken = tmp_path / "taken"
    taken.write_text("something else")
    with pytest.raises(BackupError, match="exists"):
        backup(told.engine, taken)
    with pytest.raises(BackupError, match="no backup"):
        restore(taken, told.directory / "hub.sqlite3", 1)
    assert taken.read_text() == "something else"


def test_after_a_restore_devices_send_again_what_is_missing(
    told: LocalHub, bridge: LocalDevice, tmp_path: Path
) -> None:
    backup(told.engine, tmp_path / "backup")
    bridge.journal.append(DoorForced(compartment=7))
    bridge.talk(told)
    before = told.ingest.timeline
    told.stop()
    assert restore(tmp_path / "backup", told.directory / "hub.sqlite3", told.clock.wall_ms()) is not None
    told.start()
    assert told.ingest.timeline != before
    bridge.connect(told)
    with reading(told.engine) as connection:
        assert [row.seq for row in in_order(connection)] == [1, 2, 3, 4, 5, 6]
    assert differences(told) == []


def test_a_restore_revives_no_session(told: LocalHub, tmp_path: Path) -> None:
    now_ms = told.clock.wall_ms()
    with writing(told.engine) as connection:
        account = create_account(connection, "Samia", "une phrase assez longue", "admin", now_ms)
        token = start_session(connection, account, now_ms)
        partner = add_partner(connection, Partner("Pressing"), "borny", now_ms)
        desk = partner_access.give(
            connection, partner, "Comptoir", Pin("", ""), account, now_ms, sites=frozenset({"borny"})
        )
        desk_token = partner_access.start_session(connection, desk, now_ms)
    backup(told.engine, tmp_path / "backup")
    with writing(told.engine) as connection:
        assert session_account(connection, token, now_ms) is not None
        assert partner_access.session_desk(connection, desk_token, now_ms) is not None
        end_session(connection, token, now_ms)
        partner_access.revoke(connection, desk, now_ms)
    told.stop()
    restore(tmp_path / "backup", told.directory / "hub.sqlite3", now_ms)
    told.start()
    with reading(told.engine) as connection:
        assert session_account(connection, token, now_ms) is None
        assert partner_access.session_desk(connection, desk_token, now_ms) is None


def test_an_older_copy_put_back_by_hand_is_noticed(
    told: LocalHub, bridge: LocalDevice, clock: FakeClock, tmp_path: Path
) -> None:
    before = told.ingest.timeline
    told.stop()
    shutil.copytree(told.directory, tmp_path / "copy")
    told.start()
    assert told.ingest.timeline == before, "a restart alone begins nothing"
    bridge.journal.append(DoorForced(compartment=7))
    bridge.connect(told)
    clock.advance(2_000)
    told.ingest.tick()
    told.stop()
    for path in told.directory.glob("hub.sqlite3*"):
        path.unlink()
    for path in (tmp_path / "copy").glob("hub.sqlite3*"):
        shutil.copy(path, told.directory)
    told.start()
    assert told.ingest.timeline != before
    bridge.connect(told)
    with reading(told.engine) as connection:
        assert [row.seq for row in in_order(connection)] == [1, 2, 3, 4, 5, 6]


def test_two_hubs_never_share_a_timeline(tmp_path: Path) -> None:
    names = set()
    for number in range(3):
        engine = open_database(sqlite_url(tmp_path / f"{number}.sqlite3"))
        with writing(engine) as connection:
            names.add(timeline.resume(connection, timeline.Witness(tmp_path / f"{number}.json"), 1))
        engine.dispose()
    assert len(names) == 3
