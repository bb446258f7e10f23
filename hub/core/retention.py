"""How long what is kept, as one table, and what is due by it. Pure: moments come in, moments go out.

Every period is in days and begins when the matter ended: a parcel when it left, a message when it was last
touched, a person when they were taken off the list, or when their last parcel left.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Final

from msgspec import Meta, Struct, field

_DAY_MS: Final = 86_400_000
JOURNAL_DAYS: Final = 35
"""Facts of a site without a network are this late at most (contract.journal): nothing ends before."""

Days = Annotated[int, Meta(ge=JOURNAL_DAYS, le=3650)]
DaysOrNever = Annotated[int, Meta(ge=0, le=3650)]


class SiteRetention(Struct, frozen=True, forbid_unknown_fields=True):
    """What one site keeps people for, where it is not what the others do."""

    removed_people_days: Days | None = None
    idle_people_days: DaysOrNever | None = None


class Retention(Struct, frozen=True, forbid_unknown_fields=True):
    """`[retention]` of hub.toml, in days. 0 for `idle_people_days`: nobody is erased for being idle."""

    traces_days: Days = 90
    items_days: Days = 395
    messages_days: Days = 90
    audit_days: Days = 395
    sessions_days: Days = 90
    team_days: Days = 395
    removed_people_days: Days = 90
    idle_people_days: DaysOrNever = 1095
    sites: dict[str, SiteRetention] = field(default_factory=dict)


@dataclass(frozen=True)
class Before:
    """Moments: what ended before them is due."""

    traces_ms: int
    items_ms: int
    messages_ms: int
    audit_ms: int
    sessions_ms: int
    team_ms: int


def before(policy: Retention, now_ms: int) -> Before:
    """What is due now."""
    return Before(
        traces_ms=now_ms - policy.traces_days * _DAY_MS,
        items_ms=now_ms - policy.items_days * _DAY_MS,
        messages_ms=now_ms - policy.messages_days * _DAY_MS,
        audit_ms=now_ms - policy.audit_days * _DAY_MS,
        sessions_ms=now_ms - policy.sessions_days * _DAY_MS,
        team_ms=now_ms - policy.team_days * _DAY_MS,
    )


@dataclass(frozen=True)
class Known:
    """Since when a site knows somebody, when their last parcel left, when they were taken off the list."""

    site: str
    created_ms: int
    last_ms: int | None
    removed_ms: int | None


def person_is_due(policy: Retention, known: Known, now_ms: int) -> bool:
    """Whether somebody is to be erased, provided that nothing of theirs is at the site."""
    own = policy.sites.get(known.site, SiteRetention())
    removed, idle = own.removed_people_days, own.idle_people_days
    removed = policy.removed_people_days if removed is None else removed
    idle = policy.idle_people_days if idle is None else idle
    if known.removed_ms is not None and known.removed_ms < now_ms - removed * _DAY_MS:
        return True
    latest_ms = max(known.created_ms, known.last_ms or 0)
    return idle > 0 and latest_ms < now_ms - idle * _DAY_MS


def contradictions(policy: Retention) -> Iterator[tuple[tuple[str, ...], str, str]]:
    """What no single value tells: where it stands, what is wrong, what to write."""
    for name in ("traces_days", "messages_days"):
        if getattr(policy, name) > policy.items_days:
            yield (name,), "it outlives the parcels it is about", "Write at most items_days"
    idle: list[tuple[tuple[str, ...], int]] = [(("idle_people_days",), policy.idle_people_days)]
    idle += [
        (("sites", name, "idle_people_days"), site.idle_people_days)
        for name, site in policy.sites.items()
        if site.idle_people_days is not None
    ]
    for path, days in idle:
        if 0 < days < policy.items_days:
            yield path, "people would go before their parcels' story", "Write 0, or at least items_days"
