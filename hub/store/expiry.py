"""What has been kept long enough: which rows are due by each timer, and what becomes of them.

A `Timer` finds at most so many rows and lets them go, in the caller's transaction; the same rows are never
due twice. People are another matter (hub.store.erased_list): `people_due` only names them.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import (
    Column,
    Connection,
    Select,
    Table,
    and_,
    delete,
    exists,
    func,
    or_,
    select,
    text,
    update,
)

from hub.core.redaction import NOBODY, TRACES
from hub.core.retention import Before, Known, Retention, person_is_due
from hub.store import audit, redaction, their_orders
from hub.store.feed import write_changes
from hub.store.partner_tables import partner_sessions, remarks
from hub.store.relay_tables import assignments, dictated_codes, mandates, refused_parcels
from hub.store.tables import (
    FLEETING,
    account_sites,
    accounts,
    device_state,
    duty_calls,
    expected_parcels,
    items,
    ledger,
    move_asks,
    orders,
    outbox,
    people,
    pickups,
    service_orders,
    sessions,
    staff,
)

_DAY_MS: Final = 86_400_000


@dataclass(frozen=True)
class Timer:
    """`due` selects the keys of what is due; `end` lets it go."""

    name: str
    due: Callable[[Before], Select[Any]]
    end: Callable[[Connection, list[Any], int], None]


def due(connection: Connection, timer: Timer, before: Before, most: int) -> list[Any]:
    """The keys of at most so many rows a timer is due for."""
    return list(connection.execute(timer.due(before).limit(most)).scalars())


# --- the ledger --------------------------------------------------------------------------------


def _fleeting(types: Iterable[str], before_ms: int) -> Select[Any]:
    of_type = (ledger.c.type.in_(list(types)), text(FLEETING))
    return select(ledger.c.position).where(*of_type, ledger.c.at_ms < before_ms)


def _unreadable(before: Before) -> Select[Any]:
    kept = (ledger.c.quarantine.is_not(None), ledger.c.redacted_ms.is_(None))
    return select(ledger.c.position).where(*kept, ledger.c.received_ms < before.items_ms)


def _items(before: Before) -> Select[Any]:
    named = or_(items.c.person != NOBODY, items.c.label != "")
    return select(items.c.id).where(items.c.ended_ms < before.items_ms, named)


def _pickups(before: Before) -> Select[Any]:
    """Once the last of what it opened is forgotten as well."""
    ended_ms = func.coalesce(pickups.c.closed_ms, pickups.c.opened_ms)
    young = or_(items.c.ended_ms.is_(None), items.c.ended_ms >= before.items_ms)
    still = exists().where(items.c.pickup == pickups.c.id, young)
    return select(pickups.c.id).where(ended_ms < before.items_ms, pickups.c.person != NOBODY, ~still)


# --- the hub's own tables ----------------------------------------------------------------------


def _messages(before: Before) -> Select[Any]:
    """Of what still lies there the last message is needed: it says when to remind."""
    lying = exists().where(items.c.pickup == outbox.c.pickup, items.c.ended_ms.is_(None))
    return select(outbox.c.id).where(outbox.c.changed_ms < before.messages_ms, ~lying)


def _sessions(before: Before) -> Select[Any]:
    return select(sessions.c.token_hash).where(sessions.c.expires_ms < before.sessions_ms)


def _expected(before: Before) -> Select[Any]:
    over = or_(
        expected_parcels.c.closed_ms < before.messages_ms, expected_parcels.c.created_ms < before.items_ms
    )
    return select(expected_parcels.c.id).where(over)


def _mandates(before: Before) -> Select[Any]:
    return select(mandates.c.id).where(mandates.c.ended_ms < before.items_ms)


def _assignments(before: Before) -> Select[Any]:
    return select(assignments.c.item).where(assignments.c.done_ms < before.items_ms)


def _told_codes(before: Before) -> Select[Any]:
    """Of what still waits the last code told is needed: it may have to be changed."""
    waiting = exists().where(items.c.pickup == dictated_codes.c.pickup, items.c.ended_ms.is_(None))
    return select(dictated_codes.c.pickup).where(dictated_codes.c.told_ms < before.items_ms, ~waiting)


def _refused(before: Before) -> Select[Any]:
    return select(refused_parcels.c.id).where(refused_parcels.c.at_ms < before.items_ms)


def _partner_sessions(before: Before) -> Select[Any]:
    ended = or_(
        partner_sessions.c.expires_ms < before.sessions_ms, partner_sessions.c.revoked_ms < before.sessions_ms
    )
    return select(partner_sessions.c.token_hash).where(ended)


def _remarks(before: Before) -> Select[Any]:
    return select(remarks.c.id).where(remarks.c.at_ms < before.items_ms)


def _left_staff(before: Before) -> Select[Any]:
    return select(staff.c.id).where(staff.c.removed_ms < before.team_ms, staff.c.pin_hash != "")


def _closed_accounts(before: Before) -> Select[Any]:
    gone = (accounts.c.disabled_ms < before.team_ms, accounts.c.name.not_like("erased-%"))
    return select(accounts.c.id).where(*gone)


def _forget_items(connection: Connection, ids: list[Any], now_ms: int) -> None:
    """Of whose they were one thing is kept: that this person had something until then (`people_due`)."""
    latest = select(func.max(items.c.ended_ms)).where(items.c.id.in_(ids), items.c.person == people.c.id)
    theirs = exists().where(items.c.id.in_(ids), items.c.person == people.c.id)
    connection.execute(update(people).where(theirs).values(last_item_ms=latest.scalar_subquery()))
    redaction.forget_items(connection, ids, now_ms)


def _forget_orders(connection: Connection, ids: list[Any], now_ms: int) -> None:
    """Of these as well it is kept that their person had something until then."""
    mine = (service_orders.c.item.in_(ids), service_orders.c.person == people.c.id)
    latest = select(func.max(their_orders.LAST_MS)).where(*mine).scalar_subquery()
    later = func.coalesce(people.c.last_item_ms, 0) < latest
    connection.execute(update(people).where(exists().where(*mine), later).values(last_item_ms=latest))
    redaction.forget_items(connection, ids, now_ms)


def _deletes(table: Table, key: Column[Any]) -> Callable[[Connection, list[Any], int], None]:
    def end(connection: Connection, keys: list[Any], _now_ms: int) -> None:
        connection.execute(delete(table).where(key.in_(keys)))

    return end


def _forget_expected(connection: Connection, ids: list[Any], now_ms: int) -> None:
    """A kiosk must not propose the person any more either."""
    of = (expected_parcels.c.id, expected_parcels.c.site)
    for row in connection.execute(delete(expected_parcels).where(of[0].in_(ids)).returning(*of)).all():
        write_changes(connection, row.site, [("kiosk", f"expected/{row.id}", None)], now_ms)


def _forget_staff(connection: Connection, ids: list[Any], _now_ms: int) -> None:
    nothing = {"initials": "—", "number": 0, "pin_salt": "", "pin_hash": "", "badge_hash": None}
    connection.execute(update(staff).where(staff.c.id.in_(ids)).values(**nothing))


def _forget_accounts(connection: Connection, ids: list[Any], _now_ms: int) -> None:
    """Names of accounts are unique: each keeps its id for one."""
    nameless = {"name": "erased-" + accounts.c.id, "password_hash": "", "employer": None}
    connection.execute(delete(account_sites).where(account_sites.c.account.in_(ids)))
    connection.execute(update(accounts).where(accounts.c.id.in_(ids)).values(**nameless))


TIMERS: Final[tuple[Timer, ...]] = (
    Timer("traces of codes", lambda b: _fleeting(TRACES, b.traces_ms), redaction.forget_traces),
    Timer("parcels that left", _items, _forget_items),
    Timer("orders that are over", lambda b: their_orders.over_before(b.items_ms), _forget_orders),
    Timer("tickets", _pickups, redaction.forget_pickups),
    Timer("refused parcels", lambda b: _fleeting(["parcel_refused"], b.items_ms), redaction.forget_labels),
    Timer("unreadable facts", _unreadable, redaction.drop_bodies),
    Timer("messages", _messages, _deletes(outbox, outbox.c.id)),
    Timer(
        "calls to those on duty",
        lambda b: select(duty_calls.c.id).where(duty_calls.c.created_ms < b.messages_ms),
        _deletes(duty_calls, duty_calls.c.id),
    ),
    Timer("expected parcels", _expected, _forget_expected),
    Timer("mandates", _mandates, _deletes(mandates, mandates.c.id)),
    Timer("whose something is", _assignments, _deletes(assignments, assignments.c.item)),
    Timer("codes told by telephone", _told_codes, _deletes(dictated_codes, dictated_codes.c.pickup)),
    Timer("refusals on the hub", _refused, _deletes(refused_parcels, refused_parcels.c.id)),
    Timer(
        "audit",
        lambda b: audit.before(b.audit_ms),
        audit.let_go,
    ),
    Timer(
        "remote openings",
        lambda b: select(orders.c.id).where(orders.c.changed_ms < b.audit_ms),
        _deletes(orders, orders.c.id),
    ),
    Timer(
        "things to be moved",
        lambda b: select(move_asks.c.item).where(move_asks.c.asked_ms < b.audit_ms),
        _deletes(move_asks, move_asks.c.item),
    ),
    Timer("sessions", _sessions, _deletes(sessions, sessions.c.token_hash)),
    Timer(
        "sessions of partners", _partner_sessions, _deletes(partner_sessions, partner_sessions.c.token_hash)
    ),
    Timer("remarks of partners", _remarks, _deletes(remarks, remarks.c.id)),
    Timer("staff who left", _left_staff, _forget_staff),
    Timer("closed accounts", _closed_accounts, _forget_accounts),
)


# --- people ------------------------------------------------------------------------------------


def people_due(connection: Connection, policy: Retention, now_ms: int) -> list[tuple[str, str]]:
    """Site and id of everybody to be erased, for whom nothing is at their site."""
    theirs = and_(items.c.person == people.c.id, items.c.site == people.c.site)
    open_items = func.count().filter(items.c.id.is_not(None), items.c.ended_ms.is_(None))
    query = (
        select(people.c.id, people.c.site, people.c.created_ms, people.c.removed_ms)
        .add_columns(people.c.last_item_ms, func.max(items.c.ended_ms).label("ended_ms"))
        .add_columns(open_items.label("open"))
        .outerjoin(items, theirs)
        .add_columns(their_orders.last_ms().label("order_ms"))
        .where(people.c.erased_ms.is_(None), their_orders.nothing_is_held_of(people.c.id))
        .group_by(people.c.id)
    )
    return [
        (row.site, row.id)
        for row in connection.execute(query)
        if not row.open and person_is_due(policy, _known(row), now_ms)
    ]


def _known(row: Any) -> Known:
    last_ms = row.ended_ms if row.ended_ms is not None else row.last_item_ms
    if row.order_ms is not None:
        last_ms = max(last_ms or 0, row.order_ms)
    return Known(row.site, row.created_ms, last_ms, row.removed_ms)


def clock_is_doubted(connection: Connection, now_ms: int) -> bool:
    """Whether a device whose clock is synchronised said a moment ago that it is another day.

    A hub whose clock is years ahead would forget everything.
    """
    off = func.abs(device_state.c.clock_off_ms) > _DAY_MS
    said = (device_state.c.clock == "synced", device_state.c.hello_ms > now_ms - _DAY_MS, off)
    return bool(connection.execute(select(exists().where(*said))).scalar_one())
