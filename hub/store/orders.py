"""Orders after the wish (hub.store.door_wishes, hub.store.take_ins): sent, refused, carried out, or dead."""

from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, select, update

from contract.messages import RemoteOpen, SetUse, SignedOrder, TakeIn
from hub.store.tables import orders, take_ins

OPEN = ("asked", "nonce", "sent")
"""States of an order that may still be carried out."""
_STANDS: Final = ("taken", "done")
_TABLES: Final = (orders, take_ins)
_UNSIGNED: Final[dict[str, Any]] = {"nonce": "0" * 32, "signature": "0" * 128}


@dataclass(frozen=True)
class Wish:
    """What somebody wants of a bridge: the order, neither with its nonce nor signed yet."""

    id: str
    device: str
    order: SignedOrder


def asked(connection: Connection) -> list[Wish]:
    """Wishes nobody has taken up yet."""
    found: list[Wish] = []
    for table, made in ((orders, _at_a_door), (take_ins, _take_in)):
        rows = connection.execute(select(table).where(table.c.state == "asked"))
        found += [Wish(row.id, row.device, made(row)) for row in rows]
    return found


def _at_a_door(row: Any) -> SignedOrder:
    """What is wished of a door, for the allocation it had then."""
    door = {"compartment": row.compartment, "allocation": row.allocation}
    said = {"order": row.id, "actor": row.actor, "reason": row.reason}
    if row.deed == "open":
        return RemoteOpen(**said, **door, **_UNSIGNED)
    return SetUse(**said, **door, usable=row.deed == "in", **_UNSIGNED)


def _take_in(row: Any) -> SignedOrder:
    what = {name: getattr(row, name) for name in ("item", "person", "named", "kind", "size", "label")}
    place = {"compartment": row.compartment, "carrier": row.carrier}
    return TakeIn(order=row.id, actor=row.actor, **what, **place, **_UNSIGNED)


def became(
    connection: Connection,
    order_id: str,
    state: str,
    now_ms: int,
    *,
    why: str | None = None,
    operation: str | None = None,
) -> bool:
    """Set the state of an order that is still open; False for one that has ended."""
    values: dict[str, Any] = {"state": state, "why": why, "changed_ms": now_ms}
    for table in _TABLES:
        more = {"operation": operation} if table is orders else {}
        open_one = (table.c.id == order_id, table.c.state.in_(OPEN))
        changed = update(table).where(*open_one).values(**values, **more).returning(table.c.id)
        if connection.execute(changed).scalar_one_or_none() is not None:
            return True
    return False


def kill_all(connection: Connection, now_ms: int) -> int:
    """No order outlives the process that would have sent it; returns how many died."""
    dead = {"state": "dead", "why": "restart", "changed_ms": now_ms}
    kills = (
        update(table).where(table.c.state.in_(OPEN)).values(**dead).returning(table.c.id) for table in _TABLES
    )
    return sum(len(connection.execute(kill).all()) for kill in kills)


def was_carried_out(connection: Connection, order_id: str, device: str, operation: str, now_ms: int) -> None:
    """A fact says that the bridge acted on it: that stands, whatever was thought before."""
    place = (orders.c.id == order_id, orders.c.device == device)
    taken = {"state": "taken", "why": None, "operation": operation, "changed_ms": now_ms}
    connection.execute(update(orders).where(*place).values(**taken))


def was_done(connection: Connection, order_id: str, device: str, now_ms: int) -> None:
    """A fact says that the bridge noted what was wished: that stands, whatever was thought before."""
    place = (orders.c.id == order_id, orders.c.device == device)
    done = {"state": "done", "why": None, "changed_ms": now_ms}
    connection.execute(update(orders).where(*place).values(**done))


def was_refused(connection: Connection, order_id: str, device: str, why: str, now_ms: int) -> None:
    """A fact says that the bridge refused it."""
    for table in _TABLES:
        place = (table.c.id == order_id, table.c.device == device, table.c.state.not_in(_STANDS))
        connection.execute(update(table).where(*place).values(state="refused", why=why, changed_ms=now_ms))


def is_ours(connection: Connection, order_id: str, device: str) -> bool:
    """Whether somebody asked for it on these pages."""
    return any(
        connection.execute(select(table.c.id).where(table.c.id == order_id, table.c.device == device)).first()
        for table in _TABLES
    )
