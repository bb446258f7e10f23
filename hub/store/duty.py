"""Messages to those on duty, as they wait, leave and fail."""

from typing import Any

from sqlalchemy import func, insert, or_, select, update

from contract.ids import fresh_id
from hub.core.notices import Channel
from hub.core.presence import Helper
from hub.core.rights import EVERYWHERE
from hub.core.things import Thing
from hub.store.database import Connection
from hub.store.tables import accounts, attention_marks, duty_calls, helpers, sites

MOST_TOGETHER = 20
"""Messages of one turn."""
_MOST_CALLS = 1000
"""Of which they are made: a whole cabinet for each of a team is one message each."""
_WAYS = (
    accounts.c.call_phone.label("phone"),
    accounts.c.call_email.label("email"),
    accounts.c.call_any_hour.label("any_hour"),
)


# --- who sees all sites ------------------------------------------------------------------------


def call_by(
    connection: Connection, account: str, phone: str | None, email: str | None, *, any_hour: bool
) -> None:
    """How an account that sees all sites is called for what belongs to none; by neither: not at all."""
    ways = {"call_phone": phone, "call_email": email, "call_any_hour": any_hour}
    connection.execute(update(accounts).where(accounts.c.id == account).values(**ways))


def called_by(connection: Connection, account: str) -> Any:
    """What `call_by` noted: `phone`, `email`, `any_hour`."""
    return connection.execute(select(*_WAYS).where(accounts.c.id == account)).one()


def who_sees_all(connection: Connection) -> list[Helper]:
    """Those who want to be called, as if they led what belongs to no site."""
    wanted = or_(accounts.c.call_phone.is_not(None), accounts.c.call_email.is_not(None))
    theirs = (accounts.c.disabled_ms.is_(None), accounts.c.role.in_(sorted(EVERYWHERE)), wanted)
    query = select(accounts.c.id, accounts.c.name, accounts.c.language, *_WAYS).where(*theirs)
    rows = connection.execute(query.order_by(accounts.c.name))
    return [Helper(**row._mapping, lead=True) for row in rows]


# --- calls -------------------------------------------------------------------------------------


def add_call(connection: Connection, thing: Thing, helper: Helper, channel: Channel, now_ms: int) -> None:
    """Somebody is to be told of it, at once; an account where it belongs to no site."""
    row = {"id": fresh_id(now_ms), "key": thing.key, "site": thing.site, "helper": helper.id}
    row |= {"kind": thing.kind, "channel": channel, "state": "waiting"}
    connection.execute(insert(duty_calls).values(**row, next_ms=now_ms, created_ms=now_ms))


def due_calls(connection: Connection, now_ms: int) -> list[Any]:
    """Those whose time has come, with `phone`, `email` and `language` of whom they are for (None once they
    are called no more) and the site's `name` (None for no site); the longest due first.
    """
    query = (
        select(duty_calls, sites.c.name)
        .add_columns(func.coalesce(helpers.c.phone, accounts.c.call_phone).label("phone"))
        .add_columns(func.coalesce(helpers.c.email, accounts.c.call_email).label("email"))
        .add_columns(func.coalesce(helpers.c.language, accounts.c.language).label("language"))
        .outerjoin(helpers, helpers.c.id == duty_calls.c.helper)
        .outerjoin(accounts, accounts.c.id == duty_calls.c.helper)
        .outerjoin(sites, sites.c.id == duty_calls.c.site)
        .where(duty_calls.c.state == "waiting", duty_calls.c.next_ms <= now_ms)
        .order_by(duty_calls.c.next_ms)
        .limit(_MOST_CALLS)
    )
    return list(connection.execute(query))


def change(connection: Connection, call: str, **values: Any) -> None:
    """What became of one that waited."""
    waiting = (duty_calls.c.id == call, duty_calls.c.state == "waiting")
    connection.execute(update(duty_calls).where(*waiting).values(**values))


def last_called(connection: Connection, keys: list[str]) -> dict[str, tuple[str, int]]:
    """By key of a thing, the name of who was last told of it, and when; not of what was the matter before."""
    name = func.coalesce(helpers.c.name, accounts.c.name).label("name")
    query = (
        select(duty_calls.c.key, name, duty_calls.c.sent_ms)
        .outerjoin(helpers, helpers.c.id == duty_calls.c.helper)
        .outerjoin(accounts, accounts.c.id == duty_calls.c.helper)
        .join(attention_marks, attention_marks.c.key == duty_calls.c.key)
        .where(duty_calls.c.key.in_(keys), duty_calls.c.state == "sent", name.is_not(None))
        .where(duty_calls.c.sent_ms >= attention_marks.c.first_ms)
        .order_by(duty_calls.c.sent_ms)
    )
    return {row.key: (row.name, row.sent_ms) for row in connection.execute(query)}
