"""Orders of a site: what is late first, each with its whole story, and what can be done about it."""

import re
from typing import Any, Final, get_args

from flask import Blueprint, Flask, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from contract.ids import fresh_id
from hub.core.order_book import OVER, is_late, money, pressing_first
from hub.core.prices import written
from hub.store import audit
from hub.store.database import Connection, reading, writing
from hub.store.order_book import Order, order_of, orders_over, orders_under_way
from hub.store.order_deeds import CANCELLING, DeedError, Way, answer_quote, cancel, note_payment
from hub.store.outbox_steps import to_be_said
from hub.store.partners import partner_row
from hub.store.people import person_row
from hub.web.gettext import _
from hub.web.guard import account, hub, now_ms
from hub.web.order_story import story_of
from hub.web.order_words import deed_fault, who_at
from hub.web.places import site_or_404
from hub.web.typed import fields, price

RECENT_MS: Final = 30 * 86_400_000
_PAYMENT: Final = re.compile(r"[0-9a-f]{32}")

page = Blueprint("orders", __name__, url_prefix="/sites/<site>/commandes")


def install(app: Flask) -> None:
    """Add the pages."""
    app.register_blueprint(page)


@page.get("")
def show(site: str) -> ResponseReturnValue:
    """All that somebody waits for, then what is over."""
    with reading(hub().engine) as connection:
        row = site_or_404(connection, site)
        under_way = pressing_first(orders_under_way(connection, site), now_ms())
        return render_template(
            "orders.html",
            site=row,
            orders=under_way,
            late=sum(is_late(one, now_ms()) for one in under_way),
            over=orders_over(connection, site, now_ms() - RECENT_MS),
            who=who_at(connection, site),
        )


@page.get("/<order>")
def one(site: str, order: str) -> ResponseReturnValue:
    """One order, with its whole story."""
    return _page(site, order)


@page.post("/<order>/annuler")
def call_off(site: str, order: str) -> ResponseReturnValue:
    """The order is no more."""
    why = request.form.get("why", "")
    if why not in CANCELLING:
        abort(400)
    return _do(site, order, "order_cancelled", lambda c: cancel(c, site, order, why, now_ms()))


@page.post("/<order>/paiement")
def pay(site: str, order: str) -> ResponseReturnValue:
    """The partner was paid: by whom and how is noted, the money never is ours."""
    typed, wrong = fields(("cents", "how", "payment")), dict[str, str]()
    how = typed["how"]
    if how not in get_args(Way) or not _PAYMENT.fullmatch(typed["payment"]):
        abort(400)
    cents = price(typed, wrong, "cents")
    if wrong:
        return _page(site, order, typed, wrong)

    def noted(connection: Connection) -> bool:
        return note_payment(connection, site, order, typed["payment"], cents, how, account().id, now_ms())  # type: ignore[arg-type]

    return _do(site, order, "payment_noted", noted, typed)


@page.post("/<order>/devis")
def answer(site: str, order: str) -> ResponseReturnValue:
    """Their person said yes or no, here or by telephone."""
    quote, said = request.form.get("quote", "")[:64], request.form.get("answer")
    if said not in ("yes", "no"):
        abort(400)
    yes = said == "yes"
    return _do(
        site,
        order,
        "quote_accepted" if yes else "quote_refused",
        lambda c: answer_quote(c, site, order, quote, accepted=yes, now_ms=now_ms()),
    )


def _do(
    site: str, order: str, action: str, deed: Any, typed: dict[str, str] | None = None
) -> ResponseReturnValue:
    """Do it and say so; what cannot be done any more is said on the page."""
    try:
        with writing(hub().engine) as connection:
            site_or_404(connection, site)
            if not deed(connection):
                abort(404)
            audit.note(connection, now_ms(), account().id, action, site=site, subject=order)
    except DeedError as error:
        return _page(site, order, typed, {"cents" if typed else "deed": deed_fault(error)})
    flash(_("It is noted."))
    return redirect(url_for("orders.one", site=site, order=order))


def _page(
    site: str, order: str, typed: dict[str, str] | None = None, wrong: dict[str, str] | None = None
) -> ResponseReturnValue:
    with reading(hub().engine) as connection:
        row, found = site_or_404(connection, site), order_of(connection, site, order)
        if found is None:
            abort(404)
        who = who_at(connection, site)
        answer = render_template(
            "order.html",
            site=row,
            order=found,
            who=who,
            partner=partner_row(connection, found["partner"] or ""),
            person=_person(connection, site, found),
            story=story_of(connection, site, found, who),
            over=found["state"] in OVER,
            to_say=to_be_said(connection, order),
            payment=fresh_id(now_ms()),
            typed=typed or {"cents": written(money(found).open_cents), "how": _usual_way(found)},
            wrong=wrong or {},
        )
    return answer, 422 if wrong else 200


def _person(connection: Connection, site: str, order: Order) -> Any | None:
    """Whoever is on the list; a nameless order has nobody's page to lead to."""
    return None if order["anonymous"] else person_row(connection, site, order["person"] or "")


def _usual_way(order: Order) -> str:
    return "employer" if order["pay"] == "employer" else "terminal"
