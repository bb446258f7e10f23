"""How the simulated boards of one line behave: bytes and commands in, bytes and door moves out."""

import random
from collections.abc import Callable
from functools import partial

import msgspec

from locker_firmware_bridge.boards.simulated import state
from locker_firmware_bridge.boards.simulated.coils import Coils
from locker_firmware_bridge.boards.simulated.dialect import QUESTIONS, Inputs, Request
from locker_firmware_bridge.boards.simulated.state import Board, Cabinet, Door
from locker_firmware_bridge.boards.simulated.world import Setup, World
from locker_firmware_bridge.codecs import frames

DOOR_OPENS_MS = 60
"""From the current in a coil to the open hook; a shorter pulse opens nothing."""
LOOKS = 2
"""A door that shuts by itself was asked for as often: who asks anew has read the answer before."""
AGAIN_MS = 20


class SimulatedCabinet:
    """The boards of one line; not safe for threads."""

    def __init__(self, cabinet: Cabinet, setup: Setup, world: World, log_status: bool) -> None:
        self._cabinet, self._setup, self._world, self._log_status = cabinet, setup, world, log_status
        self._dialect = setup.dialect
        self._framer = frames.start(self._dialect.measure, self._dialect.longest)
        self._coils = Coils()
        self._life = 0
        self._to_kill: state.KillOnUnlock | None = None
        self._noise = {number: random.Random(number) for number in cabinet.boards}  # noqa: S311 - noise, no secret
        self._corrupted = 0
        self._looks = dict.fromkeys(cabinet.boards, 0)

    def hear(self, data: bytes) -> None:
        """Bytes from the line."""
        if any(board.faults.echo for board in self._cabinet.boards.values()):
            self._world.say(data)
        requests, self._framer = frames.take_out(frames.add(self._framer, data))
        for request in requests:
            self._obey(self._dialect.read(request))

    def command(self, command: state.Command) -> state.Answer:
        """One command of the control socket; refused with a reason when it cannot be."""
        match command:
            case state.State():
                return state.Answer(ok=True, state=self._cabinet, looks=self._looks)
            case state.AutoClose(after_ms):
                self._keep(msgspec.structs.replace(self._cabinet, auto_close_ms=after_ms))
            case state.KillOnUnlock():
                self._to_kill = command
            case state.Anew():
                self._begin_anew()
            case _:
                return self._command_board(command)
        return state.Answer(ok=True)

    def _begin_anew(self) -> None:
        self._life += 1
        self._coils = Coils()
        self._framer = frames.flush(self._framer)
        self._keep(state.as_delivered(self._cabinet))

    def _later(self, delay_ms: float, action: Callable[[], None]) -> None:
        """At once when there is nothing to wait for; never in a later life."""
        life = self._life

        def unless_anew() -> None:
            if life == self._life:
                action()

        if delay_ms > 0:
            self._world.later(delay_ms, unless_anew)
        else:
            action()

    # --- the hand at the doors ---------------------------------------------------------------------

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
        if faults.off:
            self._coils.release_all(board.board)
        self._noise[board.board].seed(faults.noise)
        self._keep(state.with_board(self._cabinet, msgspec.structs.replace(board, faults=faults)))

    # --- orders and questions ----------------------------------------------------------------------

    def _obey(self, request: Request) -> None:
        if request.opens:
            self._kill_if_asked()
        self._log_in(request)
        for board in self._meant(request):
            if not board.faults.off:
                self._looks[board.board] += request.what in QUESTIONS
                self._do(board, request)

    def _meant(self, request: Request) -> tuple[Board, ...]:
        if request.board is None:
            return tuple(self._cabinet.boards.values())
        board = self._cabinet.boards.get(request.board)
        return () if board is None else (board,)

    def _kill_if_asked(self) -> None:
        target, self._to_kill = self._to_kill, None
        if target is not None:
            self._world.kill(target.pid, target.group)
            self._world.log("kill", pid=target.pid)

    def _log_in(self, request: Request) -> None:
        if request.what not in QUESTIONS or self._log_status:
            self._world.log(
                "frame_in", hex=request.data.hex(), what=request.what, board=request.board, lock=request.lock
            )

    def _do(self, board: Board, request: Request) -> None:
        refuse = self._dialect.refuse
        if board.faults.refuse and refuse is not None and request.what not in QUESTIONS:
            self._answer(board.board, request, refuse)
            return
        for lock in request.releases:
            self._coils.release(board.board, lock)
        over_ms = self._energise(board, request)
        wait_ms = over_ms if request.after_pulse else 0
        self._later(wait_ms, partial(self._answer, board.board, request, self._dialect.answer))

    # --- coils and doors ---------------------------------------------------------------------------

    def _energise(self, board: Board, request: Request) -> float:
        """Begin or plan every pulse that was asked for; how long until the last is over, in milliseconds."""
        pulse_ms = self._pulse_ms(request)
        begin_ms = over_ms = float(request.delay_ms)
        for lock in (lock for lock in request.opens if lock in board.doors):
            self._later(begin_ms, partial(self._pulse, board.board, lock, None if request.held else pulse_ms))
            over_ms = begin_ms + pulse_ms
            begin_ms = over_ms if request.in_turn else begin_ms
        return over_ms

    def _pulse_ms(self, request: Request) -> int:
        if request.pulse_ms is not None:
            return request.pulse_ms
        return self._dialect.pulse_ms if self._setup.pulse_ms is None else self._setup.pulse_ms

    def _pulse(self, number: int, lock: int, pulse_ms: int | None) -> None:
        """Current for so long; None: until somebody takes it away."""
        pulse, door = self._coils.energise(number, lock), self._cabinet.boards[number].doors[lock]
        if door.fault == "jam" and door.closed:
            self._world.log("door", board=number, lock=lock, state="jammed", why="unlock")
        else:
            self._later(DOOR_OPENS_MS, lambda: self._give_way(number, lock, pulse))
        if pulse_ms is not None:
            self._later(pulse_ms, lambda: self._coils.release(number, lock, pulse))

    def _give_way(self, number: int, lock: int, pulse: int) -> None:
        if self._coils.is_on(number, lock, pulse):
            self._open(number, lock, "unlock")

    def _open(self, number: int, lock: int, why: str) -> None:
        board = self._cabinet.boards[number]
        if not board.doors[lock].closed:
            return
        self._world.log("door", board=number, lock=lock, state="open", why=why)
        self._move(board, lock, closed=False)
        if self._cabinet.auto_close_ms is not None:
            self._close_by_itself(number, lock, self._looks[number] + LOOKS, self._cabinet.auto_close_ms)

    def _close_by_itself(self, number: int, lock: int, looks: int, after_ms: int) -> None:
        """No sooner than that, however slow whoever asks: a door that nobody saw open was never open."""

        def close() -> None:
            if self._looks[number] < looks:
                self._later(AGAIN_MS, close)
            else:
                self._close(number, lock, "auto")

        self._later(after_ms, close)

    def _close(self, number: int, lock: int, why: str) -> bool:
        """False: the door refuses."""
        board = self._cabinet.boards[number]
        door = board.doors[lock]
        if not door.closed and door.fault == "left_open":
            self._world.log("door", board=number, lock=lock, state="left_open", why=why)
            return False
        if not door.closed:
            self._world.log("door", board=number, lock=lock, state="closed", why=why)
            self._move(board, lock, closed=True)
        return True

    def _move(self, board: Board, lock: int, *, closed: bool) -> None:
        """A board that tells of changes unasked tells of this one, if its sensor saw it."""
        before, after = board.doors[lock], state.moved(board.doors[lock], closed)
        self._keep_door(board, lock, after)
        if before.seen_closed != after.seen_closed and not (board.faults.off or board.faults.silent):
            inputs = self._inputs(self._cabinet.boards[board.board])
            if said := self._dialect.report(inputs, lock):
                self._say(said, "report")

    # --- answers -----------------------------------------------------------------------------------

    def _inputs(self, board: Board) -> Inputs:
        doors = board.doors.items()
        return Inputs(
            board=dict(self._setup.answers_as).get(board.board, board.board),
            locks=max(board.doors),
            made=frozenset(lock for lock, door in doors if door.seen_closed != self._setup.reversed),
            items=frozenset(lock for lock, door in doors if door.item),
            energised=self._coils.on(board.board),
            lsb_first=self._setup.lsb_first,
            report_head=self._setup.report_head,
        )

    def _answer(self, number: int, request: Request, words: Callable[[Request, Inputs], bytes]) -> None:
        """Say what is now, through whatever is wrong with the board."""
        board = self._cabinet.boards[number]
        frame = words(request, self._inputs(board))
        if not frame or board.faults.silent or board.faults.off:
            return
        data = self._noise_before(board) + self._damaged(board, frame)
        self._later(board.faults.late_ms, lambda: self._say(data, request.what))

    def _say(self, data: bytes, what: str) -> None:
        if self._log_status:
            self._world.log("frame_out", hex=data.hex(), what=what)
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
