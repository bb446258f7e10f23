"""What the hub's pages wish of a door: that it opens, is taken out of service, or may be used again.

A wish lives for seconds; `hub.orders` carries it out. To open a door behind which something lies takes two:
the person it is for agrees (`present` at the door, or by `phone`), or a `second` account of these pages does,
within `CONFIRM_MS` and not the one that asked, nor one that may be the same person under another name: of the
two none was told the other's code within `ONE_HAND_MS`. Whoever asked must still be allowed to when it is
agreed to.
"""

import uuid
from typing import Any, Final, Literal, NamedTuple

from sqlalchemy import insert, select, update

from hub.core.attention import Thing
from hub.core.rights import may
from hub.store import audit
from hub.store.accounts import Account, account_by_id
from hub.store.database import Connection
from hub.store.devices import bridge_of
from hub.store.tables import doors, orders

Deed = Literal["open", "out", "in"]
Consent = Literal["present", "phone", "second"]

CONFIRM_MS: Final = 600_000
ONE_HAND_MS: Final = 30 * 86_400_000


class Seen(NamedTuple):
    """What lay behind the door on the page of whoever decided: the table's columns."""

    allocation: int
    item: str | None


class OvertakenError(Exception):
    """Something else lies there now than what was seen: whoever wished must look again."""


class ConsentError(Exception):
    """Something lies there, and nobody else agrees that it is opened; or it is their own wish."""


class OneHandError(ConsentError):
    """One of the two accounts was given its code by the other, not long ago: they may be one person."""


def wish_open(
    connection: Connection,
    site: str,
    compartment: int,
    seen: Seen,
    actor: str,
    reason: str,
    now_ms: int,
    consent: Consent | None = None,
) -> str | None:
    """Note the wish; its id, or None when there is no such lock.

    Raises OvertakenError when it is no longer as `seen`, ConsentError where something lies there and
    nobody agrees.
    """
    bridge = _bridge(connection, site, compartment, seen, "lock")
    if bridge is None:
        return None
    if seen.item is not None and consent is None:
        raise ConsentError
    agreed = consent if seen.item is not None else None
    _replace_those_that_wait(connection, site, compartment, now_ms)
    return _note(connection, site, bridge, compartment, seen, actor, reason, now_ms, consent=agreed)


def wish_use(
    connection: Connection,
    site: str,
    compartment: int,
    seen: Seen,
    usable: bool,
    actor: str,
    reason: str,
    now_ms: int,
) -> str | None:
    """Note that it is to be taken out of service, or (`usable`) was seen empty; its id, or None.

    Raises OvertakenError when it is no longer as `seen`, or is to be usable with something inside.
    """
    bridge = _bridge(connection, site, compartment, seen)
    if bridge is None:
        return None
    if usable and seen.item is not None:
        raise OvertakenError
    deed: Deed = "in" if usable else "out"
    return _note(connection, site, bridge, compartment, seen, actor, reason, now_ms, deed=deed)


def _bridge(
    connection: Connection, site: str, compartment: int, seen: Seen, kind: str | None = None
) -> str | None:
    """The bridge of a place that is there (and of this kind), as it was seen."""
    door = connection.execute(
        select(doors.c.allocation, doors.c.item, doors.c.kind).where(
            doors.c.site == site, doors.c.compartment == compartment, doors.c.declared
        )
    ).one_or_none()
    bridge = bridge_of(connection, site)
    if door is None or bridge is None or kind not in (None, door.kind):
        return None
    if seen != Seen(door.allocation, door.item):
        raise OvertakenError
    return bridge


def _note(
    connection: Connection,
    site: str,
    bridge: str,
    compartment: int,
    seen: Seen,
    actor: str,
    reason: str,
    now_ms: int,
    *,
    deed: Deed = "open",
    consent: Consent | None = None,
) -> str:
    order = uuid.uuid4().hex
    connection.execute(
        insert(orders).values(
            id=order,
            site=site,
            device=bridge,
            compartment=compartment,
            allocation=seen.allocation,
            item=seen.item,
            actor=actor,
            reason=reason,
            deed=deed,
            consent=consent,
            state="waits" if consent == "second" else "asked",
            asked_ms=now_ms,
            changed_ms=now_ms,
        )
    )
    return order


# --- a second person -----------------------------------------------------------------------------


def confirm(connection: Connection, site: str, order: str, account: str, now_ms: int) -> bool:
    """A second account agrees: from now on the wish lives for seconds. False: it waits no more.

    When something else lies there by now, nobody agrees to that: it is over. Raises ConsentError for the
    account that asked, OneHandError for one of the same hand.
    """
    wish = connection.execute(
        select(orders).where(
            orders.c.id == order, orders.c.site == site, orders.c.state == "waits", _young(now_ms)
        )
    ).one_or_none()
    if wish is None:
        return False
    if wish.actor == account:
        raise ConsentError
    if not _may_still(account_by_id(connection, wish.actor), site):
        _bury(connection, now_ms, "lapsed", orders.c.id == order)
        return False
    if audit.gave_code(connection, wish.actor, account, now_ms - ONE_HAND_MS):
        raise OneHandError
    try:
        there = _bridge(connection, site, wish.compartment, Seen(wish.allocation, wish.item), "lock")
    except OvertakenError:
        there = None
    if there is None:
        _bury(connection, now_ms, "overtaken", orders.c.id == order)
        return False
    agreed = {"state": "asked", "confirmed_by": account, "asked_ms": now_ms, "changed_ms": now_ms}
    waits = (orders.c.id == order, orders.c.state == "waits")
    changed = update(orders).where(*waits).values(**agreed).returning(orders.c.id)
    return connection.execute(changed).first() is not None


def withdraw(connection: Connection, site: str, order: str, account: str, now_ms: int) -> bool:
    """Whoever asked does not need it any more; False where it does not wait, or is not theirs."""
    mine = (orders.c.id == order, orders.c.site == site, orders.c.actor == account)
    return _bury(connection, now_ms, "replaced", *mine) > 0


def drop_all_wishes(connection: Connection, account: str, now_ms: int) -> None:
    """What an account asked waits for nobody any more: its person was shut out."""
    _bury(connection, now_ms, "lapsed", orders.c.actor == account)


def drop_wishes_out_of_reach(connection: Connection, account: str, now_ms: int) -> None:
    """The same where it may not ask any more, as what it is now."""
    asked = select(orders.c.id, orders.c.site).where(orders.c.state == "waits", orders.c.actor == account)
    who = account_by_id(connection, account)
    for wish in connection.execute(asked).all():
        if not _may_still(who, wish.site):
            _bury(connection, now_ms, "lapsed", orders.c.id == wish.id)


def _may_still(who: Account | None, site: str) -> bool:
    return who is not None and may(who.role, "work") and who.sees(site)


def door_wish(connection: Connection, site: str, order: str) -> Any | None:
    """One wish of a site, or None."""
    mine = (orders.c.id == order, orders.c.site == site)
    return connection.execute(select(orders).where(*mine)).one_or_none()


def _replace_those_that_wait(connection: Connection, site: str, compartment: int, now_ms: int) -> None:
    """One wish a door: the latest."""
    _bury(connection, now_ms, "replaced", orders.c.site == site, orders.c.compartment == compartment)


def _bury(connection: Connection, now_ms: int, why: str, *which: Any) -> int:
    dead = {"state": "dead", "why": why, "changed_ms": now_ms}
    bury = update(orders).where(*which, orders.c.state == "waits").values(**dead).returning(orders.c.id)
    return len(connection.execute(bury).all())


def _young(now_ms: int) -> Any:
    return orders.c.asked_ms > now_ms - CONFIRM_MS


def waiting_wishes(connection: Connection, now_ms: int) -> list[Thing]:
    """What waits for a second person now, as things to do, the oldest first."""
    query = select(orders).where(orders.c.state == "waits", _young(now_ms)).order_by(orders.c.asked_ms)
    return [
        Thing("warn", "door_second", row.site, row.asked_ms, (row.compartment,), detail=row.reason)
        for row in connection.execute(query)
    ]
