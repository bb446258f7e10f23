"""All sites in one line each, and what one of them is: its card and its policies."""

from typing import Any

from flask import Blueprint, Flask, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from hub.core.notices import QUIET_FROM, QUIET_UNTIL
from hub.core.people_csv import likeness
from hub.core.places import KINDS, PlaceKind
from hub.core.site_states import SiteState, site_states
from hub.store import audit
from hub.store.database import reading, writing
from hub.store.opening import closures_of, days_kept, hours_of
from hub.store.pages import all_sites, site_devices
from hub.store.presence import helpers_of
from hub.store.sites import SiteError, change_site
from hub.store.standing import things_now
from hub.web.gettext import _, ngettext
from hub.web.guard import account, hub, now_ms
from hub.web.language import TALKED
from hub.web.places import site_or_404
from hub.web.typed import fields, needed, short
from hub.web.words import ago, moment

CARD = ("name", "kind", "address", "phone")

page = Blueprint("sites", __name__, url_prefix="/sites")


def install(app: Flask) -> None:
    """Add the pages and their words."""
    app.register_blueprint(page)
    app.jinja_env.globals.update(place_kinds=place_kinds, state_words=state_words)


def place_kinds() -> dict[PlaceKind, str]:
    """What kinds of places there are."""
    return {
        "district": _("Neighbourhood"),
        "company": _("Company"),
        "shared": _("Shared place"),
        "care": _("Care home"),
    }


def state_words(state: SiteState) -> str:
    """How a site stands, in one line."""
    if not state.is_ready:
        return _("being set up")
    said = []
    if state.alarms:
        said.append(ngettext("%(num)d alarm", "%(num)d alarms", state.alarms))
    if state.others:
        said.append(ngettext("%(num)d thing to see", "%(num)d things to see", state.others))
    if state.dark_ms:
        said.append(_("offline since %(when)s", when=moment(state.dark_ms)))
    elif state.dark_ms is not None:
        said.append(_("never connected yet"))
    elif state.online < state.devices:
        off = state.devices - state.online
        said.append(ngettext("%(num)d device offline", "%(num)d devices offline", off))
    return " · ".join(said) or _("all is well, last exchange %(ago)s", ago=ago(state.news_ms))


@page.get("")
def show() -> ResponseReturnValue:
    """All of them, what is wrong first; those that fit what was typed, if anything was."""
    words = request.args.get("q", "")[:60]
    with reading(hub().engine) as connection:
        rows = {row.id: row for row in all_sites(connection, account().sites)}
        fitting = {site: row for site, row in rows.items() if _fits(row, words)}
        states = site_states(
            {site: row.ready_ms is not None for site, row in fitting.items()},
            [thing for thing in things_now(connection, now_ms()) if thing.site in fitting],
            [device for device in site_devices(connection) if device.site in fitting],
        )
    return render_template("sites.html", states=states, rows=rows, words=words, count=len(rows))


def _fits(row: Any, words: str) -> bool:
    wanted = likeness(words)
    return not wanted or wanted in likeness(f"{row.name} {row.address} {row.id}")


@page.route("/<site>/reglages", methods=["GET", "POST"])
def settings(site: str) -> ResponseReturnValue:
    """What kind of place it is, and by which rules it goes."""
    if request.method == "GET":
        return _settings(site)
    typed, wrong = card_typed()
    if wrong:
        return _settings(site, typed, wrong)
    with writing(hub().engine) as connection:
        site_or_404(connection, site)
        try:
            change_site(connection, site, now_ms(), **typed)
        except SiteError:
            return _settings(site, typed, {"languages": _("Choose at least one language.")})
        audit.note(connection, now_ms(), account().id, "site_changed", site=site)
    flash(_("It is at the kiosks now."))
    return redirect(url_for("sites.settings", site=site))


def card_typed() -> tuple[dict[str, str], dict[str, str]]:
    """The card of a site as somebody typed it, and what is wrong with it by field."""
    typed, wrong = fields(CARD), dict[str, str]()
    needed(typed, wrong, "name", 120)
    short(typed, wrong, "address", 200)
    short(typed, wrong, "phone", 40)
    typed["kind"] = typed["kind"] if typed["kind"] in KINDS else KINDS[0]
    chosen = [one for one in request.form.getlist("languages")[:20] if one in TALKED]
    if not chosen:
        wrong["languages"] = _("Choose at least one language.")
    home = request.form.get("home", "")
    typed["languages"] = ",".join(sorted(chosen, key=lambda one: one != home))
    return typed, wrong


def _settings(
    site: str, typed: dict[str, str] | None = None, wrong: dict[str, str] | None = None
) -> ResponseReturnValue:
    with reading(hub().engine) as connection:
        row = site_or_404(connection, site)
        hours = hours_of(connection, site)
        answer = render_template(
            "site_settings.html",
            site=row,
            typed=typed or {name: row._mapping[name] for name in (*CARD, "languages")},
            wrong=wrong or {},
            tongues=TALKED,
            hours=hours[-1] if hours else None,
            closures=closures_of(connection, site, now_ms()),
            kept=days_kept(connection, site),
            helpers=helpers_of(connection, site),
            quiet=(QUIET_FROM, QUIET_UNTIL),
            retention=hub().settings.retention,
        )
    return answer, 422 if wrong else 200
