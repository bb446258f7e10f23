"""Which partners may open their page: an address and a PIN for each of their desks, given here."""

from typing import Any

import segno
from flask import Blueprint, Flask, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from hub.store import audit
from hub.store.database import Connection, reading, writing
from hub.store.partner_access import access_row, accesses_of, fresh_pin, give, renew, revoke
from hub.store.partners import site_partners
from hub.web.gettext import _
from hub.web.guard import account, hub, now_ms
from hub.web.places import site_or_404

page = Blueprint("partner_access", __name__, url_prefix="/sites/<site>/pages-des-partenaires")


def install(app: Flask) -> None:
    """Add the pages."""
    app.register_blueprint(page)


@page.get("")
def show(site: str) -> ResponseReturnValue:
    """The partners of the site and their desks."""
    return _page(site)


@page.post("")
def add(site: str) -> ResponseReturnValue:
    """Give a partner's desk its address and a PIN, which is shown once."""
    partner, name = request.form.get("partner", ""), request.form.get("name", "").strip()
    if not 0 < len(name) <= 40:
        return _page(site, wrong={"name": _("Write a name, at most 40 letters.")})
    pin = fresh_pin()
    with writing(hub().engine) as connection:
        if partner not in _partners(connection, site):
            abort(404)
        access = give(connection, partner, name, pin, account().id, now_ms())
        audit.note(connection, now_ms(), account().id, "partner_access_given", site=site, subject=access)
    return _page(site, told=_told(access, name, pin.said))


@page.post("/<access>/code")
def new_pin(site: str, access: str) -> ResponseReturnValue:
    """Give a new PIN, shown once; who came in with the old one is out."""
    pin = fresh_pin()
    with writing(hub().engine) as connection:
        row = _access_or_404(connection, site, access)
        renew(connection, access, pin, now_ms())
        audit.note(connection, now_ms(), account().id, "partner_pin_renewed", site=site, subject=access)
    return _page(site, told=_told(access, row.name, pin.said))


@page.post("/<access>/retirer")
def take_back(site: str, access: str) -> ResponseReturnValue:
    """Nobody comes in by it any more."""
    with writing(hub().engine) as connection:
        _access_or_404(connection, site, access)
        revoke(connection, access, now_ms())
        audit.note(connection, now_ms(), account().id, "partner_access_revoked", site=site, subject=access)
    return redirect(url_for("partner_access.show", site=site))


def _page(
    site: str, told: dict[str, str] | None = None, wrong: dict[str, str] | None = None
) -> ResponseReturnValue:
    with reading(hub().engine) as connection:
        row = site_or_404(connection, site)
        partners = site_partners(connection, site)
        accesses = accesses_of(connection, [one.id for one in partners])
    answer = render_template(
        "partner_access.html", site=row, partners=partners, accesses=accesses, told=told, wrong=wrong or {}
    )
    return answer, 422 if wrong else 200


def _told(access: str, name: str, pin: str) -> dict[str, str]:
    """What is handed over: the address in writing and as a QR code, and the PIN."""
    address = url_for("partner.enter", access=access, _external=True)
    drawing = segno.make_qr(address, error="m").svg_inline(border=4, light="#fff", omitsize=True)
    return {"name": name, "pin": pin, "address": address, "qr": Markup(drawing)}  # noqa: S704 - drawn by segno


def _partners(connection: Connection, site: str) -> set[str]:
    site_or_404(connection, site)
    return {one.id for one in site_partners(connection, site)}


def _access_or_404(connection: Connection, site: str, access: str) -> Any:
    row = access_row(connection, access)
    if row is None or row.partner not in _partners(connection, site):
        abort(404)
    return row
