"""The figures of a site's lockers: how full they were, when they open, and which doors fail."""

from datetime import date
from typing import Any, Final

from flask import Blueprint, Flask, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import format_date

from hub.core.charts import Chart, bars
from hub.core.door_figures import DoorFigures, Opening, Stay, by_door, by_hour, fullest, last_days
from hub.core.opening import day_span
from hub.store.database import reading
from hub.store.door_figures import openings_since, site_locks, stays_since
from hub.web.gettext import _, ngettext
from hub.web.guard import hub, now_ms, zone
from hub.web.places import site_or_404

SPANS: Final = (7, 30, 90)
MOST_DOORS: Final = 12
"""So many doors are drawn: those that fail most."""
_LABELS: Final = 5

page = Blueprint("figures", __name__, url_prefix="/sites/<site>/casiers/chiffres")


def install(app: Flask) -> None:
    """Add the page."""
    app.register_blueprint(page)


@page.get("")
def show(site: str) -> ResponseReturnValue:
    """Seven, thirty or ninety days, today included."""
    asked = request.args.get("jours", "")
    count = int(asked) if asked in map(str, SPANS) else SPANS[1]
    days = last_days(now_ms(), count, zone())
    since_ms = day_span(days[0], zone())[0]
    with reading(hub().engine) as connection:
        row = site_or_404(connection, site)
        locks = site_locks(connection, site)
        openings = openings_since(connection, site, locks, since_ms)
        stays = stays_since(connection, site, locks, since_ms)
    told = {"site": row, "days": count, "spans": SPANS, "total": len(locks), "asked": len(openings)}
    return render_template(
        "figures.html", **told, **_hours(openings), **_fill(stays, days, len(locks)), **_doors(openings)
    )


def _hours(openings: list[Opening]) -> dict[str, Any]:
    counts = by_hour(openings, zone())
    labels = [f"{hour}\u00a0h" if hour % 6 == 0 else "" for hour in range(24)]
    told = [
        ngettext("%(hour)s: %(num)d opening", "%(hour)s: %(num)d openings", count, hour=_hour_span(hour))
        for hour, count in enumerate(counts)
    ]
    rows = [(_hour_span(hour), count) for hour, count in enumerate(counts) if count]
    busiest = max(rows, key=lambda one: one[1], default=None)
    return {"hours": bars(counts, labels, told), "hour_rows": rows, "busiest": busiest}


def _hour_span(hour: int) -> str:
    return f"{hour}–{hour + 1}\u00a0h"


def _fill(stays: list[Stay], days: list[date], total: int) -> dict[str, Any]:
    peaks = [min(peak, total) for peak in fullest(stays, days, zone())]
    every = max(1, -(-len(days) // _LABELS)) if len(days) > SPANS[0] else 1
    names = [_day_name(day, len(days)) if at % every == 0 else "" for at, day in enumerate(days)]
    rows = [(_full_name(day), peak) for day, peak in zip(days, peaks, strict=True)]
    told = [
        _("%(day)s: %(count)d of %(total)d doors", day=day, count=peak, total=total) for day, peak in rows
    ]
    chart: Chart = bars(peaks, names, told, total)
    return {"fill": chart, "fill_rows": rows, "most": max(peaks, default=0)}


def _day_name(day: date, count: int) -> str:
    return str(format_date(day, "EEE" if count <= SPANS[0] else "d/M"))


def _full_name(day: date) -> str:
    return str(format_date(day, "EEE d MMM"))


def _doors(openings: list[Opening]) -> dict[str, Any]:
    figures = by_door(openings)
    failing: list[DoorFigures] = [one for one in figures if one.failures]
    return {
        "failing": failing[:MOST_DOORS],
        "door_rows": figures,
        "failures": sum(one.failures for one in figures),
    }
