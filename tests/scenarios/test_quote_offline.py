"""A repair is dropped without a name, its price comes, the line is cut: whoever holds the ticket says yes."""

import re
from datetime import UTC, datetime
from pathlib import Path

from contract import messages as m
from deploy.demo.plan import SITE
from deploy.demo.seeding import offer
from hub.store.database import open_engine, writing
from hub.store.own_facts import OwnFact, append
from tests.fakes.at_the_kiosk import KioskScreen
from tests.fakes.site import Seeded, WholeSite, opened_site
from tests.fakes.waiting import patiently

CENTS = 4_500
NOT_NOW = ("silent", "refusal")
"""The machine has other work: they try again."""


def drops_a_telephone(site: WholeSite) -> str:
    """Nobody says who they are; the code on the ticket they get."""
    screen = site.screen
    ((service,),) = site.hub_rows("SELECT id FROM services WHERE picture = 'phone'")
    patiently(lambda: offers_something(screen))
    screen.touch("service", value=service)
    screen.touch("agree")
    screen.wait_for("door_open")
    found = re.search(r'class="plate number"[^>]*>(\d+)<', screen.html())
    assert found is not None
    site.hands.put(int(found[1]))
    site.hands.close(int(found[1]))
    screen.wait_for("drop_receipt")
    screen.touch("go-on")
    screen.wait_for("drop_ticket")
    code = re.search(r'class="code" [^>]*aria-label="([\d ]+)"', screen.html())
    assert code is not None
    screen.touch("leave")
    return code[1].replace(" ", "")


def offers_something(screen: KioskScreen) -> bool:
    """Whether the kiosk knows what is offered yet; it is on the screen where somebody chooses of it."""
    screen.touch("leave")
    screen.wait_for("start")
    screen.touch("drop")
    screen.touch("no-card")
    screen.wait_for("services", *NOT_NOW)
    return re.search(r'hx-post="/do/service"[^>]*value="[0-9a-f]+"', screen.html()) is not None


def partner_names_its_price(site: WholeSite, order: str) -> None:
    """What the partner's page writes."""
    quote = m.QuoteMade(quote="quote", order=order, cents=CENTS, by=m.Holder(kind="partner", id="phones"))
    engine = open_engine(f"sqlite:///{site.plan.hub / 'hub.sqlite3'}")
    with writing(engine) as connection:
        now_ms = site.stage.clock.wall_ms()
        append(connection, [OwnFact("quote", SITE, now_ms, False, quote)], now_ms)
    engine.dispose()


def shows(screen: KioskScreen, digits: str, wanted: str) -> bool:
    """Show the ticket, from wherever the screen is; whether this is what it says then."""
    screen.touch("leave")
    screen.wait_for("start")
    screen.touch("code", digits=digits)
    return screen.wait_for("quote_asked", "elsewhere", *NOT_NOW) == wanted


def test_with_the_line_cut_a_nameless_ticket_says_yes_once_and_the_hub_learns_it(
    seed: Seeded, tmp_path: Path
) -> None:
    with opened_site(seed, tmp_path) as site:
        offer(site.plan, datetime.fromtimestamp(site.stage.clock.wall_ms() / 1000, UTC).date())
        ticket = drops_a_telephone(site)
        order = site.wait_for_fact("order_placed").order
        patiently(lambda: shows(site.screen, ticket, "elsewhere"))
        partner_names_its_price(site, order)
        patiently(lambda: shows(site.screen, ticket, "quote_asked"))

        site.line.cut()
        patiently(lambda: shows(site.screen, ticket, "quote_asked"))
        assert "45,00" in site.screen.html()
        site.screen.touch("quote", value="yes")
        site.screen.wait_for("quote_heard")
        patiently(lambda: shows(site.screen, ticket, "elsewhere"))  # it is not asked again
        assert site.facts("quote_answered") == [], "the hub heard of it through a line that was cut"

        site.line.join()
        answer = site.wait_for_fact("quote_answered", quote="quote", order=order)
        assert (answer.accepted, answer.by) == (True, "person")
        assert site.hub_rows("SELECT agreed_cents FROM service_orders WHERE id = ?", order) == [(CENTS,)]
