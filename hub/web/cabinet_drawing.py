"""The drawing of a site's lockers, changed by touch: a place is chosen, then where it goes.

The lockers own what stands where: what is drawn here is a file for whoever looks after the machine, and is in
use once the lockers declare it.
"""

from collections.abc import Callable
from typing import Any, Final, cast, get_args

from flask import Blueprint, Flask, Response, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from contract.messages import Size
from hub.core.cabinet_drawing import (
    HIGH_CM,
    LOW_CM,
    MOST_CM,
    Change,
    Place,
    Places,
    Step,
    as_file,
    changes,
    doubtful_heights,
    label_taken,
    measured,
    stepped,
)
from hub.store import audit
from hub.store.cabinet_drawings import declared_places, draft_row, drafted_places, drop_draft, keep_draft
from hub.store.database import reading, writing
from hub.web.gettext import _
from hub.web.guard import account, hub, now_ms
from hub.web.places import site_or_404
from hub.web.words import door_labels

_LONGEST_LABEL: Final = 40
_FILE: Final = "drawing.toml"
_DOUBTFUL: Final = "unchecked"
"""How the drawing marks a place whose height is to be checked."""

page = Blueprint("drawing", __name__, url_prefix="/sites/<site>/casiers/plan")


def install(app: Flask) -> None:
    """Add the pages and their words."""
    app.register_blueprint(page)
    app.jinja_env.globals.update(
        height_word=height_word, spot_word=spot_word, change_words=change_words, beside_words=beside_words
    )


@page.get("")
def show(site: str) -> ResponseReturnValue:
    """The drawing; `porte` is the chosen place, `vers` the one it is to go beside."""
    return render_template("drawing.html", **_drawing(site, _number("porte"), _number("vers")), wrong={})


@page.post("/place")
def step(site: str) -> ResponseReturnValue:
    """Move the chosen place."""
    number, target = _form_number("porte"), _form_number("vers")
    how = request.form.get("step", "")
    if number is None or how not in get_args(Step):
        abort(400)
    _change(site, lambda places: stepped(places, number, cast(Step, how), target))
    return redirect(url_for("drawing.show", site=site, porte=number, _anchor="dessin"))


@page.post("/mesures")
def measure(site: str) -> ResponseReturnValue:
    """Say how large and how high the chosen place is, and what is written on a shelf."""
    number, size, floor = _form_number("porte"), request.form.get("size"), request.form.get("floor_cm", "")
    if number is None or size not in get_args(Size):
        abort(400)
    wrong = {} if _is_height(floor) else {"floor_cm": _("From 0 to %(most)d cm.", most=MOST_CM)}
    told = _drawing(site, number, None)
    if told["chosen"] is None:
        abort(404)
    label = request.form.get("label", "").strip() if told["chosen"].kind == "shelf" else None
    if label is not None and (fault := _label_fault(told["places"], number, label)):
        wrong["label"] = fault
    if wrong:
        return render_template("drawing.html", **told, wrong=wrong), 422
    kept = told["chosen"].label if label is None else label
    _change(site, lambda places: measured(places, number, cast(Size, size), int(floor), kept))
    return redirect(url_for("drawing.show", site=site, porte=number, _anchor="dessin"))


@page.post("/oublier")
def forget(site: str) -> ResponseReturnValue:
    """Drop the draft."""
    with writing(hub().engine) as connection:
        site_or_404(connection, site)
        drop_draft(connection, site)
        audit.note(connection, now_ms(), account().id, "drawing_dropped", site=site)
    return redirect(url_for("drawing.show", site=site))


@page.get(f"/{_FILE}")
def file(site: str) -> Response:
    """The file for the lockers' own machine: what was drawn leaves the hub with it, and that is noted."""
    with writing(hub().engine) as connection:
        site_or_404(connection, site)
        text = as_file(drafted_places(connection, site))
        if request.method == "GET":
            audit.note(connection, now_ms(), account().id, "drawing_given", site=site)
    answer = Response(text, mimetype="application/toml")
    answer.headers["Content-Disposition"] = f'attachment; filename="{_FILE}"'
    return answer


def _change(site: str, how: Callable[[Places], Places]) -> None:
    with writing(hub().engine) as connection:
        site_or_404(connection, site)
        keep_draft(connection, site, how(drafted_places(connection, site)), account().id, now_ms())


def _drawing(site: str, number: int | None, target: int | None) -> dict[str, Any]:
    with reading(hub().engine) as connection:
        row = site_or_404(connection, site)
        declared = declared_places(connection, site)
        places = drafted_places(connection, site)
        draft = draft_row(connection, site)
    found = {place.compartment: place for place in places}
    doubtful = doubtful_heights(places)
    chosen, beside = found.get(number or 0), found.get(target or 0)
    return {
        "site": row,
        "places": places,
        "chosen": chosen,
        "beside": beside if chosen and beside and beside != chosen else None,
        "changes": changes(declared, places),
        "doubtful": [place for place in places if place.compartment in doubtful],
        "marked": dict.fromkeys(doubtful, _DOUBTFUL),
        "labels": door_labels() | {_DOUBTFUL: _("Height?")},
        "draft": draft,
        "spot_link": _spot_link(site, number if chosen else None),
        "sizes": get_args(Size),
    }


def _spot_link(site: str, number: int | None) -> Callable[[int], str]:
    """The first touch chooses a place, the second where it goes; the same again lets go of it."""

    def link(place: int) -> str:
        if number is None:
            return url_for("drawing.show", site=site, porte=place, _anchor="choix")
        if place == number:
            return url_for("drawing.show", site=site)
        return url_for("drawing.show", site=site, porte=number, vers=place, _anchor="choix")

    return link


def _number(name: str) -> int | None:
    return _as_number(request.args.get(name, ""))


def _form_number(name: str) -> int | None:
    return _as_number(request.form.get(name, ""))


def _as_number(text: str) -> int | None:
    return int(text) if len(text) <= 4 and text.isascii() and text.isdecimal() else None


def _is_height(text: str) -> bool:
    number = _as_number(text)
    return number is not None and number <= MOST_CM


def _label_fault(places: Places, number: int, label: str) -> str | None:
    if not label or len(label) > _LONGEST_LABEL or not label.isprintable():
        return _("From 1 to %(most)d letters.", most=_LONGEST_LABEL)
    return _("Another shelf place bears this name.") if label_taken(places, number, label) else None


# --- words ---------------------------------------------------------------------------------------


def height_word(floor_cm: int) -> str:
    """Whether one stoops, stretches, or neither."""
    if floor_cm < LOW_CM:
        return _("low: heavy things go here")
    return _("high: not for who sits or is small") if floor_cm > HIGH_CM else _("at a good height")


def spot_word(place: Place) -> str:
    """Where it stands."""
    return _("column %(column)d, row %(row)d", column=place.column, row=place.row)


def beside_words(door: str, other: Place) -> dict[str, str]:
    """What is said of a place that goes beside another, and on the buttons for it."""
    said = {"place": other.label or other.compartment}
    if other.kind == "shelf":
        return {
            "ask": _("%(door)s goes beside shelf place %(place)s: say where.", door=door, **said),
            "above": _("Above shelf place %(place)s", **said),
            "below": _("Below shelf place %(place)s", **said),
            "swap": _("Change places with shelf place %(place)s", **said),
        }
    return {
        "ask": _("%(door)s goes beside door %(place)s: say where.", door=door, **said),
        "above": _("Above door %(place)s", **said),
        "below": _("Below door %(place)s", **said),
        "swap": _("Change places with door %(place)s", **said),
    }


def change_words(change: Change) -> list[str]:
    """What is otherwise, one thing after the other."""
    now, fields = change.now, change.fields
    said = [spot_word(now)] if {"column", "row"} & set(fields) else []
    if "size" in fields:
        said.append(_("size %(size)s instead of %(before)s", size=now.size, before=change.before.size))
    if "floor_cm" in fields:
        height = {"count": now.floor_cm, "before": change.before.floor_cm}
        said.append(_("%(count)d cm above the floor instead of %(before)d", **height))
    if "label" in fields:
        said.append(_("named %(name)s", name=now.label))
    return said
