"""Rounds between a site and a partner, as each side counted them."""

import json
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, select

from hub.store.tables import bags, manifests, partners, sites

MOST_LISTED: Final = 100


@dataclass(frozen=True)
class Round:
    """`tags` went one way; of those, `counted` are what the other side found, once it counted.

    `missing`: what should have gone along, as who gave it says. `pieces`: by tag, where anybody counted them.
    """

    manifest: str
    site: str
    site_name: str
    partner: str
    partner_name: str
    direction: str
    at_ms: int
    estimated: bool
    tags: tuple[str, ...]
    missing: tuple[str, ...]
    counted: frozenset[str] | None
    pieces: dict[str, int]


def rounds_of(connection: Connection, manifest: str, *, site: str = "", partner: str = "") -> list[Round]:
    """A round at each site it concerns: of this site, or of this partner."""
    mine = [manifests.c.manifest == manifest]
    mine += [manifests.c.site == site] if site else []
    mine += [manifests.c.partner == partner] if partner else []
    return _told(connection, _rows(connection, mine))


def rounds_since(connection: Connection, site: str, since_ms: int) -> list[Round]:
    """Those of a site, the latest first."""
    mine = [manifests.c.site == site, manifests.c.at_ms >= since_ms]
    return _told(connection, _rows(connection, mine))[:MOST_LISTED]


def _rows(connection: Connection, mine: list[Any]) -> list[Any]:
    query = (
        select(manifests, sites.c.name.label("site_name"), partners.c.name.label("partner_name"))
        .join(sites, sites.c.id == manifests.c.site)
        .outerjoin(partners, partners.c.id == manifests.c.partner)
    )
    return list(
        connection.execute(query.where(*mine).order_by(manifests.c.at_ms.desc()).limit(2 * MOST_LISTED))
    )


def _told(connection: Connection, rows: list[Any]) -> list[Round]:
    """What each giver told last, beside what the other side counted last."""
    given: dict[tuple[str, str, str], Any] = {}
    counted: dict[tuple[str, str, str], frozenset[str]] = {}
    for row in rows:
        key = (row.manifest, row.site, row.partner)
        if (row.by_kind == "partner") == (row.direction == "in"):
            given.setdefault(key, row)
        else:
            counted.setdefault(key, frozenset(json.loads(row.tags)))
    return [_round(connection, row, counted.get(key)) for key, row in given.items()]


def _round(connection: Connection, row: Any, counted: frozenset[str] | None) -> Round:
    plain = ("manifest", "site", "site_name", "partner", "direction", "at_ms", "estimated")
    tags = tuple(json.loads(row.tags))
    return Round(
        **{name: getattr(row, name) for name in plain},
        partner_name=row.partner_name or "",
        tags=tags,
        missing=tuple(json.loads(row.missing)),
        counted=counted,
        pieces=_pieces(connection, row.site, tags),
    )


def _pieces(connection: Connection, site: str, tags: tuple[str, ...]) -> dict[str, int]:
    columns = (bags.c.tag, bags.c.pieces_partner, bags.c.pieces_staff, bags.c.pieces_person)
    query = select(*columns).where(bags.c.site == site, bags.c.tag.in_(tags), bags.c.item.is_not(None))
    rows = connection.execute(query.order_by(bags.c.begun_ms))
    found = {row.tag: row.pieces_partner or row.pieces_staff or row.pieces_person for row in rows}
    return {tag: pieces for tag, pieces in found.items() if pieces}
