"""Tokens of programs: 256 random bits, told once and kept as a digest only, with scopes, sites and an end."""

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, or_, select, update

from contract.ids import fresh_id
from hub.core.rights import Scope as Sites
from hub.core.rights import both, sees
from hub.core.scopes import Scope, column, scopes_of, still_good
from hub.store.accounts import account_by_id
from hub.store.tables import api_tokens

PREFIX: Final = "conciergerie_"
"""So that one found where it should not be is known for what it is."""
USED_EVERY_MS: Final = 300_000
"""`used_ms` is written at most this often."""
MOST_TOKENS: Final = 100
_REMEMBERED_MS: Final = 30 * 86_400_000


@dataclass(frozen=True)
class Token:
    """A program that may ask: what of, and where. Never more than the account that gave it may now."""

    id: str
    scopes: frozenset[Scope]
    sites: Sites

    def may_see(self, site: str) -> bool:
        """Whether this site is one of its own."""
        return sees(self.sites, site)


def make_token(
    connection: Connection,
    name: str,
    scopes: frozenset[Scope],
    sites: Iterable[str],
    expires_ms: int,
    account: str,
    now_ms: int,
) -> tuple[str, str]:
    """A new token: its id, and what is told once."""
    token, said = fresh_id(now_ms), PREFIX + secrets.token_urlsafe(32)
    connection.execute(
        api_tokens.insert().values(
            id=token,
            name=name,
            token_hash=digest(said),
            scopes=column(scopes),
            sites=",".join(sorted(sites)),
            created_ms=now_ms,
            created_by=account,
            expires_ms=expires_ms,
        )
    )
    return token, said


def token_of(connection: Connection, said: str, now_ms: int) -> tuple[Token, bool] | None:
    """Whose this is, and whether `used` is due; None where it ended, was revoked or never was, or its giver
    is gone.
    """
    good = (api_tokens.c.revoked_ms.is_(None), api_tokens.c.expires_ms > now_ms)
    query = select(api_tokens).where(api_tokens.c.token_hash == digest(said), *good)
    row = connection.execute(query).one_or_none()
    if row is None:
        return None
    giver = account_by_id(connection, row.created_by)
    if giver is None:
        return None
    scopes = still_good(scopes_of(row.scopes), giver.role)
    token = Token(row.id, scopes, both(sites_of(row.sites), giver.sites))
    return token, now_ms - (row.used_ms or 0) > USED_EVERY_MS


def sites_of(text: str) -> Sites:
    """Those of a column; of none all of them."""
    return frozenset(text.split(",")) if text else None


def used(connection: Connection, token: str, now_ms: int) -> None:
    """Note that it is in use."""
    connection.execute(update(api_tokens).where(api_tokens.c.id == token).values(used_ms=now_ms))


def revoke_token(connection: Connection, token: str, now_ms: int) -> bool:
    """It is good for nothing from now on; False where it was not."""
    good = (api_tokens.c.id == token, api_tokens.c.revoked_ms.is_(None))
    ended = update(api_tokens).where(*good).values(revoked_ms=now_ms).returning(api_tokens.c.id)
    return connection.execute(ended).first() is not None


def tokens(connection: Connection, now_ms: int) -> list[Any]:
    """Those that are good, and for a month those that ended; the latest first."""
    since_ms = now_ms - _REMEMBERED_MS
    revoked = or_(api_tokens.c.revoked_ms.is_(None), api_tokens.c.revoked_ms > since_ms)
    query = select(api_tokens).where(revoked, api_tokens.c.expires_ms > since_ms)
    return list(connection.execute(query.order_by(api_tokens.c.created_ms.desc()).limit(2 * MOST_TOKENS)))


def digest(said: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(said.encode(errors="replace")).hexdigest()
