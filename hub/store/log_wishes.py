"""Excerpts of the logs of devices: asked for on a page, sent or dead in seconds, gone after an hour."""

import uuid
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, delete, insert, select, update

from hub.store.tables import log_wishes

KEPT_MS: Final = 3_600_000
_OPEN: Final = ("asked", "sent")


@dataclass(frozen=True)
class LogWish:
    """Somebody would like to read the last lines of a device's log."""

    id: str
    device: str


def wish_log(connection: Connection, device: str, account: str, now_ms: int) -> str:
    """Note the wish; its id. One that is under way stands."""
    under_way = (log_wishes.c.device == device, log_wishes.c.state.in_(_OPEN))
    before = connection.execute(select(log_wishes.c.id).where(*under_way)).scalar()
    if before is not None:
        return str(before)
    wish = uuid.uuid4().hex
    moment = {"state": "asked", "asked_ms": now_ms, "changed_ms": now_ms}
    connection.execute(insert(log_wishes).values(id=wish, device=device, account=account, **moment))
    return wish


def asked(connection: Connection) -> list[LogWish]:
    """Wishes nobody has taken up yet."""
    rows = connection.execute(select(log_wishes).where(log_wishes.c.state == "asked"))
    return [LogWish(row.id, row.device) for row in rows]


def became(
    connection: Connection,
    wish: str,
    state: str,
    now_ms: int,
    *,
    why: str | None = None,
    lines: str | None = None,
) -> None:
    """Set the state of a wish that is still open."""
    open_one = (log_wishes.c.id == wish, log_wishes.c.state.in_(_OPEN))
    values = {"state": state, "why": why, "lines": lines, "changed_ms": now_ms}
    connection.execute(update(log_wishes).where(*open_one).values(**values))


def kill_all(connection: Connection, now_ms: int) -> None:
    """No wish outlives the process that would have sent it."""
    values = {"state": "dead", "why": "restart", "changed_ms": now_ms}
    connection.execute(update(log_wishes).where(log_wishes.c.state.in_(_OPEN)).values(**values))


def forget(connection: Connection, now_ms: int) -> None:
    """Delete what was asked for an hour ago."""
    connection.execute(delete(log_wishes).where(log_wishes.c.asked_ms < now_ms - KEPT_MS))


def latest_of(connection: Connection, device: str, now_ms: int) -> Any | None:
    """What was last asked for of a device within the hour: the table's columns; None for nothing."""
    mine = (log_wishes.c.device == device, log_wishes.c.asked_ms >= now_ms - KEPT_MS)
    query = select(log_wishes).where(*mine).order_by(log_wishes.c.asked_ms.desc()).limit(1)
    return connection.execute(query).one_or_none()
