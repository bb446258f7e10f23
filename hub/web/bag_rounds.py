"""Rounds of bags to partners and back: what each side counted, and the slip that goes along."""

from typing import Final

from flask import Blueprint, Flask, abort, render_template
from flask.typing import ResponseReturnValue

from hub.store.bag_rounds import rounds_of, rounds_since
from hub.store.database import reading
from hub.web.guard import hub, now_ms
from hub.web.messages import square
from hub.web.places import site_or_404

SHOWN_MS: Final = 30 * 86_400_000

page = Blueprint("bag_rounds", __name__, url_prefix="/sites/<site>/sacs/bordereaux")


def install(app: Flask) -> None:
    """Add the pages."""
    app.register_blueprint(page)
    app.jinja_env.globals.update(square=square)


@page.get("")
def listed(site: str) -> ResponseReturnValue:
    """Those of the last weeks, the latest first."""
    with reading(hub().engine) as connection:
        row = site_or_404(connection, site)
        found = rounds_since(connection, site, now_ms() - SHOWN_MS)
    return render_template("bag_rounds.html", site=row, rounds=found)


@page.get("/<manifest>")
def show(site: str, manifest: str) -> ResponseReturnValue:
    """One of them, to print: what is on it, what is missing, and the square a kiosk reads."""
    with reading(hub().engine) as connection:
        row = site_or_404(connection, site)
        found = rounds_of(connection, manifest[:64], site=site)
    if not found:
        abort(404)
    return render_template("bag_round.html", site=row, rounds=found)
