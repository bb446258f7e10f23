"""What a partner may see and do: what is at it, what comes to it, and its orders; nothing of other partners.

No person stands in any of it: a partner works for a number.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, Final

from sqlalchemy import Connection, and_, exists, or_, select

from hub.core.order_book import OVER
from hub.core.partner_deeds import AnyDeed, Knowledge, Note, Order, Outcome, Quote, outcome
from hub.core.photo import Photo
from hub.store import ledger, own_facts
from hub.store.order_tables import IS_UNDER_WAY
from hub.store.partners import sites_of
from hub.store.remarks import Remark, keep
from hub.store.tables import bags, manifests, scans, service_orders, services, sites

MOST: Final = 1_000
"""Of bags, and of orders: what a telephone is told at once."""
_OPEN_MS: Final = 30 * 86_400_000
"""A round nobody counted for so long is looked for elsewhere."""


Row = dict[str, Any]


def knowledge(connection: Connection, partner: str, deeds: Sequence[AnyDeed]) -> Knowledge:
    """What its deeds may be about: bags that are at it or ordered from it, and what these deeds name."""
    rounds, others = _rounds(
        connection, partner, {getattr(deed, "manifest", None) for deed in deeds} - {None}
    )
    named = {getattr(deed, "order", None) for deed in deeds} - {None}
    mine = (service_orders.c.partner == partner, service_orders.c.id.in_(named))
    return Knowledge(
        sites=tuple(sites_of(connection, partner)),
        orders={
            row.id: Order(row.site, row.item, over=row.state in OVER)
            for row in connection.execute(select(service_orders).where(*mine))
        },
        bags=_known_bags(connection, partner),
        rounds=rounds,
        others=others,
    )


def _known_bags(connection: Connection, partner: str) -> dict[str, dict[str, str | None]]:
    """By tag and site. What is at it counts more than what is on its way, and a known item most."""
    columns = (bags.c.site, bags.c.item, bags.c.tag)
    at_it = connection.execute(select(*columns).where(_is_at(partner), bags.c.tag != "")).all()
    of_orders = (
        select(*columns)
        .join(
            service_orders,
            and_(service_orders.c.id == bags.c.order_id, service_orders.c.site == bags.c.site),
        )
        .where(service_orders.c.partner == partner, bags.c.ended_ms.is_(None), bags.c.tag != "")
    )
    found: dict[str, dict[str, str | None]] = defaultdict(dict)
    for row in (*connection.execute(of_orders), *at_it):
        found[row.tag][row.site] = row.item or found[row.tag].get(row.site)
    return found


def _rounds(
    connection: Connection, partner: str, named: set[Any]
) -> tuple[dict[str, dict[str, frozenset[str]]], frozenset[str]]:
    """What left for it in these rounds, by manifest and site; and which of them are another partner's."""
    mine: dict[str, dict[str, frozenset[str]]] = defaultdict(dict)
    own, others = set(), set()
    for row in connection.execute(select(manifests).where(manifests.c.manifest.in_(named))):
        if row.partner != partner:
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
    deeds: Sequence[tuple[AnyDeed, Photo | None]],
    now_ms: int,
) -> list[Outcome]:
    """Put deeds into the ledger, words and photos beside it; what came before changes nothing."""
    known = knowledge(connection, partner, [deed for deed, _ in deeds])
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


# --- what its page shows --------------------------------------------------------------------------


def work_of(connection: Connection, partner: str, language: str, now_ms: int) -> Row:
    """All its page needs, also without a network."""
    expected = _expected(connection, partner, now_ms)
    coming = {tag for one in expected for tag in one["tags"] if tag not in one["taken"]}
    orders = _orders(connection, partner, language)
    return {
        "sites": _sites(connection, partner),
        "expected": expected,
        "bags": [one for one in _bags(connection, partner) if one["tag"] not in coming],
        "orders": orders,
    }


def _sites(connection: Connection, partner: str) -> list[Row]:
    named = select(sites.c.id, sites.c.name).where(sites.c.id.in_(sites_of(connection, partner)))
    return [{"id": row.id, "name": row.name} for row in connection.execute(named.order_by(sites.c.name))]


def _is_at(partner: str) -> Any:
    return and_(
        bags.c.ended_ms.is_(None), bags.c.holder_kind.in_(("partner", "load")), bags.c.holder_id == partner
    )


def _bags(connection: Connection, partner: str) -> list[Row]:
    """What it has, the most urgent first."""
    query = (
        select(bags, service_orders.c.number, service_orders.c.state.label("order_state"))
        .outerjoin(
            service_orders,
            and_(service_orders.c.id == bags.c.order_id, service_orders.c.partner == partner),
        )
        .where(_is_at(partner), bags.c.state == "held")
        .order_by(bags.c.promised_ms.is_(None), bags.c.promised_ms, bags.c.site, bags.c.id)
    )
    return [
        {
            "tag": row.tag,
            "site": row.site,
            "order": row.order_id if row.number else None,
            "number": row.number,
            "state": row.order_state,
            "promised_ms": row.promised_ms if row.number else None,
        }
        for row in connection.execute(query.limit(MOST))
        if "missing@" not in row.questions
    ]


def _expected(connection: Connection, partner: str, now_ms: int) -> list[Row]:
    """Rounds that left for it and that it did not count yet."""
    counted = manifests.alias("counted")
    by_it = (
        counted.c.manifest == manifests.c.manifest,
        counted.c.partner == manifests.c.partner,
        counted.c.site == manifests.c.site,
        counted.c.by_kind == "partner",
    )
    query = (
        select(manifests, sites.c.name)
        .join(sites, sites.c.id == manifests.c.site)
        .where(
            manifests.c.partner == partner,
            manifests.c.direction == "out",
            manifests.c.at_ms > now_ms - _OPEN_MS,
            or_(manifests.c.by_kind.is_(None), manifests.c.by_kind != "partner"),
            ~exists().where(*by_it),
        )
        .order_by(manifests.c.at_ms)
    )
    latest = {row.manifest: row for row in connection.execute(query)}  # closed twice, the last word counts
    taken = _taken(connection, partner, latest)
    return [
        {
            "manifest": row.manifest,
            "site": row.site,
            "site_name": row.name,
            "at_ms": row.at_ms,
            "tags": json.loads(row.tags),
            "taken": sorted(taken[row.manifest]),
        }
        for row in latest.values()
    ]


def _taken(connection: Connection, partner: str, wanted: Iterable[str]) -> dict[str, set[str]]:
    mine = (scans.c.manifest.in_(list(wanted)), scans.c.side == "take", scans.c.holder_id == partner)
    found: dict[str, set[str]] = defaultdict(set)
    for row in connection.execute(select(scans.c.manifest, scans.c.tag).where(*mine)):
        found[row.manifest].add(row.tag)
    return found


def _orders(connection: Connection, partner: str, language: str) -> list[Row]:
    """Those that are not over, by when they were promised, with their bag's tag."""
    query = (
        select(service_orders, bags.c.tag, services.c.name.label("service_name"), services.c.quoted)
        .outerjoin(bags, and_(bags.c.site == service_orders.c.site, bags.c.id == service_orders.c.item))
        .outerjoin(services, services.c.id == service_orders.c.service)
        .where(service_orders.c.partner == partner, IS_UNDER_WAY)
        .order_by(service_orders.c.promised_ms.is_(None), service_orders.c.promised_ms, service_orders.c.id)
    )
    rows = connection.execute(query.limit(MOST)).all()
    return [
        {
            "order": row.id,
            "number": row.number,
            "site": row.site,
            "tag": row.tag,
            "state": row.state,
            "service": _in(language, row.service_name),
            "lines": [[line["name"], line.get("count", 1)] for line in json.loads(row.lines)],
            "pieces": row.pieces,
            "ready": row.ready,
            "promised_ms": row.promised_ms,
            "cents": row.total_cents if row.agreed_cents is None else row.agreed_cents,
            "quote_cents": row.quote_cents,
            "quote_accepted": row.quote_accepted,
            "quoted": bool(row.quoted),
        }
        for row in rows
    ]


def _in(language: str, names: str | None) -> str:
    """A name in this language, else in French, else in any."""
    known: dict[str, str] = json.loads(names) if names else {}
    return known.get(language) or known.get("fr") or next(iter(known.values()), "")
