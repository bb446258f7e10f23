"""The catalogue of a site: the services its kiosks offer, in tiles as there."""

import re
from collections.abc import Sequence
from typing import Any

from flask import Blueprint, Flask, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from hub.core.catalogue import MOST_SERVICES, Listed, Offer
from hub.store import audit
from hub.store.catalogue import (
    ChangedMeanwhileError,
    StrangePartnerError,
    TooManyServicesError,
    add_service,
    change_service,
    live_promises,
    move_service,
    remove_service,
    service_of,
    services_of,
)
from hub.store.database import reading, writing
from hub.store.partners import site_partners
from hub.web.gettext import _
from hub.web.guard import account, hub, now_ms, zone
from hub.web.places import site_or_404
from hub.web.service_form import Typed, blank, more_rows, offer_of, shown, typed_now

_DAY_MS = 86_400_000
_ID = re.compile(r"[0-9a-f]{32}")
_STEPS = {"up": -1, "down": 1}

page = Blueprint("catalogue", __name__, url_prefix="/sites/<site>/services")


def install(app: Flask) -> None:
    """Add the pages."""
    app.register_blueprint(page)


@page.get("")
def show(site: str) -> ResponseReturnValue:
    """All services, as tiles."""
    with reading(hub().engine) as connection:
        row = site_or_404(connection, site)
        offered = services_of(connection, site)
        return render_template(
            "catalogue.html",
            site=row,
            services=offered,
            promises={
                one.id: live_promises(connection, site, one.offer, now_ms(), zone()) for one in offered
            },
            partners=site_partners(connection, site),
            now=now_ms(),
        )


@page.route("/ajouter", methods=["GET", "POST"])
def add(site: str) -> ResponseReturnValue:
    """Offer one more."""
    with reading(hub().engine) as connection:
        row, partners = site_or_404(connection, site), site_partners(connection, site)
    if not partners:
        flash(_("First say which partner does the work."))
        return redirect(url_for("partners.add", site=site))
    if request.method == "GET":
        return _form(row, None, blank(partners[0].id))
    typed = typed_now(_languages(row))
    if request.form.get("more"):
        return _form(row, None, more_rows(typed))
    offer, wrong = offer_of(typed, _languages(row), ())
    wrong = wrong or _added(site, offer, typed["new"])
    if wrong:
        return _form(row, None, typed, wrong, offer)
    flash(_("It is at the kiosks now."))
    return redirect(url_for("catalogue.show", site=site))


def _added(site: str, offer: Offer, new: str) -> dict[str, str]:
    try:
        with writing(hub().engine) as connection:
            new = add_service(connection, site, offer, now_ms(), zone(), new if _ID.fullmatch(new) else None)
            audit.note(connection, now_ms(), account().id, "service_added", site=site, subject=new)
    except StrangePartnerError:
        return {"partner": _strange()}
    except TooManyServicesError:
        return {"options": _("There are %(count)d services: take one away first.", count=MOST_SERVICES)}
    return {}


def _strange() -> str:
    return _("This partner does not work here. Say so on the partner’s page first, or choose another.")


@page.route("/<service>", methods=["GET", "POST"])
def edit(site: str, service: str) -> ResponseReturnValue:
    """Change one, with its options."""
    with reading(hub().engine) as connection:
        row, listed = site_or_404(connection, site), service_of(connection, site, service)
    if listed is None:
        abort(404)
    if request.method == "GET":
        return _form(row, listed, shown(listed), offer=listed.offer)
    typed = typed_now(_languages(row))
    if request.form.get("more"):
        return _form(row, listed, more_rows(typed), offer=listed.offer)
    known = [one.id for one in listed.offer.options]
    offer, wrong = offer_of(typed, _languages(row), known)
    wrong = wrong or _changed(site, listed, typed["version"], offer)
    if wrong:
        return _form(row, listed, typed, wrong, offer)
    flash(_("It is at the kiosks now."))
    return redirect(url_for("catalogue.show", site=site))


def _changed(site: str, listed: Listed, version: str, offer: Offer) -> dict[str, str]:
    seen = int(version) if version.isascii() and version.isdecimal() and len(version) < 10 else 0
    try:
        with writing(hub().engine) as connection:
            change_service(connection, site, listed.id, seen, offer, now_ms(), zone())
            audit.note(connection, now_ms(), account().id, "service_changed", site=site, subject=listed.id)
    except StrangePartnerError:
        return {"partner": _strange()}
    except ChangedMeanwhileError:
        return {"meanwhile": _("Somebody changed this service in the meantime. Look at it as it is now.")}
    return {}


@page.post("/<service>/deplacer")
def move(site: str, service: str) -> ResponseReturnValue:
    """Up or down the list."""
    steps = _STEPS.get(request.form.get("way", ""))
    if steps is None:
        abort(400)
    with writing(hub().engine) as connection:
        site_or_404(connection, site)
        if not move_service(connection, site, service, steps, now_ms(), zone()):
            abort(404)
        audit.note(connection, now_ms(), account().id, "service_moved", site=site, subject=service)
    return redirect(url_for("catalogue.show", site=site, _anchor=f"s-{service}"))


@page.post("/<service>/retirer")
def remove(site: str, service: str) -> ResponseReturnValue:
    """Offer it no more."""
    with writing(hub().engine) as connection:
        site_or_404(connection, site)
        if not remove_service(connection, site, service, now_ms(), zone()):
            abort(404)
        audit.note(connection, now_ms(), account().id, "service_removed", site=site, subject=service)
    flash(_("It is no longer offered. What was ordered goes on."))
    return redirect(url_for("catalogue.show", site=site))


def _languages(row: Any) -> Sequence[str]:
    """Those the kiosks of a site speak; the first is the one a service must have."""
    return [code for code in row.languages.split(",") if code]


def _form(
    row: Any,
    listed: Listed | None,
    typed: Typed,
    wrong: dict[str, str] | None = None,
    offer: Offer | None = None,
) -> ResponseReturnValue:
    with reading(hub().engine) as connection:
        answer = render_template(
            "service.html",
            site=row,
            service=listed,
            typed=typed,
            wrong=wrong or {},
            spoken=_languages(row),
            partners=site_partners(connection, row.id),
            promises=live_promises(connection, row.id, offer, now_ms(), zone())[:3] if offer else None,
        )
    return answer, 422 if wrong else 200
