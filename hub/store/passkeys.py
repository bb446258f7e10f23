"""Passkeys of accounts: the public half each, and what they answered to already."""

import hashlib
from typing import Any, Final

from sqlalchemy import Connection, delete, func, insert, select, update

from contract.ids import fresh_id
from hub.store.tables import accounts, passkeys, spent_challenges

MOST_PASSKEYS: Final = 20


def add_passkey(
    connection: Connection,
    account: str,
    name: str,
    credential: bytes,
    public_key: bytes,
    uses: int,
    now_ms: int,
) -> bool:
    """Keep one; False where somebody has it already, or there are too many."""
    count = select(func.count()).select_from(passkeys).where(passkeys.c.account == account)
    known = select(passkeys.c.id).where(passkeys.c.credential == credential)
    if connection.execute(known).first() or connection.execute(count).scalar_one() >= MOST_PASSKEYS:
        return False
    row = {"id": fresh_id(now_ms), "account": account, "name": name, "created_ms": now_ms}
    kept = {"credential": credential, "public_key": public_key, "uses": uses}
    connection.execute(insert(passkeys).values(row | kept))
    return True


def passkeys_of(connection: Connection, account: str) -> list[Any]:
    """Those of an account, oldest first."""
    mine = passkeys.c.account == account
    return list(connection.execute(select(passkeys).where(mine).order_by(passkeys.c.created_ms)))


def passkey_by(connection: Connection, credential: bytes) -> Any | None:
    """The one that browsers call so, of an account in use; None: there is none."""
    query = (
        select(passkeys)
        .join(accounts, accounts.c.id == passkeys.c.account)
        .where(passkeys.c.credential == credential, accounts.c.disabled_ms.is_(None))
    )
    return connection.execute(query).one_or_none()


def remove_passkey(connection: Connection, account: str, passkey: str) -> bool:
    """It opens nothing any more; False where it is none of that account."""
    mine = (passkeys.c.account == account, passkeys.c.id == passkey)
    return connection.execute(delete(passkeys).where(*mine).returning(passkeys.c.id)).first() is not None


def remove_passkeys(connection: Connection, account: str) -> bool:
    """None of that account opens anything any more; whether there was one."""
    gone = delete(passkeys).where(passkeys.c.account == account).returning(passkeys.c.id)
    return bool(connection.execute(gone).all())


def note_use(connection: Connection, passkey: str, uses: int, now_ms: int) -> None:
    """It was used, for the `uses`th time as it says itself."""
    mine = passkeys.c.id == passkey
    connection.execute(update(passkeys).where(mine).values(uses=uses, used_ms=now_ms))


def spend_challenge(connection: Connection, challenge: bytes, until_ms: int, now_ms: int) -> bool:
    """Take a challenge as answered; False where it was already. Those that lapsed are forgotten."""
    connection.execute(delete(spent_challenges).where(spent_challenges.c.until_ms <= now_ms))
    hashed = hashlib.sha256(challenge).hexdigest()
    seen = select(spent_challenges.c.sha256).where(spent_challenges.c.sha256 == hashed)
    if connection.execute(seen).first():
        return False
    connection.execute(insert(spent_challenges).values(sha256=hashed, until_ms=until_ms))
    return True
