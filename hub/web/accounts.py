"""Who signs in to these pages: invited with a code told once, changed, shut out. Each by those above them."""

from collections.abc import Iterable
from typing import Any, cast, get_args

from flask import Blueprint, Flask, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from hub.core.rights import EVERYWHERE, Role, gives, looks_after
from hub.store import audit
from hub.store.account_care import (
    Kept,
    LastAdministratorError,
    NameTakenError,
    add_account,
    all_accounts,
    change_account,
    close_account,
)
from hub.store.account_care import invite as new_code_for
from hub.store.accounts import Account
from hub.store.database import Connection, reading, writing
from hub.store.employers import employer_names
from hub.store.programs_made import Made, made_by
from hub.web.entrance import LONGEST_NAME, name_fault
from hub.web.gettext import _
from hub.web.guard import account, hub, now_ms
from hub.web.messages import square
from hub.web.places import my_sites
from hub.web.programs import card_may_go
from hub.web.typed import plain

page = Blueprint("accounts", __name__, url_prefix="/acces")


def install(app: Flask) -> None:
    """Add the pages."""
    app.register_blueprint(page)
    app.jinja_env.globals.update(role_word=role_word, program_kind=program_kind)


def role_word(role: Role) -> tuple[str, str]:
    """The role, and what it may."""
    return {
        "concierge": (_("Concierge"), _("the daily work of their sites")),
        "lead": (
            _("Lead of several sites"),
            _("the same, and the team, the accounts and the rules of their sites"),
        ),
        "client": (
            _("Client, reads figures"),
            _("how many and the state of the lockers: no name, no change"),
        ),
        "network": (_("Network head"), _("reads every site; changes catalogues, partners and rules")),
        "admin": (_("Administrator"), _("everything, at every site")),
    }[role]


@page.get("")
def show() -> ResponseReturnValue:
    """Those somebody looks after."""
    return _page()


@page.post("")
def invite() -> ResponseReturnValue:
    """A new account, and the code by which its person comes in, which is shown once."""
    typed = _typed()
    wrong = _faults(typed)
    if wrong:
        return _page(typed, wrong)
    try:
        with writing(hub().engine) as connection:
            chosen = (typed["role"], typed["sites"], typed["employer"])
            who, code = add_account(connection, typed["name"], *chosen, account().id, now_ms())
            _note(connection, "account_invited", who, typed["sites"], typed["role"])
    except NameTakenError:
        return _page(typed, {"name": _("Somebody has this name already.")})
    return _page(told=_told(typed["name"], code))


@page.route("/<who>", methods=["GET", "POST"])
def edit(who: str) -> ResponseReturnValue:
    """Another name, role, or other sites; what is open anywhere follows at once."""
    found = _theirs_or_404(who)
    if request.method == "GET":
        one = found.account
        return _form(
            found, {"name": one.name, "role": one.role, "sites": one.sites or (), "employer": one.employer}
        )
    typed = _typed()
    wrong = _faults(typed)
    if not wrong:
        try:
            with writing(hub().engine) as connection:
                chosen = (typed["role"], typed["sites"], typed["employer"])
                change_account(connection, who, typed["name"], *chosen, now_ms())
                _note(connection, "account_changed", who, typed["sites"], typed["role"])
            return redirect(url_for("accounts.show"))
        except LastAdministratorError:
            wrong = {"role": _last_word()}
        except NameTakenError:
            wrong = {"name": _("Somebody has this name already.")}
    return _form(found, typed, wrong)


@page.post("/<who>/code")
def new_code(who: str) -> ResponseReturnValue:
    """Begin anew: password, keys and second step are void, whoever is in is out; a code, shown once."""
    found = _theirs_or_404(who)
    try:
        with writing(hub().engine) as connection:
            code = new_code_for(connection, who, account().id, now_ms())
            _note(connection, "account_code", who, found.account.sites or ())
    except LastAdministratorError:
        return _page(wrong={"last": _last_word()})
    return _page(told=_told(found.account.name, code))


@page.route("/<who>/fermer", methods=["GET", "POST"])
def close(who: str) -> ResponseReturnValue:
    """What ends with it and what does not; then nobody comes in by it any more, and its open pages end."""
    found = _theirs_or_404(who)
    if request.method == "GET":
        return _closing(found.account)
    kept = set(request.form.getlist("keep")[:1000]) if who != account().id else set()
    try:
        with writing(hub().engine) as connection:
            made = close_account(connection, who, now_ms(), kept, account().id)
            _note(connection, "account_closed", who, found.account.sites or ())
            _note_programs(connection, made, kept)
    except LastAdministratorError:
        return _page(wrong={"last": _last_word()})
    flash(_("The account of %(name)s is closed.", name=found.account.name))
    return redirect(url_for("accounts.show"))


def _closing(one: Account) -> str:
    with reading(hub().engine) as connection:
        made = made_by(connection, one.id, now_ms())
    sites = [site for site in my_sites() if one.sites is not None and site.id in one.sites]
    return render_template("account_close.html", one=one, made=made, sites=sites)


def _note_programs(connection: Connection, made: Iterable[Made], kept: set[str]) -> None:
    """Each as if it had been taken back, or given, by whoever closes."""
    words = {
        "token": ("token_given", "token_revoked"),
        "webhook": ("webhook_added", "webhook_removed"),
        "calendar": ("calendar_given", "calendar_revoked"),
    }
    for one in made:
        action = words[one.kind][one.id not in kept]
        audit.note(connection, now_ms(), account().id, action, site=one.site, subject=one.id)
    card_may_go(connection)


def program_kind(one: Made) -> str:
    """What it is, before its name."""
    return {"token": _("Token"), "webhook": _("Address that is told"), "calendar": _("Calendar")}[one.kind]


def _theirs_or_404(who: str) -> Kept:
    """An account they look after; any other is none."""
    with reading(hub().engine) as connection:
        found = next((one for one in all_accounts(connection) if one.account.id == who), None)
    if found is None or not _mine(found.account):
        abort(404)
    return found


def _mine(one: Account) -> bool:
    return looks_after(account().role, account().sites, one.role, one.sites)


def _typed() -> dict[str, Any]:
    """What the form says; sites are those of whoever sends it, and none for a role that sees all."""
    role = request.form.get("role", "")
    chosen = set(request.form.getlist("sites")[:1000])
    listed = role not in EVERYWHERE
    return {
        "name": plain(request.form.get("name", ""), LONGEST_NAME),
        "role": cast(Role, role),
        "sites": [one.id for one in my_sites() if one.id in chosen] if listed else [],
        "employer": request.form.get("employer", "")[:64] or None if role == "client" else None,
    }


def _faults(typed: dict[str, Any]) -> dict[str, str]:
    wrong = name_fault(typed["name"])
    if typed["role"] not in get_args(Role) or typed["role"] not in gives(account().role):
        wrong["role"] = _("Choose what they may do.")
    elif typed["role"] not in EVERYWHERE and not typed["sites"]:
        wrong["sites"] = _("Choose at least one site.")
    with reading(hub().engine) as connection:
        if typed["employer"] and typed["employer"] not in employer_names(connection, account().sites):
            wrong["employer"] = _("Choose an employer of the list.")
    return wrong


def _last_word() -> str:
    return _("This is the only administrator: make another one first.")


def _note(connection: Connection, action: str, who: str, sites: Iterable[str], role: str = "") -> None:
    """Where it is of one site, those of the site read it."""
    listed = list(sites)
    site = listed[0] if len(listed) == 1 else None
    audit.note(connection, now_ms(), account().id, action, site=site, subject=who, detail=role)


def _told(name: str, code: str) -> dict[str, Any]:
    """What is handed over: the address in writing and as a square, and the code, which is in neither."""
    address = url_for("welcome.show", _external=True)
    return {"name": name, "code": code, "address": address, "qr": square(address)}


def _page(
    typed: dict[str, Any] | None = None,
    wrong: dict[str, str] | None = None,
    told: dict[str, Any] | None = None,
) -> ResponseReturnValue:
    with reading(hub().engine) as connection:
        kept = [one for one in all_accounts(connection) if _mine(one.account)]
        employers = employer_names(connection, account().sites)
    site_names = {one.id: one.name for one in my_sites()}
    answer = render_template(
        "accounts.html",
        kept=kept,
        now=now_ms(),
        site_names=site_names,
        roles=gives(account().role),
        employers=employers,
        typed=typed or {"role": "concierge", "sites": list(site_names) if len(site_names) == 1 else []},
        wrong=wrong or {},
        told=told,
    )
    return answer, 422 if wrong else 200


def _form(found: Kept, typed: dict[str, Any], wrong: dict[str, str] | None = None) -> ResponseReturnValue:
    with reading(hub().engine) as connection:
        employers = employer_names(connection, account().sites)
    answer = render_template(
        "account.html",
        one=found.account,
        site_names={one.id: one.name for one in my_sites()},
        roles=gives(account().role),
        employers=employers,
        typed=typed,
        wrong=wrong or {},
    )
    return answer, 422 if wrong else 200
