"""The journal keeps every fact, in order, in one chain, whatever happens to its file."""

import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from contract.chain import GENESIS, hashes
from contract.codec import decode_fact
from contract.database import FailedError, FullError, InUseError
from contract.journal import BrokenChainError, Journal
from contract.messages import DoorForced, DoorOpened, Fact, Hole, JournalOpened
from tests.fakes.clock import FakeClock

DAY_MS = 86_400_000


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def journal(tmp_path: Path, clock: FakeClock) -> Iterator[Journal]:
    journal = Journal.open(tmp_path / "journal.db", clock)
    yield journal
    journal.close()


def facts(journal: Journal, after: int = 0) -> list[Fact]:
    """All facts after `after`, batch by batch, checking that the batches join up."""
    found: list[Fact] = []
    while (batch := journal.read(after)) is not None:
        assert batch.first == after + 1
        assert hashes(batch.journal, batch.prev, batch.first, batch.entries)[-1] == batch.head
        found += [decode_fact(bytes(entry.body)) for entry in batch.entries]
        after += len(batch.entries)
    return found


def event_ids(journal: Journal) -> list[str]:
    batch = journal.read(0, entries=500, size=10**7)
    return [entry.id for entry in batch.entries] if batch else []


def forced(journal: Journal, *compartments: int) -> None:
    for compartment in compartments:
        journal.append(DoorForced(compartment=compartment))


def test_a_new_journal_begins_with_the_fact_that_it_was_opened(journal: Journal) -> None:
    assert facts(journal) == [JournalOpened(reason="new")]
    assert journal.reason == "new"


def test_what_was_appended_is_there_after_closing_and_opening_again(tmp_path: Path, clock: FakeClock) -> None:
    journal = Journal.open(tmp_path / "j.db", clock)
    forced(journal, 1, 2)
    identity, head = journal.id, journal.last_hash
    journal.close()
    again = Journal.open(tmp_path / "j.db", clock)
    assert (again.id, again.last_seq, again.last_hash) == (identity, 3, head)
    assert facts(again)[1:] == [DoorForced(compartment=1), DoorForced(compartment=2)]
    again.close()


def test_what_was_appended_is_there_though_the_process_never_closed_it(
    tmp_path: Path, clock: FakeClock
) -> None:
    journal = Journal.open(tmp_path / "a" / "j.db", clock)
    forced(journal, 1)
    shutil.copytree(tmp_path / "a", tmp_path / "b")  # as the disk is at this moment
    copy = Journal.open(tmp_path / "b" / "j.db", clock)
    assert facts(copy) == facts(journal)
    copy.close()
    journal.close()


def test_a_transaction_that_fails_leaves_neither_fact_nor_state(journal: Journal) -> None:
    journal.db.execute("CREATE TABLE mine (n INTEGER)")
    before = journal.last_seq, journal.last_hash

    def half_done() -> None:
        with journal.transaction() as transaction:
            transaction.append(DoorForced(compartment=1))
            transaction.execute("INSERT INTO mine VALUES (1)")
            raise LookupError

    with pytest.raises(LookupError):
        half_done()
    assert (journal.last_seq, journal.last_hash) == before
    assert journal.db.execute("SELECT count(*) FROM mine").fetchone()[0] == 0
    forced(journal, 2)
    assert facts(journal)[1:] == [DoorForced(compartment=2)]


def test_state_and_facts_of_one_transaction_become_durable_together(journal: Journal) -> None:
    journal.db.execute("CREATE TABLE mine (n INTEGER)")
    with journal.transaction() as transaction:
        transaction.execute("INSERT INTO mine VALUES (?)", (7,))
        transaction.append(DoorForced(compartment=7))
    assert journal.db.execute("SELECT n FROM mine").fetchone()[0] == 7
    assert facts(journal)[-1] == DoorForced(compartment=7)


def test_a_batch_stays_under_its_size_and_holds_at_least_one_entry(journal: Journal) -> None:
    forced(journal, *range(1, 51))
    small = journal.read(0, size=1)
    assert small is not None
    assert len(small.entries) == 1
    some = journal.read(0, size=2_000)
    assert some is not None
    assert 1 < len(some.entries) < 20
    assert len(facts(journal)) == 51


def test_reading_beyond_the_end_gives_nothing(journal: Journal) -> None:
    assert journal.read(journal.last_seq) is None


def test_a_second_opener_is_told_that_the_journal_is_in_use(journal: Journal, clock: FakeClock) -> None:
    with pytest.raises(InUseError, match="in use by another process"):
        Journal.open(journal.path, clock)


def test_a_changed_byte_is_found_before_it_is_sent(tmp_path: Path, clock: FakeClock) -> None:
    journal = Journal.open(tmp_path / "j.db", clock)
    forced(journal, 1, 2, 3)
    journal.db.execute("UPDATE entries SET body = CAST(replace(body, '2', '9') AS BLOB) WHERE seq = 3")
    with pytest.raises(BrokenChainError) as caught:
        journal.read(0)
    assert caught.value.seq == 3
    journal.close()


def test_beginning_again_keeps_event_ids_and_declares_what_no_longer_reads(journal: Journal) -> None:
    forced(journal, 1, 2, 3)
    ids, old = event_ids(journal), journal.id
    journal.db.execute("UPDATE entries SET body = CAST(replace(body, '2', '9') AS BLOB) WHERE seq = 3")
    journal.begin_again("chain_broken")
    assert journal.id != old
    assert facts(journal) == [
        JournalOpened(reason="chain_broken", replaces=old),
        Hole(journal=old, first=3, last=3, why="chain_broken"),
        JournalOpened(reason="new"),
        DoorForced(compartment=1),
        DoorForced(compartment=3),
    ]
    assert event_ids(journal)[2:] == [ids[0], ids[1], ids[3]]
    assert journal.reason == "chain_broken"


def test_beginning_again_declares_missing_rows_and_a_range_given_as_gone(journal: Journal) -> None:
    forced(journal, 1, 2, 3, 4)
    old = journal.id
    journal.db.execute("DELETE FROM entries WHERE seq IN (3, 4)")
    journal.begin_again("range_gone", gone=(100, 120))
    assert facts(journal)[:3] == [
        JournalOpened(reason="range_gone", replaces=old),
        Hole(journal=old, first=100, last=120, why="range_gone"),
        Hole(journal=old, first=3, last=4, why="range_gone"),
    ]


def test_a_damaged_file_is_moved_aside_and_what_reads_goes_on(tmp_path: Path, clock: FakeClock) -> None:
    path = tmp_path / "j.db"
    journal = Journal.open(path, clock)
    with journal.transaction() as transaction:
        for number in range(1, 2001):
            transaction.append(DoorOpened(operation=f"op-{number}", compartment=1))
    old = journal.id
    journal.checkpoint()
    journal.close()
    content = bytearray(path.read_bytes())
    middle = len(content) // 2 // 4096 * 4096
    content[middle : middle + 8192] = bytes(8192)
    path.write_bytes(content)

    again = Journal.open(path, clock)
    found = facts(again)
    assert found[0] == JournalOpened(reason="corrupt", replaces=old)
    assert isinstance(found[1], Hole)
    saved = {fact.operation for fact in found if isinstance(fact, DoorOpened)}
    assert 1500 < len(saved) < 2000
    assert {"op-1", "op-2000"} <= saved
    assert path.with_suffix(".damaged-1").exists()
    again.close()


def test_a_file_that_is_no_database_is_kept_and_a_new_journal_begins(
    tmp_path: Path, clock: FakeClock
) -> None:
    path = tmp_path / "j.db"
    path.write_bytes(b"not a database, but somebody's only copy" * 200)
    journal = Journal.open(path, clock)
    assert facts(journal) == [JournalOpened(reason="corrupt")]
    assert path.with_suffix(".damaged-1").read_bytes().startswith(b"not a database")
    journal.close()


def test_nothing_is_deleted_that_the_hubs_backup_does_not_hold(journal: Journal, clock: FakeClock) -> None:
    forced(journal, *range(1, 10))
    today = clock.wall_ms()
    journal.acknowledged(10, 0, today)
    assert journal.acknowledged(10, 0, today + 100 * DAY_MS) == 0
    assert len(facts(journal)) == 10


def test_acknowledged_and_backed_up_entries_go_after_35_days_of_the_hubs_calendar(
    journal: Journal, clock: FakeClock
) -> None:
    forced(journal, *range(1, 10))
    head = journal.hash_at(5)
    today = clock.wall_ms()
    assert journal.acknowledged(5, 5, today) == 0
    assert journal.acknowledged(10, 10, today + 34 * DAY_MS) == 0
    assert journal.acknowledged(10, 10, today + 35 * DAY_MS) == 5
    assert journal.base_seq == 5
    assert journal.hash_at(5) == head
    assert journal.hash_at(4) is None
    assert len(facts(journal, 5)) == 5


def test_after_pruning_the_chain_goes_on_over_a_restart(tmp_path: Path, clock: FakeClock) -> None:
    journal = Journal.open(tmp_path / "j.db", clock)
    forced(journal, 1, 2)
    journal.acknowledged(3, 3, clock.wall_ms())
    journal.acknowledged(3, 3, clock.wall_ms() + 40 * DAY_MS)
    assert journal.base_seq == 3
    journal.close()
    again = Journal.open(tmp_path / "j.db", clock)
    assert (again.last_seq, again.read(3)) == (3, None)
    forced(again, 3)
    assert facts(again, 3) == [DoorForced(compartment=3)]
    again.close()


def test_a_full_journal_refuses_and_takes_facts_again_once_there_is_room(
    tmp_path: Path, clock: FakeClock
) -> None:
    journal = Journal.open(tmp_path / "j.db", clock, max_pages=40)
    with pytest.raises(FullError, match="free some space"):
        forced(journal, *[1] * 10_000)
    kept = journal.last_seq
    assert len(facts(journal)) == kept
    assert not journal.has_room()
    journal.db.execute("DELETE FROM entries WHERE seq < ?", (kept // 2,))
    forced(journal, 2)
    assert journal.last_seq == kept + 1
    journal.close()


def test_the_disk_refusing_is_told_from_the_disk_being_full(tmp_path: Path, clock: FakeClock) -> None:
    (tmp_path / "j.db").mkdir()
    with pytest.raises(FailedError, match="check the directory"):
        Journal.open(tmp_path / "j.db", clock)


def test_the_settings_that_make_it_durable_are_in_force(journal: Journal) -> None:
    read = {
        name: journal.db.conn.execute(f"PRAGMA {name}").fetchone()[0]
        for name in ("synchronous", "journal_mode", "locking_mode")
    }
    assert read == {"synchronous": 2, "journal_mode": "wal", "locking_mode": "exclusive"}
    assert isinstance(journal.db.conn, sqlite3.Connection)


def test_entries_carry_boot_times_and_clock_quality(journal: Journal, clock: FakeClock) -> None:
    clock.reboot("boot-2", "unknown")
    clock.advance(250)
    forced(journal, 4)
    batch = journal.read(1)
    assert batch is not None
    entry = batch.entries[0]
    assert (entry.boot, entry.mono_ms, entry.clock) == ("boot-2", 5_250, "unknown")
    assert journal.hash_at(0) == GENESIS
