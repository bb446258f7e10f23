"""The second step of signing in: codes of a telephone, and ten codes on paper for when it is lost.

No secret is in the database: it is made from a salt under a key file, as the codes of parcels are. A code is
good once. Wrong ones make the account wait, longer each time: only who knows its password comes this far.
"""

import hmac
import secrets
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, delete, func, insert, select, update

from hub.core.one_time import DIGITS, step_of
from hub.core.waits import wait_ms
from hub.store.accounts import code_hash, fresh_code
from hub.store.tables import recovery_codes, second_factors

RECOVERY_CODES: Final = 10
_SECRET_BYTES: Final = 20


@dataclass(frozen=True)
class Wait:
    """Too many wrong codes: none is looked at for so long."""

    seconds: int


def new_salt() -> str:
    """What a new secret is made from."""
    return secrets.token_hex(16)


def secret_of(key: bytes, account: str, salt: str) -> bytes:
    """The secret a telephone shares: 20 bytes."""
    return hmac.digest(key, f"second step\n{account}\n{salt}".encode(), "sha256")[:_SECRET_BYTES]


def has_second(connection: Connection, account: str) -> bool:
    """Whether the password is not enough for this account."""
    return _row(connection, account) is not None


def begin_second(connection: Connection, account: str, salt: str, step: int, now_ms: int) -> list[str]:
    """From now on the second step is asked for; returns the recovery codes, told once.

    `step`: of the code that was typed for it.
    """
    end_second(connection, account)
    row = {"account": account, "salt": salt, "since_ms": now_ms, "last_step": step}
    connection.execute(insert(second_factors).values(row))
    return renew_recovery(connection, account)


def end_second(connection: Connection, account: str) -> None:
    """The password is enough again."""
    for table in (second_factors, recovery_codes):
        connection.execute(delete(table).where(table.c.account == account))


def renew_recovery(connection: Connection, account: str) -> list[str]:
    """Ten new recovery codes, told once; the older ones are void."""
    connection.execute(delete(recovery_codes).where(recovery_codes.c.account == account))
    codes = [fresh_code() for _ in range(RECOVERY_CODES)]
    rows = [{"sha256": code_hash(code), "account": account} for code in codes]
    connection.execute(insert(recovery_codes).values(rows))
    return codes


def recovery_left(connection: Connection, account: str) -> int:
    """How many of them were not used yet."""
    query = select(func.count()).select_from(recovery_codes).where(recovery_codes.c.account == account)
    return connection.execute(query).scalar_one()


def second_step(connection: Connection, key: bytes, account: str, given: str, now_ms: int) -> bool | Wait:
    """Whether this code lets them in, which it does once; or how long they must wait."""
    row = _row(connection, account)
    if row is None:
        return False
    if row.wait_until_ms is not None and now_ms < row.wait_until_ms:
        return Wait(-(-(row.wait_until_ms - now_ms) // 1000))
    plain = "".join(given.split())
    if len(plain) == DIGITS and plain.isdecimal():
        step = step_of(secret_of(key, account, row.salt), plain, now_ms, row.last_step)
        right = step is not None
    else:
        step, right = None, _spend(connection, account, given)
    if right:
        _write(connection, account, wrong=0, wait_until_ms=None, last_step=step or row.last_step)
    else:
        later = wait_ms(row.wrong + 1)
        _write(connection, account, wrong=row.wrong + 1, wait_until_ms=now_ms + later if later else None)
    return right


def _spend(connection: Connection, account: str, code: str) -> bool:
    mine = (recovery_codes.c.account == account, recovery_codes.c.sha256 == code_hash(code))
    spent = delete(recovery_codes).where(*mine).returning(recovery_codes.c.account)
    return connection.execute(spent).first() is not None


def _row(connection: Connection, account: str) -> Any | None:
    return connection.execute(select(second_factors).where(second_factors.c.account == account)).one_or_none()


def _write(connection: Connection, account: str, **values: int | None) -> None:
    connection.execute(update(second_factors).where(second_factors.c.account == account).values(values))
