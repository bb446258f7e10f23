"""One box for all: a name, a flat, a bar code, a ticket, the number of an order, a day.

What is typed is posted: no name is in an address (I15).
"""

from datetime import date
from typing import Any

from flask import Blueprint, Flask, render_template, request
from flask.typing import ResponseReturnValue

from hub.core.search import MOST_LETTERS, Sought, understand
from hub.store.database import reading
from hub.store.search import MOST_FOUND, found_items, found_orders, found_people
from hub.web.days import day_of
from hub.web.guard import account, hub, now_ms

page = Blueprint("search", __name__)


def install(app: Flask) -> None:
    """Add the page."""
    app.register_blueprint(page)


@page.route("/recherche", methods=["GET", "POST"])
def show() -> ResponseReturnValue:
    """The box, and what was found."""
    words = request.form.get("q", "")[:MOST_LETTERS].strip()
    sought = understand(words, day_of(now_ms()))
    return render_template("search.html", words=words, sought=sought, most=MOST_FOUND, **_found(sought))


def _found(sought: Sought) -> dict[str, Any]:
    if sought.nothing:
        return {"people": [], "items": [], "orders": [], "day": None}
    with reading(hub().engine) as connection:
        people = found_people(connection, sought, account().sites)
        items = found_items(connection, sought, people, account().sites)
        orders = found_orders(connection, sought, account().sites)
    return {"people": people, "items": items, "orders": orders, "day": _past(sought.day)}


def _past(day: date | None) -> str | None:
    """A day that has something to show, as addresses have it."""
    return day.isoformat() if day is not None and day <= day_of(now_ms()) else None
