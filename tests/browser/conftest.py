"""A real Chromium, and a kiosk served as on its machine, with a scripted bridge behind it."""

import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import (
    Browser,
    ConsoleMessage,
    FloatRect,
    Locator,
    Page,
    expect,
    sync_playwright,
)
from waitress import create_server  # type: ignore[import-untyped]

from contract.clock import Quality, SystemClock
from deploy.catalogues import compile_stale
from kiosk.session import Session
from kiosk.web import create_app
from tests.fakes.bridge import FakeBridge
from tests.fakes.kiosk import Facts, make_session
from tests.fakes.waiting import PATIENCE_MS, patiently

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

UPRIGHT, LYING = (1080, 1920), (1280, 800)
LANGUAGES = ("fr", "en", "ar", "sq")

expect.set_options(timeout=PATIENCE_MS)


@pytest.fixture(scope="session")
def chromium(chromium_path: Path) -> Iterator[Browser]:
    """Debian's Chromium, driven by playwright: one for all suites, which cannot run two at a time."""
    compile_stale()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=str(chromium_path),
            args=[
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--use-fake-ui-for-media-stream",  # a microphone that beeps
                "--use-fake-device-for-media-stream",
            ],
        )
        yield browser
        browser.close()


@dataclass
class Kiosk:
    """What a test holds: the page, and what stands behind it."""

    page: Page
    session: Session
    bridge: FakeBridge
    facts: Facts
    clock: "HurriedClock"
    served: "Served"
    complaints: list[str]

    def shows(self, kind: str) -> None:
        """Wait until the screen is of this kind."""
        expect(self.page.locator(f'.screen[data-screen="{kind}"]')).to_be_visible()

    def types(self, digits: str) -> None:
        """Touch the keys of the pad."""
        for digit in digits:
            self.page.locator(f'[data-digit="{digit}"]').click()

    def scans(self, text: str) -> None:
        """What a scanner does that types like a keyboard: no gaps, Enter at the end."""
        self.page.evaluate(WEDGE, text)

    def presses(self, *keys: str) -> None:
        """Press keys as a person does: with more than a scanner's gap between them."""
        for key in keys:
            self.page.keyboard.press(key)
            self.page.wait_for_timeout(110)

    def touches(self, words: str) -> None:
        """Touch the button that says this."""
        self.page.get_by_role("button", name=words).click()

    def bridge_opens_and_closes(self, item: str) -> None:
        """The door opens, somebody takes four seconds, the door closes."""
        self.shows("opening")
        self.bridge.opens(item)
        self.shows("door_open")
        self.passes(4_000)
        self.bridge.closes(item)

    def passes(self, ms: int) -> None:
        """Time passes, at once, and the bridge is there all the while."""
        with self.session._lock:
            self.clock.passes(ms)
            self.session.read(*self.bridge.presence())
            self.session.tick()


def where(one: Locator) -> FloatRect:
    """Where something stands; a screen may be drawn anew between two looks."""
    found: list[FloatRect] = []

    def so() -> bool:
        box = one.bounding_box()
        found.extend([box] if box else [])
        return bool(found)

    patiently(so)
    return found[0]


WEDGE = """(text) => {
  const codes = { "-": "Minus", "_": "Minus", " ": "Space", "\\u001d": "BracketRight" };
  const press = (code, shift, ctrl) => document.dispatchEvent(
    new KeyboardEvent("keydown", { code, shiftKey: shift, ctrlKey: ctrl, bubbles: true, cancelable: true }));
  for (const mark of text) {
    if (/[0-9]/.test(mark)) press("Digit" + mark, false, false);
    else if (/[A-Za-z]/.test(mark)) press("Key" + mark.toUpperCase(), mark === mark.toUpperCase(), false);
    else press(codes[mark], mark === "_", mark === "\\u001d");
  }
  press("Enter", false, false);
}"""


LABEL_IN_FRONT_OF_THE_CAMERA = """(label) => {
  const canvas = Object.assign(document.createElement("canvas"), { width: 640, height: 480 });
  const picture = Object.assign(new Image(), { src: label });
  const draw = () => {
    const drawing = canvas.getContext("2d");
    drawing.fillStyle = "#fff";
    drawing.fillRect(0, 0, 640, 480);
    drawing.drawImage(picture, 200, 120, 240, 240);
    requestAnimationFrame(draw);
  };
  picture.decode().then(draw);
  navigator.mediaDevices.getUserMedia = async () => canvas.captureStream(10);
}"""
"""Takes the picture of a label, as an address, and shows it to whoever asks for the camera."""


class HurriedClock(SystemClock):
    """The machine's clock, which a test puts forward instead of waiting; soon after, it stands.

    However slow the machine is, nobody is too long at a door or asked whether they are still there.
    """

    STANDS_AFTER_MS = 500

    def __init__(self) -> None:
        super().__init__()
        self._began_ms = self._now_ms = super().mono_ms()

    def mono_ms(self) -> int:
        return self._now_ms + min(super().mono_ms() - self._began_ms, self.STANDS_AFTER_MS)

    def passes(self, ms: int) -> None:
        """Put it forward."""
        self._now_ms, self._began_ms = self.mono_ms() + ms, super().mono_ms()

    def quality(self) -> Quality:
        """Believed, whether or not this machine is synchronised."""
        return "held"


class Served:
    """One server for all tests, before whichever kiosk is being looked at."""

    def __init__(self) -> None:
        self.application: WSGIApplication | None = None
        server = create_server(self, host="127.0.0.1", port=0, threads=8)
        self.address = f"http://127.0.0.1:{server.effective_port}/"
        threading.Thread(target=server.run, name="pages", daemon=True).start()

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> "Iterable[bytes]":
        assert self.application is not None
        return self.application(environ, start_response)


@pytest.fixture(scope="session")
def served() -> Served:
    return Served()


@pytest.fixture(params=[UPRIGHT, LYING], ids=["upright", "lying"])
def kiosk(request: pytest.FixtureRequest, chromium: Browser, served: Served) -> Iterator[Kiosk]:
    """A kiosk at each of the two sizes, on its start screen; it must not complain in the console."""
    clock = HurriedClock()
    bridge, facts = FakeBridge(clock), Facts()
    session = make_session(bridge, facts, clock)
    bridge.on_out = session.receive
    bridge.picture()
    served.application = create_app(session, LANGUAGES)
    bridge.beat()
    running = threading.Thread(target=session.run, daemon=True)
    running.start()
    width, height = request.param
    page = chromium.new_page(viewport={"width": width, "height": height})
    page.set_default_timeout(PATIENCE_MS)
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text) if _is_complaint(said) else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(served.address)
    here = Kiosk(page, session, bridge, facts, clock, served, complaints)
    here.shows("start")
    yield here
    page.close()
    session.close()
    running.join()
    assert complaints == []


def _is_complaint(said: ConsoleMessage) -> bool:
    return said.type in ("error", "warning")
