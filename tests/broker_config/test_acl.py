"""Who may say and hear what, proved by what arrives: never by acknowledgements.

Everybody publishes on every topic, everybody listens to everything. What each one received must be
exactly what the table of design.md section 4 allows, for both versions of MQTT.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from paho.mqtt.enums import MQTTProtocolVersion

from contract import topics
from deploy.brokers import Kind, access_list, write_broker
from deploy.embedded_broker import read_access_list
from tests.fakes.brokers import StartedBroker, hub_broker, site_broker
from tests.fakes.mqtt import VERSIONS, BareClient

KIOSKS = ("kiosk-a", "kiosk-b")
BRIDGES = ("bridge-a", "bridge-b")
DEVICES = (*KIOSKS, *BRIDGES)
STRANGERS = ("kiosk-far", "bridge-b")
"""They may come in to the site broker, and are not of the site: another site's, or revoked."""
AT_THE_SITE = (*KIOSKS, BRIDGES[0], *STRANGERS)
Rule = Callable[[str, str], bool]
"""(user, topic) -> whether that user may."""


class HubBroker:
    """The rules of the hub broker, written again from the table and not from the access file."""

    strangers: tuple[str, ...] = ()
    users = (topics.HUB, *DEVICES)
    topics = (
        *(topics.up(device, leaf) for device in DEVICES for leaf in ("hello", "batch", "reply")),
        *(topics.down(device, leaf) for device in DEVICES for leaf in ("welcome", "ack", "feed", "order")),
        *(topics.presence(device) for device in (topics.HUB, *DEVICES)),
        "conciergerie/1/kiosk-a/up/other",
        "conciergerie/1/kiosk-a/up/batch/more",
        "conciergerie/1/kiosk-a/down/other",
        "conciergerie/1/kiosk-a",
        "conciergerie/1/lan/bridge-a/ask/kiosk-a",
        "conciergerie/2/kiosk-a/up/batch",
        "kiosk-a/up/batch",
        "other",
    )

    @staticmethod
    def may_write(user: str, topic: str) -> bool:
        """The hub writes `down/*` and its presence; a device `up/*` and presence of its own."""
        match topic.split("/")[2:]:
            case [device, "up", "hello" | "batch" | "reply"] if topic.startswith(topics.ROOT):
                return device == user
            case [_, "down", "welcome" | "ack" | "feed" | "order"]:
                return user == topics.HUB
            case [device, "presence"]:
                return device == user
        return False

    @staticmethod
    def may_read(user: str, topic: str) -> bool:
        """The hub reads all `up/*` and presences; a device its own `down/*` and the hub's presence."""
        match topic.split("/")[2:]:
            case [_, "up", _]:
                return user == topics.HUB
            case [device, "down", _]:
                return device == user
            case [device, "presence"]:
                return user == topics.HUB or device == topics.HUB
        return False

    @staticmethod
    def marker(reader: str) -> tuple[str, str]:
        """A rightful writer and topic that reaches this reader."""
        if reader == topics.HUB:
            return "kiosk-a", topics.up("kiosk-a", "hello")
        return topics.HUB, topics.down(reader, "ack")


class SiteBroker:
    """The rules of a site broker, from the same table: `BRIDGES[0]` and the two kiosks, nobody else."""

    strangers = STRANGERS
    users = AT_THE_SITE
    topics = (
        *(topics.ask(bridge, kiosk) for bridge in AT_THE_SITE for kiosk in AT_THE_SITE),
        *(topics.answer(kiosk, bridge) for kiosk in AT_THE_SITE for bridge in AT_THE_SITE),
        *(topics.doors(bridge) for bridge in AT_THE_SITE),
        *(topics.lan_presence(bridge) for bridge in AT_THE_SITE),
        "conciergerie/1/lan/bridge-a/other",
        "conciergerie/1/lan/bridge-a/ask",
        "conciergerie/1/lan/bridge-a/ask/kiosk-a/more",
        "conciergerie/1/kiosk-a/up/batch",
        "conciergerie/1/hub/presence",
        "other",
    )

    @staticmethod
    def may_write(user: str, topic: str) -> bool:
        """A kiosk asks the site's bridge in its own name; the bridge alone answers and shows pictures."""
        match topic.split("/")[2:]:
            case ["lan", bridge, "ask", writer]:
                return bridge == BRIDGES[0] and writer == user and user in KIOSKS
            case ["lan", _, "answer", writer]:
                return writer == user == BRIDGES[0]
            case ["lan", writer, "doors" | "presence"]:
                return writer == user == BRIDGES[0]
        return False

    @staticmethod
    def may_read(user: str, topic: str) -> bool:
        """Asks by the site's bridge, answers by the one they are for, its pictures by the site's kiosks."""
        match topic.split("/")[2:]:
            case ["lan", bridge, "ask", _]:
                return bridge == user == BRIDGES[0]
            case ["lan", reader, "answer", bridge]:
                return reader == user and bridge == BRIDGES[0] and user in KIOSKS
            case ["lan", bridge, "doors" | "presence"]:
                return bridge == BRIDGES[0] and user in KIOSKS
        return False

    @staticmethod
    def marker(reader: str) -> tuple[str, str]:
        """A rightful writer and topic that reaches this reader."""
        if reader == BRIDGES[0]:
            return "kiosk-a", topics.ask(BRIDGES[0], "kiosk-a")
        return BRIDGES[0], topics.answer(reader, BRIDGES[0])


Rules = type[HubBroker] | type[SiteBroker]
RULES: dict[str, Rules] = {"hub": HubBroker, "site": SiteBroker}


@pytest.fixture(params=RULES, scope="module")
def rules(request: pytest.FixtureRequest) -> Rules:
    return RULES[request.param]


@pytest.fixture(scope="module")
def broker(
    rules: Rules, tmp_path_factory: pytest.TempPathFactory, mosquitto_path: Path
) -> Iterator[StartedBroker]:
    directory = tmp_path_factory.mktemp("broker")
    hub = rules is HubBroker
    of_the_site = site_broker(directory, BRIDGES[0], KIOSKS, STRANGERS)
    with hub_broker(directory, DEVICES) if hub else of_the_site as started:
        yield started


@pytest.fixture(params=VERSIONS, ids=lambda version: version.name)
def version(request: pytest.FixtureRequest) -> MQTTProtocolVersion:
    chosen: MQTTProtocolVersion = request.param
    return chosen


@contextmanager
def everybody(
    broker: StartedBroker, users: tuple[str, ...], version: MQTTProtocolVersion
) -> Iterator[dict[str, BareClient]]:
    """One connected client per user that listens to whatever it is given."""
    with ExitStack() as leaving:
        clients = {}
        for user in users:
            clients[user] = BareClient(broker.port, user, broker.passwords[user], version=version)
            assert clients[user].connect()
            leaving.callback(clients[user].leave)
            clients[user].subscribe("#", "conciergerie/#", "+/+/+/+/+", "+/1/+/+/+/+", "+/+/+/presence")
        yield clients


def heard(rules: Rules, clients: dict[str, BareClient], end: bytes) -> set[tuple[str, str, str]]:
    """Every (writer, topic, reader) that arrived before a marker sent after everything else."""
    for reader in set(clients) - set(rules.strangers):
        writer, topic = rules.marker(reader)
        clients[writer].publish((topic, end))
    return {
        (message.payload.decode().split()[-1], message.topic, reader)
        for reader, client in clients.items()
        for message in (client.so_far() if reader in rules.strangers else client.until(end))
        if message.payload.startswith(end)
    }


def allowed(rules: Rules) -> set[tuple[str, str, str]]:
    """Every (writer, topic, reader) of the table."""
    return {
        (writer, topic, reader)
        for topic in rules.topics
        for writer in rules.users
        if rules.may_write(writer, topic)
        for reader in rules.users
        if rules.may_read(reader, topic)
    }


def test_a_message_arrives_exactly_where_the_table_says(
    rules: Rules, broker: StartedBroker, version: MQTTProtocolVersion
) -> None:
    end = f"live-{version.name}".encode()
    with everybody(broker, rules.users, version) as clients:
        for user, client in clients.items():
            client.publish(*((topic, end + b" " + user.encode()) for topic in rules.topics))
        assert heard(rules, clients, end) == allowed(rules)


def test_subscribing_to_a_topic_by_its_name_hears_no_more_than_the_table(
    rules: Rules, broker: StartedBroker, version: MQTTProtocolVersion
) -> None:
    end = f"named-{version.name}".encode()
    with everybody(broker, rules.users, version) as clients:
        for client in clients.values():
            client.subscribe(*rules.topics)
        for user, client in clients.items():
            client.publish(*((topic, end + b" " + user.encode()) for topic in rules.topics))
        assert heard(rules, clients, end) == allowed(rules)


def test_a_retained_message_is_found_later_exactly_by_whom_the_table_says(
    rules: Rules, broker: StartedBroker, version: MQTTProtocolVersion
) -> None:
    end = f"kept-{version.name}".encode()
    with everybody(broker, rules.users, version) as clients:
        for user in rules.users:
            clients[user].publish(
                *((topic, end + b" " + user.encode()) for topic in rules.topics), retain=True
            )
    with everybody(broker, rules.users, version) as clients:
        found = heard(rules, clients, end)
        for user in rules.users:
            clients[user].publish(*((topic, b"") for topic in rules.topics), retain=True)
    assert found == allowed(rules)


def test_a_last_will_arrives_exactly_where_the_table_says(
    rules: Rules, broker: StartedBroker, version: MQTTProtocolVersion
) -> None:
    end = f"will-{version.name}".encode()
    for dying in rules.users:
        for topic in rules.topics:
            will = (topic, end + b" " + dying.encode())
            client = BareClient(broker.port, dying, broker.passwords[dying], version=version, will=will)
            client.connect()
            client.vanish()
    with everybody(broker, rules.users, version) as clients:
        found = heard(rules, clients, end)
        for user in rules.users:
            clients[user].publish(*((topic, b"") for topic in rules.topics), retain=True)
    assert found == allowed(rules)


@pytest.mark.parametrize("kind", RULES)
def test_no_device_writes_under_names_of_its_own_choosing(kind: Kind) -> None:
    """Each could be retained: the broker's memory would be any kiosk's to fill, for everybody."""
    privileged = {"hub": topics.HUB, "site": BRIDGES[0]}[kind]
    lines = access_list(kind, BRIDGES[0], KIOSKS).splitlines()
    grants = [grant for grant in read_access_list("\n".join(lines)) if grant.access == "write"]
    granted = [grant.levels for grant in grants if grant.user != privileged]
    assert granted
    assert [levels for levels in granted if "+" in levels or "#" in levels] == []


def test_on_a_site_broker_nothing_is_granted_to_whoever_comes_in() -> None:
    grants = read_access_list(access_list("site", BRIDGES[0], KIOSKS))
    assert {grant.user for grant in grants} == {BRIDGES[0], *KIOSKS}


def test_a_site_broker_is_not_written_without_the_names_of_its_devices(tmp_path: Path) -> None:
    passwords = {"kiosk-a": "q7-wrought"}
    for bridge, kiosk in ((None, "kiosk-a"), ("+", "kiosk-a"), ("%u", "kiosk-a"), ("bridge-a", "+")):
        with pytest.raises(ValueError, match=r"bridge|name a device"):
            write_broker(tmp_path / "broker", "site", 1883, passwords, bridge=bridge, kiosks=[kiosk])
    assert not (tmp_path / "broker").exists()
