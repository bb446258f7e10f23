"""The first page: what to do now, and whether news still come in."""

from typing import Any

from flask import Blueprint, Flask, Response, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from hub.core.attention import Thing, dark_sites
from hub.store import audit
from hub.store.database import reading, writing
from hub.store.dismissals import dismiss
from hub.store.pages import all_sites, last_news_ms, site_devices
from hub.store.scope import site_of_alarm
from hub.store.standing import things_now
from hub.web import live, words
from hub.web.guard import account, hub, now_ms

page = Blueprint("today", __name__)


def install(app: Flask) -> None:
    """Add the page; every other page's bar counts its things."""
    app.register_blueprint(page)


@page.get("/")
def show() -> ResponseReturnValue:
    """Things to do, pressing ones first."""
    return render_template("today.html", **_standing())


@page.get("/flux")
def stream() -> Response:
    """The same, whenever it changes."""
    return live.stream("today", lambda: render_template("today_live.html", **_standing()))


@page.get("/maintenant")
def fragment() -> ResponseReturnValue:
    """The same, once: for pages whose stream was refused."""
    return render_template("today_live.html", **_standing())


@page.post("/vu")
def seen() -> ResponseReturnValue:
    """Somebody saw to an alarm."""
    event = request.form.get("event", "")[:120]
    with writing(hub().engine) as connection:
        site = site_of_alarm(connection, event, now_ms())
        if not _is_mine(site or ""):
            abort(404)
        dismiss(connection, event, account().id, now_ms())
        audit.note(connection, now_ms(), account().id, "alarm_seen", site=site, subject=event[:64])
    return redirect(url_for("today.show"))


def _standing() -> dict[str, Any]:
    with reading(hub().engine) as connection:
        devices = site_devices(connection)
        stands = {device.id: device.site for device in devices}
        things = things_now(connection, now_ms())
        sites = all_sites(connection, account().sites)
        news_ms = last_news_ms(connection)
    mine = [thing for thing in things if _is_mine(thing.site or stands.get(thing.device or "", ""))]
    devices = [device for device in devices if _is_mine(device.site)]
    return {
        "things": [(thing, words.link(thing)) for thing in mine],
        "several": len(sites) > 1,
        "site_names": {site.id: site.name for site in sites},
        "devices": devices,
        "dark": dark_sites((site.id for site in sites), devices),
        "news_ms": news_ms,
        "pressing": any(_presses(thing) for thing in mine),
    }


def _is_mine(site: str) -> bool:
    """What belongs to no site is for those who see all of them."""
    return account().sees(site) if site else account().sites is None


def _presses(thing: Thing) -> bool:
    return thing.tone == "alarm"
