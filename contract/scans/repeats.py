"""The same code twice within two seconds is one: a scanner held still reads again and again."""

from dataclasses import dataclass
from typing import Final

WITHIN_MS: Final = 2_000
MOST: Final = 64
"""Codes remembered; beyond it the oldest is forgotten, and would count again."""


@dataclass(frozen=True, slots=True)
class Repeats:
    """What was read lately, and when, in monotonic milliseconds; the oldest first."""

    seen: tuple[tuple[str, int], ...] = ()


def heard(repeats: Repeats, data: str, now_ms: int) -> tuple[bool, Repeats]:
    """Whether this counts, and what to remember. The two seconds run from the reading that counted."""
    recent = tuple(one for one in repeats.seen if now_ms - one[1] < WITHIN_MS)
    if any(known == data for known, _ in recent):
        return False, Repeats(recent)
    return True, Repeats((*recent, (data, now_ms))[-MOST:])
