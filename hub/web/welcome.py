"""Whoever was handed a code chooses their password with it, and is in."""

from flask import Blueprint, Flask, redirect, render_template, request
from flask.typing import ResponseReturnValue

from hub.store import audit
from hub.store.account_care import invited, spend_code
from hub.store.accounts import Account, account_by_id, hashed, set_password
from hub.store.database import reading, writing
from hub.web.entrance import name_alone_fault, password_faults
from hub.web.gettext import _
from hub.web.guard import hub, local_path, now_ms, open_session
from hub.web.tries import guesses, remember_browser

page = Blueprint("welcome", __name__)


def install(app: Flask) -> None:
    """Add the page."""
    app.register_blueprint(page)


@page.route("/bienvenue", methods=["GET", "POST"])
@guesses("10 per 15 minutes", "invitation", methods=["POST"])
def show() -> ResponseReturnValue:
    """Code and password; the code is typed, so that it is in no address."""
    if request.method == "GET":
        return render_template("welcome.html", wrong={})
    password, code = request.form.get("password", ""), request.form.get("code", "")[:40]
    wrong = password_faults(password, "") or name_alone_fault(password, _name_of(code))
    who = None if wrong else _opened(code, hashed(password))
    if who:
        return remember_browser(open_session(redirect(local_path("")), who.id), who.name)
    wrong = wrong or {
        "code": _("This code is not good, or not any more. Ask who gave it to you for a new one.")
    }
    return render_template("welcome.html", wrong=wrong), 422


def _name_of(code: str) -> str:
    """Of whose code it is; empty for nobody's."""
    with reading(hub().engine) as connection:
        account = invited(connection, code, now_ms())
        who = account_by_id(connection, account) if account else None
        return who.name if who else ""


def _opened(code: str, password_hash: str) -> Account | None:
    """Whose code it is; their account is theirs now."""
    with writing(hub().engine) as connection:
        account = invited(connection, code, now_ms())
        if account is None:
            return None
        set_password(connection, account, password_hash)
        spend_code(connection, account)
        audit.note(connection, now_ms(), account, "account_opened", subject=account)
        return account_by_id(connection, account)
