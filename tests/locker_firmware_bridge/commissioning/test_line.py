"""What an installer's line sees, over a driver that says what it is told to."""

from dataclasses import dataclass, field

import pytest

from contract.clock import SystemClock
from locker_firmware_bridge.boards import BoardConfig
from locker_firmware_bridge.boards.errors import BadReplyError, BoardError, NoReplyError
from locker_firmware_bridge.boards.watch import Reading
from locker_firmware_bridge.commissioning.learning_doors import open_one
from locker_firmware_bridge.commissioning.line import LOOK_TRIES, Line

BOARD = BoardConfig("cu16", 0, 3)


def closed(*locks: int) -> Reading:
    return Reading(frozenset(locks), frozenset({1, 2, 3} - set(locks)), frozenset())


@dataclass
class ScriptedDriver:
    """A `Driver` whose looks bring these, one after the other, and the last one again and again."""

    looks: list[Reading | BoardError]
    pulsed: list[int] = field(default_factory=list)

    def look(self, board: BoardConfig, reply_ms: int | None = None) -> Reading:
        seen = self.looks[0] if len(self.looks) == 1 else self.looks.pop(0)
        if isinstance(seen, BoardError):
            raise seen
        return seen

    def pulse(self, board: BoardConfig, lock: int) -> None:
        self.pulsed.append(lock)

    def finish(self, board: BoardConfig, lock: int) -> str:
        return ""

    def switch_off(self, board: BoardConfig) -> None:
        pass

    def pause_ms(self, board: BoardConfig) -> int:
        return 0

    def gap_ms(self, board: BoardConfig) -> int:
        return 0

    def close(self) -> None:
        pass


def line_that_sees(*looks: Reading | BoardError) -> Line:
    return Line(ScriptedDriver(list(looks)), SystemClock())


def test_a_damaged_answer_or_two_end_no_commissioning() -> None:
    line = line_that_sees(BadReplyError("noise"), NoReplyError("nothing"), closed(1, 2, 3))
    assert line.look(BOARD) == closed(1, 2, 3)


def test_a_board_that_never_answers_is_said() -> None:
    line = line_that_sees(*[NoReplyError("nothing")] * LOOK_TRIES, closed(1))
    with pytest.raises(NoReplyError):
        line.look(BOARD)


def test_a_door_that_is_shut_while_another_is_opened_is_not_the_one_that_opened() -> None:
    line = line_that_sees(closed(1, 2), closed(1, 2, 3), closed(1, 3))
    assert open_one(line, BOARD, 2, line.look(BOARD)).moved == {2}
