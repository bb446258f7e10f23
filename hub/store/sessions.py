"""Sessions of the pages: one row each, revocable at once. The cookie's token is kept only as its hash."""

import hashlib
import secrets
from collections.abc import Iterable
from typing import Any, Final

from sqlalchemy import ColumnElement, delete, insert, select, update

from hub.store.accounts import Account, account_of
from hub.store.database import Connection
from hub.store.tables import account_sites, accounts, sessions

LIFE_MS: Final = 30 * 86_400_000
IDLE_MS: Final = 7 * 86_400_000
SEEN_EVERY_MS: Final = 300_000
"""`seen_ms` is written at most this often: reading a page is not a write."""


def start_session(connection: Connection, account: str, now_ms: int, browser: str = "") -> str:
    """Open a session and return its token: 256 random bits, known to the browser only.

    Lapsed sessions are forgotten at the same time, so that they do not pile up.
    """
    connection.execute(delete(sessions).where(sessions.c.expires_ms <= now_ms))
    token = secrets.token_urlsafe(32)
    connection.execute(
        insert(sessions).values(
            token_hash=key_of(token),
            account=account,
            browser=browser,
            created_ms=now_ms,
            seen_ms=now_ms,
            expires_ms=now_ms + LIFE_MS,
        )
    )
    return token


def session_account(connection: Connection, token: str, now_ms: int) -> tuple[Account, bool] | None:
    """Whose session this is, and whether `touch` is due; None when it ended, lapsed or never was."""
    query = (
        select(accounts, sessions.c.seen_ms, account_sites.c.site)
        .join(sessions, sessions.c.account == accounts.c.id)
        .outerjoin(account_sites, account_sites.c.account == accounts.c.id)
        .where(
            sessions.c.token_hash == key_of(token),
            *_holds(now_ms),
            accounts.c.disabled_ms.is_(None),
        )
    )
    rows = connection.execute(query).all()
    if not rows:
        return None
    return account_of(rows[0], (row.site for row in rows)), now_ms - rows[0].seen_ms > SEEN_EVERY_MS


def holding(connection: Connection, keys: Iterable[str], now_ms: int) -> set[tuple[str, int]]:
    """Those of these keys whose sessions still hold, each with since when its account may what it may."""
    query = select(sessions.c.token_hash, accounts.c.rights_ms).join(
        accounts, sessions.c.account == accounts.c.id
    )
    good = (sessions.c.token_hash.in_(keys), *_holds(now_ms), accounts.c.disabled_ms.is_(None))
    return {(row.token_hash, row.rights_ms) for row in connection.execute(query.where(*good))}


def open_sessions(connection: Connection, account: str, now_ms: int) -> list[Any]:
    """Those of an account that somebody may still use, the latest used first."""
    mine = (sessions.c.account == account, *_holds(now_ms))
    return list(connection.execute(select(sessions).where(*mine).order_by(sessions.c.seen_ms.desc())))


def touch_session(connection: Connection, token: str, now_ms: int) -> None:
    """Note that the session is in use."""
    mine = sessions.c.token_hash == key_of(token)
    connection.execute(update(sessions).where(mine).values(seen_ms=now_ms))


def end_session(connection: Connection, token: str, now_ms: int) -> None:
    """Revoke one session."""
    mine = sessions.c.token_hash == key_of(token)
    connection.execute(update(sessions).where(mine).values(revoked_ms=now_ms))


def end_session_of(connection: Connection, account: str, hashed: str, now_ms: int) -> bool:
    """Revoke the session with this hash; False where it is none of that account."""
    mine = (sessions.c.account == account, sessions.c.token_hash == hashed, *_holds(now_ms))
    ended = update(sessions).where(*mine).values(revoked_ms=now_ms).returning(sessions.c.account)
    return connection.execute(ended).first() is not None


def end_all_sessions(connection: Connection, account: str, now_ms: int, but: str = "") -> None:
    """Revoke every session of an account; `but` the one of this token."""
    open_ones = (sessions.c.account == account, sessions.c.revoked_ms.is_(None))
    others = sessions.c.token_hash != key_of(but)
    connection.execute(update(sessions).where(*open_ones, others).values(revoked_ms=now_ms))


def end_everybodys_sessions(connection: Connection, now_ms: int) -> None:
    """Revoke every session there is: everybody signs in again."""
    connection.execute(update(sessions).where(sessions.c.revoked_ms.is_(None)).values(revoked_ms=now_ms))


def key_of(token: str) -> str:
    """Under which key the session of this token is kept: enough to know it again, not to use it."""
    return hashlib.sha256(token.encode()).hexdigest()


def _holds(now_ms: int) -> tuple[ColumnElement[bool], ...]:
    return (
        sessions.c.revoked_ms.is_(None),
        sessions.c.expires_ms > now_ms,
        sessions.c.seen_ms > now_ms - IDLE_MS,
    )
