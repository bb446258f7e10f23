"""With the hub out of reach, a mandate that is over or revoked opens nothing; one that is good does (D10)."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from contract import messages as m
from contract.clock import SystemClock
from contract.pickup_code import proxy_code, token
from tests.fakes.bridge_process import SiteUnderTest, site_under_test
from tests.fakes.waiting import wait_until

HOUR_MS = 3_600_000


def mandate(number: int, *, ends_in_hours: int) -> m.Proxy:
    now_ms = SystemClock().wall_ms()
    return m.Proxy(
        proxy=f"proxy-{number}",
        person="person-1",
        number=number,
        from_ms=now_ms - 48 * HOUR_MS,
        until_ms=now_ms + ends_in_hours * HOUR_MS,
    )


GOOD, OVER, REVOKED = mandate(1, ends_in_hours=24), mandate(2, ends_in_hours=-1), mandate(3, ends_in_hours=24)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[SiteUnderTest]:
    with site_under_test(tmp_path, started=False) as prepared:
        for proxy in (GOOD, OVER, REVOKED):
            prepared.hub.documents[f"proxy/{proxy.proxy}"] = proxy
        prepared.start()
        prepared.wait_until_free()
        yield prepared


def asks(site: SiteUnderTest, proxy: m.Proxy, *, qr: bool = False) -> str:
    """Somebody with that mandate's code at the kiosk; the ask."""
    if qr:
        return site.kiosk.ask(m.Present(token=token(site.site_key, proxy.proxy, 1)))
    return site.kiosk.ask(m.Present(digits=proxy_code(site.site_key, proxy.number, proxy.proxy, 1)))


def test_over_or_revoked_nothing_opens_with_the_hub_gone_and_the_bridge_started_anew(
    site: SiteUnderTest,
) -> None:
    site.deposit("i1")
    assert site.kiosk.wait(asks(site, REVOKED), m.VisitGranted).items[0].item == "i1"
    site.kiosk.wait_for_doors("open", 1)
    site.hub.change(f"proxy/{REVOKED.proxy}", None)
    site.hub.wait_for("visit_ended", 2)  # of the staff, and of whoever bore the mandate
    site.cabinet.control.close(1)
    site.hub.wait_for("item_collected")
    collected = [fact for fact in site.hub.facts if isinstance(fact, m.ItemCollected)]
    assert [fact.proxy for fact in collected] == [REVOKED.proxy]

    site.deposit("i2")
    site.hub_broker.stop()
    site.stop()
    site.start()
    frames = site.cabinet.unlocks()
    for proxy in (OVER, REVOKED):
        for qr in (False, True):
            assert site.kiosk.wait(asks(site, proxy, qr=qr), m.Refused).why == "code"
    assert site.cabinet.unlocks() == frames, "a lock moved for somebody without a right"

    granted = site.kiosk.wait(asks(site, GOOD), m.VisitGranted)
    assert granted.person is None
    (door,) = [one.compartment for one in granted.items if one.state == "opening"]
    wait_until(lambda: site.cabinet.unlocks() == [*frames, (0, door)])
