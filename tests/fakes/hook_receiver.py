"""A server that is told what happens, and checks the signature as its makers would."""

import base64
import hmac
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
    """Answers by `status` (with `location`, where it is given) and remembers what it was told."""

    def __init__(self) -> None:
        self.told: list[Told] = []
        self.status = 204
        self.location = ""
        super().__init__()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}/hooks/hub"

    def posted(self, request: BaseHTTPRequestHandler) -> None:
        body = request.rfile.read(int(request.headers.get("Content-Length", "0")))
        self.told.append(Told(request.path, {k.lower(): v for k, v in request.headers.items()}, body))
        if self.hangs:
            self.released.wait()
            return
        request.send_response(self.status)
        if self.location:
            request.send_header("Location", self.location)
        request.send_header("Content-Length", "0")
        request.end_headers()
        while self.drips and not self.released.wait(0.01):
            request.wfile.write(b".")

    def asked(self, request: BaseHTTPRequestHandler) -> None:
        self.told.append(Told(request.path, {}, b""))
        request.send_error(405)


def is_signed_by(told: Told, secret: str) -> bool:
    """Whether the header is the one that belongs to this secret, as Standard Webhooks says."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{told.headers['webhook-id']}.{told.headers['webhook-timestamp']}.".encode() + told.body
    right = base64.b64encode(hmac.new(key, signed, sha256).digest()).decode()
    return told.headers["webhook-signature"] == f"v1,{right}"
