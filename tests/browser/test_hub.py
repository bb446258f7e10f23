"""The hub's pages in a real browser: live, by keyboard, on a phone."""

import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser, Page, Route, expect
from sqlalchemy import update

from contract import messages as m
from contract.bag_tag import printed
from contract.prompts import prompt_id
from hub.core.catalogue import Offer
from hub.store.catalogue import add_service
from hub.store.database import writing
from hub.store.partners import Partner, add_partner
from hub.store.presence import add_helper
from hub.store.tables import devices, items, outbox, partners, people, sites
from tests.fakes.hub_scene import ADMIN, PASSWORD, Scene
from tests.fakes.kiosk import hum
from tests.fakes.waiting import PATIENCE_MS, patiently

pytestmark = pytest.mark.browser

PHONE = {"width": 360, "height": 740}
DESK = {"width": 1280, "height": 800}
SITE = "/sites/borny"
PAGES = (
    "/",
    f"{SITE}/casiers",
    f"{SITE}/casiers/10",
    f"{SITE}/casiers/chiffres",
    f"{SITE}/casiers/plan?porte=3",
    f"{SITE}/colis",
    "/colis/i1",
    "/colis/i1/pour",
    f"{SITE}/messages?langue=ar",
    f"{SITE}/messages/ready/fr",
    f"{SITE}/personnes",
    f"{SITE}/personnes/ajouter",
    f"{SITE}/personnes/importer",
    f"{SITE}/equipe",
    f"{SITE}/voix",
    f"{SITE}/voix/sq",
    f"{SITE}/horaires",
    f"{SITE}/retours",
    "/colis/i9",
    f"{SITE}/commandes",
    f"{SITE}/commandes/shirts",
    f"{SITE}/services",
    f"{SITE}/services/ajouter",
    f"{SITE}/partenaires",
    f"{SITE}/comptes",
    f"{SITE}/financeurs",
    "/sites",
    f"{SITE}/presences",
    f"{SITE}/reglages",
    f"{SITE}/installer/casiers",
    f"{SITE}/installer/appareils",
    f"{SITE}/suivi",
    "/acces",
    "/mon-compte",
    "/gestes",
    f"{SITE}/appareils",
    f"{SITE}/appareil/borny-bridge",
    f"{SITE}/agendas",
    "/logiciels",
    "/api",
    "/nulle-part",
)


@dataclass
class Desk:
    """A hub with its pages served, and a browser to look at them."""

    scene: Scene
    address: str
    browser: Browser
    complaints: list[str]
    partner: str = ""

    def page(self, size: dict[str, int], *, signed_in: bool = True) -> Page:
        """A fresh browser profile; whatever its console complains of is noted."""
        context = self.browser.new_context(
            viewport=size,  # type: ignore[arg-type]
            locale="fr-FR",
            base_url=self.address,
        )
        context.set_default_timeout(PATIENCE_MS)
        page = context.new_page()
        page.on("console", lambda said: self.complaints.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        if signed_in:
            page.goto("/connexion")
            page.get_by_label("Votre nom").fill(ADMIN)
            page.get_by_label("Mot de passe").fill(PASSWORD)
            page.get_by_role("button", name="Se connecter").click()
            expect(page.get_by_role("heading", name="À faire maintenant")).to_be_visible()
        return page


@pytest.fixture
def desk(tmp_path: Path, chromium: Browser) -> Iterator[Desk]:
    scene = Scene(tmp_path)
    scene.accounts()
    scene.connect()
    scene.deposit("i1", 0, 3)
    scene.deposit("i2", 1, 10)
    scene.jam("i2", 1, 10)
    scene.deposit("i9", 2, 5)
    scene.told(
        m.ItemTakenOut(
            item="i9", compartment=5, allocation=1, staff=scene.member, why="return", evidence="door"
        ),
        m.ItemReturned(item="i9", staff=scene.member),
    )
    partner = ordered(scene)
    with scene.served() as address:
        desk = Desk(scene, address, chromium, [], partner)
        yield desk
        for context in chromium.contexts:
            context.close()
    scene.close()
    assert [text for text in desk.complaints if "404" not in text] == []


def ordered(scene: Scene) -> str:
    """Shirts are at a partner; its id."""
    with writing(scene.hub.engine) as connection:
        partner = add_partner(connection, Partner("Pressing des Îles", "+33387000000"), "borny", 0)
        shirts = Offer(partner, {"fr": "Pressing"}, "shirt", "bag", "drop", 450)
        add_service(connection, "borny", shirts, scene.clock.wall_ms(), ZoneInfo("Europe/Paris"))
    scene.said(
        m.OrderPlaced(
            order="shirts",
            number=printed("shirts"),
            item="shirts",
            kind="bag",
            person=scene.people[0],
            way="code",
            service="pressing",
            version=1,
            partner=partner,
            lines=(m.OrderLine(name="Pressing", unit_cents=450),),
            total_cents=450,
            promised_ms=scene.clock.wall_ms(),
        ),
        m.BagScanned(
            tag=printed("shirts"),
            side="take",
            holder=m.Holder(kind="partner", id=partner),
            item="shirts",
            post="wash",
        ),
    )
    return partner


def listening(page: Page) -> None:
    """Wait until the page's stream has begun."""
    expect(page.locator("#live[data-heard]")).to_be_attached()


def door(page: Page, name: str) -> None:
    """Wait until the drawing says so of a door."""
    expect(page.get_by_role("link", name=name, exact=True)).to_be_visible()


def test_a_door_that_moves_is_seen_on_the_page_by_itself(desk: Desk) -> None:
    page = desk.page(DESK)
    page.goto(f"{SITE}/casiers")
    door(page, "Porte 5, Libre")
    listening(page)
    for fact, name in (
        (m.DoorForced(compartment=5), "Porte 5, Forcée"),
        (m.CompartmentChecked(compartment=5, usable=True, actor="x"), "Porte 5, Ouverte"),
        (m.DoorClosed(compartment=5), "Porte 5, Libre"),
        (m.CompartmentChecked(compartment=6, usable=False, actor="x"), "Porte 6, Hors usage"),
    ):
        desk.scene.told(fact)
        door(page, name)


@pytest.mark.parametrize("width", [360, 390])
def test_a_telephone_shows_the_whole_drawing(desk: Desk, width: int) -> None:
    page = desk.page({"width": width, "height": 844})
    page.goto(f"{SITE}/casiers")
    boxes = [one.bounding_box() for one in page.locator("a.door").all()]
    assert len(boxes) == 18
    assert all(box and box["x"] >= 0 and box["x"] + box["width"] <= width for box in boxes)
    assert page.evaluate("document.documentElement.scrollWidth") == width
    expect(page.get_by_text("Faites glisser le dessin")).to_have_count(0)


def test_the_menu_ends_above_the_bar_of_the_pages_however_low_the_window(desk: Desk) -> None:
    page = desk.page({"width": 390, "height": 500})
    page.goto(f"{SITE}/casiers")
    page.locator(".top summary").click()
    page.get_by_role("button", name="Se déconnecter").click()
    expect(page.get_by_role("button", name="Se connecter")).to_be_visible()


def test_a_wide_cabinet_slides_inside_its_own_card_and_says_so(desk: Desk) -> None:
    places = tuple(
        m.CabinetCompartment(compartment=n, kind="lock", size="M", floor_cm=40, column=n, row=1)
        for n in range(1, 9)
    )
    desk.scene.told(m.CabinetDeclared(compartments=places))
    page = desk.page({"width": 390, "height": 844})
    page.goto(f"{SITE}/casiers")
    expect(page.get_by_text("Faites glisser le dessin de côté")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    page.locator("#door-8").focus()
    box = page.locator("#door-8").bounding_box()
    assert box
    assert box["x"] + box["width"] <= 390
    wide = desk.page({"width": 1600, "height": 900})
    wide.goto(f"{SITE}/casiers")
    expect(wide.get_by_text("Faites glisser le dessin de côté")).to_be_hidden()


def test_what_has_the_focus_keeps_it_when_news_arrive(desk: Desk) -> None:
    page = desk.page(DESK)
    page.goto(f"{SITE}/casiers")
    page.locator("#door-7").focus()
    listening(page)
    desk.scene.told(m.DoorForced(compartment=5))
    door(page, "Porte 5, Forcée")
    expect(page.locator("#door-7")).to_be_focused()


def test_the_page_says_when_news_stop_and_catches_up_by_itself(desk: Desk) -> None:
    page = desk.page(PHONE)
    page.clock.install()
    cut = threading.Event()
    cut.set()

    def wire(route: Route) -> None:
        if cut.is_set() or "flux" in route.request.url:
            route.abort()
        else:
            route.continue_()

    page.route("**/flux", wire)
    page.route("**/maintenant", wire)
    page.goto(f"{SITE}/casiers")
    stale = page.get_by_text("Les nouvelles n’arrivent plus")
    expect(stale).to_be_hidden()
    page.clock.run_for(30_000)
    expect(stale).to_be_visible()
    desk.scene.told(m.DoorForced(compartment=5))
    cut.clear()
    page.clock.run_for(10_000)
    door(page, "Porte 5, Forcée")
    expect(stale).to_be_hidden()
    page.close()
    desk.complaints.clear()  # the line that was cut on purpose


def test_a_door_is_opened_from_afar_by_keyboard_alone(desk: Desk) -> None:
    page = desk.page(DESK)
    page.goto(f"{SITE}/casiers")
    page.locator("#door-10").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Le capteur voit la porte fermée")).to_be_visible()
    page.get_by_text("Ouvrir à distance…").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    expect(page.get_by_label("La personne n’arrive pas")).to_be_checked()
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    expect(page.locator("#ouvrir [value=present]")).to_be_checked()
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Demande envoyée. On attend les casiers…")).to_be_visible()


def test_news_do_not_close_what_somebody_is_filling_in(desk: Desk) -> None:
    page = desk.page(PHONE)
    page.goto(f"{SITE}/casiers/10")
    listening(page)
    page.get_by_text("Ouvrir à distance…").click()
    page.get_by_label("Réparation").check()
    desk.scene.told(m.DoorForced(compartment=10))
    expect(page.get_by_text("La porte 10 s’est ouverte sans qu’on l’ait demandé")).to_be_visible()
    expect(page.get_by_label("Réparation")).to_be_checked()
    expect(page.get_by_label("Réparation")).to_be_visible()


def drawn(page: Page, drawings: str) -> None:
    """Every drawing of a sprite is there to be seen. (`wait_for_function` evaluates strings in the page,
    which its content security policy forbids: only this looks from outside.)"""
    script = "drawings => [...document.querySelectorAll(drawings)].every(u => u.getBBox().width > 0)"
    patiently(lambda: page.evaluate(script, drawings))


def test_the_code_is_shown_with_its_drawings_and_hidden_again(desk: Desk) -> None:
    page = desk.page(PHONE)
    page.goto("/colis/i1")
    expect(page.locator(".code")).to_have_count(0)
    page.get_by_text("Dire le code…").click()
    page.get_by_role("button", name="Montrer le code", exact=True).click()
    expect(page.locator(".code .digit-drawing")).to_have_count(8)
    drawn(page, ".code use")
    assert page.url.endswith("/colis/i1/code")
    page.get_by_text("Cacher le code").click()
    expect(page.locator(".code")).to_have_count(0)


def named_at_length(scene: Scene) -> None:
    """Everybody and everything has a name of one long word, and somebody is on the presence list."""
    word = "Donaudampfschifffahrtsgesellschaftskapit"
    with writing(scene.hub.engine) as connection:
        add_helper(connection, "borny", scene.clock.wall_ms(), name=word)
        for table in (sites, people, partners, devices):
            connection.execute(update(table).values(name=word))
        connection.execute(update(sites).values(address=word))
        connection.execute(update(people).values(flat=word))
        connection.execute(update(items).values(carrier=word, label=word))


@pytest.mark.parametrize(("scheme", "at_length"), [("light", False), ("dark", True)])
def test_on_a_phone_nothing_overflows_and_everything_can_be_touched(
    desk: Desk, scheme: str, at_length: bool
) -> None:
    page = desk.page(PHONE)
    if at_length:
        named_at_length(desk.scene)
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    of_partner = (f"{SITE}/partenaires/{desk.partner}", f"{SITE}/comptes/{desk.partner}")
    for address in (*PAGES, *of_partner, f"{SITE}/personnes/{desk.scene.people[0]}/donnees"):
        page.goto(address)
        patiently(lambda: page.evaluate("document.fonts.check('1rem \"Readex Pro\"')"))
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], address
        small = page.evaluate(
            """[...document.querySelectorAll(
                '.btn, .tabs a, .way a, input:not([type=hidden]), select, a.door')]
            .filter(e => e.checkVisibility() && !e.closest('.choice'))
            .map(e => [e.textContent.trim(), e.getBoundingClientRect(), e.closest('.way') ? 32 : 44])
            .filter(([, box, least]) => box.height < 44 || box.width < least)
            .map(([text, box]) => `${text} ${box.width} x ${box.height}`)"""
        )
        assert small == [], address


def test_a_rule_of_a_service_asks_for_what_it_needs_and_the_preview_says_it(desk: Desk) -> None:
    page = desk.page(PHONE)
    page.goto(f"{SITE}/partenaires/{desk.partner}")
    page.get_by_text("Ajouter des horaires").click()
    for day in ("lundi", "mardi", "mercredi", "jeudi", "vendredi"):
        page.locator(f"label:has(abbr[title={day}])").first.click()
    page.get_by_label("Ouvre à").fill("08:00")
    page.get_by_label("Ferme à").fill("19:00")
    page.get_by_role("button", name="Ajouter", exact=True).click()
    expect(page.get_by_role("button", name="Retirer\N{NO-BREAK SPACE}: vendredi")).to_be_visible()
    page.goto(f"{SITE}/services/ajouter")
    page.get_by_label("Nom à la borne").fill("Panier")
    page.get_by_label("Prix du partenaire, en €").fill("11")
    expect(page.locator("[name=lead_days]")).to_have_accessible_name(re.compile("^Jours ouvrés plus tard"))
    page.get_by_text("Personne ne peut le dire avant de l’avoir vu").click()
    expect(page.locator("[name=before]")).to_be_hidden()
    page.get_by_text("Cela arrive pour la personne").click()
    rule = page.locator(".lead-rule").first
    rule.get_by_text("Cela arrive certains jours").click()
    expect(page.locator("[name=lead_days]")).to_have_accessible_name(re.compile("^Commandé combien de"))
    rule.locator("label:has(abbr[title=jeudi])").click()
    page.get_by_label("Nom à la borne").press("Enter")
    expect(page.locator(".tile", has_text="Panier")).to_contain_text("disponible jeudi")


def test_the_drawing_is_legible_on_a_phone(desk: Desk) -> None:
    page = desk.page(PHONE)
    page.goto(f"{SITE}/casiers")
    heights = page.evaluate(
        "[...document.querySelectorAll('.door-word')].map(e => e.getBoundingClientRect().height)"
    )
    assert len(heights) == 18
    assert min(heights) >= 11


_WEDGE = """([shown, codes]) => {
  const field = document.querySelector("input[data-scan]");
  field.focus();
  const press = (code) => field.dispatchEvent(
    new KeyboardEvent("keydown", { code, shiftKey: code.startsWith("Key"), cancelable: true }));
  codes.forEach((code, place) => { press(code); field.value += shown[place]; });
  return press("Enter");
}"""


def scanned(page: Page, shown: str, printed: str) -> bool:
    """A US scanner types `printed`, the machine shows `shown`; whether its Enter would send the form."""
    codes = [f"Digit{mark}" if mark.isdigit() else f"Key{mark}" for mark in printed]
    return bool(page.evaluate(_WEDGE, [shown, codes]))


@pytest.mark.parametrize(
    ("shown", "printed", "kept"),
    [
        ("-Q&é\"'(-è_çà(", "6A12345678905", "6A12345678905"),
        ("6A12345678905", "6A12345678905", "6A12345678905"),
        ("6A12345678905", "6Q12345678905", "6A12345678905"),  # a scanner set to the machine's layout
    ],
)
def test_a_label_scanned_on_a_french_machine_is_the_one_that_is_printed(
    desk: Desk, shown: str, printed: str, kept: str
) -> None:
    page = desk.page(DESK)
    page.goto(f"{SITE}/colis")
    assert not scanned(page, shown, printed)
    expect(page.locator("input[data-scan]")).to_have_value(kept)


def test_what_a_person_types_into_the_label_stays_and_enter_sends_it(desk: Desk) -> None:
    page = desk.page(DESK)
    page.goto(f"{SITE}/colis")
    assert scanned(page, "é-", "26")
    expect(page.locator("input[data-scan]")).to_have_value("é-")


def test_a_slip_is_seen_on_a_phone_as_it_is_printed_and_nothing_else_is_on_the_paper(desk: Desk) -> None:
    page = desk.page(PHONE)
    page.add_init_script("window.print = () => { document.body.dataset.printed = 'yes'; };")
    page.goto("/colis/i1")
    page.get_by_role("button", name="Imprimer un papier").click()
    slip = page.locator(".slip")
    expect(slip.locator(".code .digit-drawing")).to_have_count(8)
    expect(slip).to_be_visible()
    drawn(page, ".slip use")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    square = slip.locator(".slip-qr svg").bounding_box()
    assert square is not None
    assert square["width"] == pytest.approx(square["height"], abs=1)
    assert square["width"] > 120
    page.get_by_role("button", name="Imprimer", exact=True).click()
    expect(page.locator("body[data-printed]")).to_be_attached()

    page.wait_for_load_state("load")
    page.emulate_media(media="print")
    expect(slip).to_be_visible()
    others = page.evaluate(
        """[...document.querySelectorAll('body *')]
        .filter(e => e.checkVisibility() && !e.closest('.slip') && !e.querySelector('.slip'))
        .map(e => e.outerHTML.slice(0, 80))"""
    )
    assert others == []
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    page.emulate_media(media="screen")
    page.get_by_role("button", name="Papier donné").click()
    expect(page.get_by_text("Samia a donné le papier")).to_be_visible()


def test_while_a_text_is_written_it_is_shown_as_it_will_be_read_with_its_length(desk: Desk) -> None:
    page = desk.page(PHONE)
    page.goto(f"{SITE}/messages/ready/fr")
    text, seen = page.get_by_label("Le texte"), page.locator("#seen")
    text.press("Control+End")
    text.press_sequentially(" Bonne journée")
    expect(seen).to_contain_text("Bonne journée")
    expect(seen).to_contain_text("1 SMS")
    text.press_sequentially(" ☕")
    expect(seen).to_contain_text("2 SMS")
    text.fill("{site} : {nouvelle} {prenom} {code}")
    expect(seen).to_contain_text("Ce message n’a pas de {prenom}.")
    text.fill("{site} : {nouvelle} Code {code}.")
    expect(seen).to_contain_text("Code 27 483 190.")
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_text("votre texte")).to_be_visible()


def test_all_slips_are_printed_each_on_a_sheet_of_its_own_and_nothing_else(desk: Desk) -> None:
    with writing(desk.scene.hub.engine) as connection:
        connection.execute(update(outbox).values(printed_ms=None, channel="slip", next_ms=None))
        arabic = update(people).where(people.c.id == desk.scene.people[1]).values(language="ar")
        connection.execute(arabic)
    page = desk.page(PHONE)
    page.goto(f"{SITE}/colis")
    page.get_by_role("button", name="Imprimer les papiers").click()
    expect(page.locator(".slip")).to_have_count(2)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    arabic_slip = page.locator('.slip[lang="ar"]')
    assert arabic_slip.evaluate("e => getComputedStyle(e).direction") == "rtl"
    places = arabic_slip.locator(".code-digit").evaluate_all(
        "all => all.map(e => e.getBoundingClientRect().x)"
    )
    assert places[:5] == sorted(places[:5]), "the digits of a code stand from left to right"
    page.wait_for_load_state("load")  # with the style sheet of paper, for which nothing on a screen waits
    page.emulate_media(media="print")
    others = page.evaluate(
        """[...document.querySelectorAll('body *')]
        .filter(e => e.checkVisibility() && !e.closest('.slip') && !e.querySelector('.slip'))
        .map(e => e.outerHTML.slice(0, 80))"""
    )
    assert others == []
    assert b"/Count 2" in page.pdf(format="A6")
    page.emulate_media(media="screen")
    page.get_by_role("button", name="Tous ces papiers sont donnés").click()
    expect(page.get_by_role("button", name="Imprimer les papiers")).to_have_count(0)


def test_a_voice_is_recorded_with_the_phones_microphone_heard_and_deleted(desk: Desk) -> None:
    page = desk.page(PHONE)
    page.context.grant_permissions(["microphone"])
    page.goto(f"{SITE}/voix/sq")
    line = page.locator(f'[data-prompt$="/{prompt_id("Hello!")}"]')
    line.get_by_role("button", name="Enregistrer", exact=True).click()
    line.get_by_role("button", name="Arrêter").click()
    expect(line.get_by_role("button", name="Réenregistrer")).to_be_visible()
    with page.expect_response(f"**/voix/sq/{prompt_id('Hello!')}?*") as heard:
        line.get_by_role("button", name="Écouter").click()
    assert heard.value.headers["content-type"] == "audio/webm"
    line.get_by_role("button", name="Effacer").click()
    expect(line.get_by_role("button", name="Enregistrer", exact=True)).to_be_visible()
    line.get_by_label("Choisir un fichier").set_input_files(
        {"name": "a.wav", "mimeType": "", "buffer": hum(0.1)}
    )
    expect(line.get_by_role("button", name="Réenregistrer")).to_be_visible()
    line.get_by_label("Choisir un fichier").set_input_files(
        {"name": "a.wav", "mimeType": "", "buffer": b"no"}
    )
    expect(line.get_by_role("alert")).to_have_text("La borne ne peut pas jouer ce fichier.")
    page.close()
    desk.complaints[:] = [one for one in desk.complaints if "422" not in one]
