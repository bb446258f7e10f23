"""Arabic in a real browser: reading turns round, numbers do not, and all letters come from our fonts."""

import re
from dataclasses import replace

import pytest
from babel.messages.pofile import read_po
from playwright.sync_api import FloatRect, expect

from kiosk.core.state import State
from kiosk.web.pages import TRANSLATIONS
from kiosk.web.render import kind_of
from tests.browser.conftest import Kiosk, where
from tests.fakes.screens import residents_states, staff_states

pytestmark = pytest.mark.browser


def box(kiosk: Kiosk, selector: str) -> FloatRect:
    """Where something stands."""
    return where(kiosk.page.locator(selector))


def in_arabic(kiosk: Kiosk, *, seated: bool) -> None:
    kiosk.touches("Langues")
    kiosk.touches("العربية")
    if seated:
        kiosk.touches("جلوس")
    kiosk.page.wait_for_selector(f'.screen[dir="rtl"]{"[data-seated]" if seated else ":not([data-seated])"}')


def shows(kiosk: Kiosk, state: State) -> None:
    """Show this state."""
    kiosk.session._publish(replace(state, run=state.run, asks=kiosk.session.seen.revision))
    kiosk.page.wait_for_selector(f'[data-revision="{kiosk.session.seen.revision}"]')


@pytest.mark.parametrize("seated", [False, True], ids=["standing", "seated"])
def test_the_bar_begins_on_the_right_and_the_keys_on_the_left(kiosk: Kiosk, seated: bool) -> None:
    in_arabic(kiosk, seated=seated)
    logo, site = box(kiosk, ".logo"), box(kiosk, ".top .site bdi")
    assert site["x"] < logo["x"]
    language, seat = box(kiosk, 'nav [value="languages"]'), box(kiosk, "nav .seat")
    assert seat["x"] < language["x"]
    places = [box(kiosk, f'[data-digit="{digit}"]') for digit in "1234567890"]
    in_reading_order = sorted(places, key=lambda place: (round(place["y"]), place["x"]))
    assert in_reading_order == places


def test_a_page_that_was_opened_in_arabic_turns_nothing_round_once_it_is_french(kiosk: Kiosk) -> None:
    in_arabic(kiosk, seated=False)
    kiosk.page.reload()
    arrow = kiosk.page.locator("nav .icon[data-turns]").first
    expect(arrow).to_have_css("transform", "matrix(-1, 0, 0, 1, 0, 0)")
    kiosk.touches("اللغات")
    kiosk.touches("Français")
    kiosk.page.wait_for_selector('.screen[dir="ltr"]')
    expect(arrow).to_have_css("transform", "none")


def test_the_lockers_are_drawn_as_they_stand_and_the_code_runs_from_the_left(kiosk: Kiosk) -> None:
    in_arabic(kiosk, seated=False)
    base = kiosk.session.seen.state
    shows(kiosk, next(one for one in residents_states(base) if kind_of(one.screen) == "opening"))
    assert box(kiosk, "#door-1")["x"] < box(kiosk, "#door-14")["x"]
    shows(kiosk, next(one for one in staff_states(base) if kind_of(one.screen) == "counted"))
    kiosk.page.emulate_media(media="print")
    digits = kiosk.page.locator("#stage .slip").first.locator(".code-digit").all()
    across = [where(digit)["x"] for digit in digits]
    assert len(across) == 8
    assert sorted(across) == across


SAY_ALL = """async ([tongue, words]) => {
  const stage = document.getElementById("stage");
  stage.innerHTML = `<div lang="${tongue}"><h1 id="title"></h1><p id="text"></p></div>`;
  for (const name of ["title", "text"]) document.getElementById(name).textContent = words;
  await Promise.all([...document.fonts].map((font) => font.load()));
}"""


@pytest.mark.parametrize("tongue", ["ar", "sq"])
def test_every_letter_comes_from_our_own_fonts(kiosk: Kiosk, tongue: str) -> None:
    with (TRANSLATIONS / tongue / "LC_MESSAGES/messages.po").open("rb") as file:
        texts = [one.string for one in read_po(file) if one.id]
    words = " ".join(one if isinstance(one, str) else " ".join(one or ()) for one in texts)
    kiosk.page.evaluate(SAY_ALL, [tongue, re.sub(r"%\(\w+\)s", "12", words)])
    inspector = kiosk.page.context.new_cdp_session(kiosk.page)
    inspector.send("DOM.enable")
    inspector.send("CSS.enable")
    root = inspector.send("DOM.getDocument")["root"]["nodeId"]
    for name in ("#title", "#text"):
        node = inspector.send("DOM.querySelector", {"nodeId": root, "selector": name})["nodeId"]
        used = inspector.send("CSS.getPlatformFontsForNode", {"nodeId": node})["fonts"]
        assert used
        assert [font["familyName"] for font in used if not font["isCustomFont"]] == []
