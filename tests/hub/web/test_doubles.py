"""One number at two kiosks: somebody is to look."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import insert

from contract import messages as m
from hub.store.database import reading, writing
from hub.store.doubles import doubles
from hub.store.tables import items
from tests.fakes.hub_scene import Scene


@pytest.fixture
def lively(scene: Scene) -> Scene:
    scene.connect()
    return scene


def received(scene: Scene, item: str, label: str, compartment: int | None, pieces: int = 1) -> None:
    """A kiosk took it in, and the lockers have it."""
    said = {"person": scene.people[0], "staff": scene.member, "size": "M", "label": label}
    scene.said(m.ParcelReceived(item=item, pieces=pieces, **said))  # type: ignore[arg-type]
    if compartment is not None:
        place = {"compartment": compartment, "allocation": 1, "kind": "parcel", "pickup": f"p-{item}"}
        scene.told(m.ItemClaimed(item=item, **said, **place))  # type: ignore[arg-type]


def found(scene: Scene) -> list[tuple[str, tuple[int, ...], int]]:
    with reading(scene.hub.engine) as connection:
        return [(one.item, one.compartments, one.count) for one in doubles(connection)]


def card(client: FlaskClient) -> str:
    return client.get("/").text.replace("\xa0", " ")


def test_a_number_taken_in_twice_is_a_card_until_one_of_them_left(lively: Scene, admin: FlaskClient) -> None:
    received(lively, "i1", "6A18365204578", 5)
    assert "Le même numéro" not in card(admin)
    received(lively, "i2", "]C06a18365 204578", 3)
    page = card(admin)
    assert "Le même numéro deux fois : porte 3 et porte 5" in page
    assert 'href="/colis/i2"' in page
    lively.told(m.ItemCollected(item="i1", compartment=5, allocation=1))
    assert "Le même numéro" not in card(admin)


def test_two_parcels_that_bear_one_number_are_seen_to_until_a_third_comes(
    lively: Scene, admin: FlaskClient
) -> None:
    received(lively, "i1", "6A1", 5)
    received(lively, "i2", "6A1", None)
    assert "Le même numéro 2 fois ; place : 5" in card(admin).replace("\u202f", " ")
    admin.post("/vu", data={"event": "i2"})
    assert "Le même numéro" not in card(admin)
    received(lively, "i3", "6A1", 3)
    assert found(lively) == [("i3", (3, 5), 3)]


def test_a_number_that_another_site_holds_is_a_card_at_both(lively: Scene, admin: FlaskClient) -> None:
    received(lively, "i1", "6A1", 5)
    lively.hub.site("metz")
    with writing(lively.hub.engine) as connection:
        there = {
            "id": "i2",
            "site": "metz",
            "kind": "parcel",
            "state": "waiting",
            "label": "6a 1",
            "pieces": 1,
        }
        connection.execute(insert(items).values(**there, received_ms=9))
    with reading(lively.hub.engine) as connection:
        told = {one.site: (one.item, one.elsewhere) for one in doubles(connection)}
    assert told == {"borny": ("i1", "Résidence metz"), "metz": ("i2", "Résidence borny")}
    assert "Le même numéro est aussi à : Résidence metz" in card(admin)


def test_pieces_of_one_delivery_and_things_without_a_number_are_no_doubles(lively: Scene) -> None:
    for number in range(2):
        received(lively, f"a{number}", "6A1", None, pieces=2)
        received(lively, f"b{number}", "", None)
    received(lively, "c", "6A1", None)
    assert found(lively) == []
