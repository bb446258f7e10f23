"""A device is who its certificate or password says, and nobody else: at the real broker."""

import socket
import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest
from paho.mqtt.enums import MQTTProtocolVersion

from contract import topics
from contract.clock import SystemClock
from contract.codec import CEILING
from contract.tls import TlsFiles, tls_context
from deploy.brokers import Broker, OpenBrokerError, write_broker
from hub.certificates import CertificateAuthority, Issued
from tests.fakes.brokers import StartedBroker, hub_broker
from tests.fakes.mqtt import PATIENCE_SECONDS, VERSIONS, BareClient
from tests.fakes.ports import free_port

DEVICES = ("kiosk-a", "kiosk-b")


@pytest.fixture(params=VERSIONS, ids=lambda version: version.name)
def version(request: pytest.FixtureRequest) -> MQTTProtocolVersion:
    chosen: MQTTProtocolVersion = request.param
    return chosen


# --- passwords ---------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory, mosquitto_path: Path) -> Iterator[StartedBroker]:
    with hub_broker(tmp_path_factory.mktemp("broker"), DEVICES) as started:
        yield started


def test_strangers_wrong_passwords_and_the_nameless_are_refused(
    broker: StartedBroker, version: MQTTProtocolVersion
) -> None:
    password = broker.passwords["kiosk-a"]
    right = BareClient(broker.port, "kiosk-a", password, version=version)
    assert right.connect()
    right.leave()
    assert not BareClient(broker.port, "kiosk-a", password + "x", version=version).connect()
    assert not BareClient(broker.port, "kiosk-a", "", version=version).connect()
    assert not BareClient(broker.port, "kiosk-b", password, version=version).connect()
    assert not BareClient(broker.port, "stranger", password, version=version).connect()
    assert not BareClient(broker.port, None, client_id="kiosk-a", version=version).connect()
    assert not BareClient(broker.port, None, client_id="", version=version).connect()


def test_borrowing_another_s_client_id_neither_ends_nor_inherits_its_session(
    broker: StartedBroker, version: MQTTProtocolVersion
) -> None:
    victim = BareClient(broker.port, "kiosk-a", broker.passwords["kiosk-a"], version=version)
    hub = BareClient(broker.port, "hub", broker.passwords["hub"], version=version)
    impostor = BareClient(
        broker.port, "kiosk-b", broker.passwords["kiosk-b"], client_id="kiosk-a", version=version
    )
    assert victim.connect()
    assert hub.connect()
    victim.subscribe(*topics.device_subscriptions("kiosk-a"))
    assert impostor.connect()
    impostor.subscribe(*topics.device_subscriptions("kiosk-a"), *topics.device_subscriptions("kiosk-b"))
    hub.publish((topics.down("kiosk-a", "ack"), b"for a"), (topics.down("kiosk-b", "ack"), b"for b"))
    assert victim.until(b"for a") == []
    assert impostor.until(b"for b") == []
    assert not victim.disconnected.is_set()
    for client in (victim, hub, impostor):
        client.leave()


def test_a_second_connection_of_the_same_device_replaces_the_first(
    broker: StartedBroker, version: MQTTProtocolVersion
) -> None:
    first = BareClient(broker.port, "kiosk-a", broker.passwords["kiosk-a"], client_id="one", version=version)
    second = BareClient(broker.port, "kiosk-a", broker.passwords["kiosk-a"], client_id="two", version=version)
    assert first.connect()
    assert second.connect()
    assert first.disconnected.wait(PATIENCE_SECONDS)
    assert not second.disconnected.is_set()
    for client in (first, second):
        client.leave()


def test_the_largest_payload_of_the_contract_passes_and_a_larger_packet_ends_the_connection(
    broker: StartedBroker, version: MQTTProtocolVersion
) -> None:
    topic = topics.up("kiosk-a", "batch")
    hub = BareClient(broker.port, "hub", broker.passwords["hub"], version=version)
    kiosk = BareClient(broker.port, "kiosk-a", broker.passwords["kiosk-a"], version=version)
    assert hub.connect()
    assert kiosk.connect()
    hub.subscribe(topic)
    kiosk.publish((topic, b"x" * CEILING))
    assert [len(message.payload) for message in (hub.received.get(timeout=PATIENCE_SECONDS),)] == [CEILING]
    kiosk.publish((topic, b"x" * (CEILING + 2048)))
    assert kiosk.disconnected.wait(PATIENCE_SECONDS)
    again = BareClient(broker.port, "kiosk-a", broker.passwords["kiosk-a"], version=version)
    assert again.connect()
    again.publish((topic, b"end"))
    assert hub.until(b"end") == []
    for client in (hub, kiosk, again):
        client.leave()


def test_a_session_leaves_nothing_behind_for_the_next(
    broker: StartedBroker, version: MQTTProtocolVersion
) -> None:
    """Clean start: what was said while a device was away must come from the hub again, not from a queue."""
    hub = BareClient(broker.port, "hub", broker.passwords["hub"], version=version)
    before = BareClient(broker.port, "kiosk-a", broker.passwords["kiosk-a"], version=version)
    assert hub.connect()
    assert before.connect()
    before.subscribe(*topics.device_subscriptions("kiosk-a"))
    before.leave()
    hub.publish((topics.down("kiosk-a", "order"), b"too late"))
    after = BareClient(broker.port, "kiosk-a", broker.passwords["kiosk-a"], version=version)
    assert after.connect()
    after.subscribe(*topics.device_subscriptions("kiosk-a"))
    hub.publish((topics.down("kiosk-a", "ack"), b"now"))
    assert after.until(b"now") == []
    for client in (hub, after):
        client.leave()


def test_passwords_never_cross_a_network_in_clear(tmp_path: Path) -> None:
    with pytest.raises(OpenBrokerError, match="use certificates"):
        write_broker(tmp_path, "hub", 1883, {"kiosk-a": "secret"}, address="0.0.0.0")  # noqa: S104


def test_the_files_of_a_broker_are_for_its_user_alone(tmp_path: Path) -> None:
    write_broker(tmp_path / "broker", "hub", 1883, {"kiosk-a": "q7-wrought"})
    assert (tmp_path / "broker").stat().st_mode & 0o077 == 0
    assert (tmp_path / "broker" / "broker.passwd").stat().st_mode & 0o077 == 0
    assert all("q7-wrought" not in path.read_text() for path in (tmp_path / "broker").iterdir())


# --- certificates ------------------------------------------------------------------------------


class TlsBroker:
    """A hub broker that knows devices by certificate."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.authority = CertificateAuthority(directory / "ca", SystemClock())
        self.port = free_port()
        (directory / "ca.crt").write_text(self.authority.certificate)
        server = self.written("broker", self.authority.server(["127.0.0.1", "localhost"]))
        self.broker = Broker(write_broker(directory / "broker", "hub", self.port, server), self.port)

    def written(self, name: str, issued: Issued) -> TlsFiles:
        certificate, key = self.directory / f"{name}.crt", self.directory / f"{name}.key"
        certificate.write_text(issued.certificate)
        key.write_text(issued.key)
        return TlsFiles(self.directory / "ca.crt", certificate, key)

    def client(
        self, name: str | None, version: MQTTProtocolVersion, *, user: str | None = None, client_id: str = "x"
    ) -> BareClient:
        context = ssl.create_default_context(cafile=str(self.directory / "ca.crt"))
        if name is not None:
            context = tls_context(self.written(name, self.authority.client(name)))
        password = None if user is None else "whatever"
        return BareClient(self.port, user, password, client_id=client_id, version=version, tls=context)


@pytest.fixture(scope="module")
def tls(tmp_path_factory: pytest.TempPathFactory, mosquitto_path: Path) -> Iterator[TlsBroker]:
    started = TlsBroker(tmp_path_factory.mktemp("tls"))
    started.broker.start()
    yield started
    started.broker.stop()


def test_without_tls_or_without_a_certificate_nobody_comes_in(
    tls: TlsBroker, version: MQTTProtocolVersion
) -> None:
    assert not BareClient(tls.port, "kiosk-a", "whatever", version=version).connect()
    assert not tls.client(None, version, user="kiosk-a").connect()


def test_a_certificate_of_another_authority_is_refused(
    tls: TlsBroker, version: MQTTProtocolVersion, tmp_path: Path
) -> None:
    stranger = CertificateAuthority(tmp_path / "ca", SystemClock()).client("kiosk-a")
    context = tls_context(tls.written("stranger", stranger))
    assert not BareClient(tls.port, client_id="kiosk-a", version=version, tls=context).connect()


def test_a_stolen_device_cannot_play_the_broker(tls: TlsBroker) -> None:
    files = tls.written("kiosk-a", tls.authority.client("kiosk-a"))
    port = free_port()
    false_broker = Broker(write_broker(tls.directory / "false", "hub", port, files), port)
    false_broker.start()
    context = tls_context(tls.written("kiosk-b", tls.authority.client("kiosk-b")))
    context.check_hostname = False
    with (
        socket.create_connection(("127.0.0.1", port)) as plain,
        pytest.raises(ssl.SSLCertVerificationError, match="purpose"),
    ):
        context.wrap_socket(plain)
    false_broker.stop()


def test_the_certificate_s_name_is_user_and_client_id_whatever_the_client_claims(
    tls: TlsBroker, version: MQTTProtocolVersion
) -> None:
    hub = tls.client("hub", version)
    victim = tls.client("kiosk-a", version)
    impostor = tls.client("kiosk-b", version, user="kiosk-a", client_id="kiosk-a")
    assert hub.connect()
    hub.subscribe(*topics.hub_subscriptions())
    assert victim.connect()
    victim.subscribe(*topics.device_subscriptions("kiosk-a"))
    assert impostor.connect()
    impostor.publish((topics.up("kiosk-a", "batch"), b"forged"), (topics.up("kiosk-b", "batch"), b"own"))
    assert hub.until(b"own") == []
    hub.publish((topics.down("kiosk-a", "ack"), b"for a"))
    assert victim.until(b"for a") == []
    assert not victim.disconnected.is_set()
    for client in (hub, victim, impostor):
        client.leave()
