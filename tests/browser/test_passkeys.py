"""A real browser with a finger of its own makes a key and signs in with it; axe reads the pages."""

import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.fakes.hub_scene import ADMIN, PASSWORD, Scene
from tests.fakes.waiting import PATIENCE_MS

pytestmark = pytest.mark.browser

VENDOR = Path(__file__).parent / "vendor"
[AXE] = tomllib.loads((VENDOR / "vendored.toml").read_text())["vendored"]
VIOLATIONS = """async () => {
  const runOnly = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"];
  const { violations } = await axe.run(document, { runOnly, resultTypes: ["violations"] });
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" | ")}`);
}"""
FINGER = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def page(tmp_path: Path, chromium: Browser) -> Iterator[Page]:
    """The hub by its name (no key is made for a bare address), in a browser on a machine with a finger."""
    scene = Scene(tmp_path)
    scene.accounts()
    complaints: list[str] = []
    with scene.served() as address:
        named = address.replace("127.0.0.1", "localhost")
        context = chromium.new_context(locale="fr-FR", base_url=named)
        context.set_default_timeout(PATIENCE_MS)
        page = context.new_page()
        page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        keys = context.new_cdp_session(page)
        keys.send("WebAuthn.enable")
        keys.send("WebAuthn.addVirtualAuthenticator", {"options": FINGER})
        yield page
        context.close()
    scene.close()
    assert [text for text in complaints if "401" not in text] == []


def test_a_key_made_in_the_browser_signs_in_without_a_password(page: Page) -> None:
    page.goto("/connexion")
    page.get_by_label("Votre nom").fill(ADMIN)
    page.get_by_label("Mot de passe").fill(PASSWORD)
    page.get_by_role("button", name="Se connecter").click()
    expect(page.get_by_role("heading", name="À faire maintenant")).to_be_visible()
    page.goto("/mon-compte")
    form = page.locator("form[data-passkey]")
    form.get_by_label("Nom de la clé").fill("Le pouce")
    form.get_by_label("Mot de passe actuel").fill(PASSWORD)
    page.get_by_role("button", name="Ajouter une clé").click()
    expect(page.get_by_text("La clé est ajoutée")).to_be_visible()
    expect(page.get_by_text("Le pouce", exact=True)).to_be_visible()
    judge = (VENDOR / AXE["file"]).read_text("utf-8")
    for address in ("/mon-compte", "/acces", "/gestes", "/mon-compte/deuxieme-etape"):
        page.goto(address)
        page.evaluate(judge)
        assert page.evaluate(VIOLATIONS) == [], address
    page.context.clear_cookies()
    page.goto("/connexion?next=/gestes")
    page.get_by_role("button", name="Utiliser une clé d’accès").click()
    expect(page.get_by_role("heading", name="Qui a fait quoi")).to_be_visible()
    page.goto("/mon-compte")
    page.get_by_role("button", name="Retirer la clé Le pouce").click()
    expect(page.get_by_text("Le pouce", exact=True)).to_have_count(0)
    page.context.clear_cookies()
    page.goto("/connexion")
    page.get_by_role("button", name="Utiliser une clé d’accès").click()
    expect(page.get_by_role("alert")).to_contain_text("Cette clé n’ouvre rien ici")
