"""What a site offers. Every change is told to its kiosks, with what partners promise for the next weeks."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import tzinfo
from typing import Any, Final

from sqlalchemy import Connection, delete, func, insert, select, update

from contract.ids import fresh_id
from contract.messages import Promise
from hub.core import documents
from hub.core.catalogue import MOST_SERVICES, Listed, Names, Offer, Option
from hub.core.documents import Change
from hub.core.promises import Lead, promises
from hub.store.feed import live_keys, write_changes
from hub.store.opening import closures_of
from hub.store.order_tables import IS_UNDER_WAY, service_orders
from hub.store.partners import calendar_of
from hub.store.tables import partner_sites, partners, service_leads, service_options, services

_DAY_MS: Final = 86_400_000


class StrangePartnerError(ValueError):
    """This partner does not work at this site."""


class ChangedMeanwhileError(ValueError):
    """Somebody else changed or removed the service since it was looked at."""


class TooManyServicesError(ValueError):
    """More than anybody can look through at a kiosk."""


# --- reading -------------------------------------------------------------------------------------


def services_of(connection: Connection, site: str) -> list[Listed]:
    """All a site offers, in the order of its list, campaigns that are over included."""
    mine = (services.c.site == site, services.c.removed_ms.is_(None))
    query = _with_partner().where(*mine).order_by(services.c.place, services.c.id)
    return _listed(connection, connection.execute(query).all())


def service_of(connection: Connection, site: str, service: str) -> Listed | None:
    """One of them."""
    mine = (services.c.id == service, services.c.site == site, services.c.removed_ms.is_(None))
    found = _listed(connection, connection.execute(_with_partner().where(*mine)).all())
    return found[0] if found else None


def _outlived(connection: Connection, site: str, offered: Sequence[Listed]) -> list[Listed]:
    """Services nobody is offered any more, of which something is still under way, and where it is ordered."""
    here = (service_orders.c.site == site, IS_UNDER_WAY)
    wanted = set(connection.execute(select(service_orders.c.service).where(*here).distinct()).scalars())
    wanted -= {None, *(one.id for one in offered)}
    if not wanted:
        return []
    mine = (services.c.id.in_(wanted), services.c.site == site)
    return _listed(connection, connection.execute(_with_partner().where(*mine)).all())


def service_names(connection: Connection, site: str) -> dict[str, Names]:
    """Names of all services there ever were, by id: orders outlive them."""
    rows = connection.execute(select(services.c.id, services.c.name).where(services.c.site == site))
    return {row.id: json.loads(row.name) for row in rows}


def _with_partner() -> Any:
    return select(services, partners.c.name.label("partner_name")).join(
        partners, partners.c.id == services.c.partner
    )


def _listed(connection: Connection, rows: Sequence[Any]) -> list[Listed]:
    options: dict[str, list[Option]] = {}
    known = service_options.c.service.in_([row.id for row in rows])
    for row in connection.execute(select(service_options).where(known).order_by(service_options.c.place)):
        option = Option(row.id, json.loads(row.name), row.cents, row.most)
        options.setdefault(row.service, []).append(option)
    leads: dict[str, list[Lead]] = {}
    ruled = service_leads.c.service.in_([row.id for row in rows])
    for row in connection.execute(select(service_leads).where(ruled).order_by(service_leads.c.place)):
        lead = Lead(row.lead, row.lead_days, row.before_min, row.ready_min, _weekdays(row.weekdays))
        leads.setdefault(row.service, []).append(lead)
    return [_one(row, options.get(row.id, ()), leads.get(row.id, ())) for row in rows]


def _one(row: Any, options: Iterable[Option], leads: Iterable[Lead]) -> Listed:
    offer = Offer(
        partner=row.partner,
        name=json.loads(row.name),
        about=json.loads(row.about),
        picture=row.picture,
        kind=row.kind,
        way=row.way,
        cents=row.cents,
        pay=row.pay,
        quoted=row.quoted,
        perishable=row.perishable,
        counted=row.counted,
        size=row.size,
        leads=tuple(leads),
        from_ms=row.from_ms,
        until_ms=row.until_ms,
        options=tuple(options),
    )
    return Listed(row.id, row.version, row.place, row.partner_name, offer)


def _weekdays(text: str) -> tuple[int, ...]:
    return tuple(int(day) for day in text.split(",") if day)


# --- changing ------------------------------------------------------------------------------------


def add_service(
    connection: Connection, site: str, offer: Offer, now_ms: int, zone: tzinfo, new: str | None = None
) -> str:
    """Offer one more, at the end of the list; its id, which a form may bring: sent twice, it adds once.

    Raises StrangePartnerError, TooManyServicesError.
    """
    new = new or fresh_id(now_ms)
    if connection.execute(select(services.c.id).where(services.c.id == new)).first():
        return new
    _hold_to_site(connection, site, offer.partner)
    mine = (services.c.site == site, services.c.removed_ms.is_(None))
    count, last = connection.execute(select(func.count(), func.max(services.c.place)).where(*mine)).one()
    if count >= MOST_SERVICES:
        raise TooManyServicesError
    row = {"id": new, "site": site, "place": (last or 0) + 1, "version": 1, "created_ms": now_ms}
    connection.execute(insert(services).values(**row, **_columns(offer)))
    _write_parts(connection, new, offer, now_ms)
    tell(connection, site, now_ms, zone)
    return new


def change_service(
    connection: Connection, site: str, service: str, version: int, offer: Offer, now_ms: int, zone: tzinfo
) -> None:
    """Replace the service that was looked at in that version.

    Raises StrangePartnerError and ChangedMeanwhileError.
    """
    _hold_to_site(connection, site, offer.partner)
    seen = (services.c.id == service, services.c.site == site, services.c.version == version)
    changed = update(services).where(*seen, services.c.removed_ms.is_(None))
    values = {"version": version + 1, **_columns(offer)}
    if connection.execute(changed.values(**values).returning(services.c.id)).first() is None:
        now = service_of(connection, site, service)
        if now is None or _unnumbered(now.offer) != _unnumbered(offer):
            raise ChangedMeanwhileError
        return  # the same form, sent twice
    for table in (service_options, service_leads):
        connection.execute(delete(table).where(table.c.service == service))
    _write_parts(connection, service, offer, now_ms)
    tell(connection, site, now_ms, zone)


def _unnumbered(offer: Offer) -> Offer:
    """The offer without the ids its options got."""
    return replace(offer, options=tuple(replace(one, id="") for one in offer.options))


def remove_service(connection: Connection, site: str, service: str, now_ms: int, zone: tzinfo) -> bool:
    """Offer it no more; False where it is not offered. What was ordered goes on."""
    mine = (services.c.id == service, services.c.site == site, services.c.removed_ms.is_(None))
    gone = update(services).where(*mine).values(removed_ms=now_ms).returning(services.c.id)
    if connection.execute(gone).first() is None:
        return False
    tell(connection, site, now_ms, zone)
    return True


def move_service(
    connection: Connection, site: str, service: str, steps: int, now_ms: int, zone: tzinfo
) -> bool:
    """Move it up (-1) or down (1) the list; False where it is not in it."""
    order = [one.id for one in services_of(connection, site)]
    if service not in order:
        return False
    at = order.index(service)
    order.insert(max(0, at + steps), order.pop(at))
    for place, one in enumerate(order, 1):
        connection.execute(update(services).where(services.c.id == one).values(place=place))
    tell(connection, site, now_ms, zone)
    return True


def drop_services_of(connection: Connection, site: str, partner: str, now_ms: int) -> int:
    """A partner works here no more: how many services went with it. Call `tell` after it."""
    mine = (services.c.site == site, services.c.partner == partner, services.c.removed_ms.is_(None))
    gone = update(services).where(*mine).values(removed_ms=now_ms).returning(services.c.id)
    return len(connection.execute(gone).all())


def _hold_to_site(connection: Connection, site: str, partner: str) -> None:
    here = (partner_sites.c.partner == partner, partner_sites.c.site == site)
    if connection.execute(select(partner_sites.c.site).where(*here)).first() is None:
        raise StrangePartnerError


def _columns(offer: Offer) -> dict[str, Any]:
    plain = ("partner", "picture", "kind", "way", "cents", "pay", "quoted", "perishable", "counted", "size")
    values = {name: getattr(offer, name) for name in (*plain, "from_ms", "until_ms")}
    texts = {"name": _json(offer.name), "about": _json(offer.about)}
    return {**values, **texts}


def _write_parts(connection: Connection, service: str, offer: Offer, now_ms: int) -> None:
    """Its options and rules."""
    options = [
        {
            "service": service,
            "id": one.id or fresh_id(now_ms),
            "place": place,
            "name": _json(one.name),
            "cents": one.cents,
            "most": one.most,
        }
        for place, one in enumerate(offer.options, 1)
    ]
    leads = [
        {
            "service": service,
            "place": place,
            "lead": one.kind,
            "lead_days": one.days,
            "before_min": one.before_min,
            "ready_min": one.ready_min,
            "weekdays": ",".join(str(day) for day in one.weekdays),
        }
        for place, one in enumerate(offer.leads, 1)
    ]
    for table, rows in ((service_options, options), (service_leads, leads)):
        if rows:
            connection.execute(insert(table), rows)


def _json(names: Names) -> str:
    return json.dumps(dict(names), ensure_ascii=False)


# --- telling -------------------------------------------------------------------------------------


def tell(connection: Connection, site: str, now_ms: int, zone: tzinfo) -> int:
    """Tell a site's kiosks what it offers and what is promised from today on; how much of it was new.

    What is offered no more stays with them while somebody waits for some of it: they know it by its name,
    and its partner. The ingest calls it every few minutes: days go by without any message.
    """
    offered = [one for one in services_of(connection, site) if not one.over(now_ms)]
    closed = [(one.from_ms, one.until_ms) for one in closures_of(connection, site, now_ms - _DAY_MS)]
    changes: list[Change] = []
    for one in offered:
        changes += documents.service(one, promised(connection, one.offer, closed, now_ms, zone))
    for one in _outlived(connection, site, offered):
        changes += documents.service(_ended(one), ())
    keys = {key for _, key, _ in changes}
    gone = live_keys(connection, site, "kiosk", "service/") - keys
    changes += [change for key in gone for change in documents.service_gone(key)]
    return write_changes(connection, site, changes, now_ms)


def _ended(listed: Listed) -> Listed:
    """As kiosks are told it for the sake of what was ordered: over, whatever their clock says."""
    return replace(listed, offer=replace(listed.offer, from_ms=None, until_ms=0, options=()))


def promised(
    connection: Connection, offer: Offer, closed: Sequence[tuple[int, int]], now_ms: int, zone: tzinfo
) -> tuple[Promise, ...]:
    """What the partner of an offer promises, the place being `closed` then."""
    calendar = calendar_of(connection, offer.partner, tuple(closed), now_ms - 2 * _DAY_MS, zone)
    return promises(offer.leads, calendar, now_ms, offer.from_ms, offer.until_ms)


def live_promises(
    connection: Connection, site: str, offer: Offer, now_ms: int, zone: tzinfo
) -> list[Promise]:
    """Those that can still be kept, as the kiosks of the site will say them."""
    closed = [(one.from_ms, one.until_ms) for one in closures_of(connection, site, now_ms - _DAY_MS)]
    found = promised(connection, offer, closed, now_ms, zone)
    return [one for one in found if one.before_ms > now_ms]
