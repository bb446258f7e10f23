"""The kiosk as a person meets it: fingers, a scanner, two sizes, two languages."""

import re

import pytest
from playwright.sync_api import expect
from werkzeug.wrappers import Response

from contract import messages as m
from kiosk.web import create_app
from tests.browser.conftest import Kiosk, where
from tests.fakes.bridge import GOOD_CODE, GOOD_TOKEN, STAFF_BADGE, STAFF_NUMBER, STAFF_PIN, TWO_CODE, kinds
from tests.fakes.kiosk import make_session
from tests.fakes.waiting import patiently

pytestmark = pytest.mark.browser


def test_collect_by_touch(kiosk: Kiosk) -> None:
    kiosk.types(GOOD_CODE[:3])
    kiosk.shows("typing")
    expect(kiosk.page.locator("[data-slot]").nth(2)).to_have_text(GOOD_CODE[2])
    kiosk.types(GOOD_CODE[3:])
    kiosk.shows("opening")
    kiosk.bridge.opens("parcel-1")
    kiosk.shows("door_open")
    expect(kiosk.page.get_by_role("heading", name="Prenez, puis fermez la porte.")).to_be_visible()
    expect(kiosk.page.locator("#door-8[data-highlight]")).to_have_attribute("data-state", "open")
    kiosk.bridge.closes("parcel-1")
    kiosk.shows("have_it")
    kiosk.touches("Oui, je l’ai")
    kiosk.shows("thanks")
    kiosk.passes(4_000)
    kiosk.shows("start")
    assert [type(fact).__name__ for fact in kiosk.facts.kept] == ["PickupAsked", "PersonSaid"]


def test_a_digit_is_there_before_any_answer_of_the_server(kiosk: Kiosk) -> None:
    kiosk.page.route("**/do/**", lambda route: None)
    kiosk.page.locator('[data-digit="4"]').dispatch_event("pointerdown")
    assert kiosk.page.locator("[data-slot]").first.text_content() == "4"


def test_a_digit_too_many_is_erased_and_going_back_forgets_all(kiosk: Kiosk) -> None:
    kiosk.types("27")
    kiosk.shows("typing")
    kiosk.page.locator("[data-erase]").click()
    expect(kiosk.page.locator("[data-slot]").nth(1)).to_have_text("")
    kiosk.touches("Terminer")
    kiosk.shows("start")
    expect(kiosk.page.locator("[data-slot]").first).to_have_text("")


def test_a_code_that_begins_with_seven_has_nine_digits(kiosk: Kiosk) -> None:
    kiosk.types("7")
    kiosk.shows("typing")
    expect(kiosk.page.locator("[data-slot]:visible")).to_have_count(9)
    kiosk.types("00123456")
    kiosk.shows("code_refused")
    assert kiosk.bridge.asks[0].body == m.Present(digits="700123456")


def test_collect_by_scanner_in_english(kiosk: Kiosk) -> None:
    kiosk.touches("Langues")
    kiosk.touches("English")
    expect(kiosk.page.get_by_role("heading", name="Hello!")).to_be_visible()
    kiosk.scans(GOOD_TOKEN)
    kiosk.shows("opening")
    expect(kiosk.page.get_by_role("heading", name="The door opens…")).to_be_visible()
    kiosk.bridge.opens("parcel-1")
    kiosk.shows("door_open")
    assert kiosk.bridge.asks[0].body == m.Present(token=GOOD_TOKEN)


def test_a_code_typed_on_a_keyboard_is_typed(kiosk: Kiosk) -> None:
    for digit in GOOD_CODE:
        kiosk.page.keyboard.press(f"Digit{digit}", delay=1)
        kiosk.page.wait_for_timeout(110)
    kiosk.shows("opening")


def test_a_scan_with_control_characters_is_not_taken(kiosk: Kiosk) -> None:
    kiosk.scans("ABC\x1d123")
    patiently(lambda: m.ScanRefused(why="control", length=7) in kiosk.facts.kept)
    kiosk.shows("start")
    assert kiosk.bridge.asks == []


def test_a_refused_code_tells_where_the_right_one_stands(kiosk: Kiosk) -> None:
    kiosk.types("27483191")
    kiosk.shows("code_refused")
    expect(kiosk.page.locator(".ticket")).to_be_visible()
    kiosk.types(GOOD_CODE)
    kiosk.shows("opening")


def test_a_slowed_keypad_counts_down(kiosk: Kiosk) -> None:
    kiosk.bridge.wait_seconds = 30
    kiosk.types("27483191")
    kiosk.shows("code_refused")
    expect(kiosk.page.locator("[data-countdown]")).to_have_text(re.compile("^[12]?[0-9]$"))
    kiosk.passes(30_000)
    expect(kiosk.page.locator("[data-keypad]")).to_be_visible()


def test_a_blocked_door_then_once_more(kiosk: Kiosk) -> None:
    kiosk.bridge.jammed.add(8)
    kiosk.types(GOOD_CODE)
    kiosk.shows("blocked")
    expect(kiosk.page.get_by_text("Ce n’est pas votre faute.")).to_be_visible()
    expect(kiosk.page.get_by_text("03 87 00 00 00")).to_be_visible()
    kiosk.bridge.jammed.clear()
    kiosk.touches("Réessayer")
    kiosk.shows("opening")
    kiosk.bridge.opens("parcel-1")
    kiosk.shows("door_open")


def test_two_parcels_one_after_the_other(kiosk: Kiosk) -> None:
    kiosk.types(TWO_CODE)
    kiosk.bridge_opens_and_closes("parcel-2")
    kiosk.shows("next_door")
    kiosk.touches("Ouvrir la porte suivante")
    kiosk.bridge_opens_and_closes("parcel-3")
    kiosk.shows("thanks")
    assert kinds(kiosk.bridge.asks)[:2] == ["Present", "OpenItem"]


def test_too_high_leaves_the_parcel_in(kiosk: Kiosk) -> None:
    kiosk.types(GOOD_CODE)
    kiosk.shows("opening")
    kiosk.bridge.opens("parcel-1")
    kiosk.touches("Trop haut")
    kiosk.shows("kept_back")
    expect(kiosk.page.get_by_text("C’est noté.")).to_be_visible()


def test_a_slow_press_is_still_a_press(kiosk: Kiosk) -> None:
    kiosk.page.keyboard.press("Digit2")
    kiosk.shows("typing")
    box = where(kiosk.page.get_by_role("button", name="Langues"))
    kiosk.page.mouse.move(box["x"] + 50, box["y"] + 50)
    kiosk.page.mouse.down()
    kiosk.page.wait_for_timeout(200)
    kiosk.page.mouse.up()
    expect(kiosk.page.get_by_role("button", name="English")).to_be_visible()


A_FINGER_AS_NEWS_COME = """() => addEventListener("htmx:sse:before:message", () => {
  const button = [...document.querySelectorAll("nav button")].find((b) => b.innerText.includes("Langues"));
  button.dispatchEvent(new PointerEvent("pointerdown", { bubbles: true }));
  setTimeout(() => {
    button.dispatchEvent(new PointerEvent("pointerup", { bubbles: true }));
    if (button.isConnected) button.click();
  }, 100);
}, { capture: true, once: true })"""


def test_a_button_under_a_finger_is_not_taken_away_when_its_screen_is_drawn_anew(kiosk: Kiosk) -> None:
    expect(kiosk.page.get_by_role("button", name="Langues")).to_be_visible()
    kiosk.page.evaluate(A_FINGER_AS_NEWS_COME)  # the page's first news may yet draw that button anew
    kiosk.session.redraw()
    expect(kiosk.page.get_by_role("button", name="English")).to_be_visible()


def test_help_says_who_and_when(kiosk: Kiosk) -> None:
    kiosk.touches("Aide")
    expect(kiosk.page.get_by_text("Samia")).to_be_visible()
    kiosk.touches("J’ai compris")
    expect(kiosk.page.locator(".over")).to_have_count(0)


def test_three_seconds_on_the_logo_and_a_pin(kiosk: Kiosk) -> None:
    logo = where(kiosk.page.locator("[data-logo]"))
    kiosk.page.mouse.move(logo["x"] + 50, logo["y"] + 50)
    kiosk.page.mouse.down()
    kiosk.shows("sign_in")
    kiosk.page.mouse.up()
    kiosk.types(str(STAFF_NUMBER))
    kiosk.page.locator("[data-ok]").click()
    kiosk.types(STAFF_PIN)
    expect(kiosk.page.locator('[data-shows="pin"]')).to_have_text("●●●●")
    kiosk.page.locator("[data-ok]").click()
    kiosk.shows("parcels")


def test_what_lies_on_the_shelf_is_handed_over_by_touch(kiosk: Kiosk) -> None:
    kiosk.bridge.shelf = (m.ShelfItem(item="i-1", person="p-6", kind="parcel", label="B4"),)
    kiosk.scans(STAFF_BADGE)
    kiosk.touches("Remettre un colis de l’étagère (1)")
    kiosk.touches("B4 Élodie Müller")
    kiosk.shows("hand_over")
    expect(kiosk.page.get_by_role("heading", name="Remis à Élodie Müller")).to_be_visible()
    kiosk.touches("Non, revenir")
    kiosk.touches("B4 Élodie Müller")
    kiosk.touches("Oui, c’est remis")
    kiosk.shows("handed_over")
    kiosk.passes(4_000)
    kiosk.shows("parcels")
    expect(kiosk.page.get_by_role("button", name="étagère")).to_have_count(0)
    assert kiosk.bridge.asks[-1].body == m.Settle(visit="staff-visit-1", item="i-1", outcome="taken")


def test_what_is_scanned_is_handed_over_and_another_label_is_said(kiosk: Kiosk) -> None:
    label, other = "6A12345678901", "6A12345678918"
    kiosk.bridge.shelf = (
        m.ShelfItem(item="i-1", person="p-6", kind="parcel", label="B4", mark=label),
        m.ShelfItem(item="i-2", person="p-0", kind="parcel", label="B5", mark=other),
    )
    kiosk.scans(STAFF_BADGE)
    kiosk.shows("parcels")
    kiosk.scans(label)
    expect(kiosk.page.get_by_role("heading", name="Remis à Élodie Müller")).to_be_visible()
    kiosk.page.keyboard.press("Enter")  # as after the label of a new parcel: it hands nothing over
    for wrong, right in ((other, label), ("B5", "B4")):
        kiosk.scans(wrong)
        expect(kiosk.page.get_by_text("C’est l’étiquette d’un autre colis.")).to_be_visible()
        kiosk.scans(right)
        expect(kiosk.page.get_by_text("C’est l’étiquette d’un autre colis.")).to_have_count(0)
    kiosk.touches("Oui, c’est remis")
    kiosk.shows("handed_over")
    assert kiosk.bridge.asks[-1].body == m.Settle(visit="staff-visit-1", item="i-1", outcome="taken")


def test_no_code_ever_stands_in_an_address(kiosk: Kiosk) -> None:
    asked: list[str] = []
    kiosk.page.on("request", lambda request: asked.append(request.url))
    kiosk.types(GOOD_CODE)
    kiosk.shows("opening")
    kiosk.touches("Terminer")
    kiosk.shows("start")
    kiosk.scans(GOOD_TOKEN)
    kiosk.shows("opening")
    assert any(address.endswith("/do/code") for address in asked)
    assert not any(secret in address for address in asked for secret in (GOOD_CODE, GOOD_TOKEN))


def test_a_kiosk_that_starts_again_says_so_and_comes_back_by_itself(kiosk: Kiosk) -> None:
    kiosk.types("27")
    kiosk.shows("typing")
    kiosk.served.application = Response(status=503)
    kiosk.session.close()
    expect(kiosk.page.locator("#lost")).to_be_visible()
    afresh = make_session(kiosk.bridge, kiosk.facts, kiosk.clock)
    kiosk.served.application = create_app(afresh, ["fr", "en"])
    expect(kiosk.page.locator("#lost")).to_be_hidden()
    kiosk.shows("start")
    expect(kiosk.page.locator("[data-slot]").first).to_have_text("")
    kiosk.complaints.clear()  # the browser has every reason to complain of the 503
    afresh.close()
