"""Who stands at a real kiosk: a person with a slip, and the concierge who puts parcels away.

They see the screen as a browser gets it, touch what it offers, and have hands at the doors; nothing else.
"""

import http.client
import re
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlencode

from locker_firmware_bridge.boards.simulated.control import SimulatedBoardControl
from tests.fakes.waiting import patiently

_TROUBLE: Final = ("code_refused", "silent", "refusal", "typing", "at_counter", "next_door")


@dataclass(frozen=True)
class Slip:
    """What is on the ticket, and where it lies."""

    door: int
    digits: str


class KioskScreen:
    """The pages of a kiosk on a loopback port."""

    def __init__(self, port: int) -> None:
        self._port = port

    def html(self) -> str:
        """The screen as it is."""
        return self._request("GET", "/screen")

    def name(self) -> str:
        """Which screen it is; empty while there is none."""
        try:
            found = re.search(r'data-screen="([a-z_]+)"', self.html())
        except (OSError, http.client.HTTPException):
            return ""
        return found.group(1) if found else ""

    def touch(self, action: str, **fields: str) -> None:
        """Post what a button posts."""
        self._request("POST", f"/do/{action}", urlencode(fields))

    def said(self) -> list[str]:
        """The files the screen is to play, one after the other."""
        found = re.search(r'data-said="([^"]*)"', self.html())
        return found.group(1).split() if found else []

    def sound(self, address: str) -> bytes:
        """One of them."""
        return self._get("GET", address)

    def wait_for(self, *names: str) -> str:
        """Until one of these screens is shown; which it was."""
        shown: list[str] = []

        def so() -> bool:
            shown[:] = [self.name()]
            return shown[0] in names

        patiently(so)
        return shown[0]

    def _request(self, method: str, path: str, body: str | None = None) -> str:
        return self._get(method, path, body).decode()

    def _get(self, method: str, path: str, body: str | None = None) -> bytes:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=30)
        try:
            headers = {"Content-Type": "application/x-www-form-urlencoded"} if body is not None else {}
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            content = response.read()
        finally:
            connection.close()
        assert response.status < http.client.BAD_REQUEST, f"{path}: {response.status}"
        return content


@dataclass
class Person:
    """Somebody who wants a parcel. `asked` counts how often they asked for the door to open."""

    screen: KioskScreen
    hands: SimulatedBoardControl
    slip: Slip
    asked: int = 0
    has_it: bool = field(default=False)

    def type_code(self) -> None:
        """Type what is on the slip."""
        self.asked += 1
        self.screen.touch("code", digits=self.slip.digits)

    def wait_for_open_door(self) -> None:
        """Stand before the door until it opens."""
        patiently(lambda: not self._door_is_shut())

    def take_and_shut(self) -> None:
        """The open door: take what lies there and push it shut. No hand is so quick that the bridge has not
        looked at the door meanwhile, or it was never open.
        """
        looks = self.hands.looks()
        self.hands.take(self.slip.door)
        patiently(lambda: self.hands.looks() >= looks + 2)
        self.hands.close(self.slip.door)
        self.has_it = True

    def collect(self) -> None:
        """Do what the screen says, from wherever it is, until the parcel is in hand and it says no more."""
        patiently(self._is_done)
        self.screen.touch("leave")
        self.screen.wait_for("start")

    def _is_done(self) -> bool:
        if not self._door_is_shut():
            self.take_and_shut()
            return False
        shown = self.screen.name()
        if self.has_it:
            return self._goes(shown)
        match shown:
            case "start":
                self.type_code()
            case "blocked":
                self.asked += 1
                self.screen.touch("open")
            case _ if shown in _TROUBLE:
                self.screen.touch("leave")
        return False

    def _goes(self, shown: str) -> bool:
        """With the parcel in hand people wait for a word, and leave at the first that is not "wait"."""
        if shown == "have_it":
            self.screen.touch("have-it")
        return shown in ("thanks", "start", "blocked", *_TROUBLE)

    def _door_is_shut(self) -> bool:
        return self.hands.doors()[self.slip.door].closed


@dataclass
class Clerk:
    """The concierge at the screen, with staff number and PIN."""

    screen: KioskScreen
    hands: SimulatedBoardControl
    number: int
    pin: str

    def deposit(self, letters: str, label: str, size: str = "S") -> Slip:
        """Sign in, put one parcel away for the first person those letters find, and leave."""
        self.sign_in()
        self._choose(letters, label, size)
        self.screen.wait_for("door_open")
        door = self._door()
        self.hands.put(door)
        self.hands.close(door)
        self.screen.wait_for("parcels")
        slip = Slip(door, self.ends_round())
        self.screen.touch("leave")
        self.screen.wait_for("start")
        return slip

    def ends_round(self) -> str:
        """End the round with the carrier's count of one; the code on the one slip."""
        self.screen.touch("count")
        self.screen.touch("enter", text="1")
        self.screen.wait_for("counted")
        return self._code()

    def finds_no_place(self, letters: str, label: str) -> bool:
        """Whether the lockers have no door for a parcel; leaves without one."""
        self.sign_in()
        self._choose(letters, label, "S")
        shown = self.screen.wait_for("opening", "door_open", "placed", "pick_size", "refusal")
        self.screen.touch("leave")
        self.screen.wait_for("start")
        return shown == "pick_size"

    def sign_in(self) -> None:
        """With number and PIN, again until the feed has brought the right to it."""
        patiently(self._is_in)

    def _is_in(self) -> bool:
        match self.screen.name():
            case "start":
                self.screen.touch("staff")
            case "sign_in":
                self.screen.touch("pin", number=str(self.number), pin=self.pin)
                patiently(lambda: self.screen.name() != "sign_in" or self._was_refused())
                if self._was_refused():
                    self.screen.touch("leave")
            case "parcels":
                return True
            case "silent" | "refusal":
                self.screen.touch("leave")
        return False

    def _was_refused(self) -> bool:
        return 'data-tone="alarm"' in self.screen.html()

    def _choose(self, letters: str, label: str, size: str) -> None:
        self.screen.touch("label", text=label)
        self.screen.wait_for("find_person")
        self.screen.touch("people", query=letters)
        found = re.search(r'hx-post="/do/person"[^>]*value="([^"]+)"', self.screen.html())
        assert found is not None, f"nobody is found with {letters}"
        self.screen.touch("person", value=found.group(1))
        self.screen.touch("size", value=size)
        patiently(lambda: self.screen.name() != "claiming")

    def _door(self) -> int:
        found = re.search(r'class="plate number"[^>]*>(\d+)<', self.screen.html())
        assert found is not None
        return int(found.group(1))

    def _code(self) -> str:
        found = re.search(r'class="code" [^>]*aria-label="([\d ]+)"', self.screen.html())
        assert found is not None
        return found.group(1).replace(" ", "")
