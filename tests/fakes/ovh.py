"""OVH's SMS service on the loopback: it has its own hour, checks signatures, and can refuse in every way.

Written from OVH's description of its API, not from our adapter: that the two agree is the test.
"""

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from typing import Any

from tests.fakes.http_double import HttpDouble

APPLICATION_KEY, APPLICATION_SECRET, CONSUMER_KEY = "7kbG7Bk7S9Nt7ZSV", "EXEgWIz07P0HYwtQ", "MtSwSrPpNjqfVSmJ"
SERVICE = "sms-ab12345-1"

_TOLERANCE_SECONDS = 300


class OvhService(HttpDouble):
    """`hour` is the second it takes it to be; `status` and `said` its next answers to a job it could take."""

    def __init__(self, hour: int) -> None:
        self.hour = hour
        self.status = 200
        self.said: dict[str, Any] | None = None
        self.answer: Any = self
        """Anything else to say instead; itself for nothing else."""
        self.hours_asked = 0
        self.tried = 0
        self.jobs: list[dict[str, Any]] = []
        """What was taken or answered by `status`, signature and hour being right."""
        super().__init__()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}/1.0"

    def texts(self) -> list[str]:
        return [str(job["message"]) for job in self.jobs]

    def asked(self, request: BaseHTTPRequestHandler) -> None:
        self.hours_asked += 1
        known = request.path == "/1.0/auth/time"
        self._answer(request, 200 if known else 404, self.hour if known else {"message": "no such call"})

    def posted(self, request: BaseHTTPRequestHandler) -> None:
        body = request.rfile.read(int(request.headers["Content-Length"])).decode()
        self.tried += 1
        wrong = self._wrong(request, body)
        if wrong is not None:
            self._answer(request, *wrong)
            return
        job = json.loads(body)
        self.jobs.append(job)
        if self.hangs:
            self.released.wait()
        taken = {"totalCreditsRemoved": 1, "ids": [27814656], "invalidReceivers": []}
        said = taken | {"validReceivers": job["receivers"]} if self.said is None else self.said
        self._answer(request, self.status, said if self.answer is self else self.answer)

    def _wrong(self, request: BaseHTTPRequestHandler, body: str) -> tuple[int, dict[str, str]] | None:
        heads = request.headers
        if heads["X-Ovh-Application"] != APPLICATION_KEY:
            return 403, {"errorCode": "INVALID_KEY", "message": "This application key is invalid"}
        if heads["X-Ovh-Consumer"] != CONSUMER_KEY:
            return 403, {"errorCode": "INVALID_CREDENTIAL", "message": "This credential does not exist"}
        second = heads["X-Ovh-Timestamp"]
        if abs(int(second) - self.hour) > _TOLERANCE_SECONDS:
            return 400, {"errorCode": "QUERY_TIME_OUT", "message": "Query out of time"}
        whole = f"http://{heads['Host']}{request.path}"
        pieces = (APPLICATION_SECRET, CONSUMER_KEY, request.command, whole, body, second)
        seen = hashlib.sha1("+".join(pieces).encode("utf-8")).hexdigest()  # noqa: S324 - theirs
        if heads["X-Ovh-Signature"] != f"$1${seen}":
            return 400, {"errorCode": "INVALID_SIGNATURE", "message": "Invalid signature"}
        if request.path != f"/1.0/sms/{SERVICE}/jobs":
            return 404, {"errorCode": "NOT_FOUND", "message": "This service does not exist"}
        return None

    def _answer(self, request: BaseHTTPRequestHandler, status: int, said: Any) -> None:
        body = json.dumps(said).encode()
        try:
            request.send_response(status)
            request.send_header("Content-Type", "application/json; charset=utf-8")
            if not self.drips:
                request.send_header("Content-Length", str(len(body)))
            request.end_headers()
            while self.drips and not self.released.wait(0.05):
                request.wfile.write(b" ")
            request.wfile.write(body)
        except OSError:
            pass  # whoever asked has gone


@contextmanager
def ovh_service(hour: int) -> Iterator[OvhService]:
    service = OvhService(hour)
    try:
        yield service
    finally:
        service.close()
