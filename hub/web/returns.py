"""What goes back to its carrier, and the paper that goes with it. Nothing here leaves by itself."""

from collections.abc import Sequence
from datetime import date, datetime
from itertools import groupby
from typing import Any, Final

from flask import Blueprint, Flask, Response, abort, render_template, request
from flask.typing import ResponseReturnValue

from hub.core.opening import day_span, local_date
from hub.store.database import reading
from hub.store.people import people_names
from hub.store.returned import due_items, returned_items
from hub.web.gettext import _
from hub.web.guard import hub, now_ms, zone
from hub.web.places import site_or_404
from hub.web.sheets import sheet_answer
from hub.web.words import kind_word

SHOWN_DAYS: Final = 30

page = Blueprint("returns", __name__, url_prefix="/sites/<site>/retours")


def install(app: Flask) -> None:
    """Add the pages."""
    app.register_blueprint(page)


@page.get("")
def show(site: str) -> ResponseReturnValue:
    """What is due, by carrier, and what went back lately, by day and carrier."""
    with reading(hub().engine) as connection:
        row = site_or_404(connection, site)
        due = due_items(connection, site)
        gone = returned_items(connection, site, now_ms() - SHOWN_DAYS * 86_400_000, now_ms() + 1)
        names = people_names(connection, site)
    manifests = _by_day_and_carrier(gone)
    by_carrier = [(carrier, list(group)) for carrier, group in groupby(due, key=lambda one: one.carrier)]
    return render_template(
        "returns.html", site=row, due=by_carrier, count=len(due), names=names, manifests=manifests
    )


@page.get("/<day>")
def manifest(site: str, day: str) -> ResponseReturnValue:
    """The list one carrier signs, for one day, to print."""
    row, when, carrier, rows = _asked(site, day)
    return render_template("manifest.html", site=row, day=when, carrier=carrier, rows=rows)


@page.get("/<day>/liste.<any(csv, xlsx):kind>")
def table(site: str, day: str, kind: str) -> Response:
    """The same for a spreadsheet."""
    _row, when, carrier, rows = _asked(site, day)
    heading = (_("No."), _("Carrier’s number"), _("Kind"), _("Arrived"), _("Given back"))
    lines = [
        (
            str(number),
            one.label,
            kind_word(one.kind),
            _date_of(one.left_ms or one.received_ms),
            _date_of(one.ended_ms),
        )
        for number, one in enumerate(rows, 1)
    ]
    name = "".join(mark if mark.isascii() and mark.isalnum() else "-" for mark in carrier or "sans-nom")
    return sheet_answer(kind, _("Returns"), heading, lines, f"retours-{when.isoformat()}-{name}")


def _asked(site: str, day: str) -> tuple[Any, date, str | None, Sequence[Any]]:
    """The site, the day, the carrier (None: nobody knows) and what it took that day; 404 for nothing."""
    try:
        when = date.fromisoformat(day[:10])
        begin, end = day_span(when, zone())
    except (ValueError, OverflowError):
        abort(404)
    carrier = request.args.get("transporteur", "")[:40] or None
    with reading(hub().engine) as connection:
        row = site_or_404(connection, site)
        rows = [one for one in returned_items(connection, site, begin, end) if one.carrier == carrier]
    if not rows:
        abort(404)
    return row, when, carrier, rows


def _by_day_and_carrier(gone: Sequence[Any]) -> list[tuple[date, str | None, int]]:
    """Day, carrier, and how many; the latest day first."""
    found: dict[tuple[date, str | None], int] = {}
    for one in gone:
        key = (local_date(one.ended_ms, zone()), one.carrier)
        found[key] = found.get(key, 0) + 1
    rows = [(day, carrier, count) for (day, carrier), count in found.items()]
    return sorted(rows, key=lambda row: (date.max - row[0], row[1] or ""))


def _date_of(at_ms: int | None) -> str:
    return "" if at_ms is None else datetime.fromtimestamp(at_ms // 1000, zone()).strftime("%Y-%m-%d %H:%M")
