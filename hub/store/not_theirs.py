"""Telling who was told of a thing that it is somebody else's: else they come in vain.

Only where a message about it was sent, or paper with its code was given, while it lay there as
theirs, and nothing was said since. The moments are those at which the hub heard and told, so that what came
late is not taken to be told.
"""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, null, select

from contract import messages as m
from contract.codec import ContractError, decode_fact
from hub.core.notices import GATHER_MS, Arrival, is_too_old
from hub.core.steps import Step, concerns
from hub.store.bulk import rows_where
from hub.store.database import Connection
from hub.store.outbox import CALLING, add, left_over, messages_of
from hub.store.tables import audit, items, ledger, outbox, people

_OF_ITEM = "quarantine IS NULL AND type IN ('item_claimed', 'item_left', 'item_reassigned')"
_TOLD = ("sent", "handed")


def note(connection: Connection, step: Step, person: str, now_ms: int) -> None:
    """Have them told, once for all they were told; soon, for it may be said back, and more may follow."""
    if is_too_old(step.kind, step.at_ms, now_ms) or not _is_known(connection, step.site, person):
        return
    query = select(items.c.person).where(items.c.id == step.item, items.c.site == step.site)
    owner = connection.execute(query).one_or_none()
    if owner is None or not concerns(step.kind, owner.person, person):
        return
    pickup = _announced_under(connection, step.site, step.item, person)
    if pickup is not None:
        arrival = Arrival(step.site, person, pickup, step.at_ms, step.kind, step.item)
        add(connection, arrival, now_ms, next_ms=now_ms + GATHER_MS)


def about(connection: Connection, row: Any) -> list[Any]:
    """What the message is about, with all of this pickup that is to be said now: `id`, `kind`.

    Nothing, if it is theirs again, or the message about another one said it.
    """
    thing = items.c
    query = (
        select(thing.id, thing.kind, null().label("place"), thing.person)
        .add_columns(outbox.c.state, outbox.c.sent_ms, outbox.c.next_ms)
        .join(items, and_(thing.id == outbox.c.item, thing.site == outbox.c.site))
        .where(outbox.c.kind == row.kind, outbox.c.site == row.site)
        .where(outbox.c.person == row.person, outbox.c.pickup == row.pickup)
    )
    others = [one for one in connection.execute(query) if concerns(row.kind, one.person, row.person)]
    if any(one.state == "sent" and one.sent_ms >= row.created_ms for one in others):
        return []
    to_say = [one for one in others if one.state == "waiting" and one.next_ms is not None]
    return to_say if row.item in {one.id for one in to_say} else []


def messages_about(connection: Connection, site: str, item: str, pickup: str | None) -> list[Any]:
    """All that was told about a pickup, and to others that this item is not theirs; oldest first."""
    found = messages_of(connection, site, pickup) if pickup else []
    had_it = {fact.before for _, fact in _story(connection, site, item) if isinstance(fact, m.ItemReassigned)}
    others = (outbox.c.person.in_(had_it), outbox.c.site == site, outbox.c.item == item)
    told_so = select(outbox).where(*others, outbox.c.kind == "not_yours", outbox.c.pickup != pickup)
    return sorted([*found, *connection.execute(told_so)], key=lambda row: row.created_ms)


# --- what they know ----------------------------------------------------------------------------


@dataclass(frozen=True)
class _Span:
    """It lay there as theirs, under this pickup, from one moment to the other."""

    pickup: str
    from_ms: int
    until_ms: int


def _announced_under(connection: Connection, site: str, item: str, person: str) -> str | None:
    """The pickup under which they were told of it, if they believe yet that it is theirs."""
    said_ms = -1
    mine = (outbox.c.site == site, outbox.c.person == person, outbox.c.item == item)
    said = select(outbox.c.state, outbox.c.sent_ms, left_over().label("left_over"))
    for row in connection.execute(said.where(*mine, outbox.c.kind == "not_yours")):
        if row.state == "waiting" or row.left_over:
            return None
        if row.state in _TOLD:
            said_ms = max(said_ms, row.sent_ms)
    spans = list(_spans(_story(connection, site, item), person))
    moments = [*_messages(connection, site, person), *_given(connection, item, spans)]
    for span in reversed(spans):
        if any(
            pickup == span.pickup and span.from_ms <= at_ms <= span.until_ms and at_ms > said_ms
            for pickup, at_ms in moments
        ):
            return span.pickup
    return None


def _story(connection: Connection, site: str, item: str) -> list[tuple[int, m.AnyFact]]:
    """What was said of it that matters here, and when the hub heard it, in that order."""
    rows = rows_where(connection, ledger, "ref", [item], also=_OF_ITEM)
    found: list[tuple[int, m.AnyFact]] = []
    for row in sorted(rows, key=lambda row: row["position"]):
        if row["site"] == site:
            with suppress(ContractError):
                found.append((row["received_ms"], decode_fact(bytes(row["body"]))))
    return found


def _spans(story: Iterable[tuple[int, m.AnyFact]], person: str) -> Iterator[_Span]:
    """The times it was theirs and is no more."""
    owner, pickup, from_ms = "", "", -1
    for at_ms, fact in story:
        match fact:
            case m.ItemClaimed():
                owner, pickup = fact.person, fact.pickup
            case m.ItemLeft() if from_ms < 0:
                from_ms = at_ms
            case m.ItemReassigned():
                if owner == person and from_ms >= 0:
                    yield _Span(pickup, from_ms, at_ms)
                owner, pickup, from_ms = fact.person, fact.pickup, at_ms if from_ms >= 0 else -1


def _messages(connection: Connection, site: str, person: str) -> Iterator[tuple[str, int]]:
    """Pickup and moment of what a gateway took, or may have taken just now, or was handed over, and of paper
    where there is nothing else: what the kiosk printed besides a message may not have left the desk.
    """
    asked = (outbox.c.site == site, outbox.c.person == person, outbox.c.kind.in_(CALLING))
    for row in connection.execute(select(outbox).where(*asked)):
        if row.state in _TOLD:
            yield row.pickup, row.sent_ms
        elif row.state == "waiting" and row.tries and not row.error:
            yield row.pickup, row.changed_ms
        elif row.printed_ms is not None and row.channel == "slip":
            yield row.pickup, row.printed_ms


def _given(connection: Connection, item: str, spans: Iterable[_Span]) -> Iterator[tuple[str, int]]:
    """The papers of the desk: they were of whoever had it then."""
    given = select(audit.c.at_ms).where(audit.c.action == "slip_handed", audit.c.subject == item)
    for at_ms in connection.execute(given).scalars():
        yield from ((span.pickup, at_ms) for span in spans if span.from_ms <= at_ms <= span.until_ms)


def _is_known(connection: Connection, site: str, person: str) -> bool:
    """Whether it is somebody: what has no name lies under an id made for it alone."""
    mine = (people.c.id == person, people.c.site == site)
    return connection.execute(select(people.c.id).where(*mine)).first() is not None
