"""Who pays so that a site is there, and whose people work at it. Apart from every order."""

from flask import Blueprint, Flask, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from hub.store import audit
from hub.store.database import reading, writing
from hub.store.employers import (
    add_contract,
    add_employer,
    contracts_of,
    employer_site,
    employers_of,
    end_contract,
    remove_employer,
)
from hub.web.gettext import _
from hub.web.guard import account, hub, now_ms
from hub.web.places import site_or_404
from hub.web.typed import day_bound, fields, in_order, needed, price

_LONGEST = {"sponsor": 120, "employer": 80}

page = Blueprint("sponsors", __name__, url_prefix="/sites/<site>/financeurs")


def install(app: Flask) -> None:
    """Add the pages."""
    app.register_blueprint(page)


@page.get("")
def show(site: str) -> ResponseReturnValue:
    """Contracts and employers."""
    return _page(site)


@page.post("")
def add(site: str) -> ResponseReturnValue:
    """Somebody sponsors the site."""
    typed, wrong = fields(("sponsor", "monthly", "from_day", "until_day")), dict[str, str]()
    sponsor = needed(typed, wrong, "sponsor", _LONGEST["sponsor"])
    cents = price(typed, wrong, "monthly")
    from_ms, until_ms = day_bound(typed, wrong, "from_day"), day_bound(typed, wrong, "until_day", end=True)
    in_order(from_ms, until_ms, wrong, "until_day")
    if from_ms is None:
        wrong.setdefault("from_day", _("Choose a day of the calendar."))
    if wrong or from_ms is None:
        return _page(site, typed, wrong)
    with writing(hub().engine) as connection:
        site_or_404(connection, site)
        new = add_contract(connection, site, sponsor, cents, from_ms, until_ms, now_ms())
        audit.note(connection, now_ms(), account().id, "sponsor_added", site=site, subject=new)
    return redirect(url_for("sponsors.show", site=site))


@page.post("/<contract>/fin")
def end(site: str, contract: str) -> ResponseReturnValue:
    """A contract ends now."""
    with writing(hub().engine) as connection:
        site_or_404(connection, site)
        if not end_contract(connection, site, contract, now_ms()):
            abort(404)
        audit.note(connection, now_ms(), account().id, "sponsor_ended", site=site, subject=contract)
    return redirect(url_for("sponsors.show", site=site))


@page.post("/employeurs")
def employ(site: str) -> ResponseReturnValue:
    """Somebody's people work here, or at every site."""
    typed, wrong = fields(("employer",)), dict[str, str]()
    name = needed(typed, wrong, "employer", _LONGEST["employer"])
    if not wrong:
        with writing(hub().engine) as connection:
            site_or_404(connection, site)
            where = None if request.form.get("everywhere") and account().sites is None else site
            new = add_employer(connection, where, name, now_ms())
            if new is None:
                wrong["employer"] = _("It is on the list already, or the list is full.")
            else:
                audit.note(connection, now_ms(), account().id, "employer_added", site=site, subject=new)
    return _page(site, typed, wrong) if wrong else redirect(url_for("sponsors.show", site=site))


@page.post("/employeurs/<employer>/retirer")
def employ_no_more(site: str, employer: str) -> ResponseReturnValue:
    """Take one off the list; one of every site only by those who see them all."""
    with writing(hub().engine) as connection:
        site_or_404(connection, site)
        if account().sites is not None and employer_site(connection, employer) != site:
            abort(404)
        if not remove_employer(connection, site, employer, now_ms()):
            abort(404)
        audit.note(connection, now_ms(), account().id, "employer_removed", site=site, subject=employer)
    return redirect(url_for("sponsors.show", site=site))


def _page(
    site: str, typed: dict[str, str] | None = None, wrong: dict[str, str] | None = None
) -> ResponseReturnValue:
    with reading(hub().engine) as connection:
        answer = render_template(
            "sponsors.html",
            site=site_or_404(connection, site),
            contracts=contracts_of(connection, site),
            employers=employers_of(connection, site),
            typed=typed or {},
            wrong=wrong or {},
            now=now_ms(),
        )
    return answer, 422 if wrong else 200
