"""Remote orders after the wish (hub.store.remote_opens): sent, refused, carried out, or dead."""

from dataclasses import dataclass, fields

from sqlalchemy import Connection, select, update

from hub.store.tables import orders

OPEN = ("asked", "nonce", "sent")
"""States of an order that may still be carried out."""


@dataclass(frozen=True)
class Wish:
    """A door somebody wants open, for the allocation it had then."""

    id: str
    device: str
    compartment: int
    allocation: int
    actor: str
    reason: str


def asked(connection: Connection) -> list[Wish]:
    """Wishes nobody has taken up yet."""
    names = (field.name for field in fields(Wish))
    columns = [orders.c[name] for name in names]
    rows = connection.execute(select(*columns).where(orders.c.state == "asked"))
    return [Wish(*row) for row in rows]


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
    statement = update(orders).where(orders.c.id == order_id, orders.c.state.in_(OPEN))
    changed = statement.values(state=state, why=why, operation=operation, changed_ms=now_ms)
    return connection.execute(changed.returning(orders.c.id)).scalar_one_or_none() is not None


def kill_all(connection: Connection, now_ms: int) -> int:
    """No order outlives the process that would have sent it; returns how many died."""
    statement = update(orders).where(orders.c.state.in_(OPEN))
    dead = statement.values(state="dead", why="restart", changed_ms=now_ms)
    return len(connection.execute(dead.returning(orders.c.id)).all())


def was_carried_out(connection: Connection, order_id: str, device: str, operation: str, now_ms: int) -> None:
    """A fact says that the bridge acted on it: that stands, whatever was thought before."""
    place = (orders.c.id == order_id, orders.c.device == device)
    taken = {"state": "taken", "why": None, "operation": operation, "changed_ms": now_ms}
    connection.execute(update(orders).where(*place).values(**taken))


def was_refused(connection: Connection, order_id: str, device: str, why: str, now_ms: int) -> None:
    """A fact says that the bridge refused it."""
    place = (orders.c.id == order_id, orders.c.device == device, orders.c.state != "taken")
    connection.execute(update(orders).where(*place).values(state="refused", why=why, changed_ms=now_ms))
