"""Accounts of the pages: who may sign in, and the first administrator.

Passwords are kept as argon2id; a name that does not exist costs the same time as a wrong password.
"""

import hashlib
import secrets
import uuid
from dataclasses import dataclass
from functools import cache
from typing import Final, Literal

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from sqlalchemy import delete, func, insert, select, update

from hub.store.database import Connection
from hub.store.tables import accounts, settings

Role = Literal["admin", "concierge"]

SHORTEST_PASSWORD: Final = 10
_SETUP_CODE: Final = "setup_code_sha256"
_LETTERS: Final = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"  # none that is mistaken for another

_hasher = PasswordHasher()


class AccountError(ValueError):
    """An account that cannot be removed; the text says why."""


@dataclass(frozen=True)
class Account:
    """Somebody who may sign in to the pages."""

    id: str
    name: str
    role: Role
    language: str


def nobody_yet(connection: Connection) -> bool:
    """Whether there is no account at all: the first administrator is still to be created."""
    return connection.execute(select(func.count()).select_from(accounts)).scalar_one() == 0


def new_setup_code(connection: Connection) -> str | None:
    """A fresh one-time code for creating the first administrator, or None when there are accounts.

    Print it on the terminal of whoever installs the hub; only its hash is kept, an older code is void.
    """
    if not nobody_yet(connection):
        return None
    code = "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(3))
    connection.execute(delete(settings).where(settings.c.key == _SETUP_CODE))
    connection.execute(insert(settings).values(key=_SETUP_CODE, value=_setup_hash(code)))
    return code


def setup_code_fits(connection: Connection, given: str) -> bool:
    """Whether this is the present setup code, blanks, dashes and letter case aside."""
    kept = connection.execute(select(settings.c.value).where(settings.c.key == _SETUP_CODE)).scalar()
    return secrets.compare_digest(_setup_hash(given), kept or "")


def create_account(
    connection: Connection, name: str, password: str, role: Role, now_ms: int, language: str = "fr"
) -> str:
    """Add an account and return its id; the setup code, if any, is spent.

    Raises sqlalchemy's IntegrityError for a name that is taken.
    """
    account = uuid.uuid4().hex
    connection.execute(
        insert(accounts).values(
            id=account,
            name=name.strip(),
            password_hash=_hasher.hash(password),
            role=role,
            language=language,
            created_ms=now_ms,
        )
    )
    connection.execute(delete(settings).where(settings.c.key == _SETUP_CODE))
    return account


def remove_account(connection: Connection, name: str, now_ms: int) -> str:
    """Nobody signs in by this name any more; the account's id, whose sessions are still to be ended.

    Raises AccountError when there is no such account, or when no administrator would be left.
    """
    used = accounts.c.disabled_ms.is_(None)
    rows = {row.name: row for row in connection.execute(select(accounts).where(used))}
    row = rows.get(name.strip())
    if row is None:
        raise AccountError(f"there is no account {name}")
    if row.role == "admin" and not any(one.role == "admin" for one in rows.values() if one is not row):
        raise AccountError(f"{name} is the only administrator: create another one first")
    connection.execute(update(accounts).where(accounts.c.id == row.id).values(disabled_ms=now_ms))
    return str(row.id)


def check_password(connection: Connection, name: str, password: str) -> Account | None:
    """The account of this name and password, or None, in the same time whatever is wrong."""
    query = select(accounts).where(accounts.c.name == name.strip(), accounts.c.disabled_ms.is_(None))
    row = connection.execute(query).one_or_none()
    nobodys = _nobodys_hash()  # made before it is known whether it is needed
    try:
        _hasher.verify(row.password_hash if row else nobodys, password)
    except VerificationError:
        return None
    return Account(row.id, row.name, row.role, row.language) if row else None


def set_language(connection: Connection, account: str, language: str) -> None:
    """Remember in which language somebody reads the pages."""
    connection.execute(update(accounts).where(accounts.c.id == account).values(language=language))


def account_names(connection: Connection) -> dict[str, str]:
    """Names of all accounts by id, for telling who did something."""
    return {row.id: row.name for row in connection.execute(select(accounts.c.id, accounts.c.name))}


@cache
def _nobodys_hash() -> str:
    """What an unknown name's password is compared with, so that it takes as long as a known one's."""
    return _hasher.hash(secrets.token_hex(16))


def _setup_hash(code: str) -> str:
    plain = "".join(code.upper().split()).replace("-", "")
    return hashlib.sha256(plain.encode()).hexdigest()
