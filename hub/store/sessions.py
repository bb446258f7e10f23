"""Sessions of the pages: one row each, revocable at once. The cookie's token is kept only as its hash."""

import hashlib
import secrets
from collections.abc import Iterable
from typing import Final

from sqlalchemy import ColumnElement, delete, insert, select, update

from hub.store.accounts import Account
from hub.store.database import Connection
from hub.store.tables import accounts, sessions

LIFE_MS: Final = 30 * 86_400_000
IDLE_MS: Final = 7 * 86_400_000
SEEN_EVERY_MS: Final = 300_000
"""`seen_ms` is written at most this often: reading a page is not a write."""


def start_session(connection: Connection, account: str, now_ms: int) -> str:
    """Open a session and return its token: 256 random bits, known to the browser only.

    Lapsed sessions are forgotten at the same time, so that they do not pile up.
    """
    connection.execute(delete(sessions).where(sessions.c.expires_ms <= now_ms))
    token = secrets.token_urlsafe(32)
    connection.execute(
        insert(sessions).values(
            token_hash=key_of(token),
            account=account,
            created_ms=now_ms,
            seen_ms=now_ms,
            expires_ms=now_ms + LIFE_MS,
        )
    )
    return token


def session_account(connection: Connection, token: str, now_ms: int) -> tuple[Account, bool] | None:
    """Whose session this is, and whether `touch` is due; None when it ended, lapsed or never was."""
    query = (
        select(accounts, sessions.c.seen_ms)
        .join(sessions, sessions.c.account == accounts.c.id)
        .where(sessions.c.token_hash == key_of(token), *_holds(now_ms))
    )
    row = connection.execute(query).one_or_none()
    if row is None:
        return None
    return Account(row.id, row.name, row.role, row.language), now_ms - row.seen_ms > SEEN_EVERY_MS


def holding(connection: Connection, keys: Iterable[str], now_ms: int) -> set[str]:
    """Those of these keys whose sessions still hold."""
    query = select(sessions.c.token_hash).join(accounts, sessions.c.account == accounts.c.id)
    query = query.where(sessions.c.token_hash.in_(keys), *_holds(now_ms))
    return set(connection.execute(query).scalars())


def _holds(now_ms: int) -> tuple[ColumnElement[bool], ...]:
    return (
        sessions.c.revoked_ms.is_(None),
        sessions.c.expires_ms > now_ms,
        sessions.c.seen_ms > now_ms - IDLE_MS,
        accounts.c.disabled_ms.is_(None),
    )


def touch_session(connection: Connection, token: str, now_ms: int) -> None:
    """Note that the session is in use."""
    connection.execute(update(sessions).where(sessions.c.token_hash == key_of(token)).values(seen_ms=now_ms))


def end_session(connection: Connection, token: str, now_ms: int) -> None:
    """Revoke one session."""
    mine = sessions.c.token_hash == key_of(token)
    connection.execute(update(sessions).where(mine).values(revoked_ms=now_ms))


def end_all_sessions(connection: Connection, account: str, now_ms: int) -> None:
    """Revoke every session of an account."""
    open_ones = (sessions.c.account == account, sessions.c.revoked_ms.is_(None))
    connection.execute(update(sessions).where(*open_ones).values(revoked_ms=now_ms))


def end_everybodys_sessions(connection: Connection, now_ms: int) -> None:
    """Revoke every session there is: everybody signs in again."""
    connection.execute(update(sessions).where(sessions.c.revoked_ms.is_(None)).values(revoked_ms=now_ms))


def key_of(token: str) -> str:
    """Under which key the session of this token is kept."""
    return hashlib.sha256(token.encode()).hexdigest()
