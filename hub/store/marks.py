"""Who took a thing to do, what was put off, and since when the hub sees each alarm."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.dialects import postgresql, sqlite

from hub.core.duty import News, Seen
from hub.core.marks import Mark, Why, is_taken
from hub.core.things import Thing
from hub.store.bulk import delete_rows, rows_where
from hub.store.database import Connection
from hub.store.tables import attention_marks

_MARK = (
    "key",
    "taken_by",
    "taken_ms",
    "off_by",
    "off_ms",
    "until_ms",
    "why",
    "tone",
    "cause",
    "count",
)


def marks_of(connection: Connection, things: Iterable[Thing]) -> dict[str, Mark]:
    """What people said of these things, by key."""
    rows = rows_where(connection, attention_marks, "key", {thing.key for thing in things})
    return {row["key"]: Mark(**{name: row[name] for name in _MARK}) for row in rows}


def take(connection: Connection, thing: Thing, account: str, now_ms: int) -> str | None:
    """Somebody sees to it. Who took it a moment before keeps it: their account then, and nothing changes."""
    mark = marks_of(connection, [thing]).get(thing.key)
    if mark is not None and is_taken(mark, now_ms) and mark.taken_by not in (None, account):
        return mark.taken_by
    _set(connection, thing, now_ms, taken_by=account, taken_ms=now_ms, until_ms=None)
    return None


def release(connection: Connection, thing: Thing, now_ms: int) -> None:
    """Nobody sees to it any more; whoever is on duty may be called anew."""
    _set(connection, thing, now_ms, taken_by=None, taken_ms=None, first_ms=now_ms)


def put_off(connection: Connection, thing: Thing, account: str, until_ms: int, why: Why, now_ms: int) -> None:
    """It may wait, as it is now."""
    as_it_is = {"tone": thing.tone, "cause": thing.cause, "count": thing.count}
    later = {"off_by": account, "off_ms": now_ms, "until_ms": until_ms, "why": why}
    _set(connection, thing, now_ms, **later, **as_it_is, taken_by=None, taken_ms=None)


def bring_back(connection: Connection, thing: Thing, now_ms: int) -> None:
    """It waits no more."""
    _set(connection, thing, now_ms, until_ms=None)


def _set(connection: Connection, thing: Thing, now_ms: int, **values: Any) -> None:
    _ensure(connection, thing, now_ms)
    mine = attention_marks.c.key == thing.key
    connection.execute(update(attention_marks).where(mine).values(**values, changed_ms=now_ms))


def _ensure(connection: Connection, thing: Thing, now_ms: int) -> None:
    """A row for the thing, whoever makes it first."""
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    fresh = {
        "key": thing.key,
        "site": thing.site,
        "first_ms": now_ms,
        "seen_cause": thing.cause,
        "changed_ms": now_ms,
    }
    connection.execute(insert(attention_marks).values(**fresh).on_conflict_do_nothing())


# --- what the hub itself sees ---------------------------------------------------------------------


def all_seen(connection: Connection) -> dict[str, Seen]:
    """By key, since when each thing stands that is an alarm or bears a mark."""
    columns = (attention_marks.c[name] for name in ("key", "first_ms", "seen_cause", "called_ms"))
    return {
        row.key: Seen(row.first_ms, row.seen_cause, row.called_ms)
        for row in connection.execute(select(*columns))
    }


def see(connection: Connection, news: News, now_ms: int) -> None:
    """Write down alarms that are new or happened again, and forget what is gone."""
    delete_rows(connection, attention_marks, [(key,) for key in news.gone])
    for thing in news.fresh:
        _ensure(connection, thing, now_ms)
    for thing, begins in news.again:
        anew = {"seen_cause": thing.cause} | ({"first_ms": now_ms} if begins else {})
        connection.execute(update(attention_marks).where(attention_marks.c.key == thing.key).values(**anew))


def called(connection: Connection, key: str, now_ms: int) -> None:
    """Somebody is being called for it."""
    mine = attention_marks.c.key == key
    connection.execute(update(attention_marks).where(mine).values(called_ms=now_ms, changed_ms=now_ms))
