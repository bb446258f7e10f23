"""The partners' page in a real browser: on a telephone, with a scanner, without a network."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import segno
from playwright.sync_api import Browser, BrowserContext, FilePayload, Page, expect
from sqlalchemy import select

from contract import messages as m
from contract.codec import decode_fact
from contract.scans.labels import number_of
from hub.core.partner_deeds import tag_of
from hub.store.backup import backup, restore
from hub.store.database import reading
from hub.store.tables import ledger, remarks
from tests.browser.conftest import LABEL_IN_FRONT_OF_THE_CAMERA, WEDGE
from tests.fakes.partner_scene import NET, OTHERS, PartnerScene
from tests.fakes.waiting import PATIENCE_MS, patiently

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

pytestmark = pytest.mark.browser

PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 800}


@dataclass
class Line:
    """Between the browser and the pages. Chromium that is set offline alone still lets a request out now and
    then, and calls it failed: its service worker's race with the network.
    """

    pages: "WSGIApplication"
    is_cut: bool = False

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        if self.is_cut:
            raise ConnectionAbortedError
        return self.pages(environ, start_response)


@dataclass
class Laundry:
    """A hub with its pages served, and a partner's telephone."""

    scene: PartnerScene
    context: BrowserContext
    complaints: list[str]
    line: "Line"

    def cut(self, *, line: bool) -> None:
        self.line.is_cut = line
        self.context.set_offline(line)

    def page(self) -> Page:
        page = self.context.new_page()
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", lambda said: self.complaints.append(said.text) if "Policy" in said.text else None)
        return page

    def told(self) -> list[tuple[str, m.AnyFact]]:
        """At which site, and what."""
        with reading(self.scene.hub.engine) as connection:
            rows = connection.execute(
                select(ledger).where(ledger.c.device == "hub.pages").order_by(ledger.c.seq)
            )
            return [(row.site, decode_fact(bytes(row.body))) for row in rows]

    def facts(self) -> list[tuple[m.AnyFact, bool]]:
        """What the hub wrote into its own journal, and whether the time of it is estimated."""
        with reading(self.scene.hub.engine) as connection:
            rows = connection.execute(
                select(ledger).where(ledger.c.device == "hub.pages").order_by(ledger.c.seq)
            )
            return [(decode_fact(bytes(row.body)), row.estimated) for row in rows]


@pytest.fixture(params=[PHONE, DESK], ids=["phone", "desk"])
def size(request: pytest.FixtureRequest) -> dict[str, int]:
    found: dict[str, int] = request.param
    return found


@pytest.fixture
def laundry(tmp_path: Path, chromium: Browser) -> Iterator[Laundry]:
    scene = PartnerScene(tmp_path, bags=4)
    scene.accounts()
    line, pages = Line(scene.app.wsgi_app), scene.app.wsgi_app
    scene.app.wsgi_app = line  # type: ignore[method-assign]
    with scene.served() as address:
        context = chromium.new_context(viewport=PHONE, locale="fr-FR", base_url=address)  # type: ignore[arg-type]
        context.set_default_timeout(PATIENCE_MS)
        here = Laundry(scene, context, [], line)
        yield here
        context.close()
    scene.app.wsgi_app = pages  # type: ignore[method-assign]
    scene.close()
    assert here.complaints == []


def enter(laundry: Laundry) -> Page:
    page = laundry.page()
    page.goto(f"/partenaire/{laundry.scene.access}")
    page.get_by_label("Code").fill(laundry.scene.pin_of_laundry)
    page.get_by_role("button", name="Entrer").click()
    expect(page.get_by_role("heading", name="Que fait-on")).to_be_visible()
    expect(page.locator("#line")).to_have_text("Tout est envoyé")
    return page


def scan(page: Page, *texts: str) -> None:
    for text in texts:
        page.evaluate(WEDGE, text)


def bar_code(tag: str) -> str:
    return "B1" + tag.replace("-", "")


def says(page: Page, text: str) -> None:
    expect(page.locator("#said")).to_contain_text(text)


def choose_round(page: Page) -> None:
    page.get_by_role("link", name="Recevoir").click()
    page.get_by_role("link", name="Résidence borny").click()
    expect(page.get_by_text("0 sur 4").first).to_be_visible()


def test_a_wrong_pin_is_told_and_the_right_one_opens(laundry: Laundry) -> None:
    page = laundry.page()
    page.goto(f"/partenaire/{laundry.scene.access}")
    page.get_by_label("Code").fill("000000")
    page.get_by_role("button", name="Entrer").click()
    expect(page.get_by_role("alert")).to_contain_text("Ce code n’est pas le bon")
    page.close()
    page = enter(laundry)
    expect(page.get_by_role("link", name="Recevoir")).to_contain_text("4 sacs attendus")
    page.get_by_role("link", name="Commandes").click()
    expect(page.locator("#body li")).to_have_count(4)
    expect(page.get_by_text(OTHERS)).to_have_count(0)


def test_the_page_keeps_of_a_tag_what_kiosks_and_the_hub_keep(laundry: Laundry) -> None:
    page = laundry.page()
    page.goto(f"/partenaire/{laundry.scene.access}")
    texts = [
        bar_code(laundry.scene.tags[0]),
        NET,
        f"]C0{NET}",
        "Linge Haddad",
        "SAC-12",
        number_of("SAC-12"),
        "A" * 70,
    ]
    ask = "(all) => import('/static/partner/scanner.js').then((one) => Promise.all(all.map(one.keptOf)))"
    assert page.evaluate(ask, texts) == [tag_of(text) for text in texts]


def test_bags_scanned_without_a_network_are_sent_once_when_it_is_back(laundry: Laundry) -> None:
    page, tags = enter(laundry), laundry.scene.tags
    expect(page.locator("html[data-offline=ready]")).to_be_attached()
    choose_round(page)
    scan(page, bar_code(tags[2]))
    says(page, "1 sur 4")
    expect(page.locator("#line")).to_have_text("Tout est envoyé")
    laundry.cut(line=True)
    scan(page, bar_code(tags[0]))
    says(page, "2 sur 4")
    scan(page, bar_code(tags[0]))
    says(page, "est déjà compté")
    scan(page, NET)
    says(page, "n’est pas sur le bordereau")
    expect(page.locator("#line")).to_have_text("Pas de réseau : 2 gestes gardés ici")

    page.reload()
    expect(page.get_by_text("2 sur 4").first).to_be_visible()
    expect(page.locator("#line")).to_have_text("Pas de réseau : 2 gestes gardés ici")
    scan(page, bar_code(tags[3]))
    says(page, "3 sur 4")
    page.get_by_role("button", name="Finir : 1 manquant").click()
    expect(page.get_by_text(tags[1])).to_be_visible()
    page.get_by_role("button", name="Oui, c’est tout").click()
    says(page, "il manque 1 sac")

    laundry.cut(line=False)
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.locator("#line")).to_have_text("Tout est envoyé")
    facts = laundry.facts()
    scans = [(fact.tag, estimated) for fact, estimated in facts if isinstance(fact, m.BagScanned)]
    assert scans == [(tags[2], False), (tags[0], True), (NET, True), (tags[3], False)]
    closed = [fact for fact, _ in facts if isinstance(fact, m.ManifestClosed)]
    assert [fact.missing for fact in closed] == [(tags[1],)]
    expect(page.get_by_role("link", name="Rendre")).to_contain_text("4 sacs ici")


def test_the_camera_reads_a_label_where_the_browser_itself_cannot(laundry: Laundry) -> None:
    """Chromium here knows no bar codes: zxing reads, under the page's policy."""
    page, tag = enter(laundry), laundry.scene.tags[0]
    choose_round(page)
    label = segno.make_qr(bar_code(tag)).svg_data_uri(scale=8, border=4, light="#fff")
    page.evaluate(LABEL_IN_FRONT_OF_THE_CAMERA, label)
    page.get_by_role("button", name="Appareil photo").click()
    says(page, f"{tag} : 1 sur 4")
    page.get_by_role("button", name="Appareil photo").click()
    expect(page.locator("video")).to_be_hidden()


def test_two_sites_may_have_one_number_and_pieces_are_counted_without_a_network(laundry: Laundry) -> None:
    """The same tag at both: each is its own bag, wherever it is scanned, counted and given back."""
    page, tag = enter(laundry), laundry.scene.twin()
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.get_by_role("link", name="Rendre")).to_contain_text("2 sacs ici")
    laundry.cut(line=True)
    page.get_by_role("link", name="Rendre").click()
    page.get_by_label("De quelle conciergerie").select_option("metz")
    scan(page, bar_code(tag))
    says(page, f"{tag} (Résidence metz)")
    scan(page, bar_code(tag))
    says(page, "est déjà compté")
    page.get_by_label("De quelle conciergerie").select_option("borny")
    scan(page, bar_code(tag))
    says(page, f"{tag} (Résidence borny)")
    expect(page.get_by_role("button", name="Rendre 2 sacs")).to_be_visible()
    page.goto("/partenaire/#commande/order-0")
    page.get_by_role("button", name="Compter les pièces").click()
    expect(page.get_by_text("La conciergerie en annonce 4.")).to_be_visible()
    page.get_by_role("button", name="Un de moins").click()
    page.get_by_role("button", name="C’est le compte").click()
    says(page, "3 ici, 4 à la conciergerie")
    expect(page.get_by_text("les comptes diffèrent")).to_be_visible()
    page.goto("/partenaire/#rendre")
    page.get_by_role("button", name="Rendre 2 sacs").click()
    says(page, "2 sacs rendus")
    laundry.cut(line=False)
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.locator("#line")).to_have_text("Tout est envoyé")
    told = laundry.told()
    given = [site for site, fact in told if isinstance(fact, m.BagScanned) and fact.side == "give"]
    assert given == ["metz", "borny"]
    assert {site: fact.tags for site, fact in told if isinstance(fact, m.ManifestClosed)} == {
        "metz": (tag,),
        "borny": (tag,),
    }
    assert [fact for _, fact in told if isinstance(fact, m.PiecesCounted)] == [
        m.PiecesCounted(item="bag-0", by="partner", pieces=3, who=laundry.scene.laundry)
    ]


def test_what_a_restored_hub_lost_is_sent_again(laundry: Laundry, tmp_path: Path) -> None:
    page, tags = enter(laundry), laundry.scene.tags
    backup(laundry.scene.hub.engine, tmp_path / "backup")
    choose_round(page)
    scan(page, bar_code(tags[0]), bar_code(tags[1]))
    says(page, "2 sur 4")
    expect(page.locator("#line")).to_have_text("Tout est envoyé")
    assert len(laundry.facts()) == 2
    page.goto("about:blank")
    pages = laundry.scene.hub.engine
    laundry.scene.hub.stop()
    restore(tmp_path / "backup", laundry.scene.hub.directory / "hub.sqlite3", laundry.scene.clock.wall_ms())
    pages.dispose()  # what the page asked meanwhile opened the old file once more
    laundry.scene.hub.start()
    page.goto(f"/partenaire/{laundry.scene.access}")  # signed out by the restore; what was done is kept
    page.get_by_label("Code").fill(laundry.scene.pin_of_laundry)
    page.get_by_role("button", name="Entrer").click()
    expect(page.locator("#line")).to_have_text("Tout est envoyé")
    assert [fact.tag for fact, _ in laundry.facts() if isinstance(fact, m.BagScanned)] == list(tags[:2])


def test_a_clock_a_day_off_does_no_harm(laundry: Laundry) -> None:
    laundry.context.add_init_script("{ const now = Date.now; Date.now = () => now() + 86400000; }")
    page = enter(laundry)
    choose_round(page)
    scan(page, bar_code(laundry.scene.tags[0]))
    says(page, "1 sur 4")
    expect(page.locator("#line")).to_have_text("Tout est envoyé")
    with reading(laundry.scene.hub.engine) as connection:
        at_ms, estimated = connection.execute(
            select(ledger.c.at_ms, ledger.c.estimated).where(ledger.c.device == "hub.pages")
        ).one()
    assert abs(at_ms - laundry.scene.clock.wall_ms()) < 60_000
    assert not estimated


def test_a_machine_a_remark_a_quote_what_is_ready_and_back_again(laundry: Laundry) -> None:
    page, tags = enter(laundry), laundry.scene.tags
    choose_round(page)
    scan(page, *map(bar_code, tags))
    page.get_by_role("button", name="Tout est compté").click()
    page.get_by_role("button", name="Oui, c’est tout").click()
    expect(page.get_by_role("heading", name="Que fait-on")).to_be_visible()

    page.get_by_role("link", name="Une machine").click()
    page.get_by_label("Nom de la machine").fill("Machine 3")
    scan(page, bar_code(tags[0]), bar_code(tags[1]))
    page.get_by_role("button", name="Lancer la machine : 2 sacs").click()
    says(page, "Machine 3 est notée")
    page.get_by_role("button", name="Retour").click()

    page.get_by_role("link", name="Commandes").click()
    scan(page, bar_code(tags[0]))
    expect(page.get_by_text("Lavage au kilo")).to_be_visible()
    page.get_by_role("button", name="Une remarque").click()
    page.get_by_label("Une tache").check()
    page.get_by_label("En quelques mots").fill("Encre sur le col")
    page.get_by_label("Photo", exact=True).set_input_files(
        FilePayload(name="col.png", mimeType="image/png", buffer=page.screenshot())
    )
    page.get_by_role("button", name="Envoyer la remarque").click()
    says(page, "La remarque est notée.")
    page.get_by_role("button", name="Devis").click()
    page.get_by_label("Prix, en euros").fill("42,505")
    page.get_by_role("button", name="Envoyer le devis").click()
    expect(page.get_by_text("Écrivez un prix comme 42,50.")).to_be_visible()
    page.get_by_label("Prix, en euros").fill("42,5")
    page.get_by_role("button", name="Envoyer le devis").click()
    expect(page.locator("#top")).to_contain_text("pas encore de réponse")
    page.get_by_role("button", name="Ces pièces sont prêtes").click()
    says(page, "une partie est prête")
    page.get_by_role("button", name="Tout est prêt").click()
    says(page, "la conciergerie le sait")

    page.goto("/partenaire/#rendre")
    scan(page, bar_code(tags[0]), bar_code(tags[1]))
    says(page, "n’était pas noté prêt")
    page.get_by_role("button", name="Rendre 2 sacs").click()
    says(page, "2 sacs rendus")
    expect(page.locator("#line")).to_have_text("Tout est envoyé")
    facts = [fact for fact, _ in laundry.facts()]
    kinds = [str(type(fact).__struct_config__.tag) for fact in facts]
    assert kinds == [
        *["bag_scanned"] * 4,
        "manifest_closed",
        "load_made",
        "bag_noted",
        "quote_made",
        *["work_done"] * 2,
        *["bag_scanned"] * 2,
        "manifest_closed",
    ]
    load, quote = facts[5], facts[7]
    assert isinstance(load, m.LoadMade)
    assert (load.machine, load.tags) == ("Machine 3", tags[:2])
    assert isinstance(quote, m.QuoteMade)
    assert quote.cents == 4250
    with reading(laundry.scene.hub.engine) as connection:
        kept = connection.execute(select(remarks.c.text, remarks.c.photo_type)).all()
    assert kept == [("Encre sur le col", "image/jpeg")]


_KEPT = """async ({ load, tags }) => {
  const [name] = (await indexedDB.databases()).map((one) => one.name);
  const opening = indexedDB.open(name);
  await new Promise((resolve) => (opening.onsuccess = resolve));
  const store = opening.result.transaction("told", "readwrite").objectStore("told");
  const put = store.put({ machine: "M3", load, back: { manifest: "e".repeat(32), tags } }, "draft");
  await new Promise((resolve) => (put.onsuccess = resolve));
  opening.result.close();
}"""


def test_more_than_a_load_or_a_return_holds_is_on_the_next_one(laundry: Laundry) -> None:
    page, tags = enter(laundry), laundry.scene.tags
    many = [f"NET-{n}" for n in range(400)]
    page.evaluate(_KEPT, {"load": many[:60], "tags": many})
    page.goto("/partenaire/#machine")
    page.reload()
    expect(page.get_by_role("button", name="Lancer la machine : 60 sacs")).to_be_visible()
    scan(page, bar_code(tags[0]))
    says(page, f"{tags[0]} : une machine compte 60 sacs au plus")
    page.get_by_role("button", name="Lancer la machine : 61 sacs").click()
    says(page, "M3 est notée")
    page.goto("/partenaire/#rendre")
    scan(page, bar_code(tags[1]))
    page.get_by_role("button", name="Rendre 1 sac").click()
    says(page, "1 sac rendu")
    expect(page.locator("#line")).to_have_text("Tout est envoyé")
    facts = [fact for fact, _ in laundry.facts()]
    assert [len(fact.tags) for fact in facts if isinstance(fact, m.LoadMade)] == [60, 1]
    assert [len(fact.tags) for fact in facts if isinstance(fact, m.ManifestClosed)] == [400, 1]


def test_a_remark_on_an_order_without_a_tag_and_leaving_with_two_tabs_open(laundry: Laundry) -> None:
    laundry.scene.ordered_basket("order-basket", laundry.scene.laundry)
    page, other = enter(laundry), laundry.page()
    other.goto("/partenaire/#commande/order-basket")
    other.get_by_role("button", name="Une remarque").click()
    other.get_by_role("button", name="Envoyer la remarque").click()
    says(other, "La remarque est notée.")
    expect(other.locator("#line")).to_have_text("Tout est envoyé")
    [fact] = [fact for fact, _ in laundry.facts()]
    assert isinstance(fact, m.BagNoted)
    assert (fact.tag, fact.item) == ("", "basket")

    page.locator("details.menu summary").click()
    page.get_by_role("button", name="Se déconnecter").click()
    for tab in (page, other):
        expect(tab.get_by_label("Code")).to_be_visible()


_GO = """where => new Promise((drawn) => {
  if (location.hash.slice(1) === where) return drawn();
  addEventListener("hashchange", () => drawn(), { once: true });
  location.hash = where;
})"""
"""To a screen of the page, and until it is drawn: its own listener comes before ours."""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_overflows_and_everything_can_be_touched(
    laundry: Laundry, size: dict[str, int], scheme: str
) -> None:
    page = enter(laundry)
    page.set_viewport_size(size)  # type: ignore[arg-type]
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    order = "order-0"
    screens = (
        "",
        "recevoir",
        "recevoir/sans",
        "machine",
        "travail",
        "rendre",
        "rendu",
        f"compter/{laundry.scene.key}",
        f"commande/{order}",
        f"devis/{order}",
        "remarque/NET-1",
    )
    for where in screens:
        page.evaluate(_GO, where)
        patiently(lambda: page.evaluate("document.fonts.check('1rem \"Readex Pro\"')"))
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"], where
        small = page.evaluate(
            """[...document.querySelectorAll('.btn, input:not([type=hidden]), select')]
            .filter(e => e.checkVisibility() && !e.closest('.choice'))
            .map(e => [e.textContent.trim(), e.getBoundingClientRect()])
            .filter(([, box]) => box.height < 44 || box.width < 44)
            .map(([text, box]) => `${text} ${box.width} x ${box.height}`)"""
        )
        assert small == [], where
