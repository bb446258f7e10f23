"""Who did what on these pages, a day at a time: everybody reads their own, some those of their sites."""

from collections.abc import Iterable
from functools import cache
from typing import Any, Final

from flask import Blueprint, Flask, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale

from hub.store import audit
from hub.store.accounts import account_names
from hub.store.database import Connection, reading
from hub.store.deed_names import item_people, names_of_people, names_of_staff
from hub.store.partners import partner_names
from hub.web.days import asked_day, day_of
from hub.web.deed_words import About, deed_word
from hub.web.door_words import consents, door_reasons, move_reasons
from hub.web.gettext import _
from hub.web.guard import account, has_right, hub, now_ms
from hub.web.places import my_sites

page = Blueprint("deeds", __name__, url_prefix="/gestes")


def install(app: Flask) -> None:
    """Add the page."""
    app.register_blueprint(page)
    app.jinja_env.globals.update(deed_word=deed_word, deed_detail=deed_detail)


_OF_A_DOOR: Final = ("open_asked", "open_agreed", "service_in_asked", "service_out_asked", "move_asked")
"""Their detail is `7: door_stuck`, and who agreed where somebody had to."""


def deed_detail(row: Any) -> str:
    """What else is known of a deed, in words; most have nothing. A list that left is named by its file."""
    if row.action == "list_exported":
        return str(row.detail)
    door, _sign, whys = row.detail.partition(": ")
    if row.action not in _OF_A_DOOR or not whys:
        return ""
    words = _whys(str(get_locale()), row.action == "move_asked")
    said = ", ".join(words.get(one, one) for one in whys.split(", "))
    return _("door %(door)s: %(why)s", door=door, why=said)


@cache
def _whys(_language: str, moved: bool) -> dict[str, str]:
    """As this request says them: a page has hundreds of lines."""
    return door_reasons() | consents() | (move_reasons() if moved else {})


@page.get("")
def show() -> ResponseReturnValue:
    """A day's deeds: one's own, or of anybody where one may read that."""
    day, span = asked_day(request.args.get("jour", ""), now_ms())
    everybody = has_right("deeds")
    who = request.args.get("qui", "")[:64] if everybody else account().id
    with reading(hub().engine) as connection:
        found = _found(connection, span, who)
        names = account_names(connection)
        return render_template(
            "deeds.html",
            day=day,
            before=day_of(span[0] - 1).isoformat(),
            after=day_of(span[1]).isoformat() if span[1] <= now_ms() else None,
            deeds=found,
            everybody=everybody,
            who=who,
            accounts=names,
            choice=_choice(connection, span, names) if everybody else [],
            about=_about(connection, [row for row in found if _in_reach(row)], names),
            site_names={one.id: one.name for one in my_sites()},
            most=audit.MOST_DEEDS,
        )


def _found(connection: Connection, span: tuple[int, int], who: str) -> list[Any]:
    """One's own are one's own wherever they were done."""
    sites = None if who == account().id else account().sites
    return audit.deeds(connection, *span, account=who or None, sites=sites)


def _in_reach(row: Any) -> bool:
    """Whether it may say whom it was about: of a site that was theirs only the deed stays."""
    return row.site is None or account().sees(row.site)


def _choice(connection: Connection, span: tuple[int, int], names: dict[str, str]) -> list[tuple[str, str]]:
    """Who did something that day, by name."""
    there = {row.account for row in _found(connection, span, "") if row.account} | {account().id}
    return sorted(((one, names.get(one, one)) for one in there), key=lambda pair: pair[1].casefold())


def _about(connection: Connection, found: Iterable[Any], names: dict[str, str]) -> dict[int, tuple[str, str]]:
    """For each row that is about somebody or something here: its name, and the address of its page or none.

    Whoever was erased has no name any more, and stays an id.
    """
    subjects: dict[About, set[str]] = {}
    for row in found:
        subjects.setdefault(deed_word(row.action).about, set()).add(row.subject or "")
    persons = item_people(connection, subjects.get("item", ()))
    people = names_of_people(connection, {*subjects.get("person", ()), *persons.values()})
    known: dict[str, dict[str, str]] = {
        "person": people,
        "item": {item: people.get(person, "") for item, person in persons.items()},
        "staff": names_of_staff(connection, subjects.get("staff", ())),
        "account": names,
        "partner": partner_names(connection) if "partner" in subjects else {},
    }
    return {row.id: _one(row, known) for row in found if deed_word(row.action).about}


def _one(row: Any, known: dict[str, dict[str, str]]) -> tuple[str, str]:
    about, subject = deed_word(row.action).about, row.subject or ""
    name = known.get(about, {}).get(subject, "")
    match about:
        case "item":
            return name or _("a parcel"), url_for("parcels.show", item=subject)
        case "order":
            return _("the order"), url_for("orders.one", site=row.site, order=subject) if row.site else ""
        case "person":
            return name or subject[:8], url_for("people.edit", site=row.site, person=subject) if name else ""
        case "device":
            return subject, url_for("devices.one", site=row.site, device=subject) if row.site else ""
        case _:
            return name or subject[:8], ""
