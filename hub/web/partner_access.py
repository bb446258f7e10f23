"""Which partners may open their page: an address and a PIN for each of their desks, given here.

A desk is of the sites that whoever gives it sees, and where the partner works; it is seen to by who sees all
of its sites. Others hear that there is one, and nothing of it.
"""

from typing import Any

import segno
from flask import Blueprint, Flask, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from hub.core.rights import Scope, sees_whole
from hub.store import audit
from hub.store.database import Connection, reading, writing
from hub.store.partner_access import accesses_at, fresh_pin, give, renew, revoke
from hub.store.partners import site_partners, sites_of
from hub.web.gettext import _
from hub.web.guard import account, hub, now_ms
from hub.web.places import my_sites, site_or_404

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
        site_or_404(connection, site)
        if partner not in {one.id for one in site_partners(connection, site)}:
            abort(404)
        sites = _seen_of(connection, partner)
        access = give(connection, partner, name, pin, account().id, now_ms(), sites)
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
        accesses = accesses_at(connection, site)
    mine = [(access, sites) for access, sites in accesses if _is_mine(sites)]
    answer = render_template(
        "partner_access.html",
        site=row,
        partners=partners,
        accesses=mine,
        have=[access.partner for access, _sites in mine],
        have_others={access.partner for access, sites in accesses if not _is_mine(sites)},
        site_names={one.id: one.name for one in my_sites()},
        told=told,
        wrong=wrong or {},
    )
    return answer, 422 if wrong else 200


def _is_mine(sites: Scope) -> bool:
    """Whether who is signed in sees all of an access's sites."""
    return sees_whole(account().sites, sites)


def _seen_of(connection: Connection, partner: str) -> Scope:
    """What a new access is of: all that who is signed in sees."""
    seen = account().sites
    return None if seen is None else seen & frozenset(sites_of(connection, partner))


def _told(access: str, name: str, pin: str) -> dict[str, str]:
    """What is handed over: the address in writing and as a QR code, and the PIN."""
    address = url_for("partner.enter", access=access, _external=True)
    drawing = segno.make_qr(address, error="m").svg_inline(border=4, light="#fff", omitsize=True)
    return {"name": name, "pin": pin, "address": address, "qr": Markup(drawing)}  # noqa: S704 - drawn by segno


def _access_or_404(connection: Connection, site: str, access: str) -> Any:
    """One they see to; any other is none."""
    site_or_404(connection, site)
    mine = (row for row, sites in accesses_at(connection, site) if row.id == access and _is_mine(sites))
    return next(mine, None) or abort(404)
