"""From a wired cabinet to its file, with everything that is wired wrongly told by name."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from contract.clock import SystemClock
from locker_firmware_bridge import config
from locker_firmware_bridge.__main__ import main
from locker_firmware_bridge.boards.port import open_port
from locker_firmware_bridge.commissioning.installer import LeftError
from locker_firmware_bridge.commissioning.learn import learn_cabinet
from locker_firmware_bridge.commissioning.learning_boards import LearnError
from locker_firmware_bridge.commissioning.profile import toml_of
from locker_firmware_bridge.config import LockersFile
from tests.fakes.cabinet import SimulatedCabinet, simulated_cabinet
from tests.fakes.installer import ScriptedInstaller


@pytest.fixture
def cabinet(tmp_path: Path) -> Iterator[SimulatedCabinet]:
    with simulated_cabinet(tmp_path, locks=3) as running:
        running.control.auto_close(900)
        yield running


def careful(cabinet: SimulatedCabinet, door: int = 2) -> ScriptedInstaller:
    """Does what is asked: opens one door by its lever, closes it, has sixteen outputs with three doors."""
    control = cabinet.control

    def opens() -> None:
        control.auto_close(None)
        control.force(door)

    def closes() -> None:
        control.close(door)
        control.auto_close(900)

    return ScriptedInstaller(hands=[("Open exactly ONE door", opens), ("Now close that door", closes)])


def learn(cabinet: SimulatedCabinet, installer: ScriptedInstaller) -> tuple[LockersFile, list[str]]:
    return learn_cabinet(
        cabinet.url, "cu16", 19200, False, installer, open_port, SystemClock(), boards=(0, 1)
    )


def test_a_sound_cabinet_is_learnt_door_by_door_into_a_file_the_bridge_reads(
    cabinet: SimulatedCabinet, tmp_path: Path
) -> None:
    installer = careful(cabinet)
    learnt, remarks = learn(cabinet, installer)
    assert remarks == []
    assert installer.said("That was lock 2 of board 0")
    assert installer.said("hook_closed_bit = 1")
    assert installer.said("No echo")
    assert [(door.number, door.lock, door.row) for door in learnt.compartment] == [
        (1, 1, 1),
        (2, 2, 2),
        (3, 3, 3),
    ]
    (tmp_path / config.FILE_NAME).write_text(toml_of(learnt))
    lockers = config.read(tmp_path)
    assert lockers.locks == {1: ("main", 0, 1), 2: ("main", 0, 2), 3: ("main", 0, 3)}
    assert [(board.board, board.locks) for board in lockers.buses[0].boards] == [(0, 3)]
    assert cabinet.unlocks() == [(0, 1), (0, 2), (0, 3)]


def test_an_echoing_adapter_is_found_out(cabinet: SimulatedCabinet) -> None:
    cabinet.control.echo()
    installer = careful(cabinet)
    learnt, _ = learn(cabinet, installer)
    assert learnt.bus[0].board[0].echo
    assert len(learnt.compartment) == 3


def test_a_jammed_door_and_one_without_a_sensor_are_told_apart_and_left_out(
    cabinet: SimulatedCabinet,
) -> None:
    cabinet.control.fault(1, "jam")
    cabinet.control.fault(3, "dead_sensor")
    installer = careful(cabinet)
    opened = {"1": False, "3": True}

    def eyes() -> object:
        lock = [line for line in installer.told if line.startswith("Open lock")][-1].split()[2]
        return opened[lock]

    installer.answers = [("Did a door open", LazyAnswer(eyes))]
    learnt, remarks = learn(cabinet, installer)
    assert [door.lock for door in learnt.compartment] == [2]
    assert "lock 1 of board 0 did not open" in remarks[0]
    assert "lock 3 of board 0 opens, but its sensor says nothing" in remarks[1]


class LazyAnswer:
    """An answer that depends on what was asked last."""

    def __init__(self, look: object) -> None:
        self._look = look

    def __bool__(self) -> bool:
        assert callable(self._look)
        return bool(self._look())


def test_a_number_painted_twice_and_a_place_drawn_twice_are_asked_again(cabinet: SimulatedCabinet) -> None:
    installer = careful(cabinet)
    numbers = iter([1, 1, 2, 3])
    installer.answers = [("Number painted", NextOf(numbers))]
    learnt, _ = learn(cabinet, installer)
    assert [door.number for door in learnt.compartment] == [1, 2, 3]
    assert installer.said("Another door has the number 1 already")


class NextOf:
    """Each time the next one."""

    def __init__(self, answers: Iterator[int]) -> None:
        self._answers = answers

    def __str__(self) -> str:
        return str(next(self._answers))


def test_doors_nobody_agrees_to_are_never_opened(cabinet: SimulatedCabinet) -> None:
    installer = careful(cabinet)
    installer.answers = [("Open lock", False)]
    with pytest.raises(LearnError, match="no door was learnt"):
        learn(cabinet, installer)
    assert cabinet.unlocks() == []


def test_two_doors_moved_at_once_are_asked_for_again(cabinet: SimulatedCabinet) -> None:
    cabinet.control.auto_close(None)
    asked: list[int] = []

    def opens() -> None:
        asked.append(1)
        for door in (2, 3) if len(asked) == 1 else (2,):
            cabinet.control.force(door)

    def closes() -> None:
        for door in (2, 3):
            cabinet.control.close(door)
        cabinet.control.auto_close(900)

    installer = ScriptedInstaller(hands=[("Open exactly ONE door", opens), ("Now close that", closes)])
    learn(cabinet, installer)
    assert installer.said("Several sensors moved")


def test_a_line_where_nothing_answers_is_said_and_nothing_is_written(tmp_path: Path) -> None:
    with simulated_cabinet(tmp_path) as cabinet:
        cabinet.control.off()
        installer = ScriptedInstaller()
        with pytest.raises(LearnError):
            learn(cabinet, installer)
        assert installer.said("Nothing answers at 19200 baud in cu16")


def test_a_line_with_every_number_taken_is_learnt_too(tmp_path: Path) -> None:
    with simulated_cabinet(tmp_path, boards=tuple(range(10)), options=["--locks=1"]) as cabinet:
        cabinet.control.echo()
        cabinet.control.auto_close(900)
        installer = careful(cabinet, door=1)
        installer.answers = [("Open lock 1 of board 0", True), ("Open lock", False)]
        learnt, _ = learn_cabinet(cabinet.url, "cu16", 19200, False, installer, open_port, SystemClock())
        assert [board.echo for board in learnt.bus[0].board] == [True] * 10
        assert [(door.board, door.lock) for door in learnt.compartment] == [(0, 1)]


def test_a_board_that_answers_with_anothers_number_is_mended_first(tmp_path: Path) -> None:
    with simulated_cabinet(tmp_path, boards=(0, 1), options=["--answers-as=1"]) as cabinet:
        with pytest.raises(LearnError, match="set each board's own"):
            learn(cabinet, careful(cabinet))
        assert cabinet.unlocks() == []


def test_a_file_that_cannot_be_written_is_said_before_any_door_is_opened(tmp_path: Path) -> None:
    out = tmp_path / "not-there" / "lockers.toml"
    told = CliRunner().invoke(main, ["learn", "--port", "/dev/not-there", "--out", str(out)])
    assert (told.exit_code, "cannot be written" in told.output) == (1, True)


@pytest.mark.parametrize(
    ("family", "options", "bit", "order"),
    [
        ("cu16", ["--polarity=reversed"], 0, "msb"),
        ("cu48", ["--locks=48"], 1, "msb"),
        ("cu48b", ["--locks=48", "--polarity=reversed"], 0, "msb"),
        ("0x8a", ["--locks=24"], 1, "msb"),
        ("0x8a", ["--locks=24", "--order=lsb"], 1, "lsb"),
        ("0x8a", ["--locks=24", "--order=lsb", "--feedback=opening"], 0, "lsb"),
        ("waveshare", ["--locks=8"], 1, "msb"),
        ("n4d8b08", ["--locks=8", "--polarity=reversed"], 0, "msb"),
        ("wkly", ["--locks=12"], 1, "msb"),
    ],
)
def test_every_family_is_learnt_however_it_is_wired(
    tmp_path: Path, family: str, options: list[str], bit: int, order: str
) -> None:
    options = [f"--family={family}", *options]
    with simulated_cabinet(tmp_path, boards=(1,), options=options) as cabinet:
        cabinet.control.auto_close(900)
        installer = careful(cabinet)
        installer.answers = [("Which output", 2), ("Open lock 2 ", True), ("Open lock", False)]
        learnt, _ = learn_cabinet(
            cabinet.url, family, None, False, installer, open_port, SystemClock(), boards=(1,)
        )
        [board] = learnt.bus[0].board
        assert (board.hook_closed_bit, board.status_order) == (bit, order)
        assert [door.lock for door in learnt.compartment] == [2]
        assert cabinet.unlocks() == [(1, 2)]


class EndsAt:
    """Agrees until it is asked so often; then it has left."""

    def __init__(self, end: object) -> None:
        self._end, self._asked = end, 0

    def __bool__(self) -> bool:
        self._asked += 1
        if self._asked == 3:
            if isinstance(self._end, Exception):
                raise self._end
            assert callable(self._end)
            self._end()
        return True


@pytest.mark.parametrize("how", ["left", "silent"])
def test_what_was_learnt_before_it_ended_is_kept_and_said(cabinet: SimulatedCabinet, how: str) -> None:
    installer = careful(cabinet)
    end = LeftError() if how == "left" else cabinet.control.silent
    installer.answers = [("Open lock", EndsAt(end))]
    learnt, remarks = learn(cabinet, installer)
    assert [door.lock for door in learnt.compartment] == [1, 2]
    assert "not learnt to the end" in remarks[-1]
