"""One's own account: password, keys, second step, and where one is signed in.

For what would let somebody in later the password is asked each time: a browser left open is worth its
session and no more. Another password takes the keys away, unless their person says that all are their own.
"""

from typing import Any
from urllib.parse import quote, urlencode

from flask import (
    Blueprint,
    Flask,
    Response,
    abort,
    flash,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue

from hub.core.one_time import step_of, written
from hub.store import audit
from hub.store.accounts import check_password, hashed, set_password
from hub.store.database import Connection, reading, writing
from hub.store.duty import call_by, called_by
from hub.store.passkeys import add_passkey as keep_passkey
from hub.store.passkeys import passkeys_of, remove_passkeys
from hub.store.passkeys import remove_passkey as drop_passkey
from hub.store.second_factor import (
    begin_second,
    end_second,
    has_second,
    new_salt,
    recovery_left,
    renew_recovery,
    secret_of,
)
from hub.store.sessions import end_all_sessions, end_session_of, key_of, open_sessions
from hub.web import passkeys
from hub.web.entrance import LONGEST_PASSWORD, password_faults
from hub.web.gettext import _
from hub.web.guard import account, hub, now_ms, own_token
from hub.web.messages import square
from hub.web.tries import guesses
from hub.web.typed import fields, ways_to_call

_ISSUER = "Conciergerie"
_SALT = "salt"


def _is_wrong(answer: Response) -> bool:
    return answer.status_code == 422


_asks_password = guesses("10 per 15 minutes", "present password", deduct_when=_is_wrong)
"""Whoever sits down at a browser left open has so many guesses in all."""

page = Blueprint("my_account", __name__, url_prefix="/mon-compte")


def install(app: Flask) -> None:
    """Add the pages."""
    app.register_blueprint(page)
    app.jinja_env.globals.update(browser_word=browser_word)


def browser_word(browser: str) -> str:
    """`Firefox, Windows`; a word for what said nothing of itself."""
    names = {
        "edge": "Edge",
        "opera": "Opera",
        "samsung": "Samsung Internet",
        "firefox": "Firefox",
        "chrome": "Chrome",
        "safari": "Safari",
        "iphone": "iPhone",
        "ipad": "iPad",
        "android": "Android",
        "windows": "Windows",
        "mac": "Mac",
        "chromebook": "Chromebook",
        "linux": "Linux",
    }
    known = [names[word] for word in browser.split() if word in names]
    return ", ".join(known) or _("a browser")


@page.get("")
def show() -> ResponseReturnValue:
    """All of it."""
    return _page()


# --- the password --------------------------------------------------------------------------------


@page.post("/mot-de-passe")
@_asks_password
def change_password() -> ResponseReturnValue:
    """Another one, for who knows the present one; every other session ends, and keys go but where kept."""
    if not _knows_password():
        return _page({"present": _not_yours()})
    wrong = password_faults(request.form.get("password", ""), account().name)
    if wrong:
        return _page(wrong)
    fresh = hashed(request.form["password"])
    with writing(hub().engine) as connection:
        set_password(connection, account().id, fresh)
        end_all_sessions(connection, account().id, now_ms(), but=own_token())
        _note(connection, "password_changed")
        keys = _keep_or_remove_keys(connection)
    flash(" ".join((_("Your password is changed. You are signed out everywhere else."), *keys)))
    return redirect(url_for("my_account.show"))


def _keep_or_remove_keys(connection: Connection) -> list[str]:
    """Whoever knew the old password may have added one: what became of them, in words."""
    if request.form.get("keep_keys") == "yes":
        kept = [one.name for one in passkeys_of(connection, account().id)]
        return [_("These keys still let you in: %(names)s.", names=", ".join(kept))] if kept else []
    if not remove_passkeys(connection, account().id):
        return []
    _note(connection, "passkey_removed")
    return [_("Your keys were removed: add those you use again.")]


def _not_yours() -> str:
    return _("This is not your password.")


def _knows_password() -> bool:
    present = request.form.get("present", "")[:LONGEST_PASSWORD]
    with reading(hub().engine) as connection:
        return check_password(connection, account().name, present) is not None


# --- where one is signed in ----------------------------------------------------------------------


@page.post("/connexions/<started>/fin")
def end_session(started: str) -> ResponseReturnValue:
    """Sign one of them out."""
    with writing(hub().engine) as connection:
        if not end_session_of(connection, account().id, started, now_ms()):
            abort(404)
        _note(connection, "session_ended")
    return redirect(url_for("my_account.show", _anchor="connexions"))


@page.post("/connexions/autres/fin")
def end_others() -> ResponseReturnValue:
    """Sign out everywhere but here."""
    with writing(hub().engine) as connection:
        end_all_sessions(connection, account().id, now_ms(), but=own_token())
        _note(connection, "sessions_ended")
    return redirect(url_for("my_account.show", _anchor="connexions"))


# --- keys ----------------------------------------------------------------------------------------


@page.post("/cles")
@_asks_password
def add_passkey() -> ResponseReturnValue:
    """A key their browser made, for who knows the password."""
    if not _knows_password():
        return _page({"present_key": _not_yours()})
    name = request.form.get("name", "").strip()[:60] or _("Key")
    key = passkeys.added(request.form.get("answer", ""))
    if key is None:
        return _page({"key": _("No key was made. Try again.")})
    with writing(hub().engine) as connection:
        mine = account().id
        if not keep_passkey(connection, mine, name, key.credential, key.public_key, key.uses, now_ms()):
            return _page({"key": _("This key is known already, or you have too many.")})
        _note(connection, "passkey_added")
    flash(_("The key is added: it lets you in without a password."))
    return redirect(url_for("my_account.show", _anchor="cles"))


@page.post("/cles/<passkey>/retirer")
def remove_passkey(passkey: str) -> ResponseReturnValue:
    """It opens nothing any more."""
    with writing(hub().engine) as connection:
        if not drop_passkey(connection, account().id, passkey):
            abort(404)
        _note(connection, "passkey_removed")
    return redirect(url_for("my_account.show", _anchor="cles"))


# --- the second step -----------------------------------------------------------------------------


@page.route("/deuxieme-etape", methods=["GET", "POST"])
@_asks_password
def second() -> ResponseReturnValue:
    """A square to scan; then the code it makes, to show that the telephone has it, and the password."""
    if request.method == "GET":
        session[_SALT] = new_salt()
        return _second_page()
    if _SALT not in session:
        return redirect(url_for("my_account.second"))
    if not _knows_password():
        return _second_page({"present": _not_yours()})
    code = "".join(request.form.get("code", "").split())[:10]
    step = step_of(_new_secret(), code, now_ms(), 0)
    if step is None:
        return _second_page({"code": _("This is not the code. Type the one your telephone shows now.")})
    with writing(hub().engine) as connection:
        codes = begin_second(connection, account().id, session.pop(_SALT), step, now_ms())
        _note(connection, "second_step_begun")
    return render_template("recovery_codes.html", codes=codes)


@page.post("/deuxieme-etape/retirer")
@_asks_password
def no_second() -> ResponseReturnValue:
    """The password is enough again, for who knows it."""
    if not _knows_password():
        return _page({"present_second": _not_yours()})
    with writing(hub().engine) as connection:
        end_second(connection, account().id)
        _note(connection, "second_step_ended")
    return redirect(url_for("my_account.show", _anchor="deuxieme-etape"))


@page.post("/deuxieme-etape/codes")
@_asks_password
def new_recovery() -> ResponseReturnValue:
    """Ten new codes on paper, for who knows the password; the older ones are void."""
    if not _knows_password():
        return _page({"present_codes": _not_yours()})
    with writing(hub().engine) as connection:
        if not has_second(connection, account().id):
            abort(404)
        codes = renew_recovery(connection, account().id)
        _note(connection, "recovery_renewed")
    return render_template("recovery_codes.html", codes=codes)


def _new_secret() -> bytes:
    return secret_of(hub().keys.web_secret(), account().id, session[_SALT])


def _second_page(wrong: dict[str, str] | None = None) -> ResponseReturnValue:
    secret = written(_new_secret())
    label = quote(f"{_ISSUER}:{account().name}", safe="")
    address = f"otpauth://totp/{label}?{urlencode({'secret': secret, 'issuer': _ISSUER})}"
    answer = render_template(
        "second_begin.html",
        qr=square(address),
        secret=secret,
        wrong=wrong or {},
    )
    return answer, 422 if wrong else 200


# --- calls for what belongs to no site -----------------------------------------------------------


@page.post("/alertes")
def be_called() -> ResponseReturnValue:
    """By telephone, by e-mail or not at all; by day, or at any hour."""
    typed, wrong = fields(("phone", "email", "any_hour")), dict[str, str]()
    ways = ways_to_call(typed, wrong)
    if wrong:
        return _page(wrong, typed)
    with writing(hub().engine) as connection:
        call_by(connection, account().id, **ways, any_hour=bool(typed["any_hour"]))
        _note(connection, "calls_changed")
    flash(_("You are told of what belongs to no site.") if any(ways.values()) else _("You are told no more."))
    return redirect(url_for("my_account.show", _anchor="alertes"))


# --- all of it -----------------------------------------------------------------------------------


def _note(connection: Connection, action: str) -> None:
    audit.note(connection, now_ms(), account().id, action, subject=account().id)


def _page(wrong: dict[str, str] | None = None, typed: dict[str, str] | None = None) -> ResponseReturnValue:
    with reading(hub().engine) as connection:
        keys: list[Any] = passkeys_of(connection, account().id)
        answer = render_template(
            "my_account.html",
            sessions=open_sessions(connection, account().id, now_ms()),
            this=key_of(own_token()),
            keys=keys,
            has_second=has_second(connection, account().id),
            codes_left=recovery_left(connection, account().id),
            calls=typed or called_by(connection, account().id)._mapping,
            options=passkeys.options_to_add(account(), keys),
            wrong=wrong or {},
        )
    return answer, 422 if wrong else 200
