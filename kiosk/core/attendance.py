"""Who of those the hub named is there now, or comes next."""

from dataclasses import dataclass
from typing import Final

from contract.messages import Attendance, SiteCard

MOST_NAMED: Final = 2
"""As many as a screen has room for beside everything else."""
_WEEK_MS: Final = 7 * 86_400_000


@dataclass(frozen=True, slots=True)
class There:
    """`now`: they are there until `until_ms`; else they come at `from_ms`."""

    name: str
    now: bool
    from_ms: int
    until_ms: int


def who_is_there(site: SiteCard | None, now_ms: int | None) -> tuple[There, ...]:
    """Those who are there, who stays longest first; where nobody is, who comes next.

    Nobody where the kiosk's clock is not to be believed, and after two weeks without the hub.
    """
    if site is None or now_ms is None:
        return ()
    here = [one for one in site.attendance if one.from_ms <= now_ms < one.until_ms]
    if here:
        longest: dict[str, Attendance] = {}
        for one in sorted(here, key=lambda one: -one.until_ms):
            longest.setdefault(one.name, one)
        return tuple(_there(one, now=True) for one in list(longest.values())[:MOST_NAMED])
    coming = [one for one in site.attendance if one.from_ms > now_ms]
    return tuple(_there(one, now=False) for one in sorted(coming, key=lambda one: one.from_ms)[:1])


def week_ahead(site: SiteCard | None, now_ms: int | None) -> tuple[Attendance, ...]:
    """Those who are there or come within seven days, in order: what a paper says, which is read later.

    Nobody where the kiosk's clock is not to be believed.
    """
    if site is None or now_ms is None:
        return ()
    ahead = [one for one in site.attendance if one.until_ms > now_ms and one.from_ms < now_ms + _WEEK_MS]
    return tuple(sorted(ahead, key=lambda one: (one.from_ms, one.name)))


def _there(one: Attendance, *, now: bool) -> There:
    return There(one.name, now, one.from_ms, one.until_ms)
