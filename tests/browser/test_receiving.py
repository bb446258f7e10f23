"""Taking in a pile at the page: keys, touches, beeps and slips, at both sizes."""

import re

import pytest
from playwright.sync_api import expect

from contract import messages as m
from kiosk.core import screens as s
from tests.browser.conftest import Kiosk
from tests.fakes.bridge import GOOD_TOKEN, STAFF_BADGE
from tests.fakes.screens import staff_states
from tests.fakes.waiting import patiently

pytestmark = pytest.mark.browser

LABEL, OTHER = "6A12345678901", "1Z999AA10123456784"


def signed_in(kiosk: Kiosk) -> None:
    kiosk.scans(STAFF_BADGE)
    kiosk.shows("parcels")


def claimed_item(kiosk: Kiosk) -> str:
    """The item of the last claim."""
    return [ask.body.item for ask in kiosk.bridge.asks if isinstance(ask.body, m.Claim)][-1]


def put_away_by_keys(kiosk: Kiosk) -> None:
    """Scan, three letters, Enter, Enter; the door opens and shuts."""
    kiosk.scans(LABEL)
    kiosk.shows("find_person")
    kiosk.presses("s", "c", "h", "Enter")
    kiosk.shows("pick_size")
    kiosk.presses("Enter")
    kiosk.shows("opening")
    kiosk.bridge_opens_and_closes(claimed_item(kiosk))
    kiosk.shows("parcels")


def beep(kiosk: Kiosk, name: str) -> None:
    """Wait until it sounded."""
    expect(kiosk.page.locator(f'#stage[data-beeped="{name}"]')).to_be_visible()


def test_a_parcel_by_scanner_and_keyboard_alone(kiosk: Kiosk) -> None:
    signed_in(kiosk)
    put_away_by_keys(kiosk)
    expect(kiosk.page.get_by_text("C’est rangé.")).to_be_visible()
    expect(kiosk.page.locator(".count .giant")).to_have_text("1")


def test_a_parcel_by_touch_to_the_printed_slip(kiosk: Kiosk) -> None:
    signed_in(kiosk)
    kiosk.scans(LABEL)
    kiosk.shows("find_person")
    kiosk.types("724")  # s, c, h on the keys
    kiosk.touches("Jean-Luc Schmitt")
    kiosk.shows("pick_size")
    kiosk.touches("Moyen")
    kiosk.shows("opening")
    kiosk.bridge_opens_and_closes(claimed_item(kiosk))
    kiosk.shows("parcels")
    kiosk.touches("Terminer la tournée")
    kiosk.shows("counting")
    kiosk.types("1")
    kiosk.page.locator("[data-ok]").click()
    kiosk.shows("counted")
    expect(kiosk.page.get_by_role("heading", name="Le compte est bon.")).to_be_visible()
    kiosk.page.evaluate("() => { window.print = () => { window.printedOnce = true; }; }")
    kiosk.touches("Imprimer 1 ticket")
    patiently(lambda: kiosk.page.evaluate("() => window.printedOnce"))
    patiently(lambda: [fact.how for fact in kiosk.facts.kept if isinstance(fact, m.SlipShown)] == ["print"])
    kiosk.touches("Tournée suivante")
    kiosk.shows("parcels")
    expect(kiosk.page.locator(".count .giant")).to_have_text("0")


def test_the_printed_slips_have_code_and_qr_and_nothing_else(kiosk: Kiosk) -> None:
    signed_in(kiosk)
    put_away_by_keys(kiosk)
    kiosk.presses("F9", "1", "Enter")
    kiosk.shows("counted")
    expect(kiosk.page.locator(".slip .code")).to_be_hidden()
    kiosk.page.emulate_media(media="print")
    expect(kiosk.page.locator(".slip .code")).to_be_visible()
    expect(kiosk.page.locator(".slip .slip-qr")).to_be_visible()
    expect(kiosk.page.locator(".bottom")).to_be_hidden()
    expect(kiosk.page.locator(".sums")).to_be_hidden()


def test_each_slip_comes_on_a_page_of_its_own_and_nothing_after_the_last(kiosk: Kiosk) -> None:
    ended = next(one for one in staff_states(kiosk.session.seen.state) if isinstance(one.screen, s.Counted))
    kiosk.session._publish(ended)
    kiosk.shows("counted")
    expect(kiosk.page.locator(".slip")).to_have_count(2)
    paper = kiosk.page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", paper)) == 2


def test_a_number_key_chooses_among_homonyms_and_the_flat_tells_them_apart(kiosk: Kiosk) -> None:
    signed_in(kiosk)
    kiosk.scans(LABEL)
    kiosk.shows("find_person")
    kiosk.presses("f", "a")
    expect(kiosk.page.locator('[data-query="fa"]')).to_be_visible()  # after one letter it has no numbers
    expect(kiosk.page.locator(".person")).to_have_count(2)
    kiosk.presses("2")
    kiosk.shows("pick_size")
    expect(kiosk.page.get_by_text("D 4")).to_be_visible()


def test_the_label_of_another_parcel_forgets_the_letters_typed_for_the_one_before(kiosk: Kiosk) -> None:
    signed_in(kiosk)
    kiosk.scans(LABEL)
    kiosk.shows("find_person")
    kiosk.presses("x", "x")
    expect(kiosk.page.locator('[data-query="xx"]')).to_be_visible()
    kiosk.scans(OTHER)
    expect(kiosk.page.locator('[data-query=""]')).to_be_attached()
    kiosk.presses("f", "a")
    expect(kiosk.page.locator('[data-query="fa"]')).to_be_visible()
    expect(kiosk.page.locator(".person")).to_have_count(2)


def test_arrows_walk_and_enter_chooses(kiosk: Kiosk) -> None:
    signed_in(kiosk)
    kiosk.scans(LABEL)
    kiosk.shows("find_person")
    kiosk.presses("f", "a")
    expect(kiosk.page.locator('[data-query="fa"]')).to_be_visible()  # drawn anew, it loses the focus
    expect(kiosk.page.locator(".person")).to_have_count(2)
    kiosk.presses("ArrowDown", "ArrowDown")
    shown = kiosk.page.locator(".person").last
    expect(shown).to_be_focused()
    before = shown.element_handle()
    kiosk.session.redraw()
    patiently(lambda: not before.evaluate("e => e.isConnected"))
    expect(shown).to_be_focused()
    kiosk.presses("Enter")
    kiosk.shows("pick_size")
    expect(kiosk.page.get_by_text("D 4")).to_be_visible()


def test_a_french_keyboard_types_the_letters_on_its_keys(kiosk: Kiosk) -> None:
    signed_in(kiosk)
    kiosk.scans(LABEL)
    kiosk.shows("find_person")
    kiosk.page.evaluate(
        """() => [["Digit2", "é"], ["KeyL", "l"]].forEach(([code, key]) =>
             document.dispatchEvent(new KeyboardEvent("keydown", { code, key, bubbles: true })))"""
    )
    expect(kiosk.page.get_by_role("button", name="Élodie Müller")).to_be_visible()


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        (("a",), "Abîmé"),
        (("p",), "Lourd"),
        (("f",), "À garder au frais"),
        (("t",), "Lettre, avis"),
        (("r",), "Recommandé"),
        (("c", "3"), "Colis 1 sur 3"),
    ],
)
def test_one_key_says_what_is_special(kiosk: Kiosk, keys: tuple[str, ...], words: str) -> None:
    signed_in(kiosk)
    kiosk.scans(LABEL)
    kiosk.shows("find_person")
    kiosk.presses("F2")
    kiosk.shows("pick_size")
    kiosk.presses(keys[0])
    for key in keys[1:]:
        kiosk.shows("pieces")
        kiosk.presses(key)
    kiosk.shows("pick_size")
    expect(kiosk.page.locator(".in-hand").get_by_text(words)).to_be_visible()


def test_what_is_special_can_be_touched_too(kiosk: Kiosk) -> None:
    signed_in(kiosk)
    kiosk.scans(LABEL)
    kiosk.shows("find_person")
    kiosk.presses("F2")
    kiosk.touches("Autre chose")
    kiosk.shows("special")
    kiosk.touches("Abîmé")
    expect(kiosk.page.locator('[aria-pressed="true"]')).to_have_count(1)
    kiosk.touches("Continuer")
    kiosk.shows("pick_size")
    kiosk.touches("Autre chose")
    kiosk.touches("Refuser")
    kiosk.shows("refuse")
    kiosk.presses("1")
    kiosk.shows("parcels")
    refused = [fact for fact in kiosk.facts.kept if isinstance(fact, m.ParcelRefused)]
    assert [(one.why, one.label) for one in refused] == [("damaged", LABEL)]


def test_one_key_takes_the_last_one_back(kiosk: Kiosk) -> None:
    signed_in(kiosk)
    put_away_by_keys(kiosk)
    kiosk.presses("F8")
    kiosk.shows("opening")
    item = claimed_item(kiosk)
    kiosk.bridge_opens_and_closes(item)
    kiosk.shows("find_person")
    expect(kiosk.page.get_by_role("button", name="Jean-Luc Schmitt")).to_be_visible()
    kiosk.presses("Enter")
    kiosk.shows("pick_size")
    kiosk.presses("5")
    kiosk.shows("placed")
    assert claimed_item(kiosk) == item


def test_three_beeps_tell_three_things(kiosk: Kiosk) -> None:
    signed_in(kiosk)
    kiosk.scans(GOOD_TOKEN)
    beep(kiosk, "error")
    put_away_by_keys(kiosk)
    beep(kiosk, "ok")
    kiosk.scans(LABEL)
    kiosk.shows("twice")
    beep(kiosk, "question")


def test_a_label_typed_by_hand_stands_in_the_field(kiosk: Kiosk) -> None:
    signed_in(kiosk)
    kiosk.presses("x", "y", "7", "Backspace", "8")
    expect(kiosk.page.locator('[data-shows="label"]')).to_have_text("xy8")
    kiosk.presses("Enter")
    kiosk.shows("find_person")
    expect(kiosk.page.locator('[data-shows="query"]')).to_have_text("")


def test_enter_answers_what_lies_over_the_screen_and_not_what_is_under_it(kiosk: Kiosk) -> None:
    signed_in(kiosk)
    kiosk.touches("Aide")
    expect(kiosk.page.locator(".over")).to_be_visible()
    kiosk.page.evaluate("() => document.activeElement.blur()")
    kiosk.presses("Enter")
    expect(kiosk.page.locator(".over")).to_have_count(0)
    kiosk.shows("parcels")


def test_keys_in_a_hurry_arrive_in_their_order(kiosk: Kiosk) -> None:
    signed_in(kiosk)
    kiosk.scans(LABEL)
    kiosk.shows("find_person")
    kiosk.page.keyboard.press("s")
    kiosk.page.keyboard.press("c")
    kiosk.page.keyboard.press("Enter")
    kiosk.page.keyboard.press("Enter")
    kiosk.shows("opening")
    assert kiosk.bridge.asks[-1].body == m.OpenItem(visit="staff-visit-1", item=claimed_item(kiosk))
