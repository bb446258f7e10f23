"""D5: a parcel is collected by drawings alone, by ticket alone; nothing asks for phone, e-mail or card."""

import json
import re
from typing import Final

import pytest
from playwright.sync_api import expect

from contract.look import STATIC
from kiosk.session import Seen
from kiosk.web.render import Renderer
from tests.browser.conftest import LANGUAGES, Kiosk
from tests.fakes.bridge import GOOD_CODE, GOOD_TOKEN
from tests.fakes.screens import residents_states

pytestmark = pytest.mark.browser

TICKET: Final = [json.loads((STATIC / "digits.json").read_text())[digit]["fr"] for digit in GOOD_CODE]
"""The code as it is drawn on paper: vélo, parapluie…"""
KEY_OF_DRAWING = """(drawing) => {
  const drawn = (key) => key.querySelector(".digit-drawing use")?.getAttribute("href") ?? "";
  document.querySelectorAll(".key-digit").forEach((digit) => { digit.textContent = ""; });
  const keys = [...document.querySelectorAll("[data-keypad] .key")];
  keys.find((key) => drawn(key).endsWith(drawing)).click();
}"""


def drawing_of(word: str) -> str:
    """What the drawing on the ticket is called in the file of drawings."""
    words = json.loads((STATIC / "digits.json").read_text())
    return next(f"#digit-{digit}" for digit, about in words.items() if about["fr"] == word)


def collects(kiosk: Kiosk) -> None:
    """From the opening door to the thanks, by the pictures on the buttons."""
    kiosk.bridge_opens_and_closes("parcel-1")
    kiosk.shows("thanks")
    expect(kiosk.page.locator(".tick svg use[href$='#check']")).to_be_visible()


def test_by_drawings_alone(kiosk: Kiosk) -> None:
    for word in TICKET:
        kiosk.page.evaluate(KEY_OF_DRAWING, drawing_of(word))
    collects(kiosk)


def test_the_keys_and_the_ticket_bear_the_same_drawings(kiosk: Kiosk) -> None:
    for digit in "0123456789":
        expect(kiosk.page.locator(f'[data-digit="{digit}"] use[href$="#digit-{digit}"]')).to_have_count(1)


def test_by_ticket_alone(kiosk: Kiosk) -> None:
    kiosk.scans(GOOD_TOKEN)
    collects(kiosk)


def test_who_cannot_read_the_code_is_shown_the_ticket_and_then_a_human(kiosk: Kiosk) -> None:
    kiosk.types(GOOD_CODE[:1])
    kiosk.shows("typing")
    kiosk.touches("Je ne sais pas lire le code")
    for picture in ("ticket", "qrcode", "door"):
        expect(kiosk.page.locator(f'.over .pictures use[href$="#{picture}"]')).to_be_visible()
    kiosk.touches("Je n’ai pas de ticket")
    expect(kiosk.page.locator(".over")).to_contain_text("Samia")
    assert [type(fact).__name__ for fact in kiosk.facts.kept] == ["HelpAsked"]
    kiosk.scans(GOOD_TOKEN)
    collects(kiosk)


def test_no_screen_has_a_field_for_phone_mail_or_card(kiosk: Kiosk) -> None:
    renderer = Renderer(kiosk.served.application, kiosk.session, LANGUAGES)  # type: ignore[arg-type]
    for state in residents_states(kiosk.session.seen.state):
        drawn = renderer.screen(Seen(2, state))
        assert not re.search("<(input|textarea|select|form)|contenteditable", drawn), state.screen
        pads = set(re.findall(r'data-keypad="(\w+)"', drawn))
        assert pads <= {"code", "pin"}, state.screen
