"""The API for other programs, under `/api/1/`: `routes` says what there is, everything else follows from it.

Nobody's session counts here: a token does (hub.store.api_tokens), with its scopes and sites.
"""

import re
from collections.abc import Callable
from typing import Any, Final, NoReturn

import msgspec
from flask import Blueprint, Flask, Response, current_app, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import Forbidden, Unauthorized, UnsupportedMediaType

from hub.core.scopes import Scope
from hub.store.api_tokens import Token, token_of, used
from hub.store.database import reading, writing
from hub.web.api.calls import Call
from hub.web.api.openapi import document
from hub.web.api.routes import ROUTES, Route
from hub.web.guard import hub, now_ms
from hub.web.problems import PREFIX, RefusedError
from hub.web.tries import bearer, limiter, whence

LARGEST_BODY: Final = 16 * 1024
_LIMITS: Final = {"API_TOKEN_LIMIT": "600 per minute", "API_STRANGER_LIMIT": "300 per 15 minutes"}

page = Blueprint("api", __name__)


def install(app: Flask) -> None:
    """Add the routes, and how often one may ask."""
    app.config.update(_LIMITS)
    app.register_blueprint(page)


def _add(rule: str, name: str, method: str, view: Callable[..., ResponseReturnValue]) -> None:
    """OPTIONS is no method of theirs: no page of another site may ask in a browser."""
    page.add_url_rule(rule, name, view, methods=[method], provide_automatic_options=False)


def _limit(name: str) -> Callable[[], str]:
    return lambda: str(current_app.config[name])


_limited = limiter.shared_limit(_limit("API_TOKEN_LIMIT"), scope="api", key_func=bearer)
"""One budget of each token for all routes."""


# --- who asks ----------------------------------------------------------------------------------


@limiter.shared_limit(_limit("API_STRANGER_LIMIT"), scope="api-strangers", key_func=whence)
def _turn_away() -> NoReturn:
    """Who tries tokens that are none has one budget an address: no token that is good is counted in it."""
    raise Unauthorized


def _token(scope: Scope) -> Token:
    """The token of this request. Raises Unauthorized and Forbidden."""
    kind, _, said = request.headers.get("Authorization", "").partition(" ")
    found = None
    if kind.lower() == "bearer" and said.strip():
        with reading(hub().engine) as connection:
            found = token_of(connection, said.strip(), now_ms())
    if found is None:
        _turn_away()
    token, use_due = found
    if use_due:
        with writing(hub().engine) as connection:
            used(connection, token.id, now_ms())
    if scope not in token.scopes:
        raise Forbidden
    return token


# --- one route ---------------------------------------------------------------------------------


def _view(route: Route) -> Callable[..., ResponseReturnValue]:
    msgspec.json.Decoder(route.takes)  # met here and not by two threads at once (contract.codec)
    bodies = None if route.body is None else msgspec.json.Decoder(route.body)

    def view(**path: str) -> ResponseReturnValue:
        token = _token(route.scope)
        takes = _parameters(route)
        body = None if bodies is None else _body(bodies)
        transaction = reading if route.method == "GET" else writing
        with transaction(hub().engine) as connection:
            given, status = route.handle(Call(connection, token, path, takes, body, now_ms()))
            return _answer(msgspec.json.encode(given), status)

    view.__name__ = route.name
    return _limited(view)


def _parameters(route: Route) -> Any:
    """What stands behind the `?`, each name once. Raises RefusedError."""
    given = request.args.to_dict(flat=False)
    if twice := [name for name, values in given.items() if len(values) > 1]:
        raise RefusedError(400, f"Give each parameter once ({_named(twice[0], route)}).")
    try:
        return msgspec.convert({name: values[0] for name, values in given.items()}, route.takes, strict=False)
    except msgspec.ValidationError as error:
        raise RefusedError(400, f"Parameters: {_said(error)}.") from None


def _body(bodies: "msgspec.json.Decoder[Any]") -> Any:
    request.max_content_length = LARGEST_BODY
    if request.mimetype != "application/json":
        raise UnsupportedMediaType
    try:
        return bodies.decode(request.get_data(cache=False))
    except msgspec.ValidationError as error:
        raise RefusedError(400, f"The body: {_said(error)}.") from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise RefusedError(400, "The body is not JSON.") from None


def _named(name: str, route: Route) -> str:
    return name if name in route.takes.__struct_fields__ else "one of them this does not know"


def _said(error: msgspec.ValidationError) -> str:
    """msgspec's words, which name fields and rules; a word of the sender's is not repeated."""
    said = str(error)
    if said.startswith("Object contains unknown field"):
        return "Object contains a field this does not know"
    return re.sub(r"^(Invalid (?:enum )?value) .*( - at `[^`]*`)$", r"\1\2", said, flags=re.DOTALL)[:200]


def _answer(content: bytes, status: int) -> Response:
    answer = Response(content, status, mimetype="application/json")
    if status == 200 and request.method in ("GET", "HEAD"):
        answer.add_etag()
        answer.make_conditional(request)
    return answer


# --- what is no route --------------------------------------------------------------------------


def _openapi() -> ResponseReturnValue:
    """How to use it; no secret, so anybody may read it."""
    return _answer(document(), 200)


# --- their rules -------------------------------------------------------------------------------

for _route in ROUTES:
    _rule = PREFIX + re.sub(r"\{(\w+)\}", r"<\1>", _route.path)
    _add(_rule, _route.name, _route.method, _view(_route))
_add(f"{PREFIX}openapi.json", "openapi", "GET", _openapi)
