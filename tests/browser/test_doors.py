"""A morning's jam on a concierge's telephone: what was tried, a colleague who agrees, what the sensor saw."""

from playwright.sync_api import Page, expect

from contract import messages as m
from tests.browser.test_hub import Desk, desk  # noqa: F401 - the fixture
from tests.browser.test_taking_in import PHONE, fits
from tests.fakes.hub_scene import CONCIERGE, PASSWORD
from tests.hub.web.test_door_deeds import carried_out, sent


def colleague(desk: Desk) -> Page:  # noqa: F811
    """Bilal, with a telephone of his own."""
    page = desk.page(PHONE, signed_in=False)
    page.goto("/connexion")
    page.get_by_label("Votre nom").fill(CONCIERGE)
    page.get_by_label("Mot de passe").fill(PASSWORD)
    page.get_by_role("button", name="Se connecter").click()
    return page


def test_a_jam_with_a_parcel_behind_it_takes_two_and_ends_with_what_the_sensor_saw(
    desk: Desk,  # noqa: F811
) -> None:
    page, bilal = desk.page(PHONE), colleague(desk)
    card = page.locator(".thing", has_text="La porte 10 ne s’est pas ouverte")
    card.get_by_role("link", name="Voir la porte").click()
    page.get_by_text("Réessayer…").click()
    fits(page)
    page.get_by_text("Un collègue doit être d’accord").first.click()
    page.get_by_text("Quelqu’un est devant la porte 10").first.click()
    desk.scene.clock.advance(1_000)
    page.get_by_role("button", name="Réessayer la porte 10").click()
    expect(page.get_by_text("Un collègue doit dire oui")).to_be_visible()
    expect(page.get_by_role("button", name="D’accord")).to_have_count(0)
    expect(page.locator("#live[data-heard]")).to_be_attached()
    bilal.get_by_role("link", name="Voir la demande").click()
    agree = bilal.get_by_role("button", name="D’accord\N{NO-BREAK SPACE}: ouvrir la porte 10")
    expect(agree).to_be_visible()
    fits(bilal)
    desk.scene.clock.advance(1_000)  # what happens at another moment is news
    desk.scene.hub.ingest.tick()  # awake when the wish comes
    agree.click()
    expect(bilal.get_by_text("On attend les casiers")).to_be_visible()
    order = sent(desk.scene)
    assert isinstance(order, m.RemoteOpen)
    assert (order.compartment, order.reason) == (10, "door_stuck")
    operation = f"op-{order.order}"
    carried_out(desk.scene, order, m.DoorOpened(operation=operation, compartment=10))
    expect(page.get_by_text("La porte s’est ouverte", exact=True)).to_be_visible()
    desk.scene.told(m.DoorClosed(operation=operation, compartment=10, open_ms=9_000))
    expect(page.get_by_text("La porte s’est ouverte, puis refermée")).to_be_visible()
    expect(page.get_by_text("Réessayer…")).to_have_count(0)
    fits(page)
    page.goto("/")
    expect(page.get_by_text("La porte 10 ne s’est pas ouverte")).to_have_count(0)
