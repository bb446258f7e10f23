"""Which other programs may ask the hub, and which are told: tokens and webhooks, given and taken back."""

from datetime import datetime, timedelta
from typing import Any, Final

from flask import Blueprint, Flask, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from hub.calling import INCIDENT
from hub.core.rights import may
from hub.core.scopes import PERSONAL, SCOPES, Scope, scopes_of
from hub.core.webhooks import KINDS, secret_text
from hub.notify.hooks import LONGEST_ADDRESS, Fault, fault_of
from hub.store import audit, devices, webhooks
from hub.store.account_care import all_accounts
from hub.store.accounts import account_names
from hub.store.api_tokens import MOST_TOKENS, make_token, revoke_token, tokens
from hub.store.database import Connection, reading, writing
from hub.store.pages import all_sites
from hub.web.gettext import _
from hub.web.guard import account, hub, now_ms, zone
from hub.web.typed import plain

LONGEST_NAME: Final = 80
_LIVES: Final = (30, 90, 365)
"""Days a token may be good for."""

page = Blueprint("programs", __name__, url_prefix="/logiciels")


def install(app: Flask) -> None:
    """Add the pages."""
    app.register_blueprint(page)
    app.jinja_env.globals.update(scope_word=scope_word, kind_told=kind_told, why_not=why_not)


@page.get("")
def show() -> ResponseReturnValue:
    """Tokens and webhooks."""
    return _page()


# --- tokens ------------------------------------------------------------------------------------


@page.post("/jetons")
def give_token() -> ResponseReturnValue:
    """Make a token; it is shown once."""
    typed: dict[str, Any] = {"name": plain(request.form.get("name", ""), LONGEST_NAME), "of": "token"}
    scopes = scopes_of(",".join(request.form.getlist("scope")[: len(SCOPES)]))
    typed |= {"scopes": scopes, "days": request.form.get("days", "")}
    wrong = _name_fault(typed["name"])
    if not scopes:
        wrong["scope"] = _("Choose at least one thing it may do.")
    if typed["days"] not in map(str, _LIVES):
        wrong["days"] = _("Choose how long it is good for.")
    if wrong:
        return _page(typed=typed, wrong=wrong)
    with writing(hub().engine) as connection:
        if len(tokens(connection, now_ms())) >= MOST_TOKENS:
            return _page(typed=typed, wrong={"name": _("There are too many: take some back first.")})
        ends_ms = _end_of_day_ms(int(typed["days"]))
        made, said = make_token(
            connection, typed["name"], scopes, _chosen_sites(connection), ends_ms, account().id, now_ms()
        )
        audit.note(connection, now_ms(), account().id, "token_given", subject=made)
    return _page(told={"name": typed["name"], "what": _("Token"), "secret": said})


@page.post("/jetons/<token>/retirer")
def revoke(token: str) -> ResponseReturnValue:
    """It is good for nothing from now on."""
    with writing(hub().engine) as connection:
        if not revoke_token(connection, token, now_ms()):
            abort(404)
        audit.note(connection, now_ms(), account().id, "token_revoked", subject=token)
    return redirect(url_for("programs.show"))


# --- webhooks ----------------------------------------------------------------------------------


@page.post("/annonces")
def add_webhook() -> ResponseReturnValue:
    """Tell an address what happens; what signs is shown once."""
    typed: dict[str, Any] = {"address": request.form.get("address", "").strip(), "of": "webhook"}
    typed["kinds"] = [kind for kind in KINDS if kind in request.form.getlist("kind")]
    wrong = {}
    if (fault := fault_of(typed["address"])) is not None:
        wrong["address"] = address_fault(fault)
    if not typed["kinds"]:
        wrong["kind"] = _("Choose at least one thing it is told.")
    if wrong:
        return _page(typed=typed, wrong=wrong)
    with writing(hub().engine) as connection:
        if len(webhooks.listed_webhooks(connection)) >= webhooks.MOST_WEBHOOKS:
            return _page(typed=typed, wrong={"address": _("There are too many: take some back first.")})
        sites = _chosen_sites(connection)
        hook = webhooks.add_webhook(
            connection, typed["address"], typed["kinds"], sites, account().id, now_ms()
        )
        audit.note(connection, now_ms(), account().id, "webhook_added", subject=hook)
    return _page(told=_secret(hook, 1, typed["address"]))


@page.post("/annonces/<hook>/essai")
def try_webhook(hook: str) -> ResponseReturnValue:
    """Send something that says it is a test."""
    with writing(hub().engine) as connection:
        _hook_or_404(connection, hook)
        webhooks.send_test(connection, hook, now_ms())
        audit.note(connection, now_ms(), account().id, "webhook_tried", subject=hook)
    return redirect(url_for("programs.show", _anchor=f"annonce-{hook}"))


@page.post("/annonces/<hook>/secret")
def renew_secret(hook: str) -> ResponseReturnValue:
    """Sign with another secret, shown once; the old one signs nothing more."""
    with writing(hub().engine) as connection:
        row = _hook_or_404(connection, hook)
        generation = webhooks.renew_secret(connection, hook)
        audit.note(connection, now_ms(), account().id, "webhook_secret_renewed", subject=hook)
    return _page(told=_secret(hook, generation, row.address))


@page.post("/annonces/<hook>/reprendre")
def enable_webhook(hook: str) -> ResponseReturnValue:
    """Tell it again."""
    with writing(hub().engine) as connection:
        _hook_or_404(connection, hook)
        webhooks.enable_webhook(connection, hook, now_ms())
        card_may_go(connection)
        audit.note(connection, now_ms(), account().id, "webhook_enabled", subject=hook)
    return redirect(url_for("programs.show", _anchor=f"annonce-{hook}"))


@page.post("/annonces/<hook>/retirer")
def remove_webhook(hook: str) -> ResponseReturnValue:
    """Tell it nothing more."""
    with writing(hub().engine) as connection:
        _hook_or_404(connection, hook)
        webhooks.remove_webhook(connection, hook, now_ms())
        card_may_go(connection)
        audit.note(connection, now_ms(), account().id, "webhook_removed", subject=hook)
    return redirect(url_for("programs.show"))


def card_may_go(connection: Connection) -> None:
    """The card closes itself once nothing is given up any more."""
    if not webhooks.any_disabled(connection):
        devices.incidents_over(connection, "", [INCIDENT], now_ms())


def _hook_or_404(connection: Connection, hook: str) -> Any:
    row = webhooks.webhook_row(connection, hook)
    if row is None:
        abort(404)
    return row


def _secret(hook: str, generation: int, address: str) -> dict[str, str]:
    secret = secret_text(hub().keys.webhook_secret(hook, generation))
    return {"name": address, "what": _("Secret that signs"), "secret": secret}


# --- the page ----------------------------------------------------------------------------------


def _page(
    told: dict[str, str] | None = None,
    typed: dict[str, Any] | None = None,
    wrong: dict[str, str] | None = None,
) -> ResponseReturnValue:
    with reading(hub().engine) as connection:
        hooks = webhooks.listed_webhooks(connection)
        answer = render_template(
            "programs.html",
            tokens=tokens(connection, now_ms()),
            now=now_ms(),
            hooks=hooks,
            deliveries={hook.id: webhooks.last_deliveries(connection, hook.id) for hook in hooks},
            names={row.id: row.name for row in all_sites(connection)},
            accounts=account_names(connection),
            lessened=_lessened(connection),
            scopes=SCOPES,
            personal=PERSONAL,
            kinds=KINDS,
            lives=_LIVES,
            longest=LONGEST_ADDRESS,
            told=told,
            typed=typed or {},
            wrong=wrong or {},
        )
    return answer, 422 if wrong else 200


def _lessened(connection: Connection) -> set[str]:
    """Accounts that may give no program anything any more: what they gave can do no more than they."""
    every = (one.account for one in all_accounts(connection))
    return {one.id for one in every if not may(one.role, "programs")}


def _chosen_sites(connection: Connection) -> list[str]:
    """The sites that were ticked; none for all of them."""
    known = {row.id for row in all_sites(connection)}
    return [site for site in request.form.getlist("site")[:200] if site in known]


def _name_fault(name: str) -> dict[str, str]:
    if not 0 < len(name) <= LONGEST_NAME:
        return {"name": _("Write a name, at most 80 letters.")}
    return {}


def _end_of_day_ms(days: int) -> int:
    """The last moment of that day there: nothing ends while somebody works."""
    day = datetime.fromtimestamp(now_ms() / 1000, zone()) + timedelta(days=days)
    return int(day.replace(hour=23, minute=59, second=59, microsecond=0).timestamp() * 1000)


# --- words -------------------------------------------------------------------------------------


def scope_word(scope: Scope) -> str:
    """What a scope lets a program do."""
    return {
        "read:sites": _("see the sites"),
        "read:lockers": _("see the doors"),
        "read:devices": _("see kiosks and bridges"),
        "read:items": _("see parcels and bags"),
        "read:people": _("see who people are"),
        "read:orders": _("see orders and prices"),
        "read:catalogue": _("see the services"),
        "read:expected": _("see expected parcels"),
        "write:expected": _("announce parcels"),
        "read:facts": _("see all that happened"),
    }[scope]


def kind_told(kind: str) -> str:
    """What a webhook is told."""
    return {
        "parcel.received": _("a parcel is there"),
        "parcel.collected": _("a parcel was collected"),
        "order.ready": _("an order is ready"),
        "door.alarm": _("a door is in trouble"),
        "device.offline": _("a device is offline"),
        "test": _("a test"),
    }.get(kind, kind)


def why_not(why: str | None, status: int | None) -> str:
    """Why something could not be told."""
    match why:
        case "unknown_host":
            return _("nobody knows this host")
        case "private":
            return _("the address leads into a private network")
        case "unreachable":
            return _("nobody answers there")
        case "moved":
            return _("it answered by another address (%(status)s)", status=status)
        case "gone":
            return _("it wants to be told no more")
        case "refused" | "trouble":
            return _("it refused (%(status)s)", status=status)
        case _:
            return _("it did not answer in time")


def address_fault(fault: Fault) -> str:
    """What is wrong with an address."""
    match fault:
        case "https":
            return _("Write an address that begins with https://")
        case "credentials":
            return _("No name and password in the address: what is sent is signed.")
        case "length":
            return _("At most 500 letters, none with accents.")
        case _:
            return _("This is no address of a server.")
