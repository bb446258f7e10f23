"""The demo's broker for machines without mosquitto: the same identities, the same access lists."""

import socket
from collections.abc import Iterator

import pytest
from paho.mqtt.enums import MQTTProtocolVersion

from contract import topics
from contract.broker_password import new_password, password_line
from contract.link import Link, LinkSettings
from deploy.brokers import EmbeddedBroker, access_list
from deploy.embedded_broker import read_access_list
from tests.fakes.mqtt import PATIENCE_SECONDS, BareClient
from tests.fakes.ports import free_port

PASSWORDS = {user: new_password() for user in ("hub", "kiosk-a", "kiosk-b")}


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedBroker]:
    directory = tmp_path_factory.mktemp("embedded")
    lines = [password_line(user, password) for user, password in PASSWORDS.items()]
    (directory / "passwords").write_text("\n".join(lines))
    started = EmbeddedBroker(directory, "hub", free_port(), directory / "passwords")
    started.start()
    yield started
    started.stop()
    assert "Traceback" not in started.log.read_text()


def client(
    broker: EmbeddedBroker, user: str, *, client_id: str | None = None, password: str = ""
) -> BareClient:
    return BareClient(
        broker.port,
        user,
        password or PASSWORDS[user],
        client_id=client_id,
        version=MQTTProtocolVersion.MQTTv311,
    )


def test_only_the_right_password_under_the_own_name_comes_in(broker: EmbeddedBroker) -> None:
    right = client(broker, "kiosk-a")
    assert right.connect()
    right.leave()
    assert not client(broker, "kiosk-a", password="wrong").connect()
    assert not client(broker, "kiosk-b", client_id="kiosk-a").connect()


def test_mqtt_5_is_told_at_once_that_it_is_not_spoken_here(broker: EmbeddedBroker) -> None:
    with socket.create_connection(("127.0.0.1", broker.port), timeout=PATIENCE_SECONDS) as connection:
        connection.sendall(b"\x10\x80\x01\x00\x04MQTT\x05")
        assert connection.recv(16) == b"\x20\x02\x00\x01"
        assert connection.recv(16) == b""


def test_a_device_hears_and_says_its_own_and_nothing_else(broker: EmbeddedBroker) -> None:
    hub, kiosk, other = (client(broker, user) for user in PASSWORDS)
    for each in (hub, kiosk, other):
        assert each.connect()
    hub.subscribe(*topics.hub_subscriptions())
    kiosk.subscribe(*topics.device_subscriptions("kiosk-a"), *topics.device_subscriptions("kiosk-b"), "#")
    other.subscribe(*topics.device_subscriptions("kiosk-b"))
    other.publish((topics.up("kiosk-a", "batch"), b"forged"), (topics.up("kiosk-b", "batch"), b"own"))
    assert hub.until(b"own") == []
    hub.publish((topics.down("kiosk-b", "order"), b"for b"), (topics.down("kiosk-a", "order"), b"for a"))
    assert kiosk.until(b"for a") == []
    assert other.until(b"for b") == []
    for each in (hub, kiosk, other):
        each.leave()


def test_the_link_of_the_contract_falls_back_to_3_1_1(broker: EmbeddedBroker) -> None:
    settings = LinkSettings("127.0.0.1", broker.port, "kiosk-a", PASSWORDS["kiosk-a"])
    link = Link(settings, subscriptions=topics.device_subscriptions("kiosk-a"), on_message=lambda _: None)
    link.start()
    assert link.wait_connected(PATIENCE_SECONDS)
    link.stop()


@pytest.mark.parametrize("kind", ["hub", "site"])
def test_every_line_of_the_real_access_lists_is_understood(kind: str) -> None:
    text = access_list("hub" if kind == "hub" else "site", "bridge-a", ["kiosk-a", "kiosk-b"])
    lines = [line.split()[0] for line in text.splitlines() if line and not line.startswith("#")]
    assert len(read_access_list(text)) == len([line for line in lines if line != "user"])


@pytest.mark.parametrize("line", ["topic read a", "pattern deny a", "pattern readwrite a", "other"])
def test_a_line_that_is_not_understood_is_refused_rather_than_guessed(line: str) -> None:
    with pytest.raises(ValueError, match="no line like"):
        read_access_list(line)
