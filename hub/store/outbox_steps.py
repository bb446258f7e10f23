"""Messages about what happened to one thing (hub.core.steps): each once a thing and while, if still so."""

from collections.abc import Iterable, Sequence
from typing import Any, Final

from sqlalchemy import and_, func, null, select

from hub.core.notices import AGAIN_MS, APART_MS, DAY_MS, GATHER_MS, STEPS, Arrival, Kind, is_too_old
from hub.core.steps import Step, concerns, still_so
from hub.store import not_theirs
from hub.store.database import Connection
from hub.store.order_tables import service_orders
from hub.store.outbox import add, note_arrivals, to_be_spoken, waiting_items
from hub.store.tables import doors, items, outbox


def note_steps(connection: Connection, happened: Iterable[Step], now_ms: int) -> None:
    """Have the people told, within the transaction of the facts."""
    for step in happened:
        if step.person is not None:
            not_theirs.note(connection, step, step.person, now_ms)
            continue
        about = standing(connection, step.site, step.kind, step.item, step.at_ms)
        if about and about[0].person and about[0].pickup and not is_too_old(step.kind, step.at_ms, now_ms):
            _note(connection, step, about[0], now_ms)


def about(connection: Connection, row: Any) -> list[Any]:
    """What a message tells of, as far as it is still so: `id`, `kind`, and `place` (`lock` or `shelf`)."""
    if row.kind == "not_yours":
        return not_theirs.about(connection, row)
    if row.kind in STEPS:
        found = standing(connection, row.site, row.kind, row.item, row.about_ms)
        return [one for one in found if concerns(row.kind, one.person, row.person)]
    return waiting_items(connection, row.site, row.pickup)


def standing(connection: Connection, site: str, kind: Kind, item: str, since_ms: int) -> list[Any]:
    """The thing, if what this kind of message says of it since then is still so."""
    found = _at_the_lockers(connection, site, item) or _at_the_counter(connection, site, item)
    return [row for row in found if still_so(kind, row._mapping, row.alarm, since_ms)]


_ordered = service_orders.c
_ORDER: Final = (
    _ordered.number,
    _ordered.promised_ms,
    _ordered.lines,
    func.coalesce(_ordered.agreed_cents, _ordered.total_cents).label("price_cents"),
    _ordered.quote_cents,
    _ordered.pieces.label("order_pieces"),
    _ordered.weight_grams,
    _ordered.receipt_word,
    _ordered.pay,
    _ordered.state.label("order_state"),
    _ordered.closed_why.label("order_closed_why"),
)


def _at_the_lockers(connection: Connection, site: str, item: str) -> list[Any]:
    query = (
        select(items, doors.c.kind.label("place"), doors.c.alarm)
        .add_columns(*_ORDER)
        .outerjoin(doors, and_(doors.c.site == items.c.site, doors.c.compartment == items.c.compartment))
        .outerjoin(service_orders, and_(_ordered.item == items.c.id, _ordered.site == items.c.site))
        .where(items.c.id == item, items.c.site == site)
        .order_by(_ordered.placed_ms.desc())
        .limit(1)
    )
    return list(connection.execute(query))


def _at_the_counter(connection: Connection, site: str, item: str) -> list[Any]:
    """What lay behind no door: its order says whose it is, and stands for the ticket they have not."""
    unknown = dict.fromkeys(("place", "alarm", "state", "kept_why", "moved_ms"), null())
    columns = (_ordered.item.label("id"), _ordered.kind, _ordered.person, _ordered.id.label("pickup"))
    mine = (_ordered.item == item, _ordered.site == site, ~_ordered.anonymous)
    query = select(*columns, *(value.label(name) for name, value in unknown.items()), *_ORDER).where(*mine)
    return list(connection.execute(query.order_by(_ordered.placed_ms.desc()).limit(1)))


def to_be_said(connection: Connection, order: str) -> bool:
    """Whether somebody is to tell the person of this order what could not be written to them."""
    mine = (outbox.c.pickup == order, to_be_spoken())
    return connection.execute(select(outbox.c.id).where(*mine).limit(1)).first() is not None


def are_to_be_told(connection: Connection, messages: Iterable[str]) -> list[str]:
    """The people who are to be told one of these by word of mouth."""
    mine = (outbox.c.id.in_(list(messages)), to_be_spoken())
    return list(connection.execute(select(outbox.c.person).where(*mine).distinct()).scalars())


def _note(connection: Connection, step: Step, thing: Any, now_ms: int) -> None:
    earlier = connection.execute(select(outbox).where(outbox.c.pickup == thing.pickup)).all()
    mine = [row for row in earlier if row.kind == step.kind]
    if any(
        row.state == "waiting" or (row.item == step.item and row.created_ms > now_ms - AGAIN_MS[step.kind])
        for row in mine
    ):
        return
    if step.kind == "mended" and not _knows_of_jam(earlier, step.item, now_ms):
        return
    arrival = Arrival(step.site, thing.person, thing.pickup, step.at_ms, step.kind, step.item)
    if step.kind == "brought":  # its receipt is in their hands: no hurry, and they may drop another
        add(connection, arrival, now_ms, next_ms=now_ms + GATHER_MS)
    elif step.kind == "mended":  # not before it is sure that it stays there
        add(connection, arrival, now_ms, next_ms=now_ms + APART_MS)
    elif step.kind != "moved":
        add(connection, arrival, now_ms, next_ms=now_ms)
    elif _was_told(earlier):
        add(connection, arrival, now_ms, next_ms=now_ms + GATHER_MS)
    else:  # they know of nothing yet: that it waits is the news, wherever it lies
        note_arrivals(connection, [Arrival(step.site, thing.person, thing.pickup, step.at_ms)], now_ms)


def _knows_of_jam(earlier: Sequence[Any], item: str, now_ms: int) -> bool:
    """Whether the last they heard is that the door is stuck, and not long ago."""
    told = [row for row in earlier if row.item == item and row.state == "sent" and row.kind != "opened"]
    last = max(told, key=lambda row: row.sent_ms, default=None)
    return last is not None and last.kind == "stuck" and now_ms - last.sent_ms < 2 * DAY_MS


def _was_told(earlier: Sequence[Any]) -> bool:
    return any(row.kind == "ready" and row.state in ("sent", "handed") for row in earlier)
