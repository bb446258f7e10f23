"""What came in and what left, day by day: the items' own times, and who did it, from the ledger."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final, Literal

from sqlalchemy import and_, func, or_, select, text

from contract import messages as m
from contract.codec import ContractError, decode_fact
from hub.core.attention import Pile
from hub.store.bulk import rows_where
from hub.store.database import Connection
from hub.store.tables import ROUND_FACTS, dismissals, doors, items, ledger

MOST_LINES = 2000
_LEFT: Final = ("collected", "returned", "lost")
_STAFF_FACTS: Final = (m.ParcelReceived, m.ItemCollected, m.ItemReturned, m.ItemLost)


@dataclass(frozen=True)
class Movement:
    """One line of the register. `how` is `received`, or the state an item ended in.

    `staff` took it in or handed it over; `proxy` is the mandate it was collected under; `by_door` says
    that it was collected at a door, by code.
    """

    at_ms: int
    way: Literal["in", "out"]
    how: str
    item: str
    kind: str | None
    person: str | None
    label: str
    carrier: str | None
    place: str | None
    staff: str | None = None
    proxy: str | None = None
    by_door: bool = False


def movements(
    connection: Connection, site: str, from_ms: int, until_ms: int, person: str | None = None
) -> list[Movement]:
    """What moved in that span of time, the earliest first; of one person where there is one."""
    came = func.coalesce(items.c.received_ms, items.c.claimed_ms)
    in_span = or_(
        and_(came >= from_ms, came < until_ms),
        and_(items.c.ended_ms >= from_ms, items.c.ended_ms < until_ms, items.c.state.in_(_LEFT)),
    )
    place = func.coalesce(doors.c.label, "")
    query = (
        select(items, came.label("came_ms"), place.label("place"))
        .outerjoin(doors, and_(doors.c.site == items.c.site, doors.c.compartment == items.c.compartment))
        .where(items.c.site == site, in_span, items.c.state != "dropped")
        .order_by(came)
        .limit(MOST_LINES)
    )
    if person is not None:
        query = query.where(items.c.person == person)
    rows = connection.execute(query).all()
    who = _who(connection, site, [row.id for row in rows])
    lines = [line for row in rows for line in _lines(row, who) if from_ms <= line.at_ms < until_ms]
    return sorted(lines, key=lambda line: (line.at_ms, line.item, line.way == "out"))


def _lines(row: Any, who: dict[tuple[str, bool], str]) -> Iterator[Movement]:
    what = {name: getattr(row, name) for name in ("kind", "person", "label", "carrier")}
    place = row.place or (str(row.compartment) if row.compartment else None)
    if row.came_ms is not None:
        staff = who.get((row.id, True)) or row.staff
        yield Movement(row.came_ms, "in", "received", row.id, place=place, staff=staff, **what)
    if row.ended_ms is not None and row.state in _LEFT:
        yield Movement(
            row.ended_ms,
            "out",
            row.state,
            row.id,
            place=place,
            staff=who.get((row.id, False)),
            proxy=row.proxy,
            by_door=row.state == "collected" and row.ended_evidence != "staff",
            **what,
        )


def _who(connection: Connection, site: str, found: Iterable[str]) -> dict[tuple[str, bool], str]:
    """Which staff took each item in (True) and which let it go (False), as the facts say; the latest."""
    kinds = tuple(kind.__struct_config__.tag for kind in _STAFF_FACTS)
    marks = ", ".join("?" for _ in kinds)
    also = f"site = ? AND type IN ({marks}) AND quarantine IS NULL"
    rows = rows_where(connection, ledger, "ref", found, also=also, also_values=(site, *kinds))
    said: dict[tuple[str, bool], str] = {}
    for row in sorted(rows, key=lambda row: row["position"]):
        fact = _fact(row["body"])
        if isinstance(fact, _STAFF_FACTS) and fact.staff is not None:
            said[fact.item, isinstance(fact, m.ParcelReceived)] = fact.staff
    return said


# --- rounds of the carriers ---------------------------------------------------------------------


@dataclass(frozen=True)
class RefusedAtKiosk:
    """What staff did not take, as they said at a kiosk; `event` tells of it."""

    event: str
    at_ms: int
    staff: str
    why: str
    label: str
    carrier: str | None


def rounds(
    connection: Connection, site: str, from_ms: int, until_ms: int
) -> tuple[list[Pile], list[RefusedAtKiosk]]:
    """What was counted against slips in that span, and what was refused at the kiosks, the earliest first."""
    span = (ledger.c.site == site, ledger.c.at_ms >= from_ms, ledger.c.at_ms < until_ms)
    rows = connection.execute(_round_facts().where(*span).limit(MOST_LINES)).all()
    refused: list[RefusedAtKiosk] = []
    for row in rows:
        match _fact(row.body):
            case m.ParcelRefused() as fact:
                told = (fact.staff, fact.why, fact.label, fact.carrier)
                refused.append(RefusedAtKiosk(row.event, row.at_ms, *told))
            case _:
                pass
    return _standing_piles(rows), refused


def differing_piles(connection: Connection, since_ms: int) -> list[Pile]:
    """Piles of all sites that did not come to what was announced, and that nobody has seen to."""
    query = _round_facts().where(ledger.c.type == "pile_counted", ledger.c.at_ms >= since_ms)
    latest = query.order_by(None).order_by(ledger.c.at_ms.desc()).limit(MOST_LINES)
    piles = _standing_piles(reversed(connection.execute(latest).all()))
    differing = [pile for pile in piles if pile.differs]
    events = [pile.event for pile in differing]
    seen = set(connection.execute(select(dismissals.c.event).where(dismissals.c.event.in_(events))).scalars())
    return [pile for pile in differing if pile.event not in seen]


def _standing_piles(rows: Iterable[Any]) -> list[Pile]:
    """The counts, in the order of the rows, without those that their staff corrected: of a delivery, the last
    one said at its kiosk stands.
    """
    counts = [(row, fact) for row in rows if isinstance(fact := _fact(row.body), m.PileCounted)]
    last: dict[tuple[str, str], str] = {}
    corrected = set()
    for row, fact in sorted(counts, key=lambda count: int(count[0].position)):
        key = (row.device, fact.staff)
        if fact.again and key in last:
            corrected.add(last[key])
        last[key] = row.event
    return [_pile(row, fact) for row, fact in counts if row.event not in corrected]


def _round_facts() -> Any:
    return select(ledger).where(text(ROUND_FACTS), ledger.c.quarantine.is_(None)).order_by(ledger.c.at_ms)


def _pile(row: Any, fact: m.PileCounted) -> Pile:
    return Pile(
        event=row.event,
        site=row.site,
        at_ms=row.at_ms,
        carrier=fact.carrier,
        announced=fact.announced,
        received=fact.received,
        refused=fact.refused,
        staff=fact.staff,
    )


def _fact(body: bytes) -> m.AnyFact | None:
    try:
        return decode_fact(bytes(body))
    except ContractError:
        return None
