"""What was told about a parcel, and how: again, or on paper with its code."""

import re
from typing import Any, Final
from zoneinfo import ZoneInfo

import segno
from flask import Blueprint, Flask, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale
from markupsafe import Markup

from contract.pickup_code import token, typed_code
from hub.core.deadlines import Deadline, pressing
from hub.core.notices import SPOKEN
from hub.core.people_csv import likeness
from hub.notify.attendance import card_words
from hub.notify.texts import spoken
from hub.store import audit
from hub.store.database import Connection, writing
from hub.store.deadlines import site_deadlines
from hub.store.opening import days_run
from hub.store.order_book import order_with
from hub.store.outbox import hand_over, said, tell_again, untold, waiting_items
from hub.store.outbox_site import Outlook, tell_all
from hub.store.pages import HELD, item_row, site_row
from hub.store.people import person_row
from hub.store.presence import shown_in
from hub.store.sites import code_generation
from hub.web.faults import refuse_parcel
from hub.web.gettext import _, ngettext
from hub.web.guard import account, hub, now_ms, zone
from hub.web.places import site_or_404
from hub.web.tries import limiter
from hub.web.words import hour, moment

_ANSWER: Final = re.compile(r"\((\d{3})\)$")
_MOST_SLIPS: Final = 100

page = Blueprint("messages", __name__)


def install(app: Flask) -> None:
    """Add the page and its words."""
    app.register_blueprint(page)
    app.jinja_env.globals.update(message_state=message_state, leaving_word=leaving_word)


@page.post("/colis/<item>/papier")
@limiter.limit("60 per hour")
def slip(item: str) -> ResponseReturnValue:
    """The slip with the code as digits, drawings and square, to print; noted in the audit."""
    with writing(hub().engine) as connection:
        row = _held(connection, item)
        paper, person = _paper(connection, row, _days(connection, row.site))
        site_or_404(connection, row.site)
    return render_template("slip.html", item=row, person=person, paper=paper)


@page.post("/sites/<site>/papiers")
@limiter.limit("20 per hour")
def slips(site: str) -> ResponseReturnValue:
    """Every slip that is to be given at a site, one a sheet, those of one staircase together."""
    with writing(hub().engine) as connection:
        row = site_or_404(connection, site)
        to_give = [one.item for one in untold(connection, site) if not one.spoken][:_MOST_SLIPS]
        held = [item for one in to_give if (item := item_row(connection, one)) and _can_be_told(item)]
        days = _days(connection, site) if held else {}
        made = [(item, *_paper(connection, item, days)) for item in held]
    made.sort(key=lambda one: (likeness(one[2].flat), likeness(one[2].name)) if one[2] else ("", ""))
    return render_template("slips.html", site=row, slips=made)


@page.post("/sites/<site>/papiers/donnes")
def all_given(site: str) -> ResponseReturnValue:
    """These people have their slips."""
    with writing(hub().engine) as connection:
        site_or_404(connection, site)
        for item in request.form.getlist("item")[:_MOST_SLIPS]:
            row = item_row(connection, item)
            if row is not None and row.site == site and _can_be_told(row):
                hand_over(connection, site, row.pickup, now_ms())
                _note(connection, row, "slip_handed")
    return redirect(url_for("parcels.held", site=site))


@page.post("/sites/<site>/colis/prevenir")
@limiter.limit("60 per hour")
def tell_everybody(site: str) -> ResponseReturnValue:
    """Have all that waits at a site be told now, or in the morning; what can only be paper is paper."""
    notify = hub().settings.notify
    with writing(hub().engine) as connection:
        site_or_404(connection, site)
        told = tell_all(connection, site, notify.ways, now_ms(), ZoneInfo(notify.zone))
        detail = f"{told.waiting} {told.slips}"
        audit.note(connection, now_ms(), account().id, "told_all", site=site, detail=detail)
    flash(_told_word(told))
    return redirect(url_for("parcels.held", site=site))


def _told_word(told: Outlook) -> str:
    """What comes of "tell everybody now"."""
    paper = ngettext("%(num)d slip is to be printed.", "%(num)d slips are to be printed.", told.slips)
    parts = [leaving_word(told.waiting + told.leaving, told), paper if told.slips else ""]
    return " ".join(filter(None, parts)) or _("Everybody is told.")


def leaving_word(count: int, told: Outlook) -> str:
    """How many messages leave, and when."""
    if not count:
        return ""
    if told.is_night:
        return ngettext(
            "It is late: %(num)d message leaves at %(hour)s.",
            "It is late: %(num)d messages leave at %(hour)s.",
            count,
            hour=hour(told.at_ms),
        )
    return ngettext("%(num)d message leaves now.", "%(num)d messages leave now.", count)


def _days(connection: Connection, site: str) -> dict[str, Deadline]:
    """By item, how long it is kept; nothing where nobody wrote when the site is open: no day counts there."""
    return site_deadlines(connection, site, now_ms(), zone()) if days_run(connection, site) else {}


def _paper(connection: Connection, row: Any, days: dict[str, Deadline]) -> tuple[Markup, Any]:
    """A slip in the language of its person, and the person; noted in the audit."""
    _note(connection, row, "slip_printed")
    site, person = site_row(connection, row.site), person_row(connection, row.site, row.person or "")
    generation = code_generation(connection, row.pickup)
    key = hub().keys.site_key(row.site)
    tongue = spoken(person.language if person else None)
    shown = shown_in(connection, row.site, tongue, now_ms(), zone(), card_words)
    theirs = [days[one.id] for one in waiting_items(connection, row.site, row.pickup) if one.id in days]
    with force_locale(tongue):
        paper = render_template(
            "slip_paper.html",
            tongue=tongue,
            kept=pressing(theirs),
            site=site,
            person=person,
            shown=shown,
            digits=typed_code(key, row.ticket, row.pickup, generation),
            qr=square(token(key, row.pickup, generation)),
        )
    return Markup(paper), person  # noqa: S704 - drawn by our own template, which escapes


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
            refuse_parcel(row)
        tell_again(connection, row.site, row.person, row.pickup, now_ms())
        _note(connection, row, "told_again")
    return redirect(url_for("parcels.show", item=item, _anchor="messages"))


@page.post("/colis/<item>/dit")
def spoken_to(item: str) -> ResponseReturnValue:
    """The person was told by word of mouth what could not be written to them."""
    with writing(hub().engine) as connection:
        row = item_row(connection, item) or order_with(connection, item)
        if row is None:
            abort(404)
        if said(connection, row.site, item, request.form.get("person"), now_ms()):
            _note(connection, row, "told_aloud")
    return redirect(url_for("parcels.show", item=item, _anchor="messages"))


def _held(connection: Connection, item: str) -> Any:
    """An item whose code can be told, as it can on its page."""
    row = item_row(connection, item)
    if row is None:
        abort(404)
    if not _can_be_told(row):
        refuse_parcel(row)
    return row


def _can_be_told(row: Any) -> bool:
    return row.state in HELD and row.ticket is not None and row.pickup_closed_ms is None


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
        case "failed" if row.channel == "slip":
            return "info", mark, _("Not sent"), why(row.error)
        case "failed":
            return "warn", mark, _("Not sent by e-mail") if mail else _("Not sent by SMS"), why(row.error)
        case "handed" if row.kind in SPOKEN:
            return "ok", "speakerphone", _("Told by word of mouth"), ""
        case "handed":
            return "ok", "printer", _("Slip given"), ""
        case "too_old":
            return "info", mark, _("Not sent"), why(row.error)
    if row.next_ms is None and row.kind in SPOKEN:
        return "warn", "speakerphone", _("To be told by word of mouth"), ""
    if row.next_ms is None:
        return "warn", "printer", _("A slip is to be given"), ""
    return "info", "hourglass", _("Leaves at %(when)s", when=moment(row.next_ms)), why(row.error)


def why(error: str) -> str:
    """The words of the outbox (hub.core.notices, hub.notify.gateways) in the language of the page."""
    answered = _ANSWER.search(error)
    plain = error[: answered.start()].strip() if answered else error
    words = {
        "nothing waits any more": _("nothing waits any more"),
        "too late to be of use": _("too late to be of use"),
        "told too late": _("the site told of it too late"),
        "tried too often": _("tried too often"),
        "nothing can be written to them": _("nothing can be written to them"),
        "a fault of the hub": _("a fault of the hub"),
        "the gateway cannot write to such an address": _("the gateway cannot write to such an address"),
        "the gateway does not answer": _("the gateway does not answer"),
        "the gateway refused it": _("the gateway refused it"),
        "the gateway could not take it": _("the gateway could not take it"),
    }.get(plain, plain)
    return f"{words} ({answered[1]})" if answered else words
