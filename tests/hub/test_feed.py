"""Knowledge on its way down: each device gets its site's, whole, in order, and nothing of another's."""

from pathlib import Path

import pytest

from contract import topics
from contract.codec import decode, encode
from contract.messages import (
    FeedPage,
    FeedPosition,
    Holding,
    ItemClaimed,
    ItemCollected,
    ItemLeft,
    PersonName,
    PersonReach,
    PickupClosed,
    PickupOpened,
    Rotation,
    StaffCredential,
)
from hub import feed as sender
from hub.core.people_csv import PersonLine
from hub.store import feed
from hub.store.database import writing
from hub.store.devices import Device
from hub.store.people import add_people, change_person, remove_person
from hub.store.sites import code_generation, rotate_code
from hub.store.staff import add_staff, remove_staff
from tests.fakes.clock import FakeClock
from tests.fakes.local_hub import LocalDevice, LocalHub

DAY_MS = 86_400_000


def add(hub: LocalHub, count: int, site: str = "borny", reach_cm: int | None = None) -> list[str]:
    lines = [
        PersonLine(name=f"Personne {number}", flat=f"A{number}", reach_cm=reach_cm) for number in range(count)
    ]
    with writing(hub.engine) as connection:
        return add_people(connection, site, lines, hub.clock.wall_ms())


def pages(answers: list[tuple[str, bytes]], device: str) -> list[FeedPage]:
    return [decode(payload, FeedPage) for topic, payload in answers if topic == topics.down(device, "feed")]


def replica(device: LocalDevice) -> set[str]:
    return set(device.feed.documents(""))


def is_in_step(hub: LocalHub, device: LocalDevice) -> bool:
    """Whether a hello of the device brings it nothing: version and digest are the hub's."""
    kind = device.name.partition("-")[2]
    told = sender.FeedSender(hub.engine, hub.ingest.timeline)
    return told.hello(Device(device.name, "borny", kind, False), device.feed.position) == []


def test_a_device_is_told_what_its_site_and_kind_need_and_nothing_else(
    hub: LocalHub, bridge: LocalDevice, kiosk: LocalDevice
) -> None:
    [person] = add(hub, 1, reach_cm=130)
    add(hub, 3, site="paris", reach_cm=120)
    bridge.connect(hub)
    kiosk.connect(hub)
    assert replica(bridge) == {f"person/{person}"}
    assert bridge.feed.get(f"person/{person}") == PersonReach(person=person, reach_cm=130)
    assert replica(kiosk) == {f"person/{person}", "site"}
    assert isinstance(kiosk.feed.get(f"person/{person}"), PersonName)


def test_changes_come_as_they_happen_to_those_who_said_hello(
    hub: LocalHub, bridge: LocalDevice, kiosk: LocalDevice
) -> None:
    kiosk.connect(hub)
    [person] = add(hub, 1)
    answers = hub.ingest.tick()
    assert pages(answers, "borny-bridge") == []
    kiosk.hear(answers)
    assert f"person/{person}" in replica(kiosk)
    assert hub.ingest.tick() == []
    kiosk.disconnect(hub)
    add(hub, 1)
    assert hub.ingest.tick() == []
    kiosk.connect(hub)
    assert len(kiosk.feed.documents("person/")) == 2
    assert is_in_step(hub, kiosk)


def test_pages_are_small_follow_each_other_and_end_at_the_head(hub: LocalHub, kiosk: LocalDevice) -> None:
    kiosk.connect(hub)
    add(hub, 650)
    sent = pages(hub.ingest.tick(), "borny-kiosk")
    assert len(sent) >= 4
    assert all(len(page.documents) <= 200 and len(encode(page)) <= 50_000 for page in sent)
    assert [page.after for page in sent[1:]] == [page.through for page in sent[:-1]]


def test_a_lost_page_is_a_gap_that_the_next_hello_heals(
    hub: LocalHub, kiosk: LocalDevice, clock: FakeClock
) -> None:
    kiosk.connect(hub)
    add(hub, 450)
    answers = hub.ingest.tick()
    kiosk.hear([answers[0], *answers[2:]])
    assert len(kiosk.feed.documents("person/")) < 450
    clock.advance(2_000)
    kiosk.talk(hub)
    assert len(kiosk.feed.documents("person/")) == 450
    assert is_in_step(hub, kiosk)


@pytest.mark.parametrize(
    "position",
    [
        FeedPosition(),
        FeedPosition(timeline="another", version=3),
        FeedPosition(timeline="this", version=10**9),
        FeedPosition(timeline="this", version=3, digest="0" * 64),
    ],
)
def test_a_position_that_cannot_be_followed_gets_a_whole_snapshot(
    hub: LocalHub, position: FeedPosition
) -> None:
    add(hub, 2)
    feed_sender = sender.FeedSender(hub.engine, "this")
    answers = feed_sender.hello(Device("borny-kiosk", "borny", "kiosk", False), position)
    [page] = pages(answers, "borny-kiosk")
    assert (page.snapshot, page.last, page.after, page.through) == (True, True, 0, 3)
    assert len(page.documents) == 3


def test_a_large_snapshot_replaces_everything_with_its_last_page(hub: LocalHub, kiosk: LocalDevice) -> None:
    kiosk.connect(hub)
    people = add(hub, 500)
    kiosk.hear(hub.ingest.tick())
    with writing(hub.engine) as connection:
        for person in people[:100]:
            remove_person(connection, "borny", person, hub.clock.wall_ms())
    kiosk.feed.forget_position()
    kiosk.connect(hub)
    assert len(kiosk.feed.documents("person/")) == 400
    assert is_in_step(hub, kiosk)


def test_a_position_older_than_the_tombstones_gets_a_snapshot(
    hub: LocalHub, kiosk: LocalDevice, clock: FakeClock
) -> None:
    [gone, stays] = add(hub, 2)
    kiosk.connect(hub)
    kiosk.disconnect(hub)
    with writing(hub.engine) as connection:
        remove_person(connection, "borny", gone, clock.wall_ms())
    clock.advance((feed.TOMBSTONE_DAYS + 1) * DAY_MS)
    hub.ingest.tick()
    with writing(hub.engine) as connection:
        assert feed.forget_tombstones(connection, clock.wall_ms()) == 0, "the tick forgot it already"
        assert feed.heads(connection)["borny", "kiosk"].horizon == 4
    kiosk.connect(hub)
    assert replica(kiosk) == {f"person/{stays}", "site"}
    assert is_in_step(hub, kiosk)


def test_what_says_nothing_new_takes_no_version(hub: LocalHub) -> None:
    [person] = add(hub, 1)
    line = PersonLine(name="Personne 0", flat="A0")
    with writing(hub.engine) as connection:
        before = feed.heads(connection)
        assert change_person(connection, "borny", person, line, hub.clock.wall_ms())
        assert feed.heads(connection) == before


def test_who_is_removed_from_the_staff_is_told_before_anything_else(
    hub: LocalHub, bridge: LocalDevice
) -> None:
    key = hub.keys.site_key("borny")
    now_ms = hub.clock.wall_ms()
    with writing(hub.engine) as connection:
        member, pin = add_staff(connection, "borny", key, initials="SK", number=7, now_ms=now_ms)
    bridge.connect(hub)
    credential = bridge.feed.get(f"staff/{member}")
    assert isinstance(credential, StaffCredential)
    assert pin not in encode(credential).decode()
    with writing(hub.engine) as connection:
        add_people(connection, "borny", [PersonLine(name="A", reach_cm=100)], now_ms)
        remove_staff(connection, "borny", member, now_ms)
    bridge.hear(hub.ingest.tick())
    assert bridge.feed.is_gone(f"staff/{member}")
    bridge.feed.forget_position()
    with writing(hub.engine) as connection:
        add_staff(connection, "borny", key, initials="SK", number=7, now_ms=now_ms)
    told = sender.FeedSender(hub.engine, hub.ingest.timeline)
    [page] = pages(
        told.hello(Device("borny-bridge", "borny", "bridge", False), FeedPosition()), "borny-bridge"
    )
    assert page.documents[0].key.startswith("staff/")


def deposit(bridge: LocalDevice, item: str = "parcel", pickup: str = "pickup-1") -> None:
    with bridge.journal.transaction() as transaction:
        transaction.append(PickupOpened(pickup=pickup, person="amina", ticket=27, generation=1))
        transaction.append(
            ItemClaimed(
                item=item,
                kind="parcel",
                person="amina",
                pickup=pickup,
                compartment=3,
                allocation=5,
                size="M",
            )
        )
        transaction.append(ItemLeft(item=item, compartment=3, allocation=5, evidence="door"))


def test_what_lies_at_the_site_is_kept_for_a_bridge_that_loses_its_memory(
    hub: LocalHub, bridge: LocalDevice, tmp_path: Path, clock: FakeClock
) -> None:
    deposit(bridge)
    bridge.connect(hub)
    wiped = LocalDevice("borny-bridge", tmp_path / "wiped", clock)
    wiped.connect(hub)
    holding = wiped.feed.get("holding/parcel")
    assert isinstance(holding, Holding)
    assert (holding.compartment, holding.allocation, holding.ticket, holding.generation) == (3, 5, 27, 1)
    wiped.stop()
    bridge.journal.append(ItemCollected(item="parcel", compartment=3, allocation=5))
    bridge.journal.append(PickupClosed(pickup="pickup-1", ticket=27))
    bridge.connect(hub)
    bridge.hear(hub.ingest.tick())
    assert bridge.feed.is_gone("holding/parcel")


def test_a_code_changed_on_the_hub_is_told_to_the_bridge_and_over_the_phone(
    hub: LocalHub, bridge: LocalDevice
) -> None:
    deposit(bridge)
    bridge.connect(hub)
    with writing(hub.engine) as connection:
        assert code_generation(connection, "pickup-1") == 1
        assert rotate_code(connection, "pickup-1", "account", hub.clock.wall_ms()) == 2
        assert rotate_code(connection, "pickup-1", "account", hub.clock.wall_ms()) == 2, "never two ahead"
        assert code_generation(connection, "pickup-1") == 2
        assert rotate_code(connection, "nothing", "account", hub.clock.wall_ms()) is None
    bridge.hear(hub.ingest.tick())
    assert bridge.feed.get("rotation/pickup-1") == Rotation(pickup="pickup-1", generation=2)


def test_another_timeline_means_a_whole_snapshot(
    hub: LocalHub, kiosk: LocalDevice, tmp_path: Path, clock: FakeClock
) -> None:
    add(hub, 3)
    kiosk.connect(hub)
    other = LocalHub(tmp_path / "other", clock)
    other.site("borny")
    other.enrol("borny-kiosk", "borny", "kiosk")
    kiosk.connect(other)
    assert replica(kiosk) == {"site"}
    other.stop()
