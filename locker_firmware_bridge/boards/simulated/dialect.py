"""What every language of the simulated boards has in common: a request, what a board's inputs say, an answer.

Written from the manuals and not with `codecs`, so that a mistake in the one is not hidden by the same
mistake in the other.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

What = Literal[
    "status",
    "status_all",
    "read_one",
    "relays",
    "ask_setting",
    "unlock",
    "unlock_several",
    "unlock_all",
    "unlock_delayed",
    "hold",
    "hold_all",
    "release",
    "all_off",
    "set",
    "led",
    "unknown",
]
"""What a request asks for, as the board's own log says it."""

QUESTIONS: Final[frozenset[What]] = frozenset({"status", "status_all", "read_one", "relays", "ask_setting"})
"""They move nothing and change nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One whole request, understood.

    `board` None: every board on the line. `lock` is the one lock it names, from 1. `opens` are the locks
    that get current, for `pulse_ms` (None: the board's own time), for ever when `held`, one after the
    other when `in_turn`, after `delay_ms`; `releases` those that lose it. `after_pulse`: the answer comes
    when the last pulse is over. `wrong` is the manual's code for a request that cannot be obeyed.
    """

    what: What
    board: int | None
    data: bytes
    lock: int | None = None
    opens: tuple[int, ...] = ()
    releases: tuple[int, ...] = ()
    pulse_ms: int | None = None
    held: bool = False
    in_turn: bool = False
    delay_ms: int = 0
    after_pulse: bool = False
    wrong: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Inputs:
    """One board as it is when it answers; locks from 1.

    `board` is the number it answers with. `made` are the locks whose contact reads 1, `items` those with
    something behind them, `energised` those with current. `report_head` 0: it says nothing unasked.
    """

    board: int
    locks: int
    made: frozenset[int] = frozenset()
    items: frozenset[int] = frozenset()
    energised: frozenset[int] = frozenset()
    lsb_first: bool = False
    report_head: int = 0


def _says_nothing(_inputs: Inputs, _lock: int) -> bytes:
    return b""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """One language, from the board's side.

    `boards` are the numbers a dial has, `locks` the sizes there are, `usual_locks` the common one.
    `longest` is the longest request in bytes, `pulse_ms` how long the board's own timer lasts.
    """

    name: str
    baud: int
    boards: range
    locks: range
    usual_locks: int
    longest: int
    measure: Callable[[bytes], int]
    """The length of the whole valid request that these bytes begin with, else 0."""
    read: Callable[[bytes], Request]
    answer: Callable[[Request, Inputs], bytes]
    """Empty: there is no answer to this."""
    refuse: Callable[[Request, Inputs], bytes] | None = None
    """A no to an order; None: the language has no word for it."""
    report: Callable[[Inputs, int], bytes] = _says_nothing
    """What the board says unasked when the contact of one lock changed."""
    pulse_ms: int = 500


def bits(locks: frozenset[int]) -> int:
    """Bit 0 is lock 1."""
    return sum(1 << lock - 1 for lock in locks)
