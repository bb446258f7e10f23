"""The hand at the simulated cabinet: close a door, force one, break things."""

import socket
from pathlib import Path

import msgspec

from locker_firmware_bridge.boards.simulated import state as simulated

ANSWER_SECONDS = 30.0


_answers = msgspec.json.Decoder(simulated.Answer)


class SimulationRefusedError(Exception):
    """The simulated cabinet cannot do this, and says why."""


class SimulatedBoardControl:
    """Commands to a running `simulated` program by its `--control` socket.

    Locks are counted from 1; `board` may be left out where there is one. Every method raises
    SimulationRefusedError when the cabinet refuses, OSError when the program is not there.
    """

    def __init__(self, path: Path | str) -> None:
        self._path = str(path)

    def close(self, lock: int, board: int | None = None) -> None:
        """Push a door shut; refused by a door that is `left_open`."""
        self._do(simulated.Close(lock, board))

    def force(self, lock: int, board: int | None = None) -> None:
        """Open a door without a frame."""
        self._do(simulated.Force(lock, board))

    def fault(self, lock: int, fault: simulated.DoorFault | None, board: int | None = None) -> None:
        """Break a door (`jam`, `left_open`, `dead_sensor`), or repair it with None."""
        self._do(simulated.Fault(lock, board, fault))

    def put(self, lock: int, board: int | None = None) -> None:
        """Lay something behind a door."""
        self._do(simulated.Put(lock, board))

    def take(self, lock: int, board: int | None = None) -> None:
        """Take away what lies behind a door."""
        self._do(simulated.Take(lock, board))

    def silent(self, on: bool = True, board: int | None = None) -> None:
        """The board obeys, but its answers do not arrive."""
        self._do(simulated.BoardFault(board, silent=on))

    def off(self, on: bool = True, board: int | None = None) -> None:
        """The board has no power."""
        self._do(simulated.BoardFault(board, off=on))

    def late(self, late_ms: int, board: int | None = None) -> None:
        """The board answers so much later; 0: at once."""
        self._do(simulated.BoardFault(board, late_ms=late_ms))

    def corrupt(self, answers: int = -1, board: int | None = None) -> None:
        """Change one byte of so many answers; -1: of all, 0: of none."""
        self._do(simulated.BoardFault(board, corrupt=answers))

    def noise(self, seed: int, board: int | None = None) -> None:
        """Random bytes before each answer, the same for the same seed; 0: none."""
        self._do(simulated.BoardFault(board, noise=seed))

    def echo(self, on: bool = True, board: int | None = None) -> None:
        """The adapter returns what it is sent."""
        self._do(simulated.BoardFault(board, echo=on))

    def refuse(self, on: bool = True, board: int | None = None) -> None:
        """The board says no to every order, where its language can."""
        self._do(simulated.BoardFault(board, refuse=on))

    def healthy(self, board: int | None = None) -> None:
        """Nothing is wrong with the board itself any more; its doors keep their faults."""
        faults = msgspec.structs.asdict(simulated.BoardFaults())
        self._do(simulated.BoardFault(board, **faults))

    def auto_close(self, after_ms: int | None) -> None:
        """Doors shut by themselves so long after they opened, once seen open; None: they do not."""
        self._do(simulated.AutoClose(after_ms))

    def kill_on_unlock(self, pid: int, group: bool = False) -> None:
        """SIGKILL this process (or group) at the last byte of the next unlock frame, once."""
        self._do(simulated.KillOnUnlock(pid, group))

    def anew(self) -> None:
        """Everything as delivered: shut, empty and sound; what was about to happen does not."""
        self._do(simulated.Anew())

    def state(self) -> simulated.Cabinet:
        """All doors and faults."""
        told = self._do(simulated.State()).state
        if told is None:
            raise SimulationRefusedError("the cabinet did not tell its state")
        return told

    def doors(self, board: int | None = None) -> dict[int, simulated.Door]:
        """The doors of one board by lock."""
        boards = self.state().boards
        return boards[next(iter(boards)) if board is None else board].doors

    def looks(self, board: int | None = None) -> int:
        """How often a board was asked for its doors since the program began: two more have seen what is now."""
        looks = self._do(simulated.State()).looks
        return looks[next(iter(looks)) if board is None else board]

    def _do(self, command: simulated.Command) -> simulated.Answer:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
            line.settimeout(ANSWER_SECONDS)
            line.connect(self._path)
            line.sendall(msgspec.json.encode(command) + b"\n")
            with line.makefile("rb") as answers:
                said = answers.readline()
        if not said:
            raise ConnectionResetError(f"the simulated cabinet hung up on {self._path}")
        answer = _answers.decode(said)
        if not answer.ok:
            raise SimulationRefusedError(answer.why)
        return answer
