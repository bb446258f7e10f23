"""The first page: what to do now, and whether news still come in."""

from typing import Any

from flask import Blueprint, Flask, Response, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from hub.core.attention import Thing, dark_sites
from hub.core.marks import sorted_out
from hub.store import audit
from hub.store.accounts import account_names
from hub.store.database import reading, writing
from hub.store.dismissals import dismiss
from hub.store.duty import last_called
from hub.store.marks import marks_of
from hub.store.pages import all_sites, site_devices
from hub.store.scope import site_of_alarm
from hub.web import live, thing_words
from hub.web.guard import account, hub, now_ms
from hub.web.marks import is_mine, may_answer, my_things

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
        if not is_mine(site or ""):
            abort(404)
        if not may_answer(site or ""):
            abort(403)
        dismiss(connection, event, account().id, now_ms())
        audit.note(connection, now_ms(), account().id, "alarm_seen", site=site, subject=event[:64])
    return redirect(url_for("today.show"))


def _standing() -> dict[str, Any]:
    """The same for everybody who looks: a stream is drawn once for all of them."""
    with reading(hub().engine) as connection:
        mine = my_things(connection)
        marks = marks_of(connection, mine)
        sites = all_sites(connection, account().sites)
        names = account_names(connection) if marks else {}
        called = last_called(connection, list(marks))
        devices = [device for device in site_devices(connection) if is_mine(device.site)]
    now, later = sorted_out(mine, marks, now_ms())
    return {
        "things": [(one.thing, one.mark, thing_words.link(one.thing)) for one in now],
        "later": later,
        "names": names,
        "called": called,
        "now": now_ms(),
        "several": len(sites) > 1,
        "site_names": {site.id: site.name for site in sites},
        "devices": devices,
        "dark": dark_sites((site.id for site in sites), devices),
        "news_ms": max((device.exchange_ms for device in devices if device.exchange_ms), default=None),
        "pressing": any(_presses(thing) for thing in mine),
    }


def _presses(thing: Thing) -> bool:
    return thing.tone == "alarm"
