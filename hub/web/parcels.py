"""The parcels of a site, held and expected, and the whole story of one."""

from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, Flask, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from contract.pickup_code import typed_code
from contract.scans import aim
from hub.core.redaction import NOBODY
from hub.store import audit
from hub.store.assignments import assignment_of, nameless_parcels
from hub.store.database import Connection, reading, writing
from hub.store.deadlines import WHYS, extend, extensions_of, settle, site_deadlines
from hub.store.devices import is_bridge_online
from hub.store.dictated import note_dictated, told_ahead
from hub.store.expected import add_expected, close_expected, open_expected, same_number
from hub.store.found_again import found_as
from hub.store.ledger import story_of_item
from hub.store.not_theirs import messages_about
from hub.store.opening import hours_of
from hub.store.order_book import order_with
from hub.store.outbox import tell_again, waiting_items
from hub.store.outbox_site import outlook
from hub.store.outbox_steps import are_to_be_told
from hub.store.pages import HELD, IN_HOUSE, held_parcels, item_row, recent_parcels
from hub.store.people import find_people, people_names, person_row
from hub.store.sites import code_generation, is_changing, once_generation, rotate_code
from hub.store.whereabouts import bag_row
from hub.web.days import day_span
from hub.web.faults import refuse_parcel
from hub.web.gettext import _
from hub.web.guard import account, hub, now_ms, uses, zone
from hub.web.naming import names_at
from hub.web.places import site_or_404
from hub.web.story import Line, tell, tell_note
from hub.web.tries import limiter

RECENT_MS = 86_400_000
MOST_SHOWN = 40
MOST_TYPED, MOST_SOUGHT = 1000, 100
_FIELDS = ("q", "person", "carrier", "label", "day", "note")

page = Blueprint("parcels", __name__)


def install(app: Flask) -> None:
    """Add the pages."""
    app.register_blueprint(page)
    app.jinja_env.globals.update(owner=owner)


@page.get("/sites/<site>/colis")
def held(site: str) -> ResponseReturnValue:
    """What waits, what is expected, what left since yesterday."""
    return _held(site, {}, {})


def _held(site: str, typed: dict[str, str], wrong: dict[str, str]) -> ResponseReturnValue:
    uses("camera")
    notify = hub().settings.notify
    with reading(hub().engine) as connection:
        row = site_or_404(connection, site)
        deadlines = site_deadlines(connection, site, now_ms(), zone())
        answer = render_template(
            "parcels.html",
            deadlines=deadlines,
            over=sum(found.over_ms is not None for found in deadlines.values()),
            hours_known=any(each.known for each in hours_of(connection, site)[-1:]),
            site=row,
            held=held_parcels(connection, site),
            expected=open_expected(connection, site),
            recent=recent_parcels(connection, site, now_ms() - RECENT_MS),
            names=people_names(connection, site),
            nameless=len(nameless_parcels(connection, site)),
            choices=_choices(connection, site, typed),
            typed=typed,
            wrong=wrong,
            untold=outlook(connection, site, notify.ways, now_ms(), ZoneInfo(notify.zone)),
        )
    return answer, 422 if wrong else 200


def _choices(connection: Connection, site: str, typed: dict[str, str]) -> dict[str, Any]:
    """Whom the parcel to announce may be for: those that fit what was typed, or who was chosen already."""
    if not typed.get("q"):
        chosen = person_row(connection, site, typed.get("person", ""))
        return {"people": [chosen] if chosen else []}
    found = find_people(connection, site, typed["q"][:MOST_SOUGHT])
    return {"people": found[:MOST_SHOWN], "more": len(found) > MOST_SHOWN}


@page.post("/sites/<site>/colis")
def expect(site: str) -> ResponseReturnValue:
    """Note that a parcel is expected. A name that was typed is looked for first, and chosen from the list."""
    typed = {name: request.form.get(name, "").strip()[:MOST_TYPED] for name in _FIELDS}
    typed["label"] = aim.split(typed["label"]).text
    day_ms = _day_ms(typed["day"])
    with writing(hub().engine) as connection:
        site_or_404(connection, site)
        wrong = _faults(connection, site, typed, day_ms)
        if not wrong:
            add_expected(
                connection,
                site,
                person=typed["person"] or None,
                carrier=typed["carrier"] or None,
                label=typed["label"],
                note=typed["note"],
                expected_ms=day_ms,
                account=account().id,
                now_ms=now_ms(),
            )
            audit.note(connection, now_ms(), account().id, "expected_added", site=site)
    if wrong:
        return _held(site, typed, wrong)
    return redirect(url_for("parcels.held", site=site, _anchor="attendus"))


@page.post("/sites/<site>/colis/attendu/<expected>/fini")
def expect_no_more(site: str, expected: str) -> ResponseReturnValue:
    """Take an expected parcel off the list."""
    with writing(hub().engine) as connection:
        site_or_404(connection, site)
        if not close_expected(connection, site, expected, now_ms()):
            abort(404)
        audit.note(connection, now_ms(), account().id, "expected_closed", site=site, subject=expected)
    return redirect(url_for("parcels.held", site=site, _anchor="attendus"))


@page.get("/colis/<item>")
def show(item: str) -> ResponseReturnValue:
    """One parcel and all that happened to it, never its code; of what lay behind no door, its order."""
    with reading(hub().engine) as connection:
        if item_row(connection, item) is None and (order := order_with(connection, item)) is not None:
            return redirect(url_for("orders.one", site=order.site, order=order.id))
        return _story(connection, item, None)


@page.post("/colis/<item>/code")
@limiter.limit("60 per hour")
def tell_code(item: str) -> ResponseReturnValue:
    """Say the code, for telling it to the person; noted in the audit."""
    with writing(hub().engine) as connection:
        row = item_row(connection, item)
        if row is None:
            abort(404)
        if not _may_tell(row):
            refuse_parcel(row)
        following = request.form.get("which") == "next"
        generation = _generation_to_tell(connection, row, following)
        audit.note(
            connection,
            now_ms(),
            account().id,
            "code_told",
            site=row.site,
            subject=item,
            detail="next" if following else "present",
        )
        if following:
            note_dictated(connection, row.site, row.pickup, generation, account().id, now_ms())
        code = typed_code(hub().keys.site_key(row.site), row.ticket, row.pickup, generation)
        return _story(connection, item, code, following)


@page.post("/colis/<item>/delai")
def extend_stay(item: str) -> ResponseReturnValue:
    """Give more days, for a reason; noted in the audit. A form sent twice gives them once."""
    why, number = request.form.get("why", ""), request.form.get("number", "")[:4]
    if why not in WHYS or not (number.isascii() and number.isdecimal()):
        abort(400)
    with writing(hub().engine) as connection:
        row = item_row(connection, item)
        if row is None:
            abort(404)
        if item not in site_deadlines(connection, row.site, now_ms(), zone()):
            refuse_parcel(row)
        if extend(connection, item, why, int(number), account().id, now_ms()):
            settle(connection, row.site, now_ms(), zone())
            audit.note(
                connection, now_ms(), account().id, "extended", site=row.site, subject=item, detail=why
            )
    return redirect(url_for("parcels.show", item=item, _anchor="delai"))


@page.post("/colis/<item>/code/changer")
@limiter.limit("60 per hour")
def change_code(item: str) -> ResponseReturnValue:
    """Make all codes of it void that were told so far, and tell the person the new one."""
    with writing(hub().engine) as connection:
        row = item_row(connection, item)
        if row is None:
            abort(404)
        if not _may_tell(row) or rotate_code(connection, row.pickup, account().id, now_ms()) is None:
            refuse_parcel(row)
        if row.person and waiting_items(connection, row.site, row.pickup):
            tell_again(connection, row.site, row.person, row.pickup, now_ms())
        audit.note(connection, now_ms(), account().id, "code_changed", site=row.site, subject=item)
    return redirect(url_for("parcels.show", item=item))


def _generation_to_tell(connection: Connection, row: Any, following: bool) -> int:
    if not following:
        return code_generation(connection, row.pickup)
    return once_generation(connection, row.pickup, online=is_bridge_online(connection, row.site))


def _story(connection: Connection, item: str, code: str | None, following: bool = False) -> str:
    row = item_row(connection, item)
    if row is None:
        abort(404)
    names = names_at(connection, row.site)
    facts = story_of_item(connection, row.site, item)
    lines: list[Line] = [line for fact in facts if (line := tell(fact, names))]
    lines += [tell_note(note, names) for note in audit.notes_about(connection, item)]
    site = site_or_404(connection, row.site)
    person = person_row(connection, row.site, row.person or "")
    asked = assignment_of(connection, row.site, item)
    messages = messages_about(connection, row.site, item, row.pickup)
    people = people_names(connection, row.site)
    told: dict[str, Any] = {
        "item": row,
        "site": site,
        "person": people.get(row.person or "", ""),
        "people": people,
        "nobody": NOBODY,
        "shelves": names.shelves,
        "lines": sorted(lines, key=lambda line: line.at_ms),
        "messages": messages,
        "deadline": site_deadlines(connection, row.site, now_ms(), zone()).get(item),
        "given": extensions_of(connection, item),
        "holder": names.staff.get(row.taken_by or ""),
        "to_tell": are_to_be_told(connection, [one.id for one in messages if one.item == item]),
        "waits": row.state == "waiting",
        "code": code,
        "following": following,
        "listed": person is not None,
        "tongue": person.language if person else "fr",
        "in_house": row.state in IN_HOUSE,
        "is_bag": bag_row(connection, row.site, item) is not None,
        "found_as": found_as(connection, item),
        "asked": asked,
        "asked_name": people.get(asked.person, "") if asked else "",
        "may_tell": _may_tell(row),
        **_changes(connection, row),
    }
    return render_template("parcel.html", **told)


def _changes(connection: Connection, row: Any) -> dict[str, bool]:
    """What the page must say of codes that the site, offline, cannot be told to refuse."""
    offline = bool(row.pickup) and not is_bridge_online(connection, row.site)
    return {
        "change_unheard": offline and is_changing(connection, row.pickup),
        "told_stays_good": offline and told_ahead(connection, row.pickup),
    }


def owner(item: Any, names: dict[str, str]) -> str:
    """Whose it is, as far as anybody knows."""
    if not item.is_somebodys:
        return _("without a name")
    return names.get(item.person or "", _("somebody unknown here"))


def _may_tell(row: Any) -> bool:
    """Whether there is a code for it, and somebody it may be told to."""
    has_code = row.ticket is not None and row.pickup_closed_ms is None
    return bool(row.is_somebodys and row.state in HELD and has_code)


def _day_ms(day: str) -> int | None:
    """Noon of that day at the site, or None for no day (or no date)."""
    span = day_span(day)
    return None if span is None else sum(span) // 2


def _faults(connection: Connection, site: str, typed: dict[str, str], day_ms: int | None) -> dict[str, str]:
    wrong = {}
    if typed["q"] and "person" not in request.form:
        found = find_people(connection, site, typed["q"][:MOST_SOUGHT])
        nobody = _("Nobody is called that here. Try fewer letters.")
        wrong["person"] = _("Choose for whom it is.") if found else nobody
    elif typed["person"] and person_row(connection, site, typed["person"]) is None:
        wrong["person"] = _("Choose somebody of the list.")
    elif not typed["person"] and not typed["label"]:
        wrong["person"] = _("Say for whom it is, or write its number.")
    if typed["day"] and day_ms is None:
        wrong["day"] = _("Write the day like 2026-11-23.")
    for name, longest in (("carrier", 40), ("label", 256), ("note", 400)):
        if len(typed[name]) > longest:
            wrong[name] = _("At most %(count)d letters.", count=longest)
    if "label" not in wrong and (same := same_number(connection, site, typed["label"])) is not None:
        wrong["label"] = _same_number_word(same.person, people_names(connection, site))
    return wrong


def _same_number_word(person: str | None, names: dict[str, str]) -> str:
    if person is None:
        return _("This number is announced already, for nobody yet: see the list.")
    name = names.get(person) or _("somebody unknown here")
    return _("This number is announced already, for %(name)s: see the list.", name=name)
