"""Orders taken for somebody who is not there, mostly on the telephone: for whom, what, and yes.

Nothing is dropped: what comes is collected later, with the code of all their other things. What was answered
so far comes along in the form, so that no name is in an address (I15).
"""

import re
from dataclasses import replace
from typing import Any, Final, NamedTuple

from flask import Blueprint, Flask, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from contract.ids import fresh_id
from contract.receipt import Receipt, ReceiptLine, seal, to_text, word
from hub.core.catalogue import Listed
from hub.core.counter import ChangedError, Wanted, lines, total_cents
from hub.core.order_book import lines_of
from hub.store import audit
from hub.store.bag_orders import item_for, order_for, owner, wants_order
from hub.store.counter import orderable, place_order, promise_of, receipt_printed
from hub.store.database import Connection, reading, writing
from hub.store.order_book import Order, order_of
from hub.store.partners import partner_names
from hub.store.people import find_people, person_row
from hub.store.whereabouts import bag_row
from hub.web.gettext import _
from hub.web.guard import account, hub, now_ms, zone
from hub.web.messages import square
from hub.web.places import site_or_404
from hub.web.tries import limiter

MOST_SHOWN: Final = 30
_ORDER: Final = re.compile(r"[0-9a-f]{32}")
_NUMBER: Final = re.compile(r"-?[0-9]{1,15}")

page = Blueprint("counter", __name__, url_prefix="/sites/<site>/commandes/nouvelle")


def install(app: Flask) -> None:
    """Add the pages."""
    app.register_blueprint(page)
    app.jinja_env.globals.update(may_have_receipt=may_have_receipt)


# --- the questions -------------------------------------------------------------------------------


@page.get("")
def begin(site: str) -> ResponseReturnValue:
    """For whom; of a bag whose person its lockers know, what."""
    with reading(hub().engine) as connection:
        row, bag = site_or_404(connection, site), _bag(connection, site)
        if bag is not None and owner(connection, site, bag) is not None:
            return _questions(connection, row, bag)
        return _people(connection, row, bag, "")


@page.post("")
def go_on(site: str) -> ResponseReturnValue:
    """The next question that is not answered."""
    with reading(hub().engine) as connection:
        return _questions(connection, site_or_404(connection, site), _bag(connection, site))


def _questions(connection: Connection, row: Any, bag: Any | None) -> ResponseReturnValue:
    site, person = row.id, _person(connection, row.id, bag)
    if person is None:
        return _people(connection, row, bag, request.form.get("q", "")[:100])
    offered = orderable(connection, site, now_ms(), for_a_bag=bag is not None)
    listed = next((one for one in offered if one.id == request.form.get("service")), None)
    known = {"site": row, "person": person, "bag": bag}
    if listed is None:
        return render_template("counter.html", step="service", offered=offered, **known)
    if listed.offer.options and "chosen" not in request.form:
        return render_template("counter.html", step="options", listed=listed, **known)
    return _agree(connection, row, bag, person, listed)


def _people(connection: Connection, row: Any, bag: Any | None, words: str) -> ResponseReturnValue:
    found = find_people(connection, row.id, words)
    more = len(found) > MOST_SHOWN
    return render_template(
        "counter.html",
        step="person",
        site=row,
        words=words,
        people=found[:MOST_SHOWN],
        more=more,
        bag=bag,
    )


def _bag(connection: Connection, site: str) -> Any | None:
    """The bag that is ordered for, where the address names one that has no order."""
    name = request.args.get("sac", "")[:64]
    if not name:
        return None
    found = bag_row(connection, site, name)
    if found is None or not wants_order(found):
        abort(404)
    return found


def _person(connection: Connection, site: str, bag: Any | None) -> Any | None:
    """Whose the bag is, as its lockers know it, else who was chosen."""
    known = owner(connection, site, bag) if bag is not None else None
    found = person_row(connection, site, known or request.form.get("person", "")[:64])
    if found is None and known is not None:
        return Nobody(known, _("no name, by ticket"))
    return found if found is not None and found.removed_ms is None else None


class Nobody(NamedTuple):
    """Whoever has the ticket of a bag, and gave no name."""

    id: str
    name: str
    flat: str = ""


def _agree(
    connection: Connection, row: Any, bag: Any | None, person: Any, listed: Listed, *, changed: bool = False
) -> ResponseReturnValue:
    counts = _counts(listed)
    ordered = lines(listed, counts, _home(row))
    answer = render_template(
        "counter.html",
        step="agree",
        site=row,
        bag=bag,
        person=person,
        listed=listed,
        counts=counts,
        lines=ordered,
        total_cents=total_cents(ordered),
        promise=promise_of(connection, row.id, listed, now_ms(), zone()),
        order=_typed_order() or fresh_id(now_ms()),
        changed=changed,
    )
    return answer, 422 if changed else 200


def _counts(listed: Listed) -> dict[str, int]:
    """How often each option was asked for: no more than there may be."""
    asked = {one.id: (request.form.get(f"o_{one.id}", "0"), one.most) for one in listed.offer.options}
    return {
        option: min(int(text), most)
        for option, (text, most) in asked.items()
        if len(text) < 4 and text.isascii() and text.isdecimal() and int(text)
    }


def _home(row: Any) -> str:
    """The language of the place: that of the paper, and of whoever does the work."""
    return str(row.languages).split(",")[0]


# --- yes -----------------------------------------------------------------------------------------


@page.post("/oui")
@limiter.limit("120 per hour")
def agree(site: str) -> ResponseReturnValue:
    """Order it. What changed meanwhile is shown again, and ordered by nobody unseen."""
    order = _typed_order()
    if order is None:
        abort(400)
    with writing(hub().engine) as connection:
        row = site_or_404(connection, site)
        if order_of(connection, site, order) is not None:
            return redirect(url_for("orders.one", site=site, order=order))
        bag = _bag(connection, site)
        person = _person(connection, site, bag)
        if person is None:
            abort(404)
        offered = orderable(connection, site, now_ms(), for_a_bag=bag is not None)
        listed = next((one for one in offered if one.id == request.form.get("service")), None)
        if listed is None:
            flash(_("This is not offered any more."))
            return redirect(url_for("counter.begin", site=site, sac=bag.id if bag else None))
        wanted = Wanted(
            order, person.id, listed.id, _number("version") or 0, _counts(listed), _number("promised_ms")
        )
        try:
            is_news = _ordered(connection, row, person, bag, wanted)
        except ChangedError:
            return _agree(connection, row, bag, person, listed, changed=True)
        if is_news:
            audit.note(connection, now_ms(), account().id, "order_placed", site=site, subject=order)
            flash(_("It is ordered."))
    return redirect(url_for("orders.one", site=site, order=order))


def _ordered(connection: Connection, row: Any, person: Any, bag: Any | None, wanted: Wanted) -> bool:
    """Whether it was ordered by this; raises ChangedError."""
    who = (_home(row), account().id, now_ms(), zone())
    if bag is None:
        return place_order(connection, row.id, wanted, *who)
    known = {"item": item_for(bag, wanted.order), "anonymous": isinstance(person, Nobody)}
    return order_for(connection, row.id, bag, replace(wanted, **known), *who)  # type: ignore[arg-type]


def _typed_order() -> str | None:
    typed = request.form.get("order", "")
    return typed if _ORDER.fullmatch(typed) else None


def _number(name: str) -> int | None:
    typed = request.form.get(name, "")
    return int(typed) if _NUMBER.fullmatch(typed) else None


# --- the paper -----------------------------------------------------------------------------------


@page.post("/<order>/recu")
def receipt(site: str, order: str) -> ResponseReturnValue:
    """The sealed receipt of an order that was taken here, to print; any kiosk of the site can check it."""
    with writing(hub().engine) as connection:
        row, found = site_or_404(connection, site), order_of(connection, site, order)
        if found is None or not may_have_receipt(found):
            abort(404)
        made = _receipt(row, found, partner_names(connection))
        sealed = seal(hub().keys.site_key(site), made)
        receipt_printed(connection, site, order, word(sealed), now_ms())
        audit.note(connection, now_ms(), account().id, "receipt_sealed", site=site, subject=order)
    qr = square(to_text(made, sealed))
    return render_template("order_paper.html", site=row, order=found, made=made, word=word(sealed), qr=qr)


def may_have_receipt(order: Order) -> bool:
    """Whether it was taken on these pages: what a kiosk took has the receipt its lockers sealed."""
    return bool(order["way"] == "staff" and order["placed_event"] == order["id"])


def _receipt(row: Any, order: Order, names: dict[str, str]) -> Receipt:
    ordered = lines_of(order)
    return Receipt(
        number=order["number"],
        order=order["id"],
        site=row.name,
        at_ms=order["placed_ms"],
        service=ordered[0].name,
        partner=names.get(order["partner"], ""),
        lines=tuple(ReceiptLine(one.name, one.count, one.unit_cents) for one in ordered),
        total_cents=order["total_cents"],
        promised_ms=order["promised_ms"],
    )
