"""A kiosk's pages in a real browser, before a real bridge: its process, its brokers, and doors on a line."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from contract import messages as m
from contract import topics
from contract.clock import SystemClock
from contract.ids import fresh_id
from contract.link import Link, LinkSettings
from kiosk.core import events as e
from kiosk.session import Session
from kiosk.web import create_app
from locker_firmware_bridge.boards.simulated.control import SimulatedBoardControl
from tests.fakes import services
from tests.fakes.bridge_process import BADGE, BRIDGE, KIOSK, SiteUnderTest, site_under_test
from tests.fakes.filled_bridge import Parcel, fill
from tests.fakes.kiosk import SITE, Facts, Known
from tests.fakes.serving import serving
from tests.fakes.small_cabinet import write_small_cabinet
from tests.fakes.waiting import PATIENCE_MS, patiently

NAMES = ("Aïcha Benmansour", "Jean-Luc Schmitt", "Fatima Benali", "Besnik Hoxha", "Élodie Müller")
LYING = {"width": 1280, "height": 800}
UPRIGHT = {"width": 1080, "height": 1920}


@dataclass
class House:
    """What a test holds: the page, the hands at the doors, and what lies where from the start."""

    page: Page
    hands: SimulatedBoardControl
    site: SiteUnderTest
    session: Session
    known: Known
    facts: Facts
    parcels: dict[str, Parcel]
    complaints: list[str] = field(default_factory=list)

    def shows(self, kind: str) -> None:
        """Wait until the screen is of this kind."""
        expect(self.page.locator(f'.screen[data-screen="{kind}"]')).to_be_visible()

    def touches(self, words: str) -> None:
        """Touch the button that says this, and nothing that only begins so."""
        self.page.locator("#stage").get_by_role("button", name=words).first.click()

    def signs_in(self) -> None:
        """Staff show their badge."""
        self.session.handle(e.StaffWanted())
        self.session.handle(e.Scanned(BADGE))
        self.shows("parcels")

    def leaves(self) -> None:
        """The conversation is over."""
        self.session.handle(e.Leave())
        self.shows("start")

    def looks_around(self) -> None:
        """To what is here."""
        self.touches("Ce qui est ici")
        self.shows("what_is_here")

    def touches_door(self, number: int) -> None:
        """A door of the drawing."""
        self.page.locator(f"#door-{number}").click()
        self.shows("at_place")

    def sees_open(self, number: int) -> None:
        """The sensor has seen this door open."""
        expect(self.page.locator(f"#door-{number}[data-highlight]")).to_have_attribute("data-state", "open")

    def opens_and_closes(self, number: int) -> None:
        """The door opens; somebody closes it."""
        self.sees_open(number)
        self.hands.close(number)

    def types(self, digits: str) -> None:
        """Touch the keys of the pad."""
        for digit in digits:
            self.page.locator(f'[data-digit="{digit}"]').click()

    def scans(self, text: str) -> None:
        """What a scanner on a port reads."""
        self.session.handle(e.Scanned(text))

    def unlocks(self) -> list[int]:
        """Every lock the board was told to open, in order."""
        return [lock for _, lock in self.site.cabinet.unlocks()]


@contextmanager
def real_house(
    browser: Browser, directory: Path, *, doors: int, parcels: int, drops: int = 0, scale: str = ""
) -> Iterator[House]:
    """So many doors in a column, so many parcels behind them, each for a person of its own.

    `drops`: so many bags were dropped by the first of these persons. `scale`: the port of one.
    """
    directory.mkdir(exist_ok=True)
    with site_under_test(directory, started=False) as site:
        write_small_cabinet(site.device, site.cabinet.url, doors=doors)
        if scale:
            with (site.device / "lockers.toml").open("a") as file:
                file.write(f'\n[scale]\nurl = "{scale}"\nprotocol = "mt-sics"\n')
        filled = {one.item: one for one in fill(site.device, parcels, drops=drops)}
        site.launch()
        site.kiosk.wait_for_beat()
        site.kiosk.wait_for_doors("closed", doors)
        people: dict[str, m.AnyDocument] = {
            f"person/person-{n}": m.PersonName(person=f"person-{n}", name=name, flat=f"A {n}")
            for n, name in enumerate(NAMES, 1)
        }
        known, facts = Known({"site": SITE, **people, **services.documents()}), Facts()
        with _conversation(site, known, facts) as session, _page(browser, session) as (page, complaints):
            house = House(page, site.cabinet.control, site, session, known, facts, filled, complaints)
            patiently(lambda: session.seen.state.bridge_up and bool(session.cabinet))
            yield house


@contextmanager
def _conversation(site: SiteUnderTest, known: Known, facts: Facts) -> Iterator[Session]:
    """The kiosk's own link takes the place of the test's client, under the same name."""
    broker, clock = site.kiosk.broker, SystemClock()
    link = Link(
        LinkSettings(host=broker.host, port=broker.port, device=KIOSK, password=broker.passwords[KIOSK]),
        subscriptions=topics.kiosk_subscriptions(KIOSK, BRIDGE),
        on_message=lambda came: session.receive(came.topic, came.payload),
        on_up=lambda: session.line_up(),
    )
    session = Session(
        KIOSK,
        BRIDGE,
        recorder=facts,
        wire=link,
        knowledge=known,
        clock=clock,
        fresh_id=lambda: fresh_id(clock.wall_ms()),
    )
    link.start()
    running = threading.Thread(target=session.run, daemon=True)
    running.start()
    try:
        yield session
    finally:
        session.close()
        link.stop()
        running.join()


@contextmanager
def _page(browser: Browser, session: Session) -> Iterator[tuple[Page, list[str]]]:
    with serving(create_app(session, ("fr", "en"))) as address:
        page = browser.new_page(viewport=LYING)  # type: ignore[arg-type]
        page.set_default_timeout(PATIENCE_MS)
        complaints: list[str] = []
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
        try:
            page.goto(address)
            yield page, complaints
        finally:
            page.close()
            session.close()
