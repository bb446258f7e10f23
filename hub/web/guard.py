"""Who may ask what: sessions, rights and sites (hub.core.rights), the cross-site guard, and headers."""

from typing import Final, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from flask import Flask, Response, abort, current_app, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response as AnyResponse

from hub.context import HubContext
from hub.core.browsers import browser_of
from hub.core.own_names import is_own, own_names
from hub.core.rights import CHANGES, SAFE, Right, may, needed
from hub.store import audit
from hub.store.accounts import Account, nobody_yet
from hub.store.database import Connection, reading, writing
from hub.store.scope import site_known, site_of_item
from hub.store.sessions import (
    LIFE_MS,
    end_session,
    key_of,
    session_account,
    start_session,
    touch_session,
)
from hub.web.problems import RefusedError, is_for_programs, problem

_PLACES: Final = {"site": site_known, "item": site_of_item}
"""What in an address belongs to a site, and how its site is found."""
_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self';"
    " media-src 'self'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
_HEADERS: Final = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def install(app: Flask) -> None:
    """Hang the guard before and after every request."""
    app.before_request(_refuse_strange_host)
    app.before_request(_refuse_foreign)
    app.before_request(_require_account)
    app.after_request(add_headers)
    app.jinja_env.globals.update(may_ask=may_ask, has_right=has_right, reads_only=reads_only)


def hub() -> HubContext:
    """The hub this request is for."""
    context: HubContext = current_app.extensions["hub"]
    return context


def now_ms() -> int:
    """The hub's wall clock."""
    return hub().clock.wall_ms()


def uses(device: Literal["camera", "microphone"]) -> None:
    """This page may ask the browser for that; every other page for nothing.

    With a camera it may run WebAssembly of ours: the reader of bar codes for browsers that have none.
    """
    g.used = device
    if device == "camera":
        g.policy = _POLICY.replace("script-src 'self'", "script-src 'self' 'wasm-unsafe-eval'")


def zone() -> ZoneInfo:
    """Where the sites stand."""
    return ZoneInfo(hub().settings.notify.zone)


def account() -> Account:
    """Who is signed in; only behind the guard."""
    signed_in: Account = g.account
    return signed_in


def may_ask(endpoint: str, method: str = "GET") -> bool:
    """Whether who is signed in may ask for this page: no page shows a way to what it would refuse."""
    right = needed(endpoint, method)
    return right is not None and may(account().role, right)


def has_right(right: Right) -> bool:
    """Whether who is signed in has the right."""
    return may(account().role, right)


def reads_only() -> bool:
    """Whether who is signed in may change nothing on pages of this kind: forms that would be refused are not
    shown. What is looked for is posted too, and may be.
    """
    here = f"{request.blueprint}."
    asked = {right for endpoint, right in CHANGES.items() if endpoint.startswith(here)} - {"see"}
    return bool(asked) and not any(has_right(right) for right in asked)


def is_open_to_all() -> bool:
    """Whether this request needs nobody to be signed in."""
    return needed(request.endpoint or "", request.method) == "anybody"


def first_page() -> str:
    """Where who is signed in begins: what there is to do, or a site's figures where they read no more."""
    if has_right("see"):
        return url_for("today.show")
    sites = account().sites
    return url_for("client.show", site=min(sites)) if sites else url_for("my_account.show")


def local_path(address: str) -> str:
    """A path of this hub, or its first page: never another site's address."""
    plain = address.startswith("/") and not address.startswith("//") and "\\" not in address
    return address if plain and address.isprintable() else url_for("today.show")


def open_session(response: AnyResponse, account_id: str) -> AnyResponse:
    """Start a session and hand its token to the browser; a session that was open ends."""
    browser = browser_of(request.headers.get("User-Agent", "")[:400])
    with writing(hub().engine) as connection:
        if old := own_token():
            end_session(connection, old, now_ms())
        token = start_session(connection, account_id, now_ms(), browser)
        audit.note(connection, now_ms(), account_id, "signed_in")
    response.set_cookie(
        _cookie_name(),
        token,
        max_age=LIFE_MS // 1000,
        path="/",
        httponly=True,
        samesite="Lax",
        secure=hub().settings.behind_https,
    )
    return response


def close_session(response: AnyResponse) -> AnyResponse:
    """End the session for good."""
    if token := own_token():
        with writing(hub().engine) as connection:
            if found := session_account(connection, token, now_ms()):
                audit.note(connection, now_ms(), found[0].id, "signed_out")
            end_session(connection, token, now_ms())
    response.delete_cookie(_cookie_name(), path="/", secure=hub().settings.behind_https, samesite="Lax")
    return response


def session_key() -> tuple[str, int]:
    """For requests that last: the key of this one's session in the table, and since when who is signed in
    may what they may. Whoever asks on must find both as they were.
    """
    return key_of(own_token()), account().rights_ms


def own_token() -> str:
    """What the browser shows of its session; empty for none."""
    return request.cookies.get(_cookie_name(), "")


def _cookie_name() -> str:
    """`__Host-` binds the cookie to this host, but browsers take it over https only."""
    return "__Host-conciergerie" if hub().settings.behind_https else "conciergerie"


def _refuse_strange_host() -> ResponseReturnValue | None:
    """Answer only to the names this hub has, in plain text: no page can be addressed from another."""
    settings = hub().settings
    names = own_names(settings.trusted_hosts, settings.host)
    if is_own(request.host, names):
        return None
    if is_for_programs(request.path):
        return problem(RefusedError(400, "This hub has no such name: ask it by one of its own."))
    said = f"Cette adresse n’est pas celle du serveur ({', '.join(names)}).\n"
    return Response(said, 400, mimetype="text/plain")


def _refuse_foreign() -> None:
    """Refuse a change that another site's page sends in the visitor's name.

    Browsers say where a request comes from in Sec-Fetch-Site; older ones in Origin. A request with
    neither is no browser's, and has no cookie to abuse.
    """
    if request.method in SAFE:
        return
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        allowed = site in ("same-origin", "none")
    elif origin := request.headers.get("Origin"):
        allowed = urlsplit(origin).netloc == request.host
    else:
        allowed = True
    if not allowed:
        abort(403)


def _require_account() -> ResponseReturnValue | None:
    """Find out who asks; strangers are sent to the entrance, others let in where they may go."""
    if request.endpoint in ("static", "look"):
        return None
    g.account = None
    if is_for_programs(request.path):
        return None  # a session counts for nothing there
    token = own_token()
    with reading(hub().engine) as connection:
        found = session_account(connection, token, now_ms()) if token else None
        if found is None:
            return None if is_strangers() else _to_the_entrance(connection)
        g.account, touch_due = found
        if request.endpoint == "today.show" and not has_right("see"):
            return redirect(first_page())
        _refuse_unless(needed(request.endpoint, request.method) if request.endpoint else "own")
        _refuse_elsewhere(connection)
    if touch_due:
        with writing(hub().engine) as connection:
            touch_session(connection, token, now_ms())
    return None


def is_strangers() -> bool:
    """Whether whoever is not signed in may ask for this; pages with their own people ask themselves."""
    return needed(request.endpoint or "", request.method) in ("anybody", "their_own")


def _to_the_entrance(connection: Connection) -> ResponseReturnValue:
    is_part = "text/event-stream" in request.headers.get("Accept", "") or "HX-Request" in request.headers
    if request.method not in SAFE or is_part:
        abort(401)
    if nobody_yet(connection):
        return redirect(url_for("entrance.first_time"))
    return redirect(url_for("entrance.sign_in", next=request.full_path.rstrip("?")))


def _refuse_unless(right: Right | None) -> None:
    """Refuse what the role may not do, and what nobody put in the table."""
    if right == "their_own":
        return
    if right is None or not may(account().role, right):
        abort(403)


def _refuse_elsewhere(connection: Connection) -> None:
    """Another site's pages are for them as if there was no such site; the same for what lies there."""
    for name, asked in (request.view_args or {}).items():
        if name in _PLACES:
            site = _PLACES[name](connection, asked)
            if site is None or not account().sees(site):
                abort(404)


def add_headers(response: Response) -> Response:
    """What every answer carries."""
    if policy := g.get("policy"):
        response.headers.setdefault("Content-Security-Policy", policy)
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    used = g.get("used", "")
    devices = (f"{one}=({'self' if one == used else ''})" for one in ("camera", "geolocation", "microphone"))
    response.headers["Permissions-Policy"] = ", ".join(devices)
    if hub().settings.behind_https:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    if request.endpoint not in ("static", "look"):
        response.headers["Cache-Control"] = "no-store"
    return response
