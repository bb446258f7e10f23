"""By what other programs come in, or are told, that one account gave: it ends with the account.

Whoever gave it saw its secret. It goes on only where somebody takes it over, and knows that.
"""

from collections.abc import Collection
from typing import Literal, NamedTuple

from sqlalchemy import Connection, select, update

from hub.store.api_tokens import revoke_token
from hub.store.calendar_links import revoke_link
from hub.store.tables import api_tokens, calendar_links, webhooks
from hub.store.webhooks import remove_webhook


class Made(NamedTuple):
    """One of them: the name of a token or calendar, the address of a webhook; `site`: of a calendar."""

    kind: Literal["token", "webhook", "calendar"]
    id: str
    name: str
    site: str | None = None


_TABLES = {"token": api_tokens, "webhook": webhooks, "calendar": calendar_links}


def made_by(connection: Connection, account: str, now_ms: int) -> list[Made]:
    """What is good now of all that the account gave, by kind and name."""
    tokens = select(api_tokens).where(
        api_tokens.c.created_by == account,
        api_tokens.c.revoked_ms.is_(None),
        api_tokens.c.expires_ms > now_ms,
    )
    told = select(webhooks).where(webhooks.c.created_by == account, webhooks.c.removed_ms.is_(None))
    links = select(calendar_links).where(
        calendar_links.c.created_by == account, calendar_links.c.revoked_ms.is_(None)
    )
    return sorted(
        [
            *(Made("token", row.id, row.name) for row in connection.execute(tokens)),
            *(Made("webhook", row.id, row.address) for row in connection.execute(told)),
            *(Made("calendar", row.id, row.name, row.site) for row in connection.execute(links)),
        ]
    )


def end_all_but(
    connection: Connection, made: Collection[Made], kept: Collection[str], heir: str, now_ms: int
) -> None:
    """They end, but those of the ids `kept`: these are the account `heir`'s from now on."""
    for one in made:
        if one.id in kept:
            table = _TABLES[one.kind]
            connection.execute(update(table).where(table.c.id == one.id).values(created_by=heir))
        elif one.kind == "token":
            revoke_token(connection, one.id, now_ms)
        elif one.kind == "webhook":
            remove_webhook(connection, one.id, now_ms)
        else:
            revoke_link(connection, one.site or "", one.id, now_ms)
