"""What was told about a parcel, and how: again, or on paper with its code."""

import re
from typing import Any, Final

import segno
from flask import Blueprint, Flask, abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale
from markupsafe import Markup

from contract.pickup_code import token, typed_code
from hub.store import audit
from hub.store.database import Connection, writing
from hub.store.outbox import hand_over, tell_again
from hub.store.pages import HELD, item_row
from hub.store.people import person_row
from hub.store.sites import code_generation
from hub.web.gettext import _, ngettext
from hub.web.guard import account, hub, now_ms
from hub.web.language import LANGUAGES
from hub.web.places import site_or_404
from hub.web.tries import limiter
from hub.web.words import moment

_ANSWER: Final = re.compile(r"\((\d{3})\)$")

page = Blueprint("messages", __name__)


def install(app: Flask) -> None:
    """Add the page and its words."""
    app.register_blueprint(page)
    app.jinja_env.globals.update(message_state=message_state)


@page.post("/colis/<item>/papier")
@limiter.limit("60 per hour")
def slip(item: str) -> ResponseReturnValue:
    """The slip with the code as digits, drawings and square, to print; noted in the audit."""
    with writing(hub().engine) as connection:
        row = _held(connection, item)
        _note(connection, row, "slip_printed")
        site, person = site_or_404(connection, row.site), person_row(connection, row.site, row.person or "")
        generation = code_generation(connection, row.pickup)
        key = hub().keys.site_key(row.site)
    tongue = person.language if person and person.language in LANGUAGES else "fr"
    with force_locale(tongue):
        paper = render_template(
            "slip_paper.html",
            tongue=tongue,
            site=site,
            person=person,
            digits=typed_code(key, row.ticket, row.pickup, generation),
            qr=square(token(key, row.pickup, generation)),
        )
    drawn = Markup(paper)  # noqa: S704 - drawn by our own template, which escapes
    return render_template("slip.html", item=row, person=person, paper=drawn)


@page.post("/colis/<item>/papier/donne")
def given(item: str) -> ResponseReturnValue:
    """The person has the slip."""
    with writing(hub().engine) as connection:
        row = _held(connection, item)
        hand_over(connection, row.site, row.pickup, now_ms())
        _note(connection, row, "slip_handed")
    return redirect(url_for("parcels.show", item=item, _anchor="messages"))


@page.post("/colis/<item>/renvoyer")
@limiter.limit("60 per hour")
def again(item: str) -> ResponseReturnValue:
    """Tell the person once more."""
    with writing(hub().engine) as connection:
        row = _held(connection, item)
        if row.state != "waiting" or row.person is None:
            abort(400)
        tell_again(connection, row.site, row.person, row.pickup, now_ms())
        _note(connection, row, "told_again")
    return redirect(url_for("parcels.show", item=item, _anchor="messages"))


def _held(connection: Connection, item: str) -> Any:
    """An item whose code can be told, as it can on its page."""
    row = item_row(connection, item)
    if row is None:
        abort(404)
    if row.state not in HELD or row.ticket is None or row.pickup_closed_ms is not None:
        abort(400)
    return row


def _note(connection: Connection, row: Any, action: str) -> None:
    audit.note(connection, now_ms(), account().id, action, site=row.site, subject=row.id)


def square(text: str) -> Markup:
    """The QR code, drawn in the page: an address of its own could show another's."""
    drawing = segno.make_qr(text, error="m").svg_inline(border=4, light="#fff", omitsize=True)
    return Markup(drawing)  # noqa: S704 - nothing but squares


# --- words -------------------------------------------------------------------------------------


def message_state(row: Any) -> tuple[str, str, str, str]:
    """Tone, icon and word for a message, and what is to be said of it besides."""
    mail = row.channel == "email"
    mark = "mail" if mail else "printer" if row.channel == "slip" else "message"
    match row.state:
        case "sent":
            count = ngettext("for %(num)d item", "for %(num)d items", row.items)
            return "ok", mark, _("Sent by e-mail") if mail else _("Sent by SMS"), count
        case "failed":
            return "warn", mark, _("Not sent by e-mail") if mail else _("Not sent by SMS"), why(row.error)
        case "handed":
            return "ok", "printer", _("Slip given"), ""
        case "too_old":
            return "info", mark, _("Not sent"), why(row.error)
    if row.next_ms is None:
        return "warn", "printer", _("A slip is to be given"), ""
    said = _("Leaves at %(when)s", when=moment(row.next_ms))
    return "info", "hourglass", said, why(row.error)


def why(error: str) -> str:
    """The words of the outbox (hub.core.notices, hub.notify.gateways) in the language of the page."""
    answered = _ANSWER.search(error)
    plain = error[: answered.start()].strip() if answered else error
    said = {
        "nothing waits any more": _("nothing waits any more"),
        "too late to be of use": _("too late to be of use"),
        "told too late": _("the site told of it too late"),
        "tried too often": _("tried too often"),
        "a fault of the hub": _("a fault of the hub"),
        "the gateway cannot write to such an address": _("the gateway cannot write to such an address"),
        "the gateway does not answer": _("the gateway does not answer"),
        "the gateway refused it": _("the gateway refused it"),
        "the gateway could not take it": _("the gateway could not take it"),
    }.get(plain, plain)
    return f"{said} ({answered[1]})" if answered else said
