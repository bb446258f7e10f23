"""Kiosks and lockers: how each one is, live, and one page for each. What is done to them: `device_deeds`."""

from typing import Any

from flask import Blueprint, Flask, Response, abort, render_template
from flask.typing import ResponseReturnValue

from hub.core.device_alarms import Worry, device_things, worries
from hub.core.fleet import Standing
from hub.enrolment import site_broker_files
from hub.store import log_wishes
from hub.store.accounts import account_names
from hub.store.audit import notes_about
from hub.store.database import Connection, reading
from hub.store.devices import bridge_of
from hub.store.fleet import device_incidents, standing_of, standings
from hub.store.pages import all_sites
from hub.web import device_words, live
from hub.web.guard import account, has_right, hub, now_ms
from hub.web.places import site_or_404

DEEDS = ("device_added", "device_enrolled", "device_renamed", "device_revoked", "log_asked")

page = Blueprint("devices", __name__)


def install(app: Flask) -> None:
    """Add the pages, and give them their words."""
    app.register_blueprint(page)
    app.jinja_env.globals.update(device_words=device_words)


# --- all of them --------------------------------------------------------------------------------


@page.get("/appareils")
def everywhere() -> ResponseReturnValue:
    """The devices of all sites."""
    return render_template("devices.html", **_listed(None))


@page.get("/appareils/flux")
def everywhere_stream() -> Response:
    """The same, whenever it changes."""
    return live.stream("devices", lambda: render_template("devices_live.html", **_listed(None)))


@page.get("/appareils/maintenant")
def everywhere_fragment() -> ResponseReturnValue:
    """The same, once."""
    return render_template("devices_live.html", **_listed(None))


@page.get("/sites/<site>/appareils")
def here(site: str) -> ResponseReturnValue:
    """The devices of a site."""
    return render_template("devices.html", **_listed(site))


@page.get("/sites/<site>/appareils/flux")
def here_stream(site: str) -> Response:
    """The same, whenever it changes."""
    _listed(site)
    return live.stream(f"devices {site}", lambda: render_template("devices_live.html", **_listed(site)))


@page.get("/sites/<site>/appareils/maintenant")
def here_fragment(site: str) -> ResponseReturnValue:
    """The same, once."""
    return render_template("devices_live.html", **_listed(site))


# --- one ----------------------------------------------------------------------------------------


@page.get("/sites/<site>/appareil/<device>")
def one(site: str, device: str) -> ResponseReturnValue:
    """One device."""
    return show(site, device)


@page.get("/sites/<site>/appareil/<device>/flux")
def one_stream(site: str, device: str) -> Response:
    """One device, whenever it changes; who may not ask for its log sees none of it."""
    _one(site, device)
    return live.stream(
        f"device {site} {device}", lambda: render_template("device_live.html", **_one(site, device))
    )


@page.get("/sites/<site>/appareil/<device>/maintenant")
def one_fragment(site: str, device: str) -> ResponseReturnValue:
    """One device, once."""
    return render_template("device_live.html", **_one(site, device))


def show(site: str, device: str, status: int = 200, **more: Any) -> ResponseReturnValue:
    """The page of one device, with what a form has to say."""
    own = hub().settings.broker
    address = f"{'mqtts' if own.tls else 'mqtt'}://{own.host}:{own.port}"
    seen = _one(site, device)
    more = {"wrong": {}, "typed": {"hub_broker": address, "site_broker": "127.0.0.1:1883"}} | more
    if seen["standing"].revoked_ms is not None:
        more["broker_files"] = sorted(site_broker_files(hub(), site))
    return render_template("device.html", **seen, **more, hub_broker_tls=own.tls), status


def standing_or_404(connection: Connection, site: str, device: str) -> Standing:
    """How a device of a site stands."""
    site_or_404(connection, site)
    standing = standing_of(connection, site, device)
    if standing is None:
        abort(404)
    return standing


def _one(site: str, device: str) -> dict[str, Any]:
    with reading(hub().engine) as connection:
        standing = standing_or_404(connection, site, device)
        may_read_logs = has_right("devices")
        return {
            "site": site_or_404(connection, site),
            "standing": standing,
            "things": device_things([standing], now_ms()),
            "incidents": device_incidents(connection, device),
            "deeds": [note for note in notes_about(connection, device) if note.action in DEEDS],
            "accounts": account_names(connection),
            "excerpt": log_wishes.latest_of(connection, device, now_ms()) if may_read_logs else None,
            "kept_ms": log_wishes.KEPT_MS,
        }


def _listed(site: str | None) -> dict[str, Any]:
    """By site; those out of service at the end of one site's page only."""
    with reading(hub().engine) as connection:
        row = None if site is None else site_or_404(connection, site)
        sites = all_sites(connection, account().sites) if row is None else [row]
        found = standings(connection, site)
        gone = [] if site is None else standings(connection, site, revoked=True)
        has_bridge = site is not None and bridge_of(connection, site) is not None
    by_site: dict[str, list[tuple[Standing, list[Worry]]]] = {one.id: [] for one in sites}
    for standing in found:
        if standing.device.site in by_site:
            by_site[standing.device.site].append((standing, worries(standing, now_ms())))
    return {"site": row, "sites": sites, "by_site": by_site, "gone": gone, "has_bridge": has_bridge}
