"""What one open door tells: which bit means closed, the order of the bytes, which outputs have no door."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from locker_firmware_bridge.boards import BoardConfig
from locker_firmware_bridge.boards.errors import BoardError, NoReplyError
from locker_firmware_bridge.codecs import FAMILIES
from locker_firmware_bridge.codecs.frames import StatusOrder
from locker_firmware_bridge.commissioning.installer import Installer
from locker_firmware_bridge.commissioning.line import Line

TRIES: Final = 5
Lock = tuple[int, int]
"""Board and lock."""


class LearnError(Exception):
    """It cannot go on; the text says why and what to do first."""


@dataclass(frozen=True, slots=True)
class LearntBoard:
    """One board as it turned out to be; `doors` are the outputs that have one."""

    config: BoardConfig
    doors: tuple[int, ...]


def with_echo(
    line: Line, boards: Sequence[BoardConfig], installer: Installer, *, seen: bool = False
) -> list[BoardConfig]:
    """Ask a board that is not there: whatever comes back is our own. `seen`: a question came back before."""
    taken = {each.board for each in boards}
    absent = next(
        (board for board in reversed(FAMILIES[boards[0].family].boards) if board not in taken), None
    )
    echo = seen or (absent is not None and _comes_back(line, replace(boards[0], board=absent, echo=False)))
    installer.tell("The adapter returns what it is sent: echo = true." if echo else "No echo on this line.")
    return [replace(board, echo=echo) for board in boards]


def _comes_back(line: Line, absent: BoardConfig) -> bool:
    try:
        line.look(absent)
    except NoReplyError as error:
        return "echoes" in str(error)
    except BoardError:
        pass
    return False


def from_one_door(line: Line, boards: Sequence[BoardConfig], installer: Installer) -> list[LearntBoard]:
    """Compare one open door with all closed. Raises LearnError, BoardError."""
    for _ in range(TRIES):
        installer.wait_for("Open exactly ONE door with its key or emergency lever, and close all others.")
        one_open = _ones(line, boards)
        installer.wait_for("Now close that door too.")
        shut = _ones(line, boards)
        moved = [(board, lock) for board in shut for lock in sorted(one_open[board] ^ shut[board])]
        if len(moved) != 1:
            installer.tell(_why_again(moved))
            continue
        number, lock = moved[0]
        ordered = _with_order(boards, number, lock, installer)
        if ordered is not None:
            closed_bit = 1 if lock in shut[number] else 0
            told = _ones(line, ordered)
            return [_learnt(board, closed_bit, told[board.board], installer) for board in ordered]
    raise LearnError("no single door could be told: check the sensor wires of one door, then begin again")


def _with_order(
    boards: Sequence[BoardConfig], number: int, lock: int, installer: Installer
) -> Sequence[BoardConfig] | None:
    """The boards with their byte order, asked where the family has two; None: this door cannot tell."""
    board = next(each for each in boards if each.board == number)
    if not FAMILIES[board.family].has_two_orders or board.locks <= 8:
        installer.tell(f"That was lock {lock} of board {number}.")
        return boards
    mirror = _mirrored(board.locks, lock)
    if mirror == lock:
        installer.tell("Both byte orders agree about this door: take one on outputs 1 to 8 of its board.")
        return None
    right = installer.choice(
        "Which output of the board is this door's lock plugged into?", str(lock), (str(lock), str(mirror))
    )
    order: StatusOrder = "msb" if int(right) == lock else "lsb"
    installer.tell(f"The boards tell their locks in the order {order}: status_order = {order}.")
    return [replace(each, wiring=replace(each.wiring, status_order=order)) for each in boards]


def _mirrored(locks: int, lock: int) -> int:
    """The lock that the same bit means when the bytes are read from the other end."""
    byte, bit = divmod(lock - 1, 8)
    return 8 * (locks // 8 - 1 - byte) + bit + 1


def _why_again(moved: Sequence[Lock]) -> str:
    if not moved:
        return "No sensor moved. Is that door's sensor plugged in? Take another door if need be."
    several = ", ".join(f"{lock} of board {board}" for board, lock in moved)
    return f"Several sensors moved (locks {several}). Move one door only."


def _ones(line: Line, boards: Sequence[BoardConfig]) -> Mapping[int, frozenset[int]]:
    """The sensors whose bit is 1, by board; the order of the bytes as the boards are configured."""
    plain = [replace(board, wiring=replace(board.wiring, hook_closed_bit=1)) for board in boards]
    return {board.board: line.look(board).closed for board in plain}


def _learnt(board: BoardConfig, closed_bit: int, ones: frozenset[int], installer: Installer) -> LearntBoard:
    """With every door shut, what does not say closed has no door; a board of such is wired contrary."""
    every = frozenset(range(1, board.locks + 1))
    bit = closed_bit if _saying(closed_bit, ones, every) else 1 - closed_bit
    doors = _saying(bit, ones, every)
    installer.tell(f"Board {board.board}: a closed door is bit {bit}: hook_closed_bit = {bit}.")
    odd = every - doors
    if odd and not installer.agrees(f"  Have outputs {_listed(odd)} no door? They say open."):
        raise LearnError(
            f"outputs {_listed(odd)} of board {board.board} say open with every door shut: "
            "shut these doors, or mend their sensors, then begin again"
        )
    config = replace(board, wiring=replace(board.wiring, hook_closed_bit=bit))
    return LearntBoard(config, tuple(sorted(doors)))


def _saying(bit: int, ones: frozenset[int], every: frozenset[int]) -> frozenset[int]:
    return ones & every if bit else every - ones


def _listed(locks: frozenset[int]) -> str:
    return ", ".join(str(lock) for lock in sorted(locks))
