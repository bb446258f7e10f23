"""A PostgreSQL server of a test's own: new, empty, reached by a socket in its folder and by nothing else."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.fakes.waiting import patiently

_UNPRIVILEGED = "nobody"
_PATIENCE_SECONDS = 60


@contextmanager
def postgresql(programs: Path) -> Iterator[Callable[[str], str]]:
    """Run the server whose programs are in this folder; what is given makes a database and says its URL."""
    with _folder_of_the_server() as (folder, who):
        data = folder / "data"
        login = ["--username=hub", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"]
        _run([programs / "initdb", f"--pgdata={data}", *login], who)
        socket = ["-k", str(folder), "-c", "listen_addresses=", "-c", "fsync=off"]
        with (folder / "log").open("wb") as log:
            server = subprocess.Popen(
                [programs / "postgres", "-D", data, *socket], stdout=log, stderr=log, cwd=folder, user=who
            )
        try:
            ready = [programs / "pg_isready", f"--host={folder}", "--quiet"]
            patiently(lambda: subprocess.run(ready, check=False).returncode == 0, _PATIENCE_SECONDS)

            def database(name: str) -> str:
                _run([programs / "createdb", f"--host={folder}", "--username=hub", name], who)
                return f"postgresql+psycopg://hub@/{name}?host={folder}"

            yield database
        finally:
            server.send_signal(signal.SIGINT)  # at once, whoever is still connected
            server.wait(_PATIENCE_SECONDS)


@contextmanager
def _folder_of_the_server() -> Iterator[tuple[Path, int]]:
    """A folder with a short name, and whose it is: the server refuses to run as root."""
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    who = pwd.getpwnam(_UNPRIVILEGED).pw_uid if os.getuid() == 0 else os.getuid()
    if who != os.getuid():
        os.chown(folder, who, -1)
    try:
        yield folder, who
    finally:
        shutil.rmtree(folder)


def _run(command: Sequence[Path | str], who: int) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd="/", user=who)
    assert done.returncode == 0, done.stderr
