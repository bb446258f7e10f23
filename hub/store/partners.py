"""Partners: who does the work, at which sites, and when. Whoever changes one calls `hub.store.catalogue.tell`
for each of its sites in the same transaction.
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import Connection, Select, delete, insert, select, update

from contract.ids import fresh_id
from hub.core.opening import Closure, Opening, OpeningError, overlapping
from hub.core.promises import Calendar
from hub.core.rights import Scope
from hub.core.spans import Span, Spans
from hub.store.tables import partner_closures, partner_hours, partner_sites, partners

MOST_CLOSURES = 100


@dataclass(frozen=True)
class Partner:
    """What is known of one. `ess`: of the social economy, proved by a paper of the day `ess_proof_ms`."""

    name: str
    phone: str | None = None
    email: str | None = None
    ess: bool = False
    ess_proof_ms: int | None = None


def add_partner(connection: Connection, partner: Partner, site: str, now_ms: int) -> str:
    """Add one that works at this site; its id."""
    new = fresh_id(now_ms)
    connection.execute(insert(partners).values(id=new, created_ms=now_ms, **asdict(partner)))
    works_at(connection, new, site)
    return new


def change_partner(connection: Connection, partner: str, data: Partner) -> bool:
    """Replace what is known of it; False where there is no such partner."""
    mine = (partners.c.id == partner, partners.c.removed_ms.is_(None))
    changed = update(partners).where(*mine).values(**asdict(data)).returning(partners.c.id)
    return connection.execute(changed).first() is not None


def works_at(connection: Connection, partner: str, site: str) -> bool:
    """It works there too; False where it does already, or is no partner."""
    if partner_row(connection, partner) is None or site in sites_of(connection, partner):
        return False
    connection.execute(insert(partner_sites).values(partner=partner, site=site))
    return True


def works_no_more_at(connection: Connection, partner: str, site: str, now_ms: int) -> bool:
    """It works there no more, and where it works nowhere nobody is to be called; orders keep its name."""
    mine = (partner_sites.c.partner == partner, partner_sites.c.site == site)
    if connection.execute(delete(partner_sites).where(*mine).returning(partner_sites.c.site)).first() is None:
        return False
    if not sites_of(connection, partner):
        nobody = {"removed_ms": now_ms, "phone": None, "email": None}
        connection.execute(update(partners).where(partners.c.id == partner).values(**nobody))
    return True


def sites_of(connection: Connection, partner: str) -> list[str]:
    """Where it works."""
    query = select(partner_sites.c.site).where(partner_sites.c.partner == partner)
    return list(connection.execute(query.order_by(partner_sites.c.site)).scalars())


def shared(connection: Connection, wanted: Iterable[str], seen: Scope) -> set[str]:
    """Those of these partners that work at other sites than those seen, too."""
    if seen is None:
        return set()
    beyond = (partner_sites.c.partner.in_(list(wanted)), partner_sites.c.site.not_in(seen))
    return set(connection.execute(select(partner_sites.c.partner).where(*beyond)).scalars())


def partner_row(connection: Connection, partner: str) -> Any | None:
    """A partner that is still one."""
    mine = (partners.c.id == partner, partners.c.removed_ms.is_(None))
    return connection.execute(select(partners).where(*mine)).one_or_none()


def all_partners(connection: Connection) -> list[Any]:
    """Those of the whole network, by name."""
    return list(connection.execute(_by_name(select(partners))))


def site_partners(connection: Connection, site: str) -> list[Any]:
    """Those of one site, by name."""
    here = select(partners).join(partner_sites, partner_sites.c.partner == partners.c.id)
    return list(connection.execute(_by_name(here.where(partner_sites.c.site == site))))


def _by_name(query: Select[Any]) -> Select[Any]:
    return query.where(partners.c.removed_ms.is_(None)).order_by(partners.c.name, partners.c.id)


def partner_names(connection: Connection) -> dict[str, str]:
    """Names by id, those included that are none any more."""
    return {row.id: row.name for row in connection.execute(select(partners.c.id, partners.c.name))}


# --- when it works -------------------------------------------------------------------------------


def hours_of(connection: Connection, partner: str) -> tuple[Opening, ...]:
    """The stretches of its week."""
    rows = connection.execute(select(partner_hours).where(partner_hours.c.partner == partner))
    return tuple(sorted(Opening(row.weekday, row.opens_min, row.closes_min) for row in rows))


def set_hours(connection: Connection, partner: str, weekly: Iterable[Opening]) -> None:
    """Its week from now on."""
    connection.execute(delete(partner_hours).where(partner_hours.c.partner == partner))
    rows = [{"partner": partner, **asdict(one)} for one in weekly]
    if rows:
        connection.execute(insert(partner_hours), rows)


def closures_of(connection: Connection, partner: str, since_ms: int) -> list[Closure]:
    """Its closures that end after `since_ms`, in order."""
    mine = (partner_closures.c.partner == partner, partner_closures.c.until_ms > since_ms)
    query = select(partner_closures).where(*mine).order_by(partner_closures.c.from_ms)
    return [Closure(row.id, row.from_ms, row.until_ms, "holiday") for row in connection.execute(query)]


def close(connection: Connection, partner: str, span: Span, now_ms: int) -> str:
    """It does not work then; the closure's id. Raises OpeningError where it is closed then already."""
    known = closures_of(connection, partner, min(span[0], now_ms))
    if overlapping(span, known):
        raise OpeningError("overlaps", "from_day")
    if len(known) >= MOST_CLOSURES:
        raise OpeningError("too_many", "from_day")
    new = fresh_id(now_ms)
    row = {"id": new, "partner": partner, "from_ms": span[0], "until_ms": span[1]}
    connection.execute(insert(partner_closures).values(**row))
    return new


def reopen(connection: Connection, partner: str, closure: str) -> bool:
    """Take a closure back; False where there is none."""
    mine = (partner_closures.c.id == closure, partner_closures.c.partner == partner)
    gone = delete(partner_closures).where(*mine).returning(partner_closures.c.id)
    return connection.execute(gone).first() is not None


def calendar_of(connection: Connection, partner: str, closed: Spans, since_ms: int, zone: Any) -> Calendar:
    """When it works, as promises need it; `closed`: what is closed besides."""
    own = [(one.from_ms, one.until_ms) for one in closures_of(connection, partner, since_ms)]
    return Calendar(hours_of(connection, partner), (*own, *closed), zone)
