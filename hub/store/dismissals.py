"""Alarms that somebody saw to."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, insert, select, update

from hub.core.fact_alarms import CRIES, LOSSES
from hub.core.parcel_alarms import kept_event
from hub.store.bag_alarms import open_worries
from hub.store.database import Connection
from hub.store.doubles import doubles
from hub.store.pages import kept_parcels
from hub.store.tables import alarms, dismissals, incidents, ledger


def dismiss(connection: Connection, event: str, account: str, now_ms: int) -> bool:
    """Take an alarm off the list: an alarm fact, a count that does not come out, a number borne twice,
    what is so of a bag, what was said not to be there, an incident (`kind:device`), or all cries for help,
    losses or unreadable facts of the device that sent this one. False when there is no such alarm.
    """
    kind, separator, device = event.partition(":")
    if separator:
        kinds = LOSSES if kind in LOSSES else (kind,)
        return _close_incidents(connection, device, kinds, now_ms)
    events = _alarm(connection, event, now_ms) or _pile(connection, event) or _unreadable(connection, event)
    events = events or _double(connection, event) or _worry(connection, event, now_ms)
    events = events or _kept(connection, event)
    for one in events:
        connection.execute(insert(dismissals).values(event=one, account=account, at_ms=now_ms))
    return bool(events)


def _close_incidents(connection: Connection, device: str, kinds: Sequence[str], now_ms: int) -> bool:
    mine = (incidents.c.kind.in_(kinds), incidents.c.device == device, incidents.c.closed_ms.is_(None))
    closed = update(incidents).where(*mine).values(closed_ms=now_ms).returning(incidents.c.kind)
    return connection.execute(closed).first() is not None


def _alarm(connection: Connection, event: str, now_ms: int) -> list[str]:
    """The fact; of a cry for help, for a lost thing, or of what a device lost, all of them up to then: they
    are one on the page.
    """
    is_open = alarms.c.event.not_in(_seen())
    row = connection.execute(select(alarms).where(alarms.c.event == event, is_open)).one_or_none()
    if row is None or row.kind not in (*CRIES, *LOSSES):
        return [] if row is None else [event]
    if row.kind in LOSSES:
        _close_incidents(connection, row.device, LOSSES, now_ms)
    kinds = LOSSES if row.kind in LOSSES else (row.kind,)
    about = alarms.c.detail == row.detail if row.kind == "lost_asked" else alarms.c.device == row.device
    the_same = (alarms.c.kind.in_(kinds), about, alarms.c.at_ms <= row.at_ms)
    return list(connection.execute(select(alarms.c.event).where(*the_same, is_open)).scalars())


def _pile(connection: Connection, event: str) -> list[str]:
    """A carrier's pile that was counted."""
    counted = (ledger.c.event == event, ledger.c.type == "pile_counted", ledger.c.event.not_in(_seen()))
    return list(connection.execute(select(ledger.c.event).where(*counted)).scalars())


def _double(connection: Connection, event: str) -> list[str]:
    """A number that several things bear."""
    return [event] if any(one.event == event for one in doubles(connection)) else []


def _worry(connection: Connection, event: str, now_ms: int) -> list[str]:
    """What is so of a bag."""
    return [event] if any(worry.event == event for worry in open_worries(connection, now_ms)) else []


def _kept(connection: Connection, event: str) -> list[str]:
    """What somebody said was not there."""
    return [event] if any(kept_event(parcel) == event for parcel in kept_parcels(connection)) else []


def _unreadable(connection: Connection, event: str) -> list[str]:
    """Up to `event`, not beyond: what came since has not been seen."""
    last = select(ledger.c.device, ledger.c.position).where(
        ledger.c.event == event, ledger.c.quarantine.is_not(None)
    )
    row = connection.execute(last).one_or_none()
    if row is None:
        return []
    waiting = select(ledger.c.event).where(
        ledger.c.quarantine.is_not(None),
        ledger.c.device == row.device,
        ledger.c.position <= row.position,
        ledger.c.event.not_in(_seen()),
    )
    return list(connection.execute(waiting).scalars())


def _seen() -> Select[Any]:
    return select(dismissals.c.event)
