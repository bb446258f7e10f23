"""A site's dates for calendar programs: private addresses, and what is read there. Nobody's name is in it."""

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final, NoReturn

from flask import Blueprint, Flask, Response, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from hub.core.calendar_out import Dated, Day, calendar
from hub.core.opening import local_date, planned
from hub.core.spans import without
from hub.store import audit
from hub.store.api_reads import dated_orders, days_of_ends
from hub.store.calendar_links import (
    MOST_LINKS,
    link_used,
    links_of,
    make_link,
    revoke_link,
    site_of_link,
)
from hub.store.catalogue import promised, services_of
from hub.store.database import Connection, reading, writing
from hub.store.opening import closures_of, hours_of
from hub.store.pages import site_row
from hub.web.day_words import closure_why
from hub.web.gettext import _, ngettext
from hub.web.guard import account, hub, now_ms, zone
from hub.web.places import site_or_404
from hub.web.tries import limiter, whence
from hub.web.typed import plain

LONGEST_NAME: Final = 80
AHEAD_DAYS: Final = 60
_DAY_MS: Final = 86_400_000

page = Blueprint("agendas", __name__)


def install(app: Flask) -> None:
    """Add the pages."""
    app.register_blueprint(page)


# --- the addresses -----------------------------------------------------------------------------


@page.get("/sites/<site>/agendas")
def show(site: str) -> ResponseReturnValue:
    """Which addresses there are."""
    return _page(site)


@page.post("/sites/<site>/agendas")
def give(site: str) -> ResponseReturnValue:
    """Make an address; it is shown once."""
    name = plain(request.form.get("name", ""), LONGEST_NAME)
    if not 0 < len(name) <= LONGEST_NAME:
        return _page(site, wrong={"name": _("Write a name, at most 80 letters.")})
    with writing(hub().engine) as connection:
        site_or_404(connection, site)
        if len(links_of(connection, site)) >= MOST_LINKS:
            return _page(site, wrong={"name": _("There are too many: take some back first.")})
        link, said = make_link(connection, site, name, account().id, now_ms())
        audit.note(connection, now_ms(), account().id, "calendar_given", site=site, subject=link)
    return _page(site, told={"name": name, "address": url_for("agendas.read", secret=said, _external=True)})


@page.post("/sites/<site>/agendas/<link>/retirer")
def take_back(site: str, link: str) -> ResponseReturnValue:
    """Nothing is read under it any more."""
    with writing(hub().engine) as connection:
        site_or_404(connection, site)
        if not revoke_link(connection, site, link, now_ms()):
            abort(404)
        audit.note(connection, now_ms(), account().id, "calendar_revoked", site=site, subject=link)
    return redirect(url_for("agendas.show", site=site))


def _page(
    site: str, told: dict[str, str] | None = None, wrong: dict[str, str] | None = None
) -> ResponseReturnValue:
    with reading(hub().engine) as connection:
        row = site_or_404(connection, site)
        links = links_of(connection, site)
    answer = render_template("agendas.html", site=row, links=links, told=told, wrong=wrong or {})
    return answer, 422 if wrong else 200


# --- what is read under them -------------------------------------------------------------------


@limiter.limit("60 per 15 minutes", key_func=whence)
def _turn_away() -> NoReturn:
    """Only who asks for what was never given is counted."""
    abort(404)


@page.get("/agenda/<secret>.ics")
def read(secret: str) -> ResponseReturnValue:
    """The calendar; an address nobody gave is no page."""
    with reading(hub().engine) as connection:
        found = site_of_link(connection, secret[:200], now_ms())
        if found is None:
            _turn_away()
        site, use_due = found
        row = site_row(connection, site)
        content = calendar(row.name if row else site, _dates(connection, site), _today_ms())
    if use_due:
        with writing(hub().engine) as connection:
            link_used(connection, use_due, now_ms())
    answer = Response(content, mimetype="text/calendar")
    answer.add_etag()
    return answer.make_conditional(request)


def _today_ms() -> int:
    """The stamp of the file: the same all day, so that what has not changed reads the same."""
    return now_ms() // _DAY_MS * _DAY_MS


def _dates(connection: Connection, site: str) -> Iterator[Dated | Day]:
    closed = closures_of(connection, site, now_ms())
    for one in closed:
        words = _("Closed: %(why)s", why=closure_why(one.why))
        yield Dated(f"closure-{one.id}", words, one.from_ms, one.until_ms)
    away = [(one.from_ms, one.until_ms) for one in closed]
    yield from _open(connection, site, away)
    yield from _ends(connection, site)
    for order in dated_orders(connection, site):
        words = _("Order %(number)s is promised", number=order.number or "")
        yield Dated(f"order-{order.id}", words, order.promised_ms)
    yield from _rounds(connection, site, away)


def _open(connection: Connection, site: str, away: list[tuple[int, int]]) -> Iterator[Dated]:
    """When somebody is at the counter."""
    hours = [each.at_the_counter() for each in hours_of(connection, site)]
    today = local_date(now_ms(), zone())
    for ahead in range(AHEAD_DAYS):
        for begin, end in without(planned(hours, today + timedelta(days=ahead), zone()).spans, away):
            yield Dated(f"open-{site}-{begin}", _("The desk is open"), begin, end)


def _ends(connection: Connection, site: str) -> Iterator[Day]:
    """How many things go back to their carriers, day by day."""
    counts: Counter[date] = Counter(
        local_date(ends_ms - 1, zone()) for ends_ms in days_of_ends(connection, site)
    )
    for day, count in sorted(counts.items()):
        words = ngettext("Last day of %(num)d parcel", "Last day of %(num)d parcels", count)
        yield Day(f"ends-{site}-{day.isoformat()}", words, day)


def _rounds(connection: Connection, site: str, away: list[tuple[int, int]]) -> Iterator[Dated]:
    """When partners' vans come by."""
    seen = set()
    for one in services_of(connection, site):
        if one.over(now_ms()) or not any(lead.kind == "van" for lead in one.offer.leads):
            continue
        for promise in promised(connection, one.offer, away, now_ms(), zone()):
            key = f"round-{one.offer.partner}-{promise.before_ms}"
            if key not in seen:
                seen.add(key)
                yield Dated(key, _("Round of %(partner)s", partner=one.partner_name), promise.before_ms)
