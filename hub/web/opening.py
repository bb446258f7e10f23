"""When a site is open and when it is not, and how many days it keeps things."""

from collections.abc import Mapping
from typing import get_args

from flask import Blueprint, Flask, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from hub.core.deadlines import DAYS, FEWEST_DAYS, MOST_DAYS
from hub.core.opening import LONGEST_TEXT, Hours, OpeningError, Why, closure_span, with_opening
from hub.notify.attendance import card_words
from hub.store import audit, presence
from hub.store.catalogue import tell
from hub.store.database import Connection, reading, writing
from hub.store.deadlines import settle
from hub.store.opening import (
    add_closure,
    closures_of,
    days_kept,
    end_closure,
    hours_of,
    set_days,
    set_hours,
)
from hub.web.day_words import fault_word
from hub.web.gettext import _
from hub.web.guard import account, hub, now_ms, zone
from hub.web.places import site_or_404
from hub.web.typed import fields

_CLOSURE = ("from_day", "from_hour", "until_day", "until_hour", "why", "text")

page = Blueprint("opening", __name__, url_prefix="/sites/<site>/horaires")


def install(app: Flask) -> None:
    """Add the pages."""
    app.register_blueprint(page)


@page.get("")
def show(site: str) -> ResponseReturnValue:
    """Hours, closures and days."""
    return _page(site)


# --- hours ---------------------------------------------------------------------------------------


@page.post("/ouverture")
def add_hours(site: str) -> ResponseReturnValue:
    """Add a stretch to some weekdays."""
    typed = {name: request.form.get(name, "")[:8] for name in ("opens", "closes", "after_midnight")}
    chosen = [int(day) for day in request.form.getlist("days")[:7] if day in "1234567" and len(day) == 1]
    try:
        with writing(hub().engine) as connection:
            week = with_opening(
                _now(connection, site).weekly,
                chosen,
                typed["opens"],
                typed["closes"],
                after_midnight=bool(typed["after_midnight"]),
            )
            set_hours(connection, site, week, now_ms())
            _done(connection, site, "hours_changed")
    except OpeningError as error:
        return _page(site, error, typed | {"days": chosen})
    return redirect(url_for("opening.show", site=site, _anchor="ouverture"))


@page.post("/ouverture/retirer")
def remove_hours(site: str) -> ResponseReturnValue:
    """Take a stretch of one weekday away."""
    gone = (request.form.get("weekday", "")[:1], request.form.get("opens_min", "")[:4])
    with writing(hub().engine) as connection:
        weekly = _now(connection, site).weekly
        rest = [one for one in weekly if (str(one.weekday), str(one.opens_min)) != gone]
        if len(rest) == len(weekly):
            abort(404)
        set_hours(connection, site, rest, now_ms())
        _done(connection, site, "hours_changed")
    return redirect(url_for("opening.show", site=site, _anchor="ouverture"))


@page.post("/toujours")
def always(site: str) -> ResponseReturnValue:
    """Its lockers can be reached day and night, or they keep the hours of the week again."""
    yes = request.form.get("always") == "yes"
    with writing(hub().engine) as connection:
        set_hours(connection, site, _now(connection, site).weekly, now_ms(), always=yes)
        _done(connection, site, "hours_changed")
    return redirect(url_for("opening.show", site=site, _anchor="ouverture"))


# --- closures ------------------------------------------------------------------------------------


@page.post("/fermetures")
def close(site: str) -> ResponseReturnValue:
    """Announce a closure, works, or a power cut."""
    typed = fields(_CLOSURE, LONGEST_TEXT)
    if typed["why"] not in get_args(Why):
        abort(400)
    try:
        if len(typed["text"]) > LONGEST_TEXT:
            raise OpeningError("text", "text")
        moments = (typed["from_day"], typed["from_hour"], typed["until_day"], typed["until_hour"])
        span = closure_span(*moments, zone())
        with writing(hub().engine) as connection:
            site_or_404(connection, site)
            closure = add_closure(connection, site, span, typed["why"], typed["text"], now_ms())  # type: ignore[arg-type]
            _done(connection, site, "closure_added", closure)
    except OpeningError as error:
        return _page(site, error, typed)
    return redirect(url_for("opening.show", site=site, _anchor="fermetures"))


@page.post("/fermetures/<closure>/fin")
def reopen(site: str, closure: str) -> ResponseReturnValue:
    """Take a closure back, or end it now."""
    with writing(hub().engine) as connection:
        site_or_404(connection, site)
        if not end_closure(connection, site, closure, now_ms()):
            abort(404)
        _done(connection, site, "closure_ended", closure)
    return redirect(url_for("opening.show", site=site, _anchor="fermetures"))


# --- days ----------------------------------------------------------------------------------------


@page.post("/jours")
def keep(site: str) -> ResponseReturnValue:
    """How many days each kind is kept from now on."""
    typed = {kind: request.form.get(kind, "").strip()[:4] for kind in DAYS}
    wrong = {kind: _wrong_days() for kind, text in typed.items() if not _is_days(text)}
    if wrong:
        return _page(site, wrong=wrong, typed={"kept": typed})
    with writing(hub().engine) as connection:
        site_or_404(connection, site)
        set_days(connection, site, {kind: int(text) for kind, text in typed.items()}, now_ms())
        _done(connection, site, "days_changed")
    return redirect(url_for("opening.show", site=site, _anchor="jours"))


def _is_days(text: str) -> bool:
    return text.isascii() and text.isdecimal() and FEWEST_DAYS <= int(text) <= MOST_DAYS


def _wrong_days() -> str:
    return _("Write a number from %(lowest)d to %(highest)d.", lowest=FEWEST_DAYS, highest=MOST_DAYS)


# --- all of it -----------------------------------------------------------------------------------


def _now(connection: Connection, site: str) -> Hours:
    """The hours that hold now."""
    site_or_404(connection, site)
    versions = hours_of(connection, site)
    return versions[-1] if versions else Hours(0)


def _done(connection: Connection, site: str, action: str, subject: str | None = None) -> None:
    settle(connection, site, now_ms(), zone())
    tell(connection, site, now_ms(), zone())
    presence.tell(connection, site, now_ms(), zone(), card_words)  # nobody is there while it is closed
    audit.note(connection, now_ms(), account().id, action, site=site, subject=subject)


def _page(
    site: str,
    error: OpeningError | None = None,
    typed: Mapping[str, object] | None = None,
    wrong: dict[str, str] | None = None,
) -> ResponseReturnValue:
    faults = {error.field: fault_word(error.fault, error.field)} if error else wrong or {}
    with reading(hub().engine) as connection:
        row = site_or_404(connection, site)
        answer = render_template(
            "opening.html",
            site=row,
            hours=_now(connection, site),
            closures=closures_of(connection, site, now_ms()),
            kept=days_kept(connection, site),
            now=now_ms(),
            typed=typed or {},
            wrong=faults,
        )
    return answer, 422 if faults else 200
