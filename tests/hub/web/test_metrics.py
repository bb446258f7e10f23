"""`/metrics`: there only with a token, for whoever shows it, and without anything of a person."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families

from contract import messages as m
from hub.config import HubSettings, MetricsSettings
from hub.store.database import reading
from tests.fakes.hub_scene import ADMIN, Scene
from tests.hub.web.conftest import sign_in

TOKEN = "a-token-that-nobody-can-guess-0123456789"
BEARER = {"Authorization": f"Bearer {TOKEN}"}


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[Scene]:
    scene = Scene(tmp_path, HubSettings(metrics=MetricsSettings(TOKEN)))
    scene.accounts()
    scene.bridge.health = m.Health(celsius=61, disk_free_percent=40)
    scene.connect()
    yield scene
    scene.close()


def figures(scene: Scene) -> dict[str, float]:
    """What stands there: `name{labels}` to value."""
    answer = scene.app.test_client().get("/metrics", headers=BEARER)
    assert answer.status_code == 200
    assert answer.mimetype == "text/plain"
    found = {}
    for family in text_string_to_metric_families(answer.text):
        for sample in family.samples:
            labels = ",".join(f"{key}={value}" for key, value in sorted(sample.labels.items()))
            found[f"{sample.name}{{{labels}}}" if labels else sample.name] = sample.value
    return found


def test_without_a_token_in_the_settings_there_is_no_such_page(scene: Scene, admin: FlaskClient) -> None:
    assert admin.get("/metrics", headers=BEARER).status_code == 404


def test_only_who_shows_the_token_reads_it(watched: Scene) -> None:
    client = watched.app.test_client()
    sign_in(client, ADMIN)
    wrong = ("", "Bearer", "Bearer ", f"Bearer {TOKEN}x", f"Basic {TOKEN}", TOKEN, "Bearer \u00e9")
    for header in wrong:
        assert client.get("/metrics", headers={"Authorization": header}).status_code == 401, header
    assert client.get("/metrics").status_code == 401
    assert TOKEN not in repr(HubSettings(metrics=MetricsSettings(TOKEN)))


def test_it_says_how_hub_devices_and_doors_are(watched: Scene) -> None:
    watched.deposit("i1", 0, 3)
    watched.jam("i1", 0, 3)
    watched.told(m.Hole(journal="j", first=1, last=3, why="disk"))
    watched.kiosk.disconnect(watched.hub)
    watched.clock.advance(120_000)
    found = figures(watched)
    bridge, kiosk = (f"{{device=borny-{one},kind={one},site=borny}}" for one in ("bridge", "kiosk"))
    with reading(watched.hub.engine) as connection:
        facts = connection.exec_driver_sql("SELECT count(*) FROM ledger").scalar_one()
        waiting = connection.exec_driver_sql(
            "SELECT count(*) FROM outbox WHERE state = 'waiting'"
        ).scalar_one()
    assert found["conciergerie_facts_total"] == facts
    assert found["conciergerie_messages_waiting"] == waiting > 0
    assert found["conciergerie_messages_failed_last_day"] == 0
    assert found["conciergerie_losses"] == 1
    assert found["conciergerie_quarantined_facts"] == 0
    assert found["conciergerie_database_bytes"] > 100_000
    assert found["conciergerie_open_pages"] == 0
    assert (found[f"conciergerie_device_online{bridge}"], found[f"conciergerie_device_online{kiosk}"]) == (
        1,
        0,
    )
    assert found[f"conciergerie_device_celsius{bridge}"] == 61
    assert f"conciergerie_device_celsius{kiosk}" not in found
    assert found[f"conciergerie_device_silent_seconds{kiosk}"] >= 120
    assert found[f"conciergerie_device_backlog{bridge}"] == 0
    assert found["conciergerie_doors{site=borny,state=jammed}"] == 1
    assert found["conciergerie_doors{site=borny,state=closed}"] == 15
    assert found["conciergerie_things_to_do{tone=alarm}"] >= 2


def test_requests_are_timed_by_endpoint_and_no_label_says_anything_of_a_person(watched: Scene) -> None:
    watched.deposit("i1", 0, 3)
    client = watched.app.test_client()
    sign_in(client, ADMIN)
    for address in (
        "/sites/borny/casiers",
        "/colis/i1",
        "/sites/borny/personnes?q=Benali",
        "/nulle-part/Benali",
    ):
        client.get(address)
    found = figures(watched)
    assert found["conciergerie_request_seconds_count{endpoint=lockers.show}"] == 1
    assert found["conciergerie_request_seconds_bucket{endpoint=parcels.show,le=0.005}"] == 1
    assert found["conciergerie_request_seconds_count{endpoint=none}"] == 1
    text = " ".join(found)
    assert [one for one in ("Benali", "i1", "6A", *watched.people) if one in text] == []
