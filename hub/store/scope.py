"""Which site something belongs to, for whoever may see only some of them."""

from sqlalchemy import ColumnElement, select

from hub.core.parcel_alarms import DOUBLE, KEPT, kept_event
from hub.core.rights import Scope
from hub.store.bag_alarms import open_worries
from hub.store.database import Connection
from hub.store.doubles import doubles
from hub.store.pages import kept_parcels
from hub.store.tables import devices, items, ledger, service_orders, sites


def among(site: ColumnElement[str], seen: Scope) -> tuple[ColumnElement[bool], ...]:
    """What must hold of a row's site; written so that no index of sites is taken for it."""
    return () if seen is None else ((site + "").in_(seen),)


def site_known(connection: Connection, site: str) -> str | None:
    """The site itself, or None where there is none."""
    return connection.execute(select(sites.c.id).where(sites.c.id == site)).scalar()


def site_of_item(connection: Connection, item: str) -> str | None:
    """Where an item is or was, also one that lay behind no door, or None for one nobody knows."""
    site: str | None = connection.execute(select(items.c.site).where(items.c.id == item)).scalar()
    if site is not None:
        return site
    ordered = select(service_orders.c.site).where(service_orders.c.item == item).limit(1)
    return connection.execute(ordered).scalar()


def site_of_device(connection: Connection, device: str) -> str | None:
    """Where a device stands, or None for a stranger."""
    return connection.execute(select(devices.c.site).where(devices.c.id == device)).scalar()


def site_of_alarm(connection: Connection, event: str, now_ms: int) -> str | None:
    """Where what hub.store.dismissals takes by this name happened; None for what belongs to no site."""
    _, separator, device = event.partition(":")
    if separator:
        return site_of_device(connection, device)
    fact = connection.execute(select(ledger.c.site).where(ledger.c.event == event)).scalar()
    if fact is not None:
        return str(fact)
    if event.startswith(KEPT):
        return next((one.site for one in kept_parcels(connection) if kept_event(one) == event), None)
    if event.startswith(DOUBLE):
        return next((one.site for one in doubles(connection) if one.event == event), None)
    worried = (worry.site for worry in open_worries(connection, now_ms) if worry.event == event)
    return site_of_item(connection, event) or next(worried, None)
