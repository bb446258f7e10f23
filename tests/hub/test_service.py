"""The ingest's thread: it answers together, and goes on whatever comes."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from sqlalchemy import select

from contract import topics
from contract.clock import SystemClock
from contract.codec import encode
from contract.messages import DoorForced, Presence
from hub.feed import Outgoing
from hub.ingest import Ingest, Said
from hub.service import MOST_WAITING, Service
from hub.store.database import reading
from hub.store.tables import device_state, incidents
from tests.fakes.local_hub import LocalDevice, LocalHub
from tests.fakes.waiting import wait_until


class Stumbling(Ingest):
    """An ingest with a fault no rule foresaw, in everything one device says."""

    stumbles_over = "borny-kiosk"

    def handle_many(self, said: Sequence[Said]) -> list[Outgoing]:
        if any(each.device == self.stumbles_over for each in said):
            raise ZeroDivisionError
        return super().handle_many(said)


@pytest.fixture
def published() -> list[Outgoing]:
    return []


@pytest.fixture
def service(hub: LocalHub, published: list[Outgoing], tmp_path: Path) -> Iterator[Service]:
    clock = SystemClock()
    ingest = Stumbling(hub.engine, hub.keys, clock, tmp_path / "witness.json")

    def publish(topic: str, payload: bytes) -> bool:
        published.append((topic, payload))
        return True

    service = Service(ingest, publish, clock)
    service.start()
    yield service
    service.stop()


def batch(device: LocalDevice) -> bytes:
    found = device.journal.read(0)
    assert found is not None
    return encode(found)


def heard(service: Service, device: str, leaf: str, payload: bytes) -> None:
    service.heard(f"{topics.ROOT}/{device}/{leaf}", payload, False)


def test_one_device_that_makes_it_stumble_does_not_stop_the_others(
    service: Service, published: list[Outgoing], hub: LocalHub, bridge: LocalDevice
) -> None:
    bridge.journal.append(DoorForced(compartment=1))
    heard(service, "borny-kiosk", "up/batch", b"anything")
    heard(service, "borny-bridge", "up/batch", batch(bridge))
    wait_until(lambda: published)
    [(topic, _)] = published
    assert topic == topics.down("borny-bridge", "ack")

    def noticed() -> list[str]:
        with reading(hub.engine) as connection:
            where = incidents.c.device == "borny-kiosk"
            return list(connection.execute(select(incidents.c.kind).where(where)).scalars())

    wait_until(lambda: noticed() == ["failed"])


def test_what_comes_out_of_the_past_or_from_nowhere_is_not_heard(
    service: Service, published: list[Outgoing], hub: LocalHub, bridge: LocalDevice
) -> None:
    service.heard(topics.up("borny-bridge", "batch"), batch(bridge), True)
    service.heard("something/else", b"{}", False)
    service.heard(topics.presence("hub"), encode(Presence(online=True, session="me")), True)
    service.heard(topics.presence("borny-bridge"), encode(Presence(online=True, session="s")), True)

    def online() -> list[str]:
        with reading(hub.engine) as connection:
            return list(connection.execute(select(device_state.c.device)).scalars())

    wait_until(lambda: online() == ["borny-bridge"])
    assert published == []


def test_nobody_is_online_once_the_broker_is_lost(service: Service, hub: LocalHub) -> None:
    def online() -> list[bool]:
        with reading(hub.engine) as connection:
            return list(connection.execute(select(device_state.c.online)).scalars())

    heard(service, "borny-bridge", "presence", encode(Presence(online=True, session="s")))
    wait_until(lambda: online() == [True])
    service.lost_broker()
    wait_until(lambda: online() == [False])


def test_a_flood_is_bounded_and_the_hub_goes_on(
    service: Service, published: list[Outgoing], hub: LocalHub, bridge: LocalDevice
) -> None:
    for _ in range(MOST_WAITING * 3):
        heard(service, "nobody", "up/batch", b"{}")
    payload = batch(bridge)

    def answered() -> bool:
        heard(service, "borny-bridge", "up/batch", payload)
        return bool(published)

    wait_until(answered, 20.0)
