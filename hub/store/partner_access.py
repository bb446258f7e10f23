"""Who opens a partner's page: an address given by an administrator, and a PIN told once.

Wrong PINs make the address wait, longer each time, whoever sends them and whichever process hears them: six
digits are guessed in years, and an administrator gives a new PIN at once. Its sessions end with an access.
"""

import hashlib
import secrets
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from sqlalchemy import Connection, and_, delete, exists, insert, or_, select, update

from contract.ids import fresh_id
from hub.core.rights import Scope
from hub.core.waits import wait_ms
from hub.store.staff import new_pin
from hub.store.tables import (
    partner_access_sites,
    partner_accesses,
    partner_sessions,
    partner_sites,
    partners,
)

LIFE_MS: Final = 90 * 86_400_000
IDLE_MS: Final = 30 * 86_400_000
SEEN_EVERY_MS: Final = 300_000

_hasher = PasswordHasher()


@dataclass(frozen=True)
class Desk:
    """A partner's place that is signed in, and the sites whose work is done at it."""

    access: str
    partner: str
    partner_name: str
    sites: Scope = frozenset()


@dataclass(frozen=True)
class Wait:
    """Too many wrong PINs: none is looked at for so long."""

    seconds: int


@dataclass(frozen=True)
class Pin:
    """What is told, once; and what is kept of it."""

    said: str
    hash: str


# --- what an administrator does -----------------------------------------------------------------


def fresh_pin() -> Pin:
    """A new PIN. Slow, so never within a transaction: all other writers would wait for it."""
    said = new_pin()
    return Pin(said, _hasher.hash(said))


def give(
    connection: Connection, partner: str, name: str, pin: Pin, account: str, now_ms: int, sites: Scope
) -> str:
    """A new access for these sites, that this PIN opens: its address's id."""
    access = fresh_id(now_ms)
    connection.execute(
        insert(partner_accesses).values(
            id=access,
            partner=partner,
            name=name,
            pin_hash=pin.hash,
            created_ms=now_ms,
            created_by=account,
            everywhere=sites is None,
        )
    )
    for site in sorted(sites or ()):
        connection.execute(insert(partner_access_sites).values(access=access, site=site))
    return access


def renew(connection: Connection, access: str, pin: Pin, now_ms: int) -> bool:
    """Another PIN: who came in with the old one is out, and nothing waits any more; False: there is none."""
    if not _change(connection, access, {"pin_hash": pin.hash, "wrong": 0, "locked_until_ms": None}):
        return False
    _end_sessions(connection, access, now_ms)
    return True


def revoke(connection: Connection, access: str, now_ms: int) -> bool:
    """Nobody comes in by it any more; False where there is none."""
    _end_sessions(connection, access, now_ms)
    return _change(connection, access, {"revoked_ms": now_ms})


_GOOD: Final = (
    select(partner_accesses, partners.c.name.label("partner_name"))
    .join(partners, partners.c.id == partner_accesses.c.partner)
    .where(partner_accesses.c.revoked_ms.is_(None), partners.c.removed_ms.is_(None))
)


def accesses_at(connection: Connection, site: str) -> list[tuple[Any, Scope]]:
    """Those by which this site's work is seen (`access_row`), each with all of its sites; oldest first."""
    bound = exists().where(
        partner_access_sites.c.access == partner_accesses.c.id, partner_access_sites.c.site == site
    )
    works_here = exists().where(
        partner_sites.c.partner == partner_accesses.c.partner, partner_sites.c.site == site
    )
    query = _GOOD.where(or_(bound, and_(partner_accesses.c.everywhere, works_here)))
    rows = connection.execute(query.order_by(partner_accesses.c.created_ms)).all()
    return [(row, sites_of_access(connection, row)) for row in rows]


def sites_of_access(connection: Connection, row: Any) -> Scope:
    """The sites of an access (`access_row`)."""
    if row.everywhere:
        return None
    mine = select(partner_access_sites.c.site).where(partner_access_sites.c.access == row.id)
    return frozenset(connection.execute(mine).scalars())


def live_accesses(connection: Connection) -> list[Any]:
    """Every page somebody comes in by, with its partner's name, in an order to read through."""
    query = (
        select(partner_accesses, partners.c.name.label("partner_name"))
        .join(partners, partners.c.id == partner_accesses.c.partner)
        .where(partner_accesses.c.revoked_ms.is_(None), partners.c.removed_ms.is_(None))
        .order_by(partners.c.name, partner_accesses.c.name)
    )
    return list(connection.execute(query))


def access_row(connection: Connection, access: str) -> Any | None:
    """An access that is good, with its partner's name."""
    return connection.execute(_GOOD.where(partner_accesses.c.id == access)).one_or_none()


def _change(connection: Connection, access: str, values: dict[str, Any]) -> bool:
    good = (partner_accesses.c.id == access, partner_accesses.c.revoked_ms.is_(None))
    changed = update(partner_accesses).where(*good).values(**values).returning(partner_accesses.c.id)
    return connection.execute(changed).first() is not None


# --- coming in ----------------------------------------------------------------------------------


def waits(row: Any | None, now_ms: int) -> Wait | None:
    """Whether, and how long, no PIN is looked at for this access (`access_row`)."""
    if row is None or (row.locked_until_ms or 0) <= now_ms:
        return None
    return Wait(-(-(row.locked_until_ms - now_ms) // 1000))


def fits(row: Any | None, pin: str) -> bool:
    """Whether the PIN opens this access; an address nobody has takes the same time.

    Slow, so never within a transaction: all other writers would wait for it.
    """
    if not pin.isdecimal():
        return False
    try:
        _hasher.verify(_nobodys_hash() if row is None else row.pin_hash, pin)
    except VerificationError:
        return False
    return row is not None


def tried(connection: Connection, row: Any | None, right: bool, now_ms: int) -> Desk | Wait | None:
    """Note what `fits` found: whose desk it is; None: not right, and one more counts; or how long to wait.

    What happened since `row` was read comes first: many tries at one moment are no more than one after the
    other, and a PIN that was renewed meanwhile opens nothing.
    """
    now = None if row is None else access_row(connection, row.id)
    if row is None or now is None:
        return None
    if (wait := waits(now, now_ms)) is not None:
        return wait
    if now.pin_hash != row.pin_hash:
        return None
    if not right:
        _change(connection, now.id, _one_more_wrong(now.wrong + 1, now_ms))
        return None
    _change(connection, now.id, {"wrong": 0, "locked_until_ms": None, "used_ms": now_ms})
    return _desk(connection, now)


def _desk(connection: Connection, row: Any) -> Desk:
    return Desk(row.id, row.partner, row.partner_name, sites_of_access(connection, row))


@cache
def _nobodys_hash() -> str:
    return _hasher.hash(secrets.token_hex(16))


def _one_more_wrong(wrong: int, now_ms: int) -> dict[str, Any]:
    later_ms = wait_ms(wrong)
    return {"wrong": wrong} | ({"locked_until_ms": now_ms + later_ms} if later_ms else {})


# --- sessions -----------------------------------------------------------------------------------


def start_session(connection: Connection, access: str, now_ms: int) -> str:
    """The token of a new session, known to the browser only; lapsed ones are forgotten at the same time."""
    connection.execute(delete(partner_sessions).where(partner_sessions.c.expires_ms <= now_ms))
    token = secrets.token_urlsafe(32)
    connection.execute(
        insert(partner_sessions).values(
            token_hash=_hash(token),
            access=access,
            created_ms=now_ms,
            seen_ms=now_ms,
            expires_ms=now_ms + LIFE_MS,
        )
    )
    return token


def session_desk(connection: Connection, token: str, now_ms: int) -> tuple[Desk, bool] | None:
    """Whose session it is, and whether `touch_session` is due; None where it ended, lapsed or never was."""
    query = (
        _GOOD.add_columns(partner_sessions.c.seen_ms)
        .join(partner_sessions, partner_sessions.c.access == partner_accesses.c.id)
        .where(
            partner_sessions.c.token_hash == _hash(token),
            partner_sessions.c.revoked_ms.is_(None),
            partner_sessions.c.expires_ms > now_ms,
            partner_sessions.c.seen_ms > now_ms - IDLE_MS,
        )
    )
    row = connection.execute(query).one_or_none()
    if row is None:
        return None
    return _desk(connection, row), now_ms - row.seen_ms > SEEN_EVERY_MS


def touch_session(connection: Connection, token: str, now_ms: int) -> None:
    """Note that the session is in use."""
    mine = partner_sessions.c.token_hash == _hash(token)
    connection.execute(update(partner_sessions).where(mine).values(seen_ms=now_ms))


def end_session(connection: Connection, token: str, now_ms: int) -> None:
    """Revoke one session."""
    mine = partner_sessions.c.token_hash == _hash(token)
    connection.execute(update(partner_sessions).where(mine).values(revoked_ms=now_ms))


def end_all_desks(connection: Connection, now_ms: int) -> None:
    """Revoke every session there is, of every partner."""
    connection.execute(
        update(partner_sessions).where(partner_sessions.c.revoked_ms.is_(None)).values(revoked_ms=now_ms)
    )


def _end_sessions(connection: Connection, access: str, now_ms: int) -> None:
    open_ones = (partner_sessions.c.access == access, partner_sessions.c.revoked_ms.is_(None))
    connection.execute(update(partner_sessions).where(*open_ones).values(revoked_ms=now_ms))


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
