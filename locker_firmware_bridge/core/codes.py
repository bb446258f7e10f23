"""Codes at the keypad and the scanner: which pickup or mandate they are of, and how wrong ones slow down.

The work is the same whatever is wrong, and a wrong code says nothing but "no". Nobody is locked out:
beyond the budget each further wrong try makes the next wait longer, to ten minutes at most, and QR
codes, which cannot be guessed, do not count (docs/adr/0004-pickup-codes.md).
"""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from msgspec.structs import replace

from contract import pickup_code
from locker_firmware_bridge.core.records import Budget, Pickup

WRONG_PER_DAY: Final = 13
"""At full speed, over all keypads of a site.

What is typed names one pickup, by its ticket, or one mandate, by its number, and is held against that
alone, in two generations: right with 2e-6. So 13 * 365 * 2e-6 = 0.0095 doors a year, less than one in a
hundred years (I16), and mandates, however many, add nothing to it.
"""
FIRST_WAIT_MS: Final = 15_000
LONGEST_WAIT_MS: Final = 600_000
SCAN_EVERY_MS: Final = 1_000
"""Wrong QR codes and badges are noted at most so often: a flood of scans must not fill the disk."""
_LEVELS_BEYOND: Final = 7
"""The bucket stops here: more wrong tries do not lengthen the way back to full speed."""
_DAY_MS: Final = 86_400_000


@dataclass(frozen=True, slots=True)
class Key:
    """What a code may be for: a pickup by its ticket, or a mandate by its number; `owner` is its id."""

    owner: str
    number: int
    generation: int
    is_proxy: bool = False


@dataclass(frozen=True, slots=True)
class Match:
    """A code is right: for this pickup or mandate, in this generation (its own or the next)."""

    key: Key
    generation: int


_NOBODY: Final = Key(owner="0" * 32, number=0, generation=1)


def of_pickup(pickup: Pickup) -> Key:
    """The key of all that waits for one person."""
    return Key(pickup.pickup, pickup.ticket, pickup.generation)


def recognise_digits(site_key: bytes, keys: Iterable[Key], digits: str) -> Match | None:
    """The key these typed digits fit; two proofs are computed and compared in any case."""
    try:
        typed = pickup_code.split_typed(digits)
    except pickup_code.CodeFormatError:
        typed = pickup_code.Typed(0, "-" * pickup_code.TYPED_DIGITS)
    found = _NOBODY
    for key in keys:
        if (key.number, key.is_proxy) == (typed.ticket, typed.is_proxy):
            found = key
    right = _generations(site_key, found, typed.proof, pickup_code.proof)
    return None if found is _NOBODY else right


def recognise_token(site_key: bytes, keys: Iterable[Key], token: str) -> Match | None:
    """The key this QR fits; all are tried, whichever is right."""
    given = token if pickup_code.is_token(token) else "-"
    right = None
    for key in keys:
        right = _generations(site_key, key, given, pickup_code.token) or right
    return right


def _generations(
    site_key: bytes, key: Key, given: str, made: Callable[[bytes, str, int], str]
) -> Match | None:
    right = None
    for generation in (key.generation + 1, key.generation):
        if pickup_code.matches(given, made(site_key, key.owner, generation)):
            right = Match(key, generation)
    return right


# --- the budget of wrong tries -----------------------------------------------------------------


def drained(budget: Budget, now_ms: int) -> Budget:
    """The budget now: what drained since is given back."""
    given_back = (now_ms - budget.at_ms) * WRONG_PER_DAY / _DAY_MS
    return replace(budget, level=max(0.0, budget.level - given_back), at_ms=now_ms)


def wait_seconds(budget: Budget, now_ms: int) -> int:
    """How long until the next try is looked at, rounded up."""
    return max(0, math.ceil((budget.until_ms - now_ms) / 1000))


def wrong(budget: Budget, now_ms: int) -> Budget:
    """After one more wrong try."""
    level = min(drained(budget, now_ms).level + 1, WRONG_PER_DAY + _LEVELS_BEYOND)
    beyond = math.ceil(level - WRONG_PER_DAY)
    wait_ms = min(FIRST_WAIT_MS * 2 ** (beyond - 1), LONGEST_WAIT_MS) if beyond > 0 else 0
    return Budget(level=level, at_ms=now_ms, until_ms=now_ms + wait_ms)


def after_reboot(budget: Budget, now_ms: int) -> Budget:
    """The time the machine was off gives nothing back, and a wait begins anew."""
    waiting_ms = max(0, budget.until_ms - budget.at_ms)
    return Budget(level=budget.level, at_ms=now_ms, until_ms=now_ms + waiting_ms)
