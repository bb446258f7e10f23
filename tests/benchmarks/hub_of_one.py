"""A hub for one bridge: `python -m hub ingest` (or `run`), its broker, and what the bridge starts from."""

import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from contract import enrolment
from contract.link import LinkSettings, link_settings
from tests.fakes.hub_process import HubProcess

DEVICE, SITE = "bridge-1", "site-1"
_STOP_SECONDS = 15.0


@dataclass
class HubOfOne:
    """The installation, and its ingest when it runs. `device` is what the bridge starts from."""

    hub: HubProcess
    device: Path
    pages: bool = False
    process: "subprocess.Popen[bytes] | None" = None

    @property
    def settings(self) -> LinkSettings:
        """How the bridge reaches the hub's broker."""
        who = enrolment.read(self.device)
        return link_settings(who, who.hub_broker)

    def start(self) -> None:
        """Begin to ingest; its first word comes when the broker let it in."""
        what = ["run", "--port", str(self.hub.port)] if self.pages else ["ingest"]
        line = [sys.executable, "-m", "hub", *what, "--data", str(self.hub.data)]
        line += ["--broker", f"127.0.0.1:{self.hub.broker_port}"]
        with (self.hub.data.parent / "ingest.log").open("ab") as log:
            self.process = subprocess.Popen(line, stdout=log, stderr=log, start_new_session=True)

    def kill(self) -> None:
        """As a power cut would."""
        if self.process is not None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(_STOP_SECONDS)
            self.process = None

    def events(self) -> list[str]:
        """The event ids of the ledger, in its order."""
        with closing(sqlite3.connect(self.hub.data / "hub.sqlite3")) as database:
            return [event for (event,) in database.execute("SELECT event FROM ledger ORDER BY position")]

    def count(self) -> int:
        """How many facts the ledger holds."""
        with closing(sqlite3.connect(self.hub.data / "hub.sqlite3")) as database:
            return int(database.execute("SELECT count(*) FROM ledger").fetchone()[0])


@contextmanager
def hub_of_one(directory: Path, *, pages: bool = False) -> Iterator[HubOfOne]:
    """Enrolled, broker and ingest running, and pages in the same process if wanted; nothing left after."""
    hub = HubProcess(directory / "hub")
    hub.command("site", "create", SITE, "--name", "Site")
    one = HubOfOne(hub, hub.enrol(DEVICE, SITE, "bridge"), pages)
    try:
        hub.start_broker(DEVICE)
        one.start()
        yield one
    finally:
        one.kill()
        hub.close()
