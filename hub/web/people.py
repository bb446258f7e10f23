"""The people of a site: list, add, change, remove, and the import of a list."""

from typing import Any

from flask import Blueprint, Flask, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_decimal

from hub.core.people_csv import (
    ListError,
    PersonLine,
    Reason,
    RefusedLine,
    Report,
    faults,
    likeness,
    read_list,
)
from hub.store import audit
from hub.store.database import reading, writing
from hub.store.pages import held_parcels
from hub.store.people import (
    BadgeTakenError,
    add_people,
    change_person,
    count_people,
    count_removed,
    find_people,
    known_pairs,
    person_row,
    remove_person,
    removed_people,
    set_badge,
)
from hub.web.gettext import _
from hub.web.guard import account, has_right, hub, now_ms
from hub.web.places import site_or_404

LONGEST_BADGE = 256
FIELDS = ("name", "flat", "language", "reach_cm", "carry_kg", "phone", "email")

page = Blueprint("people", __name__, url_prefix="/sites/<site>/personnes")


def install(app: Flask) -> None:
    """Add the pages."""
    app.register_blueprint(page)
    app.jinja_env.globals.update(refusal_word=refusal_word)


@page.route("", methods=["GET", "POST"])
def show(site: str) -> ResponseReturnValue:
    """Everybody, or those whose name or flat fits what was typed: posted, no name is in an address (I15)."""
    words = request.form.get("q", "")[:100]
    with reading(hub().engine) as connection:
        row = site_or_404(connection, site)
        found = find_people(connection, site, words)
        fitting = count_people(connection, site, words)
        removed = removed_people(connection, site) if has_right("privacy") and not words else []
        return render_template(
            "people.html",
            site=row,
            people=found,
            count=count_people(connection, site) if words else fitting,
            words=words,
            more=_more_word(len(found), fitting),
            removed=removed,
            removed_count=count_removed(connection, site) if removed else 0,
        )


def _more_word(shown: int, count: int) -> str:
    """That the page does not show everybody; nothing where it does."""
    if shown >= count:
        return ""
    figures = {"shown": format_decimal(shown), "count": format_decimal(count)}
    return _("%(shown)s of %(count)s people: search for the others by some letters.", **figures)


@page.route("/ajouter", methods=["GET", "POST"])
def add(site: str) -> ResponseReturnValue:
    """Add one person."""
    with reading(hub().engine) as connection:
        row = site_or_404(connection, site)
    if request.method == "GET":
        return render_template("person.html", site=row, person=None, typed={"language": "fr"}, wrong={})
    typed = _typed()
    data, wrong = _checked(typed)
    if data and not _added(site, data):
        wrong["name"] = _("This person is on the list already.")
    if data is None or wrong:
        return render_template("person.html", site=row, person=None, typed=typed, wrong=wrong), 422
    return redirect(url_for("people.show", site=site))


def _added(site: str, data: PersonLine) -> bool:
    """Add them unless they are listed: looked up and written in one transaction, for forms sent twice."""
    with writing(hub().engine) as connection:
        if _pair(data) in known_pairs(connection, site):
            return False
        [person] = add_people(connection, site, [data], now_ms())
        audit.note(connection, now_ms(), account().id, "person_added", site=site, subject=person)
    return True


def _pair(data: PersonLine) -> tuple[str, str]:
    """What tells people apart."""
    return likeness(data.name), likeness(data.flat)


@page.route("/<person>", methods=["GET", "POST"])
def edit(site: str, person: str) -> ResponseReturnValue:
    """Change one person, and see what waits for them."""
    if request.method == "GET":
        return _person(site, person)
    typed = _typed()
    data, wrong = _checked(typed)
    if data and not _changed(site, person, data):
        wrong["name"] = _("Somebody else on the list has this name and this flat.")
    if data is None or wrong:
        return _person(site, person, typed, wrong)
    return redirect(url_for("people.show", site=site))


def _person(
    site: str, person: str, typed: dict[str, str] | None = None, wrong: dict[str, str] | None = None
) -> ResponseReturnValue:
    with reading(hub().engine) as connection:
        row = site_or_404(connection, site)
        kept = person_row(connection, site, person)
        waiting = held_parcels(connection, site, person)
    if kept is None:
        abort(404)
    shown = typed or _shown(kept)
    answer = render_template(
        "person.html", site=row, person=kept, typed=shown, wrong=wrong or {}, waiting=waiting
    )
    return answer, 422 if wrong else 200


def _changed(site: str, person: str, data: PersonLine) -> bool:
    """Change them unless that makes them somebody else of the list. Whoever was double before may stay so."""
    with writing(hub().engine) as connection:
        kept = person_row(connection, site, person)
        if kept is None:
            abort(404)
        own = likeness(kept.name), likeness(kept.flat)
        if _pair(data) != own and _pair(data) in known_pairs(connection, site):
            return False
        change_person(connection, site, person, data, now_ms())
        audit.note(connection, now_ms(), account().id, "person_changed", site=site, subject=person)
    return True


@page.post("/<person>/badge")
def badge(site: str, person: str) -> ResponseReturnValue:
    """They show this badge at the kiosk from now on, or none; it is kept as a digest only."""
    scanned = request.form.get("badge", "").strip()
    wrong = {}
    if len(scanned) > LONGEST_BADGE:
        wrong["badge"] = _("At most %(count)d letters.", count=LONGEST_BADGE)
    try:
        with writing(hub().engine) as connection:
            site_or_404(connection, site)
            key = hub().keys.site_key(site)
            if not wrong and not set_badge(connection, site, key, person, scanned or None, now_ms()):
                abort(404)
            if not wrong:
                audit.note(connection, now_ms(), account().id, "badge_changed", site=site, subject=person)
    except BadgeTakenError:
        wrong["badge"] = _("Somebody else has this badge.")
    if wrong:
        return _person(site, person, wrong=wrong)
    return redirect(url_for("people.edit", site=site, person=person, _anchor="badge"))


@page.post("/<person>/retirer")
def remove(site: str, person: str) -> ResponseReturnValue:
    """Take somebody off the list."""
    with writing(hub().engine) as connection:
        site_or_404(connection, site)
        if not remove_person(connection, site, person, now_ms()):
            abort(404)
        audit.note(connection, now_ms(), account().id, "person_removed", site=site, subject=person)
    return redirect(url_for("people.show", site=site))


@page.route("/importer", methods=["GET", "POST"])
def bring(site: str) -> ResponseReturnValue:
    """Import a list (CSV) and say which lines were refused, and why."""
    with reading(hub().engine) as connection:
        row = site_or_404(connection, site)
    if request.method == "GET":
        return render_template("people_import.html", site=row, report=None, added=0)
    file = request.files.get("list")
    try:
        report, added = _brought(site, file.read() if file else b"")
    except ListError as error:
        return render_template("people_import.html", site=row, report=None, why=unusable_word(error)), 422
    return render_template("people_import.html", site=row, report=report, added=added), 200 if added else 422


def _brought(site: str, content: bytes) -> tuple[Report, int]:
    """Add whom the list names, in one transaction; the report, and how many."""
    with writing(hub().engine) as connection:
        report = read_list(content, known_pairs(connection, site))
        added = len(add_people(connection, site, report.accepted, now_ms()))
        if added:
            detail = str(added)
            audit.note(connection, now_ms(), account().id, "people_imported", site=site, detail=detail)
    return report, added


def refusal_word(line: RefusedLine) -> str:
    """Why a line was refused."""
    return reason_word(line.reason)


def reason_word(reason: Reason) -> str:
    """What is wrong with a person as written down."""
    match reason:
        case "name_missing":
            return _("No name.")
        case "duplicate":
            return _("On the list already, or twice in the file.")
        case "too_long":
            return _("Too long.")
        case "bad_phone":
            return _("Write the number like 06 12 34 56 78, or with its country like +355 69 123 4567.")
        case "bad_email":
            return _("An e-mail address looks like name@example.org.")
        case "bad_number":
            return _("Write a number, at most 400 cm or 200 kg.")
        case "bad_language":
            return _("A language is a code like fr or ar.")
        case "control":
            return _("It holds signs that cannot be read.")
        case "hidden_sign":
            return _(
                "It holds a sign nobody can see (without width, or turning the writing round): type it anew."
            )


def unusable_word(error: ListError) -> str:
    """Why nothing of a file could be used."""
    match error.why:
        case "empty":
            return _("The file is empty.")
        case "no_name_column":
            return _("The first line must name the columns, and one of them must be “nom” (or “name”).")
        case "too_large":
            return _("The file is too large: split the list in two.")


def _typed() -> dict[str, str]:
    return {name: " ".join(request.form.get(name, "").split()) for name in FIELDS}


def _shown(row: Any) -> dict[str, str]:
    shown = {name: str(getattr(row, name, None) or "") for name in FIELDS}
    shown["carry_kg"] = f"{row.carry_grams / 1000:g}" if row.carry_grams is not None else ""
    return shown


def _checked(typed: dict[str, str]) -> tuple[PersonLine | None, dict[str, str]]:
    """The person, or what is wrong by field of the form."""
    columns = {**typed, "reach": typed["reach_cm"], "carry": typed["carry_kg"]}
    person, wrong = faults(columns)
    fields = {"reach": "reach_cm", "carry": "carry_kg"}
    return person, {fields.get(column, column): reason_word(reason) for column, reason in wrong.items()}
