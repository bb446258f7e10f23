"""What is kept of somebody, as an administrator sees it: handing it over, and erasing them."""

import json

from flask.testing import FlaskClient
from sqlalchemy import select

from hub.store.assignments import ask_assignment
from hub.store.database import reading, writing
from hub.store.mandates import Wanted, give_mandate
from hub.store.tables import audit, people
from tests.fakes.hub_scene import PEOPLE, Scene

LIST = "/sites/borny/personnes"


def where(scene: Scene, number: int = 0) -> str:
    return f"{LIST}/{scene.people[number]}/donnees"


def test_the_page_says_what_is_kept_and_until_when(admin: FlaskClient, scene: Scene) -> None:
    scene.connect()
    scene.deposit("i1", 0, 3)
    assert "Données personnelles" in admin.get(f"{LIST}/{scene.people[0]}").text
    page = admin.get(where(scene)).text
    assert "Ce qui est gardé de Yasmina Benali" in page
    assert "<dt>Colis et autres objets</dt><dd>1</dd>" in page
    assert "après 395 jours" in page
    assert "1 objet à son nom est encore ici" in page
    assert "pour toujours" not in page


def test_mandates_and_what_the_pages_said_is_theirs_are_counted(admin: FlaskClient, scene: Scene) -> None:
    scene.connect()
    scene.nameless("u1", 5)
    now_ms = scene.clock.wall_ms()
    with writing(scene.hub.engine) as connection:
        ask_assignment(connection, "borny", "u1", scene.people[0], "account-admin", now_ms)
        wanted = Wanted("Karim", now_ms, now_ms + 86_400_000)
        give_mandate(connection, "borny", scene.people[0], wanted, "account-admin", now_ms)
    page = admin.get(where(scene)).text
    assert "<dt>Procurations données</dt><dd>1</dd>" in page
    assert "<dt>Colis mis à son nom sur ces pages</dt><dd>1</dd>" in page


def test_all_of_it_is_a_file_and_that_it_was_taken_is_noted(admin: FlaskClient, scene: Scene) -> None:
    answer = admin.post(where(scene))
    assert answer.mimetype == "application/json"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["Cache-Control"] == "no-store"
    record = json.loads(answer.data)
    assert record["person"][0]["name"] == "Yasmina Benali"
    assert noted(scene) == ["person_exported"]


def noted(scene: Scene) -> list[str]:
    with reading(scene.hub.engine) as connection:
        return list(connection.execute(select(audit.c.action)).scalars())


def test_somebody_with_a_parcel_here_is_not_erased_and_the_page_says_what_to_do(
    admin: FlaskClient, scene: Scene
) -> None:
    scene.connect()
    scene.deposit("i1", 0, 3)
    answer = admin.post(f"{where(scene)}/effacer", data={"sure": "yes"})
    assert answer.status_code == 409
    assert "rendez-le d’abord au transporteur" in answer.text
    assert list(scene.hub.directory.glob("erased*")) == []


def test_somebody_is_erased_for_good(admin: FlaskClient, scene: Scene) -> None:
    assert admin.post(f"{where(scene)}/effacer").status_code == 400, "not by mistake"
    answer = admin.post(f"{where(scene)}/effacer", data={"sure": "yes"})
    assert answer.status_code == 200
    assert "C’est effacé" in answer.text
    assert "Benali" not in answer.text
    assert "Benali" not in admin.get(LIST).text
    assert admin.get(where(scene)).status_code == 404
    with reading(scene.hub.engine) as connection:
        names = list(connection.execute(select(people.c.name)).scalars())
    assert sorted(names) == sorted(["", *(one.name for one in PEOPLE[1:])])
    assert scene.people[0] in (scene.hub.directory / "erased.jsonl").read_text()
    assert noted(scene) == ["person_erased"]


def test_who_was_taken_off_the_list_can_be_erased_before_their_time(
    admin: FlaskClient, concierge: FlaskClient, scene: Scene
) -> None:
    admin.post(f"{LIST}/{scene.people[0]}/retirer")
    page = admin.get(LIST).text
    assert "1 personne retirée de la liste" in page
    assert where(scene) in page
    assert "Benali" not in concierge.get(LIST).text
    assert "Ce qui est gardé de Yasmina Benali" in admin.get(where(scene)).text
    assert admin.post(f"{where(scene)}/effacer", data={"sure": "yes"}).status_code == 200
    assert "Benali" not in admin.get(LIST).text


def test_a_parcel_that_was_theirs_says_that_it_is_no_longer_kept(admin: FlaskClient, scene: Scene) -> None:
    scene.connect()
    scene.deposit("i1", 0, 3)
    scene.collect("i1", 0, 3)
    admin.post(f"{where(scene)}/effacer", data={"sure": "yes"})
    page = admin.get("/colis/i1").text
    assert "n’est plus gardé" in page
    assert "Benali" not in page
    assert "qui ne se lit pas" not in page


def test_only_administrators_see_and_erase(concierge: FlaskClient, scene: Scene) -> None:
    assert "donnees" not in concierge.get(f"{LIST}/{scene.people[0]}").text
    assert concierge.get(where(scene)).status_code == 403
    assert concierge.post(where(scene)).status_code == 403
    assert concierge.post(f"{where(scene)}/effacer", data={"sure": "yes"}).status_code == 403


def test_somebody_of_another_site_is_nobody_here(admin: FlaskClient, scene: Scene) -> None:
    scene.hub.site("paris")
    there = where(scene).replace("borny", "paris")
    assert admin.get(there).status_code == 404
    assert admin.post(there).status_code == 404
    assert admin.post(f"{there}/effacer", data={"sure": "yes"}).status_code == 404
    assert noted(scene) == []
