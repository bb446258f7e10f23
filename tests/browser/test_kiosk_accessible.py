"""axe-core finds nothing to say: every screen, in every language, standing and seated, two languages a size.

Most of what it judges is in the words and their order; sizes and distances are measured in every language at
both sizes by test_kiosk_sizes.py.
"""

import hashlib
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest

from kiosk.core.state import State
from kiosk.session import Seen
from kiosk.web.render import Renderer
from tests.browser.conftest import LANGUAGES, LYING, UPRIGHT, Kiosk
from tests.fakes.screens import residents_states, staff_states

pytestmark = pytest.mark.browser

VENDOR = Path(__file__).parent / "vendor"
[AXE] = tomllib.loads((VENDOR / "vendored.toml").read_text())["vendored"]

VIOLATIONS = """async (screens) => {
  const stage = document.getElementById("stage");
  await Promise.all([...document.fonts].map((font) => font.load()));
  const runOnly = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"];
  const found = [];
  for (const [name, drawn] of screens) {
    stage.innerHTML = drawn;
    document.dispatchEvent(new Event("htmx:after:swap"));
    const shown = stage.querySelector(".screen");
    document.documentElement.lang = shown.lang;
    document.documentElement.dir = shown.dir;
    const { violations } = await axe.run(document, { runOnly, resultTypes: ["violations"] });
    for (const { id, nodes } of violations)
      found.push(`${name}: ${id}: ${nodes.map((node) => node.html.slice(0, 120)).join(" | ")}`);
  }
  return found;
}"""


def violations(kiosk: Kiosk, states: list[State]) -> list[str]:
    """What axe finds on these screens, each put into the page as what the server sends is put there."""
    renderer = Renderer(kiosk.served.application, kiosk.session, LANGUAGES)  # type: ignore[arg-type]
    drawn = [(f"{type(one.screen).__name__} {one.over}", renderer.screen(Seen(2, one))) for one in states]
    found: list[str] = kiosk.page.evaluate(VIOLATIONS, drawn)
    return found


def test_the_judge_is_the_one_that_is_listed() -> None:
    assert hashlib.sha256((VENDOR / AXE["file"]).read_bytes()).hexdigest() == AXE["sha256"]
    assert (VENDOR / AXE["licence_text"]).stat().st_size > 200


@pytest.mark.parametrize(
    ("kiosk", "language"),
    [(UPRIGHT, "fr"), (UPRIGHT, "ar"), (LYING, "en"), (LYING, "sq")],
    indirect=["kiosk"],
)
def test_every_screen(kiosk: Kiosk, language: str) -> None:
    kiosk.page.evaluate((VENDOR / AXE["file"]).read_text("utf-8"))
    base = replace(kiosk.session.seen.state, language=language)
    assert violations(kiosk, [*residents_states(base), *staff_states(base)]) == []


def test_seated(kiosk: Kiosk) -> None:
    kiosk.page.evaluate((VENDOR / AXE["file"]).read_text("utf-8"))
    base = replace(kiosk.session.seen.state, seated=True)
    assert violations(kiosk, [*residents_states(base), *staff_states(base)]) == []


@pytest.mark.parametrize("kiosk", [UPRIGHT], indirect=True)
def test_it_finds_what_is_wrong(kiosk: Kiosk) -> None:
    kiosk.page.evaluate((VENDOR / AXE["file"]).read_text("utf-8"))
    kiosk.page.evaluate("() => document.querySelectorAll('nav .btn span').forEach((one) => one.remove())")
    found = kiosk.page.evaluate("async () => (await axe.run()).violations.map((one) => one.id)")
    assert "button-name" in found
