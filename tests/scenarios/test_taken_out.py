"""Staff put something elsewhere, with the power cut at the open door and again with it in hand (D7)."""

from pathlib import Path

from contract import messages as m
from tests.fakes.bridge_process import SiteUnderTest, site_under_test


def comes_back(site: SiteUnderTest) -> None:
    """Killed and started: not one lock moves by itself."""
    frames = site.cabinet.unlocks()
    site.kill()
    site.start()
    assert site.cabinet.unlocks() == frames


def stock(site: SiteUnderTest, visit: str) -> m.Stock:
    return site.kiosk.wait(site.kiosk.ask(m.TakeStock(visit=visit)), m.Stock)


def test_the_power_goes_at_the_open_door_and_again_with_it_in_hand_and_the_code_stays(tmp_path: Path) -> None:
    with site_under_test(tmp_path) as site:
        slip, visit = site.deposit("i1"), site.sign_in()
        ask = site.kiosk.ask(m.TakeOut(visit=visit, item="i1", why="move"))
        site.kiosk.wait(ask, m.Door, state="opened")
        site.kill()
        site.cabinet.control.close(1)
        site.start()
        visit = site.sign_in()
        lying = stock(site, visit).places[0].item
        assert lying is not None
        assert (lying.item, lying.stage, lying.unsure) == ("i1", "held", True), "nobody saw it taken"
        site.hub.wait_for("door_uncertain")
        assert not {"item_taken_out", "item_collected", "code_rotated"} & set(site.hub.tags())
        seen = m.Check(visit=visit, compartment=1, usable=True, item="i1")
        assert site.kiosk.wait(site.kiosk.ask(seen), m.Checked).usable
        lying = stock(site, visit).places[0].item
        assert lying is not None
        assert not lying.unsure, "somebody looked"

        ask = site.kiosk.ask(m.TakeOut(visit=visit, item="i1", why="move"))
        site.kiosk.wait(ask, m.Door, state="opened")
        site.cabinet.control.close(1)
        site.kiosk.wait(ask, m.Settled, stands="in_hand")
        comes_back(site)
        frames = site.cabinet.unlocks()
        granted = site.kiosk.wait(site.kiosk.ask(m.Present(digits=slip.digits)), m.VisitGranted)
        opened = site.kiosk.ask(m.OpenItem(visit=granted.visit, item="i1"))
        assert site.kiosk.wait(opened, m.Refused).why == "item"
        assert site.cabinet.unlocks() == frames

        visit = site.sign_in()
        assert [one.item for one in stock(site, visit).in_hand] == ["i1"]
        ask = site.kiosk.ask(m.Claim(visit=visit, item="i1", person="person-1", size="M"))
        lower = site.kiosk.wait(ask, m.Claimed).item.compartment
        ask = site.kiosk.ask(m.OpenItem(visit=visit, item="i1"))
        site.kiosk.wait(ask, m.Door, state="opened")
        site.cabinet.control.close(lower)
        assert site.kiosk.wait(ask, m.Settled, stands="left").slip == slip

        ask = site.kiosk.ask(m.Present(digits=slip.digits))
        site.kiosk.wait(ask, m.Door, state="opened")
        site.cabinet.control.close(lower)
        site.kiosk.wait(ask, m.Settled, stands="collected")
        assert site.cabinet.unlocks() == [(0, 1), (0, 1), (0, 1), (0, lower), (0, lower)]
        site.hub.wait_for("item_collected")
        assert site.hub.tags().count("item_taken_out") == 1


def test_the_power_goes_while_it_is_taken_out_and_staff_have_it_in_hand(tmp_path: Path) -> None:
    """The take-out that was cut short (D7): no door opens again for it, and the code still finds it."""
    with site_under_test(tmp_path) as site:
        slip, visit = site.deposit("i1"), site.sign_in()
        ask = site.kiosk.ask(m.TakeOut(visit=visit, item="i1", why="move"))
        site.kiosk.wait(ask, m.Door, state="opened")
        site.kill()
        site.cabinet.control.close(1)
        site.start()
        frames = site.cabinet.unlocks()
        visit = site.sign_in()
        ask = site.kiosk.ask(m.Settle(visit=visit, item="i1", outcome="in_hand"))
        site.kiosk.wait(ask, m.Settled, stands="in_hand")
        comes_back(site)
        assert site.cabinet.unlocks() == frames
        visit = site.sign_in()
        assert [one.item for one in stock(site, visit).in_hand] == ["i1"]
        assert stock(site, visit).places[0].item is None
        granted = site.kiosk.wait(site.kiosk.ask(m.Present(digits=slip.digits)), m.VisitGranted)
        assert [(one.item, one.state) for one in granted.items] == [("i1", "with_staff")]
        assert "item_collected" not in site.hub.tags()
