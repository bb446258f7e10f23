"""A port that tells what passes through it, in bytes and in words."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from contract.clock import Clock
from locker_firmware_bridge.boards import BoardConfig
from locker_firmware_bridge.boards.port import OpenPort, Port
from locker_firmware_bridge.codecs import FAMILIES, LockReport, Refusal, Reply, StatusReply, UnlockReply
from locker_firmware_bridge.codecs.frames import add, take_out

Say = Callable[[str], object]
_QUIET_READS: Final = 3


def spying(opener: OpenPort, boards: Mapping[str, Sequence[BoardConfig]], say: Say, clock: Clock) -> OpenPort:
    """Ports by URL as `opener` opens them, each telling its traffic to `say`, a line a frame."""

    def open_port(url: str, baud: int) -> Port:
        port = opener(url, baud)
        say(f"-- {url} at {baud} baud")
        return SpyPort(port, boards[url], say, clock)

    return open_port


class SpyPort:
    """A `Port` around another; bytes received are told once the line is quiet or the next question leaves."""

    def __init__(self, port: Port, boards: Sequence[BoardConfig], say: Say, clock: Clock) -> None:
        self._port, self._boards, self._say, self._clock = port, boards, say, clock
        self._heard = b""
        self._heard_ms = 0
        self._quiet = 0

    def write(self, frame: bytes) -> None:
        """See `Port`."""
        self._tell_heard()
        self._line(">", frame, asked(self._boards, frame), self._clock.mono_ms())
        self._port.write(frame)

    def read(self) -> bytes:
        """See `Port`."""
        data = self._port.read()
        if data and not self._heard:
            self._heard_ms = self._clock.mono_ms()
        self._heard += data
        self._quiet = 0 if data else self._quiet + 1
        if self._quiet == _QUIET_READS:
            self._tell_heard()
        return data

    def drop_input(self) -> None:
        """See `Port`."""
        self._tell_heard()
        self._port.drop_input()

    def close(self) -> None:
        """See `Port`."""
        self._tell_heard()
        self._port.close()

    def _tell_heard(self) -> None:
        heard, self._heard = self._heard, b""
        for frame, words in answered(self._boards, heard):
            self._line("<", frame, words, self._heard_ms)

    def _line(self, arrow: str, frame: bytes, words: str, at_ms: int) -> None:
        self._say(f"{at_ms / 1000:12.3f} {arrow} {frame.hex(' ').upper():<30}  {words}")


def asked(boards: Sequence[BoardConfig], frame: bytes) -> str:
    """What a frame of ours means."""
    for board in boards:
        family = FAMILIES[board.family]
        if frame == family.status(board.board, board.locks):
            return f"board {board.board}: how do the doors stand?"
        if frame == family.all_off(board.board):
            return f"board {board.board}: all outputs off"
    return "an order"


def answered(boards: Sequence[BoardConfig], heard: bytes) -> list[tuple[bytes, str]]:
    """The frames in what was heard, and what is left over, each in words."""
    if not heard:
        return []
    family, wiring = FAMILIES[boards[0].family], boards[0].wiring
    frames, _ = take_out(add(family.start(wiring), heard))
    told = [(frame, in_words(_read(boards, frame))) for frame in frames]
    left = heard
    for frame in frames:
        left = left.replace(frame, b"", 1)
    return [(left, _of_the_rest(boards[0], left)), *told] if left else told


def _read(boards: Sequence[BoardConfig], frame: bytes) -> Reply:
    """What a frame says, by the wiring of the board that says it."""
    family = FAMILIES[boards[0].family]
    sender = family.decode(frame, boards[0].wiring).board
    speaking = next((board for board in boards if board.board == sender), boards[0])
    return family.decode(frame, speaking.wiring)


def _of_the_rest(board: BoardConfig, left: bytes) -> str:
    family = FAMILIES[board.family]
    ours = (family.status(board.board, board.locks), family.all_off(board.board))
    return "our own question comes back" if left in ours else "cannot be read"


def in_words(reply: Reply) -> str:
    """One answer as a sentence."""
    match reply:
        case StatusReply(board, closed, opened, items):
            lying = f"; something in {_locks(items)}" if items else ""
            return f"board {board}: closed {_locks(closed)}; open {_locks(opened)}{lying}"
        case UnlockReply(board, lock):
            return f"board {board}: takes the order for lock {lock}"
        case LockReport(board, lock, closed):
            return f"board {board}: lock {lock} is {'closed' if closed else 'open'}"
        case Refusal(board, why):
            return f"board {board}: {why}"


def _locks(locks: frozenset[int]) -> str:
    """`1-4 7`; `none`."""
    spans: list[list[int]] = []
    for lock in sorted(locks):
        if spans and spans[-1][-1] == lock - 1:
            spans[-1][1:] = [lock]
        else:
            spans.append([lock])
    return " ".join("-".join(map(str, span)) for span in spans) or "none"
