"""What is counted for whoever watches the hub from afar: each figure from an index, none of any person."""

from dataclasses import dataclass
from typing import Final

from sqlalchemy import case, func, select, text

from hub.core.attention import Tone
from hub.core.fleet import Standing
from hub.store.database import Connection, size_bytes
from hub.store.fleet import standings
from hub.store.standing import things_now
from hub.store.tables import alarms, doors, ledger, outbox

LOSSES: Final = ("hole", "range_gone", "went_back", "chain_broken", "corrupt")
_DAY_MS: Final = 86_400_000


@dataclass(frozen=True)
class Measures:
    """`doors`: how many of a site are in a state; an alarm, or a silent board, is one before its sensor's."""

    facts: int
    quarantined: int
    losses: int
    messages_waiting: int
    messages_failed_last_day: int
    database_bytes: int
    doors: dict[tuple[str, str], int]
    things: dict[Tone, int]
    devices: list[Standing]


def measures(connection: Connection, now_ms: int) -> Measures:
    """All of it, at one moment."""
    things = things_now(connection, now_ms)
    tones: tuple[Tone, ...] = ("alarm", "warn", "info")
    return Measures(
        **history(connection, now_ms),
        database_bytes=size_bytes(connection),
        doors=_doors(connection),
        things={tone: sum(thing.tone == tone for thing in things) for tone in tones},
        devices=standings(connection),
    )


def history(connection: Connection, now_ms: int) -> dict[str, int]:
    """What is counted among all that ever came, without going through it."""
    failed = (outbox.c.changed_ms >= now_ms - _DAY_MS, outbox.c.state == "failed")
    queries = {
        # No row of the ledger ever goes: the last number is how many there are.
        "facts": select(func.max(ledger.c.position)),
        "quarantined": select(func.count()).where(ledger.c.quarantine.is_not(None)),
        "losses": select(func.count()).where(alarms.c.kind.in_(LOSSES)),
        # Word for word as the index says it, which a bound value would not be.
        "messages_waiting": select(func.count()).select_from(outbox).where(text("state = 'waiting'")),
        "messages_failed_last_day": select(func.count()).where(*failed),
    }
    return {name: connection.execute(query).scalar() or 0 for name, query in queries.items()}


def _doors(connection: Connection) -> dict[tuple[str, str], int]:
    state = case(
        (doors.c.alarm.is_not(None), doors.c.alarm),
        (doors.c.silent, "silent"),
        else_=doors.c.state,
    ).label("seen")
    query = (
        select(doors.c.site, state, func.count().label("number"))
        .where(doors.c.declared, doors.c.kind == "lock")
        .group_by(doors.c.site, state)
    )
    return {(row.site, row.seen): row.number for row in connection.execute(query)}
