"""Taking something in from a telephone: the wish that the lockers note it on a shelf place.

`hub.orders` carries it out or lets it die; that it lies there is known once the lockers' facts are back. What
came of it is kept for a day, so that whoever asked can see it and try again.
"""

import uuid
from dataclasses import asdict, dataclass
from typing import Any, Final

from sqlalchemy import delete, insert, select, update

from contract.messages import ItemKind, Size
from contract.scans.labels import compared
from hub.store.database import Connection
from hub.store.devices import bridge_of
from hub.store.pages import IN_HOUSE, parcels_query
from hub.store.tables import doors, items, take_ins

_KEPT_MS: Final = 86_400_000


@dataclass(frozen=True)
class Wanted:
    """What lies on the counter. `item` is made with the form, so that a form sent twice asks for one thing.

    Without a `compartment` the lockers choose a place; not `named`: `person` is made for it alone.
    """

    item: str
    person: str
    kind: ItemKind
    size: Size
    named: bool = True
    compartment: int | None = None
    carrier: str | None = None
    label: str = ""


def wish_take_in(
    connection: Connection, site: str, wanted: Wanted, actor: str, now_ms: int
) -> tuple[str, bool] | None:
    """The wish's id, and whether it is a new one: one that is under way or done stands. None: no lockers."""
    bridge = bridge_of(connection, site)
    if bridge is None:
        return None
    same = (take_ins.c.site == site, take_ins.c.item == wanted.item)
    lives = take_ins.c.state.not_in(("refused", "dead"))
    before = connection.execute(select(take_ins.c.id).where(*same, lives)).scalar()
    if before is not None:
        return before, False
    order = uuid.uuid4().hex
    moment = {"state": "asked", "asked_ms": now_ms, "changed_ms": now_ms}
    row = {"id": order, "site": site, "device": bridge, "actor": actor, **moment, **asdict(wanted)}
    connection.execute(insert(take_ins).values(**row))
    return order, True


def take_in_row(connection: Connection, site: str, order: str) -> Any | None:
    """The wish, and where its thing lies as far as the lockers have said: `lies_at`, `place`."""
    here = (doors.c.site == items.c.site) & (doors.c.compartment == items.c.compartment)
    query = (
        select(take_ins, items.c.compartment.label("lies_at"), doors.c.label.label("place"))
        .outerjoin(items, (items.c.id == take_ins.c.item) & items.c.left_ms.is_not(None))
        .outerjoin(doors, here)
        .where(take_ins.c.site == site, take_ins.c.id == order)
    )
    return connection.execute(query).one_or_none()


def free_places(connection: Connection, site: str) -> list[Any]:
    """Shelf places with nothing on them, as far as the hub knows: `compartment`, `label`, `size`."""
    free = (doors.c.declared, doors.c.kind == "shelf", doors.c.usable == "usable", doors.c.item.is_(None))
    columns = (doors.c.compartment, doors.c.label, doors.c.size)
    return list(connection.execute(select(*columns).where(doors.c.site == site, *free).order_by(columns[0])))


def lies_here(connection: Connection, site: str, label: str) -> Any | None:
    """The thing with this label that is at the site already, with its `place`; None for none."""
    there = (
        items.c.site == site,
        items.c.ended_ms.is_(None),
        items.c.state.in_(IN_HOUSE),
        items.c.label != "",
    )
    rows = connection.execute(parcels_query().where(*there))
    same = (row for row in rows if compared(row.label) == compared(label))
    return next(same, None) if label else None


def was_noted(connection: Connection, order: str, device: str, now_ms: int) -> None:
    """A fact says that it lies there: that stands, whatever was thought before."""
    mine = (take_ins.c.id == order, take_ins.c.device == device)
    connection.execute(update(take_ins).where(*mine).values(state="taken", why=None, changed_ms=now_ms))


def forget(connection: Connection, now_ms: int) -> int:
    """Delete the wishes of yesterday, whatever came of them; how many."""
    old = delete(take_ins).where(take_ins.c.asked_ms < now_ms - _KEPT_MS)
    return len(connection.execute(old.returning(take_ins.c.id)).all())
