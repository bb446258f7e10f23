"""Coming in: the first administrator, signing in by password or key, the second step, signing out."""

from typing import Final

from flask import Blueprint, Flask, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from hub.core.people_csv import likeness, unread
from hub.store.accounts import (
    SHORTEST_PASSWORD,
    Account,
    account_by_id,
    check_password,
    create_account,
    is_only_name,
    nobody_yet,
    password_mark,
    setup_code_fits,
)
from hub.store.database import reading, writing
from hub.store.second_factor import Wait, has_second, second_step
from hub.web import passkeys
from hub.web.gettext import _, ngettext
from hub.web.guard import close_session, hub, local_path, now_ms, open_session
from hub.web.tries import failed, guesses, name_and_origin, remember_browser
from hub.web.typed import plain

LONGEST_PASSWORD = 200
LONGEST_NAME = 120
_HALF_IN: Final = "half"
_HALF_IN_MS: Final = 600_000

page = Blueprint("entrance", __name__)


def install(app: Flask) -> None:
    """Add the pages."""
    app.register_blueprint(page)


@page.route("/connexion", methods=["GET", "POST"])
@guesses("20 per 15 minutes", "password", methods=["POST"])
@guesses("10 per 15 minutes", "password", key_func=name_and_origin, methods=["POST"], deduct_when=failed)
def sign_in() -> ResponseReturnValue:
    """Sign in by name and password; a name nobody has is answered like a wrong password."""
    if request.method == "GET":
        with reading(hub().engine) as connection:
            if nobody_yet(connection):
                return redirect(url_for("entrance.first_time"))
        return _entrance()
    name, password = request.form.get("name", "")[:120], request.form.get("password", "")[:LONGEST_PASSWORD]
    with reading(hub().engine) as connection:
        who = check_password(connection, name, password)
        needs_second = who is not None and has_second(connection, who.id)
        mark = password_mark(connection, who.id) if who else ""
    if who is None:
        return _entrance(name, _("Name or password is not right. Check both and try again.")), 401
    if needs_second:
        session[_HALF_IN] = [who.id, now_ms() + _HALF_IN_MS, mark]
        return redirect(url_for("entrance.second", next=_wanted()))
    return _in(who)


@page.post("/connexion/cle")
@guesses("20 per 15 minutes", "passkey")
def by_passkey() -> ResponseReturnValue:
    """Sign in by a key alone."""
    who = passkeys.entered(request.form.get("answer", ""))
    if who is None:
        why = _("This key does not open anything here, or it took too long. Try again, or use your password.")
        return _entrance(why=why), 401
    return _in(who)


@page.route("/connexion/deuxieme-etape", methods=["GET", "POST"])
@guesses("20 per 15 minutes", "second step", methods=["POST"])
def second() -> ResponseReturnValue:
    """The code of the telephone, or one from paper; who has not typed the password begins there."""
    who = _half_in()
    if who is None:
        return redirect(url_for("entrance.sign_in", next=_wanted()))
    if request.method == "GET":
        return render_template("second_step.html", wanted=_wanted(), why=None)
    code = request.form.get("code", "")[:40]
    with writing(hub().engine) as connection:
        right = second_step(connection, hub().keys.web_secret(), who.id, code, now_ms())
    if right is True:
        session.pop(_HALF_IN)
        return _in(who)
    why = _(
        "This code is not right, or not any more. Type the one your telephone shows now,"
        " or a recovery code that was not used yet."
    )
    if isinstance(right, Wait):
        minutes = -(-right.seconds // 60)
        why = ngettext(
            "Too many wrong codes. Wait %(num)d minute.",
            "Too many wrong codes. Wait %(num)d minutes.",
            minutes,
        )
    return render_template("second_step.html", wanted=_wanted(), why=why), 401


@page.post("/deconnexion")
def sign_out() -> ResponseReturnValue:
    """End the session."""
    return close_session(redirect(url_for("entrance.sign_in")))


@page.route("/premiere-fois", methods=["GET", "POST"])
@guesses("10 per 15 minutes", "first time", methods=["POST"])
def first_time() -> ResponseReturnValue:
    """Create the first administrator, with the code the hub printed on its terminal."""
    with reading(hub().engine) as connection:
        if not nobody_yet(connection):
            return redirect(url_for("entrance.sign_in"))
    if request.method == "GET":
        return render_template("first_time.html", name="", wrong={})
    name, password = plain(request.form.get("name", ""), LONGEST_NAME), request.form.get("password", "")
    wrong = name_fault(name) | password_faults(password, name)
    if not wrong:
        account = _create(name, password, request.form.get("code", ""))
        if account:
            return remember_browser(open_session(redirect(url_for("today.show")), account), name)
        wrong = {"code": _("This is not the code. It is on the terminal where the hub was started.")}
    return render_template("first_time.html", name=name, wrong=wrong), 422


def name_fault(name: str) -> dict[str, str]:
    """What is wrong with the name of an account."""
    if not likeness(name) or len(name) > LONGEST_NAME:
        return {"name": _("Write a name, at most 120 letters.")}
    if unread(name):
        hidden = _(
            "It holds a sign nobody can see (without width, or turning the writing round): type it anew."
        )
        return {"name": hidden}
    return {}


def password_faults(password: str, name: str) -> dict[str, str]:
    """What is wrong with a new password, and with the same again: its length, or that it is the name of the
    account alone, and no rule besides.
    """
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        return {"password": _("Choose at least %(count)d characters.", count=SHORTEST_PASSWORD)}
    if password != request.form.get("again", ""):
        return {"again": _("The two passwords are not the same.")}
    return name_alone_fault(password, name)


def name_alone_fault(password: str, name: str) -> dict[str, str]:
    """Whether a new password is the name of the account alone; a name yet unknown is empty."""
    if is_only_name(password, name):
        return {"password": _("This is only your name: it would be tried first. Choose something else.")}
    return {}


def _entrance(name: str = "", why: str | None = None) -> str:
    options = passkeys.options_to_enter()
    return render_template("sign_in.html", wanted=_wanted(), name=name, why=why, options=options)


def _wanted() -> str:
    return request.values.get("next", "")


def _in(who: Account) -> ResponseReturnValue:
    return remember_browser(open_session(redirect(local_path(_wanted())), who.id), who.name)


def _half_in() -> Account | None:
    """Who typed the right password a moment ago, in this browser, if it is the password still."""
    account, until_ms, mark = (*session.get(_HALF_IN, ()), "", 0, "")[:3]
    if now_ms() >= until_ms:
        return None
    with reading(hub().engine) as connection:
        same = password_mark(connection, account) == mark
        return account_by_id(connection, account) if same else None


def _create(name: str, password: str, code: str) -> str | None:
    """The account's id, or None when the code is wrong or somebody was faster."""
    with writing(hub().engine) as connection:
        if not nobody_yet(connection) or not setup_code_fits(connection, code[:40]):
            return None
        return create_account(connection, name, password, "admin", now_ms())
