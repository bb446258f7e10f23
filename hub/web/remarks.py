"""What partners wrote about a site's bags: words, quotes and photos, for the concierges."""

from flask import Blueprint, Flask, Response, abort, render_template
from flask.typing import ResponseReturnValue

from hub.store.database import reading
from hub.store.partners import partner_names
from hub.store.remarks import latest_remarks, remark_photo
from hub.web.guard import hub
from hub.web.partner_words import note_word
from hub.web.places import site_or_404
from hub.web.rounds import PHOTO_HEADERS

MOST = 200

page = Blueprint("remarks", __name__, url_prefix="/sites/<site>/remarques")


def install(app: Flask) -> None:
    """Add the pages."""
    app.register_blueprint(page)
    app.jinja_env.globals.update(note_word=note_word)


@page.get("")
def show(site: str) -> ResponseReturnValue:
    """The latest first."""
    with reading(hub().engine) as connection:
        row = site_or_404(connection, site)
        found = latest_remarks(connection, site, MOST)
        return render_template("remarks.html", site=row, remarks=found, partners=partner_names(connection))


@page.get("/<remark>/photo")
def photo(site: str, remark: str) -> ResponseReturnValue:
    """The photo alone: a browser takes it for nothing else."""
    with reading(hub().engine) as connection:
        site_or_404(connection, site)
        kept = remark_photo(connection, site, remark)
    if kept is None:
        abort(404)
    return Response(kept.content, mimetype=kept.media_type, headers=PHOTO_HEADERS)
