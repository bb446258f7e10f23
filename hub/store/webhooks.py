"""Who is told what happens, what is to be told, and how it went."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, delete, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from contract.codec import ContractError, decode_fact
from contract.ids import fresh_id
from hub.core.rights import Scope as Sites
from hub.core.rights import both, may
from hub.core.told import Told
from hub.core.webhooks import TEST, TYPES, Happening, body, happening, offline
from hub.store.accounts import account_by_id
from hub.store.api_tables import IS_WAITING
from hub.store.api_tokens import sites_of
from hub.store.bulk import rows_where
from hub.store.tables import (
    device_state,
    devices,
    items,
    ledger,
    service_orders,
    webhook_deliveries,
    webhooks,
)

MOST_WEBHOOKS: Final = 50
MOST_LOOKED_AT: Final = 1_000
"""Facts gone through at a time."""
MOST_AT_ONCE: Final = 20
"""Deliveries of one webhook in one turn."""
KEPT_MS: Final = 30 * 86_400_000


_ITS_OFFLINE: Final = "webhook = ? AND kind = 'device.offline'"


@dataclass(frozen=True)
class Hook:
    """A webhook that is sent to, of what the account that had it told may see now."""

    id: str
    address: str
    kinds: tuple[str, ...]
    sites: Sites
    generation: int
    position: int
    created_ms: int
    failing_ms: int | None


# --- what an administrator does ----------------------------------------------------------------


def add_webhook(
    connection: Connection,
    address: str,
    kinds: Iterable[str],
    sites: Iterable[str],
    account: str,
    now_ms: int,
) -> str:
    """Tell this address from now on; its id."""
    hook = fresh_id(now_ms)
    row = {"id": hook, "address": address, "kinds": ",".join(kinds), "sites": ",".join(sorted(sites))}
    last = connection.execute(select(func.max(ledger.c.position))).scalar_one() or 0
    made = insert(webhooks).values(position=last, created_ms=now_ms, created_by=account, **row)
    connection.execute(made)
    return hook


def listed_webhooks(connection: Connection) -> list[Any]:
    """All that were not removed, oldest first."""
    query = select(webhooks).where(webhooks.c.removed_ms.is_(None)).order_by(webhooks.c.created_ms)
    return list(connection.execute(query.limit(MOST_WEBHOOKS)))


def webhook_row(connection: Connection, hook: str) -> Any | None:
    """One that was not removed."""
    query = select(webhooks).where(webhooks.c.id == hook, webhooks.c.removed_ms.is_(None))
    return connection.execute(query).one_or_none()


def remove_webhook(connection: Connection, hook: str, now_ms: int) -> None:
    """Tell it nothing more."""
    connection.execute(update(webhooks).where(webhooks.c.id == hook).values(removed_ms=now_ms))
    waits = (webhook_deliveries.c.webhook == hook, IS_WAITING)
    connection.execute(delete(webhook_deliveries).where(*waits))


def enable_webhook(connection: Connection, hook: str, now_ms: int) -> None:
    """Tell it again, from now on."""
    last = connection.execute(select(func.max(ledger.c.position))).scalar_one() or 0
    fresh = {"disabled_ms": None, "failing_ms": None, "position": last}
    connection.execute(update(webhooks).where(webhooks.c.id == hook).values(fresh))
    waits = (webhook_deliveries.c.webhook == hook, IS_WAITING)
    connection.execute(update(webhook_deliveries).where(*waits).values(next_ms=now_ms))


def renew_secret(connection: Connection, hook: str) -> int:
    """Sign with another secret from now on; its generation."""
    more = update(webhooks).where(webhooks.c.id == hook).values(generation=webhooks.c.generation + 1)
    return int(connection.execute(more.returning(webhooks.c.generation)).scalar_one())


def any_disabled(connection: Connection) -> bool:
    """Whether something was given up and nobody has seen to it."""
    query = select(webhooks.c.id).where(webhooks.c.disabled_ms.is_not(None), webhooks.c.removed_ms.is_(None))
    return connection.execute(query.limit(1)).first() is not None


def send_test(connection: Connection, hook: str, now_ms: int) -> None:
    """Try it out now. What waits before it, because nothing got through, is tried now too: the test comes
    behind it, and a try somebody asked for is none of those after which it is let go.
    """
    waits = (webhook_deliveries.c.webhook == hook, IS_WAITING)
    connection.execute(update(webhook_deliveries).where(*waits).values(next_ms=now_ms, tries=0))
    deliver(connection, hook, [Happening(TEST, fresh_id(now_ms), "", now_ms, ())], now_ms)


def last_deliveries(connection: Connection, hook: str, most: int = 10) -> list[Any]:
    """The latest first."""
    mine = select(webhook_deliveries).where(webhook_deliveries.c.webhook == hook)
    ordered = mine.order_by(webhook_deliveries.c.created_ms.desc(), webhook_deliveries.c.id.desc())
    return list(connection.execute(ordered.limit(most)))


# --- what is to be told ------------------------------------------------------------------------


def live_hooks(connection: Connection) -> list[Hook]:
    """Those that are sent to."""
    live = (webhooks.c.removed_ms.is_(None), webhooks.c.disabled_ms.is_(None))
    return [_hook(connection, row) for row in connection.execute(select(webhooks).where(*live)).all()]


def _hook(connection: Connection, row: Any) -> Hook:
    giver = account_by_id(connection, row.created_by)
    may_tell = giver is not None and may(giver.role, "see")
    return Hook(
        row.id,
        row.address,
        tuple(row.kinds.split(",")) if may_tell else (),
        both(sites_of(row.sites), giver.sites if giver is not None else frozenset()),
        row.generation,
        row.position,
        row.created_ms,
        row.failing_ms,
    )


def happened_after(connection: Connection, position: int) -> tuple[list[Happening], int]:
    """What facts after a position tell, and the position looked through. At most MOST_LOOKED_AT facts."""
    last = connection.execute(select(func.max(ledger.c.position))).scalar_one() or 0
    through = min(position + MOST_LOOKED_AT, last)
    if through <= position:
        return [], position
    span = (ledger.c.position > position, ledger.c.position <= through)
    readable = (ledger.c.type.in_(TYPES), ledger.c.quarantine.is_(None))
    found = _told(connection.execute(select(ledger).where(*span, *readable).order_by(ledger.c.position)))
    by_item = _rows(connection, items, {getattr(one.fact, "item", None) for one in found})
    by_order = _rows(connection, service_orders, {getattr(one.fact, "order", None) for one in found})
    happened = (
        happening(
            one, by_item.get(getattr(one.fact, "item", "")), by_order.get(getattr(one.fact, "order", ""))
        )
        for one in found
    )
    return [one for one in happened if one is not None], through


def _told(rows: Iterable[Any]) -> list[Told]:
    found = []
    for row in rows:
        try:
            fact = decode_fact(bytes(row.body))
        except ContractError:  # of another version of this program, or kept no more
            continue
        found.append(Told(row.event, row.device, row.site, row.at_ms, row.estimated, fact))
    return found


def _rows(connection: Connection, table: Any, ids: set[str | None]) -> dict[str, dict[str, Any]]:
    wanted = [one for one in ids if one is not None]
    return {row["id"]: row for row in rows_where(connection, table, "id", wanted)}


def gone_offline(connection: Connection, since_ms: int, until_ms: int) -> list[Happening]:
    """Devices in service that went between these moments and did not come back."""
    went = (device_state.c.presence_ms > since_ms, device_state.c.presence_ms <= until_ms)
    query = select(devices.c.id, devices.c.site, device_state.c.presence_ms).join(
        device_state, device_state.c.device == devices.c.id
    )
    away = query.where(~device_state.c.online, devices.c.revoked_ms.is_(None), *went)
    return [offline(row.site, row.id, row.presence_ms) for row in connection.execute(away)]


def told_offline(connection: Connection, hook: str, subjects: list[str]) -> set[str]:
    """Those of these losses it is or will be told of."""
    rows = rows_where(
        connection, webhook_deliveries, "subject", subjects, also=_ITS_OFFLINE, also_values=(hook,)
    )
    return {row["subject"] for row in rows}


def deliver(connection: Connection, hook: str, happened: Iterable[Happening], now_ms: int) -> None:
    """Note what is to be told; what was noted before is told once."""
    make = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    rows = [
        {
            "id": f"msg_{fresh_id(now_ms)}",
            "webhook": hook,
            "kind": one.kind,
            "subject": one.subject,
            "body": body(one.kind, one.at_ms, (("site", one.site), *one.data) if one.site else one.data),
            "state": "waiting",
            "next_ms": now_ms,
            "created_ms": now_ms + number,  # apart, so that they keep their order
            "changed_ms": now_ms,
        }
        for number, one in enumerate(happened)
    ]
    if rows:
        connection.execute(make(webhook_deliveries).on_conflict_do_nothing(), rows)


def looked_through(connection: Connection, hook: str, position: int) -> None:
    """Facts up to here were seen to."""
    connection.execute(update(webhooks).where(webhooks.c.id == hook).values(position=position))


# --- how it goes -------------------------------------------------------------------------------


def due(connection: Connection, hook: Hook, now_ms: int) -> list[Any]:
    """What is to be sent now, oldest first. Where nothing gets through, the oldest alone is tried."""
    mine = (webhook_deliveries.c.webhook == hook.id, IS_WAITING)
    query = select(webhook_deliveries).where(*mine)
    if hook.failing_ms is None:
        query = query.where(webhook_deliveries.c.next_ms <= now_ms)
    ordered = query.order_by(webhook_deliveries.c.created_ms, webhook_deliveries.c.id)
    rows = connection.execute(ordered.limit(1 if hook.failing_ms is not None else MOST_AT_ONCE))
    return [row for row in rows if row.next_ms <= now_ms]


def begin_try(connection: Connection, delivery: Any, next_ms: int, now_ms: int) -> bool:
    """Write a try down before it is made; False where another process is at it."""
    same = (
        webhook_deliveries.c.id == delivery.id,
        IS_WAITING,
        webhook_deliveries.c.tries == delivery.tries,
    )
    values = {"tries": delivery.tries + 1, "next_ms": next_ms, "changed_ms": now_ms}
    begun = update(webhook_deliveries).where(*same).values(values).returning(webhook_deliveries.c.id)
    return connection.execute(begun).first() is not None


def sent(connection: Connection, delivery: str, hook: Hook, status: int | None, now_ms: int) -> None:
    """It was taken: nothing is wrong any more."""
    done = {"state": "sent", "next_ms": None, "status": status, "why": None, "changed_ms": now_ms}
    connection.execute(update(webhook_deliveries).where(webhook_deliveries.c.id == delivery).values(done))
    if hook.failing_ms is not None:
        connection.execute(update(webhooks).where(webhooks.c.id == hook.id).values(failing_ms=None))


def not_sent(
    connection: Connection,
    delivery: str,
    hook: Hook,
    status: int | None,
    why: str,
    now_ms: int,
    *,
    last: bool,
) -> None:
    """It was not; `last`: nor will it be tried again."""
    values: dict[str, Any] = {"status": status, "why": why, "changed_ms": now_ms}
    values |= {"state": "failed", "next_ms": None} if last else {}
    connection.execute(update(webhook_deliveries).where(webhook_deliveries.c.id == delivery).values(values))
    if hook.failing_ms is None:
        connection.execute(update(webhooks).where(webhooks.c.id == hook.id).values(failing_ms=now_ms))


def disable(connection: Connection, hook: str, now_ms: int) -> None:
    """Send nothing more until somebody looks at it."""
    connection.execute(update(webhooks).where(webhooks.c.id == hook).values(disabled_ms=now_ms))


def forget_old(connection: Connection, now_ms: int) -> None:
    """Deliveries are kept for a month."""
    old = webhook_deliveries.c.changed_ms < now_ms - KEPT_MS
    connection.execute(delete(webhook_deliveries).where(old, webhook_deliveries.c.state != "waiting"))
