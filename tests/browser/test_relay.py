"""Bags from the drop door to the partner and back, with a real browser, a real bridge and doors that move."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from contract import bag_tag
from contract import messages as m
from kiosk.core import house_screens as h
from kiosk.core import screens as s
from tests.fakes.real_house import House, real_house
from tests.fakes.relay_screens import PRESS, SERVICES
from tests.fakes.waiting import patiently

pytestmark = pytest.mark.browser

FIRST, SECOND = (bag_tag.printed(f"bag-{number}") for number in (1, 2))


@pytest.fixture
def told() -> dict[str, m.AnyDocument]:
    """What the hub knows: the first bag has its tag already, the second has none yet."""
    tracked = (
        m.Tracked(
            item=f"bag-{number}",
            person="person-1",
            kind="bag",
            state="dropped",
            tag=FIRST if number == 1 else "",
            service="s-1",
            partner=PRESS,
            pieces=6 if number == 1 else None,
        )
        for number in (1, 2)
    )
    return {
        **{f"tracked/{one.item}": one for one in tracked},
        **{f"service/{one.service}": one for one in SERVICES},
    }


def test_two_doors_are_emptied_handed_over_come_back_and_are_collected_with_the_same_code(
    chromium: Browser, tmp_path: Path, mosquitto_path: object, told: dict[str, m.AnyDocument]
) -> None:
    with real_house(chromium, tmp_path / "house", doors=6, parcels=1, drops=2) as house:
        house.known.kept.update(told)
        house.signs_in()
        house.touches("Sacs et commandes")
        house.shows("bags")
        _empties(house)
        _hands_over(house)
        _takes_back(house)
        house.leaves()
        before = len(house.unlocks())
        house.types(house.parcels["item-1"].digits)
        opened = _collected(house)
        assert len(opened) == 3
        assert house.unlocks()[before:] == opened
        assert house.complaints == []


def _empties(house: House) -> None:
    house.touches("Vider les portes de dépôt")
    house.touches("Ouvrir la première porte")
    first, second = (house.parcels[f"bag-{number}"].door for number in (1, 2))
    house.sees_open(first)
    house.scans(bag_tag.scanned(FIRST))
    house.hands.close(first)
    house.shows("count_it")
    house.types("5")
    house.page.locator("[data-ok]").click()
    expect(house.page.get_by_text("Ce n’est pas le même nombre")).to_be_visible()
    house.touches("Oui, 5")
    house.opens_and_closes(second)
    house.shows("tag_it")
    house.page.evaluate("() => { window.print = () => { window.printedOnce = true; }; }")
    house.page.emulate_media(media="print")
    expect(house.page.locator(".tag .bars")).to_be_visible()
    expect(house.page.locator(".tag").get_by_text(SECOND)).to_be_visible()
    house.page.emulate_media(media="screen")
    house.touches("Imprimer l’étiquette")
    patiently(lambda: house.page.evaluate("() => window.printedOnce"))
    house.touches("L’étiquette est sur le sac")
    house.shows("count_it")
    house.page.locator("[data-ok]").click()
    house.shows("emptied")
    expect(house.page.get_by_text("2 sur 2")).to_be_visible()


def _hands_over(house: House) -> None:
    house.touches("Confier à un partenaire")
    house.touches("Blanchisserie du Sablon")
    house.shows("giving")
    for done, tag in enumerate((FIRST, SECOND), 1):
        house.scans(bag_tag.scanned(tag))
        expect(house.page.get_by_text(f"{done} sur 2")).to_be_visible()
    house.touches("C’est tout")
    house.touches("Le livreur signe")
    glass = house.page.locator("[data-glass]").bounding_box()
    assert glass is not None
    expect(house.page.get_by_role("button", name="C’est signé")).to_be_disabled()
    house.page.mouse.move(glass["x"] + 60, glass["y"] + 80)
    house.page.mouse.down()
    house.page.mouse.move(glass["x"] + 300, glass["y"] + 120, steps=4)
    house.page.mouse.up()
    house.touches("C’est signé")
    house.shows("sent_out")
    (closed,) = house.facts.of(m.ManifestClosed)
    assert isinstance(closed, m.ManifestClosed)
    assert (closed.signed, closed.tags) == (True, (FIRST, SECOND))
    house.page.emulate_media(media="print")
    expect(house.page.locator(".manifest").get_by_text(FIRST)).to_be_visible()
    house.page.emulate_media(media="screen")
    house.touches("Terminé")


def _takes_back(house: House) -> None:
    house.touches("Des sacs reviennent")
    house.shows("coming_back")
    house.scans(bag_tag.scanned(SECOND))
    place = _open_door(house, "bag-2")
    house.scans(bag_tag.scanned(FIRST))  # while the other door stands open
    house.hands.close(place)
    house.hands.close(_open_door(house, "bag-1"))
    house.shows("coming_back")
    expect(house.page.locator(".count")).to_contain_text("2")


def _open_door(house: House, item: str) -> int:
    """The door that opened for this bag, once it stands open."""

    def at() -> h.AtDoor | None:
        match house.session.seen.state.screen:
            case h.AtDoor(step="open", item=m.StockItem(item=found)) as screen if found == item:
                return screen
            case _:
                return None

    patiently(lambda: at() is not None)
    screen = at()
    assert screen is not None
    house.sees_open(screen.compartment)
    return screen.compartment


def _collected(house: House) -> list[int]:
    """Door by door, lowest first, as the bridge opens them."""
    opened: list[int] = []
    for nth in (1, 2, 3):
        patiently(lambda: isinstance(house.session.seen.state.screen, s.DoorOpen))
        screen = house.session.seen.state.screen
        assert isinstance(screen, s.DoorOpen)
        opened.append(screen.item.compartment)
        house.hands.close(screen.item.compartment)
        patiently(lambda: isinstance(house.session.seen.state.screen, s.HaveIt | s.NextDoor | s.Thanks))
        if isinstance(house.session.seen.state.screen, s.HaveIt):
            house.touches("Oui")
        if nth < 3:
            house.shows("next_door")
            house.touches("Ouvrir")
    return opened
