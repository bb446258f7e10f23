"""A family of lock boards: a few numbers of its manual, and five pure functions over its bytes."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from locker_firmware_bridge.codecs import frames
from locker_firmware_bridge.codecs.frames import (
    AS_DELIVERED,
    CodecError,
    Framer,
    LockReport,
    Reply,
    UnknownSenderError,
    UnlockReply,
    Wiring,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """One language of boards. All times in milliseconds.

    `baud` is the speed as delivered, always 8N1. `boards` are the numbers that can be set on a board,
    `locks` those of the largest board, from 1. `pulses_ms` are the pulses a frame can ask for (empty:
    the board alone times them), `own_pulse_ms` the shortest of a board that is not told (None: it must
    be told). `unlock_reply_ms` 0: there is no answer to an unlock. `pause_ms` is the silence between two
    transactions, `gap_ms` the shorter one that marks the end of a whole answer, after which an order may come
    (None: `pause_ms`). `ends_in_silence`: an answer may begin with bytes that are themselves a whole answer,
    so that only the gap after it tells its end. `has_two_orders`: makers disagree about the order of the
    status bytes (`Wiring.status_order`). `longest` is the longest answer, in bytes.
    """

    name: str
    baud: int
    boards: range
    locks: range
    longest: int
    reply_ms: int
    pause_ms: int
    build_status: Callable[[int, int], bytes]
    build_unlock: Callable[[int, int, int | None], bytes]
    read: Callable[[bytes, Wiring], Reply]
    """What one whole frame says, of whatever board and lock; CodecError: it is none, and why."""
    lengths: Callable[[bytes], Iterable[int]]
    """How long an answer that begins with these bytes can be, the longest first."""
    build_all_off: Callable[[int], bytes] | None = None
    """Answered by the same bytes."""
    has_items: bool = False
    pulses_ms: range = range(0)
    own_pulse_ms: int | None = 0
    unlock_reply_ms: int = 0
    ends_in_silence: bool = False
    has_two_orders: bool = False
    gap_ms: int | None = None

    def __post_init__(self) -> None:
        """Bind the builders behind their checks: there is no way round them to a frame for all locks."""
        unlock, status = self.build_unlock, self.build_status
        object.__setattr__(self, "build_unlock", lambda *order: unlock(*self._checked(*order)))
        object.__setattr__(self, "build_status", lambda *asked: status(*self._checked(*asked)))

    def status(self, board: int, locks: int | None = None) -> bytes:
        """The question for the first `locks` doors of one board, or more. ValueError: no such board."""
        return self.build_status(board, self.locks[-1] if locks is None else locks)

    def unlock(self, board: int, lock: int, pulse_ms: int | None = None) -> bytes:
        """The frame that pulses one lock. ValueError: no such board, lock or pulse.

        `pulse_ms` None: the board's own, or 500 where it must be told.
        """
        return self.build_unlock(board, lock, pulse_ms)

    def all_off(self, board: int) -> bytes:
        """The frame that takes the current from every output; empty where none can stay on."""
        self._check_board(board)
        return self.build_all_off(board) if self.build_all_off else b""

    def start(self, wiring: Wiring = AS_DELIVERED) -> Framer:
        """A framer for this family's answers."""

        def measure(data: bytes) -> int:
            fits = (length for length in self.lengths(data) if length <= len(data))
            return next((length for length in fits if self._is_answer(data[:length], wiring)), 0)

        return frames.start(measure, self.longest)

    def decode(self, frame: bytes, wiring: Wiring = AS_DELIVERED) -> Reply:
        """What one answer says. CodecError: it is none, and why."""
        reply = self.read(frame, wiring)
        if reply.board not in self.boards:
            raise UnknownSenderError(f"no {self.name} board has the number {reply.board}: {frame.hex(' ')}")
        if isinstance(reply, UnlockReply | LockReport) and reply.lock not in self.locks:
            raise UnknownSenderError(f"no {self.name} board has a lock {reply.lock}: {frame.hex(' ')}")
        return reply

    def can_pulse(self, pulse_ms: int) -> bool:
        """Whether a board may be configured so: it can be told, or its own pulse is no longer."""
        return pulse_ms in self.pulses_ms or (self.own_pulse_ms is not None and self.own_pulse_ms <= pulse_ms)

    def _is_answer(self, frame: bytes, wiring: Wiring) -> bool:
        try:
            self.decode(frame, wiring)
        except CodecError:
            return False
        return True

    def _checked(self, board: int, lock: int, *pulse_ms: int | None) -> tuple[Any, ...]:
        self._check_board(board)
        self._check_lock(lock)
        for pulse in pulse_ms:
            self._check_pulse(pulse)
        return (board, lock, *pulse_ms)

    def _check_board(self, board: int) -> None:
        if board not in self.boards:
            first, last = self.boards[0], self.boards[-1]
            raise ValueError(f"a {self.name} board has a number from {first} to {last}, not {board}")

    def _check_lock(self, lock: int) -> None:
        if lock not in self.locks:  # so no frame can mean "all of them"
            first, last = self.locks[0], self.locks[-1]
            raise ValueError(f"a {self.name} board has locks {first} to {last}, not {lock}")

    def _check_pulse(self, pulse_ms: int | None) -> None:
        if pulse_ms is None or pulse_ms in self.pulses_ms:
            return
        if not self.pulses_ms:
            raise ValueError(f"a {self.name} board times the pulse by itself: leave the pulse out")
        first, last, step = self.pulses_ms[0], self.pulses_ms[-1], self.pulses_ms.step
        raise ValueError(
            f"a {self.name} board has pulses of {first} to {last} ms in steps of {step}, not {pulse_ms}"
        )
