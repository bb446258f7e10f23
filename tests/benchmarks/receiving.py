"""Thirty parcels for thirty persons, taken in at a real kiosk by a scanner and a keyboard, in Chromium.

Real bridge, broker and simulated cabinet, whose doors shut by themselves after AUTO_CLOSE_MS. The keys come
at KEY_MS each, as from somebody who looks at the screen; the next label is scanned as soon as the door
stands open. The floor of the seconds is what the bridge allows: one door every three seconds.
"""

import tempfile
import time
from pathlib import Path
from typing import Final

from playwright.sync_api import Page, sync_playwright

from contract import messages as m
from tests.benchmarks.figures import Figure
from tests.browser.conftest import LYING, WEDGE
from tests.conftest import tool_path
from tests.fakes.receiving_site import BADGE, people, receiving_site
from tests.fakes.waiting import PATIENCE_MS

PARCELS: Final = 30
KEY_MS: Final = 200
ASKED_SECONDS: Final = 240.0
ASKED_KEYS: Final = 6.0
_BETWEEN_DOORS_SECONDS: Final = 3.0
_FEWEST_KEYS: Final = 2.0
"""Enter for the person, Enter for the size."""
_LABEL: Final = "6A{:011d}"
_DOOR_OF = """(before) => {
  const screen = document.querySelector('.screen[data-screen="door_open"]');
  const number = screen?.querySelector(".plate.number")?.textContent;
  return number && number !== before ? number : null;
}"""


def run() -> list[Figure]:
    """Once with names typed by their first letters, once with labels the hub was told of before."""
    return [*_measured("names typed", expected=False), *_measured("labels expected", expected=True)]


def _measured(how: str, *, expected: bool) -> list[Figure]:
    told = people(PARCELS)
    persons = [one for one in told.values() if isinstance(one, m.PersonName)]
    labels = [_LABEL.format(nth) for nth in range(PARCELS)]
    if expected:
        for label, person in zip(labels, persons, strict=True):
            told[f"expected/{person.person}"] = m.Expected(label=label, person=person.person)
    with (
        tempfile.TemporaryDirectory(dir=Path.cwd(), prefix=".bench-") as directory,
        receiving_site(Path(directory), told) as site,
        sync_playwright() as playwright,
    ):
        options = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
        browser = playwright.chromium.launch(executable_path=str(tool_path("chromium")), args=options)
        counter = _Counter(browser.new_page(viewport={"width": LYING[0], "height": LYING[1]}))
        counter.begins(site.address)
        began = time.perf_counter()
        for label, person in zip(labels, persons, strict=True):
            counter.takes_in(label, "" if expected else person.name[:3].lower())
        counter.waits(f"() => document.querySelector('.count .giant')?.textContent === '{PARCELS}'")
        seconds = time.perf_counter() - began
        browser.close()
        site.from_bridge.wait_for("item_left", PARCELS)
    return _figures(how, counter.keys, seconds)


class _Counter:
    """Somebody with thirty parcels, and no mouse. `keys` counts those pressed; a scan is none."""

    def __init__(self, page: Page) -> None:
        self._page, self._door, self.keys = page, "", 0
        page.set_default_timeout(PATIENCE_MS)

    def begins(self, address: str) -> None:
        """Sign in by badge."""
        self._page.goto(address)
        self._shows("start")
        self._scans(BADGE)
        self._shows("parcels")

    def takes_in(self, label: str, letters: str) -> None:
        """From the scan to the open door."""
        self._scans(label)
        self._shows("find_person")
        self._presses(*letters, "Enter")
        self._shows("pick_size")
        self._presses("Enter")
        found = self._page.wait_for_function(_DOOR_OF, arg=self._door)
        self._door = str(found.json_value())

    def waits(self, until: str) -> None:
        """Until this holds on the page."""
        self._page.wait_for_function(until)

    def _shows(self, kind: str) -> None:
        self._page.wait_for_selector(f'.screen[data-screen="{kind}"]')

    def _scans(self, text: str) -> None:
        self._page.evaluate(WEDGE, text)

    def _presses(self, *keys: str) -> None:
        for key in keys:
            self._page.wait_for_timeout(KEY_MS)
            self._page.keyboard.press(key)
            self.keys += 1


def _figures(how: str, keys: int, seconds: float) -> list[Figure]:
    name, floor = f"{PARCELS} parcels taken in, {how}", (PARCELS - 1) * _BETWEEN_DOORS_SECONDS
    a_parcel = keys / PARCELS
    return [
        Figure(
            f"{name}: seconds",
            f"{seconds:.0f} s",
            f"{floor:.0f} s",
            f"{seconds / floor:.2f}",
            f"≤ {ASKED_SECONDS:.0f} s",
            seconds <= ASKED_SECONDS,
        ),
        Figure(
            f"{name}: keys a parcel",
            f"{a_parcel:.1f}",
            f"{_FEWEST_KEYS:.1f}",
            f"{a_parcel / _FEWEST_KEYS:.1f}",
            f"≤ {ASKED_KEYS:.0f}",
            a_parcel <= ASKED_KEYS,
        ),
    ]
