"""What a sponsor's or an employer's reader sees of a site: figures and the lockers, nobody's name."""

from typing import Any

from flask import Blueprint, Flask, render_template
from flask.typing import ResponseReturnValue

from hub.core.sight import door_word
from hub.store.database import reading
from hub.store.employers import employer_names
from hub.store.figures import figures_of
from hub.store.pages import site_doors
from hub.web.guard import account, hub, now_ms
from hub.web.places import site_or_404

MONTH_MS = 30 * 86_400_000

page = Blueprint("client", __name__, url_prefix="/sites/<site>/suivi")


def install(app: Flask) -> None:
    """Add the page."""
    app.register_blueprint(page)


@page.get("")
def show(site: str) -> ResponseReturnValue:
    """How much there is, and what state the lockers are in."""
    employer = account().employer
    with reading(hub().engine) as connection:
        row = site_or_404(connection, site)
        doors = site_doors(connection, site)
        figures = figures_of(connection, site, now_ms() - MONTH_MS, now_ms(), employer)
        name = employer_names(connection).get(employer or "", "")
    return render_template("client.html", site=row, figures=figures, employer=name, **_drawing(doors))


def _drawing(doors: list[Any]) -> dict[str, Any]:
    return {
        "drawn": [one for one in doors if one.column and one.row and one.size],
        "states": {one.compartment: door_word(one) for one in doors},
    }
