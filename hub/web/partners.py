"""The partners of a site: who does the work, and when they work.

One that works at sites which somebody does not see is changed by others; they read its name, when it works,
and what it does here. Its telephone stands with the orders of their site.
"""

from collections.abc import Mapping

from flask import Blueprint, Flask, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from hub.core.addresses import is_address, telephone
from hub.core.opening import OpeningError, closure_span, with_opening
from hub.core.people_csv import likeness
from hub.store import audit, partners
from hub.store.catalogue import drop_services_of, services_of, tell
from hub.store.database import Connection, reading, writing
from hub.store.partners import Partner
from hub.web.day_words import fault_word
from hub.web.days import local
from hub.web.gettext import _
from hub.web.guard import account, has_right, hub, now_ms, zone
from hub.web.people import reason_word
from hub.web.places import site_or_404
from hub.web.typed import chosen_days, day_bound, fields, needed

LONGEST_NAME = 80
_FIELDS = ("name", "phone", "email", "proof_day")

page = Blueprint("partners", __name__, url_prefix="/sites/<site>/partenaires")


def install(app: Flask) -> None:
    """Add the pages."""
    app.register_blueprint(page)


@page.get("")
def show(site: str) -> ResponseReturnValue:
    """Those who work here, and those of the network who could."""
    with reading(hub().engine) as connection:
        row = site_or_404(connection, site)
        here = partners.site_partners(connection, site)
        known = {one.id for one in here}
        shared = partners.shared(connection, known, account().sites)
        services = services_of(connection, site)
        return render_template(
            "partners.html",
            site=row,
            partners=here,
            shared=shared,
            elsewhere=[one for one in partners.all_partners(connection) if one.id not in known],
            counts={one.id: sum(each.offer.partner == one.id for each in services) for one in here},
            hours={one.id: partners.hours_of(connection, one.id) for one in here},
        )


@page.route("/ajouter", methods=["GET", "POST"])
def add(site: str) -> ResponseReturnValue:
    """Add one that works here; its hours come next."""
    with reading(hub().engine) as connection:
        row = site_or_404(connection, site)
    if request.method == "GET":
        return render_template("partner.html", site=row, partner=None, typed={}, wrong={})
    typed = _typed()
    data, wrong = _checked(typed)
    if wrong:
        return render_template("partner.html", site=row, partner=None, typed=typed, wrong=wrong), 422
    new = _added(site, data)
    if new is None:
        wrong = {"name": _("This partner is on the list already.")}
        return render_template("partner.html", site=row, partner=None, typed=typed, wrong=wrong), 422
    flash(_("Now say when they work: promises are made from it."))
    return redirect(url_for("partners.edit", site=site, partner=new, _anchor="ouverture"))


def _added(site: str, data: Partner) -> str | None:
    """None where one of this name works here: looked up and written together, for forms sent twice."""
    with writing(hub().engine) as connection:
        known = {likeness(one.name) for one in partners.site_partners(connection, site)}
        if likeness(data.name) in known:
            return None
        new = partners.add_partner(connection, data, site, now_ms())
        audit.note(connection, now_ms(), account().id, "partner_added", site=site, subject=new)
    return new


@page.route("/<partner>", methods=["GET", "POST"])
def edit(site: str, partner: str) -> ResponseReturnValue:
    """Change one."""
    if request.method == "GET":
        return _page(site, partner)
    typed = _typed()
    data, wrong = _checked(typed)
    if wrong:
        return _page(site, partner, typed, wrong)
    with writing(hub().engine) as connection:
        _theirs_to_change(connection, site, partner)
        partners.change_partner(connection, partner, data)
        _done(connection, site, partner, "partner_changed")
    return redirect(url_for("partners.show", site=site))


@page.post("/<partner>/ici")
def works_here(site: str, partner: str) -> ResponseReturnValue:
    """One of the network works here too."""
    with writing(hub().engine) as connection:
        site_or_404(connection, site)
        if not partners.works_at(connection, partner, site):
            abort(404)
        audit.note(connection, now_ms(), account().id, "partner_added", site=site, subject=partner)
    return redirect(url_for("partners.edit", site=site, partner=partner))


@page.post("/<partner>/retirer")
def works_here_no_more(site: str, partner: str) -> ResponseReturnValue:
    """It works here no more, and its services leave the kiosks."""
    with writing(hub().engine) as connection:
        _here_or_404(connection, site, partner)
        drop_services_of(connection, site, partner, now_ms())
        partners.works_no_more_at(connection, partner, site, now_ms())
        tell(connection, site, now_ms(), zone())
        audit.note(connection, now_ms(), account().id, "partner_removed", site=site, subject=partner)
    return redirect(url_for("partners.show", site=site))


# --- when they work ------------------------------------------------------------------------------


@page.post("/<partner>/ouverture")
def add_hours(site: str, partner: str) -> ResponseReturnValue:
    """Add a stretch to some weekdays."""
    typed = fields(("opens", "closes", "after_midnight"), 8)
    chosen = chosen_days("days")
    try:
        with writing(hub().engine) as connection:
            _theirs_to_change(connection, site, partner)
            now = partners.hours_of(connection, partner)
            night = bool(typed["after_midnight"])
            week = with_opening(now, chosen, typed["opens"], typed["closes"], after_midnight=night)
            partners.set_hours(connection, partner, week)
            _done(connection, site, partner, "hours_changed")
    except OpeningError as error:
        return _page(site, partner, typed | {"days": chosen}, _opening_fault(error))
    return redirect(url_for("partners.edit", site=site, partner=partner, _anchor="ouverture"))


@page.post("/<partner>/ouverture/retirer")
def remove_hours(site: str, partner: str) -> ResponseReturnValue:
    """Take a stretch of one weekday away."""
    gone = (request.form.get("weekday", "")[:1], request.form.get("opens_min", "")[:4])
    with writing(hub().engine) as connection:
        _theirs_to_change(connection, site, partner)
        weekly = partners.hours_of(connection, partner)
        rest = [one for one in weekly if (str(one.weekday), str(one.opens_min)) != gone]
        if len(rest) == len(weekly):
            abort(404)
        partners.set_hours(connection, partner, rest)
        _done(connection, site, partner, "hours_changed")
    return redirect(url_for("partners.edit", site=site, partner=partner, _anchor="ouverture"))


@page.post("/<partner>/fermetures")
def close(site: str, partner: str) -> ResponseReturnValue:
    """It is closed on these days."""
    typed = fields(("from_day", "until_day"), 10)
    try:
        span = closure_span(typed["from_day"], "", typed["until_day"] or typed["from_day"], "", zone())
        with writing(hub().engine) as connection:
            _theirs_to_change(connection, site, partner)
            partners.close(connection, partner, span, now_ms())
            _done(connection, site, partner, "closure_added")
    except OpeningError as error:
        return _page(site, partner, typed, _opening_fault(error))
    return redirect(url_for("partners.edit", site=site, partner=partner, _anchor="fermetures"))


@page.post("/<partner>/fermetures/<closure>/fin")
def reopen(site: str, partner: str, closure: str) -> ResponseReturnValue:
    """Take closed days back."""
    with writing(hub().engine) as connection:
        _theirs_to_change(connection, site, partner)
        if not partners.reopen(connection, partner, closure):
            abort(404)
        _done(connection, site, partner, "closure_ended")
    return redirect(url_for("partners.edit", site=site, partner=partner, _anchor="fermetures"))


# --- all of it -----------------------------------------------------------------------------------


def _here_or_404(connection: Connection, site: str, partner: str) -> None:
    site_or_404(connection, site)
    if site not in partners.sites_of(connection, partner):
        abort(404)


def _theirs_to_change(connection: Connection, site: str, partner: str) -> None:
    """What other sites live by as well is for those to say who see all of them."""
    _here_or_404(connection, site, partner)
    if not _may_change(connection, partner):
        abort(403)


def _may_change(connection: Connection, partner: str) -> bool:
    return has_right("arrange") and not partners.shared(connection, [partner], account().sites)


def _done(connection: Connection, site: str, partner: str, action: str) -> None:
    """The kiosks of every site where it works promise anew."""
    for one in partners.sites_of(connection, partner):
        tell(connection, one, now_ms(), zone())
    audit.note(connection, now_ms(), account().id, action, site=site, subject=partner)


def _page(
    site: str, partner: str, typed: Mapping[str, object] | None = None, wrong: dict[str, str] | None = None
) -> ResponseReturnValue:
    with reading(hub().engine) as connection:
        _here_or_404(connection, site, partner)
        kept = partners.partner_row(connection, partner)
        own = {name: getattr(kept, name) or "" for name in ("name", "phone", "email", "ess")}
        day = local(kept.ess_proof_ms).date().isoformat() if kept and kept.ess_proof_ms else ""
        answer = render_template(
            "partner.html",
            site=site_or_404(connection, site),
            partner=kept,
            typed=own | {"proof_day": day} | dict(typed or {}),
            wrong=wrong or {},
            weekly=partners.hours_of(connection, partner),
            closures=partners.closures_of(connection, partner, now_ms()),
            services=[one for one in services_of(connection, site) if one.offer.partner == partner],
            may_change=_may_change(connection, partner),
        )
    return answer, 422 if wrong else 200


def _opening_fault(error: OpeningError) -> dict[str, str]:
    return {error.field: fault_word(error.fault, error.field)}


def _typed() -> dict[str, object]:
    return {**fields(_FIELDS), "ess": bool(request.form.get("ess"))}


def _checked(typed: dict[str, object]) -> tuple[Partner, dict[str, str]]:
    """The partner, good only where nothing is wrong."""
    wrong: dict[str, str] = {}
    texts = {name: str(typed[name]) for name in _FIELDS}
    name = needed(texts, wrong, "name", LONGEST_NAME)
    phone, email = telephone(texts["phone"]), texts["email"]
    if texts["phone"] and phone is None:
        wrong["phone"] = reason_word("bad_phone")
    if email and (len(email) >= 200 or not is_address(email)):
        wrong["email"] = reason_word("bad_email")
    proof_ms = day_bound(texts, wrong, "proof_day")
    if proof_ms is not None and proof_ms > now_ms():
        wrong["proof_day"] = _("The paper cannot be of a day to come.")
    return Partner(name, phone, email or None, bool(typed["ess"]), proof_ms), wrong
