"""Addresses of a site's calendar: private by 192 random bits in them, kept as a digest, revocable."""

import secrets
from typing import Any, Final

from sqlalchemy import Connection, insert, select, update

from contract.ids import fresh_id
from hub.core.rights import may
from hub.store.accounts import account_by_id
from hub.store.api_tokens import USED_EVERY_MS, digest
from hub.store.tables import calendar_links

MOST_LINKS: Final = 50


def make_link(connection: Connection, site: str, name: str, account: str, now_ms: int) -> tuple[str, str]:
    """A new address: its id, and its secret part, told once."""
    link, said = fresh_id(now_ms), secrets.token_urlsafe(24)
    row = {"id": link, "site": site, "name": name, "token_hash": digest(said)}
    connection.execute(insert(calendar_links).values(created_ms=now_ms, created_by=account, **row))
    return link, said


def site_of_link(connection: Connection, said: str, now_ms: int) -> tuple[str, str | None] | None:
    """The site, and the link's id where `link_used` is due; None where it was revoked or never was, or the
    account that gave it may not see as much any more.
    """
    good = (calendar_links.c.token_hash == digest(said), calendar_links.c.revoked_ms.is_(None))
    row = connection.execute(select(calendar_links).where(*good)).one_or_none()
    giver = None if row is None else account_by_id(connection, row.created_by)
    if row is None or giver is None or not (may(giver.role, "see") and giver.sees(row.site)):
        return None
    return row.site, row.id if now_ms - (row.used_ms or 0) > USED_EVERY_MS else None


def link_used(connection: Connection, link: str, now_ms: int) -> None:
    """Note that somebody's calendar reads it."""
    connection.execute(update(calendar_links).where(calendar_links.c.id == link).values(used_ms=now_ms))


def revoke_link(connection: Connection, site: str, link: str, now_ms: int) -> bool:
    """Nothing is read under it any more; False where it was not good."""
    good = (
        calendar_links.c.id == link,
        calendar_links.c.site == site,
        calendar_links.c.revoked_ms.is_(None),
    )
    ended = update(calendar_links).where(*good).values(revoked_ms=now_ms).returning(calendar_links.c.id)
    return connection.execute(ended).first() is not None


def links_of(connection: Connection, site: str) -> list[Any]:
    """Those of a site that are good, oldest first."""
    good = (calendar_links.c.site == site, calendar_links.c.revoked_ms.is_(None))
    query = select(calendar_links).where(*good).order_by(calendar_links.c.created_ms).limit(MOST_LINKS)
    return list(connection.execute(query))
