"""The voice in a real browser: one file after the other, on every new screen, until a touch."""

import pytest
from playwright.sync_api import Request, expect

from contract.prompts import prompt_id
from tests.browser.conftest import Kiosk
from tests.fakes.bridge import GOOD_CODE
from tests.fakes.kiosk import Known, recorded
from tests.fakes.waiting import patiently

pytestmark = pytest.mark.browser

START = (
    "Hello!",
    "Type your code, or show your ticket to the reader.",
    "Collect",
    "I have a code",
    "Drop off",
    "Other",
)
TYPING = (
    "Your code",
    "It is on your ticket or in your message. The drawings help.",
    "I cannot read the code",
)
OPENING = ("The door opens…",)
COUNT_PAUSES = """() => {
  const pause = Audio.prototype.pause;
  window.pauses = 0;
  Audio.prototype.pause = function () { window.pauses += this.paused ? 0 : 1; return pause.call(this); };
}"""


class Heard:
    """What the page asks for to play it, by prompt."""

    def __init__(self, kiosk: Kiosk) -> None:
        self.prompts: list[str] = []
        kiosk.page.on("request", self._note)

    def _note(self, request: Request) -> None:
        if "/voice/" in request.url or "/own/chime" in request.url:
            self.prompts.append(request.url.rsplit("/", 1)[1].split("?")[0])

    def hears(self, kiosk: Kiosk, *keys: str) -> None:
        """Wait until these were played, after what was heard before."""
        wanted = [key if key.endswith(".wav") else prompt_id(key) for key in keys]

        def so() -> bool:
            kiosk.page.evaluate("0")  # playwright tells what was asked for when it is spoken to
            return self.prompts[-len(wanted) :] == wanted

        patiently(so)


@pytest.fixture
def heard(kiosk: Kiosk) -> Heard:
    known = kiosk.session.knows._documents
    assert isinstance(known, Known)
    known.kept.update(recorded("fr", *START, *TYPING, *OPENING, seconds=0.05))
    known.kept.update(recorded("ar", "Hello!", seconds=0.05))
    kiosk.session.redraw()
    return Heard(kiosk)


def test_every_screen_is_said_once_the_voice_is_on_and_no_more_when_it_is_off(
    kiosk: Kiosk, heard: Heard
) -> None:
    kiosk.touches("Écouter")
    heard.hears(kiosk, *START)
    kiosk.types(GOOD_CODE[:1])
    kiosk.shows("typing")
    heard.hears(kiosk, *TYPING)
    kiosk.touches("Silence")
    expect(kiosk.page.get_by_role("button", name="Écouter")).to_be_visible()
    before = len(heard.prompts)
    kiosk.touches("Terminer")
    kiosk.shows("start")
    assert len(heard.prompts) == before


def test_the_language_is_followed_and_falls_back_word_by_word(kiosk: Kiosk, heard: Heard) -> None:
    kiosk.touches("Écouter")
    kiosk.touches("Langues")
    with kiosk.page.expect_request(f"**/voice/ar/{prompt_id('Hello!')}*"):
        kiosk.touches("العربية")
    heard.hears(kiosk, *START)


def test_the_door_that_opens_calls_and_blinks(kiosk: Kiosk, heard: Heard) -> None:
    with kiosk.page.expect_request("**/own/chime.wav"):
        kiosk.types(GOOD_CODE)
    kiosk.shows("opening")
    ring = kiosk.page.locator("#door-8[data-highlight] .door-ring")
    assert ring.evaluate("(node) => getComputedStyle(node).animationName") != "none"


def test_a_touch_hushes(kiosk: Kiosk, heard: Heard) -> None:
    known = kiosk.session.knows._documents
    assert isinstance(known, Known)
    known.kept.update(recorded("fr", "Hello!", seconds=25.0))
    kiosk.session.redraw()
    with kiosk.page.expect_request(f"**/voice/fr/{prompt_id('Hello!')}*"):
        kiosk.touches("Écouter")
    kiosk.page.evaluate(COUNT_PAUSES)
    kiosk.page.locator("h1").dispatch_event("pointerdown")
    assert kiosk.page.evaluate("pauses") == 1
    assert prompt_id(START[1]) not in heard.prompts


def test_nothing_is_played_before_somebody_listens_and_no_mark_is_in_the_page(kiosk: Kiosk) -> None:
    assert kiosk.page.locator(".screen").get_attribute("data-said") == ""
    assert not any("\ue000" <= mark <= "\uf8ff" for mark in kiosk.page.content())
