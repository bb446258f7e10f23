"""An SMS gateway and a mail server on the loopback: real sockets, every way to say no."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.fakes.http_double import HttpDouble
from tests.fakes.ports import free_port


class HttpGateway(HttpDouble):
    """Takes what is posted to it and answers `status`."""

    def __init__(self) -> None:
        self.status = 200
        self.got: list[dict[str, Any]] = []
        self.paths: list[str] = []
        super().__init__()

    @property
    def address(self) -> str:
        """The apprise address: the number in `to`, the text in `message`, nothing in the path."""
        return f"json://127.0.0.1:{self.port}/sms?:to={{to}}&:sender={{from}}"

    def texts(self) -> list[str]:
        return [str(one["message"]) for one in self.got]

    def posted(self, request: BaseHTTPRequestHandler) -> None:
        body = request.rfile.read(int(request.headers["Content-Length"]))
        self.paths.append(request.path)
        self.got.append(json.loads(body))
        if self.hangs:
            self.released.wait()
        try:
            request.send_response(self.status)
            request.end_headers()
            while self.drips and not self.released.wait(0.05):
                request.wfile.write(b".")
            request.wfile.write(body)  # it repeats all it was told, as some do
        except OSError:
            pass  # whoever asked has gone


class MailServer:
    """An SMTP server that keeps what it took, or refuses a recipient with `refusal`."""

    def __init__(self) -> None:
        self.refusal = ""
        self.got: list[Envelope] = []
        self._controller = Controller(self, hostname="127.0.0.1", port=free_port(), ready_timeout=60)
        self._controller.start()

    async def handle_RCPT(  # noqa: N802 - the name aiosmtpd looks for
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.refusal:
            return f"{self.refusal} <{address}>"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        self.got.append(envelope)
        return "250 taken"

    @property
    def address(self) -> str:
        return f"mailto://127.0.0.1:{self._controller.port}?mode=insecure&format=text&to={{to}}&from={{from}}"

    def close(self) -> None:
        self._controller.stop()


@contextmanager
def http_gateway() -> Iterator[HttpGateway]:
    gateway = HttpGateway()
    try:
        yield gateway
    finally:
        gateway.close()


@contextmanager
def mail_server() -> Iterator[MailServer]:
    server = MailServer()
    try:
        yield server
    finally:
        server.close()
