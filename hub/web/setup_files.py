"""All that the machines of a new place need: a folder for each device, and one for the broker they share."""

import ipaddress
from typing import Any, Final, NamedTuple

from contract.enrolment import BrokerAddress, broker_address
from hub.core.places import lockers_toml, plan_of
from hub.enrolment import (
    SITE_BROKER,
    EnrolmentError,
    Wanted,
    enrol_device,
    keep,
    site_broker_certificate,
    site_broker_files,
)
from hub.store import devices
from hub.store.database import Connection
from hub.web.gettext import _
from hub.web.guard import account, hub

_TLS_PORT: Final = 8883


class Wires(NamedTuple):
    """Where the devices of a place find the hub's broker, and their own."""

    hub: BrokerAddress
    site: BrokerAddress = SITE_BROKER


def machine_address(text: str) -> BrokerAddress:
    """Where other machines find a site's broker: NAME, NAME:PORT or mqtts://NAME:PORT. ValueError for what
    they cannot reach, or not safely.
    """
    named = text if "://" in text else f"mqtts://{text}"
    found = broker_address(named if ":" in text else f"{named}:{_TLS_PORT}")
    if not found.tls or _is_loopback(found.host):
        raise ValueError("no address that others reach")
    return found


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def site_files(connection: Connection, row: Any, wires: Wires) -> dict[str, str]:
    """The files by path; what was handed out before is void. EnrolmentError for a place without lockers."""
    bridge = devices.bridge_of(connection, row.id)
    if bridge is None:
        raise EnrolmentError(f"{row.id} has no bridge yet")
    found = _folders(connection, row.id, bridge, wires)
    shared = site_broker_files(hub(), row.id)
    if wires.site.tls:
        shared |= site_broker_certificate(hub(), wires.site.host)
    found |= {f"{_('site-broker')}/{name}": text for name, text in shared.items()}
    if (plan := plan_of(row.cabinet)) is not None:
        found[f"{bridge}/lockers.toml"] = lockers_toml(plan)
    return found


def _folders(connection: Connection, site: str, bridge: str, wires: Wires) -> dict[str, str]:
    found: dict[str, str] = {}
    for device in (bridge, *devices.kiosks_of(connection, site)):
        wanted = Wanted(device, site, "bridge" if device == bridge else "kiosk", wires.hub, wires.site)
        enrolled = enrol_device(hub(), connection, wanted, account().id)
        keep(hub(), connection, enrolled)
        found |= {f"{device}/{name}": text for name, text in enrolled.files.items()}
    return found
