"""Every door live, and every frame in words, while nothing is opened."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from locker_firmware_bridge import config
from locker_firmware_bridge.__main__ import main
from locker_firmware_bridge.boards import BoardConfig, BoardSilent, DoorsRead
from locker_firmware_bridge.codecs import FAMILIES, Wiring
from locker_firmware_bridge.commissioning.spy import answered, asked
from locker_firmware_bridge.commissioning.watching import Picture
from tests.fakes.cabinet import SimulatedCabinet, simulated_cabinet
from tests.fakes.small_cabinet import write_small_cabinet

BOARD = BoardConfig("cu16", 0, 3)
STATUS = FAMILIES["cu16"].status(0)


@pytest.fixture
def cabinet(tmp_path: Path) -> Iterator[SimulatedCabinet]:
    with simulated_cabinet(tmp_path, locks=3) as running:
        write_small_cabinet(tmp_path, running.url)
        yield running


def test_doors_are_told_as_they_stand_and_nothing_is_ordered(
    cabinet: SimulatedCabinet, tmp_path: Path
) -> None:
    cabinet.control.force(2)
    told = CliRunner().invoke(main, ["watch", "--device", str(tmp_path), "--for", "1"])
    assert told.exit_code == 0
    assert told.output.splitlines()[:3] == ["door 1: closed", "door 2: open", "door 3: closed"]
    assert cabinet.unlocks() == []


def test_frames_are_told_both_ways_in_bytes_and_words(cabinet: SimulatedCabinet, tmp_path: Path) -> None:
    cabinet.control.force(2)
    told = CliRunner().invoke(main, ["monitor", "--device", str(tmp_path), "--for", "1"])
    assert "> 02 00 30 03 35" in told.output
    assert "board 0: how do the doors stand?" in told.output
    assert "< 02 00 35 05 00 00 00 03 3F" in told.output
    assert "board 0: closed 1 3; open 2" in told.output
    assert cabinet.unlocks() == []


def test_ctrl_c_ends_it_without_a_trace_of_an_error(cabinet: SimulatedCabinet, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "locker_firmware_bridge", "watch", "--device", str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "door 1: closed\n"
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=60)
    assert "Traceback" not in errors


def test_a_silent_board_makes_its_doors_unknown_and_says_why(
    cabinet: SimulatedCabinet, tmp_path: Path
) -> None:
    picture = Picture(config.read(tmp_path))
    picture.change(DoorsRead("main", 0, frozenset({1, 2}), frozenset({3}), frozenset(), 0))
    assert picture.change(BoardSilent("main", 0, "no power")) == ["main/0: no power"]
    assert picture.lines()[0].count("unknown") == 3
    assert "main/0: no power" in picture.lines()


@pytest.mark.parametrize(
    ("heard", "told"),
    [
        (b"", []),
        (bytes.fromhex("02 00 35 05 00 00 00 03 3F"), ["board 0: closed 1 3; open 2 4-16"]),
        (b"\xff\x00", ["cannot be read"]),
    ],
)
def test_what_was_heard_is_told_in_words(heard: bytes, told: list[str]) -> None:
    assert [words for _, words in answered([BOARD], heard)] == told


def test_each_board_is_read_as_it_is_wired() -> None:
    contrary = BoardConfig("cu16", 1, 3, wiring=Wiring(hook_closed_bit=0))
    heard = bytes.fromhex("02 10 35 05 00 00 00 03 4F")
    [(_, words)] = answered([BOARD, contrary], heard)
    assert words == "board 1: closed 2 4-16; open 1 3"


def test_our_own_frames_are_named() -> None:
    relays = BoardConfig("waveshare", 1, 8)
    assert asked([BOARD], STATUS) == "board 0: how do the doors stand?"
    assert asked([relays], FAMILIES["waveshare"].all_off(1)) == "board 1: all outputs off"
