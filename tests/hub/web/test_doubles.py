"""One number at two kiosks: somebody is to look."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import insert

from contract import messages as m
from contract.scans.labels import number_of
from hub.core.parcel_alarms import double_thing, stray_things
from hub.core.things import Thing
from hub.store.database import reading, writing
from hub.store.doubles import doubles, strays
from hub.store.expected import add_expected, close_expected
from hub.store.tables import items
from tests.fakes.hub_scene import Scene


@pytest.fixture
def lively(scene: Scene) -> Scene:
    scene.hub.site("metz")
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


def held_at(scene: Scene, site: str, item: str, label: str = "6a 1") -> None:
    """Another site has it too, and took it in last."""
    said = {"id": item, "site": site, "kind": "parcel", "state": "waiting", "label": label, "pieces": 1}
    with writing(scene.hub.engine) as connection:
        late_ms = scene.clock.wall_ms() + int(item[1:])
        connection.execute(insert(items).values(**said, received_ms=late_ms))


def things(scene: Scene) -> list[Thing]:
    with reading(scene.hub.engine) as connection:
        return [double_thing(one) for one in doubles(connection)]


def seen(scene: Scene, client: FlaskClient) -> None:
    """Somebody sees to what is a card at their site."""
    event = next(one.event for one in things(scene) if one.site == "borny")
    assert f'value="{event}"' in client.get("/").text
    assert client.post("/vu", data={"event": event}).status_code == 302


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
    held_at(lively, "metz", "i2")
    with reading(lively.hub.engine) as connection:
        told = {one.site: (one.item, one.elsewhere) for one in doubles(connection)}
    assert told == {"borny": ("i1", ("metz",)), "metz": ("i2", ("borny",))}
    assert "Le même numéro est aussi à : Résidence metz" in card(admin)


def test_a_site_that_somebody_does_not_see_is_not_named(
    lively: Scene, admin: FlaskClient, concierge: FlaskClient
) -> None:
    received(lively, "i1", "6A1", 5)
    held_at(lively, "metz", "i2")
    page = card(concierge)
    assert "Le même numéro est aussi dans un autre lieu" in page
    assert "metz" not in page
    key = next(one.key for one in things(lively) if one.site == "borny")
    assert "metz" not in concierge.get(f"/a-faire/{key}/plus-tard").text
    assert "Résidence metz" in card(admin)


def test_what_was_seen_to_in_the_house_is_a_card_again_once_another_site_has_the_number_too(
    lively: Scene, concierge: FlaskClient
) -> None:
    received(lively, "i1", "6A1", 5)
    received(lively, "i2", "6A1", 3)
    seen(lively, concierge)
    assert "Le même numéro" not in card(concierge)
    held_at(lively, "metz", "i3")
    assert "Le même numéro deux fois : porte 3 et porte 5, et aussi dans un autre lieu" in card(concierge)
    seen(lively, concierge)
    assert "Le même numéro" not in card(concierge)
    assert [one.site for one in things(lively)] == ["metz"], "who sees to it here says nothing of there"
    assert concierge.post("/vu", data={"event": things(lively)[0].event}).status_code == 404
    held_at(lively, "metz", "i4")
    assert "Le même numéro" in card(concierge), "it came since"


def test_a_square_code_that_is_the_same_everywhere_tells_nothing_of_another_site(
    lively: Scene, admin: FlaskClient
) -> None:
    square = number_of("https://example.org/suivi")
    received(lively, "i1", square, 5)
    held_at(lively, "metz", "i2", square)
    assert "Le même numéro" not in card(admin)


def test_pieces_of_one_delivery_and_things_without_a_number_are_no_doubles(lively: Scene) -> None:
    for number in range(2):
        received(lively, f"a{number}", "6A1", None, pieces=2)
        received(lively, f"b{number}", "", None)
    received(lively, "c", "6A1", None)
    assert found(lively) == []


def awaited(scene: Scene, site: str, label: str) -> str:
    """A site was told to expect it."""
    said = {"person": None, "carrier": None, "note": "", "expected_ms": None, "account": "a"}
    with writing(scene.hub.engine) as connection:
        return add_expected(connection, site, label=label, now_ms=scene.clock.wall_ms(), **said)  # type: ignore[arg-type]


def test_what_another_site_expects_is_a_card_at_both_until_it_left_or_is_expected_no_more(
    lively: Scene, admin: FlaskClient
) -> None:
    expected = awaited(lively, "metz", "6a18365 204578")
    received(lively, "i1", "]C06A18365204578", 5)
    page = card(admin)
    assert "Un colis arrivé ici est attendu à : Résidence metz" in page
    assert 'href="/colis/i1"' in page
    assert "Le colis attendu 6A18365204578 est arrivé à : Résidence borny" in page
    assert 'href="/sites/metz/colis#attendus"' in page
    lively.told(m.ItemCollected(item="i1", compartment=5, allocation=1))
    assert "attendu" not in card(admin)
    received(lively, "i2", "6A18365204578", 3)
    assert "attendu" in card(admin)
    with writing(lively.hub.engine) as connection:
        close_expected(connection, "metz", expected, lively.clock.wall_ms())
    assert "attendu" not in card(admin)


def test_what_is_expected_where_it_came_or_has_a_short_number_did_not_go_astray(
    lively: Scene, admin: FlaskClient
) -> None:
    awaited(lively, "borny", "6A18365204578")
    awaited(lively, "metz", "12")
    received(lively, "i1", "6A18365204578", 5)
    received(lively, "i2", "12", 3)
    assert "attendu" not in card(admin)


def test_a_site_that_somebody_does_not_see_is_not_named_for_what_went_astray(
    lively: Scene, admin: FlaskClient, concierge: FlaskClient
) -> None:
    awaited(lively, "metz", "6A18365204578")
    received(lively, "i1", "6A18365204578", 5)
    page = card(concierge)
    assert "Un colis arrivé ici est attendu dans un autre lieu" in page
    assert "metz" not in page
    assert "6A18365204578" not in page
    assert "Résidence metz" in card(admin)


def test_what_several_sites_expect_is_one_card_where_it_lies(lively: Scene, admin: FlaskClient) -> None:
    lively.hub.site("nancy")
    for site in ("metz", "nancy"):
        awaited(lively, site, "6A18365204578")
    received(lively, "i1", "6A18365204578", 5)
    with reading(lively.hub.engine) as connection:
        [stray] = strays(connection)
    assert [(thing.kind, thing.site, thing.detail) for thing in stray_things(stray)] == [
        ("stray", "borny", "metz,nancy"),
        ("astray", "metz", "borny"),
        ("astray", "nancy", "borny"),
    ]
    assert card(admin).count("Un colis arrivé ici") == 1
