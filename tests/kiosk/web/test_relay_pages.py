"""Bags and orders through the addresses a browser uses."""

import re
from dataclasses import replace
from typing import get_args

from contract import bag_tag
from contract import messages as m
from kiosk.core import relay_screens as r
from kiosk.core.house import House
from kiosk.core.relay import Relay
from kiosk.core.relay_memory import Memory
from kiosk.web.relay_words import WHYS
from tests.fakes.bridge import STAFF_NUMBER, STAFF_PIN
from tests.fakes.kiosk import PEOPLE
from tests.fakes.relay_screens import HEARD, MANIFEST, MEMORY, PRESS, RELAY, STAFF, STOCK, TOLD
from tests.kiosk.web.conftest import Pages


def show(pages: Pages, screen: r.RelayScreen, relay: Relay = RELAY, memory: Memory = MEMORY) -> str:
    """This screen, with forty bags in hand."""
    state = pages.session.seen.state
    pages.session._publish(
        replace(state, staff=STAFF, house=House(STOCK), relay=relay, memory=memory, screen=screen)
    )
    return pages.text()


def sign_in(pages: Pages) -> None:
    pages.post("staff")
    pages.post("pin", number=str(STAFF_NUMBER), pin=STAFF_PIN)


def test_the_staffs_first_screen_leads_to_bags_and_orders(pages: Pages) -> None:
    sign_in(pages)
    assert "Sacs et commandes" in pages.text()
    pages.post("relay", value="home")
    assert isinstance(pages.session.seen.state.screen, r.Bags)


def test_what_the_hub_tells_of_bags_comes_with_the_stock(pages: Pages) -> None:
    kept = pages.session.knows._documents.kept  # type: ignore[attr-defined]
    kept.update({f"tracked/{one.item}": one for one in TOLD if isinstance(one, m.Tracked)})
    sign_in(pages)
    known = {one.item for one in pages.session.seen.state.relay.told}
    assert known >= {one.item for one in TOLD if isinstance(one, m.Tracked)}


def test_a_page_can_ask_for_nothing_that_is_not_there(pages: Pages) -> None:
    sign_in(pages)
    assert pages.post("relay", value="everything") == 400
    assert pages.post("partner", value="x" * 65) == 400
    assert pages.post("bag") == 400


def test_the_count_says_who_is_missing_by_name_and_the_slip_names_nobody(pages: Pages) -> None:
    text = show(pages, r.GivenCount())
    assert "28 sur 32" in re.sub(r"<[^>]*>", "", text)
    assert "4 sacs manquent." in text
    assert "Aïcha Benmansour" in text
    paper = show(pages, r.SentOut(MANIFEST, PRESS))
    slip = paper[paper.index('class="slip manifest') :]
    assert "Blanchisserie du Sablon" in slip
    assert "29 sacs" in slip
    assert bag_tag.printed("b-10") in slip
    assert "NET-0021744" in slip
    assert [one.name for one in PEOPLE if one.name in slip] == []


def test_a_tag_is_printed_as_text_as_bars_and_as_a_square(pages: Pages) -> None:
    text = show(pages, r.TagIt("b-0"))
    paper = text[text.index('class="slip tag') :].split("</article>")[0]
    assert bag_tag.printed("b-0") in paper
    assert 'class="bars"' in paper
    assert paper.count("<svg") == 2


def test_a_bag_that_left_says_its_hour_its_slip_and_its_partner(pages: Pages) -> None:
    text = show(pages, r.Giving(), replace(RELAY, heard=HEARD))
    words = re.sub(r"\s+", " ", re.sub(r"<[^>]*>", "", text))
    assert "Ce sac est déjà parti. 9:12 · 2C3E · Blanchisserie du Sablon" in words


def test_every_meaning_of_a_scan_has_its_line() -> None:
    assert set(WHYS) == set(get_args(r.Why)) - {""}


def test_what_was_drawn_is_posted_nowhere(pages: Pages) -> None:
    text = show(pages, r.SignHere())
    glass = re.search(r"<canvas[^>]*>", text)
    assert glass is not None
    assert "hx-" not in glass[0]
    assert re.search(r"<button[^>]*data-signed[^>]*disabled", text)


def test_staff_without_the_right_are_not_offered_bags(pages: Pages) -> None:
    sign_in(pages)
    state = pages.session.seen.state
    assert state.staff is not None
    pages.session._publish(replace(state, staff=replace(state.staff, rights=("collect",))))
    assert "Sacs et commandes" not in pages.text()
