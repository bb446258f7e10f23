"""The hub as a process, killed while a gateway has a message: told once more, and no more than that."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from contract import messages as m
from contract.clock import SystemClock
from hub.store.database import open_engine, reading, sqlite_url, writing
from hub.store.tables import outbox, people
from tests.fakes.gateway import HttpGateway, http_gateway
from tests.fakes.hub_process import HubProcess, connected_device
from tests.fakes.ovh import (
    APPLICATION_KEY,
    APPLICATION_SECRET,
    CONSUMER_KEY,
    SERVICE,
    OvhService,
    ovh_service,
)
from tests.fakes.waiting import wait_until

_SECONDS = 120.0
_DAY_HOURS = 24


Gateway = HttpGateway | OvhService


@pytest.fixture(params=["http", "ovh"])
def gateway(request: pytest.FixtureRequest) -> Iterator[Gateway]:
    """A gateway by its apprise address, and OVH, whose clock is right."""
    hour = SystemClock().wall_ms() // 1000
    with http_gateway() if request.param == "http" else ovh_service(hour) as gateway:
        yield gateway


def notify_settings(data: Path, gateway: Gateway) -> str:
    """The table of hub.toml for it."""
    lines = ["[notify]", 'from = "Borny"', f'zone = "{zone_of_noon()}"']
    if isinstance(gateway, HttpGateway):
        return "\n".join([*lines, f'sms = "{gateway.address}&rto=60"\n'])
    keys = data / "ovh.conf"
    keys.touch(0o600)
    keys.write_text(
        f"[ovh-eu]\napplication_key={APPLICATION_KEY}\napplication_secret={APPLICATION_SECRET}\n"
        f"consumer_key={CONSUMER_KEY}\n"
    )
    account = [
        "[notify.ovh]",
        f'service = "{SERVICE}"',
        'keys = "ovh.conf"',
        f'address = "{gateway.address}"\n',
    ]
    return "\n".join([*lines, *account])


@pytest.fixture
def hub(tmp_path: Path, mosquitto_path: Path, gateway: Gateway) -> Iterator[HubProcess]:
    """A hub of one site whose bridge is enrolled; at the site it is noon, whenever the test runs."""
    assert mosquitto_path.exists()
    hub = HubProcess(tmp_path / "hub-data")
    hub.data.mkdir()
    (hub.data / "hub.toml").write_text(notify_settings(hub.data, gateway))
    hub.command("site", "create", "borny", "--name", "Borny")
    hub.enrol("borny-bridge", "borny", "bridge")
    hub.start_broker("borny-bridge")
    yield hub
    hub.close()


def zone_of_noon() -> str:
    hour = SystemClock().wall_ms() // 3_600_000 % _DAY_HOURS
    return f"Etc/GMT{hour - 12:+d}"  # the sign of these names is turned round


class Database:
    """What the hub's database says, and a hand that puts the outbox forward instead of waiting."""

    def __init__(self, data: Path) -> None:
        self._engine = open_engine(sqlite_url(data / "hub.sqlite3"))

    def person(self) -> str:
        with reading(self._engine) as connection:
            return str(connection.execute(select(people.c.id)).scalar_one())

    def message(self) -> Any:
        with reading(self._engine) as connection:
            return connection.execute(select(outbox)).one_or_none()

    def hurry(self) -> None:
        with writing(self._engine) as connection:
            connection.execute(update(outbox).where(outbox.c.state == "waiting").values(next_ms=1))

    def close(self) -> None:
        self._engine.dispose()


@pytest.fixture
def database(hub: HubProcess, tmp_path: Path) -> Iterator[Database]:
    listed = tmp_path / "people.csv"
    listed.write_text("nom;logement;telephone\nAmina Benali;A12;06 12 34 56 78\n")
    hub.command("people", "import", str(listed), "--site", "borny")
    database = Database(hub.data)
    yield database
    database.close()


def facts(person: str) -> tuple[m.Fact, ...]:
    return (
        m.PickupOpened(pickup="p1", person=person, ticket=27, generation=1),
        m.ItemClaimed(
            item="i1", kind="parcel", person=person, pickup="p1", compartment=3, allocation=1, size="M"
        ),
        m.ItemLeft(item="i1", compartment=3, allocation=1, evidence="door"),
    )


def told_and_held(hub: HubProcess, gateway: Gateway, database: Database, bridge: Path) -> None:
    """The hub runs, and the gateway has read a message and does not answer."""
    gateway.hangs = True
    hub.start()
    with connected_device(bridge) as (journal, _, connection):
        for fact in facts(database.person()):
            journal.append(fact)
        connection.wake()
        wait_until(database.message, _SECONDS)
    database.hurry()
    wait_until(lambda: len(gateway.texts()) == 1, _SECONDS)


def test_killed_between_the_gateways_yes_and_its_own_note_the_hub_tells_once_more(
    hub: HubProcess, gateway: Gateway, database: Database, tmp_path: Path
) -> None:
    told_and_held(hub, gateway, database, tmp_path / "borny-bridge")
    hub.kill()
    gateway.hangs = False
    gateway.released.set()
    assert (database.message().state, database.message().tries) == ("waiting", 1)
    database.hurry()
    hub.start()
    wait_until(lambda: database.message().state == "sent", _SECONDS)
    hub.stop()
    database.hurry()
    hub.start()
    hub.stop()
    assert len(gateway.texts()) == 2
    assert gateway.texts()[0] == gateway.texts()[1]
    log = (tmp_path / "hub.log").read_text()
    code = gateway.texts()[0].partition("code : ")[2][:10]
    assert "a message was sent" in log
    assert len(code) == 10
    secrets = ("12345678", code, code.replace(" ", ""), "json://", APPLICATION_SECRET, CONSUMER_KEY)
    assert [secret for secret in secrets if secret in log] == []


def test_a_hub_told_to_stop_does_so_while_a_gateway_hangs_and_nothing_is_lost(
    hub: HubProcess, gateway: Gateway, database: Database, tmp_path: Path
) -> None:
    told_and_held(hub, gateway, database, tmp_path / "borny-bridge")
    hub.stop()
    assert (database.message().state, database.message().tries) == ("waiting", 1)


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ('[notify]\nsms = "nothing://{to}"\n', r"notify\.sms is no address"),
        ('[notify.ovh]\nservice = "sms-1"\nkeys = "none.conf"\n', r"none\.conf \(notify\.ovh\.keys\)"),
        ('[notify.ovh]\nservice = "sms-1"\n', "application_key is missing"),
    ],
)
def test_a_gateway_that_is_none_is_named_before_anything_starts(
    tmp_path: Path, settings: str, said: str
) -> None:
    hub = HubProcess(tmp_path / "hub-data")
    hub.data.mkdir()
    (hub.data / "hub.toml").write_text(settings)
    with pytest.raises(AssertionError, match=said):
        hub.command("run")
