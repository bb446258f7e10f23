"""The simulated cabinet, from outside: bytes on its line, its own log, and the hand at its doors."""

import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from locker_firmware_bridge.boards.port import Port, open_port
from locker_firmware_bridge.boards.simulated.control import SimulationRefusedError
from tests.fakes.cabinet import SimulatedCabinet, simulated_cabinet
from tests.fakes.waiting import wait_until

ASK = bytes.fromhex("02 00 30 03 35")
UNLOCK_1 = bytes.fromhex("02 00 31 03 36")
UNLOCK_ALL = bytes.fromhex("02 00 33 03 38")
ALL_CLOSED = bytes.fromhex("02 00 35 FF FF 00 00 03 38")
ONE_OPEN = bytes.fromhex("02 00 35 FE FF 00 00 03 37")


@pytest.fixture
def cabinet(tmp_path: Path) -> Iterator[SimulatedCabinet]:
    with simulated_cabinet(tmp_path) as running:
        yield running


@pytest.fixture
def line(cabinet: SimulatedCabinet) -> Iterator[Port]:
    port = open_port(cabinet.url, 19200)
    yield port
    port.close()


def hear(line: Port, length: int) -> bytes:
    """So many bytes from the line."""
    heard = bytearray()

    def enough() -> bool:
        heard.extend(line.read())
        return len(heard) >= length

    wait_until(enough)
    return bytes(heard)


def say_and_hear(line: Port, question: bytes, length: int = 9) -> bytes:
    line.write(question)
    return hear(line, length)


def test_a_question_is_answered_in_nine_bytes(line: Port) -> None:
    assert say_and_hear(line, ASK) == ALL_CLOSED


def test_a_question_may_come_one_byte_at_a_time_after_noise(line: Port) -> None:
    for byte in b"\xff\x02" + ASK:
        line.write(bytes((byte,)))
    assert hear(line, 9) == ALL_CLOSED


def test_an_unlock_has_no_answer_and_its_door_is_open_a_little_later(
    cabinet: SimulatedCabinet, line: Port
) -> None:
    line.write(UNLOCK_1)
    wait_until(cabinet.moves)
    assert say_and_hear(line, ASK) == ONE_OPEN
    frame, door = cabinet.log()
    assert (frame["hex"], frame["lock"]) == ("0200310336", 1)
    assert (door["state"], door["why"]) == ("open", "unlock")
    assert door["mono_ms"] - frame["mono_ms"] >= 60


def test_the_manuals_reply_is_given_for_the_manuals_doors(cabinet: SimulatedCabinet, line: Port) -> None:
    for lock in range(4, 16):
        cabinet.control.force(lock)
    cabinet.control.put(1)
    assert say_and_hear(line, ASK) == bytes.fromhex("02 00 35 07 80 01 00 03 C2")
    cabinet.control.take(1)
    assert say_and_hear(line, ASK)[5:7] == bytes(2)


def test_other_boards_and_broken_frames_are_passed_over(cabinet: SimulatedCabinet, line: Port) -> None:
    line.write(bytes.fromhex("02 10 30 03 45"))
    line.write(bytes.fromhex("02 10 31 03 46"))
    line.write(bytes.fromhex("02 00 31 03 37"))
    assert say_and_hear(line, ASK) == ALL_CLOSED
    assert cabinet.unlocks() == [(1, 1)]
    assert cabinet.moves() == []


def test_every_board_answers_the_question_to_all(tmp_path: Path) -> None:
    with simulated_cabinet(tmp_path, locks=1, boards=(0, 1)) as cabinet:
        cabinet.control.force(1, board=0)
        cabinet.control.force(1, board=1)
        port = open_port(cabinet.url, 19200)
        both = "02 00 36 00 00 00 00 03 3B 02 10 36 00 00 00 00 03 4B"
        assert say_and_hear(port, bytes.fromhex("02 F0 32 03 27"), 18) == bytes.fromhex(both)
        port.close()


def test_an_unlock_all_opens_everything_and_fails_whoever_counts_unlocks(tmp_path: Path) -> None:
    with simulated_cabinet(tmp_path, locks=3) as cabinet:
        port = open_port(cabinet.url, 19200)
        port.write(UNLOCK_ALL)
        wait_until(lambda: len(cabinet.moves()) == 3)
        port.close()
        with pytest.raises(AssertionError, match="unlock_all"):
            cabinet.unlocks()


def test_doors_stand_as_they_stood_after_a_restart(cabinet: SimulatedCabinet) -> None:
    cabinet.control.force(4)
    cabinet.control.fault(5, "jam")
    cabinet.stop()
    cabinet.start()
    doors = cabinet.control.doors()
    assert (doors[4].closed, doors[5].fault) == (False, "jam")


def test_a_door_left_open_refuses_the_hand_until_it_is_repaired(cabinet: SimulatedCabinet) -> None:
    cabinet.control.force(2)
    cabinet.control.fault(2, "left_open")
    with pytest.raises(SimulationRefusedError, match="door 2"):
        cabinet.control.close(2)
    cabinet.control.fault(2, None)
    cabinet.control.close(2)
    assert cabinet.moves() == [(2, "open"), (2, "left_open"), (2, "closed")]


def test_a_dead_sensor_says_what_it_said_until_it_is_repaired(cabinet: SimulatedCabinet, line: Port) -> None:
    cabinet.control.fault(1, "dead_sensor")
    cabinet.control.force(1)
    assert say_and_hear(line, ASK) == ALL_CLOSED
    assert cabinet.control.doors()[1].closed is False
    cabinet.control.fault(1, None)
    assert say_and_hear(line, ASK) == ONE_OPEN


def test_a_silent_board_obeys_and_one_without_power_does_not(cabinet: SimulatedCabinet, line: Port) -> None:
    cabinet.control.off()
    line.write(UNLOCK_1)
    wait_until(lambda: len(cabinet.unlocks()) == 1)
    cabinet.control.healthy()
    cabinet.control.silent()
    line.write(bytes.fromhex("02 01 31 03 37"))
    wait_until(cabinet.moves)
    assert cabinet.moves() == [(2, "open")]


def test_a_restart_with_other_boards_keeps_what_it_knows(cabinet: SimulatedCabinet) -> None:
    cabinet.control.force(4)
    cabinet.stop()
    cabinet.command = [*cabinet.command, "--board=5", "--auto-close"]
    cabinet.start()
    kept = cabinet.control.state()
    assert (kept.boards[0].doors[4].closed, kept.boards[5].doors[4].closed) == (False, True)
    assert kept.auto_close_ms == 2000


def test_doors_close_by_themselves_when_told_and_seen_open(cabinet: SimulatedCabinet, line: Port) -> None:
    cabinet.control.auto_close(1)
    cabinet.control.force(1)
    assert [say_and_hear(line, ASK) for _ in range(2)] == [ONE_OPEN] * 2
    wait_until(lambda: cabinet.moves() == [(1, "open"), (1, "closed")])
    assert cabinet.control.looks() == 2


def test_the_process_named_is_killed_at_the_last_byte_of_an_unlock_once(
    cabinet: SimulatedCabinet, line: Port
) -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as victim:
        cabinet.control.kill_on_unlock(victim.pid)
        line.write(UNLOCK_1[:4])
        assert say_and_hear(line, ASK[:0], 0) == b""
        assert victim.poll() is None
        line.write(UNLOCK_1[4:])
        assert victim.wait(30) == -signal.SIGKILL
    line.write(UNLOCK_1)
    wait_until(lambda: len(cabinet.unlocks()) == 2)
    assert [entry["kind"] for entry in cabinet.log()].count("kill") == 1


def test_it_leaves_no_link_behind_and_answers_after_clients_come_and_go(cabinet: SimulatedCabinet) -> None:
    for _ in range(3):
        port = open_port(cabinet.url, 19200)
        assert say_and_hear(port, ASK) == ALL_CLOSED
        port.close()
    cabinet.stop()
    assert not Path(cabinet.url).is_symlink()


@pytest.mark.parametrize(
    ("sent", "why"),
    [
        (b"not json", "JSON"),
        (b'{"do":"explode"}', "explode"),
        (b'{"do":"close","lock":"seven"}', "lock"),
        (b'{"do":"close","lock":77}', "no lock 77"),
        (b'{"do":"push_open","lock":1,"board":9}', "no board 9"),
    ],
)
def test_a_command_it_does_not_know_is_answered_with_the_reason(
    cabinet: SimulatedCabinet, sent: bytes, why: str
) -> None:
    with socket.socket(socket.AF_UNIX) as hand:
        hand.settimeout(5)
        hand.connect(next(word for word in cabinet.command if "--control=" in word).split("=")[1])
        hand.sendall(sent + b"\n")
        answer = msgspec.json.decode(hand.makefile("rb").readline())
        assert answer["ok"] is False
        assert why in answer["why"]
        hand.sendall(b'{"do":"push_open","lock":1}\n')
        assert msgspec.json.decode(hand.makefile("rb").readline()) == {"ok": True}
    assert cabinet.moves() == [(1, "open")]


def test_it_says_what_it_can_do(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "locker_firmware_bridge.boards.simulated"]
    told = subprocess.run([*command, "--help"], capture_output=True, text=True, check=True)
    assert all(word in told.stdout for word in ("--link", "--log", "--control", "--auto-close"))
    wrong = subprocess.run([*command, "--link", str(tmp_path / "x")], capture_output=True, text=True)
    assert wrong.returncode == 2
    assert "--log" in wrong.stderr
