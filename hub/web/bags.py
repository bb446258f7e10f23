"""Bags on their way: what is to be seen to, who handed what to whom today, and the way of one bag."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Flask, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from hub.core.bags import questions_of
from hub.core.opening import day_span
from hub.store import audit, bag_orders
from hub.store.bag_alarms import open_worries
from hub.store.bag_deeds import found_there, may_be_settled, not_there, settle, write_off
from hub.store.database import Connection, reading, writing
from hub.store.employers import employer_names
from hub.store.order_book import order_of
from hub.store.pages import item_row
from hub.store.remarks import remarks_by_id
from hub.store.whereabouts import (
    bag_row,
    employers,
    find_bags,
    hand_overs,
    known_elsewhere,
    steps_of,
    tags_of,
)
from hub.web import bag_words
from hub.web.days import day_of
from hub.web.gettext import _
from hub.web.guard import account, hub, now_ms, zone
from hub.web.naming import bag_holders
from hub.web.order_words import who_at
from hub.web.places import site_or_404

page = Blueprint("bags", __name__, url_prefix="/sites/<site>/sacs")


def install(app: Flask) -> None:
    """Add the pages."""
    app.register_blueprint(page)
    app.jinja_env.globals.update(
        post_word=bag_words.post_word,
        party_word=bag_words.party_word,
        side_word=bag_words.side_word,
        bag_state=bag_words.state_word,
        worry_word=bag_words.worry_word,
        doubt_word=bag_words.doubt_word,
        brief=bag_words.brief,
    )


@page.get("")
def listed(site: str) -> ResponseReturnValue:
    """What is to be seen to, and today's hand-overs, of one employer's people if asked for."""
    employer, tag = (
        request.args.get("employeur", "")[:64] or None,
        request.args.get("etiquette", "").strip()[:256],
    )
    begin, end = day_span(day_of(now_ms()), zone())
    with reading(hub().engine) as connection:
        row = site_or_404(connection, site)
        found = find_bags(connection, site, tag) if tag else []
        if len(found) == 1:
            return redirect(url_for("bags.show", site=site, bag=found[0].id))
        steps = hand_overs(connection, site, begin, end, employer)
        return render_template(
            "bags.html",
            site=row,
            worries=open_worries(connection, now_ms(), site),
            steps=steps,
            tags=tags_of(connection, site, [step.bag for step in steps]),
            employers=employers(connection, site, begin, end),
            employer=employer,
            staff=bag_holders(connection, site),
            employed=employer_names(connection),
            tag=tag,
            found=found,
        )


@page.get("/<bag>")
def show(site: str, bag: str) -> ResponseReturnValue:
    """One bag: where it is, since when, what is expected next, and all that was seen of it."""
    with reading(hub().engine) as connection:
        row = site_or_404(connection, site)
        found = bag_row(connection, site, bag)
        if found is None:
            abort(404)
        return render_template("bag.html", site=row, bag=found, **_about(connection, site, found))


@page.post("/<bag>/remis")
def handed_out(site: str, bag: str) -> ResponseReturnValue:
    """Its person has it, although nobody scanned that."""
    return _end(site, bag, "bag_settled", lambda c: settle(c, site, bag, account().id, now_ms()))


@page.post("/<bag>/perdu")
def gone(site: str, bag: str) -> ResponseReturnValue:
    """It will not come back: nobody looks for it any more, its order says so, and its person is told."""
    why = request.form.get("why", "")
    with reading(hub().engine) as connection:
        offered = bag_words.gone_words(was_here=item_row(connection, bag) is not None)
    if why not in offered:
        abort(400)
    return _end(site, bag, "bag_written_off", lambda c: write_off(c, site, bag, why, account().id, now_ms()))  # type: ignore[arg-type]


@page.post("/<bag>/derriere-la-porte")
def looked(site: str, bag: str) -> ResponseReturnValue:
    """Somebody looked behind the door where it was perhaps dropped: it is there, or nothing is."""
    deed = {"yes": found_there, "no": not_there}.get(request.form.get("there", ""))
    if deed is None:
        abort(400)
    return _end(site, bag, "bag_looked_for", lambda c: deed(c, site, bag, account().id, now_ms()))


@page.post("/<bag>/commande")
def belongs(site: str, bag: str) -> ResponseReturnValue:
    """It is the bag of an order that waits for one."""
    with writing(hub().engine) as connection:
        site_or_404(connection, site)
        found = bag_row(connection, site, bag)
        if found is None:
            abort(404)
        mine = request.form.get("order", "")[:64]
        order = bag_orders.belongs(connection, site, found, mine, account().id, now_ms())
        if order is None:
            flash(_("This cannot be any more: look at it as it is now."))
            return redirect(url_for("bags.show", site=site, bag=bag))
        audit.note(connection, now_ms(), account().id, "bag_ordered", site=site, subject=order)
        flash(_("It is noted."))
    return redirect(url_for("orders.one", site=site, order=order))


def _end(site: str, bag: str, action: str, deed: Callable[[Connection], bool]) -> ResponseReturnValue:
    with writing(hub().engine) as connection:
        site_or_404(connection, site)
        try:
            is_news = deed(connection)
        except LookupError:
            abort(404)
        if is_news:
            audit.note(connection, now_ms(), account().id, action, site=site, subject=bag)
            flash(_("It is noted."))
    return redirect(url_for("bags.show", site=site, bag=bag))


def _about(connection: Connection, site: str, found: Any) -> dict[str, Any]:
    worries = [one for one in open_worries(connection, now_ms(), site) if one.bag == found.id]
    beside = [tag for one in worries for tag in one.beside]
    steps = steps_of(connection, site, found.id)
    return {
        "worries": worries,
        "may_be_settled": may_be_settled(found),
        "gone_words": bag_words.gone_words(was_here=item_row(connection, found.id) is not None),
        "questions": questions_of(found._asdict()),
        "beside": list(dict.fromkeys(beside)),
        "steps": steps,
        "remarks": remarks_by_id(connection, [step.note for step in steps if step.note]),
        "staff": bag_holders(connection, site),
        "elsewhere": known_elsewhere(connection, site, found.tag, account().sites)
        if found.item is None
        else [],
        "wants_order": bag_orders.wants_order(found),
        "waiting": bag_orders.waiting(connection, site, found) if bag_orders.wants_order(found) else [],
        "who": who_at(connection, site),
        "order": order_of(connection, site, found.order_id) if found.order_id else None,
    }
