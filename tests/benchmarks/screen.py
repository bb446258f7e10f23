"""The kiosk's pages as a person uses them, by the posts that its own page makes."""

import http.client
import json
import re
import socket
import threading
from contextlib import suppress
from typing import Any, Final

from contract.messages import Size
from deploy.brokers import LOOPBACK
from deploy.demo.concierge import Deposit
from tests.benchmarks.whole_site import WholeSite
from tests.fakes.waiting import wait_until

_PATIENCE_SECONDS = 20.0
_SHOWN = re.compile(r'data-screen="([a-z_]+)"')
_FORM = {"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin"}
_SIZES: Final[tuple[Size, ...]] = ("S", "M", "L", "XL")


class Screen:
    """One person at the kiosk of a whole site, its page open."""

    def __init__(self, site: WholeSite) -> None:
        self._site, self._shown = site, ""
        self._line = socket.create_connection((LOOPBACK, site.plan.ports.kiosk), timeout=20)
        self._page = http.client.HTTPConnection(LOOPBACK, site.plan.ports.kiosk)
        self._page.request("GET", "/live")
        threading.Thread(target=self._look, args=(self._page.getresponse(),), daemon=True).start()
        self._log = site.plan.data / "cabinet.jsonl"

    def close(self) -> None:
        """Close the page."""
        self._line.close()
        self._page.close()

    def deposit(self, nth: int = 0) -> Deposit:
        """The concierge puts a parcel away: each for somebody else, and behind a door of another size."""
        with self._site.stage.concierge() as concierge:
            person = concierge.people()[nth]
            staff = concierge.sign_in(self._site.known.staff_number, self._site.known.pin)
            parcel = concierge.deposit(staff, person, _SIZES[nth], "6A98765432109", "Colissimo")
            concierge.leave(staff)
            concierge.wait_until_told()
        return parcel

    def collect(self, parcel: Deposit) -> None:
        """Type the code, take it out, shut the door, go."""
        self.post("code", digits=parcel.slip.digits)
        self.shows("door_open")
        self._site.stage.hands.close(parcel.compartment)
        self.shows("have_it")
        self.post("have-it")
        self.post("leave")
        self.shows("start")

    def post(self, action: str, **fields: str) -> None:
        """What the page does at a touch."""
        body = "&".join(f"{name}={value}" for name, value in fields.items())
        head = "".join(f"{name}: {value}\r\n" for name, value in _FORM.items())
        head = f"POST /do/{action} HTTP/1.1\r\nHost: {LOOPBACK}\r\n{head}Content-Length: {len(body)}\r\n\r\n"
        self._line.sendall((head + body).encode())  # in one piece, as browsers do with small forms
        answer = http.client.HTTPResponse(self._line, method="POST")
        answer.begin()
        answer.read()
        if answer.status >= http.client.BAD_REQUEST:
            raise RuntimeError(f"the kiosk answers {answer.status}")

    def shows(self, *screens: str) -> None:
        """Wait until the kiosk shows one of these."""
        wait_until(lambda: self._shown in screens, _PATIENCE_SECONDS)

    def cabinet_log(self, kind: str, **fields: object) -> list[dict[str, Any]]:
        """The board's own lines of this kind."""
        lines = map(json.loads, self._log.read_bytes().split(b"\n")[:-1])
        wanted = fields | {"kind": kind}
        return [line for line in lines if all(line.get(name) == value for name, value in wanted.items())]

    def _look(self, stream: http.client.HTTPResponse) -> None:
        """What the page is sent, for as long as it is open."""
        with suppress(OSError, ValueError, http.client.HTTPException):
            for line in stream:
                if found := _SHOWN.search(line.decode()):
                    self._shown = found[1]
