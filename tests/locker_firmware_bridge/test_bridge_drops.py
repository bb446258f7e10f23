"""The real bridge's process: something dropped outlives kills, goes to a partner and back, under one code."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from contract import messages
from contract.messages import Door, Settled
from tests.fakes.bridge_process import SiteUnderTest, site_under_test


@pytest.fixture
def site(tmp_path: Path) -> Iterator[SiteUnderTest]:
    with site_under_test(tmp_path) as running:
        yield running


def through_the_door(site: SiteUnderTest, body: messages.AskBody) -> Settled:
    """Ask for a door, and close it once it is open."""
    ask = site.kiosk.ask(body)
    opened = site.kiosk.wait(ask, Door, state="opened")
    site.cabinet.control.close(opened.compartment)
    return site.kiosk.wait(ask, Settled)


def killed(site: SiteUnderTest) -> None:
    """The power fails, and comes back."""
    frames = site.cabinet.unlocks()
    site.kill()
    site.start()
    assert site.cabinet.unlocks() == frames, "I19"


def test_dropped_killed_emptied_sent_out_and_claimed_again_it_is_collected_with_the_same_code(
    site: SiteUnderTest,
) -> None:
    granted = site.kiosk.wait(site.kiosk.ask(messages.StartDrop()), messages.DropGranted)
    visit, stranger = granted.visit, granted.stranger
    assert stranger is not None
    claim = messages.Claim(visit=visit, item="b1", person=stranger, size="S", kind="object")
    site.kiosk.wait(site.kiosk.ask(claim), messages.Claimed)
    slip = through_the_door(site, messages.OpenItem(visit=visit, item="b1")).slip
    assert slip is not None
    killed(site)
    seen = site.kiosk.wait(site.kiosk.ask(messages.Present(digits=slip.digits)), messages.VisitGranted)
    assert [one.state for one in seen.items] == ["dropped"]

    staff = site.sign_in()
    taken = through_the_door(site, messages.TakeOut(visit=staff, item="b1", why="relay"))
    assert taken.stands == "in_hand"
    sent = messages.Settle(visit=staff, item="b1", outcome="sent_out", to="cobbler", manifest="m1")
    assert site.kiosk.wait(site.kiosk.ask(sent), Settled).stands == "sent_out"
    killed(site)

    staff = site.sign_in()
    stock = site.kiosk.wait(site.kiosk.ask(messages.TakeStock(visit=staff)), messages.Stock)
    assert [item.item for item in stock.away] == ["b1"]
    back = messages.Claim(visit=staff, item="b1", person=stranger, size="S")
    site.kiosk.wait(site.kiosk.ask(back), messages.Claimed)
    assert through_the_door(site, messages.OpenItem(visit=staff, item="b1")).slip == slip
    assert through_the_door(site, messages.Present(digits=slip.digits)).stands == "collected"
    site.hub.wait_for("item_collected")
    of_it = [fact for fact in site.hub.facts if isinstance(fact, messages.DoorIntent)]
    assert [(fact.purpose, fact.authority) for fact in of_it] == [
        ("deposit", "visitor"),
        ("take_out", "staff"),
        ("deposit", "staff"),
        ("collect", "code"),
    ]
    assert len(site.cabinet.unlocks()) == 4
