"""The first page: what to do now, and whether news still come in."""

from typing import Any

from flask import Blueprint, Flask, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from hub.core.attention import IN_HAND_MS, Thing, dark_sites, things_to_do
from hub.store import audit
from hub.store.assignments import nameless_count
from hub.store.bag_alarms import open_worries
from hub.store.database import reading, writing
from hub.store.deadlines import endings
from hub.store.dismissals import dismiss
from hub.store.door_wishes import waiting_wishes
from hub.store.doubles import doubles
from hub.store.moves import to_be_moved
from hub.store.outbox import untold
from hub.store.pages import (
    all_sites,
    kept_parcels,
    last_news_ms,
    open_alarms,
    parcels_in_hand,
    site_devices,
    site_doors,
    unreadable_facts,
)
from hub.store.register import differing_piles
from hub.web import live, words
from hub.web.guard import account, hub, now_ms

PILE_MS = 7 * 86_400_000
"""An old count helps nobody any more."""

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
        dismiss(connection, event, account().id, now_ms())
        audit.note(connection, now_ms(), account().id, "alarm_seen", subject=event[:64])
    return redirect(url_for("today.show"))


def _standing() -> dict[str, Any]:
    with reading(hub().engine) as connection:
        devices = site_devices(connection)
        things = things_to_do(
            site_doors(connection),
            kept_parcels(connection),
            devices,
            open_alarms(connection),
            unreadable_facts(connection),
            now_ms(),
            untold(connection),
            parcels_in_hand(connection, now_ms() - IN_HAND_MS),
            endings(connection),
            nameless_count(connection),
            differing_piles(connection, now_ms() - PILE_MS),
            doubles(connection),
            open_worries(connection, now_ms()),
            [*waiting_wishes(connection, now_ms()), *to_be_moved(connection)],
        )
        sites = all_sites(connection)
        news_ms = last_news_ms(connection)
    return {
        "things": [(thing, words.link(thing)) for thing in things],
        "several": len(sites) > 1,
        "site_names": {site.id: site.name for site in sites},
        "devices": devices,
        "dark": dark_sites((site.id for site in sites), devices),
        "news_ms": news_ms,
        "pressing": any(_presses(thing) for thing in things),
    }


def _presses(thing: Thing) -> bool:
    return thing.tone == "alarm"
