"""A hub and the broker of a house automation: what is there, what comes, what goes, and what goes wrong."""

import logging
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

import hub.home_assistant
from contract import messages as m
from contract.clock import SystemClock
from contract.link import Link, LinkSettings, Will
from hub.__main__ import home_told
from hub.certificates import CertificateAuthority
from hub.config import HomeAssistantSettings, HubSettings
from hub.context import HubContext
from hub.core.home_assistant import OFFLINE, Speaker
from hub.home_assistant import LOOK_ANYWAY_MS, PATIENCE_MS, HomeAssistant
from hub.store.database import writing
from hub.store.devices import revoke
from tests.fakes import home_assistant as reading
from tests.fakes.brokers import StartedBroker, house_broker
from tests.fakes.hub_scene import SITE, Scene
from tests.fakes.linked import Eager
from tests.fakes.mqtt import BareClient
from tests.fakes.ports import free_port
from tests.fakes.waiting import wait_until

NAME, USER, HOUSE = "conciergerie", "casiers", "home-assistant"
DOOR, PROBLEM = f"{NAME}-{SITE}-door_3", f"{NAME}-{SITE}-problem"
BRIDGE, KIOSK = f"{NAME}-{SITE}-device_borny-bridge", f"{NAME}-{SITE}-device_borny-kiosk"

Shows = Callable[[dict[str, str | None]], bool]
"""Whether these entities show that by now; None is one that is not there."""


@contextmanager
def living(broker: StartedBroker, tls: ssl.SSLContext | None = None) -> Iterator[Shows]:
    """Home Assistant at its broker."""
    home = reading.HomeAssistant()
    client = BareClient(broker.port, HOUSE, broker.passwords[HOUSE], tls=tls)
    assert client.connect()
    client.subscribe("homeassistant/#", f"{NAME}/#")

    def shows(wanted: dict[str, str | None]) -> bool:
        for _ in range(client.received.qsize()):
            came = client.received.get_nowait()
            home.heard(came.topic, came.payload)
        states = home.states()
        return wanted == {key: states.get(key) for key in wanted}

    try:
        yield shows
    finally:
        client.leave()


@contextmanager
def told(scene: Scene, broker: StartedBroker, *sites: str) -> Iterator[None]:
    """A hub whose hub.toml names this broker, by TLS, and these sites."""
    data = scene.hub.directory
    secret = data / "house.secret"
    secret.touch(mode=0o600)
    secret.write_text(f"{broker.passwords[USER]}\n")
    home = HomeAssistantSettings(
        "127.0.0.1", broker.port, True, "ca/ca.crt", USER, "house.secret", sites=sites
    )
    context: HubContext = scene.app.extensions["hub"]
    with home_told(replace(context, settings=HubSettings(home_assistant=home)), data):
        yield


@pytest.mark.usefixtures("mosquitto_path")
def test_home_assistant_sees_doors_and_machines_come_move_and_go(
    scene: Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub.home_assistant, "LOOK_SECONDS", 0.01)
    authority = CertificateAuthority(scene.hub.directory / "ca", SystemClock())
    trust = ssl.create_default_context(cadata=authority.certificate)
    issued = authority.server(["127.0.0.1"])
    scene.connect()
    with house_broker(tmp_path / "house", (USER, HOUSE), tls=issued) as broker:
        with told(scene, broker), living(broker, trust) as shows:
            wait_until(lambda: shows({DOOR: "off", PROBLEM: "off", BRIDGE: "on", KIOSK: "on"}))
            scene.told(m.DoorOpened(operation="o1", compartment=3))
            wait_until(lambda: shows({DOOR: "on"}))
            scene.told(m.DoorClosed(operation="o1", compartment=3, open_ms=900), m.DoorForced(compartment=7))
            wait_until(lambda: shows({DOOR: "off", PROBLEM: "on"}))
            scene.bridge.disconnect(scene.hub)
            wait_until(lambda: shows({DOOR: "unknown", BRIDGE: "off", KIOSK: "on"}))
            with writing(scene.hub.engine) as connection:
                revoke(connection, "borny-kiosk", scene.clock.wall_ms())
            scene.clock.advance(LOOK_ANYWAY_MS)
            wait_until(lambda: shows({KIOSK: None, BRIDGE: "off"}))
        with living(broker, trust) as shows:  # one that starts while the hub is gone
            wait_until(lambda: shows({DOOR: "unavailable", BRIDGE: "unavailable", KIOSK: None}))
            with told(scene, broker, "paris"):  # and the site, when it comes back, is not to be told any more
                wait_until(lambda: shows({DOOR: None, BRIDGE: None, PROBLEM: None}))


class Hand:
    """A hub that does what is due only when a test says so."""

    def __init__(self, scene: Scene, port: int, password: str) -> None:
        self._clock, self._jitter = scene.clock, Eager()
        speaker = Speaker(NAME)
        self.home = HomeAssistant(
            scene.hub.engine,
            scene.clock,
            speaker,
            lambda topic, payload: self.link.publish(topic, payload, retain=True),
            ["paris", "nowhere", SITE],
        )
        self.link = Link(
            LinkSettings("127.0.0.1", port, NAME, password, user=USER),
            subscriptions=speaker.own_topics,
            on_message=lambda came: self.home.heard(came.topic, came.payload, came.retained),
            on_up=self.home.up,
            on_down=self.home.down,
            will=Will(speaker.availability, OFFLINE),
            jitter=self._jitter,
        )
        self.link.start()

    def waits(self) -> None:
        """The broker is tried several times, for minutes."""
        wait_until(lambda: len(self._jitter.allowed) >= 4)
        for _ in range(3):
            self._clock.advance(PATIENCE_MS)
            self.home.turn()

    def goes_on(self, shows: Shows, wanted: dict[str, str | None]) -> bool:
        """One turn more; whether that is shown by now."""
        self.home.turn()
        return shows(wanted)


@contextmanager
def by_hand(scene: Scene, port: int, password: str) -> Iterator[Hand]:
    hand = Hand(scene, port, password)
    try:
        yield hand
    finally:
        hand.link.stop()


@pytest.mark.usefixtures("mosquitto_path")
def test_a_broker_that_is_away_is_spoken_of_once_and_told_all_when_it_comes_however_often(
    scene: Scene, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    scene.connect()
    port, passwords = free_port(), {USER: "the right one"}
    with by_hand(scene, port, passwords[USER]) as hand:
        hand.waits()
        assert caplog.text.count("Connection refused") == 1
        assert caplog.text.count("Home Assistant cannot be told") == 1
        for time in (1, 2):  # the second time it has forgotten everything
            with (
                house_broker(tmp_path / "house", (USER, HOUSE), port, passwords) as broker,
                living(broker) as shows,
            ):
                wait_until(lambda: hand.goes_on(shows, {DOOR: "off", BRIDGE: "on"}))
                assert caplog.text.count("Home Assistant is told") == time
            wait_until(lambda: not hand.link.connected)
    assert caplog.text.count("do not exist: nowhere") == 2
    assert passwords[USER] not in caplog.text


@pytest.mark.usefixtures("mosquitto_path")
def test_a_broker_that_refuses_the_password_is_spoken_of_once(
    scene: Scene, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    with (
        house_broker(tmp_path / "house", (USER,)) as broker,
        by_hand(scene, broker.port, "another one") as hand,
    ):
        hand.waits()
    assert caplog.text.count("refuses conciergerie: ") == 1
    assert caplog.text.count("Home Assistant cannot be told") == 1
    assert "another one" not in caplog.text
