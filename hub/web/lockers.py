"""The lockers of a site, live, and one door: its history, and opening it from afar."""

import re
from typing import Any

from flask import Blueprint, Flask, Response, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from hub.core.sight import Door, door_word
from hub.store import audit
from hub.store.database import reading, writing
from hub.store.ledger import history_of_door
from hub.store.pages import door_orders, site_devices, site_doors
from hub.store.people import people_names
from hub.store.remote_opens import OvertakenError, Seen, wish_open
from hub.web import live
from hub.web.gettext import _
from hub.web.guard import account, hub, now_ms
from hub.web.naming import names_at
from hub.web.places import site_or_404
from hub.web.story import tell

LAPSE_MS = 40_000
"""Longer than an order lives where somebody talks to the bridges (hub.orders)."""

page = Blueprint("lockers", __name__, url_prefix="/sites/<site>/casiers")


def install(app: Flask) -> None:
    """Add the pages."""
    app.register_blueprint(page)
    app.jinja_env.globals.update(reasons=reasons, order_outcome=order_outcome)


@page.get("")
def show(site: str) -> ResponseReturnValue:
    """The drawing of all lockers, live."""
    return render_template("lockers.html", **_cabinet(site))


@page.get("/flux")
def stream(site: str) -> Response:
    """The drawing, whenever it changes."""
    _cabinet(site)
    return live.stream(f"lockers {site}", lambda: render_template("lockers_live.html", **_cabinet(site)))


@page.get("/maintenant")
def fragment(site: str) -> ResponseReturnValue:
    """The drawing, once."""
    return render_template("lockers_live.html", **_cabinet(site))


@page.get("/<int(max=9999):compartment>")
def door(site: str, compartment: int) -> ResponseReturnValue:
    """One door."""
    return render_template("door.html", **_door(site, compartment))


@page.get("/<int(max=9999):compartment>/flux")
def door_stream(site: str, compartment: int) -> Response:
    """One door, whenever it changes."""
    _door(site, compartment)
    return live.stream(
        f"door {site} {compartment}",
        lambda: render_template("door_news.html", **_door(site, compartment)),
    )


@page.get("/<int(max=9999):compartment>/maintenant")
def door_fragment(site: str, compartment: int) -> ResponseReturnValue:
    """One door, once."""
    return render_template("door_news.html", **_door(site, compartment))


@page.post("/<int(max=9999):compartment>/ouvrir")
def open_remotely(site: str, compartment: int) -> ResponseReturnValue:
    """Wish the door open; the page then shows what comes of it. For what lay there when it was read only."""
    reason, seen = request.form.get("reason", ""), _seen()
    if reason not in reasons() or request.form.get("sure") != "yes" or seen is None:
        abort(400)
    try:
        _note_wish(site, compartment, seen, reason)
    except OvertakenError:
        return render_template("door.html", **_door(site, compartment), overtaken=True), 409
    return redirect(url_for("lockers.door", site=site, compartment=compartment, _anchor="ouverture"))


def _seen() -> Seen | None:
    """What lay there on the page the form was part of; None for a form that does not say."""
    allocation, item = request.form.get("allocation", ""), request.form.get("item")
    if item is None or not re.fullmatch(r"[0-9]{1,9}", allocation):
        return None
    return Seen(int(allocation), item or None)


def _note_wish(site: str, compartment: int, seen: Seen, reason: str) -> None:
    """Note the wish, and in the audit who had it."""
    with writing(hub().engine) as connection:
        site_or_404(connection, site)
        who = account().id
        order = wish_open(connection, site, compartment, seen, who, reason, now_ms())
        if order is None:
            abort(404)
        detail = f"{compartment}: {reason}"
        audit.note(connection, now_ms(), who, "open_asked", site=site, subject=order, detail=detail)


def reasons() -> dict[str, str]:
    """Why a door is opened from afar; the key goes to the site and into its journal."""
    return {
        "code_trouble": _("The person cannot use the code"),
        "door_stuck": _("The door stayed shut"),
        "left_inside": _("Something was left inside"),
        "look_inside": _("To look inside"),
        "repair": _("Repair or cleaning"),
    }


def order_outcome(order: Any) -> tuple[str, str, str]:
    """Tone, icon and sentence: only what is known, the outcome being the fact that came back."""
    match order.outcome:
        case "opened" | "left_open":
            return "ok", "door-enter", _("The door opened")
        case "closed":
            return "ok", "door-exit", _("The door opened, then closed")
        case "not_opened":
            return "alarm", "lock", _("The door did not open")
        case "uncertain":
            return "warn", "question-mark", _("Cut short: what happened is not known")
        case "intent" | "pulsed":
            return "info", "key", _("The lock was told to open; no news from the door yet")
    return undone(order)


def undone(order: Any) -> tuple[str, str, str]:
    """The same for an order of which no fact has come back."""
    match order.state:
        case "refused":
            return "warn", "ban", _("Not carried out: the lockers refused (%(why)s)", why=refusal(order.why))
        case "dead" if order.why in ("offline", None):
            return "warn", "plug-connected-x", _("Not carried out (offline)")
        case "dead" | "asked" | "nonce" | "sent" if order.state == "dead" or _lapsed(order):
            return "warn", "clock", _("Not carried out: no answer in time")
        case "taken":
            return "info", "key", _("The lockers took the request; no news from the door yet")
        case _:
            return "info", "hourglass", _("Asked. Waiting for the lockers…")


def _lapsed(order: Any) -> bool:
    """Nobody talks to the bridges at the moment: the wish is dead all the same."""
    return bool(now_ms() - order.asked_ms > LAPSE_MS)


def refusal(why: str | None) -> str:
    """Why a bridge refused."""
    words = {
        "late": _("too late"),
        "nonce": _("too late"),
        "signature": _("it did not come from this hub"),
        "generation": _("something else lies there now"),
        "unknown_door": _("there is no such door"),
        "busy": _("another door is moving"),
        "cap": _("too many doors in a short time"),
        "disk": _("its memory is full"),
    }
    return words.get(why or "", _("no reason given"))


def _cabinet(site: str) -> dict[str, Any]:
    with reading(hub().engine) as connection:
        row = site_or_404(connection, site)
        doors = site_doors(connection, site)
        devices = site_devices(connection, site)
    return {
        "site": row,
        "doors": doors,
        "drawn": [one for one in doors if one.column and one.row and one.size],
        "states": {one.compartment: door_word(one) for one in doors},
        "devices": devices,
    }


def _door(site: str, compartment: int) -> dict[str, Any]:
    with reading(hub().engine) as connection:
        row = site_or_404(connection, site)
        doors = site_doors(connection, site)
        one = next((door for door in doors if door.compartment == compartment), None)
        if one is None:
            abort(404)
        names = names_at(connection, site)
        told = (tell(fact, names) for fact in history_of_door(connection, site, compartment))
        return {
            "site": row,
            "door": one,
            "state": door_word(one),
            "drawn": [place for place in doors if place.column and place.row and place.size],
            "person": _person(people_names(connection, site), one),
            "orders": door_orders(connection, site, compartment),
            "accounts": names.accounts,
            "history": [line for line in told if line],
            "devices": site_devices(connection, site),
        }


def _person(people: dict[str, str], door: Door) -> str:
    return people.get(door.person or "", "")
