"""The screens of keeping order through the addresses a browser uses, and what they refuse."""

import re
from dataclasses import replace

import pytest

from contract import messages as m
from kiosk.core import house_screens as h
from kiosk.core.house import House
from tests.fakes.bridge import STAFF_NUMBER, STAFF_PIN
from tests.fakes.house_screens import ALL, COUNTED, HOUSE, ITEM, PLACE, STOCK
from tests.kiosk.web.conftest import Pages

DAY_MS = 86_400_000


def show(pages: Pages, screen: h.HouseScreen, house: House = HOUSE, **more: object) -> str:
    """This screen, to staff with all rights; what it says, without tags."""
    state = replace(pages.session.seen.state, staff=ALL, house=house, screen=screen)
    pages.session._publish(replace(state, **more))  # type: ignore[arg-type]
    return pages.text()


def actions(text: str) -> set[str]:
    """What can be asked for on a screen."""
    return set(re.findall(r'hx-post="/do/(?:task|said)"[^>]*value="(\w+)"', text))


def test_the_staffs_first_screen_says_what_is_in_hand_and_leads_to_what_is_here(pages: Pages) -> None:
    pages.post("staff")
    pages.post("pin", number=str(STAFF_NUMBER), pin=STAFF_PIN)
    assert isinstance(pages.bridge.asks[-1].body, m.TakeStock)
    assert "Ce qui est ici" in pages.text()
    held = replace(House(), stock=m.Stock(places=(), in_hand=STOCK.in_hand))
    pages.session._publish(replace(pages.session.seen.state, house=held))
    assert "6 en main" in pages.text()


def test_every_place_is_drawn_and_can_be_touched(pages: Pages) -> None:
    text = show(pages, h.WhatIsHere())
    doors = re.findall(r'id="door-(\d+)"[^>]*data-state="(\w+)" role="button"', text)
    assert len(doors) == len(PLACE)
    assert ("13", "unchecked") in doors
    assert pages.post("place", value="13") in (200, 204)
    assert isinstance(pages.session.seen.state.screen, h.AtPlace)


@pytest.mark.parametrize(
    ("rights", "offered"),
    [
        ((), set()),
        (("deposit",), {"wrong"}),
        (("collect",), {"hand_over"}),
        (("inspect",), {"return", "wrong"}),
        (("deposit", "collect", "inspect"), {"hand_over", "move", "return", "wrong"}),
    ],
)
def test_a_place_offers_only_what_the_rights_allow(
    pages: Pages, rights: tuple[str, ...], offered: set[str]
) -> None:
    staff = replace(ALL, rights=rights)
    assert actions(show(pages, h.AtPlace(6), staff=staff)) == offered


def test_without_the_right_to_look_there_are_no_rounds(pages: Pages) -> None:
    staff = replace(ALL, rights=("deposit", "collect"))
    assert actions(show(pages, h.WhatIsHere(), staff=staff)) == {"places", "hands"}
    assert {"tour", "returns"} <= actions(show(pages, h.WhatIsHere()))


def test_a_free_doubtful_and_reserved_place_offer_what_fits_them(pages: Pages) -> None:
    assert actions(show(pages, h.AtPlace(3))) == {"look", "out"}
    assert actions(show(pages, h.AtPlace(13))) == {"look"}
    assert actions(show(pages, h.AtPlace(2))) == set()


def test_a_registered_letter_asks_who_and_never_for_a_number(pages: Pages) -> None:
    letter = PLACE[1].item
    assert letter is not None
    text = show(pages, h.HandTo(letter))
    assert actions(text) == {"known", "document"}
    assert "<input" not in text
    assert actions(show(pages, h.HandTo(ITEM))) == {"yes"}


def test_where_no_door_suits_the_person_it_is_not_the_size_that_is_at_fault(pages: Pages) -> None:
    nothing, small = m.Full(sizes=(), shelf=True), m.Full(sizes=("S",), shelf=True)
    assert "Aucune porte libre ne convient." in show(pages, h.NoRoom(ITEM, nothing))
    assert "Il n’y a plus de porte libre de cette taille." in show(pages, h.NoRoom(ITEM, small))


def test_an_unknown_name_is_said_as_such(pages: Pages) -> None:
    assert "Nom inconnu" in show(pages, h.InHand(ITEM))


def test_the_list_to_sign_has_carrier_date_labels_kinds_and_count(pages: Pages) -> None:
    house = replace(HOUSE, round=COUNTED.noted("h-1", "taken"))
    paper = show(pages, h.ReturnCount(), house).split('<article class="slip manifest"')[1]
    for words in ("Mondial Relay", "84930275", "Recommandé", "2 colis", "2026", "Livreur", "Concierge"):
        assert words in paper
    assert "84930276" not in paper, "that one is still behind its door"


def test_where_nothing_was_there_no_list_is_to_be_signed(pages: Pages) -> None:
    lines = [line.item.item for line in COUNTED.lines]
    empty = COUNTED
    for item in lines:
        empty = empty.noted(item, "missing")
    assert "Le livreur signe." not in show(pages, h.ReturnCount(), replace(HOUSE, round=empty))
    assert "Le livreur signe." in show(
        pages, h.ReturnCount(), replace(HOUSE, round=empty.noted(lines[0], "taken"))
    )


def test_the_list_is_in_the_places_own_language_and_leaves_an_unbelieved_date_blank(pages: Pages) -> None:
    pages.clock.set_wall(0, "unknown")
    paper = show(pages, h.ReturnCount(), replace(HOUSE, round=COUNTED), language="ar")
    assert '<article class="slip manifest" lang="fr" dir="ltr">' in paper
    assert '<span class="blank">' in paper
    assert "1970" not in paper


def test_a_closure_is_said_calmly_with_its_dates_in_the_persons_language(pages: Pages) -> None:
    now = pages.clock.wall_ms()
    closure = m.Closure(from_ms=now - DAY_MS, until_ms=now + DAY_MS, why="works", text="Ascenseur <A>")
    pages.session.knows._documents.kept["closure/c"] = closure  # type: ignore[attr-defined]
    text = pages.text()
    assert "Il y a des travaux ici." in text
    assert re.search(r"Du 1[78] novembre au 1[89] novembre\.", text)
    assert '<bdi data-own="Ascenseur &lt;A&gt;">Ascenseur &lt;A&gt;</bdi></p>' in text
    pages.post("speak", value="en")
    assert "There are works here." in pages.text()
    pages.post("typing")
    assert "There are works here." not in pages.text()


@pytest.mark.parametrize(
    ("action", "value"),
    [
        ("place", ""),
        ("place", "x"),
        ("place", "-1"),
        ("place", "99999"),
        ("task", "burn"),
        ("said", "maybe"),
        ("out-because", "<b>"),
        ("held", "i" * 65),
        ("carrier", "c" * 65),
    ],
)
def test_what_no_page_of_ours_posts_is_refused(pages: Pages, action: str, value: str) -> None:
    show(pages, h.WhatIsHere())
    before = pages.session.seen
    assert pages.post(action, value=value) == 400
    assert pages.session.seen.state == before.state


def test_nobody_sees_names_who_is_not_signed_in(pages: Pages) -> None:
    assert pages.post("stock") in (200, 204)
    assert 'data-screen="start"' in pages.text()


def test_enter_takes_the_only_person_found_where_something_is_for_somebody_else(pages: Pages) -> None:
    show(pages, h.ForWhom(ITEM))
    assert "Enter" not in str(re.findall(r'data-key="([^"]*)"', pages.text()))
    pages.post("people", query="schmitt")
    assert re.search(r'value="p-2"[^>]*data-key="Enter"|data-key="Enter"[^>]*value="p-2"', pages.text())
    pages.post("enter", text="schmitt")
    assert pages.bridge.asks[-1].body == m.Reassign(visit="sv", item=ITEM.item, person="p-2")


def test_another_door_that_is_open_is_named_until_it_is_closed(pages: Pages) -> None:
    busy = h.CannotDo("busy", h.AtDoor(3, "tour"))
    assert "Fermez d’abord" not in show(pages, busy, replace(HOUSE, doing="tour"))
    pages.bridge.picture(7)
    pages.bridge.deliver(pages.session.read)
    assert "Une autre porte est ouverte en ce moment." in pages.text()
    assert "Fermez d’abord la porte\u00a07." in pages.text()
    shown = pages.session.seen.revision
    pages.bridge.picture()
    pages.bridge.deliver(pages.session.read)
    assert "Fermez d’abord" not in pages.text()
    assert pages.session.seen.revision > shown
    pages.bridge.picture(7)
    pages.bridge.deliver(pages.session.read)
    assert "Fermez d’abord" not in show(pages, h.CannotDo("cap", h.AtDoor(3, "tour")))
