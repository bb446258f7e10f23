"""Somebody else collects: mandates as they are said at the counter, each with a code of its own.

No document, telephone nor address of anybody is asked for: the concierge knows whom they heard.
"""

from typing import Any

from flask import Blueprint, Flask, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale
from markupsafe import Markup

from contract.pickup_code import proxy_code, token
from hub.core.people_csv import faults
from hub.notify.attendance import card_words
from hub.notify.texts import spoken
from hub.store import audit
from hub.store.accounts import account_names
from hub.store.database import Connection, reading, writing
from hub.store.devices import is_bridge_online
from hub.store.mandates import (
    NoNumberError,
    Wanted,
    collected_under,
    end_mandate,
    give_mandate,
    mandate_row,
    mandates_of,
    renew_code,
)
from hub.store.pages import held_parcels
from hub.store.people import person_row
from hub.store.presence import shown_in
from hub.web.days import day_of, day_span
from hub.web.gettext import _
from hub.web.guard import account, hub, now_ms, zone
from hub.web.messages import square
from hub.web.people import reason_word
from hub.web.places import site_or_404
from hub.web.tries import limiter

DAY_MS = 86_400_000
USUAL_DAYS = 7
LONGEST_DAYS = 366
MOST_ITEMS = 100

page = Blueprint("mandates", __name__, url_prefix="/sites/<site>/personnes/<person>/procurations")


def install(app: Flask) -> None:
    """Add the pages."""
    app.register_blueprint(page)
    app.jinja_env.globals.update(mandate_state=mandate_state)


@page.get("")
def show(site: str, person: str) -> ResponseReturnValue:
    """Who may collect for them now, and who did."""
    with reading(hub().engine) as connection:
        return _page(connection, site, person)


@page.post("")
def give(site: str, person: str) -> ResponseReturnValue:
    """Note a mandate that was just spoken."""
    with writing(hub().engine) as connection:
        _giver_or_404(connection, site, person)
        waiting = {parcel.id for parcel in held_parcels(connection, site, person)}
        typed = {name: " ".join(request.form.get(name, "").split()) for name in ("name", "from", "until")}
        items = list(dict.fromkeys(request.form.getlist("item")))
        wanted, wrong = _checked(typed, items, waiting)
        if wanted is None:
            return _page(connection, site, person, typed=typed, wrong=wrong), 422
        try:
            mandate = give_mandate(connection, site, person, wanted, account().id, now_ms())
        except NoNumberError:
            wrong = {"name": _("Too many mandates at once: end some of them first.")}
            return _page(connection, site, person, typed=typed, wrong=wrong), 422
        _note(connection, site, mandate, "mandate_given")
    return redirect(url_for("mandates.show", site=site, person=person))


@page.post("/<mandate>/code")
@limiter.limit("60 per hour")
def tell(site: str, person: str, mandate: str) -> ResponseReturnValue:
    """Show the code, to be told or copied; noted in the audit."""
    with writing(hub().engine) as connection:
        row = _live(connection, site, person, mandate)
        _note(connection, site, mandate, "mandate_code_told")
        code = proxy_code(hub().keys.site_key(site), row.number, row.id, row.generation)
        return _page(connection, site, person, told=(row, code))


@page.post("/<mandate>/papier")
@limiter.limit("60 per hour")
def slip(site: str, person: str, mandate: str) -> ResponseReturnValue:
    """The slip for whoever comes, to print: it names nobody; noted in the audit."""
    with writing(hub().engine) as connection:
        row = _live(connection, site, person, mandate)
        _note(connection, site, mandate, "mandate_slip_printed")
        place = site_or_404(connection, site)
        tongue = spoken(request.form.get("language"))
        shown = shown_in(connection, site, tongue, now_ms(), zone(), card_words)
    key = hub().keys.site_key(site)
    with force_locale(tongue):
        paper = render_template(
            "slip_paper.html",
            tongue=tongue,
            site=place,
            mandate=row,
            shown=shown,
            digits=proxy_code(key, row.number, row.id, row.generation),
            qr=square(token(key, row.id, row.generation)),
        )
    drawn = Markup(paper)  # noqa: S704 - drawn by our own template, which escapes
    return render_template("mandate_slip.html", site=place, mandate=row, paper=drawn)


@page.post("/<mandate>/nouveau-code")
def renew(site: str, person: str, mandate: str) -> ResponseReturnValue:
    """Make the code told so far void."""
    with writing(hub().engine) as connection:
        _live(connection, site, person, mandate)
        renew_code(connection, site, mandate, now_ms())
        _note(connection, site, mandate, "mandate_renewed")
    return redirect(url_for("mandates.show", site=site, person=person))


@page.post("/<mandate>/fin")
def end(site: str, person: str, mandate: str) -> ResponseReturnValue:
    """Take the mandate back at once. Said twice, it is said."""
    with writing(hub().engine) as connection:
        if mandate_row(connection, site, person, mandate) is None:
            abort(404)
        if end_mandate(connection, site, mandate, "revoked", now_ms()):
            _note(connection, site, mandate, "mandate_ended")
    return redirect(url_for("mandates.show", site=site, person=person))


def mandate_state(row: Any) -> tuple[str, str, str]:
    """Tone, icon and word for a mandate."""
    match row.ended_why:
        case "revoked":
            return "warn", "ban", _("taken back")
        case "person_removed":
            return "warn", "ban", _("ended: the person is off the list")
        case "expired":
            return "info", "hourglass", _("its time is over")
    if row.until_ms <= now_ms():
        return "info", "hourglass", _("its time is over")
    if row.from_ms > now_ms():
        return "info", "clock", _("not yet")
    return "ok", "circle-check", _("good")


def _page(
    connection: Connection,
    site: str,
    person: str,
    *,
    typed: dict[str, str] | None = None,
    wrong: dict[str, str] | None = None,
    told: tuple[Any, str] | None = None,
) -> str:
    place, giver = _giver_or_404(connection, site, person)
    rows = mandates_of(connection, site, person)
    mandate, code = told or (None, None)
    live = [row for row in rows if _is_live(row)]
    today = day_of(now_ms())
    usual = {"from": today.isoformat(), "until": day_of(now_ms() + USUAL_DAYS * DAY_MS).isoformat()}
    return render_template(
        "mandates.html",
        site=place,
        person=giver,
        live=live,
        over=[row for row in rows if row not in live],
        collected=collected_under(connection, site, person),
        waiting=held_parcels(connection, site, person),
        accounts=account_names(connection),
        typed={**usual, **{name: text for name, text in (typed or {}).items() if text}},
        wrong=wrong or {},
        told=mandate,
        code=code,
        reached=is_bridge_online(connection, site),
    )


def _giver_or_404(connection: Connection, site: str, person: str) -> tuple[Any, Any]:
    """Site and person; somebody who is off the list gives no mandate."""
    place, giver = site_or_404(connection, site), person_row(connection, site, person)
    if giver is None:
        abort(404)
    return place, giver


def _live(connection: Connection, site: str, person: str, mandate: str) -> Any:
    """A mandate that has not ended, of a person who is still on the list."""
    _giver_or_404(connection, site, person)
    row = mandate_row(connection, site, person, mandate)
    if row is None:
        abort(404)
    if not _is_live(row):
        abort(400)
    return row


def _is_live(row: Any) -> bool:
    """Whether it may open, now or from its first day on; its end is noted some minutes later."""
    return bool(row.ended_ms is None and row.until_ms > now_ms())


def _checked(
    typed: dict[str, str], items: list[str], waiting: set[str]
) -> tuple[Wanted | None, dict[str, str]]:
    """The mandate, or what is wrong by field of the form."""
    who, reasons = faults({"name": typed["name"]})
    wrong = {"name": reason_word(reasons["name"])} if who is None else {}
    from_ms, until_ms, wrong_days = _days(typed)
    wrong |= wrong_days
    if len(items) > MOST_ITEMS or not waiting.issuperset(items):
        wrong["items"] = _("One of these parcels does not wait any more. Choose again.")
    if wrong or who is None:
        return None, wrong
    return Wanted(who.name, from_ms, until_ms, items), {}


def _days(typed: dict[str, str]) -> tuple[int, int, dict[str, str]]:
    """From when (now, where it is today) until when: the end of the last day."""
    now, today = now_ms(), day_of(now_ms()).isoformat()
    first, last = day_span(typed["from"] or today), day_span(typed["until"])
    wrong = {}
    if first is None:
        wrong["from"] = _("Write the day like 2026-11-23.")
    elif first[1] <= now:
        wrong["from"] = _("This day is over.")
    if last is None:
        wrong["until"] = _("Write the day like 2026-11-23.")
    elif last[1] <= now:
        wrong["until"] = _("This day is over.")
    if first is None or last is None or wrong:
        return 0, 0, wrong
    if last[1] <= first[0]:
        return 0, 0, {"until": _("The last day comes before the first.")}
    if last[0] - first[0] > LONGEST_DAYS * DAY_MS:
        return 0, 0, {"until": _("A year at most.")}
    return max(first[0], now), last[1], {}


def _note(connection: Connection, site: str, mandate: str, action: str) -> None:
    audit.note(connection, now_ms(), account().id, action, site=site, subject=mandate)
