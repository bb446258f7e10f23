"""Who may ask what: sessions, the cross-site guard, and headers."""

from collections.abc import Callable
from functools import wraps
from typing import Final, Literal, ParamSpec
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from flask import Flask, Response, abort, current_app, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import SecurityError
from werkzeug.wrappers import Response as AnyResponse

from hub.context import HubContext
from hub.store.accounts import Account, nobody_yet
from hub.store.database import reading, writing
from hub.store.sessions import LIFE_MS, end_session, session_account, start_session, touch_session
from hub.web.problems import RefusedError, is_for_programs, problem

P = ParamSpec("P")

OPEN_TO_ALL: Final = frozenset(
    {
        "static",
        "look",
        "api.openapi",
        "api_page.show",
        "agendas.read",
        "entrance.sign_in",
        "entrance.first_time",
        "language.choose",
        "partner.enter",
        "partner.worker",
    }
)
OF_THEIR_OWN: Final = frozenset({"partner", "api"})
"""Pages that have their own people, and ask for them themselves."""
_SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
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
    app.after_request(_add_headers)


def hub() -> HubContext:
    """The hub this request is for."""
    context: HubContext = current_app.extensions["hub"]
    return context


def now_ms() -> int:
    """The hub's wall clock."""
    return hub().clock.wall_ms()


def may_compile() -> None:
    """This page may run WebAssembly of ours: the reader of bar codes for browsers that have none."""
    g.policy = _POLICY.replace("script-src 'self'", "script-src 'self' 'wasm-unsafe-eval'")


def uses(device: Literal["camera", "microphone"]) -> None:
    """This page may ask the browser for that; every other page for nothing."""
    g.used = device


def zone() -> ZoneInfo:
    """Where the sites stand."""
    return ZoneInfo(hub().settings.notify.zone)


def account() -> Account:
    """Who is signed in; only behind the guard."""
    signed_in: Account = g.account
    return signed_in


def admin_only(view: Callable[P, ResponseReturnValue]) -> Callable[P, ResponseReturnValue]:
    """Let only administrators use a view."""

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
        if account().role != "admin":
            abort(403)
        return view(*args, **kwargs)

    return guarded


def local_path(address: str) -> str:
    """A path of this hub, or its first page: never another site's address."""
    plain = address.startswith("/") and not address.startswith("//") and "\\" not in address
    return address if plain and address.isprintable() else url_for("today.show")


def open_session(response: AnyResponse, account_id: str) -> AnyResponse:
    """Start a session and hand its token to the browser; a session that was open ends."""
    with writing(hub().engine) as connection:
        if old := request.cookies.get(_cookie_name()):
            end_session(connection, old, now_ms())
        token = start_session(connection, account_id, now_ms())
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
    if token := request.cookies.get(_cookie_name()):
        with writing(hub().engine) as connection:
            end_session(connection, token, now_ms())
    response.delete_cookie(_cookie_name(), path="/", secure=hub().settings.behind_https, samesite="Lax")
    return response


def still_in() -> bool:
    """Whether the session of this (long) request still holds."""
    with reading(hub().engine) as connection:
        return session_account(connection, request.cookies.get(_cookie_name(), ""), now_ms()) is not None


def _cookie_name() -> str:
    """`__Host-` binds the cookie to this host, but browsers take it over https only."""
    return "__Host-conciergerie" if hub().settings.behind_https else "conciergerie"


def _refuse_strange_host() -> ResponseReturnValue | None:
    """Answer only to the names this hub has, in plain text: no page can be addressed from another."""
    try:
        str(request.host)
    except SecurityError:
        if is_for_programs(request.path):
            return problem(RefusedError(400, "This hub has no such name: ask it by one of its own."))
        named = ", ".join(current_app.config["TRUSTED_HOSTS"])
        return f"Cette adresse n’est pas celle du serveur ({named}).\n", 400, {"Content-Type": "text/plain"}
    return None


def _refuse_foreign() -> None:
    """Refuse a change that another site's page sends in the visitor's name.

    Browsers say where a request comes from in Sec-Fetch-Site; older ones in Origin. A request with
    neither is no browser's, and has no cookie to abuse.
    """
    if request.method in _SAFE:
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
    """Find out who asks; strangers are sent to the entrance."""
    if request.endpoint in ("static", "look"):
        return None
    g.account = None
    if is_for_programs(request.path):
        return None  # a session counts for nothing there
    token = request.cookies.get(_cookie_name(), "")
    with reading(hub().engine) as connection:
        found = session_account(connection, token, now_ms()) if token else None
        empty = found is None and nobody_yet(connection)
    if found:
        g.account, touch_due = found
        if touch_due:
            with writing(hub().engine) as connection:
                touch_session(connection, token, now_ms())
        return None
    if request.endpoint in OPEN_TO_ALL or request.blueprint in OF_THEIR_OWN:
        return None
    if request.method not in _SAFE or "text/event-stream" in request.headers.get("Accept", ""):
        abort(401)
    if empty:
        return redirect(url_for("entrance.first_time"))
    return redirect(url_for("entrance.sign_in", next=request.full_path.rstrip("?")))


def _add_headers(response: Response) -> Response:
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
