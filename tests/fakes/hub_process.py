"""A hub as it runs: `python -m hub` with a real mosquitto, enrolled devices, and SIGKILL at will."""

import os
import random
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from contract import enrolment
from contract.clock import SystemClock
from contract.feed import Feed
from contract.hub_connection import HubConnection
from contract.journal import Journal
from contract.link import LinkSettings
from deploy.brokers import Broker, write_broker
from hub.enrolment import hub_password
from tests.fakes.ports import free_port
from tests.fakes.waiting import patiently

_START_SECONDS = _STOP_SECONDS = 120.0


@dataclass
class HubProcess:
    """One hub installation: its data, its broker, and its process when it runs."""

    data: Path
    broker_port: int = field(default_factory=free_port)
    port: int = field(default_factory=free_port)
    processes: "list[subprocess.Popen[bytes]]" = field(default_factory=list)
    broker: Broker | None = None

    def command(self, *arguments: str) -> str:
        """Run one command of the hub to its end; its output."""
        line = [sys.executable, "-m", "hub", *arguments, "--data", str(self.data)]
        done = subprocess.run(line, capture_output=True, text=True, check=False, timeout=_START_SECONDS)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def enrol(self, device: str, site: str, kind: str) -> Path:
        """Enrol a device; the directory it starts from."""
        out = self.data.parent / device
        address = f"127.0.0.1:{self.broker_port}"
        self.command(
            "enrol", device, "--site", site, "--kind", kind, "--out", str(out), "--hub-broker", address
        )
        return out

    def start_broker(self, *devices: str) -> None:
        """Start the hub's broker for the hub and these devices."""
        passwords = {name: (self.data.parent / name / "secret").read_text() for name in devices}
        passwords["hub"] = hub_password(self.data / "brokers")
        self.broker = Broker(
            write_broker(self.data.parent / "broker", "hub", self.broker_port, passwords), self.broker_port
        )
        self.broker.start()

    def start(self) -> None:
        """Start the hub, pages and ingest in one process, and wait until its pages answer."""
        self._spawn("run", "--port", str(self.port), "--broker", f"127.0.0.1:{self.broker_port}")
        patiently(self.answers, _START_SECONDS)

    def start_apart(self) -> None:
        """Start pages and ingest as two processes, and wait until the pages answer."""
        self._spawn("ingest", "--broker", f"127.0.0.1:{self.broker_port}")
        self._spawn("web", "--port", str(self.port))
        patiently(self.answers, _START_SECONDS)

    def _spawn(self, *arguments: str) -> None:
        line = [sys.executable, "-m", "hub", *arguments, "--data", str(self.data)]
        with (self.data.parent / "hub.log").open("ab") as log:
            process = subprocess.Popen(line, stdout=log, stderr=log, start_new_session=True)
        self.processes.append(process)

    def answers(self) -> bool:
        """Whether the pages answer, whatever they say."""
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{self.port}/", timeout=10).close()
        except urllib.error.HTTPError:
            return True
        except OSError:
            return False
        return True

    def kill(self) -> None:
        """End it as a power cut would, workers included."""
        for process in self.processes:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait(_STOP_SECONDS)
        self.processes.clear()

    def stop(self) -> None:
        """Ask it to end; it must by itself, and in order."""
        for process in self.processes:
            process.terminate()
        codes = [process.wait(_STOP_SECONDS) for process in self.processes]
        self.processes.clear()
        assert not any(codes), codes

    def close(self) -> None:
        """Leave nothing running."""
        self.stop()
        if self.broker is not None:
            self.broker.stop()


@contextmanager
def connected_device(directory: Path) -> Iterator[tuple[Journal, Feed, HubConnection]]:
    """A device's journal, feed and connection, running in this process."""
    who = enrolment.read(directory)
    clock = SystemClock()
    journal, feed = Journal.open(directory / "journal.db", clock), Feed.open(directory / "feed.db")
    address = who.hub_broker
    settings = LinkSettings(address.host, address.port, who.device, password=who.password)
    jitter = random.Random(1)
    connection = HubConnection(
        settings, journal, feed, program="test", version="1", clock=clock, jitter=jitter
    )
    connection.start()
    try:
        yield journal, feed, connection
    finally:
        connection.stop()
        feed.close()
        journal.close()
