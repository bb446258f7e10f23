"""Entries and exits: what came, what left, who handed it over and by whose mandate. For the staff only."""

from typing import Any

from flask import Blueprint, Flask, Response, abort, render_template, request
from flask.typing import ResponseReturnValue

from hub.core.sight import Door, door_word
from hub.store.database import Connection, reading
from hub.store.pages import lost_parcels, site_doors
from hub.store.people import people_names, person_row
from hub.store.register import Movement, movements
from hub.web.days import asked_day, day_of, local
from hub.web.exports import note_export
from hub.web.gettext import _
from hub.web.guard import hub, now_ms
from hub.web.naming import Names, names_at
from hub.web.places import site_or_404
from hub.web.sheets import sheet_answer
from hub.web.words import kind_word

DAY_MS = 86_400_000
PERSON_DAYS = 92

page = Blueprint("register", __name__)


def install(app: Flask) -> None:
    """Add the pages."""
    app.register_blueprint(page)
    app.jinja_env.globals.update(movement_word=movement_word)


@page.get("/sites/<site>/colis/registre")
def day(site: str) -> ResponseReturnValue:
    """One day of a site; today where none is named."""
    with reading(hub().engine) as connection:
        row = site_or_404(connection, site)
        which, span = asked_day(request.args.get("jour", ""), now_ms())
        read = _read(connection, site, *span)
    return render_template(
        "register.html",
        site=row,
        day=which,
        before=day_of(span[0] - 1).isoformat(),
        after=day_of(span[1]).isoformat() if span[1] <= now_ms() else None,
        **read,
    )


@page.get("/sites/<site>/colis/registre.<any(csv, xlsx):kind>")
def day_sheet(site: str, kind: str) -> ResponseReturnValue:
    """The same for a spreadsheet."""
    with reading(hub().engine) as connection:
        site_or_404(connection, site)
        which, span = asked_day(request.args.get("jour", ""), now_ms())
        read = _read(connection, site, *span)
    note_export(f"registre.{kind}", site)
    return _sheet(kind, read, f"registre-{site}-{which}")


@page.get("/sites/<site>/personnes/<person>/registre")
def of_person(site: str, person: str) -> ResponseReturnValue:
    """The last three months of one person."""
    with reading(hub().engine) as connection:
        row, who = site_or_404(connection, site), person_row(connection, site, person)
        if who is None:
            abort(404)
        read = _read(connection, site, now_ms() - PERSON_DAYS * DAY_MS, now_ms() + DAY_MS, person)
    return render_template("register.html", site=row, person=who, **read)


@page.get("/sites/<site>/personnes/<person>/registre.<any(csv, xlsx):kind>")
def person_sheet(site: str, person: str, kind: str) -> ResponseReturnValue:
    """The same for a spreadsheet; its name names nobody."""
    with reading(hub().engine) as connection:
        site_or_404(connection, site)
        if person_row(connection, site, person) is None:
            abort(404)
        read = _read(connection, site, now_ms() - PERSON_DAYS * DAY_MS, now_ms() + DAY_MS, person)
    note_export(f"registre.{kind}", site, person)
    return _sheet(kind, read, f"registre-{site}")


@page.get("/sites/<site>/colis/perdus")
def lost(site: str) -> ResponseReturnValue:
    """What is not where it should be, and which doors are out of service."""
    with reading(hub().engine) as connection:
        row = site_or_404(connection, site)
        return render_template(
            "lost.html",
            site=row,
            parcels=lost_parcels(connection, site),
            doors=[door for door in site_doors(connection, site) if _is_out(door)],
            names=people_names(connection, site),
        )


def movement_word(line: Movement, names: Names) -> tuple[str, str, str]:
    """Tone, icon and sentence: by whom, and on whose word."""
    staff = names.staff_member(line.staff)
    match line.how:
        case "received":
            return "info", "package-import", _("taken in by %(who)s", who=staff)
        case "returned":
            return "info", "truck-delivery", _("given back to its carrier by %(who)s", who=staff)
        case "lost":
            return "alarm", "alert-circle", _("looked for by %(who)s and not found", who=staff)
    bearer = names.bearer(line.proxy) if line.proxy else ""
    if line.by_door:
        said = _("collected by %(bearer)s", bearer=bearer) if bearer else _("collected with the code")
    elif bearer:
        said = _("handed over by %(who)s to %(bearer)s", who=staff, bearer=bearer)
    else:
        said = _("handed over by %(who)s", who=staff)
    return "ok", "package-export", said


def _read(
    connection: Connection, site: str, from_ms: int, until_ms: int, person: str | None = None
) -> dict[str, Any]:
    return {
        "lines": movements(connection, site, from_ms, until_ms, person),
        "names": people_names(connection, site),
        "who": names_at(connection, site),
    }


def _sheet(kind: str, read: dict[str, Any], name: str) -> Response:
    heading = (_("Day"), _("Hour"), _("Way"), _("What"), _("For"), _("Note"), _("Carrier"), _("Its number"))
    rows = [_cells(line, read["names"], read["who"]) for line in read["lines"]]
    return sheet_answer(kind, _("In and out"), heading, rows, name)


def _cells(line: Movement, people: dict[str, str], who: Names) -> tuple[str, ...]:
    moment = local(line.at_ms)
    return (
        moment.strftime("%Y-%m-%d"),
        moment.strftime("%H:%M"),
        _("in") if line.way == "in" else _("out"),
        kind_word(line.kind),
        people.get(line.person or "", ""),
        movement_word(line, who)[2],
        line.carrier or "",
        line.label,
    )


def _is_out(door: Door) -> bool:
    return door_word(door) == "unusable"
