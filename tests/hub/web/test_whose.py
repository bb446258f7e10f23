"""Whose a parcel is: chosen on the page, done by the lockers, told in its story."""

import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from contract import messages as m
from hub.store.database import reading
from hub.store.tables import assignments, audit
from tests.fakes.hub_scene import Scene
from tests.hub.web.test_parcels import story

LIST = "/sites/borny/colis/a-identifier"
HOUR = 3600


@pytest.fixture
def lively(scene: Scene) -> Scene:
    scene.connect()
    scene.nameless("u1", 5, "6A18365204578")
    scene.deposit("i1", 0, 3)
    return scene


def asked(scene: Scene) -> dict[str, Any]:
    with reading(scene.hub.engine) as connection:
        rows = connection.execute(select(assignments).where(assignments.c.done_ms.is_(None)))
        return {row.item: row.person for row in rows}


def test_what_has_no_readable_name_is_listed_with_what_is_known_of_it(
    lively: Scene, admin: FlaskClient
) -> None:
    page = admin.get(LIST).text
    assert "6A18365204578" in page
    assert "taille M" in page
    assert "/colis/i1" not in page
    assert '<b class="chip" data-tone="warn">1</b>' in admin.get("/sites/borny/colis").text


def test_no_code_of_it_is_told_before_it_is_somebodys(lively: Scene, admin: FlaskClient) -> None:
    assert "Dire le code" not in admin.get("/colis/u1").text
    assert admin.post("/colis/u1/code").status_code == 400


def test_people_are_looked_for_by_letters_and_homonyms_told_apart_by_flat(
    lively: Scene, admin: FlaskClient
) -> None:
    for flat in ("E5", "F6"):
        admin.post(
            "/sites/borny/personnes/ajouter", data={"name": "Zoé Müller", "flat": flat, "language": "fr"}
        )
    page = admin.post("/colis/u1/pour", data={"q": "muller"}).text
    assert re.findall(r'<span class="fill">([^<]+)</span>.*?</svg> (\w+)</span>', page, re.DOTALL) == [
        ("Zoé Müller", "E5"),
        ("Zoé Müller", "F6"),
    ]
    assert "Personne ne s’appelle ainsi" in admin.post("/colis/u1/pour", data={"q": "%"}).text


def test_it_is_asked_for_until_the_lockers_have_done_it(lively: Scene, admin: FlaskClient) -> None:
    person = lively.people[2]
    assert admin.post(f"/colis/u1/pour/{person}").status_code == 302
    waiting = "Pour Arbër Krasniqi\u00a0: demandé, en attente de la borne"
    assert waiting in admin.get("/colis/u1").text
    assert waiting in admin.get(LIST).text
    lively.told(
        m.PickupOpened(pickup="p-2", person=person, ticket=22, generation=1),
        m.ItemReassigned(item="u1", person=person, pickup="p-2", before="made-for-u1"),
    )
    page = admin.get("/colis/u1").text
    assert waiting not in page
    assert "Colis, Arbër Krasniqi" in page
    lines = [text for text, _ in story(page)]
    assert "Samia a dit ici pour qui c’est" in lines
    assert any("Seul son code est désormais valable" in line for line in lines)
    assert "6A18365204578" not in admin.get(LIST).text
    assert "Dire le code" in page


def test_what_was_said_too_soon_is_taken_back(lively: Scene, admin: FlaskClient) -> None:
    admin.post(f"/colis/u1/pour/{lively.people[2]}")
    for _ in range(2):
        assert admin.post("/colis/u1/pour/personne").status_code == 302
    assert asked(lively) == {}
    with reading(lively.hub.engine) as connection:
        notes = list(connection.execute(select(audit.c.action).order_by(audit.c.id)).scalars())
    assert notes == ["assignment_asked", "assignment_withdrawn"]


def test_any_parcel_may_turn_out_to_be_for_somebody_else(lively: Scene, admin: FlaskClient) -> None:
    assert "C’est pour quelqu’un d’autre…" in admin.get("/colis/i1").text
    page = admin.get("/colis/i1/pour").text
    assert "Jusqu’ici pour Yasmina Benali" in page
    assert f"/pour/{lively.people[0]}" not in page
    assert admin.post(f"/colis/i1/pour/{lively.people[1]}").status_code == 302
    assert asked(lively) == {"i1": lively.people[1]}


def test_nobody_unknown_here_nor_the_same_person_is_taken(lively: Scene, admin: FlaskClient) -> None:
    admin.post(f"/sites/borny/personnes/{lively.people[4]}/retirer")
    for person in ("nobody", lively.people[4]):
        assert admin.post(f"/colis/i1/pour/{person}").status_code == 404
    assert admin.post(f"/colis/i1/pour/{lively.people[0]}").status_code == 400
    assert admin.post(f"/colis/nothing/pour/{lively.people[0]}").status_code == 404
    assert asked(lively) == {}


def test_what_has_left_is_nobody_elses_any_more(lively: Scene, admin: FlaskClient) -> None:
    lively.collect("i1", 0, 3)
    for answer in (admin.get("/colis/i1/pour"), admin.post(f"/colis/i1/pour/{lively.people[1]}")):
        assert (answer.status_code, answer.location) == (302, "/colis/i1")
    assert "C’est déjà réglé" in admin.get("/colis/i1").text
    assert "quelqu’un d’autre…" not in admin.get("/colis/i1").text


def test_after_an_hour_it_is_a_thing_to_do_and_no_slip_is_to_be_given(
    lively: Scene, admin: FlaskClient
) -> None:
    assert "on ne sait pas à qui" not in admin.get("/").text
    lively.clock.advance(2 * HOUR * 1000)
    page = admin.get("/").text
    assert "1 colis\u00a0: on ne sait pas à qui il est" in page
    assert LIST in page
    assert "Un papier à donner\u00a0: quelqu’un" not in page


def test_the_digest_of_a_label_is_nothing_to_read(lively: Scene, admin: FlaskClient) -> None:
    lively.nameless("u2", 6, "#782f150249507b5a")
    for page in (LIST, "/colis/u2", "/colis/u2/pour"):
        answer = admin.get(page)
        assert answer.status_code == 200
        assert "#782f" not in answer.text
    assert '<a href="/colis/u2">Colis</a>' in admin.get(LIST).text
