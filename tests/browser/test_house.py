"""Order in the house, by finger: a real browser, a real bridge, and doors that really move."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from contract import messages as m
from kiosk.core import screens as s
from tests.fakes.real_house import House, real_house
from tests.fakes.waiting import patiently

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def running(
    chromium: Browser, tmp_path_factory: pytest.TempPathFactory, mosquitto_path: object
) -> Iterator[House]:
    with real_house(chromium, tmp_path_factory.mktemp("house"), doors=8, parcels=5) as house:
        yield house
        assert house.complaints == []


@pytest.fixture
def house(running: House) -> Iterator[House]:
    """The staff's first screen; what one test does to its parcel is none of another's."""
    running.signs_in()
    running.looks_around()
    yield running
    running.leaves()


def test_what_is_moved_keeps_its_code_and_only_the_new_door_opens(house: House) -> None:
    parcel = house.parcels["item-1"]
    house.touches_door(parcel.door)
    expect(house.page.get_by_text("Aïcha Benmansour")).to_be_visible()
    house.touches("Déplacer")
    house.opens_and_closes(parcel.door)
    house.shows("new_place")
    new = int(house.page.locator(".plate.number").inner_text())
    assert new != parcel.door
    house.touches("Ouvrir la porte")
    house.opens_and_closes(new)
    house.shows("put_away")
    expect(house.page.get_by_text("Le code de la personne reste le même.")).to_be_visible()
    house.leaves()

    before = len(house.unlocks())
    house.types(parcel.digits)
    house.opens_and_closes(new)
    patiently(lambda: isinstance(house.session.seen.state.screen, s.HaveIt | s.Thanks))
    assert house.unlocks()[before:] == [new]


def test_a_parcel_for_somebody_else_gets_their_slip_and_only_their_code_opens(house: House) -> None:
    parcel = house.parcels["item-2"]
    house.touches_door(parcel.door)
    house.touches("Un souci")
    house.touches("C’est pour quelqu’un d’autre")
    house.types("685")  # m, ü, l on the keys
    house.touches("Élodie Müller")
    house.shows("new_owner")
    digits = house.page.locator(".slip-screen .code").get_attribute("aria-label")
    assert digits is not None
    house.page.evaluate("() => { window.print = () => { window.printedOnce = true; }; }")
    house.touches("Imprimer le ticket")
    patiently(lambda: house.page.evaluate("() => window.printedOnce"))
    patiently(lambda: shown_how(house) == ["screen", "print"])
    house.leaves()

    house.types(parcel.digits)
    house.shows("code_refused")
    before = len(house.unlocks())
    house.types(digits.replace(" ", ""))
    house.opens_and_closes(parcel.door)
    assert house.unlocks()[before:] == [parcel.door]


def shown_how(house: House) -> list[str]:
    return [fact.how for fact in house.facts.kept if isinstance(fact, m.SlipShown)]


def test_returns_door_by_door_with_a_list_to_sign(house: House) -> None:
    first, second = sorted((house.parcels["item-3"], house.parcels["item-4"]), key=lambda one: one.door)
    for parcel, label in ((first, "6A12345678901"), (second, "6A12345678918")):
        due = m.ReturnDue(item=parcel.item, carrier="Colissimo", label=label)
        house.known.kept[f"return/{parcel.item}"] = due
    house.leaves()
    house.signs_in()
    house.looks_around()
    house.touches("Retours (2)")
    house.touches("Colissimo")
    house.sees_open(first.door)
    house.scans("6A12345678901")
    house.hands.close(first.door)
    house.opens_and_closes(second.door)
    house.shows("right_one")
    house.scans("6A99999999999")
    expect(house.page.get_by_text("C’est l’étiquette d’un autre colis.")).to_be_visible()
    house.touches("Oui, c’est le bon")
    house.shows("return_count")
    expect(house.page.get_by_text("2 sur 2")).to_be_visible()
    house.page.emulate_media(media="print")
    for words in ("Colissimo", "6A12345678901", "6A12345678918", "2 colis", "Livreur (nom, signature)"):
        expect(house.page.locator(".manifest").get_by_text(words)).to_be_visible()
    expect(house.page.locator(".bottom")).to_be_hidden()
    house.page.emulate_media(media="screen")
    house.touches("Le livreur les a pris")
    expect(house.page.get_by_role("heading", name="Le livreur les a pris.")).to_be_visible()
    house.touches("J’ai compris")
    house.shows("what_is_here")
    expect(house.page.locator(f"#door-{first.door}")).to_have_attribute("data-state", "free")


def test_out_of_service_and_in_service_again_after_a_look(house: House) -> None:
    house.touches_door(8)
    house.touches("Hors service")
    house.touches("La serrure ne tient pas")
    house.shows("what_is_here")
    expect(house.page.get_by_text("La porte est hors service.")).to_be_visible()
    expect(house.page.locator("#door-8")).to_have_attribute("data-state", "unusable")
    house.touches_door(8)
    house.touches("La remettre en service")
    house.opens_and_closes(8)
    house.shows("what_was_there")
    house.touches("Elle est vide, et marche de nouveau")
    house.shows("what_is_here")
    expect(house.page.locator("#door-8")).to_have_attribute("data-state", "free")


def test_what_is_in_hand_is_first_after_a_restart_of_the_lockers(house: House) -> None:
    parcel = house.parcels["item-5"]
    house.touches_door(parcel.door)
    house.touches("Rendre au livreur")
    house.opens_and_closes(parcel.door)
    house.shows("carrier_has_it")
    house.site.kill()
    house.site.launch()
    patiently(lambda: not house.session.seen.state.bridge_up or house.session.seen.state.staff is None)
    patiently(lambda: house.session.seen.state.bridge_up)
    house.leaves()
    house.signs_in()
    expect(house.page.get_by_role("button", name="Ce qui est ici")).to_contain_text("1 en main")
    house.looks_around()
    house.touches("Ce que j’ai en main")
    house.touches("Élodie Müller")
    house.touches("Remettre")
    house.touches("Oui, c’est remis")
    house.shows("what_is_here")
    expect(house.page.get_by_text("C’est remis.")).to_be_visible()


def test_four_doors_are_checked_one_after_the_other_and_one_parcel_is_missing(
    chromium: Browser, tmp_path_factory: pytest.TempPathFactory, mosquitto_path: object
) -> None:
    with real_house(chromium, tmp_path_factory.mktemp("four"), doors=4, parcels=3) as house:
        house.signs_in()
        house.looks_around()
        house.touches("Faire le point")
        occupied = sorted(one.door for one in house.parcels.values())
        (free,) = {1, 2, 3, 4} - set(occupied)
        for door in occupied:
            house.sees_open(door)
            house.touches("Non, il n’y est pas" if door == occupied[1] else "Oui, il y est")
            house.hands.close(door)
            if door == occupied[1]:
                house.shows("sure_lost")
                house.touches("Oui, il est perdu")
        house.sees_open(free)
        house.touches("Oui, c’est vide")
        house.hands.close(free)
        house.shows("tour_account")
        expect(house.page.get_by_text("1 colis manque.")).to_be_visible()
        expect(house.page.locator(".count")).to_contain_text("4")
        assert house.unlocks() == [*occupied, free]
        house.touches("J’ai compris")
        house.shows("what_is_here")
        expect(house.page.locator(f"#door-{occupied[1]}")).to_have_attribute("data-state", "unchecked")
        assert house.complaints == []
