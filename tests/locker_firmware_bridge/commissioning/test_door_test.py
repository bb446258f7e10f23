"""Door after door is opened as in service: written down first, told truly, never one that holds something."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from contract import messages as m
from contract.clock import SystemClock
from locker_firmware_bridge import config
from locker_firmware_bridge.commissioning.door_test import Verdict, open_doors
from tests.fakes.cabinet import SimulatedCabinet, simulated_cabinet
from tests.fakes.installer import ScriptedInstaller
from tests.fakes.small_cabinet import write_small_cabinet


@pytest.fixture
def cabinet(tmp_path: Path) -> Iterator[SimulatedCabinet]:
    with simulated_cabinet(tmp_path, locks=3) as running:
        running.control.auto_close(900)
        write_small_cabinet(tmp_path, running.url)
        yield running


def verdicts(
    tmp_path: Path, facts: list[m.Fact], installer: ScriptedInstaller, occupied: frozenset[int] = frozenset()
) -> list[Verdict]:
    lockers = config.read(tmp_path)
    return [*open_doors(lockers, [1, 2, 3], occupied, facts.append, installer, SystemClock())]


def test_sound_doors_are_good_and_every_opening_was_written_down_first(
    cabinet: SimulatedCabinet, tmp_path: Path
) -> None:
    facts: list[m.Fact] = []
    told = verdicts(tmp_path, facts, ScriptedInstaller())
    assert [verdict.ok for verdict in told] == [True, True, True]
    assert cabinet.unlocks() == [(0, 1), (0, 2), (0, 3)]
    assert [type(fact) for fact in facts] == [m.DoorIntent, m.DoorPulsed, m.DoorOpened, m.DoorClosed] * 3
    intents = [fact for fact in facts if isinstance(fact, m.DoorIntent)]
    assert {(intent.authority, intent.purpose, intent.reason) for intent in intents} == {
        ("installer", "inspect", "test of the doors")
    }


def test_a_door_behind_which_something_lies_and_one_that_is_passed_over_stay_shut(
    cabinet: SimulatedCabinet, tmp_path: Path
) -> None:
    installer = ScriptedInstaller(answers=[("Open door 2", False)])
    told = verdicts(tmp_path, [], installer, occupied=frozenset({1}))
    assert [verdict.text.split(":")[0] for verdict in told[:2]] == ["something lies there", "passed over"]
    assert cabinet.unlocks() == [(0, 3)]


def test_a_jammed_door_is_no_good_and_the_next_one_is_tested(
    cabinet: SimulatedCabinet, tmp_path: Path
) -> None:
    cabinet.control.fault(1, "jam")
    facts: list[m.Fact] = []
    told = verdicts(tmp_path, facts, ScriptedInstaller())
    assert [verdict.ok for verdict in told] == [False, True, True]
    assert "was not seen to open" in told[0].text
    assert isinstance(facts[2], m.DoorNotOpened)


def test_a_board_without_power_is_said_of_each_of_its_doors_and_nothing_is_ordered(
    cabinet: SimulatedCabinet, tmp_path: Path
) -> None:
    cabinet.control.off()
    told = verdicts(tmp_path, [], ScriptedInstaller())
    assert all("does not answer" in verdict.text for verdict in told)
    assert cabinet.unlocks() == []
