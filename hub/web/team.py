"""The team of a site: who may sign in at its kiosks."""

from typing import Any

from flask import Blueprint, Flask, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from hub.store import audit
from hub.store.database import Connection, reading, writing
from hub.store.employers import employer_names, employers_of
from hub.store.staff import (
    HIGHEST_NUMBER,
    NumberTakenError,
    add_staff,
    give_all_rights,
    next_number,
    remove_staff,
    renew_pin,
    set_employer,
    site_staff,
)
from hub.web.gettext import _
from hub.web.guard import account, hub, now_ms
from hub.web.places import site_or_404

page = Blueprint("team", __name__, url_prefix="/sites/<site>/equipe")


def install(app: Flask) -> None:
    """Add the pages."""
    app.register_blueprint(page)


@page.get("")
def show(site: str) -> ResponseReturnValue:
    """Who may sign in."""
    return _team(site)


@page.post("")
def add(site: str) -> ResponseReturnValue:
    """Add somebody; their PIN is shown once."""
    typed = {name: request.form.get(name, "").strip() for name in ("initials", "number", "badge", "employer")}
    wrong = _faults(typed)
    if wrong:
        return _team(site, typed=typed, wrong=wrong)
    try:
        with writing(hub().engine) as connection:
            site_or_404(connection, site)
            employer = _employer(connection, site, typed["employer"])
            member, pin = add_staff(
                connection,
                site,
                hub().keys.site_key(site),
                initials=typed["initials"],
                number=int(typed["number"]),
                badge=typed["badge"] or None,
                employer=employer,
                now_ms=now_ms(),
            )
            audit.note(connection, now_ms(), account().id, "staff_added", site=site, subject=member)
    except NumberTakenError:
        return _team(site, typed=typed, wrong={"number": _("Somebody has this number already.")})
    return _team(site, told={"initials": typed["initials"], "number": typed["number"], "pin": pin})


@page.post("/<member>/employeur")
def employ(site: str, member: str) -> ResponseReturnValue:
    """Say whose people somebody is of."""
    with writing(hub().engine) as connection:
        site_or_404(connection, site)
        employer = _employer(connection, site, request.form.get("employer", ""))
        if not set_employer(connection, site, member, employer, now_ms()):
            abort(404)
        audit.note(connection, now_ms(), account().id, "employer_set", site=site, subject=member)
    return redirect(url_for("team.show", site=site))


def _employer(connection: Connection, site: str, named: str) -> str | None:
    """The employer that was chosen; none for one that is not of this site."""
    return named if any(one.id == named for one in employers_of(connection, site)) else None


@page.post("/<member>/code")
def renew(site: str, member: str) -> ResponseReturnValue:
    """Give a new PIN, shown once."""
    with writing(hub().engine) as connection:
        site_or_404(connection, site)
        pin = renew_pin(connection, site, hub().keys.site_key(site), member, now_ms())
        if pin is None:
            abort(404)
        audit.note(connection, now_ms(), account().id, "pin_renewed", site=site, subject=member)
        row = next(one for one in site_staff(connection, site) if one.id == member)
    return _team(site, told={"initials": row.initials, "number": str(row.number), "pin": pin})


@page.post("/<member>/droits")
def give_rights(site: str, member: str) -> ResponseReturnValue:
    """Let somebody added before there was that right look behind doors and keep order."""
    with writing(hub().engine) as connection:
        site_or_404(connection, site)
        if not give_all_rights(connection, site, member, now_ms()):
            abort(404)
        audit.note(connection, now_ms(), account().id, "rights_given", site=site, subject=member)
    return redirect(url_for("team.show", site=site))


@page.post("/<member>/retirer")
def remove(site: str, member: str) -> ResponseReturnValue:
    """Let somebody sign in no more."""
    with writing(hub().engine) as connection:
        site_or_404(connection, site)
        if not remove_staff(connection, site, member, now_ms()):
            abort(404)
        audit.note(connection, now_ms(), account().id, "staff_removed", site=site, subject=member)
    return redirect(url_for("team.show", site=site))


def _team(
    site: str,
    *,
    typed: dict[str, str] | None = None,
    wrong: dict[str, str] | None = None,
    told: dict[str, Any] | None = None,
) -> ResponseReturnValue:
    with reading(hub().engine) as connection:
        team = site_staff(connection, site)
        answer = render_template(
            "team.html",
            site=site_or_404(connection, site),
            team=team,
            cannot_look={one.id for one in team if "inspect" not in one.rights.split(",")},
            employers=employers_of(connection, site),
            employed=employer_names(connection),
            typed=typed or {"number": str(next_number(connection, site))},
            wrong=wrong or {},
            told=told,
        )
    return answer, 422 if wrong else 200


def _faults(typed: dict[str, str]) -> dict[str, str]:
    wrong = {}
    if not 1 <= len(typed["initials"]) <= 8:
        wrong["initials"] = _("Two or three letters.")
    is_number = typed["number"].isdecimal() and len(typed["number"]) <= len(str(HIGHEST_NUMBER))
    number = int(typed["number"]) if is_number else 0
    if not 1 <= number <= HIGHEST_NUMBER:
        wrong["number"] = _("Write a number from 1 to %(highest)d.", highest=HIGHEST_NUMBER)
    if len(typed["badge"]) > 256:
        wrong["badge"] = _("At most %(count)d letters.", count=256)
    return wrong
