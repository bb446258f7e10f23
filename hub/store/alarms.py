"""Alarms nobody has seen to yet: facts that are alarms, facts nobody could read, incidents of the hub."""

from typing import Any, Final

from sqlalchemy import Select, case, func, select

from hub.core.custody import CLOSING
from hub.core.fact_alarms import CRIES, STILL_ON, Alarm, item_of
from hub.store.bulk import rows_where
from hub.store.database import Connection
from hub.store.found_again import found_among
from hub.store.tables import alarms, bags, devices, dismissals, incidents, items, ledger

MOST_ROWS: Final = 500


def open_alarms(connection: Connection) -> list[Alarm]:
    """Facts that are alarms and incidents of the hub nobody has dismissed yet.

    Cries for help are one alarm a kiosk, with their number and the latest: however often a child presses
    the button, nothing else is left out for it (I17). Who asks for what is lost is one alarm a thing.
    An incident of a device is its site's; of the hub itself, or of a stranger, it has none.
    """
    facts = _undismissed(select(alarms)).where(alarms.c.kind.not_in(CRIES)).order_by(alarms.c.at_ms.desc())
    stands = devices.c.id == incidents.c.device
    noticed = (
        select(incidents, devices.c.site).outerjoin(devices, stands).where(incidents.c.closed_ms.is_(None))
    )
    told = [
        Alarm(r.event, r.site, r.device, r.kind, r.detail, r.at_ms)
        for r in connection.execute(facts.limit(MOST_ROWS))
    ]
    known = _known_better(connection, told)
    return [
        *(one for one in told if one.kind != "lost" or item_of(one) not in known),
        *_still_asked(connection, _cries_for_help(connection)),
        *(
            Alarm(
                f"{r.kind}:{r.device}",
                r.site or "",
                r.device,
                r.kind,
                r.detail,
                r.first_ms if r.kind == STILL_ON else r.last_ms,  # one thing, however often it speaks
                r._mapping["count"],
            )
            for r in connection.execute(noticed)
        ),
    ]


def _known_better(connection: Connection, told: list[Alarm]) -> set[str]:
    """What was not where it should be, and has been seen or taken in anew since; and bags, whose own way says
    that they are looked for (hub.core.bag_alarms).
    """
    sought = {item: one.site for one in told if one.kind == "lost" and (item := item_of(one))}
    known = {row["id"] for row in rows_where(connection, items, "id", sought) if row["state"] != "lost"}
    known |= found_among(connection, sought)
    for site in set(sought.values()):  # a bag's key begins with its site
        mine = [item for item in sought if sought[item] == site]
        known |= set(connection.scalars(select(bags.c.id).where(bags.c.site == site, bags.c.id.in_(mine))))
    return known


def _still_asked(connection: Connection, cries: list[Alarm]) -> list[Alarm]:
    """Without those for what was lost and its person has by now: nobody waits for an answer any more."""
    asked = {item: one.site for one in cries if (item := item_of(one))}
    has_it = {row["id"] for row in rows_where(connection, items, "id", asked) if row["state"] == "collected"}
    for site in set(asked.values()):
        mine = (bags.c.site == site, bags.c.id.in_([item for item in asked if asked[item] == site]))
        over = (bags.c.state == "ended", bags.c.ended_how.not_in(CLOSING))
        has_it |= set(connection.scalars(select(bags.c.id).where(*mine, *over)))
    return [one for one in cries if item_of(one) not in has_it]


def _cries_for_help(connection: Connection) -> list[Alarm]:
    """One a kiosk, and one a lost thing: the latest, and how many there were."""
    latest_first = (alarms.c.at_ms.desc(), alarms.c.event.desc())
    same = case((alarms.c.kind == "help", alarms.c.device), else_=alarms.c.detail)
    number = func.count().over(partition_by=same).label("number")
    place = func.row_number().over(partition_by=same, order_by=latest_first).label("place")
    ranked = _undismissed(select(alarms, number, place)).where(alarms.c.kind.in_(CRIES)).subquery()
    rows = connection.execute(select(ranked).where(ranked.c.place == 1).limit(MOST_ROWS))
    return [Alarm(r.event, r.site, r.device, r.kind, r.detail, r.at_ms, r.number) for r in rows]


def _undismissed(query: Select[Any]) -> Select[Any]:
    seen = dismissals.c.event
    return query.outerjoin(dismissals, seen == alarms.c.event).where(seen.is_(None))


def unreadable_facts(connection: Connection) -> list[Alarm]:
    """Facts in quarantine that nobody has dismissed yet, oldest first."""
    query = (
        select(ledger.c.event, ledger.c.site, ledger.c.device, ledger.c.quarantine, ledger.c.received_ms)
        .outerjoin(dismissals, dismissals.c.event == ledger.c.event)
        .where(ledger.c.quarantine.is_not(None), dismissals.c.event.is_(None))
        .order_by(ledger.c.position)
        .limit(MOST_ROWS)
    )
    rows = connection.execute(query)
    return [Alarm(r.event, r.site, r.device, "unreadable", r.quarantine, r.received_ms) for r in rows]
