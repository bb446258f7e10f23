"""The lockers of a site, live, and one door: its history, and what may be wished of it from afar."""

import re
from collections.abc import Callable
from functools import partial
from typing import Any, Final, cast

from flask import Blueprint, Flask, Response, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from hub.core.sight import Door, door_word
from hub.store import audit
from hub.store.database import Connection, reading, writing
from hub.store.door_figures import door_counts
from hub.store.door_wishes import (
    Consent,
    ConsentError,
    OneHandError,
    OvertakenError,
    Seen,
    confirm,
    door_wish,
    wish_open,
    wish_use,
    withdraw,
)
from hub.store.ledger import history_of_door
from hub.store.moves import ask_to_move, free_doors, move_asked
from hub.store.pages import door_orders, site_devices, site_doors
from hub.store.people import people_names
from hub.web import live
from hub.web.door_words import EMPTY, TEST, consents, move_reasons, out_reasons, reasons
from hub.web.guard import account, hub, now_ms
from hub.web.naming import names_at
from hub.web.places import site_or_404
from hub.web.story import tell

COUNTED_MS: Final = 90 * 86_400_000
"""What a door's page counts its openings over."""

page = Blueprint("lockers", __name__, url_prefix="/sites/<site>/casiers")


def install(app: Flask) -> None:
    """Add the pages."""
    app.register_blueprint(page)


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
        f"door {site} {compartment} {account().id}",  # who asked sees other buttons than who may agree
        lambda: render_template("door_news.html", **_door(site, compartment)),
    )


@page.get("/<int(max=9999):compartment>/maintenant")
def door_fragment(site: str, compartment: int) -> ResponseReturnValue:
    """One door, once."""
    return render_template("door_news.html", **_door(site, compartment))


# --- what is wished of a door ----------------------------------------------------------------------


@page.post("/<int(max=9999):compartment>/ouvrir")
def open_remotely(site: str, compartment: int) -> ResponseReturnValue:
    """Wish the door open; the page then shows what comes of it. For what lay there when it was read only."""
    _one_of(reasons())
    consent = request.form.get("consent")
    if request.form.get("sure") != "yes" or consent not in (None, *consents()):
        abort(400)
    agreed = cast(Consent | None, consent)
    return _deed(site, compartment, partial(_wish_open, agreed, request.form["reason"]))


@page.post("/<int(max=9999):compartment>/essai")
def test(site: str, compartment: int) -> ResponseReturnValue:
    """Open it to see whether it works: only where nothing lies. Passed is what the sensor saw."""
    seen = _seen()
    if request.form.get("sure") != "yes" or seen is None or seen.item is not None:
        abort(400)
    return _deed(site, compartment, partial(_wish_open, None, TEST))


@page.post("/<int(max=9999):compartment>/service")
def service(site: str, compartment: int) -> ResponseReturnValue:
    """Take it out of service for a reason, or say that it is empty and may be used again."""
    if request.form.get("usable") == "yes":
        if request.form.get("looked") != "yes":
            abort(400)
        return _deed(site, compartment, partial(_wish_use, True, EMPTY))
    return _deed(site, compartment, partial(_wish_use, False, _one_of(out_reasons())))


@page.post("/<int(max=9999):compartment>/deplacer")
def move(site: str, compartment: int) -> ResponseReturnValue:
    """Ask whoever is at the site to put what lies there to another place; hands do that, at the kiosk."""
    return _deed(site, compartment, partial(_ask_to_move, _one_of(move_reasons())), anchor="deplacer")


@page.post("/accords/<order>")
def agree(site: str, order: str) -> ResponseReturnValue:
    """A second account agrees that an occupied door is opened; or whoever asked takes it back."""
    with writing(hub().engine) as connection:
        site_or_404(connection, site)
        wish = door_wish(connection, site, order)
        if wish is None:
            abort(404)
        try:
            _answer(connection, wish)
        except OneHandError:
            return render_template("door.html", **_door(site, wish.compartment), one_hand=True), 403
        except ConsentError:
            abort(403)
    return redirect(url_for("lockers.door", site=site, compartment=wish.compartment, _anchor="ouverture"))


def _answer(connection: Connection, wish: Any) -> None:
    who, now = account().id, now_ms()
    if request.form.get("answer") == "no":
        if withdraw(connection, wish.site, wish.id, who, now):
            audit.note(connection, now, who, "open_withdrawn", site=wish.site, subject=wish.id)
    elif confirm(connection, wish.site, wish.id, who, now):
        detail = f"{wish.compartment}: {wish.reason}"
        audit.note(connection, now, who, "open_agreed", site=wish.site, subject=wish.id, detail=detail)


def _deed(
    site: str, compartment: int, note: Callable[[Connection, str, int, Seen], None], anchor: str = "ouverture"
) -> ResponseReturnValue:
    """Note what is wished, and in the audit who wished it; or show how the door stands by now."""
    seen = _seen()
    if seen is None:
        abort(400)
    try:
        with writing(hub().engine) as connection:
            site_or_404(connection, site)
            note(connection, site, compartment, seen)
    except ConsentError:
        abort(400)
    except OvertakenError:
        return render_template("door.html", **_door(site, compartment), overtaken=True), 409
    return redirect(url_for("lockers.door", site=site, compartment=compartment, _anchor=anchor))


def _one_of(allowed: dict[str, str]) -> str:
    """The reason that was chosen."""
    reason = request.form.get("reason", "")
    if reason not in allowed:
        abort(400)
    return reason


def _seen() -> Seen | None:
    """What lay there on the page the form was part of; None for a form that does not say."""
    allocation, item = request.form.get("allocation", ""), request.form.get("item")
    if item is None or not re.fullmatch(r"[0-9]{1,9}", allocation):
        return None
    return Seen(int(allocation), item or None)


def _wish_open(
    consent: Consent | None, reason: str, connection: Connection, site: str, compartment: int, seen: Seen
) -> None:
    who = account().id
    order = wish_open(connection, site, compartment, seen, who, reason, now_ms(), consent)
    agreed = f", {consent}" if seen.item and consent else ""
    _noted(connection, site, order, "open_asked", f"{compartment}: {reason}{agreed}")


def _wish_use(
    usable: bool, reason: str, connection: Connection, site: str, compartment: int, seen: Seen
) -> None:
    order = wish_use(connection, site, compartment, seen, usable, account().id, reason, now_ms())
    action = "service_in_asked" if usable else "service_out_asked"
    _noted(connection, site, order, action, f"{compartment}: {reason}")


def _noted(connection: Connection, site: str, order: str | None, action: str, detail: str) -> None:
    if order is None:
        abort(404)
    audit.note(connection, now_ms(), account().id, action, site=site, subject=order, detail=detail)


def _ask_to_move(reason: str, connection: Connection, site: str, compartment: int, seen: Seen) -> None:
    ask_to_move(connection, site, compartment, seen, account().id, reason, now_ms())
    detail = f"{compartment}: {reason}"
    audit.note(connection, now_ms(), account().id, "move_asked", site=site, subject=seen.item, detail=detail)


# --- what the pages show ---------------------------------------------------------------------------


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
            "asked_to_move": move_asked(connection, site, compartment),
            "elsewhere": free_doors(connection, site, one.item) if one.item else [],
            "orders": door_orders(connection, site, compartment),
            "accounts": names.accounts,
            "counts": door_counts(connection, site, compartment, now_ms() - COUNTED_MS),
            "history": [line for line in told if line],
            "devices": site_devices(connection, site),
        }


def _person(people: dict[str, str], door: Door) -> str:
    return people.get(door.person or "", "")
