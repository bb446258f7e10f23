"""The hub's pages as somebody signed in sees them, without a browser."""

import http.client
import re
from urllib.parse import urlencode

from deploy.brokers import LOOPBACK
from deploy.demo.plan import SITE

ORDER = re.compile(r'id="order-([0-9a-f]+)"')
HIDDEN = re.compile(r'<input type="hidden" name="(allocation|item)" value="([^"]*)">')
"""What a form says of what lay there when its page was read."""
_PART = '--part\r\nContent-Disposition: form-data; name="audio"; filename="voice"\r\n\r\n'


class HubPages:
    """A browser without eyes at the hub."""

    def __init__(self, port: int, name: str, password: str) -> None:
        self._port, self._cookie = port, ""
        status, _, cookie = self._request("POST", "/connexion", name=name, password=password)
        assert status == http.client.FOUND
        self._cookie = cookie.partition(";")[0]

    def get(self, path: str) -> str:
        """A page."""
        status, text, _ = self._request("GET", path)
        assert status == http.client.OK, f"{path}: {status}"
        return text

    def tell_next_code(self, item: str) -> str:
        """The code to read out by telephone for a parcel whose site cannot be reached."""
        status, page, _ = self._request("POST", f"/colis/{item}/code", which="next")
        assert status == http.client.OK
        found = re.search(r'class="code"[^>]*aria-label="([\d ]+)"', page)
        assert found is not None
        return found.group(1).replace(" ", "")

    def ask_to_open(self, door: int) -> str:
        """Wish a door open from afar, its person being there; the order's id."""
        page = self.door(door)
        before = set(ORDER.findall(page))
        where = f"/sites/{SITE}/casiers/{door}/ouvrir"
        form = page[page.index('id="ouvrir"') :]
        typed = dict(HIDDEN.findall(form)) | {"reason": "look_inside", "sure": "yes"}
        if 'name="consent"' in form:
            typed["consent"] = "present"
        status, _, _ = self._request("POST", where, **typed)
        assert status == http.client.FOUND
        (order,) = set(self.orders(door)) - before
        return order

    def take_in(self, label: str, place: int | None = None) -> str:
        """A parcel for the first person of the list is put on a shelf place; the parcel's id."""
        where = f"/sites/{SITE}/colis/recevoir"
        _, page, _ = self._request("POST", where, label=label, read="yes")
        person, item = (
            re.findall(rf'name="{name}" value="([0-9a-f]+)"', page)[0] for name in ("person", "item")
        )
        typed = {"label": label, "person": person, "item": item, "kind": "parcel", "size": "M"}
        status, _, _ = self._request("POST", f"{where}/poser", **typed, place=str(place or ""))
        assert status == http.client.FOUND
        return str(item)

    def orders(self, door: int) -> list[str]:
        """The orders a door's page shows, the newest first."""
        return ORDER.findall(self.door(door))

    def door(self, door: int) -> str:
        """A door's page."""
        return self.get(f"/sites/{SITE}/casiers/{door}")

    def drawn(self, door: int) -> str:
        """The word the drawing of all lockers has for a door."""
        drawing = self.get(f"/sites/{SITE}/casiers")
        return drawing.partition(f'id="door-{door}"')[2].partition('data-state="')[2].partition('"')[0]

    def alarms(self) -> list[str]:
        """The kinds of things the first page says somebody must see to."""
        return re.findall(r'data-tone="alarm" id="thing-([a-z_]+)-', self.get("/"))

    def record(self, language: str, prompt: str, sound: bytes) -> None:
        """Choose a file for a line of the kiosk's voice."""
        body = _PART.encode() + sound + b"\r\n--part--\r\n"
        path = f"/sites/{SITE}/voix/{language}/{prompt}"
        status, _, _ = self._send("POST", path, body, "multipart/form-data; boundary=part")
        assert status == http.client.OK

    def _request(self, method: str, path: str, **fields: str) -> tuple[int, str, str]:
        body = urlencode(fields).encode() if fields else None
        return self._send(method, path, body, "application/x-www-form-urlencoded")

    def _send(self, method: str, path: str, body: bytes | None, kind: str) -> tuple[int, str, str]:
        connection = http.client.HTTPConnection(LOOPBACK, self._port, timeout=30)
        try:
            connection.request(method, path, body, {"Cookie": self._cookie, "Content-Type": kind})
            response = connection.getresponse()
            return response.status, response.read().decode(), response.headers.get("Set-Cookie", "")
        finally:
            connection.close()
