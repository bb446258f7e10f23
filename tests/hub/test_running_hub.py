"""The hub as a process, on a real broker: what a kill, a restart and a restore leave behind."""

import json
import logging
import os
import signal
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.request import urlopen

import pytest

from contract.messages import DoorForced, PersonName
from hub.logs import is_no_silence
from hub.serving import be_impatient, let_go
from tests.fakes.hub_process import HubProcess, connected_device
from tests.fakes.nonsense import refuses_nonsense
from tests.fakes.waiting import wait_until

_SECONDS = 120.0


@pytest.fixture
def hub(tmp_path: Path, mosquitto_path: Path) -> Iterator[HubProcess]:
    assert mosquitto_path.exists()
    hub = HubProcess(tmp_path / "hub-data")
    hub.command("site", "create", "borny", "--name", "Borny")
    hub.enrol("borny-bridge", "borny", "bridge")
    hub.enrol("borny-kiosk", "borny", "kiosk")
    hub.start_broker("borny-bridge", "borny-kiosk")
    yield hub
    hub.close()


def ledger(hub: HubProcess) -> list[dict[str, object]]:
    return [json.loads(line) for line in hub.command("ledger", "--jsonl").splitlines()]


def test_facts_reach_the_ledger_once_though_the_hub_is_killed_again_and_again(
    hub: HubProcess, tmp_path: Path
) -> None:
    with connected_device(tmp_path / "borny-bridge") as (journal, _, connection):
        with journal.transaction() as transaction:
            for number in range(3_000):
                transaction.append(DoorForced(compartment=number % 16 + 1))
        for _ in range(3):
            hub.start()
            before = connection.backlog
            wait_until(lambda before=before: connection.backlog < max(before, 1), _SECONDS)  # type: ignore[misc]
            hub.kill()
        hub.start()
        wait_until(lambda: connection.backlog == 0, _SECONDS)
        last = journal.last_seq
    rows = ledger(hub)
    assert [row["seq"] for row in rows] == list(range(1, last + 1))
    assert len({row["event"] for row in rows}) == last
    assert "equal" in hub.command("rebuild", "--check")


def test_a_name_typed_on_the_hub_is_at_the_kiosk_at_once_and_the_hub_stops_when_told(
    hub: HubProcess, tmp_path: Path
) -> None:
    hub.start()
    with connected_device(tmp_path / "borny-kiosk") as (_, feed, connection):
        wait_until(lambda: connection.online and feed.get("site") is not None, _SECONDS)
        people = tmp_path / "people.csv"
        people.write_text("nom;logement\nAmina Benali;A12\n")
        hub.command("people", "import", str(people), "--site", "borny")
        wait_until(lambda: len(feed.documents("person/")) == 1, _SECONDS)
        [name] = feed.documents("person/").values()
        assert isinstance(name, PersonName)
        assert (name.name, name.flat) == ("Amina Benali", "A12")
    hub.stop()
    assert not hub.answers()


def test_pages_and_ingest_may_run_apart_and_nonsense_stops_neither(hub: HubProcess, tmp_path: Path) -> None:
    hub.start_apart()
    refuses_nonsense(hub.port)
    with connected_device(tmp_path / "borny-bridge") as (journal, _, connection):
        journal.append(DoorForced(compartment=1))
        connection.wake()
        wait_until(lambda: connection.online and connection.backlog == 0, _SECONDS)
    assert [row["type"] for row in ledger(hub)] == ["journal_opened", "door_forced"]
    hub.stop()
    assert "Traceback" not in (tmp_path / "hub.log").read_text()


def test_whoever_begins_and_does_not_go_on_is_not_waited_for() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        be_impatient(listener, 0, 50_000)
        with socket.create_connection(listener.getsockname()) as half:
            half.sendall(b"GET / HT")
            accepted, _ = listener.accept()
            with accepted:
                accepted.setblocking(True)  # as gunicorn does with each
                assert accepted.recv(100) == b"GET / HT"
                with pytest.raises(BlockingIOError):
                    accepted.recv(100)
    cut = (BlockingIOError, BlockingIOError(), None)
    record = logging.LogRecord("gunicorn.error", logging.ERROR, "", 0, "cut", (), cut)
    assert not is_no_silence(record), "and no line of the log says so each time"


def test_nobody_waits_for_strangers_who_do_not_hang_up(hub: HubProcess) -> None:
    hub.start()
    asks = b"GET /connexion HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
    with ExitStack() as held:
        for _ in range(40):
            stranger = held.enter_context(socket.create_connection(("127.0.0.1", hub.port)))
            stranger.sendall(asks)
        # gunicorn alone would wait for two seconds after each of them, and everybody else with it
        with urlopen(f"http://127.0.0.1:{hub.port}/connexion", timeout=40) as answer:
            assert answer.status == 200


def test_a_connection_let_go_of_is_over_though_the_other_side_keeps_it() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ours.sendall(b"all of it")
        let_go(ours, 0.0)
        assert theirs.recv(100) == b"all of it"
        assert theirs.recv(100) == b""
        assert ours.recv(100) == b"", "whoever closes it waits for nobody"
    let_go(ours, 0.0)


def test_a_worker_does_not_outlive_its_hub(hub: HubProcess) -> None:
    hub.start()
    [process] = hub.processes
    os.kill(process.pid, signal.SIGKILL)
    process.wait(_SECONDS)
    hub.processes.clear()
    wait_until(lambda: not hub.answers(), _SECONDS)
    hub.start()


def test_a_hub_restored_from_a_backup_gets_back_what_happened_since(hub: HubProcess, tmp_path: Path) -> None:
    hub.start()
    with connected_device(tmp_path / "borny-bridge") as (journal, feed, connection):
        journal.append(DoorForced(compartment=1))
        connection.wake()
        wait_until(lambda: connection.online and connection.backlog == 0, _SECONDS)
        hub.command("backup", str(tmp_path / "backup.sqlite3"))
        journal.append(DoorForced(compartment=2))
        connection.wake()
        wait_until(lambda: connection.backlog == 0, _SECONDS)
        old = feed.position.timeline
        hub.stop()
        hub.command("restore", str(tmp_path / "backup.sqlite3"))
        assert [row["seq"] for row in ledger(hub)] == [1, 2]
        hub.start()
        wait_until(lambda: len(ledger(hub)) == 3, _SECONDS)
        wait_until(lambda: feed.position.timeline not in (None, old), _SECONDS)
    assert "equal" in hub.command("rebuild", "--check")
