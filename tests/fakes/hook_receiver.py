"""A server that is told what happens, and checks the signature as its makers would."""

import base64
import hmac
import ssl
from hashlib import sha256
from http.server import BaseHTTPRequestHandler
from typing import NamedTuple

from tests.fakes.http_double import HttpDouble


class Told(NamedTuple):
    """One call."""

    path: str
    headers: dict[str, str]
    body: bytes


class HookReceiver(HttpDouble):
    """Answers by `status` (with `location`, where it is given) and remembers what it was told. With
    `crawls` its answer takes ten seconds to say so, sign by sign.
    """

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self.told: list[Told] = []
        self.status = 204
        self.location = ""
        self.crawls = False
        super().__init__(tls)

    @property
    def address(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.port}/hooks/hub"

    def posted(self, request: BaseHTTPRequestHandler) -> None:
        body = request.rfile.read(int(request.headers.get("Content-Length", "0")))
        self.told.append(Told(request.path, {k.lower(): v for k, v in request.headers.items()}, body))
        if self.hangs:
            self.released.wait()
            return
        if self.crawls:
            self._crawl(request)
            return
        request.send_response(self.status)
        if self.location:
            request.send_header("Location", self.location)
        request.send_header("Content-Length", "0")
        request.end_headers()
        while self.drips and not self.released.wait(0.01):
            request.wfile.write(b".")

    def _crawl(self, request: BaseHTTPRequestHandler) -> None:
        request.wfile.write(b"HTTP/1.1")
        for _ in range(100):
            if self.released.wait(0.1):
                break
            request.wfile.write(b" ")
        request.wfile.write(f"{self.status} \r\n\r\n".encode())

    def asked(self, request: BaseHTTPRequestHandler) -> None:
        self.told.append(Told(request.path, {}, b""))
        request.send_error(405)


def is_signed_by(told: Told, secret: str) -> bool:
    """Whether the header is the one that belongs to this secret, as Standard Webhooks says."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{told.headers['webhook-id']}.{told.headers['webhook-timestamp']}.".encode() + told.body
    right = base64.b64encode(hmac.new(key, signed, sha256).digest()).decode()
    return told.headers["webhook-signature"] == f"v1,{right}"
