"""How the simulated CU16 boards of one line behave: bytes and commands in, bytes and door moves out."""

import random
from collections.abc import Callable
from typing import Protocol

import msgspec

from locker_firmware_bridge.boards.simulated import state as state
from locker_firmware_bridge.boards.simulated.state import Board, Cabinet, Door
from locker_firmware_bridge.codecs import frames

DOOR_OPENS_MS = 60
_STATUS, _UNLOCK, _STATUS_ALL, _UNLOCK_ALL = 0x30, 0x31, 0x32, 0x33
_ANSWERS = {_STATUS: 0x35, _STATUS_ALL: 0x36}
_WHAT = {_STATUS: "status", _UNLOCK: "unlock", _STATUS_ALL: "status_all", _UNLOCK_ALL: "unlock_all"}
_EVERY_BOARD = 0xF

Field = str | int | float | None


class World(Protocol):
    """What the boards stand in."""

    def say(self, data: bytes) -> None:
        """Put bytes on the line."""
        ...

    def later(self, delay_ms: float, action: Callable[[], None]) -> None:
        """Do something after a while."""
        ...

    def log(self, kind: str, **fields: Field) -> None:
        """Write one line to the board's own log, with the time of now."""
        ...

    def kill(self, pid: int, group: bool) -> None:
        """SIGKILL a process or its group."""
        ...

    def save(self, cabinet: Cabinet) -> None:
        """Keep the state over a restart."""
        ...


class SimulatedCabinet:
    """The boards of one line; not safe for threads."""

    def __init__(self, cabinet: Cabinet, world: World, log_status: bool) -> None:
        self._cabinet, self._world, self._log_status = cabinet, world, log_status
        self._framer = frames.start(state.request_length, 5)
        self._to_kill: state.KillOnUnlock | None = None
        self._noise = {number: random.Random(number) for number in cabinet.boards}  # noqa: S311 - noise, no secret
        self._corrupted = 0

    def hear(self, data: bytes) -> None:
        """Bytes from the line."""
        if any(board.faults.echo for board in self._cabinet.boards.values()):
            self._world.say(data)
        requests, self._framer = frames.take_out(frames.add(self._framer, data))
        for request in requests:
            self._obey(request)

    def command(self, command: state.Command) -> state.Answer:
        """One command of the control socket; refused with a reason when it cannot be."""
        match command:
            case state.State():
                return state.Answer(ok=True, state=self._cabinet)
            case state.AutoClose(after_ms):
                self._keep(msgspec.structs.replace(self._cabinet, auto_close_ms=after_ms))
            case state.KillOnUnlock():
                self._to_kill = command
            case _:
                return self._command_board(command)
        return state.Answer(ok=True)

    def _command_board(self, command: state.OnBoard) -> state.Answer:
        number = next(iter(self._cabinet.boards)) if command.board is None else command.board
        board = self._cabinet.boards.get(number)
        if board is None:
            return state.Answer(ok=False, why=f"there is no board {number}")
        if isinstance(command, state.BoardFault):
            self._break_board(board, command)
            return state.Answer(ok=True)
        if command.lock not in board.doors:
            return state.Answer(ok=False, why=f"there is no lock {command.lock} on board {number}")
        return self._command_door(board, command)

    def _command_door(self, board: Board, command: state.OnDoor) -> state.Answer:
        lock, door = command.lock, board.doors[command.lock]
        match command:
            case state.Close():
                if not self._close(board.board, lock, "pushed"):
                    return state.Answer(ok=False, why=f"door {lock} cannot be closed")
            case state.Force():
                self._open(board.board, lock, "forced")
            case state.Fault(fault=fault):
                self._keep_door(board, lock, state.with_fault(door, fault))
            case state.Put() | state.Take():
                item = isinstance(command, state.Put)
                self._keep_door(board, lock, msgspec.structs.replace(door, item=item))
        return state.Answer(ok=True)

    def _break_board(self, board: Board, command: state.BoardFault) -> None:
        names = state.BoardFaults.__struct_fields__
        changes = {name: getattr(command, name) for name in names}
        changes = {name: value for name, value in changes.items() if value is not msgspec.UNSET}
        faults = msgspec.structs.replace(board.faults, **changes)
        self._noise[board.board].seed(faults.noise)
        self._keep(state.with_board(self._cabinet, msgspec.structs.replace(board, faults=faults)))

    def _obey(self, request: bytes) -> None:
        number, channel, command = request[1] >> 4, request[1] & 0xF, request[2]
        if command == _UNLOCK:
            self._kill_if_asked()
        self._log_in(request, number, channel, command)
        for board in self._meant(number, command):
            if board.faults.off:
                continue
            if command == _UNLOCK:
                self._pulse(board, channel + 1)
            elif command == _UNLOCK_ALL:
                for lock in board.doors:
                    self._pulse(board, lock)
            else:
                self._answer(board, _ANSWERS[command])

    def _meant(self, number: int, command: int) -> tuple[Board, ...]:
        if command == _STATUS_ALL and number == _EVERY_BOARD:
            return tuple(self._cabinet.boards.values())
        board = self._cabinet.boards.get(number)
        return () if board is None else (board,)

    def _kill_if_asked(self) -> None:
        target, self._to_kill = self._to_kill, None
        if target is not None:
            self._world.kill(target.pid, target.group)
            self._world.log("kill", pid=target.pid)

    def _log_in(self, request: bytes, number: int, channel: int, command: int) -> None:
        if command in (_UNLOCK, _UNLOCK_ALL) or self._log_status:
            lock = channel + 1 if command == _UNLOCK else None
            self._world.log("frame_in", hex=request.hex(), what=_WHAT[command], board=number, lock=lock)

    def _pulse(self, board: Board, lock: int) -> None:
        door = board.doors.get(lock)
        if door is None or not door.closed:
            return
        if door.fault == "jam":
            self._world.log("door", board=board.board, lock=lock, state="jammed", why="unlock")
            return
        self._world.later(DOOR_OPENS_MS, lambda: self._open(board.board, lock, "unlock"))

    def _open(self, number: int, lock: int, why: str) -> None:
        board = self._cabinet.boards[number]
        if not board.doors[lock].closed:
            return
        self._world.log("door", board=number, lock=lock, state="open", why=why)
        self._keep_door(board, lock, state.moved(board.doors[lock], closed=False))
        if self._cabinet.auto_close_ms is not None:
            self._world.later(self._cabinet.auto_close_ms, lambda: self._close_by_itself(number, lock))

    def _close_by_itself(self, number: int, lock: int) -> None:
        self._close(number, lock, "auto")

    def _close(self, number: int, lock: int, why: str) -> bool:
        """False: the door refuses."""
        board = self._cabinet.boards[number]
        door = board.doors[lock]
        if not door.closed and door.fault == "left_open":
            self._world.log("door", board=number, lock=lock, state="left_open", why=why)
            return False
        if not door.closed:
            self._world.log("door", board=number, lock=lock, state="closed", why=why)
            self._keep_door(board, lock, state.moved(door, closed=True))
        return True

    def _answer(self, board: Board, command: int) -> None:
        """Say the doors as they are now, through whatever is wrong with the board."""
        if board.faults.silent:
            return
        data = self._noise_before(board) + self._damaged(board, state.status_frame(board, command))
        if board.faults.late_ms:
            self._world.later(board.faults.late_ms, lambda: self._say(data))
        else:
            self._say(data)

    def _say(self, data: bytes) -> None:
        if self._log_status:
            self._world.log("frame_out", hex=data.hex(), what="status")
        self._world.say(data)

    def _noise_before(self, board: Board) -> bytes:
        chance = self._noise[board.board]
        return chance.randbytes(chance.randrange(1, 12)) if board.faults.noise else b""

    def _damaged(self, board: Board, frame: bytes) -> bytes:
        """Change one byte, each time the next one, while answers are to be corrupted."""
        left = board.faults.corrupt
        if left == 0:
            return frame
        if left > 0:
            self._break_board(board, state.BoardFault(board.board, corrupt=left - 1))
        at = self._corrupted % len(frame)
        self._corrupted += 1
        return frame[:at] + bytes((frame[at] ^ 0x40,)) + frame[at + 1 :]

    def _keep_door(self, board: Board, lock: int, door: Door) -> None:
        self._keep(state.with_board(self._cabinet, state.with_door(board, lock, door)))

    def _keep(self, cabinet: Cabinet) -> None:
        self._cabinet = cabinet
        self._world.save(cabinet)
