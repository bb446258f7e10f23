"""The hub's timeline: a new one whenever the database may have gone back in time (design.md section 5).

`hub restore` begins one by itself. For a copy put back by hand there is a witness: a small file beside the
database that says how far it was. A database that is behind its witness went back.
"""

import json
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from sqlalchemy import Connection, func, insert, select

from hub.store.ledger import last_position
from hub.store.mandates import void_all_codes
from hub.store.tables import feed_heads, timelines


def current(connection: Connection) -> str:
    """The present timeline. Raises NoResultFound before `begin`."""
    newest = select(timelines.c.timeline).order_by(timelines.c.number.desc()).limit(1)
    return str(connection.execute(newest).scalar_one())


def present(connection: Connection) -> str:
    """The present timeline; empty before any was begun."""
    newest = select(timelines.c.timeline).order_by(timelines.c.number.desc()).limit(1)
    return connection.execute(newest).scalar_one_or_none() or ""


def begin(connection: Connection, why: Literal["first", "restore", "went_back"], now_ms: int) -> str:
    """Start a new timeline: its number and something random, so that no two hubs ever share one.

    Mandates that were taken back since the past that came back must not open anything again (I10).
    """
    number = (connection.execute(select(func.max(timelines.c.number))).scalar_one() or 0) + 1
    name = f"{number}-{secrets.token_hex(8)}"
    connection.execute(insert(timelines).values(number=number, timeline=name, since_ms=now_ms, why=why))
    void_all_codes(connection, now_ms)
    return name


def resume(connection: Connection, witness: "Witness", now_ms: int) -> str:
    """The timeline to go on with: the present one, or a new one if there is none or the past came back."""
    if connection.execute(select(func.count()).select_from(timelines)).scalar_one() == 0:
        return begin(connection, "first", now_ms)
    if witness.is_ahead_of(connection):
        return begin(connection, "went_back", now_ms)
    return current(connection)


@dataclass(frozen=True)
class Reach:
    """How far a database is."""

    timeline: str
    position: int
    feed: int


def reach(connection: Connection) -> Reach:
    """How far the database is now."""
    versions = connection.execute(select(func.sum(feed_heads.c.version))).scalar_one() or 0
    return Reach(current(connection), last_position(connection), int(versions))


class Witness:
    """The file that remembers how far the database was."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._written: Reach | None = None

    def is_ahead_of(self, connection: Connection) -> bool:
        """Whether the database is of another timeline, or behind what was seen of it."""
        try:
            seen = Reach(**json.loads(self._path.read_text()))
            now = reach(connection)
            return seen.timeline != now.timeline or seen.position > now.position or seen.feed > now.feed
        except (OSError, ValueError, TypeError):
            return False  # no witness: a first start, or a disk that lost it

    def note(self, connection: Connection) -> None:
        """Remember how far the database is; writes only when that changed."""
        now = reach(connection)
        if now != self._written:
            fresh = self._path.with_name(self._path.name + ".new")
            fresh.write_text(json.dumps(asdict(now)))
            fresh.replace(self._path)
            self._written = now
