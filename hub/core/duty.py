"""Whom an alarm calls that nobody has taken, and when. Pure.

Those who are there are called; where nobody is, whoever leads the site, or asked to be called at any hour.
For what belongs to no site it is those who see all of them and want to be called, as if they led it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from typing import Final

from hub.core.door_alarms import hidden_by
from hub.core.marks import Mark, is_put_off, is_taken
from hub.core.notices import Channel, Send, Slip, awake_ms, best_way, trouble_kinds
from hub.core.presence import Helper, is_there
from hub.core.spans import Span
from hub.core.things import Thing

WAIT_MS: Final = 2 * 60_000
"""So long whoever looks at the page has, before a telephone rings."""
AGAIN_MS: Final = 30 * 60_000
"""As long as it stands and nobody took it, it is told again."""
ALONG_MS: Final = 30_000
"""What is due so soon after something else at the same site is told with it: one message, not two."""
APART_MS: Final = 10 * 60_000
"""What happens again and again, such as a door with a loose contact, is told no more often than that."""


@dataclass(frozen=True)
class Seen:
    """Since when the hub sees a thing, of which cause, and when somebody was last called for it."""

    first_ms: int
    cause: str
    called_ms: int | None = None

    @property
    def was_called(self) -> bool:
        """Whether somebody was, for this cause."""
        return self.called_ms is not None and self.called_ms >= self.first_ms


@dataclass(frozen=True)
class News:
    """What came since one last looked: keys of what is gone, alarms that are new, and what happened again."""

    gone: tuple[str, ...]
    fresh: tuple[Thing, ...]
    again: tuple[tuple[Thing, bool], ...]
    """Each with whether somebody was called for the last time already: then its waiting begins anew."""

    def __bool__(self) -> bool:
        """Whether there is anything to write down."""
        return bool(self.gone or self.fresh or self.again)


def news(things: Iterable[Thing], seen: Mapping[str, Seen]) -> News:
    """Compare how things stand with what was `seen`, by key.

    Where a board is silent nobody sees its doors: what was wrong with them is not over.
    """
    standing = {thing.key: thing for thing in things}
    hidden = {key for thing in standing.values() if thing.kind == "silent" for key in hidden_by(thing)}
    return News(
        tuple(key for key in seen if key not in standing and key not in hidden),
        tuple(one for key, one in standing.items() if is_urgent(one) and key not in seen),
        tuple(
            (one, seen[key].was_called)
            for key, one in standing.items()
            if key in seen and seen[key].cause != one.cause
        ),
    )


def is_urgent(thing: Thing) -> bool:
    """Whether it may call somebody."""
    return thing.tone == "alarm"


def due(
    things: Sequence[Thing], marks: Mapping[str, Mark], seen: Mapping[str, Seen], now_ms: int
) -> list[Thing]:
    """For what somebody is to be called now, and what goes along with it, in the order of `things`."""

    def is_so(thing: Thing, by_ms: int) -> bool:
        known = seen.get(thing.key)
        return known is not None and is_due(thing, marks.get(thing.key), known, now_ms, by_ms)

    sites = {thing.site for thing in things if is_so(thing, 0)}
    return [thing for thing in things if thing.site in sites and is_so(thing, ALONG_MS)]


def is_due(thing: Thing, mark: Mark | None, seen: Seen, now_ms: int, by_ms: int = 0) -> bool:
    """Whether somebody is to be called for it now: once a cause, and again after a while.

    `by_ms`: whether that is so, or will be in so long.
    """
    if not is_urgent(thing) or is_taken(mark, now_ms) or is_put_off(thing, mark, now_ms):
        return False
    then_ms = now_ms + by_ms
    if then_ms - seen.first_ms < WAIT_MS:
        return False
    apart_ms = AGAIN_MS if seen.was_called else APART_MS
    return seen.called_ms is None or then_ms - seen.called_ms >= apart_ms


def to_call(helpers: Iterable[Helper], now_ms: int, zone: tzinfo, closed: Sequence[Span]) -> list[Helper]:
    """Whom to call now; nobody outside their hours unless they asked for it.

    Who leads a site and has no hours there of their own is called between morning and evening.
    """
    reached = [one for one in helpers if one.phone or one.email]
    there = [one for one in reached if is_there(one, now_ms, zone, closed)]
    return there or [one for one in reached if one.any_hour or _leads_now(one, now_ms, zone)]


def sound_ways(things: Iterable[Thing], ways: frozenset[Channel]) -> frozenset[Channel]:
    """Those of the `ways` of which no thing says that nothing leaves by them."""
    kinds = {thing.kind for thing in things}
    return frozenset(way for way in ways if kinds.isdisjoint(trouble_kinds(way)))


def way_to(
    phone: str | None, email: str | None, sound: frozenset[Channel], ways: frozenset[Channel]
) -> Send | Slip:
    """How to call somebody: by a way that is sound, else by any there is."""
    found = best_way(phone, email, sound)
    return found if isinstance(found, Send) else best_way(phone, email, ways)


def _leads_now(helper: Helper, now_ms: int, zone: tzinfo) -> bool:
    return helper.lead and not helper.lines and awake_ms(now_ms, zone) == now_ms
