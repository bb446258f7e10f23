"""Tries of guessing at the pages' doors, counted over restarts: each in its box until its window is over."""

from sqlalchemy import delete, func, insert, select

from hub.store.database import Connection
from hub.store.tables import tries


def tried(connection: Connection, box: str, window_ms: int, now_ms: int) -> tuple[int | None, int]:
    """When the first of those within the window was, and how many they are.

    What a clock that has been set back dates further ahead than a window is not counted.
    """
    mine = (tries.c.box == box, tries.c.at_ms.between(now_ms - window_ms + 1, now_ms + window_ms))
    row = connection.execute(select(func.min(tries.c.at_ms), func.count()).where(*mine)).one()
    return row[0], row[1]


def note_try(connection: Connection, box: str, window_ms: int, now_ms: int) -> None:
    """One more."""
    connection.execute(insert(tries).values(box=box, at_ms=now_ms, until_ms=now_ms + window_ms))


def forget(connection: Connection, now_ms: int) -> None:
    """Let go those that count no more."""
    connection.execute(delete(tries).where(tries.c.until_ms <= now_ms))
