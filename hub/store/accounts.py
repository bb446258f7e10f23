"""Accounts of the pages: who may sign in, as what, and at which sites.

Passwords are kept as argon2id; a name that does not exist costs the same time as a wrong password. What an
administrator does to an account is in hub.store.account_care.
"""

import hashlib
import secrets
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from sqlalchemy import delete, func, insert, select, update

from hub.core.people_csv import likeness
from hub.core.rights import EVERYWHERE, Role, Scope, sees
from hub.store.database import Connection
from hub.store.tables import account_sites, accounts, settings

SHORTEST_PASSWORD: Final = 10
_SETUP_CODE: Final = "setup_code_sha256"
_LETTERS: Final = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"  # none that is mistaken for another

_hasher = PasswordHasher()


@dataclass(frozen=True)
class Account:
    """Somebody who may sign in to the pages. `employer`: of a client, whose reader they are; `rights_ms`:
    since when role and sites are these.
    """

    id: str
    name: str
    role: Role
    language: str
    sites: Scope = None
    employer: str | None = None
    rights_ms: int = 0

    def sees(self, site: str) -> bool:
        """Whether the site is one of theirs."""
        return sees(self.sites, site)


def account_of(row: Any, sites: Iterable[str | None]) -> Account:
    """The account of a row of `accounts`, and the sites on its list."""
    scope = None if row.role in EVERYWHERE else frozenset(site for site in sites if site is not None)
    return Account(row.id, row.name, row.role, row.language, scope, row.employer, row.rights_ms)


def nobody_yet(connection: Connection) -> bool:
    """Whether there is no account at all: the first administrator is still to be created."""
    return connection.execute(select(func.count()).select_from(accounts)).scalar_one() == 0


# --- the first one ------------------------------------------------------------------------------


def new_setup_code(connection: Connection) -> str | None:
    """A fresh one-time code for creating the first administrator, or None when there are accounts.

    Print it on the terminal of whoever installs the hub; only its hash is kept, an older code is void.
    """
    if not nobody_yet(connection):
        return None
    code = fresh_code()
    connection.execute(delete(settings).where(settings.c.key == _SETUP_CODE))
    connection.execute(insert(settings).values(key=_SETUP_CODE, value=code_hash(code)))
    return code


def setup_code_fits(connection: Connection, given: str) -> bool:
    """Whether this is the present setup code, blanks, dashes and letter case aside."""
    kept = connection.execute(select(settings.c.value).where(settings.c.key == _SETUP_CODE)).scalar()
    return secrets.compare_digest(code_hash(given), kept or "")


def fresh_code(groups: int = 3) -> str:
    """Groups of four signs that are not mistaken for one another: 20 bits each."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(groups))


def code_hash(code: str) -> str:
    """What is kept of a code of enough signs."""
    plain = "".join(code.upper().split()).replace("-", "")
    return hashlib.sha256(plain.encode()).hexdigest()


# --- any ----------------------------------------------------------------------------------------


def name_taken(connection: Connection, name: str, but: str = "") -> bool:
    """Whether another account bears this name, or one that reads like it: `Léa` and `lea` are one person."""
    wanted = likeness(name)
    rows = connection.execute(select(accounts.c.name).where(accounts.c.id != but)).scalars()
    return any(likeness(known) == wanted for known in rows)


def create_account(
    connection: Connection,
    name: str,
    password: str | None,
    role: Role,
    now_ms: int,
    language: str = "fr",
    sites: Iterable[str] = (),
    employer: str | None = None,
) -> str:
    """Add an account and return its id; the setup code, if any, is spent. No password: nobody signs in yet.

    Raises sqlalchemy's IntegrityError for a name that is taken.
    """
    account = uuid.uuid4().hex
    connection.execute(
        insert(accounts).values(
            id=account,
            name=name.strip(),
            password_hash="" if password is None else _hasher.hash(password),
            role=role,
            employer=employer,
            language=language,
            created_ms=now_ms,
        )
    )
    set_sites(connection, account, sites)
    connection.execute(delete(settings).where(settings.c.key == _SETUP_CODE))
    return account


def set_sites(connection: Connection, account: str, sites: Iterable[str]) -> None:
    """The sites of an account from now on."""
    connection.execute(delete(account_sites).where(account_sites.c.account == account))
    for site in set(sites):
        connection.execute(insert(account_sites).values(account=account, site=site))


def is_only_name(password: str, name: str) -> bool:
    """Whether it says nothing but the name, once or again and again: who knows the name guesses it first."""
    said, called = likeness(password).replace(" ", ""), likeness(name).replace(" ", "")
    return bool(called) and said == called * max(1, len(said) // len(called))


def hashed(password: str) -> str:
    """What is kept of a password. Slow, so never within a transaction: all writers would wait for it."""
    return _hasher.hash(password)


def set_password(connection: Connection, account: str, password_hash: str) -> None:
    """From now on they sign in by this password (`hashed`)."""
    connection.execute(update(accounts).where(accounts.c.id == account).values(password_hash=password_hash))


def password_mark(connection: Connection, account: str) -> str:
    """Another one after each change of the password, for whoever is to be bound to it; empty for nobody."""
    kept = connection.execute(select(accounts.c.password_hash).where(accounts.c.id == account)).scalar()
    return hashlib.sha256(f"mark\n{kept}".encode()).hexdigest()[:32] if kept else ""


def check_password(connection: Connection, name: str, password: str) -> Account | None:
    """The account of this name and password, or None, in the same time whatever is wrong.

    A name is good without its case and accents, as telephones type it: no other reads like it.
    """
    row = _called(connection, name)
    nobodys = _nobodys_hash()  # made before it is known whether it is needed
    kept = row.password_hash if row else ""
    try:
        _hasher.verify(kept or nobodys, password)
    except VerificationError:
        return None
    return account_of(row, _sites_of(connection, row.id)) if row and kept else None


def _called(connection: Connection, name: str) -> Any | None:
    """The row of the account in use that is called so, or reads like it where that is one alone."""
    rows = connection.execute(select(accounts).where(accounts.c.disabled_ms.is_(None))).all()
    wanted = likeness(name)
    alike = [row for row in rows if likeness(row.name) == wanted]
    exact = [row for row in alike if row.name == name.strip()]
    found = exact or alike
    return found[0] if len(found) == 1 else None


def account_by_id(connection: Connection, account: str) -> Account | None:
    """An account that is in use, or None."""
    query = select(accounts).where(accounts.c.id == account, accounts.c.disabled_ms.is_(None))
    row = connection.execute(query).one_or_none()
    return account_of(row, _sites_of(connection, account)) if row else None


def _sites_of(connection: Connection, account: str) -> list[str]:
    mine = account_sites.c.account == account
    return list(connection.execute(select(account_sites.c.site).where(mine)).scalars())


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
