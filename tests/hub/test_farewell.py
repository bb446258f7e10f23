"""A kiosk is taken out of service: it is told so, forgets the people of its site, and its bridge knows."""

import pytest
from sqlalchemy import select

from contract.messages import RevokedDevice, SiteCard
from hub.core.duty import is_urgent
from hub.core.fact_alarms import STILL_ON
from hub.core.people_csv import PersonLine
from hub.core.things import Thing
from hub.store import devices
from hub.store.database import reading, writing
from hub.store.dismissals import dismiss
from hub.store.people import add_people
from hub.store.standing import things_now
from hub.store.tables import ledger
from tests.fakes.clock import FakeClock
from tests.fakes.local_hub import LocalDevice, LocalHub

KEY = "revoked/borny-kiosk"
DAY_MS = 86_400_000


@pytest.fixture
def talking(hub: LocalHub, bridge: LocalDevice, kiosk: LocalDevice) -> LocalHub:
    with writing(hub.engine) as connection:
        add_people(connection, "borny", [PersonLine(name="Ana", flat="A1")], hub.clock.wall_ms())
    for device in (bridge, kiosk):
        device.connect(hub)
    assert kiosk.feed.documents("person/")
    return hub


def revoke(hub: LocalHub, device: str) -> None:
    with writing(hub.engine) as connection:
        site = devices.revoke(connection, device, hub.clock.wall_ms())
        devices.tell_revoked(connection, site, hub.clock.wall_ms())


def cards(hub: LocalHub) -> list[Thing]:
    with reading(hub.engine) as connection:
        return [one for one in things_now(connection, hub.clock.wall_ms()) if one.kind == "revoked"]


def facts_of(hub: LocalHub, device: str) -> int:
    with reading(hub.engine) as connection:
        return len(connection.execute(select(ledger).where(ledger.c.device == device)).all())


def is_told(kiosk: LocalDevice) -> bool:
    """That it is out of service, and nothing of anybody."""
    card = kiosk.feed.get("site")
    assert isinstance(card, SiteCard)
    assert (card.helper, card.helper_hours, card.attendance) == ("", "", ())
    return kiosk.feed.documents("") == {KEY: RevokedDevice(device=kiosk.name), "site": card}


def test_an_open_session_hears_its_last_words_within_the_second(
    talking: LocalHub, kiosk: LocalDevice, clock: FakeClock
) -> None:
    revoke(talking, kiosk.name)
    clock.advance(1_000)
    kiosk.hear(talking.ingest.tick())
    assert is_told(kiosk)
    clock.advance(1_000)
    assert talking.ingest.tick() == []


def test_a_kiosk_that_was_away_hears_it_when_it_connects_and_nothing_it_says_is_kept(
    talking: LocalHub, kiosk: LocalDevice, clock: FakeClock
) -> None:
    kiosk.disconnect(talking)
    revoke(talking, kiosk.name)
    clock.advance(1_000)
    talking.ingest.tick()
    kiosk.journal.begin_again("chain_broken")
    before = facts_of(talking, kiosk.name)
    kiosk.connect(talking)
    assert is_told(kiosk)
    assert facts_of(talking, kiosk.name) == before


def test_one_that_never_spoke_before_is_told_as_well(hub: LocalHub, kiosk: LocalDevice) -> None:
    revoke(hub, kiosk.name)
    kiosk.connect(hub)
    assert is_told(kiosk)


def test_left_switched_on_it_is_one_card_that_calls_nobody_and_once_seen_stays_away(
    talking: LocalHub, kiosk: LocalDevice, clock: FakeClock
) -> None:
    def speak(after_ms: int) -> list[Thing]:
        clock.advance(after_ms)
        kiosk.connect(talking)
        clock.advance(60_000)
        talking.ingest.tick()
        return cards(talking)

    revoke(talking, kiosk.name)
    clock.advance(1_000)
    talking.ingest.tick()
    [card], [again] = speak(0), speak(600_000)
    assert (card.tone, card.device, is_urgent(card)) == ("info", kiosk.name, False)
    assert (card.key, card.cause) == (again.key, again.cause), "put off, it stays so"
    with writing(talking.engine) as connection:
        assert dismiss(connection, str(again.event), "account-1", clock.wall_ms())
    assert [speak(DAY_MS) for _ in range(8)] == [[]] * 8
    assert len(speak(8 * DAY_MS)) == 1, "plugged in again after it was away"
    kiosk.disconnect(talking)
    clock.advance(DAY_MS)
    talking.ingest.tick()
    assert cards(talking) == [], "its last will is no sign of life, and nobody has to say that it is off"


def test_a_card_that_went_by_itself_is_back_at_the_next_sign_of_life_and_one_somebody_saw_to_is_not(
    talking: LocalHub,
) -> None:
    def heard(day: float) -> list[Thing]:
        with writing(talking.engine) as connection:
            devices.switched_off(connection, round(day * DAY_MS))
            devices.incident(connection, "borny-kiosk", STILL_ON, round(day * DAY_MS))
        return cards(talking)

    revoke(talking, "borny-kiosk")
    assert len(heard(10)) == 1
    with writing(talking.engine) as connection:
        devices.switched_off(connection, 11 * DAY_MS)
    assert cards(talking) == []
    assert [len(heard(day)) for day in (13, 13.5, 14)] == [1, 1, 1]
    with writing(talking.engine) as connection:
        assert dismiss(connection, f"{STILL_ON}:borny-kiosk", "account-1", round(14.5 * DAY_MS))
    assert [heard(day) for day in (14.6, 16, 20, 26)] == [[]] * 4
    assert len(heard(34)) == 1


def test_the_bridge_of_its_site_learns_it_and_no_other_kiosk_does(
    talking: LocalHub, bridge: LocalDevice, clock: FakeClock
) -> None:
    talking.enrol("borny-kiosk-2", "borny", "kiosk")
    revoke(talking, "borny-kiosk")
    bridge.hear(talking.ingest.tick())
    assert bridge.feed.get(KEY) == RevokedDevice(device="borny-kiosk")
    with reading(talking.engine) as connection:
        assert "borny-kiosk" not in devices.kiosks_of(connection, "borny")


def test_a_bridge_that_is_revoked_keeps_what_it_knows(talking: LocalHub, bridge: LocalDevice) -> None:
    """Its codes go on opening its doors: what lies in them is somebody's."""
    before = bridge.feed.documents("")
    revoke(talking, bridge.name)
    bridge.disconnect(talking)
    bridge.connect(talking)
    assert bridge.feed.documents("") == before


def test_bridges_are_told_of_kiosks_that_were_revoked_before_this_was_told(
    talking: LocalHub, bridge: LocalDevice, clock: FakeClock
) -> None:
    with writing(talking.engine) as connection:
        devices.revoke(connection, "borny-kiosk", talking.clock.wall_ms())
    clock.advance(600_000)
    for _ in range(3):  # a site a time
        bridge.hear(talking.ingest.tick())
    assert bridge.feed.get(KEY) == RevokedDevice(device="borny-kiosk")


def test_rubbish_of_a_revoked_kiosk_and_strangers_are_not_answered(talking: LocalHub) -> None:
    revoke(talking, "borny-kiosk")
    assert talking.ingest.handle("borny-kiosk", "hello", b"{") == []
    assert talking.ingest.handle("nobody", "hello", b"{}") == []
