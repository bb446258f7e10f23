"""The demo as somebody starts it: it does the main job, goes on from its folder, leaves nothing behind."""

import fcntl
import http.client
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from deploy.demo.plan import DESK, DemoError, Ports, choose_ports, grouped, keep, kept
from deploy.demo.web import state_of
from locker_firmware_bridge.boards.simulated.state import Door
from tests.fakes.ports import free_base
from tests.fakes.waiting import wait_until

PATIENCE_SECONDS = 200.0
CODE = re.compile(r"^    (\d\d \d{3} \d{3})   (.+), porte (\d+)$", re.MULTILINE)


def left_behind(data: Path) -> list[str]:
    """Command lines of processes that were started for this folder."""
    found = []
    for process in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            command = process.read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except (FileNotFoundError, ProcessLookupError):
            continue
        if str(data) in command:
            found.append(command)
    return found


WITHOUT_ESPEAK = os.environ | {"PATH": str(Path(sys.executable).parent)}
"""A demo without a voice: to render two thousand words is most of its work, and one test has it do so."""


def command(data: Path, *options: str) -> list[str]:
    return [sys.executable, "-m", "deploy.demo", "--data", str(data), *options]


@contextmanager
def demo(data: Path, base: int) -> Iterator[tuple[subprocess.Popen[bytes], Callable[[], str]]]:
    """A running demo, and what it has said so far."""
    said = data.parent / "said"
    with (
        said.open("wb") as output,
        subprocess.Popen(
            command(data, "--port-base", str(base)), stdout=output, stderr=output, env=WITHOUT_ESPEAK
        ) as process,
    ):
        try:
            wait_until(lambda: "Ctrl-C" in said.read_text() or process.poll() is not None, PATIENCE_SECONDS)
            assert process.poll() is None, said.read_text()
            yield process, said.read_text
        finally:
            process.kill()


def request(port: int, method: str, path: str, headers: dict[str, str] | None = None) -> tuple[int, str]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request(method, path, headers=headers or {})
        response = connection.getresponse()
        return response.status, response.read().decode()
    finally:
        connection.close()


@pytest.mark.parametrize("broker", ["mosquitto", "embedded"])
def test_the_tour_does_the_main_job_and_leaves_no_process(
    tmp_path: Path, broker: str, mosquitto_path: Path
) -> None:
    data = tmp_path / "data"
    options = ("--tour", "--broker", broker, "--port-base", str(free_base()))
    environment = None if broker == "mosquitto" else WITHOUT_ESPEAK
    done = subprocess.run(
        command(data, *options),
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
        check=False,
        env=environment,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"\d+ ms  la ligne est coupée", done.stdout)
    assert re.search(r"\d+ ms  le serveur a appris : ouvert, fermé, retiré", done.stdout)
    wait_until(lambda: left_behind(data) == [])


def test_a_demo_killed_outright_leaves_nothing_and_goes_on_from_its_folder(
    tmp_path: Path, mosquitto_path: Path
) -> None:
    data = tmp_path / "data"
    ports = Ports(free_base())
    with demo(data, ports.base) as (process, said):
        codes = CODE.findall(said())
        assert len(codes) == 3
        assert f"{DESK} est le poste de la concierge" in said()
        _try_the_page(ports, codes)
        process.send_signal(signal.SIGKILL)
        process.wait()
    wait_until(lambda: left_behind(data) == [])

    with demo(data, free_base()) as (process, said):
        assert CODE.findall(said()) == codes
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE_SECONDS) == 0
    wait_until(lambda: left_behind(data) == [])


def _try_the_page(ports: Ports, codes: list[tuple[str, str, str]]) -> None:
    status, page = request(ports.page, "GET", "/")
    assert status == 200
    assert all(code in page for code, _, _ in codes)
    assert f"<b>{DESK}</b> est le poste de la concierge, simulé" in page
    assert "La ligne passe" in page
    assert request(ports.page, "POST", "/line/cut", {"Sec-Fetch-Site": "cross-site"})[0] == 403
    assert request(ports.page, "GET", "/", {"Host": "elsewhere.example"})[0] == 421
    assert request(ports.page, "POST", "/line/cut")[0] == 204
    assert "La ligne est coupée" in request(ports.page, "GET", "/live")[1]
    assert request(ports.page, "POST", "/line/join")[0] == 204
    door = codes[0][2]
    assert request(ports.page, "POST", f"/doors/{door}/touch")[0] == 409
    assert request(ports.page, "POST", f"/doors/{door}/force")[0] == 204
    assert f'id="door-{door}" data-kind="lock" data-state="open"' in request(ports.page, "GET", "/live")[1]
    assert request(ports.page, "POST", f"/doors/{door}/close")[0] == 204
    assert request(ports.page, "POST", "/doors/17/force")[0] == 404
    assert request(ports.page, "POST", "/scale/put")[0] == 204
    assert "Un sac de 4,35 kg est dessus" in request(ports.page, "GET", "/live")[1]
    assert request(ports.page, "POST", "/scale/throw")[0] == 404
    assert request(ports.page, "POST", f"/doors/{door}/paint")[0] == 404


def test_ports_in_use_are_named(tmp_path: Path) -> None:
    ports = Ports(free_base())
    with socket.create_server(("127.0.0.1", ports.hub)):
        with pytest.raises(DemoError, match=str(ports.hub)):
            choose_ports(ports.base)
        done = subprocess.run(
            command(tmp_path / "data", "--port-base", str(ports.base)),
            capture_output=True,
            text=True,
            timeout=PATIENCE_SECONDS,
            check=False,
        )
    assert done.returncode == 1
    assert done.stderr == f"demo : Ports déjà pris : {ports.hub}. Choisissez-en d'autres avec --port-base.\n"


def test_a_second_demo_on_a_folder_is_refused_and_leaves_it_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "demo.json").write_text('{"base": 8600}')
    with (tmp_path / "demo.lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        done = subprocess.run(
            command(tmp_path, "--port-base", str(free_base())),
            capture_output=True,
            text=True,
            timeout=PATIENCE_SECONDS,
            check=False,
        )
    assert done.returncode == 1
    assert "tourne déjà" in done.stderr
    assert (tmp_path / "demo.json").read_text() == '{"base": 8600}'
    assert {path.name for path in tmp_path.iterdir()} == {"demo.json", "demo.lock"}


def test_a_damaged_memory_is_said_and_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "demo.json").write_text("{")
    with pytest.raises(DemoError, match="illisible"):
        kept(tmp_path)
    assert (tmp_path / "demo.json").read_text() == "{"


def test_passwords_are_kept_for_their_owner_alone(tmp_path: Path) -> None:
    (tmp_path / "demo.json").write_text('{"base": 8600}')
    known = kept(tmp_path)
    assert known is not None
    keep(tmp_path, known)
    assert (tmp_path / "demo.json").stat().st_mode & 0o777 == 0o600


def test_a_code_is_written_as_people_read_it() -> None:
    assert grouped("27483190") == "27 483 190"
    assert grouped("712483190") == "712 483 190"


@pytest.mark.parametrize(
    ("door", "word"),
    [
        (Door(), "free"),
        (Door(item=True), "occupied"),
        (Door(closed=False), "open"),
        (Door(closed=False, fault="left_open"), "left_open"),
        (Door(fault="jam", item=True), "blocked"),
        (Door(fault="dead_sensor"), "unknown"),
    ],
)
def test_the_drawing_shows_a_door_as_it_really_is(door: Door, word: str) -> None:
    assert state_of(door) == word
