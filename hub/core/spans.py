"""Stretches of time and what is left when they meet. Moments are milliseconds since 1970 UTC.

Every function takes stretches in any order, overlapping or empty, and gives them apart, in order.
"""

from collections.abc import Iterable
from typing import Final

Span = tuple[int, int]
"""From the first moment up to (not including) the second."""
Spans = tuple[Span, ...]

NEVER: Final = 2**53
"""Later than any moment."""


def joined(spans: Iterable[Span]) -> Spans:
    """Together, as few as say the same; what has no length is none."""
    apart: list[Span] = []
    for begin, end in sorted(span for span in spans if span[0] < span[1]):
        if apart and begin <= apart[-1][1]:
            apart[-1] = (apart[-1][0], max(apart[-1][1], end))
        else:
            apart.append((begin, end))
    return tuple(apart)


def both(one: Iterable[Span], other: Iterable[Span]) -> Spans:
    """Where both hold."""
    left, right = list(joined(one)), list(joined(other))
    common: list[Span] = []
    while left and right:
        common.append((max(left[0][0], right[0][0]), min(left[0][1], right[0][1])))
        (left if left[0][1] <= right[0][1] else right).pop(0)
    return joined(common)


def without(spans: Iterable[Span], taken: Iterable[Span]) -> Spans:
    """Where the first holds and the second does not."""
    gaps: list[Span] = []
    begin = -NEVER
    for start, end in joined(taken):
        gaps.append((begin, start))
        begin = end
    return both(spans, [*gaps, (begin, NEVER)])


def total(spans: Iterable[Span]) -> int:
    """How long, in milliseconds."""
    return sum(end - begin for begin, end in joined(spans))
