"""What a partner's page shows: what is at it, what comes to it, and its orders; nothing of other partners,
and nothing of sites that are not the desk's.

No person stands in any of it: a partner works for a number.
"""

import json
from collections import defaultdict
from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import Connection, and_, exists, or_, select

from hub.core.custody import WRITTEN_OFF
from hub.core.order_book import is_refused
from hub.core.rights import Scope, sees
from hub.store import timeline
from hub.store.order_tables import IS_UNDER_WAY
from hub.store.partners import sites_of
from hub.store.scope import among
from hub.store.tables import bags, manifests, scans, service_orders, services, sites

MOST: Final = 1_000
"""Of bags, and of orders: what a telephone is told at once."""
_OPEN_MS: Final = 30 * 86_400_000
"""A round nobody counted for so long is looked for elsewhere."""
_RETURNS: Final = 12
"""So many of the last ones can be printed again."""

Row = dict[str, Any]


def is_at(partner: str) -> Any:
    """Whether a row of `bags` is at this partner."""
    return and_(
        bags.c.ended_ms.is_(None), bags.c.holder_kind.in_(("partner", "load")), bags.c.holder_id == partner
    )


def works_for(connection: Connection, partner: str, seen: Scope) -> list[str]:
    """The sites it works at, of those that are seen at its desk."""
    return [site for site in sites_of(connection, partner) if sees(seen, site)]


def work_of(connection: Connection, partner: str, seen: Scope, language: str, now_ms: int) -> Row:
    """All its page needs, also without a network: of the sites that are seen at its desk."""
    expected = _expected(connection, partner, seen, now_ms)
    coming = {(one["site"], tag) for one in expected for tag in one["tags"] if tag not in one["taken"]}
    return {
        "timeline": timeline.present(connection),
        "sites": _sites(connection, partner, seen),
        "expected": expected,
        "bags": [
            one for one in _bags(connection, partner, seen, now_ms) if (one["site"], one["tag"]) not in coming
        ],
        "orders": _orders(connection, partner, seen, language),
        "returns": _returns(connection, partner, seen, now_ms),
    }


def _sites(connection: Connection, partner: str, seen: Scope) -> list[Row]:
    named = select(sites.c.id, sites.c.name).where(sites.c.id.in_(works_for(connection, partner, seen)))
    return [{"id": row.id, "name": row.name} for row in connection.execute(named.order_by(sites.c.name))]


def _bags(connection: Connection, partner: str, seen: Scope, now_ms: int) -> list[Row]:
    """What it has, the most urgent first; `due`: it should be on its way back."""
    query = (
        select(bags, service_orders.c.number, service_orders.c.state.label("order_state"))
        .add_columns(service_orders.c.refused)
        .outerjoin(
            service_orders,
            and_(service_orders.c.id == bags.c.order_id, service_orders.c.partner == partner),
        )
        .where(is_at(partner), bags.c.state == "held", *among(bags.c.site, seen))
        .order_by(bags.c.promised_ms.is_(None), bags.c.promised_ms, bags.c.site, bags.c.id)
    )
    return [
        {
            "tag": row.tag,
            "site": row.site,
            "known": row.item is not None,
            "due": _goes_back(row) or (row.next_ms is not None and row.next_ms <= now_ms),
            "counts": _counts(row),
            "order": row.order_id if row.number else None,
            "number": row.number,
            "state": row.order_state,
            "promised_ms": row.promised_ms if row.number else None,
        }
        for row in connection.execute(query.limit(MOST))
        if "missing@" not in row.questions
    ]


def _goes_back(row: Any) -> bool:
    """Whether it is ready, or nothing is to be done to it."""
    return bool(row.order_state == "ready" or is_refused(row._mapping))


_COUNTED: Final = (bags.c.pieces_person, bags.c.pieces_staff, bags.c.pieces_partner)


def _counts(row: Any) -> Row:
    """How many pieces: for the desk (its count, else what the person said), and for the partner."""
    said = getattr(row, "pieces", None)
    return {"desk": row.pieces_staff or row.pieces_person or said, "here": row.pieces_partner}


def _returns(connection: Connection, partner: str, seen: Scope, now_ms: int) -> list[Row]:
    """What it gave back lately, the latest first."""
    mine = (manifests.c.partner == partner, manifests.c.direction == "in", manifests.c.by_kind == "partner")
    lately = (manifests.c.at_ms > now_ms - _OPEN_MS, sites.c.id == manifests.c.site)
    here = among(manifests.c.site, seen)
    columns = (manifests.c.manifest, manifests.c.tags, manifests.c.at_ms, sites.c.name)
    query = select(*columns).where(*mine, *lately, *here).order_by(manifests.c.at_ms.desc()).limit(_RETURNS)
    return [
        {
            "manifest": row.manifest,
            "site_name": row.name,
            "at_ms": row.at_ms,
            "bags": len(json.loads(row.tags)),
        }
        for row in connection.execute(query)
    ]


def _expected(connection: Connection, partner: str, seen: Scope, now_ms: int) -> list[Row]:
    """Rounds that left for it and that it did not count yet; none of which all was given up for lost."""
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
            *among(manifests.c.site, seen),
        )
        .order_by(manifests.c.at_ms)
    )
    latest = {row.manifest: row for row in connection.execute(query)}  # closed twice, the last word counts
    taken = _taken(connection, partner, seen, latest)
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
        if not _is_given_up(connection, row)
    ]


def _is_given_up(connection: Connection, round_: Any) -> bool:
    """Whether nothing of it is to come. What was given up before it left is another bag of the same tag."""
    tags = set(json.loads(round_.tags))
    since = (bags.c.ended_how.in_(WRITTEN_OFF), bags.c.ended_ms >= round_.at_ms)
    mine = (bags.c.site == round_.site, bags.c.tag.in_(tags), *since)
    return bool(tags) and tags <= set(connection.execute(select(bags.c.tag).where(*mine)).scalars())


def _taken(
    connection: Connection, partner: str, seen: Scope, wanted: Mapping[str, Any]
) -> dict[str, set[str]]:
    mine = (scans.c.manifest.in_(list(wanted)), scans.c.side == "take", scans.c.holder_id == partner)
    found: dict[str, set[str]] = defaultdict(set)
    here = among(scans.c.site, seen)
    for row in connection.execute(select(scans.c.manifest, scans.c.tag).where(*mine, *here)):
        found[row.manifest].add(row.tag)
    for manifest, row in wanted.items():
        found[manifest] |= _taken_without_slip(connection, partner, row) - found[manifest]
    return found


def _taken_without_slip(connection: Connection, partner: str, round_: Any) -> set[str]:
    """What it took since the round left, before it heard of the slip: a kiosk may be offline for hours."""
    by_it = (scans.c.side == "take", scans.c.holder_kind == "partner", scans.c.holder_id == partner)
    since = (scans.c.site == round_.site, scans.c.at_ms >= round_.at_ms)
    tags = scans.c.tag.in_(json.loads(round_.tags))
    return set(connection.execute(select(scans.c.tag).where(tags, *since, *by_it)).scalars())


def _orders(connection: Connection, partner: str, seen: Scope, language: str) -> list[Row]:
    """Those that are not over, by when they were promised, with their bag's tag."""
    query = (
        select(
            service_orders, *_COUNTED, bags.c.tag, services.c.name.label("service_name"), services.c.quoted
        )
        .outerjoin(bags, and_(bags.c.site == service_orders.c.site, bags.c.id == service_orders.c.item))
        .outerjoin(services, services.c.id == service_orders.c.service)
        .where(service_orders.c.partner == partner, IS_UNDER_WAY, *among(service_orders.c.site, seen))
        .order_by(service_orders.c.promised_ms.is_(None), service_orders.c.promised_ms, service_orders.c.id)
    )
    rows = connection.execute(query.limit(MOST)).all()
    return [
        {
            "order": row.id,
            "number": row.number,
            "site": row.site,
            "tag": row.tag,
            "state": "refused" if row.state == "placed" and is_refused(dict(row._mapping)) else row.state,
            "service": _in(language, row.service_name),
            "lines": [[line["name"], line.get("count", 1)] for line in json.loads(row.lines)],
            "counts": _counts(row),
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
