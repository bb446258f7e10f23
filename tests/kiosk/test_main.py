"""The kiosk as it runs on its machine: the real process, real brokers, a bridge that speaks over them."""

import http.client
import json
import os
import pty
import re
import signal
import sqlite3
import subprocess
import sys
import threading
import tty
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from click.testing import CliRunner

from contract import enrolment, topics
from contract.clock import SystemClock
from contract.enrolment import BrokerAddress, DeviceFile
from contract.link import Link, LinkSettings, Received
from kiosk.__main__ import main
from tests.fakes.bridge import BRIDGE, GOOD_CODE, GOOD_TOKEN, KIOSK, FakeBridge
from tests.fakes.brokers import StartedBroker, hub_broker, site_broker
from tests.fakes.ports import free_port
from tests.fakes.waiting import patiently

PATIENCE_SECONDS = 120.0


def enrol(directory: Path, site: StartedBroker, hub: StartedBroker) -> Path:
    """The directory the hub would write; both brokers know the kiosk by the same password here."""
    file = DeviceFile(
        device=KIOSK,
        site="borny",
        kind="kiosk",
        bridge=BRIDGE,
        order_key="ab" * 32,
        hub_broker=BrokerAddress(hub.host, hub.port),
        site_broker=BrokerAddress(site.host, site.port),
    )
    enrolment.write(directory, file, password=site.passwords[KIOSK])
    return directory


@dataclass
class KioskProcess:
    """The process, its pages, and the bridge it finds on the site broker."""

    device: Path
    port: int
    log_path: Path
    bridge: FakeBridge
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    def start(self) -> None:
        """Start it and wait until it knows the bridge."""
        command = [
            sys.executable,
            "-m",
            "kiosk",
            "run",
            "--device",
            str(self.device),
            "--port",
            str(self.port),
        ]
        with self.log_path.open("ab") as log:
            self.process = subprocess.Popen(command, stderr=log)
        patiently(lambda: "Tapez votre code" in self.screen(), PATIENCE_SECONDS)

    def screen(self) -> str:
        try:
            return self.ask("GET", "/screen")[1]
        except OSError:
            return ""

    def kind(self) -> str:
        """The name of the screen that shows."""
        found = re.search(r'data-screen="([a-z_]+)"', self.screen())
        return found.group(1) if found else ""

    def ask(self, method: str, path: str, body: str | None = None) -> tuple[int, str]:
        headers = {"Content-Type": "application/x-www-form-urlencoded"} if body else {}
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)) as connection:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()

    def shows(self, kind: str) -> None:
        patiently(lambda: self.kind() == kind, PATIENCE_SECONDS)

    def stop(self, how: signal.Signals = signal.SIGTERM) -> int:
        assert self.process is not None
        self.process.send_signal(how)
        code = self.process.wait(PATIENCE_SECONDS)
        self.process = None
        return code

    def facts(self) -> list[str]:
        """Types of the facts in the journal of the stopped process."""
        with closing(sqlite3.connect(self.device / "data" / "journal.sqlite3")) as db:
            rows = db.execute("SELECT body FROM entries ORDER BY seq").fetchall()
        return [json.loads(body)["type"] for (body,) in rows]


@pytest.fixture
def kiosk(tmp_path: Path, mosquitto_path: Path) -> Iterator[KioskProcess]:
    with (
        site_broker(tmp_path / "site", BRIDGE, [KIOSK]) as site,
        hub_broker(tmp_path / "hub", [KIOSK]) as hub,
    ):
        bridge = FakeBridge(SystemClock())
        settings = LinkSettings(site.host, site.port, BRIDGE, site.passwords[BRIDGE])

        def heard(came: Received) -> None:
            bridge.publish(came.topic, came.payload)

        link = Link(settings, subscriptions=topics.bridge_subscriptions(BRIDGE), on_message=heard)
        retained = (topics.lan_presence(BRIDGE), topics.doors(BRIDGE))
        bridge.on_out = lambda topic, payload: _sent(link, topic, payload, topic in retained)
        link.start()
        assert link.wait_connected(PATIENCE_SECONDS)
        bridge.picture()
        bridge.beat()
        over = threading.Event()
        beating = threading.Thread(target=lambda: _beats(bridge, over))
        beating.start()
        here = KioskProcess(
            enrol(tmp_path / "device", site, hub), free_port(), tmp_path / "kiosk.log", bridge
        )
        yield here
        if here.process is not None:
            here.stop(signal.SIGKILL)
        over.set()
        beating.join()
        link.stop()


def _beats(bridge: FakeBridge, over: threading.Event) -> None:
    while not over.wait(2):
        bridge.beat()


def _sent(link: Link, topic: str, payload: bytes, retain: bool) -> None:
    assert link.publish(topic, payload, retain=retain)


def test_a_collection_through_real_brokers_leaves_its_facts_and_no_code_in_the_log(
    kiosk: KioskProcess,
) -> None:
    kiosk.start()
    assert kiosk.ask("POST", "/do/code", f"digits={GOOD_CODE}")[0] == 200
    kiosk.shows("opening")
    kiosk.bridge.opens("parcel-1")
    kiosk.bridge.closes("parcel-1")  # at once: perhaps nobody had the time to take anything
    kiosk.shows("have_it")
    kiosk.ask("POST", "/do/have-it", "")
    kiosk.shows("thanks")
    assert kiosk.stop() == 0
    assert kiosk.facts() == ["journal_opened", "process_started", "pickup_asked", "person_said"]
    log = kiosk.log_path.read_text()
    assert GOOD_CODE not in log
    assert {json.loads(line)["level"] for line in log.splitlines()} <= {"info", "warning"}


def test_killed_before_an_open_door_it_starts_clean_and_keeps_its_facts(kiosk: KioskProcess) -> None:
    kiosk.start()
    kiosk.ask("POST", "/do/code", f"digits={GOOD_CODE}")
    kiosk.shows("opening")
    kiosk.bridge.opens("parcel-1")
    kiosk.shows("door_open")
    kiosk.stop(signal.SIGKILL)
    assert "pickup_asked" in kiosk.facts()
    kiosk.bridge.beat()
    kiosk.start()
    assert kiosk.kind() == "start"
    kiosk.ask("POST", "/do/code", f"digits={GOOD_CODE}")
    kiosk.shows("opening")
    first, second = (ask.id for ask in kiosk.bridge.asks)
    assert first != second


def test_a_scanner_on_a_port_opens_the_door_and_may_be_pulled_out(kiosk: KioskProcess) -> None:
    scanner, port = pty.openpty()
    tty.setraw(port)
    (kiosk.device / "kiosk.toml").write_text(f'[scanner]\nurl = "{os.ttyname(port)}"\n')
    kiosk.start()
    patiently(lambda: "the scanner is there" in kiosk.log_path.read_text(), PATIENCE_SECONDS)
    os.write(scanner, b"\x16M\r]Q1" + GOOD_TOKEN.encode() + b"\r")
    kiosk.shows("opening")
    os.close(scanner)
    os.close(port)
    patiently(lambda: "it is looked for again" in kiosk.log_path.read_text(), PATIENCE_SECONDS)
    kiosk.bridge.opens("parcel-1")
    kiosk.shows("door_open")
    assert kiosk.stop() == 0
    assert kiosk.facts() == ["journal_opened", "process_started", "scan_refused", "pickup_asked"]
    assert GOOD_TOKEN not in kiosk.log_path.read_text()


def test_it_listens_on_this_machine_only(kiosk: KioskProcess) -> None:
    kiosk.start()
    assert kiosk.process is not None
    rows = Path(f"/proc/{kiosk.process.pid}/net/tcp").read_text().splitlines()[1:]
    bound = {row.split()[1] for row in rows if row.split()[1].endswith(f":{kiosk.port:04X}")}
    assert bound == {f"0100007F:{kiosk.port:04X}"}


def run_once(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Start a kiosk that cannot, and wait for what it says."""
    command = [sys.executable, "-m", "kiosk", "run", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE_SECONDS, check=False)


def test_a_second_one_on_the_same_files_says_so(kiosk: KioskProcess) -> None:
    kiosk.start()
    other = run_once("--device", str(kiosk.device), "--port", str(free_port()))
    assert other.returncode == 1
    assert "in use by another process" in other.stderr
    assert "Traceback" not in other.stderr


def test_a_port_that_is_taken_is_named(kiosk: KioskProcess, tmp_path: Path) -> None:
    kiosk.start()
    other = run_once(
        "--device", str(kiosk.device), "--data", str(tmp_path / "other"), "--port", str(kiosk.port)
    )
    assert other.returncode == 1
    assert f"cannot start on port {kiosk.port}" in other.stderr
    assert "Traceback" not in other.stderr


def test_without_enrolment_it_says_what_to_type(tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["run", "--device", str(tmp_path)])
    assert result.exit_code == 1
    assert "conciergerie hub enrol NAME --site SITE --kind kiosk" in result.output


def test_a_bridges_directory_is_not_a_kiosks(tmp_path: Path) -> None:
    nowhere = BrokerAddress("127.0.0.1", 1)
    file = DeviceFile(
        device=BRIDGE,
        site="borny",
        kind="bridge",
        bridge=BRIDGE,
        order_key="ab" * 32,
        hub_broker=nowhere,
        site_broker=nowhere,
    )
    enrolment.write(tmp_path, file, password="x" * 32, site_key=bytes(32))
    result = CliRunner().invoke(main, ["run", "--device", str(tmp_path)])
    assert result.exit_code == 1
    assert "belongs to a bridge" in result.output
