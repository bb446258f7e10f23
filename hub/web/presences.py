"""Who is at a site and when: the calendar that kiosks say aloud, and by which alarms find somebody."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from flask import Blueprint, Flask, abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from hub.core.opening import OpeningError, closure_span, local_date, with_opening
from hub.core.presence import Line, coming, is_there
from hub.notify.attendance import card_words
from hub.store import audit, presence
from hub.store.database import Connection, reading, writing
from hub.store.sites import change_site
from hub.web.day_words import fault_word
from hub.web.guard import account, hub, now_ms, zone
from hub.web.language import TALKED
from hub.web.places import site_or_404
from hub.web.typed import chosen_days, fields, needed, ways_to_call

_DAY_MS = 86_400_000
_CARD = ("name", "language", "phone", "email", "shown", "lead", "any_hour")
_HOURS = ("opens", "closes", "after_midnight", "from_day", "until_day")
_AWAY = ("from_day", "from_hour", "until_day", "until_hour")

page = Blueprint("presences", __name__, url_prefix="/sites/<site>/presences")

Typed = dict[str, Any]


def install(app: Flask) -> None:
    """Add the pages."""
    app.register_blueprint(page)


@page.get("")
def show(site: str) -> ResponseReturnValue:
    """Everybody with their hours and absences."""
    return _page(site)


# --- people --------------------------------------------------------------------------------------


@page.post("")
def add(site: str) -> ResponseReturnValue:
    """Put somebody on the list."""
    typed, card, wrong = _card()
    if wrong:
        return _page(site, "", typed, wrong)
    with writing(hub().engine) as connection:
        site_or_404(connection, site)
        new = presence.add_helper(connection, site, now_ms(), **card)
        if new is None:
            abort(409)
        _done(connection, site, "helper_added", new)
    return _to(site, new)


@page.post("/<helper>")
def change(site: str, helper: str) -> ResponseReturnValue:
    """Another name, way to reach them, or wish."""
    typed, card, wrong = _card()
    if wrong:
        return _page(site, helper, typed, wrong)
    with writing(hub().engine) as connection:
        site_or_404(connection, site)
        named = presence.anybody_shown(connection, site)
        if not presence.change_helper(connection, site, helper, **card):
            abort(404)
        _unname(connection, site, named)
        _done(connection, site, "helper_changed", helper)
    return _to(site, helper)


@page.post("/<helper>/retirer")
def remove(site: str, helper: str) -> ResponseReturnValue:
    """Take somebody off the list; nothing is kept of them."""
    with writing(hub().engine) as connection:
        site_or_404(connection, site)
        named = presence.anybody_shown(connection, site)
        if not presence.remove_helper(connection, site, helper):
            abort(404)
        _unname(connection, site, named)
        _done(connection, site, "helper_removed", helper)
    return redirect(url_for("presences.show", site=site))


def _unname(connection: Connection, site: str, were_named: bool) -> None:
    """Whoever was the last to be named leaves the card of the site as well."""
    if were_named and not presence.anybody_shown(connection, site):
        change_site(connection, site, now_ms(), helper="", helper_hours="")


def _card() -> tuple[Typed, dict[str, Any], dict[str, str]]:
    """What was typed of somebody, as it is kept, and what is wrong with it."""
    typed: Typed = fields(_CARD)
    wrong: dict[str, str] = {}
    card: dict[str, Any] = {"name": needed(typed, wrong, "name", 40)}
    card["language"] = typed["language"] if typed["language"] in TALKED else "fr"
    card |= ways_to_call(typed, wrong)
    return typed, card | {name: bool(typed[name]) for name in ("shown", "lead", "any_hour")}, wrong


# --- hours ---------------------------------------------------------------------------------------


@page.post("/<helper>/heures")
def add_hours(site: str, helper: str) -> ResponseReturnValue:
    """They come on these days, at these hours, from date to date where dates are given."""
    typed: Typed = fields(_HOURS, 20)
    typed["days"] = chosen_days("days")
    try:
        week = with_opening(
            (), typed["days"], typed["opens"], typed["closes"], after_midnight=bool(typed["after_midnight"])
        )
        first, last = _day(typed["from_day"], "from_day"), _day(typed["until_day"], "until_day")
        if first and last and last < first:
            raise OpeningError("end_before_start", "until_day")
        with writing(hub().engine) as connection:
            _of_site(connection, site, helper)
            lines = [Line(stretch, first, last) for stretch in week]
            if not presence.add_lines(connection, helper, lines, now_ms()):
                raise OpeningError("too_many", "days")
            _done(connection, site, "presence_changed", helper)
    except OpeningError as error:
        return _wrong(site, helper, typed | {"form": "hours"}, error)
    return _to(site, helper)


@page.post("/<helper>/heures/<line>/retirer")
def remove_hours(site: str, helper: str, line: str) -> ResponseReturnValue:
    """They do not come then any more."""
    return _taken_away(presence.remove_line, site, helper, line, "presence_changed")


def _day(text: str, field: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise OpeningError("date", field) from None


# --- absences ------------------------------------------------------------------------------------


@page.post("/<helper>/absences")
def add_absence(site: str, helper: str) -> ResponseReturnValue:
    """They are away. Nobody is asked why."""
    typed: Typed = fields(_AWAY, 20)
    try:
        moments = (typed["from_day"], typed["from_hour"], typed["until_day"], typed["until_hour"])
        span = closure_span(*moments, zone())
        with writing(hub().engine) as connection:
            _of_site(connection, site, helper)
            presence.add_absence(connection, helper, span, now_ms())
            _done(connection, site, "absence_added", helper)
    except OpeningError as error:
        return _wrong(site, helper, typed | {"form": "away"}, error)
    return _to(site, helper)


@page.post("/<helper>/absences/<absence>/retirer")
def remove_absence(site: str, helper: str, absence: str) -> ResponseReturnValue:
    """They come after all."""
    return _taken_away(presence.remove_absence, site, helper, absence, "absence_removed")


# --- all of it -----------------------------------------------------------------------------------


def _taken_away(
    remove: Callable[[Connection, str, str], bool], site: str, helper: str, one: str, action: str
) -> ResponseReturnValue:
    with writing(hub().engine) as connection:
        _of_site(connection, site, helper)
        if not remove(connection, helper, one):
            abort(404)
        _done(connection, site, action, helper)
    return _to(site, helper)


def _to(site: str, helper: str) -> ResponseReturnValue:
    return redirect(url_for("presences.show", site=site, _anchor=f"qui-{helper}"))


def _of_site(connection: Connection, site: str, helper: str) -> None:
    site_or_404(connection, site)
    if not presence.is_of(connection, site, helper):
        abort(404)


def _done(connection: Connection, site: str, action: str, helper: str) -> None:
    presence.tell(connection, site, now_ms(), zone(), card_words)
    audit.note(connection, now_ms(), account().id, action, site=site, subject=helper)


def _wrong(site: str, helper: str, typed: Typed, error: OpeningError) -> ResponseReturnValue:
    return _page(site, helper, typed, {error.field: fault_word(error.fault, error.field)})


def _page(
    site: str, about: str = "", typed: Typed | None = None, wrong: Mapping[str, str] | None = None
) -> ResponseReturnValue:
    """`about`: whose form has faults; empty for the one that adds somebody."""
    with reading(hub().engine) as connection:
        row = site_or_404(connection, site)
        listed = presence.helpers_of(connection, site, now_ms() - _DAY_MS)
        closed = presence.closed(connection, site, now_ms())
        answer = render_template(
            "presences.html",
            site=row,
            helpers=listed,
            lines=presence.hour_rows(connection, site),
            away=presence.absence_rows(connection, site, now_ms()),
            here_now={one.id for one in listed if is_there(one, now_ms(), zone(), closed)},
            next_ones=_next(coming(listed, now_ms(), zone(), closed)),
            today=local_date(now_ms(), zone()).isoformat(),
            tongues=TALKED,
            about=about,
            typed=typed or {},
            wrong=wrong or {},
        )
    return answer, 422 if wrong else 200


def _next(there: tuple[Any, ...]) -> list[Any]:
    """Who is there now, or else who comes next: what the kiosks say."""
    now = [one for one in there if one.from_ms <= now_ms() < one.until_ms]
    return now or [one for one in there if one.from_ms > now_ms()][:1]
