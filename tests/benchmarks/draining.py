"""A device with a backlog and nothing else to do: `python -m tests.benchmarks.draining DIRECTORY`.

The directory is what the hub's `enrol` wrote, with a filled `journal.db`. It says `welcomed` and `drained`,
each with the monotonic clock's nanoseconds.
"""

import sys
import threading
import time
from pathlib import Path

from contract import enrolment
from contract.clock import SystemClock
from contract.feed import Feed
from contract.hub_connection import HubConnection
from contract.journal import Journal
from contract.link import link_settings
from contract.messages import Welcome
from contract.uplink import Notice

_LOOK_SECONDS = 0.001


def main(directory: Path) -> None:
    """Connect, send all, end."""
    who, clock = enrolment.read(directory), SystemClock()
    journal, feed = Journal.open(directory / "journal.db", clock), Feed.open(directory / "feed.db")
    welcomed = threading.Event()

    def notify(notice: Notice) -> None:
        if isinstance(notice, Welcome) and not welcomed.is_set():
            _say("welcomed")
            welcomed.set()

    connection = HubConnection(
        link_settings(who, who.hub_broker),
        journal,
        feed,
        program="bridge",
        version="1",
        clock=clock,
        notify=notify,
    )
    connection.start()
    welcomed.wait()
    pause = threading.Event()
    while connection.backlog:
        pause.wait(_LOOK_SECONDS)
    _say("drained")
    connection.stop()
    feed.close()
    journal.close()


def _say(word: str) -> None:
    sys.stdout.write(f"{word} {time.monotonic_ns()}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
