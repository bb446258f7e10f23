"""Devices from the hub's side: how machines are, excerpts of logs, and the end of a revoked one."""

from typing import Any

import pytest

from contract import messages as m
from contract.codec import decode, encode
from hub.core.fleet import MANY, Machine, behind_since
from hub.core.people_csv import PersonLine
from hub.log_wishes import LIFETIME_MS
from hub.store import devices, fleet, log_wishes
from hub.store.database import reading, writing
from hub.store.people import add_people
from tests.fakes.local_hub import LocalDevice, LocalHub

WARM = m.Health(celsius=61, under_voltage="was", disk_free_percent=40, journal_bytes=8_192)
NOW = 1_795_000_000_000


def machine(hub: LocalHub, device: str = "borny-bridge") -> Machine | None:
    with reading(hub.engine) as connection:
        [mine] = [one for one in fleet.standings(connection) if one.device.id == device]
    return mine.machine


# --- how a machine is ---------------------------------------------------------------------------


def test_what_the_last_hello_says_of_the_machine_is_what_the_hub_knows(
    hub: LocalHub, bridge: LocalDevice
) -> None:
    assert machine(hub) is None
    bridge.health = WARM
    bridge.connect(hub)
    known = machine(hub)
    assert known is not None
    assert (known.celsius, known.under_voltage, known.disk_free_percent) == (61, "was", 40)
    assert known.booted_ms == hub.clock.wall_ms() - hub.clock.mono_ms()
    bridge.health = m.Health(celsius=44)
    hub.clock.advance(60_000)
    bridge.talk(hub)
    known = machine(hub)
    assert known is not None
    assert (known.celsius, known.under_voltage, known.told_ms) == (44, None, hub.clock.wall_ms())


def test_a_device_of_before_says_nothing_of_its_machine_and_goes_on(
    hub: LocalHub, bridge: LocalDevice
) -> None:
    bridge.connect(hub)
    known = machine(hub)
    assert known is not None
    assert (known.boot, known.celsius, known.certificate_ends_ms) == (hub.clock.boot, None, None)
    assert bridge.uplink.backlog == 0


@pytest.mark.parametrize(
    ("before", "behind_ms", "backlog", "since"),
    [
        (0, None, MANY - 1, None),
        (0, None, MANY, NOW),
        (MANY, 7, MANY, 7),
        (MANY, 7, MANY + 1, 7),
        (MANY + 1, 7, MANY, None),
    ],
    ids=["few", "many now", "no fewer", "more", "fewer"],
)
def test_a_backlog_is_behind_since_it_stopped_getting_smaller(
    before: int, behind_ms: int | None, backlog: int, since: int | None
) -> None:
    assert behind_since(before, behind_ms, backlog, NOW) == since


def test_a_backlog_that_the_hub_does_not_take_is_known_as_such(hub: LocalHub, bridge: LocalDevice) -> None:
    bridge.connect(hub)
    for _ in range(MANY):
        bridge.journal.append(m.DoorForced(compartment=1))
    bridge.uplink.link_changed(True)
    bridge.uplink.hub_presence(encode(m.Presence(online=True, session="hub-1")))
    [hello] = bridge.uplink.due()
    hub.ingest.handle(bridge.name, hello.leaf, hello.payload)
    known = machine(hub)
    assert known is not None
    assert known.behind_ms == hub.clock.wall_ms()


# --- excerpts of logs ---------------------------------------------------------------------------


def wished(hub: LocalHub, device: str = "borny-bridge") -> str:
    with writing(hub.engine) as connection:
        return log_wishes.wish_log(connection, device, "admin", hub.clock.wall_ms())


def latest(hub: LocalHub, device: str = "borny-bridge") -> Any:
    with reading(hub.engine) as connection:
        return log_wishes.latest_of(connection, device, hub.clock.wall_ms())


def asked_of(answers: list[tuple[str, bytes]]) -> list[m.LogAsked]:
    return [decode(payload, m.LogAsked) for topic, payload in answers if topic.endswith("/order")]


def told(wish: str, *lines: str) -> bytes:
    return encode(m.LogTold(order=wish, lines=lines))


def test_a_device_that_is_there_is_asked_once_and_its_lines_are_kept_for_an_hour(
    hub: LocalHub, bridge: LocalDevice
) -> None:
    bridge.connect(hub)
    wish = wished(hub)
    assert wished(hub) == wish, "one that is under way stands"
    assert asked_of(hub.ingest.tick()) == [m.LogAsked(order=wish)]
    assert asked_of(hub.ingest.tick()) == []
    hub.ingest.handle(bridge.name, "reply", told(wish, "first", "last"))
    row = latest(hub)
    assert (row.state, row.lines) == ("told", "first\nlast")
    hub.clock.advance(log_wishes.KEPT_MS + 1)
    hub.ingest.tick()
    assert latest(hub) is None
    with reading(hub.engine) as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM log_wishes").scalar() == 0


def test_a_device_that_is_not_there_is_not_asked_and_hears_of_it_never(
    hub: LocalHub, bridge: LocalDevice
) -> None:
    wished(hub)
    assert asked_of(hub.ingest.tick()) == []
    assert (latest(hub).state, latest(hub).why) == ("dead", "offline")
    bridge.connect(hub)
    assert asked_of(hub.ingest.tick()) == []


def test_no_answer_in_time_is_an_end_and_a_late_one_changes_nothing(
    hub: LocalHub, bridge: LocalDevice
) -> None:
    bridge.connect(hub)
    wish = wished(hub)
    hub.ingest.tick()
    hub.clock.advance(LIFETIME_MS)
    hub.ingest.tick()
    hub.ingest.handle(bridge.name, "reply", told(wish, "too late"))
    assert (latest(hub).state, latest(hub).why, latest(hub).lines) == ("dead", "silent", None)


def test_another_device_cannot_answer_for_the_one_that_was_asked(
    hub: LocalHub, bridge: LocalDevice, kiosk: LocalDevice
) -> None:
    bridge.connect(hub)
    kiosk.connect(hub)
    wish = wished(hub)
    hub.ingest.tick()
    hub.ingest.handle(kiosk.name, "reply", told(wish, "not mine"))
    assert latest(hub).state == "sent"


def test_a_wish_does_not_outlive_the_process_that_sent_it(hub: LocalHub, bridge: LocalDevice) -> None:
    bridge.connect(hub)
    wished(hub)
    hub.ingest.tick()
    hub.stop()
    hub.start()
    assert (latest(hub).state, latest(hub).why) == ("dead", "restart")


# --- revoked ------------------------------------------------------------------------------------


def test_whoever_is_revoked_is_told_nothing_any_more_though_its_connection_stays_open(
    hub: LocalHub, kiosk: LocalDevice
) -> None:
    kiosk.connect(hub)
    with writing(hub.engine) as connection:
        devices.revoke(connection, kiosk.name, hub.clock.wall_ms())
    hub.clock.advance(1_000)
    hub.ingest.tick()
    with writing(hub.engine) as connection:
        add_people(connection, "borny", [PersonLine("Yasmina Benali", "B12")], hub.clock.wall_ms())
    wished(hub, kiosk.name)
    hub.clock.advance(1_000)
    answers = [*hub.ingest.tick(), *hub.ingest.handle(kiosk.name, "hello", b"{}")]
    assert [topic for topic, _ in answers if kiosk.name in topic] == []
    with reading(hub.engine) as connection:
        gone = fleet.standing_of(connection, "borny", kiosk.name)
    assert gone is not None
    assert not gone.device.online
