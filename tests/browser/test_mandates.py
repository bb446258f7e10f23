"""Somebody else collects, a code by telephone, a refusal with its photo: by hand, on phone and desk."""

from base64 import b64decode
from collections.abc import Iterator
from pathlib import Path

import pytest
import segno
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import LABEL_IN_FRONT_OF_THE_CAMERA
from tests.browser.test_hub import DESK, PHONE, SITE, Desk, drawn
from tests.fakes.hub_scene import Scene

pytestmark = pytest.mark.browser

PICTURE = """async () => {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [1900, 400];
  const pen = canvas.getContext("2d");
  const noise = pen.createImageData(1900, 400);
  let last = 7;
  noise.data.forEach((_, place) => {
    last = (last * 75 + 74) % 65537;
    noise.data[place] = place % 4 === 3 ? 255 : last % 256;
  });
  pen.putImageData(noise, 0, 0);
  return canvas.toDataURL("image/png").split(",")[1];
}"""
"""A picture that a PNG cannot make small, 1900 wide, in base 64."""


@pytest.fixture
def desk(tmp_path: Path, chromium: Browser) -> Iterator[Desk]:
    scene = Scene(tmp_path)
    scene.accounts()
    scene.connect()
    scene.deposit("i1", 2, 3)
    scene.nameless("u1", 5, "6A18365204578")
    with scene.served() as address:
        desk = Desk(scene, address, chromium, [])
        yield desk
        for context in chromium.contexts:
            context.close()
    scene.close()
    assert desk.complaints == []


def fits(page: Page) -> None:
    """Nothing sticks out sideways."""
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_a_mandate_is_noted_printed_and_taken_back(desk: Desk, size: dict[str, int]) -> None:
    page = desk.page(size)
    page.goto(f"{SITE}/personnes/{desk.scene.people[2]}")
    page.get_by_role("link", name="Quelqu’un d’autre vient chercher").click()
    page.get_by_label("Qui vient").fill("Paul Roux")
    page.get_by_role("button", name="Noter la procuration").click()
    expect(page.get_by_role("heading", name="Paul Roux")).to_be_visible()
    fits(page)
    page.get_by_role("button", name="Montrer le code").click()
    expect(page.locator(".code .digit-drawing")).to_have_count(10)
    expect(page.locator(".spoken li")).to_have_count(4)
    fits(page)
    page.get_by_text("Cacher le code").click()
    expect(page.locator(".code")).to_have_count(0)

    page.get_by_label("Langue du papier").select_option("fr")
    page.get_by_role("button", name="Imprimer un papier").click()
    slip = page.locator(".slip")
    expect(slip.locator(".code .digit-drawing")).to_have_count(10)
    expect(slip).to_contain_text("P.")
    expect(slip).not_to_contain_text("Roux")
    drawn(page, ".slip use")
    square = slip.locator(".slip-qr svg").bounding_box()
    assert square is not None
    assert square["width"] > 120
    page.wait_for_load_state("load")
    page.emulate_media(media="print")
    expect(slip).to_be_visible()
    expect(page.get_by_text("Paul Roux")).to_be_hidden()
    page.emulate_media(media="screen")

    page.get_by_role("link", name="Retour aux procurations").click()
    page.get_by_role("button", name="Y mettre fin tout de suite").click()
    expect(page.get_by_text("annulée")).to_be_visible()
    expect(page.get_by_role("button", name="Montrer le code")).to_have_count(0)


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_a_code_for_the_telephone_is_read_with_its_drawings(desk: Desk, size: dict[str, int]) -> None:
    page = desk.page(size)
    page.goto(f"{SITE}/personnes/{desk.scene.people[2]}")
    page.get_by_role("button", name="Un code pour cette fois seulement").click()
    expect(page.get_by_role("heading", name="Code pour cette fois seulement")).to_be_visible()
    expect(page.locator(".spoken li")).to_have_count(3)
    expect(page.locator(".spoken [lang=sq]")).to_have_count(3)
    fits(page)


def test_an_unknown_name_becomes_somebodys_wish_on_a_phone(desk: Desk) -> None:
    page = desk.page(PHONE)
    page.goto(f"{SITE}/colis")
    page.get_by_role("link", name="À identifier").click()
    page.get_by_role("link", name="Dire pour qui c’est").click()
    page.get_by_placeholder("Nom ou logement").fill("diallo")
    page.get_by_role("button", name="Chercher").click()
    page.get_by_role("button", name="Ousmane Diallo").click()
    expect(page.get_by_text("Pour Ousmane Diallo : demandé, en attente de la borne")).to_be_visible()
    fits(page)


def test_a_large_photo_is_made_small_before_it_leaves_and_is_seen_afterwards(
    desk: Desk, tmp_path: Path
) -> None:
    page = desk.page(PHONE)
    page.goto(f"{SITE}/colis/tournees")
    picture = tmp_path / "photo.png"
    picture.write_bytes(b64decode(page.evaluate(PICTURE)))
    assert picture.stat().st_size > 2_000_000
    page.locator("summary", has_text="Refusé au transporteur").click()
    page.get_by_label("abîmé").check()
    page.get_by_label("Photo").set_input_files(picture)
    expect(page.locator("input[data-shrunk]")).to_be_attached()
    page.get_by_role("button", name="Noter le refus").click()
    seen = page.get_by_alt_text("Photo du colis")
    expect(seen).to_be_visible()
    expect(seen).to_have_js_property("naturalWidth", 1600)
    fits(page)


BARCODES = """
  window.BarcodeDetector = class {
    static getSupportedFormats = async () => ["code_128"];
    detect = async (video) => video.videoWidth ? [{ rawValue: "6A98765432109" }] : [];
  };
"""
"""What telephones' browsers bring and Debian's Chromium lacks."""


def test_a_label_is_read_with_the_camera_also_where_the_browser_itself_cannot(desk: Desk) -> None:
    page = desk.page(PHONE)
    page.goto(f"{SITE}/colis/tournees")
    label = segno.make_qr("6A98765432109").svg_data_uri(scale=8, border=4, light="#fff")
    page.evaluate(LABEL_IN_FRONT_OF_THE_CAMERA, label)
    page.locator("summary", has_text="Refusé au transporteur").click()
    page.get_by_role("button", name="Lire avec l’appareil photo").click()
    expect(page.get_by_label("Son numéro")).to_have_value("6A98765432109")
    expect(page.locator("video")).to_be_hidden()
    fits(page)


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_the_other_pages_fit_and_are_easy_to_touch(desk: Desk, size: dict[str, int]) -> None:
    page = desk.page(size)
    person = f"{SITE}/personnes/{desk.scene.people[2]}"
    for address in (
        f"{SITE}/colis",
        f"{SITE}/colis/a-identifier",
        f"{SITE}/colis/registre",
        f"{SITE}/colis/tournees",
        f"{SITE}/colis/perdus",
        "/colis/u1/pour",
        f"{person}/registre",
        f"{person}/procurations",
    ):
        page.goto(address)
        fits(page)
        small = page.evaluate(
            """[...document.querySelectorAll('.btn, input:not([type=hidden]), select')]
            .filter(e => e.checkVisibility() && !e.closest('.choice'))
            .map(e => [e.textContent.trim(), e.getBoundingClientRect()])
            .filter(([, box]) => box.height < 44 || box.width < 44)
            .map(([text, box]) => `${text} ${box.width} x ${box.height}`)"""
        )
        assert small == [], address
