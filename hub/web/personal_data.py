"""What is kept of one person and for how long; handing it to them, and erasing them."""

from typing import Any

import msgspec
from flask import Blueprint, Flask, Response, abort, render_template, request
from flask.typing import ResponseReturnValue

from hub.core.retention import SiteRetention
from hub.store import audit, erasure
from hub.store.database import Connection, forget_freed_pages, reading, writing
from hub.store.erased_list import erase_for_good
from hub.store.people import kept_person
from hub.store.person_record import person_record
from hub.web.gettext import _, ngettext
from hub.web.guard import account, hub, now_ms
from hub.web.places import site_or_404

page = Blueprint("personal_data", __name__, url_prefix="/sites/<site>/personnes/<person>/donnees")


def install(app: Flask) -> None:
    """Add the pages."""
    app.register_blueprint(page)


@page.get("")
def show(site: str, person: str) -> ResponseReturnValue:
    """What is kept, how much of it, and until when."""
    with reading(hub().engine) as connection:
        return render_template("personal_data.html", **_kept(connection, site, person))


@page.post("")
def hand_over(site: str, person: str) -> ResponseReturnValue:
    """All of it, as a file for that person; noted in the audit."""
    with writing(hub().engine) as connection:
        _known(connection, site, person)
        record = person_record(connection, site, person)
        audit.note(connection, now_ms(), account().id, "person_exported", site=site, subject=person)
    body = msgspec.json.format(msgspec.json.encode(record))
    named = {"Content-Disposition": f'attachment; filename="donnees-{person[:8]}.json"'}
    return Response(body, mimetype="application/json", headers=named)


@page.post("/effacer")
def erase(site: str, person: str) -> ResponseReturnValue:
    """Erase this person for good."""
    if request.form.get("sure") != "yes":
        abort(400)
    try:
        with writing(hub().engine) as connection:
            row = site_or_404(connection, site)
            _known(connection, site, person)
            erase_for_good(connection, hub().erased, site, person, now_ms())
            audit.note(connection, now_ms(), account().id, "person_erased", site=site, subject=person)
    except erasure.StillHereError:
        with reading(hub().engine) as connection:
            return render_template("personal_data.html", **_kept(connection, site, person)), 409
    forget_freed_pages(hub().engine)
    return render_template("person_erased.html", site=row)


def _known(connection: Connection, site: str, person: str) -> Any:
    row = kept_person(connection, site, person)
    if row is None:
        abort(404)
    return row


def _kept(connection: Connection, site: str, person: str) -> dict[str, Any]:
    record = person_record(connection, site, person)
    return {
        "site": site_or_404(connection, site),
        "person": _known(connection, site, person),
        "counts": [(word, len(record[name])) for name, word in _words().items()],
        "waiting": erasure.still_here(connection, site, person),
        "periods": _periods(site),
    }


def _words() -> dict[str, str]:
    """What a part of the record is called; parts that are not here are in the file all the same."""
    return {
        "items": _("Parcels and other things"),
        "facts": _("What lockers and kiosks told of them"),
        "messages": _("Messages sent"),
        "expected": _("Expected parcels"),
        "mandates": _("Mandates they gave"),
        "assignments": _("Parcels these pages said are theirs"),
        "audit": _("Actions on these pages"),
    }


def _periods(site: str) -> list[tuple[str, str]]:
    """What is let go, and when."""
    policy = hub().settings.retention
    own = policy.sites.get(site, SiteRetention())
    removed = own.removed_people_days or policy.removed_people_days
    idle = policy.idle_people_days if own.idle_people_days is None else own.idle_people_days
    after = [
        (_("Who tried a code, and when"), policy.traces_days),
        (_("Messages"), policy.messages_days),
        (_("Whose a parcel was, and its number"), policy.items_days),
        (_("Somebody taken off the list"), removed),
        (_("Somebody for whom nothing comes any more"), idle),
    ]
    return [(what, _days(days)) for what, days in after]


def _days(days: int) -> str:
    return ngettext("after %(num)d day", "after %(num)d days", days) if days else _("never by itself")
