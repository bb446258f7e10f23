"""A site's hours, closures, and how many days it keeps things."""

from collections.abc import Iterable, Mapping
from typing import Any

from msgspec import structs
from sqlalchemy import delete, func, insert, select, update

from contract.ids import fresh_id
from contract.messages import SiteCard
from hub.core import documents
from hub.core.deadlines import DAYS
from hub.core.opening import Closure, Hours, Opening, OpeningError, Why, overlapping
from hub.core.spans import Span
from hub.store.bulk import upsert_rows
from hub.store.database import Connection
from hub.store.feed import TOMBSTONE_DAYS, document, write_changes
from hub.store.tables import calendars, closures, keeping_days, opening_hours

MOST_CLOSURES = 200


# --- hours ---------------------------------------------------------------------------------------


def hours_of(connection: Connection, site: str) -> list[Hours]:
    """Every version of a site's hours, the present one last; empty where nobody ever said."""
    stretches: dict[int, list[Opening]] = {}
    for row in connection.execute(select(opening_hours).where(opening_hours.c.site == site)):
        opening = Opening(row.weekday, row.opens_min, row.closes_min)
        stretches.setdefault(row.since_ms, []).append(opening)
    versions = select(calendars).where(calendars.c.site == site).order_by(calendars.c.since_ms)
    return [
        Hours(row.since_ms, row.always, tuple(sorted(stretches.get(row.since_ms, []))))
        for row in connection.execute(versions)
    ]


def set_hours(
    connection: Connection, site: str, weekly: Iterable[Opening], now_ms: int, *, always: bool = False
) -> None:
    """From now on these hours hold. What was before stays as it was, for the days that are over."""
    latest = select(func.max(calendars.c.since_ms)).where(calendars.c.site == site)
    since_ms = max(now_ms, connection.execute(latest).scalar() or 0)
    same = (opening_hours.c.site == site, opening_hours.c.since_ms == since_ms)
    connection.execute(delete(opening_hours).where(*same))
    upsert_rows(connection, calendars, [{"site": site, "since_ms": since_ms, "always": always}])
    rows = [
        {
            "site": site,
            "since_ms": since_ms,
            "weekday": one.weekday,
            "opens_min": one.opens_min,
            "closes_min": one.closes_min,
        }
        for one in weekly
    ]
    upsert_rows(connection, opening_hours, rows)
    tell_days(connection, site, now_ms)


# --- closures ------------------------------------------------------------------------------------


def closures_of(connection: Connection, site: str, since_ms: int) -> list[Closure]:
    """The closures of a site that end after `since_ms`, in order."""
    query = (
        select(closures)
        .where(closures.c.site == site, closures.c.until_ms > since_ms)
        .order_by(closures.c.from_ms, closures.c.id)
    )
    return [_closure(row) for row in connection.execute(query)]


def add_closure(connection: Connection, site: str, span: Span, why: Why, text: str, now_ms: int) -> str:
    """Close a site for that stretch and tell its kiosks; the closure's id.

    Raises OpeningError where there is a closure then already.
    """
    known = closures_of(connection, site, min(span[0], now_ms))
    if overlapping(span, known):
        raise OpeningError("overlaps", "from_day")
    if len(known) >= MOST_CLOSURES:
        raise OpeningError("too_many", "from_day")
    closure = Closure(fresh_id(now_ms), span[0], span[1], why, text)
    row = {"id": closure.id, "site": site, "from_ms": span[0], "until_ms": span[1], "why": why, "text": text}
    connection.execute(insert(closures).values(created_ms=now_ms, **row))
    write_changes(connection, site, documents.closure(closure, now_ms), now_ms)
    return closure.id


def end_closure(connection: Connection, site: str, closure: str, now_ms: int) -> bool:
    """Take a closure back: one to come was never there, one that runs ends now. False for any other."""
    mine = (closures.c.id == closure, closures.c.site == site)
    to_come = delete(closures).where(*mine, closures.c.from_ms >= now_ms)
    running = update(closures).where(*mine, closures.c.from_ms < now_ms, closures.c.until_ms > now_ms)
    done = (to_come.returning(closures.c.id), running.values(until_ms=now_ms).returning(closures.c.id))
    if not any(connection.execute(each).first() is not None for each in done):
        return False
    write_changes(connection, site, documents.closure_over(closure), now_ms)
    return True


def forget_past_closures(connection: Connection, site: str, now_ms: int) -> None:
    """Tell kiosks no more of closures that have ended. For the count of days they stay."""
    ended = closures_of(connection, site, now_ms - TOMBSTONE_DAYS * 86_400_000)
    changes = [change for one in ended if one.until_ms <= now_ms for change in documents.closure(one, now_ms)]
    write_changes(connection, site, changes, now_ms)


def _closure(row: Any) -> Closure:
    return Closure(row.id, row.from_ms, row.until_ms, row.why, row.text)


# --- days ----------------------------------------------------------------------------------------


def days_kept(connection: Connection, site: str) -> dict[str, int]:
    """How many days each kind is kept now."""
    versions = days_versions(connection, site)
    return {kind: versions[kind][-1][1] if kind in versions else days for kind, days in DAYS.items()}


def days_run(connection: Connection, site: str) -> bool:
    """Whether any day can count at all: where nobody wrote when it is open, things are kept for ever."""
    versions = hours_of(connection, site)
    return bool(versions) and (versions[-1].always or bool(versions[-1].weekly))


def parcel_days(connection: Connection, site: str) -> int | None:
    """How many days a parcel that comes now is kept; None where no day counts."""
    return days_kept(connection, site)["parcel"] if days_run(connection, site) else None


def set_days(connection: Connection, site: str, days: Mapping[str, int], now_ms: int) -> None:
    """From now on each kind is kept so long. What lies there keeps what it was promised, or gets more."""
    before = days_kept(connection, site)
    rows = [
        {"site": site, "kind": kind, "since_ms": now_ms, "days": many}
        for kind, many in days.items()
        if before[kind] != many
    ]
    upsert_rows(connection, keeping_days, rows)
    tell_days(connection, site, now_ms)


def tell_days(connection: Connection, site: str, now_ms: int) -> None:
    """Have the card of the kiosks say how many days a parcel is kept, which they print on its ticket."""
    card, days = document(connection, site, "kiosk", "site"), parcel_days(connection, site)
    if isinstance(card, SiteCard) and card.parcel_days != days:
        told = structs.replace(card, parcel_days=days)
        write_changes(connection, site, [("kiosk", "site", told)], now_ms)


def days_versions(connection: Connection, site: str) -> dict[str, list[tuple[int, int]]]:
    """By kind, since when and how many days, oldest first."""
    found: dict[str, list[tuple[int, int]]] = {}
    query = select(keeping_days).where(keeping_days.c.site == site).order_by(keeping_days.c.since_ms)
    for row in connection.execute(query):
        found.setdefault(row.kind, []).append((row.since_ms, row.days))
    return found
