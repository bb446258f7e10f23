"""How other programs use the hub, for whoever writes them: made from the same table as the answers."""

from flask import Blueprint, Flask, render_template
from flask.typing import ResponseReturnValue

from hub.core.scopes import SCOPES
from hub.core.webhooks import KINDS
from hub.web.api.routes import ROUTES

page = Blueprint("api_page", __name__)


def install(app: Flask) -> None:
    """Add the page."""
    app.register_blueprint(page)


@page.get("/api")
def show() -> ResponseReturnValue:
    """No secret: anybody may read it."""
    return render_template("api.html", routes=ROUTES, scopes=SCOPES, kinds=KINDS)
