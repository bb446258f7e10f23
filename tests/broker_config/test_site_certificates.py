"""A certificate is good on any site: who is heard on a site broker with TLS is whom its list names."""

import os
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from paho.mqtt.enums import MQTTProtocolVersion

from contract import topics
from contract.clock import SystemClock
from contract.tls import TlsFiles, tls_context
from deploy.brokers import Broker, write_broker
from hub.certificates import CertificateAuthority, Issued
from hub.enrolment import keep_access_list
from tests.fakes.mqtt import VERSIONS, BareClient
from tests.fakes.ports import free_port

BRIDGE, KIOSK, OTHER, FAR = "borny-bridge", "borny-kiosk", "borny-desk", "nancy-kiosk"


class TlsSite:
    """A site broker that knows devices by certificate, and the hub's list of the site."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.authority = CertificateAuthority(directory / "ca", SystemClock())
        self.port = free_port()
        (directory / "ca.crt").write_text(self.authority.certificate)
        server = self._written("broker", self.authority.server(["127.0.0.1"]))
        conf = write_broker(
            directory / "broker", "site", self.port, server, bridge=BRIDGE, kiosks=[KIOSK, OTHER]
        )
        self.broker = Broker(conf, self.port)

    def client(self, name: str, version: MQTTProtocolVersion) -> BareClient:
        context = tls_context(self._written(name, self.authority.client(name)))
        client = BareClient(self.port, client_id=name, version=version, tls=context)
        assert client.connect()
        return client

    def names(self, bridge: str | None, *kiosks: str) -> None:
        """Bring the list the hub keeps to the broker and send SIGHUP, as an operator does."""
        listed = keep_access_list(self.directory / "hub", "borny", bridge, kiosks)
        shutil.copy(listed, self.directory / "broker" / "broker.acl")
        assert self.broker.pid is not None
        os.kill(self.broker.pid, signal.SIGHUP)
        passing = self.client("passing-by", MQTTProtocolVersion.MQTTv5)
        for _ in range(3):  # it reads its files at the end of a round, and answers in each
            passing.so_far()
        passing.leave()

    def _written(self, name: str, issued: Issued) -> TlsFiles:
        certificate, key = self.directory / f"{name}.crt", self.directory / f"{name}.key"
        certificate.write_text(issued.certificate)
        key.write_text(issued.key)
        return TlsFiles(self.directory / "ca.crt", certificate, key)


@pytest.fixture(params=VERSIONS, ids=lambda version: version.name)
def version(request: pytest.FixtureRequest) -> MQTTProtocolVersion:
    chosen: MQTTProtocolVersion = request.param
    return chosen


@pytest.fixture
def site(tmp_path: Path, mosquitto_path: Path) -> Iterator[TlsSite]:
    started = TlsSite(tmp_path)
    started.broker.start()
    yield started
    started.broker.stop()


def spies(client: BareClient, name: str) -> None:
    client.subscribe("#", *topics.kiosk_subscriptions(name, BRIDGE), *topics.bridge_subscriptions(BRIDGE))


def says_all(client: BareClient, name: str, body: bytes, *, retain: bool = False) -> None:
    asked = ((topics.ask(BRIDGE, who), body) for who in (name, KIOSK))
    shown = ((topic, body) for topic in (topics.doors(BRIDGE), topics.lan_presence(BRIDGE)))
    client.publish(*asked, *shown, (topics.answer(KIOSK, BRIDGE), body), retain=retain)


def test_a_kiosk_of_another_site_is_heard_nowhere_and_hears_nothing(
    site: TlsSite, version: MQTTProtocolVersion
) -> None:
    bridge, kiosk, far = (site.client(name, version) for name in (BRIDGE, KIOSK, FAR))
    bridge.subscribe("#")
    kiosk.subscribe("#")
    spies(far, FAR)
    says_all(far, FAR, b"from afar")
    says_all(far, FAR, b"left behind", retain=True)
    kiosk.publish((topics.ask(BRIDGE, KIOSK), b"asked"))
    bridge.publish((topics.answer(FAR, BRIDGE), b"for afar"), (topics.doors(BRIDGE), b"doors"))
    bridge.publish((topics.answer(KIOSK, BRIDGE), b"answered"))
    assert bridge.until(b"asked") == []
    assert [message.payload for message in kiosk.until(b"answered")] == [b"doors"]
    assert far.so_far() == []
    for client in (bridge, kiosk, far):
        client.leave()


def test_after_a_revocation_and_a_reload_nothing_of_the_device_passes_not_even_in_its_live_session(
    site: TlsSite, version: MQTTProtocolVersion
) -> None:
    bridge, stolen = site.client(BRIDGE, version), site.client(OTHER, version)
    bridge.subscribe("#")
    spies(stolen, OTHER)
    stolen.publish((topics.ask(BRIDGE, OTHER), b"before"))
    assert bridge.until(b"before") == []
    stolen.publish((topics.ask(BRIDGE, OTHER), b"left behind"), retain=True)
    assert bridge.until(b"left behind") == []
    site.names(BRIDGE, KIOSK)
    kiosk, again = site.client(KIOSK, version), stolen
    for _ in range(2):
        says_all(again, OTHER, b"after")
        bridge.publish((topics.answer(OTHER, BRIDGE), b"for the thief"), (topics.doors(BRIDGE), b"doors"))
        kiosk.publish((topics.ask(BRIDGE, KIOSK), b"asked"))
        assert bridge.until(b"asked") == []
        assert again.so_far() == []
        again.leave()
        again = site.client(OTHER, version)
        spies(again, OTHER)
    later = site.client(BRIDGE, version)
    later.subscribe("#")
    assert later.so_far() == [], "what it left behind is gone with it"
    for client in (bridge, kiosk, again, later):
        client.leave()


def test_without_a_bridge_in_service_nobody_is_heard(site: TlsSite, version: MQTTProtocolVersion) -> None:
    bridge, kiosk = site.client(BRIDGE, version), site.client(KIOSK, version)
    site.names(None)
    bridge.subscribe("#")
    kiosk.subscribe("#")
    says_all(kiosk, KIOSK, b"asked")
    says_all(bridge, BRIDGE, b"answered")
    assert bridge.so_far() == []
    assert kiosk.so_far() == []
    bridge.leave()
    kiosk.leave()
