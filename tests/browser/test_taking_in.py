"""A parcel taken in with a telephone: its camera, a touch for whose it is, a touch for the place."""

from playwright.sync_api import Page, expect

from tests.browser.test_hub import SITE, Desk, desk  # noqa: F401 - the fixture
from tests.browser.test_mandates import BARCODES
from tests.hub.web.test_taking_in import B2, noted, replies, sent

PHONE = {"width": 390, "height": 844}


def fits(page: Page) -> None:
    """Nothing overflows, and everything can be touched."""
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    small = page.evaluate(
        """[...document.querySelectorAll('.btn, .choice, input:not([type=hidden])')]
        .filter(e => !e.matches('.choice > input') && e.checkVisibility())
        .filter(e => e.getBoundingClientRect().height < 44)
        .map(e => e.textContent.trim())"""
    )
    assert small == []
    out = page.evaluate(
        """[...document.querySelectorAll('.card .choice, .card .btn')].filter(e => e.checkVisibility()
        && e.getBoundingClientRect().right > e.closest('.card').getBoundingClientRect().right - 15)
        .map(e => e.textContent.trim())"""
    )
    assert out == [], "over the border of its card"


def asks_for(page: Page, desk: Desk, place: str) -> None:  # noqa: F811
    """Small, a parcel, there: note it."""
    page.get_by_text("Petit", exact=True).click()
    page.get_by_text(place).first.click()
    fits(page)
    desk.scene.hub.ingest.tick()  # awake when the wish comes
    page.get_by_role("button", name="Le noter à l’étagère").click()
    expect(page.get_by_text("On attend les casiers")).to_be_visible()
    expect(page.locator("#live[data-heard]")).to_be_attached()
    fits(page)


def test_from_the_camera_to_the_shelf_and_to_another_place_when_the_first_is_taken(
    desk: Desk,  # noqa: F811
) -> None:
    page = desk.page(PHONE)
    page.add_init_script(BARCODES)
    page.goto(f"{SITE}/colis")
    page.get_by_role("link", name="Recevoir un colis").click()
    read = page.get_by_role("button", name="Lire avec l’appareil photo")
    expect(read).to_be_visible()
    fits(page)
    read.click()
    expect(page.get_by_role("heading", name="Pour qui est-ce")).to_be_visible()
    fits(page)
    page.get_by_role("searchbox").fill("benali")
    page.get_by_role("button", name="Chercher").click()
    page.get_by_role("button", name="Yasmina Benali B12").click()
    expect(page.get_by_role("heading", name="Où le posez-vous")).to_be_visible()
    asks_for(page, desk, "B1")
    replies(desk.scene, sent(desk.scene).order, "taken")
    expect(page.get_by_text("autre chose est posé à cette place")).to_be_visible()
    fits(page)
    page.get_by_role("button", name="Réessayer, ou une autre place").click()
    asks_for(page, desk, "B2")
    order = sent(desk.scene)
    assert (order.compartment, order.size, order.label) == (B2, "S", "6A98765432109")
    noted(desk.scene, order, B2)
    expect(page.get_by_text("C’est noté : place B2")).to_be_visible()
    fits(page)
    page.get_by_role("link", name="Le suivant").click()
    expect(page.get_by_label("Son numéro")).to_be_focused()
