"""Boards: what moves locks and sees doors, each behind the same few verbs.

Compartments' locks bear numbers from 1. A board reports what its sensors saw, never what it was told.
"""

from dataclasses import dataclass
from typing import Literal, Protocol

from locker_firmware_bridge.codecs import AS_DELIVERED, Wiring

GPIO = "gpio"
"""Family, and URL, of locks wired to the pins of this machine."""
LOCK_PINS = range(9, 28)
"""These rest low while a Pi starts; 0 to 8 rest high, and would click their lock."""
LockKind = Literal["solenoid", "motor"]
LONGEST_PULSE_MS: dict[LockKind, int] = {"solenoid": 1000, "motor": 3000}
"""A coil is made for pulses: longer ones burn it. No setting goes above this."""


@dataclass(frozen=True, slots=True)
class BoardConfig:
    """One board as it is wired.

    `family` is a name of `codecs.FAMILIES`, `board` the number on its dial, `locks` how many of its
    locks have a door (1 to `locks`). `pulse_ms` is what the board is told, or where it cannot be told what
    its own timer does; `echo` that the adapter returns what it sends. A board of family GPIO has no
    language: the machine's own pins are its outputs and door contacts, by lock.
    """

    family: str
    board: int
    locks: int
    wiring: Wiring = AS_DELIVERED
    has_item_sensor: bool = False
    pulse_ms: int = 500
    lock_kind: LockKind = "solenoid"
    echo: bool = False
    lock_pins: tuple[int, ...] = ()
    hook_pins: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Timings:
    """How a bus spends its time, in milliseconds of the monotonic clock."""

    reply_ms: int | None = None
    """A board that has not answered by then has failed this poll; None: what its family is given."""
    hush_ms: int = 25
    """No question is begun for so long where an order may come at once..."""
    hush_late_ms: int = 100
    """... unless the question is overdue by so much: nobody can keep the doors from being watched."""
    quick_poll_ms: int = 200
    """While a door is expected to move."""
    idle_poll_ms: int = 700
    silent_poll_ms: int = 2000
    debounce_ms: int = 100
    """A change is read again after this; two equal readings count."""
    settle_ms: int = 300
    """After an unanswered question: an answer later than `reply_ms`, up to this much, is thrown away."""
    after_pulse_ms: int = 100
    """From the end of a pulse to the first look at the door."""
    watch_after_unlock_ms: int = 2000
    pulse_gap_ms: int = 200
    """From the end of a pulse to the next one: never two locks energised on one supply."""
    refresh_ms: int = 5000
    """All doors are reported at least this often."""
    unlock_max_wait_ms: int = 2000
    """An unlock that could not be sent by then never is."""
    reopen_ms: int = 1000
    held_ms: int = 4000
    """A port that has not come back from one thing by then is held by its driver: longer than any pulse."""
    failures_to_silence: int = 3
    """So many failed polls in a row: the board is silent, and the port is opened afresh."""


@dataclass(frozen=True, slots=True)
class UnlockRequest:
    """One pulse for one lock; `operation` comes back in what is reported about it."""

    operation: str
    board: int
    lock: int


@dataclass(frozen=True, slots=True)
class DoorsRead:
    """What the sensors of one board say at `mono_ms`."""

    bus: str
    board: int
    closed: frozenset[int]
    open: frozenset[int]
    """What the board does not tell of is in neither."""
    items: frozenset[int]
    mono_ms: int


@dataclass(frozen=True, slots=True)
class BoardSilent:
    """The board cannot be read: nothing is known about its doors until it is back."""

    bus: str
    board: int
    why: str


@dataclass(frozen=True, slots=True)
class BoardBack:
    """A silent board answers again; its doors follow at once."""

    bus: str
    board: int


@dataclass(frozen=True, slots=True)
class UnlockSent:
    """The frame left at `mono_ms`. It says nothing about the door."""

    operation: str
    board: int
    lock: int
    mono_ms: int


@dataclass(frozen=True, slots=True)
class UnlockFailed:
    """The frame was not sent; when the port broke in the middle of it, `maybe_sent`: look at the door."""

    operation: str
    why: str
    maybe_sent: bool = False


@dataclass(frozen=True, slots=True)
class UnlockRefused:
    """The board itself answered the frame with a no. It says nothing about the door."""

    operation: str
    why: str


BoardReport = DoorsRead | BoardSilent | BoardBack | UnlockSent | UnlockFailed | UnlockRefused


class Boards(Protocol):
    """One port with its boards, or anything that stands for one. Safe to call from any thread."""

    @property
    def name(self) -> str:
        """The name the reports carry as `bus`."""
        ...

    def start(self) -> None:
        """Begin to read doors. Never moves a lock."""
        ...

    def stop(self, timeout_seconds: float) -> None:
        """End, refusing what still waits. Never moves a lock."""
        ...

    def unlock(self, request: UnlockRequest) -> None:
        """Ask for one pulse; `UnlockSent` or `UnlockFailed` is reported exactly once. Never repeated here.

        Takes some milliseconds at the most.
        """
        ...

    def expect(self, board: int, until_ms: int) -> None:
        """A door of this board will move: look often until this monotonic time."""
        ...

    def calm(self, until_ms: int) -> None:
        """No door is expected to move after this monotonic time, whatever was said before."""
        ...

    def hush(self) -> None:
        """An order may come at once: begin no question for a moment."""
        ...
