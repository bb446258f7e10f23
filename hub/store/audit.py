"""Who did what on the hub. Never a code, a key or a name: only ids."""

from typing import Any

from sqlalchemy import insert, select

from hub.store.database import Connection
from hub.store.tables import audit


def note(
    connection: Connection,
    at_ms: int,
    account: str | None,
    action: str,
    *,
    site: str | None = None,
    subject: str | None = None,
    detail: str = "",
) -> None:
    """Add one line, in the transaction of the deed itself; no account: the hub did it, or a command."""
    connection.execute(
        insert(audit).values(
            at_ms=at_ms, account=account, action=action, site=site, subject=subject, detail=detail[:400]
        )
    )


def notes_about(connection: Connection, subject: str) -> list[Any]:
    """All lines about one subject, oldest first: `at_ms`, `account`, `action`, `detail`."""
    return list(connection.execute(select(audit).where(audit.c.subject == subject).order_by(audit.c.id)))
