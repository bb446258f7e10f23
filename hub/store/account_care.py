"""What others do to an account: invite, change, close. Nobody locks out the last administrator."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import delete, insert, select, update

from hub.core.rights import EVERYWHERE, Role
from hub.store.accounts import (
    Account,
    account_of,
    code_hash,
    create_account,
    fresh_code,
    name_taken,
    set_sites,
)
from hub.store.database import Connection
from hub.store.door_wishes import drop_all_wishes, drop_wishes_out_of_reach
from hub.store.programs_made import Made, end_all_but, made_by
from hub.store.sessions import end_all_sessions
from hub.store.tables import (
    account_codes,
    account_sites,
    accounts,
    passkeys,
    recovery_codes,
    second_factors,
    sessions,
)

CODE_MS: Final = 7 * 86_400_000
"""How long an invitation is good."""
_NOT_CALLED: Final = {"call_phone": None, "call_email": None, "call_any_hour": False}


class AccountError(ValueError):
    """An account that cannot be changed or removed; the text says why."""


class LastAdministratorError(AccountError):
    """Nobody would be left who may do everything."""


class NameTakenError(AccountError):
    """Somebody signs in by this name, or by one that reads like it."""


@dataclass(frozen=True)
class Kept:
    """An account as those see it who look after it. `waits_ms`: until when its code is good."""

    account: Account
    disabled_ms: int | None
    has_password: bool
    waits_ms: int | None
    seen_ms: int | None


def all_accounts(connection: Connection) -> list[Kept]:
    """Those that are in use, then those that are closed; by name."""
    sites: dict[str, list[str]] = {}
    for row in connection.execute(select(account_sites)):
        sites.setdefault(row.account, []).append(row.site)
    codes = {row.account: row.expires_ms for row in connection.execute(select(account_codes))}
    seen = _last_seen(connection)
    named = accounts.c.name.not_like("erased-%")
    rows = connection.execute(select(accounts).where(named).order_by(accounts.c.name)).all()
    return [
        Kept(
            account_of(row, sites.get(row.id, ())),
            row.disabled_ms,
            bool(row.password_hash),
            codes.get(row.id),
            seen.get(row.id),
        )
        for row in sorted(rows, key=lambda row: row.disabled_ms is not None)
    ]


def _last_seen(connection: Connection) -> dict[str, int]:
    latest: dict[str, int] = {}
    for row in connection.execute(select(sessions.c.account, sessions.c.seen_ms)):
        latest[row.account] = max(row.seen_ms, latest.get(row.account, 0))
    return latest


def add_account(
    connection: Connection,
    name: str,
    role: Role,
    sites: Iterable[str],
    employer: str | None,
    by: str,
    now_ms: int,
) -> tuple[str, str]:
    """An account nobody has a password of yet: its id, and the code for whom it is (`invite`).

    Raises NameTakenError.
    """
    _must_be_free(connection, name)
    account = create_account(connection, name, None, role, now_ms, sites=sites, employer=employer)
    return account, invite(connection, account, by, now_ms)


def change_account(
    connection: Connection,
    account: str,
    name: str,
    role: Role,
    sites: Iterable[str],
    employer: str | None,
    now_ms: int,
) -> None:
    """Another name, role or other sites. Raises LastAdministratorError, NameTakenError."""
    _must_be_free(connection, name, account)
    if role != "admin":
        _must_not_be_last(connection, account)
    values: dict[str, Any] = {"name": name.strip(), "role": role, "employer": employer, "rights_ms": now_ms}
    if role not in EVERYWHERE:
        values |= _NOT_CALLED
    connection.execute(update(accounts).where(accounts.c.id == account).values(values))
    set_sites(connection, account, sites)
    drop_wishes_out_of_reach(connection, account, now_ms)


def invite(connection: Connection, account: str, by: str, now_ms: int) -> str:
    """A code by which they choose their password, once: its signs are told now and kept by nobody.

    All they had to come in with is void, and whoever is in is out. Raises LastAdministratorError.
    """
    _must_not_be_last(connection, account)
    _shut_out(connection, account, now_ms)
    connection.execute(update(accounts).where(accounts.c.id == account).values(disabled_ms=None))
    connection.execute(delete(account_codes).where(account_codes.c.expires_ms <= now_ms))
    code = fresh_code()
    row = {"account": account, "code_sha256": code_hash(code), "made_by": by, "expires_ms": now_ms + CODE_MS}
    connection.execute(insert(account_codes).values(row))
    return code


def invited(connection: Connection, code: str, now_ms: int) -> str | None:
    """Whose code this is, while it is good."""
    good = (
        account_codes.c.code_sha256 == code_hash(code),
        account_codes.c.expires_ms > now_ms,
        accounts.c.disabled_ms.is_(None),
    )
    query = select(accounts.c.id).join(account_codes, account_codes.c.account == accounts.c.id).where(*good)
    return connection.execute(query).scalar()


def spend_code(connection: Connection, account: str) -> None:
    """The code is good no more."""
    connection.execute(delete(account_codes).where(account_codes.c.account == account))


def void_codes(connection: Connection) -> None:
    """No code that was given is good: after a restore, those that were used since would be again."""
    connection.execute(delete(account_codes))


def close_account(
    connection: Connection, account: str, now_ms: int, kept: Collection[str] = (), heir: str = ""
) -> list[Made]:
    """Nobody signs in by it any more; its sessions end at once, and what it gave to other programs does.

    Of that, the ids `kept` go on as the account `heir`'s. Returns all it had given. Raises
    LastAdministratorError.
    """
    _must_not_be_last(connection, account)
    _shut_out(connection, account, now_ms)
    made = made_by(connection, account, now_ms)
    end_all_but(connection, made, kept, heir, now_ms)
    ended = {"disabled_ms": now_ms, **_NOT_CALLED}
    connection.execute(update(accounts).where(accounts.c.id == account).values(**ended))
    return made


def remove_account(connection: Connection, name: str, now_ms: int) -> list[Made]:
    """The same by its name; nothing is kept. Raises AccountError where there is none."""
    found = select(accounts.c.id).where(accounts.c.name == name.strip(), accounts.c.disabled_ms.is_(None))
    account = connection.execute(found).scalar()
    if account is None:
        raise AccountError(f"there is no account {name}")
    try:
        return close_account(connection, account, now_ms)
    except LastAdministratorError:
        raise AccountError(f"{name} is the only administrator: create another one first") from None


def _shut_out(connection: Connection, account: str, now_ms: int) -> None:
    """Neither password, key nor code opens it, and whoever is in is out."""
    end_all_sessions(connection, account, now_ms)
    drop_all_wishes(connection, account, now_ms)
    for table in (passkeys, second_factors, recovery_codes, account_codes):
        connection.execute(delete(table).where(table.c.account == account))
    connection.execute(update(accounts).where(accounts.c.id == account).values(password_hash=""))


def _must_be_free(connection: Connection, name: str, but: str = "") -> None:
    if name_taken(connection, name, but):
        raise NameTakenError("somebody has this name already")


def _must_not_be_last(connection: Connection, account: str) -> None:
    """Somebody who only was invited is no administrator yet."""
    able = (accounts.c.role == "admin", accounts.c.disabled_ms.is_(None), accounts.c.password_hash != "")
    left: list[Any] = list(connection.execute(select(accounts.c.id).where(*able)).scalars())
    if left == [account]:
        raise LastAdministratorError("this is the only administrator")
