"""A carrier's pile by keys alone, with real kiosk, bridge and brokers: what lies where, what went up."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from contract import messages as m
from tests.browser.conftest import LYING, WEDGE
from tests.fakes.receiving_site import BADGE, ReceivingSite, people, receiving_site
from tests.fakes.waiting import PATIENCE_MS

pytestmark = pytest.mark.browser

EXPECTED, TYPED, UNKNOWN = "6A12345678905", "1Z5R89390357567127", "XHAX4HDZ"


@pytest.fixture
def site(tmp_path: Path, mosquitto_path: Path) -> Iterator[ReceivingSite]:
    told: dict[str, m.AnyDocument] = people(5)
    told["expected/e-1"] = m.Expected(label=EXPECTED, person="p-3")
    with receiving_site(tmp_path, told) as running:
        yield running


class Counter:
    """Somebody with a scanner and a keyboard, and no mouse."""

    def __init__(self, page: Page) -> None:
        self._page = page

    def shows(self, kind: str) -> None:
        expect(self._page.locator(f'.screen[data-screen="{kind}"]')).to_be_visible()

    def scans(self, text: str) -> None:
        self._page.evaluate(WEDGE, text)

    def presses(self, *keys: str) -> None:
        for key in keys:
            self._page.keyboard.press(key)
            self._page.wait_for_timeout(110)  # a person, no scanner: kiosk.js tells them apart by this

    def door(self) -> str:
        """The number on the screen, once the door stands open."""
        self.shows("door_open")
        return self._page.locator(".plate.number").inner_text()


def test_a_pile_is_taken_in_by_keys_alone(site: ReceivingSite, chromium: Browser) -> None:
    width, height = LYING
    page = chromium.new_page(viewport={"width": width, "height": height})
    page.set_default_timeout(PATIENCE_MS)
    page.goto(site.address)
    counter = Counter(page)
    counter.shows("start")
    counter.scans(BADGE)
    counter.shows("parcels")
    site.by_hand()

    counter.scans(EXPECTED)
    counter.shows("find_person")
    counter.presses("Enter")
    counter.shows("pick_size")
    counter.presses("Enter")
    first = counter.door()

    counter.scans(TYPED)  # while the first door stands open
    counter.shows("find_person")
    counter.presses("b", "e", "b")
    expect(page.locator(".person")).to_have_count(1)
    counter.presses("Enter")
    counter.shows("pick_size")
    site.shut(first)
    counter.presses("s")
    number = page.locator(".screen[data-screen=door_open] .plate.number")
    expect(number).not_to_have_text(first)
    other = number.inner_text()

    counter.scans(UNKNOWN)
    counter.shows("find_person")
    counter.presses("F2")
    counter.shows("pick_size")
    site.shut(other)
    counter.presses("a", "Enter")
    counter.shows("placed")
    counter.scans("B9")
    expect(page.get_by_text("Ce n’est pas l’étiquette de cette place.")).to_be_visible()
    counter.shows("placed")
    counter.scans("B4")
    counter.shows("parcels")
    expect(page.locator(".count .giant")).to_have_text("3")

    counter.presses("F8")  # the one on the shelf was damaged too badly after all
    counter.shows("find_person")
    counter.presses("F4")
    counter.shows("refuse")
    counter.presses("1")
    counter.shows("parcels")
    counter.presses("F8")  # and the one before lies behind the wrong door
    second = counter.door()
    site.shut(second)
    counter.shows("find_person")
    counter.presses("Enter")
    counter.shows("pick_size")
    counter.presses("5")
    counter.shows("placed")
    counter.presses("Enter")
    counter.shows("parcels")
    expect(page.locator(".count .giant")).to_have_text("2")

    counter.presses("F9")
    counter.shows("counting")
    counter.presses("4", "Enter")
    counter.shows("counted")
    expect(page.get_by_text("Il manque 1 colis")).to_be_visible()
    expect(page.locator(".slip")).to_have_count(2)
    page.close()

    site.from_bridge.wait_for("item_left", 4)
    site.from_bridge.wait_for("item_taken_out", 2)
    site.from_bridge.wait_for("item_returned")
    site.from_kiosk.wait_for("pile_counted")
    facts = site.from_kiosk.facts
    taken = [fact for fact in facts if isinstance(fact, m.ParcelReceived)]
    assert [(one.label, one.size, one.named, one.damaged) for one in taken] == [
        (EXPECTED, "M", True, False),
        (TYPED, "S", True, False),
        (UNKNOWN, "S", False, True),
    ]
    assert [one.person for one in taken[:2]] == ["p-3", "p-1"]
    counted = [fact for fact in facts if isinstance(fact, m.PileCounted)]
    assert [(one.announced, one.received, one.refused) for one in counted] == [(4, 2, 1)]
    opened = [lock for _, lock in site.cabinet.unlocks()]
    assert len(opened) == 3, "two doors, and one of them once more"
    assert second != first
