"""Who may sign in at a site's kiosks. Every change goes into the site's feed as well.

A PIN is made here and told once; only its keyed hash is kept (contract.credential).
"""

import secrets
import uuid
from typing import Any, Final

from sqlalchemy import insert, select, update

from contract.credential import badge_hash, pin_hash
from hub.core import documents
from hub.store.database import Connection
from hub.store.feed import write_changes
from hub.store.tables import staff

PIN_DIGITS: Final = 6
HIGHEST_NUMBER: Final = 999_999


class NumberTakenError(ValueError):
    """Somebody of the site signs in with this number already."""


def new_pin() -> str:
    """Digits from the system's randomness."""
    return f"{secrets.randbelow(10**PIN_DIGITS):0{PIN_DIGITS}d}"


def add_staff(
    connection: Connection,
    site: str,
    site_key: bytes,
    *,
    initials: str,
    number: int,
    now_ms: int,
    badge: str | None = None,
    rights: tuple[str, ...] = ("deposit", "collect", "inspect"),
    employer: str | None = None,
) -> tuple[str, str]:
    """Let somebody sign in at the kiosks: their id, and the PIN, which is told once.

    Raises NumberTakenError. Takes some 50 ms, on purpose.
    """
    taken = (staff.c.site == site, staff.c.number == number, staff.c.removed_ms.is_(None))
    if connection.execute(select(staff.c.id).where(*taken)).first():
        raise NumberTakenError(f"number {number} is taken at {site}")
    pin, salt = new_pin(), secrets.token_hex(16)
    row = {
        "id": uuid.uuid4().hex,
        "site": site,
        "initials": initials,
        "number": number,
        "pin_salt": salt,
        "pin_hash": pin_hash(site_key, pin, salt),
        "badge_hash": badge_hash(site_key, badge) if badge else None,
        "rights": ",".join(rights),
        "employer": employer,
        "created_ms": now_ms,
        "removed_ms": None,
    }
    connection.execute(insert(staff).values(**row))
    write_changes(connection, site, documents.staff(row), now_ms)
    return str(row["id"]), pin


def renew_pin(connection: Connection, site: str, site_key: bytes, member: str, now_ms: int) -> str | None:
    """Give somebody a new PIN, told once; None when they are not of the staff."""
    pin, salt = new_pin(), secrets.token_hex(16)
    values = {"pin_salt": salt, "pin_hash": pin_hash(site_key, pin, salt)}
    return pin if _update(connection, site, member, values, now_ms) else None


def set_employer(connection: Connection, site: str, member: str, employer: str | None, now_ms: int) -> bool:
    """Whose people they are of; False when they are not of the staff."""
    return _update(connection, site, member, {"employer": employer}, now_ms)


def remove_staff(connection: Connection, site: str, member: str, now_ms: int) -> bool:
    """Nobody signs in as them any more; False when they are not of the staff."""
    return _update(connection, site, member, {"removed_ms": now_ms}, now_ms)


def _update(connection: Connection, site: str, member: str, values: dict[str, Any], now_ms: int) -> bool:
    mine = (staff.c.id == member, staff.c.site == site, staff.c.removed_ms.is_(None))
    row = connection.execute(update(staff).where(*mine).values(**values).returning(*staff.c)).one_or_none()
    if row is None:
        return False
    write_changes(connection, site, documents.staff(row._mapping), now_ms)
    return True


def site_staff(connection: Connection, site: str) -> list[Any]:
    """Those who may sign in, by number."""
    mine = (staff.c.site == site, staff.c.removed_ms.is_(None))
    return list(connection.execute(select(staff).where(*mine).order_by(staff.c.number)))


def next_number(connection: Connection, site: str) -> int:
    """A number nobody of the site has yet."""
    taken = {row.number for row in site_staff(connection, site)}
    return next(number for number in range(1, HIGHEST_NUMBER) if number not in taken)


def staff_initials(connection: Connection, site: str) -> dict[str, str]:
    """Initials by id, those who left included."""
    rows = connection.execute(select(staff.c.id, staff.c.initials).where(staff.c.site == site))
    return {row.id: row.initials for row in rows}
