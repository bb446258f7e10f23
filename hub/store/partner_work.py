"""What a partner does on its page, as facts: about what is at it, what comes to it, and its orders only,
and of these only what is of its desk's sites: any other thing is as one that nobody knows.
"""

import json
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, and_, select

from hub.core.order_book import OVER
from hub.core.partner_deeds import AnyDeed, Note, Quote
from hub.core.partner_outcomes import Knowledge, Order, Outcome, outcome
from hub.core.photo import Photo
from hub.core.rights import Scope, sees
from hub.store import ledger, own_facts
from hub.store.partner_told import is_at, works_for
from hub.store.remarks import Remark, keep
from hub.store.scope import among
from hub.store.tables import bags, manifests, service_orders


def knowledge(connection: Connection, partner: str, seen: Scope, deeds: Sequence[AnyDeed]) -> Knowledge:
    """What its deeds may be about: bags that are at it or ordered from it, and what these deeds name."""
    manifests_named = {getattr(deed, "manifest", None) for deed in deeds} - {None}
    rounds, others = _rounds(connection, partner, seen, manifests_named)
    named = {getattr(deed, "order", None) for deed in deeds} - {None}
    mine = (service_orders.c.partner == partner, service_orders.c.id.in_(named))
    here = among(service_orders.c.site, seen)
    return Knowledge(
        sites=tuple(works_for(connection, partner, seen)),
        orders={
            row.id: Order(row.site, row.item, over=row.state in OVER)
            for row in connection.execute(select(service_orders).where(*mine, *here))
        },
        bags=_known_bags(connection, partner, seen),
        rounds=rounds,
        others=others,
    )


def _known_bags(connection: Connection, partner: str, seen: Scope) -> dict[str, dict[str, str | None]]:
    """By tag and site. What is at it counts more than what is on its way, and a known item most."""
    columns = (bags.c.site, bags.c.item, bags.c.tag)
    tagged = (bags.c.tag != "", *among(bags.c.site, seen))
    at_it = connection.execute(select(*columns).where(is_at(partner), *tagged)).all()
    of_orders = (
        select(*columns)
        .join(
            service_orders,
            and_(service_orders.c.id == bags.c.order_id, service_orders.c.site == bags.c.site),
        )
        .where(service_orders.c.partner == partner, bags.c.ended_ms.is_(None), *tagged)
    )
    found: dict[str, dict[str, str | None]] = defaultdict(dict)
    for row in (*connection.execute(of_orders), *at_it):
        found[row.tag][row.site] = row.item or found[row.tag].get(row.site)
    return found


def _rounds(
    connection: Connection, partner: str, seen: Scope, named: set[Any]
) -> tuple[dict[str, dict[str, frozenset[str]]], frozenset[str]]:
    """What left for it in these rounds, by manifest and site; and which of them are another partner's, or of
    other sites only.
    """
    mine: dict[str, dict[str, frozenset[str]]] = defaultdict(dict)
    own, others = set(), set()
    for row in connection.execute(select(manifests).where(manifests.c.manifest.in_(named))):
        if row.partner != partner or not sees(seen, row.site):
            others.add(row.manifest)
            continue
        own.add(row.manifest)
        if row.by_kind != "partner":
            before = mine[row.manifest].get(row.site, frozenset())
            mine[row.manifest][row.site] = before | frozenset(json.loads(row.tags))
    return mine, frozenset(others - own)


def do(
    connection: Connection,
    partner: str,
    seen: Scope,
    deeds: Sequence[tuple[AnyDeed, Photo | None]],
    now_ms: int,
) -> list[Outcome]:
    """Put deeds into the ledger, words and photos beside it; what came before changes nothing."""
    known = knowledge(connection, partner, seen, [deed for deed, _ in deeds])
    done = [(deed, photo, outcome(partner, deed, known, now_ms)) for deed, photo in deeds]
    # Its first fact stands for all of a deed: sent again, it may look as if other sites were concerned.
    firsts = [one.facts[0].event for _, _, one in done if one.facts]
    before = ledger.known_facts(connection, firsts).keys()
    fresh = [one for _, _, one in done if one.facts and one.facts[0].event not in before]
    own_facts.append(connection, [own for one in fresh for own in _own(one)], now_ms)
    for deed, photo, one in done:
        if one.facts and isinstance(deed, Note | Quote) and (deed.text or photo is not None):
            keep(connection, _remark(partner, deed, one), photo)
    return [one for _, _, one in done]


def _own(one: Outcome) -> list[own_facts.OwnFact]:
    return [
        own_facts.OwnFact(told.event, told.site, one.at_ms, one.estimated, told.fact) for told in one.facts
    ]


def _remark(partner: str, deed: Note | Quote, one: Outcome) -> Remark:
    [told] = one.facts
    return Remark(
        id=told.event,
        site=told.site,
        partner=partner,
        about="note" if isinstance(deed, Note) else "quote",
        what=deed.what if isinstance(deed, Note) else None,
        tag=getattr(told.fact, "tag", ""),
        order=deed.order,
        text=deed.text.replace("\0", ""),
        at_ms=one.at_ms,
    )
