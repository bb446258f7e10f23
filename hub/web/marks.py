"""A thing to do is taken by somebody, given back, or put off for a while, with a reason."""

from flask import Blueprint, Flask, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from hub.core.marks import WHYS, When, Why, choices, is_taken, tomorrow_ms
from hub.core.opening import next_opening
from hub.core.things import Thing
from hub.store import audit
from hub.store.accounts import account_names
from hub.store.database import Connection, reading, writing
from hub.store.marks import bring_back, marks_of, put_off, release, take
from hub.store.opening import closures_of, hours_of
from hub.store.standing import things_now
from hub.web.gettext import _
from hub.web.guard import account, has_right, hub, now_ms, zone

page = Blueprint("marks", __name__, url_prefix="/a-faire/<key>")


def install(app: Flask) -> None:
    """Add the pages and their words."""
    app.register_blueprint(page)
    app.jinja_env.globals.update(why_words=why_words, is_taken=is_taken, may_answer=may_answer)


def why_words() -> dict[Why, str]:
    """Why something may wait, as the buttons say it."""
    return {
        "waiting": _("I wait for a part or a repair"),
        "called": _("Somebody was called"),
        "nobody": _("Nobody is on site now"),
        "can_wait": _("It can wait"),
        "other": _("another reason"),
    }


@page.post("/prendre")
def take_it(key: str) -> ResponseReturnValue:
    """I see to it."""
    with writing(hub().engine) as connection:
        if (thing := _thing(connection, key)) is not None:
            if other := take(connection, thing, account().id, now_ms()):
                flash(_("%(name)s sees to it already.", name=account_names(connection).get(other, "—")))
            else:
                _note(connection, thing, "thing_taken")
    return _back(thing)


@page.post("/rendre")
def give_back(key: str) -> ResponseReturnValue:
    """Nobody sees to it any more."""
    with writing(hub().engine) as connection:
        if (thing := _thing(connection, key)) is not None:
            release(connection, thing, now_ms())
            _note(connection, thing, "thing_released")
    return _back(thing)


@page.post("/maintenant")
def now(key: str) -> ResponseReturnValue:
    """It waits no more."""
    with writing(hub().engine) as connection:
        if (thing := _thing(connection, key)) is not None:
            bring_back(connection, thing, now_ms())
            _note(connection, thing, "thing_brought_back")
    return _back(thing)


@page.get("/plus-tard")
def later(key: str) -> ResponseReturnValue:
    """Until when, and why."""
    with reading(hub().engine) as connection:
        thing = _thing(connection, key)
        if thing is None:
            return _back(None)
        until = _choices(connection, thing)
        mark = marks_of(connection, [thing]).get(key)
    return render_template("later.html", thing=thing, until=until, mark=mark)


@page.post("/plus-tard")
def wait(key: str) -> ResponseReturnValue:
    """It may wait."""
    why, when = request.form.get("why", ""), request.form.get("when", "")
    with writing(hub().engine) as connection:
        thing = _thing(connection, key)
        if thing is None:
            return _back(None)
        until = _choices(connection, thing)
        if why not in WHYS or when not in until:
            abort(400)
        until_ms = until[when]
        put_off(connection, thing, account().id, until_ms, why, now_ms())
        _note(connection, thing, "thing_put_off", f"{thing.kind}: {why}, {when}")
    return _back(thing)


def _choices(connection: Connection, thing: Thing) -> dict[When, int]:
    opens_ms = None
    if thing.site:
        tomorrow = tomorrow_ms(now_ms(), zone())
        closed = [(one.from_ms, one.until_ms) for one in closures_of(connection, thing.site, now_ms())]
        opens_ms = next_opening(hours_of(connection, thing.site), closed, tomorrow, zone())
    return choices(thing, now_ms(), zone(), opens_ms)


def my_things(connection: Connection) -> list[Thing]:
    """What is to be done at the sites of whoever asks; what belongs to no site is for those who see all."""
    return [thing for thing in things_now(connection, now_ms()) if is_mine(thing.site)]


def is_mine(site: str) -> bool:
    """Whether whoever asks sees this site; "" is none, and theirs who see all of them."""
    return account().sees(site) if site else account().sites is None


def may_answer(site: str) -> bool:
    """Whether whoever asks takes and puts off what is to be done there: at a site, who works there."""
    return has_right("answer") and (not site or has_right("work"))


def _thing(connection: Connection, key: str) -> Thing | None:
    """The thing of this key, if it still is one and theirs to answer."""
    thing = next((one for one in my_things(connection) if one.key == key), None)
    if thing is not None and not may_answer(thing.site):
        abort(403)
    return thing


def _note(connection: Connection, thing: Thing, action: str, detail: str = "") -> None:
    audit.note(
        connection,
        now_ms(),
        account().id,
        action,
        site=thing.site or None,
        subject=thing.key,
        detail=detail or thing.kind,
    )


def _back(thing: Thing | None) -> ResponseReturnValue:
    if thing is None:
        flash(_("That is over already."))
    return redirect(url_for("today.show"))
