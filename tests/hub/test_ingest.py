"""Facts on their way into the hub's ledger: all of them, once, in order, whatever arrives."""

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import select

from contract import topics
from contract.chain import GENESIS, hashes
from contract.codec import decode, encode
from contract.messages import (
    Ack,
    Batch,
    DoorForced,
    Entry,
    Hello,
    HelpAsked,
    ItemCollected,
    Presence,
    Welcome,
)
from hub.ingest import Said
from hub.store import devices
from hub.store.database import reading, writing
from hub.store.tables import alarms, device_state, doors, incidents, journals, ledger
from tests.fakes.clock import FakeClock
from tests.fakes.local_hub import LocalDevice, LocalHub


def rows(hub: LocalHub, statement: Any) -> Sequence[Any]:
    with reading(hub.engine) as connection:
        return connection.execute(statement).all()


def facts(hub: LocalHub, device: str = "borny-bridge") -> list[tuple[int, str]]:
    where = ledger.c.device == device
    found = rows(hub, select(ledger.c.seq, ledger.c.type).where(where).order_by(ledger.c.position))
    return [(row.seq, row.type) for row in found]


def incident_kinds(hub: LocalHub) -> dict[tuple[str, str], int]:
    hub.clock.advance(2_000)
    hub.ingest.tick()
    return {(row.device, row.kind): row.count for row in rows(hub, select(incidents))}


def batch_of(device: LocalDevice, after: int = 0) -> Batch:
    batch = device.journal.read(after)
    assert batch is not None
    return batch


def batch_by_hand(*bodies: bytes, journal: str = "by-hand", wall_ms: int = 1_795_000_000_000) -> Batch:
    """A batch no journal of ours would write, with a chain that holds."""
    entries = tuple(
        Entry(
            id=f"{journal}-{number}",
            boot="boot-1",
            mono_ms=number,
            wall_ms=wall_ms,
            clock="synced",
            body=msgspec.Raw(body),
        )
        for number, body in enumerate(bodies)
    )
    head = hashes(journal, GENESIS, 1, entries)[-1]
    return Batch(journal=journal, first=1, prev=GENESIS, head=head, entries=entries)


def ack_of(answers: list[tuple[str, bytes]]) -> Ack:
    [(topic, payload)] = [answer for answer in answers if answer[0].endswith("/ack")]
    assert topics.parse(topic).leaf == "ack"
    return decode(payload, Ack)


def test_what_a_device_wrote_before_it_knew_the_hub_arrives_in_order(
    hub: LocalHub, bridge: LocalDevice
) -> None:
    for compartment in (1, 2, 3):
        bridge.journal.append(DoorForced(compartment=compartment))
    bridge.connect(hub)
    assert facts(hub) == [(1, "journal_opened"), *((seq, "door_forced") for seq in (2, 3, 4))]
    assert bridge.uplink.backlog == 0
    assert [row.alarm for row in rows(hub, select(doors).order_by(doors.c.compartment))] == ["forced"] * 3


def test_the_ledger_keeps_the_body_byte_for_byte_and_the_chain(hub: LocalHub, bridge: LocalDevice) -> None:
    bridge.journal.append(DoorForced(compartment=4))
    bridge.connect(hub)
    batch = batch_of(bridge)
    found = rows(hub, select(ledger).order_by(ledger.c.position))
    assert [row.body for row in found] == [bytes(entry.body) for entry in batch.entries]
    assert found[0].prev.hex() == GENESIS
    assert [row.prev for row in found[1:]] == [row.hash for row in found[:-1]]
    assert found[-1].hash.hex() == batch.head


def test_the_same_batch_again_changes_nothing_and_is_acknowledged_again(
    hub: LocalHub, bridge: LocalDevice
) -> None:
    bridge.journal.append(DoorForced(compartment=4))
    payload = encode(batch_of(bridge))
    first = ack_of(hub.ingest.handle("borny-bridge", "batch", payload))
    second = ack_of(hub.ingest.handle("borny-bridge", "batch", payload))
    assert first == second
    assert first.through == 2
    assert len(facts(hub)) == 2


def test_the_same_batch_twice_in_one_commit_counts_once(hub: LocalHub, bridge: LocalDevice) -> None:
    said = Said("borny-bridge", "batch", encode(batch_of(bridge)))
    answers = hub.ingest.handle_many([said, said])
    assert ack_of(answers).through == 1
    assert len(facts(hub)) == 1


def test_a_batch_that_leaves_something_out_is_not_taken_and_the_ack_says_from_where(
    hub: LocalHub, bridge: LocalDevice
) -> None:
    for compartment in (1, 2, 3):
        bridge.journal.append(DoorForced(compartment=compartment))
    ack = ack_of(hub.ingest.handle("borny-bridge", "batch", encode(batch_of(bridge, after=2))))
    assert (ack.through, ack.broken) == (0, False)
    assert facts(hub) == []


def test_a_batch_that_overlaps_brings_only_what_is_new(hub: LocalHub, bridge: LocalDevice) -> None:
    bridge.journal.append(DoorForced(compartment=1))
    bridge.connect(hub)
    bridge.journal.append(DoorForced(compartment=2))
    ack = ack_of(hub.ingest.handle("borny-bridge", "batch", encode(batch_of(bridge))))
    assert ack.through == 3
    assert [seq for seq, _ in facts(hub)] == [1, 2, 3]


def test_a_chain_that_forked_is_called_broken_and_not_mixed_in(
    hub: LocalHub, bridge: LocalDevice, tmp_path: Path, clock: FakeClock
) -> None:
    bridge.stop()
    shutil.copytree(tmp_path / "bridge", tmp_path / "twin")
    bridge.start()
    twin = LocalDevice("borny-bridge", tmp_path / "twin", clock)
    bridge.journal.append(DoorForced(compartment=1))
    twin.journal.append(DoorForced(compartment=2))
    twin.journal.append(DoorForced(compartment=3))
    bridge.connect(hub)
    ack = ack_of(hub.ingest.handle("borny-bridge", "batch", encode(batch_of(twin, after=2))))
    assert ack.broken
    assert facts(hub) == [(1, "journal_opened"), (2, "door_forced")]
    assert ("borny-bridge", "fork") in incident_kinds(hub)
    twin.stop()


def test_a_batch_damaged_on_its_way_is_not_answered_and_comes_again(
    hub: LocalHub, bridge: LocalDevice
) -> None:
    bridge.journal.append(DoorForced(compartment=1))
    batch = batch_of(bridge)
    entry = msgspec.structs.replace(
        batch.entries[1], body=msgspec.Raw(b'{"type":"door_forced","compartment":9}')
    )
    damaged = msgspec.structs.replace(batch, entries=(batch.entries[0], entry))
    assert hub.ingest.handle("borny-bridge", "batch", encode(damaged)) == []
    assert facts(hub) == []
    bridge.connect(hub)
    assert len(facts(hub)) == 2


def test_a_fact_that_cannot_be_read_is_kept_in_quarantine_and_stops_nobody(
    hub: LocalHub,
) -> None:
    odd = b'{"type":"from_the_future","x":[1]}'
    good = [encode(DoorForced(compartment=compartment)) for compartment in (1, 2)]
    batch = batch_by_hand(good[0], odd, good[1])
    ack = ack_of(hub.ingest.handle("borny-bridge", "batch", encode(batch)))
    assert (ack.through, ack.quarantined) == (3, 1)
    [kept] = rows(hub, select(ledger).where(ledger.c.quarantine.is_not(None)))
    assert kept.body == odd
    assert len(rows(hub, select(doors))) == 2


def test_a_kiosk_cannot_speak_for_the_bridge(hub: LocalHub, kiosk: LocalDevice) -> None:
    kiosk.journal.append(ItemCollected(item="parcel", compartment=3, allocation=1))
    kiosk.journal.append(HelpAsked(screen="start"))
    kiosk.connect(hub)
    [kept] = rows(hub, select(ledger).where(ledger.c.quarantine.is_not(None)))
    assert (kept.type, kept.quarantine) == ("item_collected", "not for a kiosk to tell")
    assert rows(hub, select(doors)) == []
    assert [row.kind for row in rows(hub, select(alarms))] == ["help"]


def test_an_event_id_used_for_something_else_is_kept_and_said(hub: LocalHub, bridge: LocalDevice) -> None:
    bridge.journal.append(DoorForced(compartment=1), event_id="a" * 32)
    bridge.connect(hub)
    bridge.journal.append(DoorForced(compartment=2), event_id="a" * 32)
    bridge.talk(hub)
    assert bridge.uplink.backlog == 0
    [kept] = rows(hub, select(ledger).where(ledger.c.quarantine.is_not(None)))
    assert b'"compartment":2' in kept.body
    assert [row.compartment for row in rows(hub, select(doors))] == [1]
    bridge.journal.begin_again("chain_broken")
    bridge.connect(hub)
    assert bridge.uplink.backlog == 0
    assert len(rows(hub, select(ledger).where(ledger.c.quarantine.is_not(None)))) == 1


def test_strangers_and_revoked_devices_are_not_answered_but_counted(
    hub: LocalHub, bridge: LocalDevice
) -> None:
    payload = encode(batch_of(bridge))
    with writing(hub.engine) as connection:
        devices.revoke(connection, "borny-bridge", hub.clock.wall_ms())
    assert hub.ingest.handle("borny-bridge", "batch", payload) == []
    assert hub.ingest.handle("nobody", "batch", payload) == []
    assert facts(hub) == []
    assert incident_kinds(hub) == {("borny-bridge", "revoked"): 1, ("", "stranger"): 1}


def test_rubbish_is_counted_and_its_neighbours_are_served(hub: LocalHub, bridge: LocalDevice) -> None:
    rubbish = [b"", b"{", b"[" * 30_000, b"\xff\xfe", b'{"type":"batch"}', b"1" * 70_000, b"null"]
    said = [Said("borny-kiosk", leaf, junk) for junk in rubbish for leaf in ("hello", "batch", "reply", "x")]
    answers = hub.ingest.handle_many([*said, Said("borny-bridge", "batch", encode(batch_of(bridge)))])
    assert ack_of(answers).through == 1
    counted = incident_kinds(hub)
    assert counted["borny-kiosk", "malformed"] + counted["borny-kiosk", "oversized"] == len(said)


def test_a_welcome_says_how_far_the_hub_is_and_whether_it_knew_the_device(
    hub: LocalHub, bridge: LocalDevice, tmp_path: Path, clock: FakeClock
) -> None:
    def welcome(device: LocalDevice) -> Welcome:
        device.uplink.link_changed(True)
        device.uplink.hub_presence(encode(Presence(online=True, session="hub-1")))
        [hello] = device.uplink.due()
        answers = hub.ingest.handle("borny-bridge", "hello", hello.payload)
        [payload] = [payload for topic, payload in answers if topic.endswith("/welcome")]
        return decode(payload, Welcome)

    first = welcome(bridge)
    assert (first.cursor, first.head, first.known, first.safe_prune) == (0, "0" * 64, False, 0)
    bridge.connect(hub)
    again = welcome(bridge)
    assert (again.cursor, again.known) == (1, False)
    wiped = LocalDevice("borny-bridge", tmp_path / "wiped", clock)
    assert welcome(wiped).known
    wiped.stop()


def test_a_bridge_that_replaces_another_one_is_told_that_the_lockers_have_a_past(
    hub: LocalHub, bridge: LocalDevice
) -> None:
    bridge.connect(hub)
    with writing(hub.engine) as connection:
        devices.revoke(connection, "borny-bridge", 0)
        devices.enrol(connection, "borny-bridge-2", "borny", "bridge", 0)
        second = devices.named(connection, ["borny-bridge-2"])["borny-bridge-2"]
        kiosk = devices.named(connection, ["borny-kiosk"])["borny-kiosk"]
        assert devices.follows_another_bridge(connection, second)
        assert not devices.follows_another_bridge(connection, kiosk)


def test_a_wiped_device_is_an_incident_as_soon_as_it_writes(
    hub: LocalHub, bridge: LocalDevice, tmp_path: Path, clock: FakeClock
) -> None:
    bridge.connect(hub)
    assert incident_kinds(hub) == {}
    wiped = LocalDevice("borny-bridge", tmp_path / "wiped", clock)
    wiped.connect(hub)
    assert incident_kinds(hub) == {("borny-bridge", "new_journal"): 1}
    assert facts(hub) == [(1, "journal_opened"), (1, "journal_opened")]
    wiped.stop()


def test_a_disk_that_went_back_loses_nothing_and_says_so(
    hub: LocalHub, bridge: LocalDevice, tmp_path: Path
) -> None:
    bridge.journal.append(DoorForced(compartment=1))
    bridge.connect(hub)
    bridge.stop()
    shutil.copytree(tmp_path / "bridge", tmp_path / "old")
    bridge.start()
    bridge.journal.append(DoorForced(compartment=2))
    bridge.connect(hub)
    bridge.stop()
    shutil.rmtree(tmp_path / "bridge")
    (tmp_path / "old").rename(tmp_path / "bridge")
    bridge.start()
    bridge.journal.append(DoorForced(compartment=3))
    bridge.connect(hub)
    assert bridge.uplink.backlog == 0
    assert [row.compartment for row in rows(hub, select(doors).order_by(doors.c.compartment))] == [1, 2, 3]
    assert [row.kind for row in rows(hub, select(alarms))] == ["went_back"]
    assert len(rows(hub, select(journals))) == 2


def test_times_are_corrected_by_the_hello_of_the_same_boot(
    hub: LocalHub, bridge: LocalDevice, clock: FakeClock
) -> None:
    bridge.connect(hub)
    hub_time_ms = clock.wall_ms()
    clock.set_wall(0, "unknown")
    bridge.journal.append(DoorForced(compartment=1))
    clock.set_wall(hub_time_ms + 1_000, "synced")
    bridge.talk(hub)
    [row] = rows(hub, select(ledger).where(ledger.c.type == "door_forced"))
    assert (row.at_ms, row.estimated, row.wall_ms) == (hub_time_ms, False, 0)


def test_times_of_a_boot_that_never_said_hello_are_estimated(
    hub: LocalHub, bridge: LocalDevice, clock: FakeClock
) -> None:
    bridge.connect(hub)
    before_ms = clock.wall_ms()
    bridge.disconnect(hub)
    clock.reboot("boot-2", "held")
    clock.set_wall(before_ms - 50_000, "held")
    bridge.journal.append(DoorForced(compartment=1))
    clock.reboot("boot-3", "synced")
    clock.set_wall(before_ms + 90_000, "synced")
    bridge.connect(hub)
    [row] = rows(hub, select(ledger).where(ledger.c.type == "door_forced"))
    assert row.estimated
    assert before_ms <= row.at_ms <= clock.wall_ms()


def test_absurd_clocks_are_kept_within_what_a_database_can_hold(hub: LocalHub) -> None:
    fact = encode(DoorForced(compartment=1))
    for number, wall_ms in enumerate((2**53, 0, -(2**53))):
        batch = batch_by_hand(fact, journal=f"journal-{number}", wall_ms=wall_ms)
        assert ack_of(hub.ingest.handle("borny-bridge", "batch", encode(batch))).through == 1
    assert all(0 <= row.at_ms <= hub.clock.wall_ms() for row in rows(hub, select(ledger)))


def test_the_death_of_an_earlier_session_is_no_news(hub: LocalHub) -> None:
    def online() -> bool:
        return bool(rows(hub, select(device_state.c.online))[0].online)

    def says(online: bool, session: str) -> None:
        hub.ingest.handle("borny-bridge", "presence", encode(Presence(online=online, session=session)))

    says(True, "one")
    says(True, "two")
    says(False, "one")
    assert online()
    says(False, "two")
    assert not online()


def test_a_hello_is_remembered_for_the_pages(hub: LocalHub, bridge: LocalDevice) -> None:
    bridge.journal.append(DoorForced(compartment=1))
    bridge.uplink.link_changed(True)
    bridge.uplink.hub_presence(encode(Presence(online=True, session="hub-1")))
    [hello] = bridge.uplink.due()
    assert isinstance(decode(hello.payload, Hello), Hello)
    bridge.hear(hub.ingest.handle("borny-bridge", "hello", hello.payload))
    [row] = rows(hub, select(device_state))
    assert (row.program, row.last_seq, row.through) == ("bridge", 2, 0)
    bridge.talk(hub)
    [row] = rows(hub, select(device_state))
    assert (row.last_seq, row.through, row.exchange_ms) == (2, 2, hub.clock.wall_ms())
