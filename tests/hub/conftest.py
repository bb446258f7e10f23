"""A hub with the site `borny`, its bridge and its kiosk."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fakes.clock import FakeClock
from tests.fakes.gateway import HttpGateway, MailServer, http_gateway, mail_server
from tests.fakes.house import House
from tests.fakes.hub_scene import Scene
from tests.fakes.local_hub import LocalDevice, LocalHub


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def hub(tmp_path: Path, clock: FakeClock) -> Iterator[LocalHub]:
    hub = LocalHub(tmp_path / "hub", clock)
    hub.site("borny", "paris")
    hub.enrol("borny-bridge", "borny", "bridge")
    hub.enrol("borny-kiosk", "borny", "kiosk")
    hub.enrol("paris-bridge", "paris", "bridge")
    yield hub
    hub.stop()


@pytest.fixture
def bridge(tmp_path: Path, clock: FakeClock) -> Iterator[LocalDevice]:
    device = LocalDevice("borny-bridge", tmp_path / "bridge", clock)
    yield device
    device.stop()


@pytest.fixture
def kiosk(tmp_path: Path, clock: FakeClock) -> Iterator[LocalDevice]:
    device = LocalDevice("borny-kiosk", tmp_path / "kiosk", clock)
    yield device
    device.stop()


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    scene = Scene(tmp_path)
    yield scene
    scene.close()


@pytest.fixture
def gateway() -> Iterator[HttpGateway]:
    with http_gateway() as gateway:
        yield gateway


@pytest.fixture
def mails() -> Iterator[MailServer]:
    with mail_server() as server:
        yield server


@pytest.fixture
def house(scene: Scene, gateway: HttpGateway) -> House:
    return House(scene, gateway.address)
