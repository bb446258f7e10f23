"""Whose people work at a site, and who pays so that it is there."""

from typing import Any, Final

from sqlalchemy import Connection, delete, func, insert, or_, select, update

from contract.ids import fresh_id
from hub.core.rights import Scope
from hub.store.tables import employers, sponsor_contracts

MOST_EMPLOYERS: Final = 100


def add_employer(connection: Connection, site: str | None, name: str, now_ms: int) -> str | None:
    """Add one, of every site where none is named; None where it is there already, or there are too many."""
    there = employers_of(connection, site) if site else _live(connection)
    same = [one for one in there if one.name.casefold() == name.casefold()]
    if same or len(there) >= MOST_EMPLOYERS:
        return None
    new = fresh_id(now_ms)
    connection.execute(insert(employers).values(id=new, site=site, name=name, created_ms=now_ms))
    return new


def remove_employer(connection: Connection, site: str, employer: str, now_ms: int) -> bool:
    """Propose it no more; what its people did stays theirs."""
    mine = (employers.c.id == employer, _here(site), employers.c.removed_ms.is_(None))
    gone = update(employers).where(*mine).values(removed_ms=now_ms).returning(employers.c.id)
    return connection.execute(gone).first() is not None


def employers_of(connection: Connection, site: str) -> list[Any]:
    """Those of a site and those of all sites, by name."""
    mine = (_here(site), employers.c.removed_ms.is_(None))
    return list(connection.execute(select(employers).where(*mine).order_by(func.lower(employers.c.name))))


def employer_site(connection: Connection, employer: str) -> str | None:
    """The site one is of; None for one of every site, or that is not known."""
    return connection.execute(select(employers.c.site).where(employers.c.id == employer)).scalar()


def employer_names(connection: Connection, seen: Scope = None) -> dict[str, str]:
    """Names by id, those included that are gone: of the sites seen, and of those of every site."""
    named = select(employers.c.id, employers.c.name)
    if seen is not None:
        named = named.where(or_(employers.c.site.in_(seen), employers.c.site.is_(None)))
    return {row.id: row.name for row in connection.execute(named)}


def _live(connection: Connection) -> list[Any]:
    return list(connection.execute(select(employers).where(employers.c.removed_ms.is_(None))))


def _here(site: str) -> Any:
    return or_(employers.c.site == site, employers.c.site.is_(None))


# --- who pays for the place ----------------------------------------------------------------------


def add_contract(
    connection: Connection,
    site: str,
    sponsor: str,
    monthly_cents: int,
    from_ms: int,
    until_ms: int | None,
    now_ms: int,
) -> str:
    """Somebody sponsors a site; the contract's id, of the one that is there where it is written already."""
    row = {"site": site, "sponsor": sponsor, "monthly_cents": monthly_cents}
    row |= {"from_ms": from_ms, "until_ms": until_ms}
    same = (sponsor_contracts.c[name] == value for name, value in row.items())
    known = connection.execute(select(sponsor_contracts.c.id).where(*same)).scalar()
    new = str(known or fresh_id(now_ms))
    if known is None:
        connection.execute(insert(sponsor_contracts).values(id=new, created_ms=now_ms, **row))
    return new


def end_contract(connection: Connection, site: str, contract: str, now_ms: int) -> bool:
    """One that has not begun was never there; one that runs ends now. False for any other."""
    mine = (sponsor_contracts.c.id == contract, sponsor_contracts.c.site == site)
    to_come = delete(sponsor_contracts).where(*mine, sponsor_contracts.c.from_ms >= now_ms)
    runs = or_(sponsor_contracts.c.until_ms.is_(None), sponsor_contracts.c.until_ms > now_ms)
    ended = update(sponsor_contracts).where(*mine, runs).values(until_ms=now_ms)
    both = (each.returning(sponsor_contracts.c.id) for each in (to_come, ended))
    return any(connection.execute(each).first() is not None for each in both)


def contracts_of(connection: Connection, site: str) -> list[Any]:
    """All there ever were, the latest first."""
    mine = select(sponsor_contracts).where(sponsor_contracts.c.site == site)
    return list(connection.execute(mine.order_by(sponsor_contracts.c.from_ms.desc())))
