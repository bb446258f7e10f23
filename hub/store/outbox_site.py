"""Everybody of a site at once: who waits to be told, and have it leave now."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import tzinfo
from typing import Any

from sqlalchemy import and_, func, select, update

from hub.core.notices import APART_MS, Channel, Send, awake_ms, best_way
from hub.store.database import Connection
from hub.store.outbox import untold
from hub.store.tables import items, outbox, people


@dataclass(frozen=True)
class Outlook:
    """How many people of a site are to be told: by a message that waits for more to come (`waiting`), by one
    that leaves at `at_ms` (now, but in the quiet hours), and by a slip to be printed and given (`slips`).
    """

    waiting: int
    leaving: int
    slips: int
    at_ms: int
    is_night: bool


def outlook(
    connection: Connection, site: str, ways: frozenset[Channel], now_ms: int, zone: tzinfo
) -> Outlook:
    """Who is not told yet, and how they will be."""
    rows = _waiting(connection, site)
    written = [row for row in rows if isinstance(best_way(row.phone, row.email, ways), Send)]
    paper = [row for row in rows if row not in written and row.printed_ms is None]
    slips = len(paper) + sum(not one.spoken for one in untold(connection, site))
    at_ms = awake_ms(now_ms, zone)
    waiting = sum(now_ms < row.next_ms <= now_ms + APART_MS for row in written)
    return Outlook(waiting, len(written) - waiting, slips, at_ms, at_ms > now_ms)


def tell_all(
    connection: Connection, site: str, ways: frozenset[Channel], now_ms: int, zone: tzinfo
) -> Outlook:
    """Have all that waits leave now, or after the night; what can only be paper is paper at once."""
    told = outlook(connection, site, ways, now_ms, zone)
    for row in _waiting(connection, site):
        if isinstance(best_way(row.phone, row.email, ways), Send):
            apart_ms = (row.last_ms or 0) + APART_MS
            change = {"next_ms": min(row.next_ms, max(now_ms, apart_ms))}
        else:
            made = row.printed_ms is not None
            change = {"next_ms": None, "channel": "slip"} | (
                {"state": "handed", "sent_ms": now_ms} if made else {}
            )
        same = (outbox.c.id == row.id, outbox.c.state == "waiting", outbox.c.tries == 0)
        connection.execute(update(outbox).where(*same).values(changed_ms=now_ms, **change))
    return told


def _waiting(connection: Connection, site: str) -> Sequence[Any]:
    """Messages never tried about what lies there, with `phone`, `email`, and `last_ms` when one left."""
    earlier = outbox.alias("earlier")
    last = select(func.max(earlier.c.sent_ms)).where(
        earlier.c.pickup == outbox.c.pickup, earlier.c.kind == "ready", earlier.c.state == "sent"
    )
    listed = and_(
        people.c.id == outbox.c.person, people.c.site == outbox.c.site, people.c.removed_ms.is_(None)
    )
    lies = select(items.c.id).where(items.c.pickup == outbox.c.pickup, items.c.site == outbox.c.site)
    lies = lies.where(items.c.state == "waiting", items.c.ended_ms.is_(None))
    query = (
        select(outbox, people.c.phone, people.c.email, last.scalar_subquery().label("last_ms"))
        .outerjoin(people, listed)
        .where(outbox.c.site == site, outbox.c.kind == "ready", outbox.c.state == "waiting")
        .where(outbox.c.next_ms.is_not(None), outbox.c.tries == 0, lies.exists())
    )
    return connection.execute(query).all()
