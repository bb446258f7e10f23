"""Whose a parcel is: those without a readable name, and any that turns out to be for somebody else.

The pages say it, the lockers do it: until their fact comes back it is a wish, and is shown as one.
"""

from typing import Any

from flask import Blueprint, Flask, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from hub.store import audit
from hub.store.assignments import (
    ask_assignment,
    assignments_asked,
    nameless_parcels,
    withdraw_assignment,
)
from hub.store.database import Connection, reading, writing
from hub.store.pages import IN_HOUSE, item_row
from hub.store.people import find_people, people_names, person_row
from hub.web.faults import refuse_parcel
from hub.web.guard import account, hub, now_ms
from hub.web.places import site_or_404

MOST_SHOWN = 40

page = Blueprint("whose", __name__)


def install(app: Flask) -> None:
    """Add the pages."""
    app.register_blueprint(page)


@page.get("/sites/<site>/colis/a-identifier")
def nameless(site: str) -> ResponseReturnValue:
    """What nobody knows whose it is."""
    with reading(hub().engine) as connection:
        return render_template(
            "nameless.html",
            site=site_or_404(connection, site),
            parcels=nameless_parcels(connection, site),
            asked=assignments_asked(connection, site),
            names=people_names(connection, site),
        )


@page.route("/colis/<item>/pour", methods=["GET", "POST"])
def choose(item: str) -> ResponseReturnValue:
    """Look for the person; what is typed is posted: no name is in an address (I15)."""
    words = request.form.get("q", "")[:100]
    with reading(hub().engine) as connection:
        row = _in_house(connection, item)
        found = find_people(connection, row.site, words)
        return render_template(
            "whose.html",
            site=site_or_404(connection, row.site),
            item=row,
            person=people_names(connection, row.site).get(row.person or "", ""),
            people=[one for one in found if one.id != row.person][:MOST_SHOWN],
            more=len(found) > MOST_SHOWN,
            words=words,
        )


@page.post("/colis/<item>/pour/<person>")
def assign(item: str, person: str) -> ResponseReturnValue:
    """It is theirs: tell the lockers."""
    with writing(hub().engine) as connection:
        row = _in_house(connection, item)
        if person_row(connection, row.site, person) is None:
            abort(404)
        if person == row.person:
            abort(400)
        ask_assignment(connection, row.site, item, person, account().id, now_ms())
        _note(connection, row, "assignment_asked")
    return redirect(url_for("parcels.show", item=item))


@page.post("/colis/<item>/pour/personne")
def take_back(item: str) -> ResponseReturnValue:
    """It was said too soon. Where the lockers have done it meanwhile, there is nothing to take back."""
    with writing(hub().engine) as connection:
        row = item_row(connection, item)
        if row is None:
            abort(404)
        if withdraw_assignment(connection, row.site, item, now_ms()):
            _note(connection, row, "assignment_withdrawn")
    return redirect(url_for("parcels.show", item=item))


def _in_house(connection: Connection, item: str) -> Any:
    row = item_row(connection, item)
    if row is None:
        abort(404)
    if row.state not in IN_HOUSE or row.ended_ms is not None:
        refuse_parcel(row)
    return row


def _note(connection: Connection, row: Any, action: str) -> None:
    audit.note(connection, now_ms(), account().id, action, site=row.site, subject=row.id)
