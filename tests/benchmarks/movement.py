"""From a door that moves to the change on the hub's page in a real browser.

A door is opened by its code and shut, again and again, then others are forced, at moments that have nothing
to do with the bridge's polls. The board's own log says when a door moved, the page itself when its drawing
changed; the page's clock is compared with ours.
"""

import json
import random
import shutil
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from playwright.sync_api import Page, expect, sync_playwright

from deploy.brokers import LOOPBACK
from deploy.demo.plan import SITE
from tests.benchmarks.figures import Figure, percentile
from tests.benchmarks.screen import Screen
from tests.benchmarks.whole_site import WholeSite, whole_site

DOORS = range(5, 17)
COLLECTS = 32
MOST_MS = 1_000
_READINGS = 20
_WATCH = """() => {
  window.changes = [];
  const names = new Map();
  const look = () => document.querySelectorAll("#live [aria-label^='Porte ']").forEach((door) => {
    const [name, word] = door.getAttribute("aria-label").split(", ");
    if (names.get(name) !== word) {
      if (names.has(name)) window.changes.push([name, word, performance.now()]);
      names.set(name, word);
    }
  });
  look();
  new MutationObserver(look).observe(
    document.getElementById("live"), { subtree: true, childList: true, attributes: true });
}"""

_CHANGED = """([before, wanted]) => new Promise((done, fail) => {
  const last = performance.now() + 20000;
  const look = () => {
    const found = window.changes.slice(before).find(([name, word]) => `${name}, ${word}` === wanted);
    if (found) done(found[2]);
    else if (performance.now() > last) fail(new Error("no " + wanted));
    else setTimeout(look, 20);
  };
  look();
})"""


def run() -> list[Figure]:
    """The page of the hub open, doors moving."""
    with whole_site() as site, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"),
            args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"],
        )
        page = browser.new_page(locale="fr-FR", base_url=f"http://{LOOPBACK}:{site.plan.ports.hub}")
        _open(page, site)
        screen = Screen(site)
        collects = _collects(page, site, screen)
        screen.close()
        forced = _forced(page, site)
        browser.close()
    return [_figure("door of a collect", collects), _figure("door forced", forced)]


def _figure(what: str, delays: list[float]) -> Figure:
    name = f"{what} moves to change on the hub's page, {len(delays)} times: p99"
    middle, end = percentile(delays, 0.5), percentile(delays, 0.99)
    return Figure(name, f"{end:.0f} ms", f"p50 {middle:.0f} ms", "", f"< {MOST_MS} ms", end < MOST_MS)


def _open(page: Page, site: WholeSite) -> None:
    """Sign in, and look at the lockers until every door is known and live."""
    page.goto("/connexion")
    page.get_by_label("Votre nom").fill(site.known.administrator)
    page.get_by_label("Mot de passe").fill(site.known.password)
    page.get_by_role("button", name="Se connecter").click()
    expect(page.get_by_role("heading", name="À faire maintenant")).to_be_visible()
    page.goto(f"/sites/{SITE}/casiers")
    expect(page.locator("#live[data-heard]")).to_be_attached(timeout=20_000)
    for door in DOORS:
        expect(page.get_by_role("link", name=f"Porte {door}, Libre", exact=True)).to_be_visible()
    page.evaluate(_WATCH)


def _collects(page: Page, site: WholeSite, screen: Screen) -> list[float]:
    """One door opened by its code and shut, many times; the person says each time that it is too high."""
    parcel = screen.deposit()
    door, pause, chance = parcel.compartment, threading.Event(), random.Random(1)
    delays: list[float] = []
    for _ in range(COLLECTS):
        expect(page.get_by_role("link", name=f"Porte {door}, Occupée", exact=True)).to_be_visible()
        pause.wait(chance.uniform(4.6, 5.1))  # a lock has ten pulses a minute
        digits = parcel.slip.digits
        delays.append(_delay_ms(page, site, door, "Ouverte", partial(screen.post, "code", digits=digits)))
        pause.wait(chance.uniform(0.7, 1.4))
        delays.append(_delay_ms(page, site, door, "Libre", partial(site.stage.hands.close, door)))
        screen.shows("have_it")
        screen.post("kept", value="too_high")
        screen.post("leave")
        screen.shows("start")
    return sorted(delays)


def _forced(page: Page, site: WholeSite) -> list[float]:
    """Doors that nobody expects to move: the bridge looks at them seldom."""
    pause, chance = threading.Event(), random.Random(2)
    delays: list[float] = []
    for door in DOORS:
        pause.wait(chance.uniform(0.8, 1.6))
        delays.append(_delay_ms(page, site, door, "Forcée", partial(site.stage.hands.force, door)))
    return sorted(delays)


def _delay_ms(page: Page, site: WholeSite, door: int, word: str, move: Callable[[], object]) -> float:
    """Milliseconds from the movement to the door's drawing saying so."""
    before = page.evaluate("window.changes.length")
    move()
    changed_ms = page.evaluate(_CHANGED, [before, f"Porte {door}, {word}"])
    return float(changed_ms + _page_began_ms(page) - _moved_ms(site, door))


def _page_began_ms(page: Page) -> float:
    """The monotonic clock at the page's zero, by the quickest of some exchanges."""
    readings = []
    for _ in range(_READINGS):
        before_ns = time.monotonic_ns()
        page_ms = page.evaluate("performance.now()")
        after_ns = time.monotonic_ns()
        readings.append((after_ns - before_ns, (before_ns + after_ns) / 2e6 - page_ms))
    return float(min(readings)[1])


def _moved_ms(site: WholeSite, door: int) -> float:
    """When this door moved last."""
    log = Path(site.plan.data / "cabinet.jsonl").read_bytes().split(b"\n")[:-1]
    moves = [line for line in map(json.loads, log) if line["kind"] == "door" and line["lock"] == door]
    return float(moves[-1]["mono_ms"])
