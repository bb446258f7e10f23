"""Messages to those on duty, as they wait, leave and fail."""

from typing import Any

from sqlalchemy import insert, select, update

from contract.ids import fresh_id
from hub.core.notices import Channel
from hub.core.presence import Helper
from hub.core.things import Thing
from hub.store.database import Connection
from hub.store.tables import duty_calls, helpers, sites

MOST_TOGETHER = 20


def add_call(connection: Connection, thing: Thing, helper: Helper, channel: Channel, now_ms: int) -> None:
    """Somebody is to be told of it, at once."""
    row = {"id": fresh_id(now_ms), "key": thing.key, "site": thing.site, "helper": helper.id}
    row |= {"kind": thing.kind, "channel": channel, "state": "waiting"}
    connection.execute(insert(duty_calls).values(**row, next_ms=now_ms, created_ms=now_ms))


def due_calls(connection: Connection, now_ms: int) -> list[Any]:
    """Those whose time has come, with `phone`, `email` and `language` of whom they are for and the site's
    `name`; the longest due first.
    """
    query = (
        select(duty_calls, helpers.c.phone, helpers.c.email, helpers.c.language, sites.c.name)
        .join(helpers, helpers.c.id == duty_calls.c.helper)
        .join(sites, sites.c.id == duty_calls.c.site)
        .where(duty_calls.c.state == "waiting", duty_calls.c.next_ms <= now_ms)
        .order_by(duty_calls.c.next_ms)
        .limit(MOST_TOGETHER)
    )
    return list(connection.execute(query))


def change(connection: Connection, call: str, **values: Any) -> None:
    """What became of one that waited."""
    waiting = (duty_calls.c.id == call, duty_calls.c.state == "waiting")
    connection.execute(update(duty_calls).where(*waiting).values(**values))


def last_called(connection: Connection, keys: list[str]) -> dict[str, tuple[str, int]]:
    """By key of a thing, the first name of who was last told of it, and when."""
    query = (
        select(duty_calls.c.key, helpers.c.name, duty_calls.c.sent_ms)
        .join(helpers, helpers.c.id == duty_calls.c.helper)
        .where(duty_calls.c.key.in_(keys), duty_calls.c.state == "sent")
        .order_by(duty_calls.c.sent_ms)
    )
    return {row.key: (row.name, row.sent_ms) for row in connection.execute(query)}
