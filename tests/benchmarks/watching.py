"""Two hundred open pages while the hub takes a backlog in, all in one process of `hub run`.

The floor is the same hub, and a backlog as long, while nobody looks. Memory is what the process has more once
the pages are open and have been told of backlogs, beside what it has when it has taken in the first one.
"""

import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import insert

from contract.clock import SystemClock
from hub.store.database import open_engine, sqlite_url, writing
from hub.store.sessions import start_session
from hub.store.tables import accounts
from hub.web.live import BEAT_SECONDS
from tests.benchmarks.drain import FACTS, drain, new_backlog
from tests.benchmarks.figures import Figure, at_least
from tests.benchmarks.hub_of_one import SITE, HubOfOne, hub_of_one
from tests.fakes.waiting import patiently

PAGES = 200
ROUNDS = 5
MOST_MB = 60.0
_PAUSE = threading.Event()
_PATHS = ("/flux", f"/sites/{SITE}/casiers/flux")


def run() -> list[Figure]:
    """Backlogs with and without pages, in turn."""
    with (
        tempfile.TemporaryDirectory(dir=Path.cwd(), prefix=".bench-") as name,
        hub_of_one(Path(name), pages=True) as hub,
    ):
        patiently(hub.hub.answers, 60)
        cookie = _session(hub)
        alone: list[float] = []
        watched: list[float] = []
        before, told = 0.0, 0
        for seed in range(ROUNDS):
            new_backlog(hub, 2 * seed)
            alone.append(drain(hub))
            before = before or _rss_mb(hub)
            new_backlog(hub, 2 * seed + 1)
            with _watchers(hub.hub.port, cookie) as watchers:
                _ask(watchers)
                watched.append(drain(hub))
                told = max(told, int(_ask(watchers).split()[1]))
                after = _rss_mb(hub)
            _PAUSE.wait(BEAT_SECONDS + 1)  # until the hub has noticed that nobody looks any more
    rate, floor = (FACTS / sorted(times)[ROUNDS // 2] for times in (watched, alone))
    more = after - before
    return [
        at_least(f"ingest while {PAGES} pages are open", rate, floor, 0.8, "facts/s"),
        Figure("pages that heard of it", str(told), str(PAGES), "", f"= {PAGES}", told == PAGES),
        Figure("memory more", f"{more:.0f} MB", f"{before:.0f} MB", "", f"≤ {MOST_MB:g} MB", more <= MOST_MB),
    ]


def _session(hub: HubOfOne) -> str:
    """The cookie of somebody who signed in."""
    engine, now_ms = open_engine(sqlite_url(hub.hub.data / "hub.sqlite3")), SystemClock().wall_ms()
    account = {"id": "bench", "name": "bench", "password_hash": "-", "role": "admin", "created_ms": now_ms}
    with writing(engine) as connection:
        connection.execute(insert(accounts).values(**account))
        token = start_session(connection, "bench", now_ms)
    engine.dispose()
    return token


@contextmanager
def _watchers(port: int, cookie: str) -> Iterator["subprocess.Popen[str]"]:
    command = [sys.executable, "-m", "tests.benchmarks.watchers", str(port), cookie, str(PAGES), *_PATHS]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout
            assert process.stdout.readline() == "open\n"
            yield process
        finally:
            process.kill()


def _ask(watchers: "subprocess.Popen[str]") -> str:
    """How many events came since it was last asked, and over how many streams."""
    assert watchers.stdin
    assert watchers.stdout
    watchers.stdin.write("\n")
    watchers.stdin.flush()
    return watchers.stdout.readline()


def _rss_mb(hub: HubOfOne) -> float:
    """Resident memory of gunicorn's worker."""
    assert hub.process
    pid = hub.process.pid
    [worker] = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    rollup = Path(f"/proc/{worker}/smaps_rollup").read_text()
    return next(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Rss:")) / 1000
