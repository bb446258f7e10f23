"""Children that never outlive their parent."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.processes import Child, ProcessFailedError, accepts
from tests.fakes.ports import free_port
from tests.fakes.waiting import wait_until

LISTENER = """
import socket, sys, signal
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
server = socket.create_server(("127.0.0.1", int(sys.argv[1])))
print("listening", flush=True)
while True:
    server.accept()
"""


def listener(tmp_path: Path, port: int) -> Child:
    return Child([sys.executable, "-c", LISTENER, str(port)], tmp_path / "child.log")


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_a_child_listens_logs_and_stops(tmp_path: Path) -> None:
    port = free_port()
    child = listener(tmp_path, port)
    child.start()
    child.wait_for_port(port)
    assert child.pid is not None
    assert accepts(port)
    child.stop()
    assert not child.is_running
    assert not accepts(port)
    assert child.log.read_text() == "listening\n"


def test_a_child_can_be_killed_and_started_again(tmp_path: Path) -> None:
    port = free_port()
    child = listener(tmp_path, port)
    child.start()
    child.wait_for_port(port)
    first = child.pid
    child.kill()
    assert child.pid is None
    child.start()
    child.wait_for_port(port)
    assert child.pid != first
    child.stop()


def test_a_child_that_does_not_listen_to_sigterm_is_killed(tmp_path: Path) -> None:
    port = free_port()
    child = Child(
        [sys.executable, "-c", LISTENER.replace("sys.exit(0)", "None"), str(port)], tmp_path / "log"
    )
    child.start()
    child.wait_for_port(port)
    child.stop(patience_seconds=0.1)
    assert not child.is_running


def test_a_program_that_ends_at_once_is_named_with_its_log(tmp_path: Path) -> None:
    child = Child([sys.executable, "-c", "raise SystemExit('no')"], tmp_path / "child.log")
    child.start()
    with pytest.raises(ProcessFailedError, match=r"ended at once: see .*child\.log"):
        child.wait_for_port(free_port())


def test_a_program_that_never_listens_is_given_up(tmp_path: Path) -> None:
    child = Child([sys.executable, "-c", "import signal; signal.pause()"], tmp_path / "child.log")
    child.start()
    with pytest.raises(ProcessFailedError, match="nothing listens"):
        child.wait_for_port(free_port(), seconds=0.1)
    child.kill()


def test_even_a_killed_parent_leaves_no_child(tmp_path: Path) -> None:
    program = f"""
import signal, sys
from pathlib import Path
from deploy.processes import Child
child = Child([sys.executable, "-c", "import signal; signal.pause()"], Path({str(tmp_path / "log")!r}))
child.start()
print(child.pid, flush=True)
signal.pause()
"""
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        assert alive(pid)
        parent.send_signal(signal.SIGKILL)
    wait_until(lambda: not alive(pid))
