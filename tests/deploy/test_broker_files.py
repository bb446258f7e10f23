"""What the hub writes of who may come reaches its broker by itself; whoever is gone from it is cut off."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from paho.mqtt.enums import MQTTProtocolVersion

from contract.enrolment import BrokerAddress, DeviceFile
from deploy.broker_files import Renewal, take_over
from deploy.brokers import LOOPBACK, Broker, write_broker
from hub.enrolment import drop_credential, enrol, hub_password, keep_credential
from tests.fakes.mqtt import PATIENCE_SECONDS, VERSIONS, BareClient
from tests.fakes.ports import free_port
from tests.fakes.waiting import patiently

SITE_KEY = bytes(32)


class HubBroker:
    """A real hub broker beside the hub's own files, as an installation has them."""

    def __init__(self, directory: Path) -> None:
        self.brokers, self.directory, self.port = directory / "brokers", directory / "mosquitto", free_port()
        self.hub_secret = hub_password(self.brokers)
        self.passwords = self.brokers / "hub.passwd"
        self.broker = Broker(write_broker(self.directory, "hub", self.port, self.passwords), self.port)

    def enrolled(self, device: str) -> str:
        """Put a device into service in the hub's files; its password."""
        address = BrokerAddress(LOOPBACK, self.port)
        file = DeviceFile(
            device=device,
            site="borny",
            kind="kiosk",
            bridge="borny-casiers",
            order_key="0" * 64,
            hub_broker=address,
            site_broker=address,
        )
        enrolled = enrol(file, SITE_KEY)
        keep_credential(self.brokers, "borny", enrolled.credential)
        return enrolled.files["secret"]

    def client_let_in(self, user: str, password: str, version: MQTTProtocolVersion) -> BareClient:
        """The broker reads its files a moment after it was told to."""
        clients: list[BareClient] = []

        def comes_in() -> bool:
            clients.append(self.client(user, password, version))
            return clients[-1].connect()

        patiently(comes_in)
        return clients[-1]

    def client(self, user: str, password: str, version: MQTTProtocolVersion) -> BareClient:
        return BareClient(self.port, user, password, version=version)


@pytest.fixture
def hub_broker(tmp_path: Path, mosquitto_path: Path) -> Iterator[HubBroker]:
    started = HubBroker(tmp_path)
    started.broker.start()
    yield started
    started.broker.stop()


@pytest.mark.parametrize("version", VERSIONS, ids=lambda version: version.name)
def test_a_new_device_comes_in_and_a_revoked_one_s_live_session_ends(
    hub_broker: HubBroker, version: MQTTProtocolVersion
) -> None:
    one, other = hub_broker.enrolled("kiosk-a"), hub_broker.enrolled("kiosk-b")
    assert not hub_broker.client("kiosk-a", one, version).connect()
    assert take_over(hub_broker.passwords, hub_broker.directory)
    gone = hub_broker.client_let_in("kiosk-a", one, version)
    stays = hub_broker.client_let_in("kiosk-b", other, version)
    hub = hub_broker.client_let_in("hub", hub_broker.hub_secret, version)

    drop_credential(hub_broker.brokers, "kiosk-a")
    assert take_over(hub_broker.passwords, hub_broker.directory)
    assert gone.disconnected.wait(PATIENCE_SECONDS)
    assert not hub_broker.client("kiosk-a", one, version).connect()
    stays.subscribe("conciergerie/1/kiosk-b/down/ack")
    hub.publish(("conciergerie/1/kiosk-b/down/ack", b"go on"))
    assert stays.until(b"go on") == []
    assert not stays.disconnected.is_set()
    for client in (hub, stays, gone):
        client.leave()


def test_what_says_nothing_new_is_not_read_again(tmp_path: Path) -> None:
    broker = HubBroker(tmp_path)
    assert not take_over(broker.passwords, broker.directory)
    broker.enrolled("kiosk-a")
    assert take_over(broker.passwords, broker.directory)  # the broker does not run: it reads it at its start
    assert not take_over(broker.passwords, broker.directory)
    assert (broker.directory / "broker.passwd").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("text", ["", "hub:in clear\n", "kiosk-a:$7$101$AAAA$BBBB\n", "x" * 2_000_000])
def test_what_is_no_password_file_of_the_hub_shuts_nobody_out(tmp_path: Path, text: str) -> None:
    broker = HubBroker(tmp_path)
    before = (broker.directory / "broker.passwd").read_text()
    broker.passwords.write_text(text)
    with pytest.raises(ValueError, match="keeps what it has"):
        take_over(broker.passwords, broker.directory)
    assert (broker.directory / "broker.passwd").read_text() == before


def test_a_link_to_another_file_is_not_followed(tmp_path: Path) -> None:
    broker = HubBroker(tmp_path)
    broker.passwords.rename(tmp_path / "elsewhere")
    broker.passwords.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(OSError, match="symbolic links"):
        take_over(broker.passwords, broker.directory)


def test_the_demo_takes_over_what_stands_still_and_leaves_what_it_was_given(tmp_path: Path) -> None:
    said, copy = tmp_path / "said", tmp_path / "copy"
    said.write_text("one")
    copy.write_text("one, and somebody of the test's")
    renewal = Renewal({said: copy})
    assert [renewal.look(), renewal.look()] == [False, False]
    said.write_text("two")
    assert not renewal.look()
    said.write_text("three")
    assert [renewal.look(), renewal.look()] == [False, True]
    assert copy.read_text() == "three"
    assert not renewal.look()
