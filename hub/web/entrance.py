"""Coming in: the first administrator, signing in and out."""

from flask import Blueprint, Flask, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from hub.store.accounts import (
    SHORTEST_PASSWORD,
    check_password,
    create_account,
    nobody_yet,
    setup_code_fits,
)
from hub.store.database import reading, writing
from hub.web.gettext import _
from hub.web.guard import close_session, hub, local_path, now_ms, open_session
from hub.web.tries import failed, limiter, name_and_origin, remember_browser

LONGEST_PASSWORD = 200

page = Blueprint("entrance", __name__)


def install(app: Flask) -> None:
    """Add the pages."""
    app.register_blueprint(page)


@page.route("/connexion", methods=["GET", "POST"])
@limiter.limit("20 per 15 minutes", methods=["POST"])
@limiter.limit("10 per 15 minutes", key_func=name_and_origin, methods=["POST"], deduct_when=failed)
def sign_in() -> ResponseReturnValue:
    """Sign in by name and password; a name nobody has is answered like a wrong password."""
    wanted = request.values.get("next", "")
    if request.method == "GET":
        with reading(hub().engine) as connection:
            if nobody_yet(connection):
                return redirect(url_for("entrance.first_time"))
        return render_template("sign_in.html", wanted=wanted, name="", why=None)
    name, password = request.form.get("name", "")[:120], request.form.get("password", "")[:LONGEST_PASSWORD]
    with reading(hub().engine) as connection:
        who = check_password(connection, name, password)
    if who is None:
        why = _("Name or password is not right. Check both and try again.")
        return render_template("sign_in.html", wanted=wanted, name=name, why=why), 401
    return remember_browser(open_session(redirect(local_path(wanted)), who.id), name)


@page.post("/deconnexion")
def sign_out() -> ResponseReturnValue:
    """End the session."""
    return close_session(redirect(url_for("entrance.sign_in")))


@page.route("/premiere-fois", methods=["GET", "POST"])
@limiter.limit("10 per 15 minutes", methods=["POST"])
def first_time() -> ResponseReturnValue:
    """Create the first administrator, with the code the hub printed on its terminal."""
    with reading(hub().engine) as connection:
        if not nobody_yet(connection):
            return redirect(url_for("entrance.sign_in"))
    if request.method == "GET":
        return render_template("first_time.html", name="", wrong={})
    name, password = request.form.get("name", "").strip(), request.form.get("password", "")
    wrong = _faults(name, password)
    if not wrong:
        account = _create(name, password, request.form.get("code", ""))
        if account:
            return remember_browser(open_session(redirect(url_for("today.show")), account), name)
        wrong = {"code": _("This is not the code. It is on the terminal where the hub was started.")}
    return render_template("first_time.html", name=name, wrong=wrong), 422


def _faults(name: str, password: str) -> dict[str, str]:
    wrong = {}
    if not 0 < len(name) <= 120:
        wrong["name"] = _("Write a name, at most 120 letters.")
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        wrong["password"] = _("Choose at least %(count)d characters.", count=SHORTEST_PASSWORD)
    elif password != request.form.get("again", ""):
        wrong["again"] = _("The two passwords are not the same.")
    return wrong


def _create(name: str, password: str, code: str) -> str | None:
    """The account's id, or None when the code is wrong or somebody was faster."""
    with writing(hub().engine) as connection:
        if not nobody_yet(connection) or not setup_code_fits(connection, code[:40]):
            return None
        return create_account(connection, name, password, "admin", now_ms())
