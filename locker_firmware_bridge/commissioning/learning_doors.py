"""Door after door: open it, see which sensor moved and how fast, and write down the number painted on it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, cast

from contract.messages import Size
from locker_firmware_bridge.boards import BoardConfig
from locker_firmware_bridge.boards.errors import BoardError
from locker_firmware_bridge.boards.watch import Reading
from locker_firmware_bridge.commissioning.installer import Installer, LeftError
from locker_firmware_bridge.commissioning.learning_boards import LearntBoard
from locker_firmware_bridge.commissioning.line import WATCH_MS, Line
from locker_firmware_bridge.config import Door

SLOW_MS: Final = 1_000
CLOSE_WITHIN_MS: Final = 60_000
SIZES: Final = ("S", "M", "L", "XL")


@dataclass(frozen=True, slots=True)
class Opened:
    """What an unlock brought: the doors that opened, and after how many milliseconds; None: none did."""

    moved: frozenset[int] = frozenset()
    after_ms: int | None = None
    refused: str = ""


@dataclass(slots=True)
class Notes:
    """What was found, while it is being found."""

    doors: list[Door] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)


def open_one(line: Line, board: BoardConfig, lock: int, before: Reading) -> Opened:
    """Pulse one lock and look until a door opens; one that is shut meanwhile is none. Raises BoardError."""
    refused = line.unlock(board, lock)
    for now in line.changes(board, before, WATCH_MS):
        if opened := before.closed & now.open:
            return Opened(opened, line.clock.mono_ms() - line.sent_ms, refused)
    return Opened(refused=refused)


def wait_closed(line: Line, board: BoardConfig, lock: int, installer: Installer) -> bool:
    """Ask for the door to be shut and look until it is; False: it never was. Raises BoardError."""
    installer.tell("  Close it, please.")
    open_now = line.look(board)
    if lock in open_now.closed:
        return True
    return any(lock in now.closed for now in line.changes(board, open_now, CLOSE_WITHIN_MS))


def learn_doors(line: Line, boards: Sequence[LearntBoard], installer: Installer) -> Notes:
    """Every door of every board, one after the other, each only after a yes.

    What ends it early ends it there: the doors learnt so far are kept, and a remark says so. Raises
    BoardError or LeftError before the first.
    """
    notes = Notes()
    try:
        for board in boards:
            for lock in board.doors:
                _offer(line, board.config, lock, installer, notes)
    except (BoardError, LeftError) as error:
        if not notes.doors:
            raise
        _remark(installer, notes, f"not learnt to the end: {error}; the doors up to here are kept")
    return notes


def _offer(line: Line, board: BoardConfig, lock: int, installer: Installer, notes: Notes) -> None:
    if installer.agrees(f"Open lock {lock} of board {board.board}? Is its compartment empty?"):
        _learn_door(line, board, lock, installer, notes)
    else:
        notes.remarks.append(f"lock {lock} of board {board.board} was passed over")


def _learn_door(line: Line, board: BoardConfig, lock: int, installer: Installer, notes: Notes) -> None:
    before = line.look(board)
    if lock not in before.closed:
        _remark(
            installer, notes, f"lock {lock} of board {board.board} says open before it was opened: left out"
        )
        return
    opened = open_one(line, board, lock, before)
    if opened.moved != {lock}:
        _remark(installer, notes, _what_is_wrong(board, lock, opened, installer))
        return
    installer.tell(f"  Opened after {opened.after_ms} ms.")
    if opened.after_ms is not None and opened.after_ms > SLOW_MS:
        slow = f"lock {lock} of board {board.board} took {opened.after_ms} ms, more than {SLOW_MS}"
        _remark(installer, notes, f"{slow}: look at its spring and supply")
    notes.doors.append(_described(board, lock, installer, notes.doors))
    if not wait_closed(line, board, lock, installer):
        _remark(installer, notes, f"the door of lock {lock} of board {board.board} was not seen to close")


def _what_is_wrong(board: BoardConfig, lock: int, opened: Opened, installer: Installer) -> str:
    this = f"lock {lock} of board {board.board}"
    if opened.refused:
        return f"{this} was refused by its board ({opened.refused}): left out"
    if opened.moved:
        others = ", ".join(str(other) for other in sorted(opened.moved))
        return f"{this} was pulsed and the sensor of {others} moved: their wires are crossed; left out"
    if installer.agrees("  No sensor moved. Did a door open?", usually=False):
        return f"{this} opens, but its sensor says nothing: check the two hook wires; left out"
    return f"{this} did not open: check its plug and the supply of the board; left out"


def _remark(installer: Installer, notes: Notes, text: str) -> None:
    installer.tell(f"  ! {text}")
    notes.remarks.append(text)


def _described(board: BoardConfig, lock: int, installer: Installer, known: Sequence[Door]) -> Door:
    last = known[-1] if known else None
    taken = {door.number for door in known}
    number = _free_number(installer, taken, last.number + 1 if last else 1)
    size = cast(Size, installer.choice("  Size", last.size if last else "M", SIZES))
    floor_cm = installer.number(
        "  From the ground to its floor, in cm", last.floor_cm if last else 100, 0, 400
    )
    column, row = _free_place(installer, known)
    return Door(
        number=number,
        lock=lock,
        size=size,
        floor_cm=floor_cm,
        column=column,
        row=row,
        board=board.board,
    )


def _free_number(installer: Installer, taken: set[int], usual: int) -> int:
    while True:
        number = installer.number("  Number painted on the door", usual, 1, 9999)
        if number not in taken:
            return number
        installer.tell(f"  Another door has the number {number} already.")


def _free_place(installer: Installer, known: Sequence[Door]) -> tuple[int, int]:
    while True:
        column = installer.number(
            "  Column in the drawing, from the left", known[-1].column if known else 1, 1, 200
        )
        used = {door.row for door in known if door.column == column}
        row = installer.number("  Row, from the top", min(max(used, default=0) + 1, 60), 1, 60)
        if row not in used:
            return column, row
        installer.tell("  Another door is drawn there already.")
