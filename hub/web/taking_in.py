"""Taking a parcel in from a telephone: its label, whose it is, and the shelf place it was put on.

The lockers alone know what lies where: what is chosen here is a wish to them, signed and dead within seconds
(hub.orders), and it is done only once their fact is back. What goes behind a door is announced to the kiosk.
"""

import uuid
from typing import Any, Final, get_args

from flask import Blueprint, Flask, Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from contract.messages import ItemKind, Size
from contract.scans.carriers import recognise
from contract.scans.labels import NAMES, number_of
from hub.store import audit
from hub.store.database import Connection, reading, writing
from hub.store.expected import add_expected, same_number
from hub.store.pages import site_devices
from hub.store.people import find_people, person_row
from hub.store.take_ins import Wanted, free_places, lies_here, take_in_row, wish_take_in
from hub.web import live
from hub.web.door_words import LAPSE_MS, undone
from hub.web.gettext import _
from hub.web.guard import account, hub, now_ms, uses
from hub.web.places import site_or_404
from hub.web.service_words import size_words
from hub.web.tries import limiter

MOST_SHOWN: Final = 40
_LONGEST_LABEL: Final = 256
_LONGEST_CARRIER: Final = 40
_KINDS: Final = ("parcel", "letter", "registered_letter")
_FIELDS: Final = ("label", "carrier", "person", "item", "kind", "size", "place")

page = Blueprint("taking_in", __name__, url_prefix="/sites/<site>/colis/recevoir")


def install(app: Flask) -> None:
    """Add the pages."""
    app.register_blueprint(page)
    app.jinja_env.globals.update(size_words=size_words, came_of=came_of)


# --- the label, the person, the place ------------------------------------------------------------


@page.get("")
def begin(site: str) -> ResponseReturnValue:
    """The label first."""
    return _step(site, "label", {}, {})


@page.post("")
def go_on(site: str) -> ResponseReturnValue:
    """The next question. What was answered so far comes along in the form: nothing is in an address (I15)."""
    typed = _typed()
    if "read" in request.form:
        wrong, same = _label_faults(site, typed)
        if wrong:
            return _step(site, "label", typed, wrong, same=same)
        typed["label"], typed["carrier"] = number_of(typed["label"]), _carrier(typed)
    if typed["person"] or "nameless" in request.form:
        return _step(site, "place", typed, {})
    return _step(site, "person", typed, {})


def _label_faults(site: str, typed: dict[str, str]) -> tuple[dict[str, str], Any]:
    """What is wrong with the label; and what lies here with the same one."""
    if not _is_written(typed["label"], _LONGEST_LABEL):
        return {"label": _("This cannot be read as a label. Scan it again, or type its number.")}, None
    if not _is_written(typed["carrier"], _LONGEST_CARRIER):
        return {"carrier": _("At most %(count)d letters.", count=_LONGEST_CARRIER)}, None
    with reading(hub().engine) as connection:
        same = lies_here(connection, site, number_of(typed["label"]))
    wrong = {} if same is None else {"label": _("This parcel is here already.")}
    return wrong, same


def _is_written(text: str, most: int) -> bool:
    return len(text) <= most and text.isprintable()


def _carrier(typed: dict[str, str]) -> str:
    return typed["carrier"] or NAMES.get(recognise(typed["label"]).carrier, "")


def _typed() -> dict[str, str]:
    typed = {name: request.form.get(name, "").strip()[:400] for name in (*_FIELDS, "q")}
    typed["item"] = typed["item"] if _is_id(typed["item"]) else uuid.uuid4().hex
    return typed


def _is_id(text: str) -> bool:
    return len(text) == 32 and all(sign in "0123456789abcdef" for sign in text)


def _step(
    site: str, step: str, typed: dict[str, str], wrong: dict[str, str], **more: Any
) -> ResponseReturnValue:
    uses("camera")
    with reading(hub().engine) as connection:
        told = {"site": site_or_404(connection, site), "step": step, "typed": typed, "wrong": wrong, **more}
        told |= _choices(connection, site, step, typed)
    return render_template("take_in.html", **told), 422 if wrong else 200


def _choices(connection: Connection, site: str, step: str, typed: dict[str, str]) -> dict[str, Any]:
    """What the step offers: people, those announced first; or places."""
    if step == "person":
        found = find_people(connection, site, typed["q"])
        announced = same_number(connection, site, typed["label"])
        proposed = person_row(connection, site, announced.person or "") if announced else None
        others = [one for one in found if proposed is None or one.id != proposed.id]
        return {"proposed": proposed, "people": others[:MOST_SHOWN], "more": len(others) > MOST_SHOWN}
    if step == "place":
        whose = person_row(connection, site, typed["person"]) if typed["person"] else None
        if typed["person"] and whose is None:
            abort(404)
        return {"whose": whose, "places": free_places(connection, site), "kinds": _KINDS}
    return {}


# --- the wish ------------------------------------------------------------------------------------


@page.post("/poser")
@limiter.limit("600 per hour")
def put(site: str) -> ResponseReturnValue:
    """It lies on the shelf: ask the lockers to note it."""
    typed = _typed()
    with writing(hub().engine) as connection:
        site_or_404(connection, site)
        wanted = _wanted(connection, site, typed)
        made = wish_take_in(connection, site, wanted, account().id, now_ms())
        if made is None:
            abort(404)
        order, is_new = made
        if is_new:
            audit.note(connection, now_ms(), account().id, "take_in_asked", site=site, subject=wanted.item)
    return redirect(url_for("taking_in.show", site=site, order=order))


def _wanted(connection: Connection, site: str, typed: dict[str, str]) -> Wanted:
    """What the form says, if it is one of ours."""
    named = bool(typed["person"])
    if named and person_row(connection, site, typed["person"]) is None:
        abort(404)
    if typed["kind"] not in _KINDS or typed["size"] not in get_args(Size) or not _is_place(typed["place"]):
        abort(400)
    # Whoever comes here without the first step, or with another form, is asked the same as there.
    if not _is_written(typed["label"], _LONGEST_LABEL) or not _is_written(typed["carrier"], _LONGEST_CARRIER):
        abort(400)
    kind: ItemKind = typed["kind"]  # type: ignore[assignment]
    size: Size = typed["size"]  # type: ignore[assignment]
    return Wanted(
        item=typed["item"],
        person=typed["person"] or uuid.uuid4().hex,
        kind=kind,
        size=size,
        named=named,
        compartment=int(typed["place"]) if typed["place"] else None,
        carrier=typed["carrier"] or None,
        label=number_of(typed["label"]),
    )


def _is_place(text: str) -> bool:
    """A compartment's number, with no more digits than one has; or none."""
    return not text or (len(text) <= 4 and text.isascii() and text.isdecimal() and int(text) > 0)


@page.post("/annoncer")
def announce(site: str) -> ResponseReturnValue:
    """It goes behind a door: the kiosk will know whose it is when it scans the label."""
    typed = _typed()
    with writing(hub().engine) as connection:
        site_or_404(connection, site)
        wanted = _wanted(connection, site, {**typed, "place": ""})
        if same_number(connection, site, wanted.label) is None:
            add_expected(
                connection,
                site,
                person=wanted.person if wanted.named else None,
                carrier=wanted.carrier,
                label=wanted.label,
                note="",
                expected_ms=None,
                account=account().id,
                now_ms=now_ms(),
            )
            audit.note(connection, now_ms(), account().id, "expected_added", site=site)
    flash(_("Announced. Scan it at the kiosk: it says whose it is, and opens a door."))
    return redirect(url_for("parcels.held", site=site))


# --- what came of it -----------------------------------------------------------------------------


@page.get("/<order>")
def show(site: str, order: str) -> ResponseReturnValue:
    """What came of it, live."""
    return render_template("taken_in.html", **_outcome(site, order))


@page.get("/<order>/flux")
def stream(site: str, order: str) -> Response:
    """The same, whenever it changes."""
    _outcome(site, order)
    return live.stream(
        f"take-in {order}", lambda: render_template("taken_in_live.html", **_outcome(site, order))
    )


@page.get("/<order>/maintenant")
def fragment(site: str, order: str) -> ResponseReturnValue:
    """The same, once."""
    return render_template("taken_in_live.html", **_outcome(site, order))


def _outcome(site: str, order: str) -> dict[str, Any]:
    with reading(hub().engine) as connection:
        row = site_or_404(connection, site)
        wish = take_in_row(connection, site, order)
        if wish is None:
            abort(404)
        person = person_row(connection, site, wish.person)
        return {"site": row, "wish": wish, "person": person, "devices": site_devices(connection, site)}


def came_of(wish: Any) -> tuple[str, str, str, str]:
    """How it stands (`done`, `waits`, `not`), tone, icon and sentence: done is what the lockers have told."""
    if wish.lies_at is not None:
        return (
            "done",
            "ok",
            "circle-check",
            _("It is noted: place %(place)s", place=wish.place or wish.lies_at),
        )
    if wish.state == "refused":
        return "not", "warn", "ban", _("Not done: %(why)s", why=_refusal(wish.why))
    if wish.state == "dead" or (wish.state != "taken" and now_ms() - wish.asked_ms > LAPSE_MS):
        return "not", *undone(wish)
    return "waits", "info", "hourglass", _("Asked. Waiting for the lockers…")


def _refusal(why: str | None) -> str:
    words = {
        "taken": _("something else lies at this place by now"),
        "full": _("no shelf place of this size is free"),
        "item": _("the lockers have noted it already"),
        "tickets": _("no ticket number is left; hand something over first"),
        "unknown_door": _("there is no such place"),
        "disk": _("the memory of the lockers is full"),
    }
    return words.get(why or "", _("the lockers did not accept it"))
