"""Errors for programs: `application/problem+json` (RFC 9457), each with what to do about it."""

from typing import Annotated, Final

import msgspec
from flask import Response
from msgspec import Meta, Struct
from werkzeug.exceptions import HTTPException

PREFIX: Final = "/api/1/"
PROBLEM: Final = "application/problem+json"

_ADVICE: Final[dict[int, tuple[str, str]]] = {
    400: ("Bad request", "Compare the request with /api/1/openapi.json, and send it again."),
    401: (
        "No valid token",
        "Send 'Authorization: Bearer TOKEN'. Tokens end: an administrator of the hub gives a new one.",
    ),
    403: (
        "Not allowed",
        "This token lacks the scope this needs: an administrator of the hub can give one that has it.",
    ),
    404: ("Not found", "There is no such thing, or this token may not see its site."),
    405: ("Method not allowed", "Use a method that the header Allow names."),
    409: ("Conflict", "Read it again before you change it."),
    413: ("Too large", "Send less at once."),
    415: ("Not JSON", "Send the body as application/json."),
    429: ("Too many requests", "Wait as long as the header Retry-After says, then go on."),
    503: ("Busy", "Try again in a minute."),
}
_OTHER: Final = ("Something went wrong on our side", "Nothing was changed. Try again in a minute.")


def is_for_programs(path: str) -> bool:
    """Whether an answer under this path is read by a program: errors are problems there, not pages."""
    return path.startswith("/api/") or path == "/metrics"


class Problem(Struct, frozen=True, kw_only=True):
    """What went wrong, and what to do now."""

    type: Annotated[str, Meta(description="Always about:blank: the status says which kind it is")] = (
        "about:blank"
    )
    title: str
    status: Annotated[int, Meta(ge=400, le=599)]
    detail: Annotated[str, Meta(description="What to do now, in English")]


class RefusedError(HTTPException):
    """A request that is answered by a problem of its own words."""

    def __init__(self, code: int, detail: str) -> None:
        super().__init__(detail)
        self.code, self.detail = code, detail


def problem(error: HTTPException) -> Response:
    """The answer to it. Nothing of the request stands in it, nor of what broke."""
    status = error.code or 500
    title, advice = _ADVICE.get(status, _OTHER)
    said = error.detail if isinstance(error, RefusedError) else advice
    answer = Response(
        msgspec.json.encode(Problem(title=title, status=status, detail=said)), status, mimetype=PROBLEM
    )
    for name, value in error.get_headers():
        if name in ("Allow", "Retry-After"):
            answer.headers[name] = value
    if status == 401:
        answer.headers["WWW-Authenticate"] = 'Bearer realm="conciergerie"'
    return answer
