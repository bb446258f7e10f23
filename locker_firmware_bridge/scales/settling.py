"""When readings are a weight: three equal ones in a row, at rest. Pure.

first reading, or one that differs     counts one
the same again                         counts one more, if `spacing_ms` have passed since the last
moving, busy, overload, error          counts nothing, and begins again
longer than `silence_ms` nothing       begins again
less than `least_grams` at rest        goes on waiting: nothing lies on it yet
`patience_ms` without a weight         given up: why, and never a number
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final, Literal

from locker_firmware_bridge.scales.protocols.answers import (
    Answer,
    Busy,
    Fault,
    Load,
    Overload,
    Reading,
    Underload,
    Unit,
    in_grams,
)

EQUAL_READINGS: Final = 3

Reason = Literal["empty", "moving", "busy", "overload", "underload", "fault", "silent"]


_REASONS: Final[Mapping[type[Answer], Reason]] = {
    Busy: "busy",
    Overload: "overload",
    Underload: "underload",
    Fault: "fault",
}


@dataclass(frozen=True, slots=True)
class Rules:
    """How long to wait for what, in milliseconds."""

    patience_ms: int = 20_000
    spacing_ms: int = 150
    """Equal readings closer than this are one: lines that lay in a buffer prove no rest."""
    silence_ms: int = 1500
    least_grams: int | None = None
    """What weighs less is no load; None: an empty scale has a weight too, or less than one."""


@dataclass(frozen=True, slots=True)
class Weight:
    """What the scale showed at rest, to its last digit.

    Not `billable`: only equal readings say that it was at rest, not the scale itself, or the value
    was guessed out of a line of no known protocol. Such a weight may be shown; no price may be made of it.
    """

    value: Decimal
    unit: Unit
    load: Load
    billable: bool


@dataclass(frozen=True, slots=True)
class NotSettled:
    """There is no weight; `why` in words for who stands at the scale."""

    reason: Reason
    why: str


@dataclass(frozen=True, slots=True)
class Silence:
    """The scale cannot be heard at all."""

    why: str


Said = Answer | Silence


@dataclass(frozen=True, slots=True)
class Settling:
    """One attempt at a weight. Times are monotonic milliseconds."""

    rules: Rules
    end_ms: int
    last: Said | None = None
    heard_ms: int = 0
    same: int = 0
    counted_ms: int = 0


USUAL: Final = Rules()


def begin(rules: Rules, now_ms: int) -> Settling:
    """Nothing counts that was heard before."""
    return Settling(rules, now_ms + rules.patience_ms)


def hear(settling: Settling, said: Said, now_ms: int) -> Settling:
    """The scale said something; what it says when time is up changes nothing."""
    if now_ms >= settling.end_ms:
        return settling
    news = replace(settling, last=said, heard_ms=now_ms)
    if not isinstance(said, Reading) or said.stable is False:
        return replace(news, same=0)
    if said != settling.last or _silent(settling, now_ms):
        return replace(news, same=1, counted_ms=now_ms)
    if now_ms - settling.counted_ms < settling.rules.spacing_ms:
        return news
    return replace(news, same=settling.same + 1, counted_ms=now_ms)


def outcome(settling: Settling, now_ms: int) -> Weight | NotSettled | None:
    """A weight; or, when time is up, why there is none; None: not yet."""
    last = settling.last
    if isinstance(last, Reading) and settling.same >= EQUAL_READINGS and _is_load(last, settling.rules):
        return Weight(last.value, last.unit, last.load, billable=last.stable is True and last.trusted)
    return _why_not(settling, now_ms) if now_ms >= settling.end_ms else None


def _is_load(reading: Reading, rules: Rules) -> bool:
    return rules.least_grams is None or in_grams(reading.value, reading.unit) >= rules.least_grams


def _silent(settling: Settling, now_ms: int) -> bool:
    return settling.last is None or now_ms - settling.heard_ms > settling.rules.silence_ms


def _why_not(settling: Settling, now_ms: int) -> NotSettled:
    last = settling.last
    if isinstance(last, Silence):
        return NotSettled("silent", last.why)
    if last is None or _silent(settling, now_ms):
        return NotSettled("silent", "the scale says nothing: check its power, cable and protocol")
    if isinstance(last, Reading) and last.stable is not False and not _is_load(last, settling.rules):
        return NotSettled("empty", "nothing lies on the scale: put the bag on it")
    if isinstance(last, Reading):
        return NotSettled(
            "moving", "the weight does not come to rest: let nothing and nobody touch the scale"
        )
    return NotSettled(_REASONS[type(last)], last.why)
