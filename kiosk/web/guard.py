"""What keeps strangers out of the pages: this machine's own browser, and our own page in it, alone.

The server listens on loopback only; a foreign page in the same browser, or a name that resolves to
loopback, is stopped by the checks here. A client that is no browser sends neither Origin nor
Sec-Fetch-Site; it is a program on this machine, which needs no trick.
"""

from collections.abc import Sequence
from typing import Final
from urllib.parse import urlsplit

from flask import Flask, Response, abort, request

LOOPBACK: Final = ("127.0.0.1", "localhost", "[::1]")
HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
        "media-src 'self'; connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


def protect(app: Flask, hosts: Sequence[str]) -> None:
    """Refuse foreign hosts and foreign pages; put the headers on every response."""
    allowed = {*LOOPBACK, *hosts}

    @app.before_request
    def refuse_strangers() -> None:
        if _name(request.host) not in allowed:
            abort(421)
        if request.method not in ("GET", "HEAD") and not _is_our_page():
            abort(403)

    @app.after_request
    def harden(response: Response) -> Response:
        response.headers.update(HEADERS)
        if request.path.startswith(("/look/", "/own/")):
            response.headers["Cache-Control"] = "max-age=3600"
        elif request.path.startswith("/voice/") and response.status_code == 200:
            response.headers["Cache-Control"] = "max-age=31536000, immutable"
        else:
            response.headers["Cache-Control"] = "no-store"
        return response


def _is_our_page() -> bool:
    site = request.headers.get("Sec-Fetch-Site")
    origin = request.headers.get("Origin")
    if site is not None and site != "same-origin":
        return False
    return origin is None or urlsplit(origin).netloc == request.host


def _name(host: str) -> str:
    """The host without its port."""
    name, colon, port = host.rpartition(":")
    return name if colon and port.isdigit() else host
