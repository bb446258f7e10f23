"""Who did what on the hub. Never a code, a key or a name: only ids.

The rows are a chain (hub.core.audit_chain). Where it begins and ends is kept apart, so that neither the
last row nor the first can be left out unseen; what was kept long enough goes from the beginning on.
"""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

import msgspec
from sqlalchemy import Select, delete, func, insert, select, update

from hub.core.audit_chain import GENESIS, Deed, hash_of, seal_of
from hub.core.rights import Scope
from hub.store.database import Connection
from hub.store.tables import audit, settings

MOST_DEEDS: Final = 500
_BEGIN: Final = "audit_begin"
_END: Final = "audit_end"
_CODES: Final = ("account_invited", "account_code")


class Link(msgspec.Struct, frozen=True):
    """A row of the chain, by its number and hash."""

    id: int
    hash: str


_NOTHING: Final = Link(0, GENESIS)


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
    detail, salt = detail[:400], secrets.token_hex(16)
    last = _kept(connection, _END)
    deed = Deed(last.id + 1, at_ms, account, action, site, subject, seal_of(salt, detail))
    link = Link(deed.id, hash_of(last.hash, deed))
    row = {"at_ms": at_ms, "account": account, "action": action, "site": site, "subject": subject}
    chained = {"id": link.id, "detail": detail, "salt": salt, "seal": deed.seal, "hash": link.hash}
    connection.execute(insert(audit).values(row | chained))
    _keep(connection, _END, link)


_links = msgspec.json.Decoder(Link)


def _kept(connection: Connection, key: str) -> Link:
    text = connection.execute(select(settings.c.value).where(settings.c.key == key)).scalar()
    return _links.decode(text) if text else _NOTHING


def _keep(connection: Connection, key: str, link: Link) -> None:
    value = msgspec.json.encode(link).decode()
    changed = update(settings).where(settings.c.key == key).values(value=value).returning(settings.c.key)
    if connection.execute(changed).first() is None:
        connection.execute(insert(settings).values(key=key, value=value))


# --- reading ------------------------------------------------------------------------------------


def notes_about(connection: Connection, subject: str) -> list[Any]:
    """All lines about one subject, oldest first: `at_ms`, `account`, `action`, `detail`."""
    return list(connection.execute(select(audit).where(audit.c.subject == subject).order_by(audit.c.id)))


def gave_code(connection: Connection, one: str, other: str, since_ms: int) -> bool:
    """Whether one of the two accounts was told the other's code since then."""
    both = (one, other)
    given = (audit.c.subject.in_(both), audit.c.account.in_(both), audit.c.account != audit.c.subject)
    codes = (audit.c.action.in_(_CODES), audit.c.at_ms >= since_ms)
    return connection.execute(select(audit.c.id).where(*given, *codes).limit(1)).first() is not None


def deeds(
    connection: Connection, begin_ms: int, end_ms: int, account: str | None = None, sites: Scope = None
) -> list[Any]:
    """What people did from `begin_ms` until before `end_ms`, the latest first: of one account, or at `sites`.

    What belongs to no site, and what nobody's account did, is in no list of sites.
    """
    query = select(audit).where(audit.c.at_ms >= begin_ms, audit.c.at_ms < end_ms)
    if account is not None:
        query = query.where(audit.c.account == account)
    if sites is not None:
        query = query.where(audit.c.site.in_(sites))
    return list(connection.execute(query.order_by(audit.c.at_ms.desc(), audit.c.id.desc()).limit(MOST_DEEDS)))


# --- letting go ----------------------------------------------------------------------------------


def before(at_ms: int) -> Select[Any]:
    """The numbers of the rows from the beginning on that are older: a clock that went back leaves no gap."""
    younger = select(func.min(audit.c.id)).where(audit.c.at_ms >= at_ms).scalar_subquery()
    return (
        select(audit.c.id)
        .where(audit.c.at_ms < at_ms, audit.c.id < func.coalesce(younger, 1 << 62))
        .order_by(audit.c.id)
    )


def let_go(connection: Connection, ids: Iterable[int], _now_ms: int) -> None:
    """Take away the rows up to the last of these; the chain begins after it."""
    last = max(ids)
    row = connection.execute(select(audit.c.id, audit.c.hash).where(audit.c.id == last)).one()
    _keep(connection, _BEGIN, Link(row.id, row.hash))
    connection.execute(delete(audit).where(audit.c.id <= last))


def forget_details(connection: Connection, subject: str) -> None:
    """Who did what stays; a detail could be a text about them."""
    nothing = {"detail": "", "salt": ""}
    connection.execute(update(audit).where(audit.c.subject == subject).values(nothing))


# --- going through the chain ---------------------------------------------------------------------


@dataclass(frozen=True)
class Chain:
    """How many deeds were gone through, how many details were let go, and the first row that does not
    hold (empty: all do).
    """

    deeds: int = 0
    let_go: int = 0
    broken: str = ""


def check(connection: Connection) -> Chain:
    """Follow the chain from its beginning to its end; stops at the first row that does not hold."""
    last, end, count, gone = _kept(connection, _BEGIN), _kept(connection, _END), 0, 0
    for row in connection.execute(select(audit).order_by(audit.c.id)):
        why = _fault(row, last)
        if why:
            return Chain(count, gone, f"audit, row {row.id}: {why}")
        last, count, gone = Link(row.id, row.hash), count + 1, gone + (not row.salt)
    if last.id < end.id:
        return Chain(count, gone, f"audit, row {last.id + 1}: it is not there, nor what followed")
    return Chain(count, gone, "" if last == end else f"audit, row {last.id}: it is not what was noted last")


def _fault(row: Any, last: Link) -> str:
    """Why the row cannot follow the one before it; empty where it does."""
    if row.id != last.id + 1:
        return f"{row.id - last.id - 1} before it are not there"
    if row.salt and seal_of(row.salt, row.detail) != row.seal:
        return "its detail was changed"
    if not row.salt and row.detail:
        return "its detail was added"
    deed = Deed(row.id, row.at_ms, row.account, row.action, row.site, row.subject, row.seal)
    return "" if hash_of(last.hash, deed) == row.hash else "it is not what was noted"
