"""The simulated boards as values: doors, faults, and the commands of their control socket. Pure."""

from typing import Literal

import msgspec
from msgspec import UNSET, UnsetType

DoorFault = Literal["jam", "left_open", "dead_sensor"]
"""`jam`: unlocked, stays shut. `left_open`: cannot be closed. `dead_sensor`: the hook bit never changes."""


class Door(msgspec.Struct, frozen=True):
    """One door as it really is; `seen_closed` is what its sensor says."""

    closed: bool = True
    seen_closed: bool = True
    item: bool = False
    fault: DoorFault | None = None


class BoardFaults(msgspec.Struct, frozen=True):
    """What is wrong with a whole board.

    `silent`: obeys, its answers do not arrive. `off`: no power. `late_ms`: answers so much later.
    `corrupt`: so many answers still have one byte changed, -1 all. `noise`: seed of random bytes before
    each answer, 0 none. `echo`: the adapter returns what it is sent. `refuse`: says no to every order, where
    its language can.
    """

    silent: bool = False
    off: bool = False
    late_ms: int = 0
    corrupt: int = 0
    noise: int = 0
    echo: bool = False
    refuse: bool = False


class Board(msgspec.Struct, frozen=True):
    """One board: its number, its doors by lock from 1, its faults."""

    board: int
    doors: dict[int, Door]
    faults: BoardFaults = BoardFaults()


class Cabinet(msgspec.Struct, frozen=True):
    """All boards on one line, the first being meant when a command names none."""

    boards: dict[int, Board]
    auto_close_ms: int | None = None


def new_cabinet(numbers: tuple[int, ...], locks: int, auto_close_ms: int | None) -> Cabinet:
    """Boards as delivered: everything shut, empty and sound."""
    doors = {lock: Door() for lock in range(1, locks + 1)}
    return Cabinet({number: Board(number, doors) for number in numbers}, auto_close_ms)


def as_delivered(cabinet: Cabinet) -> Cabinet:
    """The same boards and locks, everything shut, empty and sound."""
    fresh = {
        number: Board(number, dict.fromkeys(board.doors, Door())) for number, board in cabinet.boards.items()
    }
    return Cabinet(fresh)


def continued(kept: Cabinet, fresh: Cabinet) -> Cabinet:
    """The boards and doors of `fresh`, each as it is in `kept` if it is there."""

    def board_as_kept(board: Board) -> Board:
        old = kept.boards.get(board.board, board)
        doors = {lock: old.doors.get(lock, door) for lock, door in board.doors.items()}
        return msgspec.structs.replace(old, doors=doors)

    boards = {number: board_as_kept(board) for number, board in fresh.boards.items()}
    close_ms = kept.auto_close_ms if fresh.auto_close_ms is None else fresh.auto_close_ms
    return Cabinet(boards, close_ms)


def with_board(cabinet: Cabinet, board: Board) -> Cabinet:
    """The cabinet with one board replaced."""
    return msgspec.structs.replace(cabinet, boards={**cabinet.boards, board.board: board})


def with_door(board: Board, lock: int, door: Door) -> Board:
    """The board with one door replaced."""
    return msgspec.structs.replace(board, doors={**board.doors, lock: door})


def moved(door: Door, closed: bool) -> Door:
    """The door in its new place; a dead sensor goes on saying what it said."""
    seen = door.seen_closed if door.fault == "dead_sensor" else closed
    return msgspec.structs.replace(door, closed=closed, seen_closed=seen)


def with_fault(door: Door, fault: DoorFault | None) -> Door:
    """The door with this fault; a sensor that works again says what is."""
    seen = door.seen_closed if fault == "dead_sensor" else door.closed
    return msgspec.structs.replace(door, fault=fault, seen_closed=seen)


class OnDoor(msgspec.Struct, frozen=True, tag_field="do", forbid_unknown_fields=True):
    """A command for one door, counted from 1; without a board the first is meant."""

    lock: int
    board: int | None = None


class Close(OnDoor, frozen=True, tag="close"):
    """Push a door shut."""


class Force(OnDoor, frozen=True, tag="force"):
    """Open a door without any frame, as a crowbar does."""


class PushOpen(Force, frozen=True, tag="push_open"):
    """The same, by the emergency lever."""


class Put(OnDoor, frozen=True, tag="put"):
    """Something lies behind the door now."""


class Take(OnDoor, frozen=True, tag="take"):
    """Nothing lies behind the door now."""


class Fault(OnDoor, frozen=True, tag="fault"):
    """Break one door, or repair it with null."""

    fault: DoorFault | None = None


class BoardFault(msgspec.Struct, frozen=True, tag_field="do", tag="board_fault", forbid_unknown_fields=True):
    """Change what is wrong with a board; fields left out stay."""

    board: int | None = None
    silent: bool | UnsetType = UNSET
    off: bool | UnsetType = UNSET
    late_ms: int | UnsetType = UNSET
    corrupt: int | UnsetType = UNSET
    noise: int | UnsetType = UNSET
    echo: bool | UnsetType = UNSET
    refuse: bool | UnsetType = UNSET


class AutoClose(msgspec.Struct, frozen=True, tag_field="do", tag="auto_close", forbid_unknown_fields=True):
    """Shut every opened door by itself after so long, once whoever asks saw it open; null: never."""

    after_ms: int | None = None


class KillOnUnlock(
    msgspec.Struct, frozen=True, tag_field="do", tag="kill_on_unlock", forbid_unknown_fields=True
):
    """SIGKILL this process (or process group) at the last byte of the next unlock, once: a brown-out."""

    pid: int
    group: bool = False


class Anew(msgspec.Struct, frozen=True, tag_field="do", tag="anew", forbid_unknown_fields=True):
    """Everything as delivered: shut, empty and sound; what was about to happen does not."""


class State(msgspec.Struct, frozen=True, tag_field="do", tag="state", forbid_unknown_fields=True):
    """Tell everything."""


OnBoard = Close | Force | PushOpen | Put | Take | Fault | BoardFault
Command = Close | Force | PushOpen | Put | Take | Fault | BoardFault | AutoClose | KillOnUnlock | Anew | State


class Answer(msgspec.Struct, frozen=True, omit_defaults=True):
    """What the control socket says to each command. `looks`: how often each board was asked for its doors."""

    ok: bool
    why: str = ""
    state: Cabinet | None = None
    looks: dict[int, int] = {}
