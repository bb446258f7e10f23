"""Messages to people, as they wait, leave, fail or become paper.

What is written here goes with the transaction of its cause: a fact that makes something wait, and its
message, are committed together or not at all. See hub.core.notices for the rules.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import and_, exists, func, or_, select, update

from contract.ids import fresh_id
from hub.core.attention import Untold
from hub.core.notices import (
    APART_MS,
    DAY_MS,
    SPOKEN,
    Arrival,
    Channel,
    back_off_ms,
    due_ms,
    is_too_old,
)
from hub.store.bulk import first_row, insert_rows, rows_where
from hub.store.database import Connection
from hub.store.fold_tables import IS_SOMEBODYS
from hub.store.tables import doors, items, outbox, people, pickups, service_orders, sites

MOST_TOGETHER = 20
MOST_ROWS = 500
_REACHED = "SELECT phone, email FROM people WHERE id = ? AND site = ?"
_CLOSING = ("sent", "handed")
CALLING = ("ready", "reminder")
"""Kinds that ask a person to come, with the code: those a slip of paper stands for."""

_HERS = and_(people.c.id == outbox.c.person, people.c.site == outbox.c.site)
"""The person of a message: what a site says of somebody of another site is told to nobody (I12)."""

# --- written with what happened ----------------------------------------------------------------


def note_arrivals(connection: Connection, arrived: Sequence[Arrival], now_ms: int) -> None:
    """Have the people told, each pickup once: a message that still waits takes in what came since."""
    if not arrived:
        return
    earlier: dict[str, list[dict[str, Any]]] = {}
    for row in rows_where(connection, outbox, "pickup", {arrival.pickup for arrival in arrived}):
        earlier.setdefault(row["pickup"], []).append(row)
    for arrival in arrived:
        _note(connection, arrival, earlier.get(arrival.pickup, []), now_ms)


def _note(connection: Connection, arrival: Arrival, earlier: list[dict[str, Any]], now_ms: int) -> None:
    ready = [row for row in earlier if row["kind"] == "ready"]
    if is_too_old("ready", arrival.at_ms, now_ms):
        if not any(row["about_ms"] >= arrival.at_ms for row in ready):
            add(connection, arrival, now_ms, state="too_old", next_ms=None, error="told too late")
        return
    waiting = next((row for row in ready if row["state"] == "waiting"), None)
    last_ms = max((row["sent_ms"] for row in ready if row["state"] == "sent"), default=None)
    if waiting is None:
        add(connection, arrival, now_ms, next_ms=due_ms(now_ms, last_ms))
        return
    changes = {"about_ms": max(waiting["about_ms"], arrival.at_ms), "changed_ms": now_ms}
    if waiting["next_ms"] is not None and not waiting["tries"]:
        changes["next_ms"] = due_ms(now_ms, last_ms, waiting["created_ms"])
    connection.execute(update(outbox).where(outbox.c.id == waiting["id"]).values(**changes))


def slip_printed(connection: Connection, site: str, pickup: str, now_ms: int) -> None:
    """The kiosk printed the slip: should the message become paper, that paper is made."""
    mine = and_(outbox.c.pickup == pickup, outbox.c.site == site, outbox.c.kind.in_(CALLING))
    waits = update(outbox).where(mine, outbox.c.state == "waiting")
    connection.execute(waits.values(printed_ms=now_ms, changed_ms=now_ms))
    connection.execute(waits.where(outbox.c.next_ms.is_(None)).values(state="handed", sent_ms=now_ms))


def add(connection: Connection, arrival: Arrival, now_ms: int, **values: Any) -> None:
    """Write one message; `values` by column."""
    phone, email = first_row(connection, _REACHED, (arrival.person, arrival.site)) or (None, None)
    channel: Channel = "sms" if phone else "email" if email else "slip"
    first = {
        "id": fresh_id(now_ms),
        "site": arrival.site,
        "person": arrival.person,
        "pickup": arrival.pickup,
        "item": arrival.item,
        "kind": arrival.kind,
        "channel": channel,
        "state": "waiting",
        "about_ms": arrival.at_ms,
        "created_ms": now_ms,
        "changed_ms": now_ms,
    }
    row = first | values
    insert_rows(connection, outbox, tuple(row), [tuple(row.values())])


# --- asked for ---------------------------------------------------------------------------------


def tell_again(connection: Connection, site: str, person: str, pickup: str, now_ms: int) -> None:
    """Tell it once more, now; a message that waits for its time leaves now instead.

    Still never twice within the time messages of one pickup are apart.
    """
    mine = (outbox.c.pickup == pickup, outbox.c.kind == "ready")
    last_ms = connection.execute(
        select(func.max(outbox.c.sent_ms)).where(*mine, outbox.c.state == "sent")
    ).scalar()
    due = due_ms(now_ms, last_ms, now_ms - DAY_MS)
    again = update(outbox).where(*mine, outbox.c.state == "waiting")
    values = {"next_ms": due, "about_ms": now_ms, "tries": 0, "error": "", "changed_ms": now_ms}
    if connection.execute(again.values(**values).returning(outbox.c.id)).first() is None:
        add(connection, Arrival(site, person, pickup, now_ms), now_ms, next_ms=due)


# --- the sender's ------------------------------------------------------------------------------


def due(connection: Connection, channel: Channel, now_ms: int) -> list[str]:
    """The ids of a channel's messages whose time has come, the longest due first."""
    mine = (outbox.c.state == "waiting", outbox.c.channel == channel, outbox.c.next_ms <= now_ms)
    query = select(outbox.c.id).where(*mine)
    return list(connection.execute(query.order_by(outbox.c.next_ms).limit(MOST_TOGETHER)).scalars())


def message(connection: Connection, message_id: str) -> Any | None:
    """A message that waits, with what its words need (`phone`, `email`, `language` where the person still is
    on the list; the site's card; the pickup's `ticket`); None when it waits no more.
    """
    listed = and_(_HERS, people.c.removed_ms.is_(None))
    query = (
        select(outbox, people.c.phone, people.c.email, people.c.language, pickups.c.ticket)
        .add_columns(sites.c.name, sites.c.helper, sites.c.helper_hours)
        .outerjoin(people, listed)
        .outerjoin(pickups, and_(pickups.c.id == outbox.c.pickup, pickups.c.closed_ms.is_(None)))
        .join(sites, sites.c.id == outbox.c.site)
        .where(outbox.c.id == message_id, outbox.c.state == "waiting", outbox.c.next_ms.is_not(None))
    )
    return connection.execute(query).one_or_none()


def waiting_items(connection: Connection, site: str, pickup: str) -> list[Any]:
    """What lies there for a pickup: `id`, `kind`, and `place` (`lock` or `shelf`)."""
    query = (
        select(items.c.id, items.c.kind, doors.c.kind.label("place"))
        .outerjoin(doors, and_(doors.c.site == items.c.site, doors.c.compartment == items.c.compartment))
        .where(items.c.pickup == pickup, items.c.site == site, items.c.ended_ms.is_(None))
        .where(items.c.state == "waiting")
        .order_by(items.c.left_ms)
    )
    return list(connection.execute(query))


def change(connection: Connection, row: Any, now_ms: int, **values: Any) -> bool:
    """Change a waiting message; False when it is not as `row` has it any more: somebody else was there."""
    same = (outbox.c.id == row.id, outbox.c.state == "waiting", outbox.c.tries == row.tries)
    changed = update(outbox).where(*same).values(changed_ms=now_ms, **values).returning(outbox.c.id)
    return connection.execute(changed).first() is not None


def put_off(connection: Connection, message_id: str, now_ms: int) -> None:
    """Something went wrong here, not at a gateway: the message waits, and a try of it is used up."""
    row = message(connection, message_id)
    if row is not None:
        tries = row.tries + 1
        again = {"tries": tries, "next_ms": now_ms + back_off_ms(tries), "error": "a fault of the hub"}
        change(connection, row, now_ms, **again)


def wait_for_news(connection: Connection, now_ms: int) -> None:
    """After a restore: nothing leaves before the sites had time to say what happened since the backup."""
    waiting = update(outbox).where(outbox.c.state == "waiting", outbox.c.next_ms < now_ms + APART_MS)
    connection.execute(waiting.values(next_ms=now_ms + APART_MS, changed_ms=now_ms))


# --- the pages' --------------------------------------------------------------------------------


def messages_of(connection: Connection, site: str, pickup: str) -> list[Any]:
    """All that was told about a pickup, oldest first."""
    mine = (outbox.c.pickup == pickup, outbox.c.site == site)
    return list(connection.execute(select(outbox).where(*mine).order_by(outbox.c.created_ms)))


def hand_over(connection: Connection, site: str, pickup: str, now_ms: int) -> None:
    """The person has the slip: what failed or was to be paper is done."""
    mine = (outbox.c.pickup == pickup, outbox.c.kind.in_(CALLING))
    _done(connection, now_ms, outbox.c.site == site, *mine)


def said(connection: Connection, site: str, item: str, person: str | None, now_ms: int) -> bool:
    """Somebody told this person, or everybody, by word of mouth what could not be written to them of this
    item; False where nothing was to be said. Whoever is to have its code still is.
    """
    mine = (outbox.c.site == site, outbox.c.item == item, outbox.c.kind.in_(SPOKEN))
    return _done(connection, now_ms, *mine, *([outbox.c.person == person] if person else []))


def _done(connection: Connection, now_ms: int, *mine: Any) -> bool:
    done = {"state": "handed", "next_ms": None, "sent_ms": now_ms, "changed_ms": now_ms}
    changed = update(outbox).where(*mine, left_over()).values(**done).returning(outbox.c.id)
    return bool(connection.execute(changed).all())


def left_over() -> Any:
    """What no gateway takes: somebody must see to it."""
    return and_(outbox.c.state == "waiting", outbox.c.next_ms.is_(None)) | (outbox.c.state == "failed")


def to_be_spoken() -> Any:
    """What is told by word of mouth, and not yet; a price only while nobody has said yes or no to it, and
    that it is not theirs only while that is so.
    """
    ordered = service_orders.c
    is_open = exists().where(
        ordered.item == outbox.c.item, ordered.site == outbox.c.site, ordered.state == "quoted"
    )
    is_theirs = exists().where(
        items.c.id == outbox.c.item, items.c.site == outbox.c.site, items.c.person == outbox.c.person
    )
    spoken = (outbox.c.kind.in_(SPOKEN), left_over())
    is_so = (or_(outbox.c.kind != "quoted", is_open), or_(outbox.c.kind != "not_yours", ~is_theirs))
    return and_(*spoken, *is_so)


def untold(connection: Connection, site: str | None = None) -> list[Untold]:
    """People who must be given a slip (once a pickup) or be told by word of mouth, of a site or of all.

    Not those told later another way, and not those for whom nothing waits any more.
    """
    here = () if site is None else (outbox.c.site == site,)
    return [*_to_be_given_a_slip(connection, here), *_to_be_spoken_to(connection, here)]


def _to_be_given_a_slip(connection: Connection, here: tuple[Any, ...]) -> list[Untold]:
    later = outbox.alias("later")
    told_later = exists().where(
        later.c.pickup == outbox.c.pickup, later.c.state.in_(_CLOSING), later.c.sent_ms >= outbox.c.created_ms
    )
    told_later = told_later.where(later.c.kind.in_(CALLING))
    query = (
        select(outbox.c.site, func.min(items.c.id).label("item"), func.min(people.c.name).label("name"))
        .add_columns(func.min(outbox.c.state).label("state"), func.min(outbox.c.created_ms).label("since_ms"))
        .outerjoin(people, _HERS)
        .join(items, and_(items.c.pickup == outbox.c.pickup, items.c.site == outbox.c.site))
        .where(*here, outbox.c.kind.in_(CALLING), left_over(), ~told_later)
        .where(items.c.state == "waiting", items.c.ended_ms.is_(None), IS_SOMEBODYS)
        .group_by(outbox.c.pickup, outbox.c.site)
    )
    return [
        Untold(row.site, row.item, row.name or "", row.state == "failed", row.since_ms)
        for row in connection.execute(query.limit(MOST_ROWS))
    ]


def _to_be_spoken_to(connection: Connection, here: tuple[Any, ...]) -> list[Untold]:
    query = (
        select(
            outbox.c.site, outbox.c.item, outbox.c.kind, outbox.c.state, outbox.c.created_ms, people.c.name
        )
        .outerjoin(people, _HERS)
        .where(*here, to_be_spoken())
        .order_by(outbox.c.created_ms)
    )
    return [
        Untold(
            row.site,
            row.item,
            row.name or "",
            row.state == "failed",
            row.created_ms,
            spoken=True,
            asked=row.kind == "quoted",
            opened=row.kind == "opened",
            misled=row.kind == "not_yours",
        )
        for row in connection.execute(query.limit(MOST_ROWS))
    ]
