"""Shoes are dropped by finger: a real browser, a real bridge, doors that really move, and no hub at all."""

from collections.abc import Iterator

import pytest
from msgspec.structs import replace
from playwright.sync_api import Browser, expect

from contract import messages as m
from contract.receipt import to_text
from kiosk.core import drop_events as ev
from kiosk.core.drop_screens import Agree, WeighIt
from kiosk.core.dropping import Drop, receipt
from tests.browser.conftest import WEDGE
from tests.fakes.real_house import House, real_house
from tests.fakes.scale import SimulatedScale, simulated_scale
from tests.fakes.waiting import patiently

pytestmark = pytest.mark.browser

MOST_TOUCHES = 5


@pytest.fixture(scope="module")
def scale(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimulatedScale]:
    with simulated_scale(tmp_path_factory.mktemp("scale"), "mt-sics") as scale:
        yield scale


@pytest.fixture(scope="module")
def running(
    chromium: Browser,
    tmp_path_factory: pytest.TempPathFactory,
    mosquitto_path: object,
    scale: SimulatedScale,
) -> Iterator[House]:
    directory = tmp_path_factory.mktemp("drop")
    with real_house(chromium, directory, doors=5, parcels=1, scale=scale.url) as house:
        house.site.hub_broker.stop()
        yield house
        assert house.complaints == []


@pytest.fixture
def house(running: House) -> Iterator[House]:
    yield running
    running.leaves()


def open_door(house: House) -> int:
    """The number of the door that the sensor has seen open."""
    house.shows("door_open")
    number = int(house.page.locator(".plate.number").inner_text())
    house.sees_open(number)
    return number


def under_way(house: House) -> Drop:
    """What is being dropped."""
    drop = house.session.seen.state.drop
    assert drop is not None
    return drop


def checks(house: House, text: str) -> None:
    """A scanner that types like a keyboard reads a receipt."""
    house.page.evaluate(WEDGE, text)
    house.shows("receipt_seen")


def test_shoes_without_a_card_in_five_touches_then_told_where_they_are_and_the_receipt_proves_it(
    house: House,
) -> None:
    before = len(house.unlocks())
    house.touches("Déposer")
    house.touches("Sans carte")
    house.shows("services")
    touches = 0
    for words, screen in (("Cordonnerie", "agree"), ("Oui, ouvrir une porte", "door_open")):
        house.touches(words)
        house.shows(screen)
        touches += 1
    door = open_door(house)
    house.hands.put(door)
    house.hands.close(door)
    house.shows("drop_receipt")
    house.touches("Rouvrir la porte")
    house.sees_open(door)
    house.hands.close(door)
    house.shows("drop_receipt")
    drop = under_way(house)
    assert drop.seal is not None
    made = receipt(drop, "fr")
    assert made is not None
    for words in (drop.number, drop.seal.word, "12,00"):
        expect(house.page.locator(".proof")).to_contain_text(words)
    house.touches("Mon ticket")
    touches += 1
    digits = house.page.locator(".slip-screen .code").get_attribute("aria-label") or ""
    house.page.locator(".act").get_by_role("button", name="Terminer").click()
    touches += 1
    house.shows("start")
    assert touches <= MOST_TOUCHES
    assert house.unlocks()[before:] == [door, door]
    kinds = [type(fact) for fact in house.facts.kept]
    assert kinds == [m.OrderPlaced, m.BagTagged, m.ReceiptShown, m.SlipShown]

    house.types(digits.replace(" ", ""))
    house.shows("elsewhere")
    expect(house.page.get_by_text("Il attend ici. Le concierge va l’envoyer.")).to_be_visible()
    house.leaves()
    assert house.unlocks()[before:] == [door, door], "what was dropped opens for staff only"

    text = to_text(made, drop.seal.seal)
    checks(house, text)
    expect(house.page.get_by_text("Ce reçu est authentique.")).to_be_visible()
    expect(house.page.locator(".fields")).to_contain_text("Cordonnerie Bellecroix")
    house.leaves()
    checks(house, to_text(replace(made, total_cents=100), drop.seal.seal))
    expect(house.page.get_by_text("Ce reçu a été modifié.")).to_be_visible()


def weighed(house: House) -> None:
    """The bag lies on the scale; a machine that was busy meanwhile is given another try."""

    def so() -> bool:
        match house.session.seen.state.screen:
            case WeighIt(why=why) if why:
                house.session.handle(ev.WeighWanted())
            case Agree():
                return True
        return False

    patiently(so)
    house.shows("agree")


def test_weighed_too_small_then_given_up_and_the_order_is_no_more(
    house: House, scale: SimulatedScale
) -> None:
    house.touches("Déposer")
    house.touches("Sans carte")
    house.touches("Pressing")
    house.touches("Un de plus : Repassage")
    expect(house.page.locator(".sum")).to_contain_text("5,00")
    house.touches("Continuer")
    house.touches("3")
    house.shows("weigh_it")
    scale.put("4.35")
    weighed(house)
    expect(house.page.locator(".agreed")).to_contain_text("4,35")
    house.touches("Oui, ouvrir une porte")
    door = open_door(house)
    house.touches("Plus grand")
    house.hands.close(door)
    house.shows("no_door")
    house.touches("Réessayer")
    door = open_door(house)
    order = under_way(house).order
    house.touches("Abandonner")
    house.hands.close(door)
    house.shows("drop_ended")
    mine = [fact for fact in house.facts.kept if getattr(fact, "order", "") == order]
    assert [type(fact) for fact in mine] == [m.OrderPlaced, m.OrderCancelled]
    assert mine[0].weight_grams == 4350  # type: ignore[attr-defined]
