"""What each partner did and was paid, month by month, and how much of it goes to the social economy."""

from collections.abc import Iterable
from typing import Final

from flask import Blueprint, Flask, Response, abort, render_template, request
from flask.typing import ResponseReturnValue

from hub.core.order_book import ESS_GOAL_PERCENT, Money, accounts, money
from hub.store.database import Connection, reading
from hub.store.order_book import Order, orders_between, payments_of, share_since
from hub.store.partners import partner_names
from hub.web.days import asked_month, local
from hub.web.gettext import _
from hub.web.guard import hub, now_ms
from hub.web.order_words import order_state, order_title, pay_words
from hub.web.places import site_or_404
from hub.web.sheets import Cell, Euros, Kilos, sheet_answer

_YEAR_MS: Final = 365 * 86_400_000

page = Blueprint("money", __name__, url_prefix="/sites/<site>/comptes")


def install(app: Flask) -> None:
    """Add the pages."""
    app.register_blueprint(page)


@page.get("")
def show(site: str) -> ResponseReturnValue:
    """One month of a site, by partner."""
    with reading(hub().engine) as connection:
        row = site_or_404(connection, site)
        month = asked_month(request.args.get("mois", ""), now_ms())
        found = accounts(orders_between(connection, *month.span, site))
        return render_template(
            "money.html",
            site=row,
            month=month,
            accounts=found,
            total=sum((one.money for one in found), Money()),
            open_cents=sum(one.open_cents for one in found),
            orders=sum(one.orders for one in found),
            names=partner_names(connection),
            goal=ESS_GOAL_PERCENT,
            share=share_since(connection, now_ms() - _YEAR_MS, now_ms()),
        )


@page.get("/<partner>")
def of_partner(site: str, partner: str) -> ResponseReturnValue:
    """One month of one partner, order by order."""
    with reading(hub().engine) as connection:
        row, names = site_or_404(connection, site), partner_names(connection)
        if partner not in names:
            abort(404)
        month = asked_month(request.args.get("mois", ""), now_ms())
        orders = orders_between(connection, *month.span, site, partner)
        found = accounts(orders)
        return render_template(
            "money_partner.html",
            site=row,
            month=month,
            partner=partner,
            name=names[partner],
            orders=orders,
            account=found[0] if found else None,
            payments=payments_of(connection, [one["id"] for one in orders]),
        )


@page.get("/export.<any(csv, xlsx):kind>")
def export(site: str, kind: str) -> Response:
    """A month for a spreadsheet: of one partner, or of all."""
    partner = request.args.get("partenaire", "")[:64]
    with reading(hub().engine) as connection:
        site_or_404(connection, site)
        names = partner_names(connection)
        if partner and partner not in names:
            abort(404)
        month = asked_month(request.args.get("mois", ""), now_ms())
        orders = orders_between(connection, *month.span, site, partner or None)
        rows = list(_rows(connection, orders, names))
    name = f"comptes-{site}-{month.key}"
    return sheet_answer(kind, _("Accounts"), _heading(), rows, name)


def _heading() -> tuple[str, ...]:
    """Nobody's name is in it: a partner's account needs none."""
    return (
        _("Day"),
        _("Order"),
        _("Partner"),
        _("Service"),
        _("How far"),
        _("Weight (kg)"),
        _("Price"),
        _("Paid"),
        _("To be paid"),
        _("How paid"),
    )


def _rows(
    connection: Connection, orders: Iterable[Order], names: dict[str, str]
) -> Iterable[tuple[Cell, ...]]:
    known = list(orders)
    proofs = payments_of(connection, [one["id"] for one in known])
    for order in known:
        found = money(order)
        ways = sorted({pay_words().get(row.how, row.how) for row in proofs.get(order["id"], ())})
        yield (
            local(order["placed_ms"]).strftime("%Y-%m-%d"),
            order["number"] or "",
            names.get(order["partner"] or "", ""),
            order_title(order),
            order_state(order)[2],
            _weight(order),
            Euros(found.due_cents),
            Euros(found.paid_cents),
            Euros(found.open_cents),
            ", ".join(ways),
        )


def _weight(order: Order) -> Cell:
    """As it was weighed last, at the drop or since; empty where nobody weighed it."""
    weighed = order["bag_weight_grams"]
    grams = order["weight_grams"] if weighed is None else weighed
    return "" if grams is None else Kilos(grams)
