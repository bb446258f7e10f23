"""The people of a site and its team, as the pages keep them and as the site hears of them."""

import io
import json
import re
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update

from contract.credential import pin_hash
from hub.core.people_csv import PersonLine
from hub.store.database import reading, writing
from hub.store.people import MOST_FOUND, add_people
from hub.store.tables import audit, feed, people, staff
from tests.fakes.hub_scene import ADMIN, PEOPLE, Scene
from tests.hub.web.conftest import sign_in

LIST = "/sites/borny/personnes"


def fed(scene: Scene, audience: str, key: str) -> dict[str, object] | None:
    """What the site is told under a key."""
    query = select(feed.c.body).where(feed.c.audience == audience, feed.c.key == key)
    with reading(scene.hub.engine) as connection:
        body = connection.execute(query).scalar_one_or_none()
    return None if body is None else dict(json.loads(body))


def bring(client: FlaskClient, content: bytes) -> tuple[int, str]:
    answer = client.post(f"{LIST}/importer", data={"list": (io.BytesIO(content), "liste.csv")})
    return answer.status_code, answer.text


def test_somebody_added_is_known_to_the_kiosk_and_their_reach_to_the_lockers(
    admin: FlaskClient, scene: Scene
) -> None:
    typed = {"name": "  Zoé   Müller ", "flat": "E5", "language": "sq", "reach_cm": "120", "carry_kg": "2,5"}
    assert admin.post(f"{LIST}/ajouter", data=typed).status_code == 302
    with reading(scene.hub.engine) as connection:
        row = connection.execute(select(people).where(people.c.flat == "E5")).one()
    assert (row.name, row.language, row.reach_cm, row.carry_grams) == ("Zoé Müller", "sq", 120, 2500)
    name = fed(scene, "kiosk", f"person/{row.id}")
    assert name
    assert name["name"] == "Zoé Müller"
    assert "120" not in json.dumps(name)
    reach = fed(scene, "bridge", f"person/{row.id}")
    assert reach
    assert reach["reach_cm"] == 120
    assert "Zoé" not in json.dumps(reach)


def test_a_long_list_says_how_many_are_not_shown_and_finds_each_of_them(
    admin: FlaskClient, scene: Scene
) -> None:
    names = [PersonLine(f"Habitante {n:04}", f"Bât. É{n}") for n in range(1_200)]
    with writing(scene.hub.engine) as connection:
        add_people(connection, "borny", names, 0)

    def page(words: str) -> str:
        answer = admin.post(LIST, data={"q": words}) if words else admin.get(LIST)
        return answer.text.replace("\u202f", " ").replace("\u00a0", " ")

    whole = page("")
    assert whole.count("/personnes/") >= MOST_FOUND
    assert "500 sur 1 205 personnes" in whole
    assert "500 sur 1 200 personnes" in page("habitante")
    assert "Habitante 1199" not in whole
    last = page("BÂT e1199 habitante")
    assert "Habitante 1199" in last
    assert 'id="more"' not in last


def test_the_same_person_is_not_added_twice(admin: FlaskClient) -> None:
    answer = admin.post(f"{LIST}/ajouter", data={"name": "YASMINA benali", "flat": "b12", "language": "fr"})
    assert answer.status_code == 422
    assert "déjà dans la liste" in answer.text


def test_nobody_is_changed_into_somebody_else_of_the_list(admin: FlaskClient, scene: Scene) -> None:
    where = f"{LIST}/{scene.people[1]}"
    answer = admin.post(where, data={"name": "yasmina BENALI", "flat": "B12", "language": "fr"})
    assert answer.status_code == 422
    assert "Quelqu’un d’autre de la liste a ce nom et ce logement" in answer.text
    with reading(scene.hub.engine) as connection:
        assert (
            connection.execute(select(people.c.flat).where(people.c.id == scene.people[1])).scalar() == "A3"
        )
    namesake = {"name": "Yasmina Benali", "flat": "C1", "language": "fr"}
    assert admin.post(where, data=namesake).status_code == 302
    assert admin.post(where, data=namesake | {"flat": "c1"}).status_code == 302


def test_a_form_sent_four_times_at_once_adds_one_person(admin: FlaskClient, scene: Scene) -> None:
    clients = [sign_in(scene.app.test_client(), ADMIN) for _ in range(4)]
    together = Barrier(4)

    def send(client: FlaskClient) -> int:
        together.wait()
        typed = {"name": "Zoé Müller", "flat": "E5", "language": "fr"}
        return client.post(f"{LIST}/ajouter", data=typed).status_code

    with ThreadPoolExecutor(4) as pool:
        answers = sorted(pool.map(send, clients))
    assert answers == [302, 422, 422, 422]
    with reading(scene.hub.engine) as connection:
        assert len(connection.execute(select(people.c.id).where(people.c.flat == "E5")).all()) == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "x" * 121),
        ("flat", "x" * 41),
        ("reach_cm", "haut"),
        ("reach_cm", "-3"),
        ("reach_cm", "401"),
        ("carry_kg", "1e9"),
        ("carry_kg", "nan"),
        ("email", "personne"),
        ("phone", "appelez-moi"),
        ("phone", "06 12 34 56 7"),
        ("language", "<b>"),
    ],
)
def test_what_cannot_be_kept_is_refused_beside_its_field(admin: FlaskClient, field: str, value: str) -> None:
    typed = {"name": "Zoé", "flat": "E5", "language": "fr"} | {field: value}
    answer = admin.post(f"{LIST}/ajouter", data=typed)
    assert answer.status_code == 422
    assert f'id="why-{field}"' in answer.text or (field == "language" and "data-why" in answer.text)


def test_a_name_is_shown_as_it_is_and_never_becomes_markup(admin: FlaskClient) -> None:
    admin.post(f"{LIST}/ajouter", data={"name": "<script>alert(1)</script>", "language": "fr"})
    page = admin.get(LIST).text
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_somebody_changed_and_removed_is_changed_and_removed_at_the_site(
    admin: FlaskClient, scene: Scene
) -> None:
    person = scene.people[0]
    changed = {"name": "Yasmina Benali-Roux", "flat": "B12", "language": "fr"}
    assert admin.post(f"{LIST}/{person}", data=changed).status_code == 302
    name = fed(scene, "kiosk", f"person/{person}")
    assert name
    assert name["name"] == "Yasmina Benali-Roux"
    assert fed(scene, "bridge", f"person/{person}") is None
    assert admin.post(f"{LIST}/{person}/retirer").status_code == 302
    assert fed(scene, "kiosk", f"person/{person}") is None
    assert admin.get(f"{LIST}/{person}").status_code == 404
    assert "Benali" not in admin.post(LIST, data={"q": "b12"}).text


def test_people_are_found_by_name_and_flat(admin: FlaskClient) -> None:
    page = admin.post(LIST, data={"q": "d22 diallo"}).text
    assert "Ousmane Diallo" in page
    assert "Benali" not in page
    assert "Personne ne s’appelle ainsi" in admin.post(LIST, data={"q": "100%"}).text


def test_a_list_is_imported_and_its_faulty_lines_are_named(admin: FlaskClient, scene: Scene) -> None:
    content = "Nom;Logement;Téléphone\nZoé Müller;E5;0612345678\n;E6;\nYasmina Benali;B12;\nPaul;E7;non\n"
    status, page = bring(admin, content.encode())
    assert status == 200
    assert "1 personne a été ajoutée" in page
    assert "3 lignes ont été refusées" in page
    assert re.findall(r"<tr><td>(\d)</td>", page) == ["3", "4", "5"]
    with reading(scene.hub.engine) as connection:
        assert len(connection.execute(select(people.c.id)).all()) == len(PEOPLE) + 1


def test_a_name_with_signs_nobody_sees_is_refused_in_form_and_list(admin: FlaskClient) -> None:
    turned = "Yasmina\u202e ilaneB"
    answer = admin.post(f"{LIST}/ajouter", data={"name": turned, "flat": "A\u200b1", "language": "fr"})
    assert answer.status_code == 422
    assert answer.text.count("Il y a un signe que personne ne voit") == 2
    status, page = bring(admin, f"nom;logement\n{turned};B12\n".encode())
    assert status == 422
    assert "Il y a un signe que personne ne voit" in page
    assert "\u202e" not in page
    assert "Yasmina&lt;U+202E&gt; ilaneB;B12" in page


def test_a_list_from_an_older_spreadsheet_keeps_its_accents(admin: FlaskClient) -> None:
    assert bring(admin, "nom,logement\r\nZoé Müller,E5\r\n".encode("latin-1"))[0] == 200
    assert "Zoé Müller" in admin.get(LIST).text


@pytest.mark.parametrize(
    "content", [b"", b"\x00\xff\xfe", b"a;b\n1;2\n", b"\n\n\n", b'"nom\n' + b"x" * 100_000]
)
def test_a_file_that_is_no_list_adds_nobody(admin: FlaskClient, scene: Scene, content: bytes) -> None:
    status, page = bring(admin, content)
    assert status == 422
    assert 'role="alert"' in page or "0 personne" in page
    with reading(scene.hub.engine) as connection:
        assert len(connection.execute(select(people.c.id)).all()) == len(PEOPLE)


def test_the_audit_names_who_did_it_and_never_a_person(admin: FlaskClient, scene: Scene) -> None:
    admin.post(f"{LIST}/ajouter", data={"name": "Zoé Müller", "language": "fr"})
    with reading(scene.hub.engine) as connection:
        [row] = connection.execute(select(audit)).all()
    assert row.action == "person_added"
    assert row.account
    assert "Zoé" not in str(tuple(row))


TEAM = "/sites/borny/equipe"


def test_a_pin_is_shown_once_and_opens_at_the_kiosk(admin: FlaskClient, scene: Scene) -> None:
    page = admin.post(TEAM, data={"initials": "KL", "number": "7", "badge": "04A1"}).text
    [number, pin] = re.findall(r'class="secret">(\d+)<', page)
    assert number == "7"
    assert pin not in admin.get(TEAM).text
    with reading(scene.hub.engine) as connection:
        row = connection.execute(select(staff).where(staff.c.number == 7)).one()
        kept = str(connection.execute(select(audit)).all())
    credential = fed(scene, "bridge", f"staff/{row.id}")
    assert credential
    key = scene.hub.keys.site_key("borny")
    assert credential["pin_hash"] == pin_hash(key, pin, str(credential["pin_salt"]))
    assert pin not in kept
    assert fed(scene, "kiosk", f"staff/{row.id}") is None


def test_a_new_pin_voids_the_old_one_and_removal_reaches_the_lockers(
    admin: FlaskClient, scene: Scene
) -> None:
    before = fed(scene, "bridge", f"staff/{scene.member}")
    assert admin.post(f"{TEAM}/{scene.member}/code").status_code == 200
    after = fed(scene, "bridge", f"staff/{scene.member}")
    assert before
    assert after
    assert before["pin_hash"] != after["pin_hash"]
    assert admin.post(f"{TEAM}/{scene.member}/retirer").status_code == 302
    assert fed(scene, "bridge", f"staff/{scene.member}") is None
    assert admin.post(f"{TEAM}/{scene.member}/retirer").status_code == 404


def test_who_was_added_before_there_was_the_right_to_look_behind_doors_gets_it(
    admin: FlaskClient, scene: Scene
) -> None:
    assert "ni ne met de l’ordre" not in admin.get(TEAM).text
    with writing(scene.hub.engine) as connection:
        connection.execute(update(staff).values(rights="deposit,collect"))
    page = admin.get(TEAM).text
    assert "ni ne met de l’ordre" in page
    assert admin.post(f"{TEAM}/{scene.member}/droits").status_code == 302
    credential = fed(scene, "bridge", f"staff/{scene.member}")
    assert credential
    assert credential["rights"] == ["deposit", "collect", "inspect"]
    assert "ni ne met de l’ordre" not in admin.get(TEAM).text
    assert admin.post(f"{TEAM}/nobody/droits").status_code == 404


@pytest.mark.parametrize(
    "typed",
    [
        {"initials": "", "number": "7"},
        {"initials": "Jean Dupont", "number": "7"},
        {"initials": "KL", "number": "1"},
        {"initials": "KL", "number": "0"},
        {"initials": "KL", "number": "²"},
        {"initials": "KL", "number": "9999999"},
    ],
)
def test_nobody_is_added_to_the_team_with_a_faulty_form(
    admin: FlaskClient, scene: Scene, typed: dict[str, str]
) -> None:
    answer = admin.post(TEAM, data=typed)
    assert answer.status_code == 422
    with reading(scene.hub.engine) as connection:
        assert len(connection.execute(select(staff.c.id)).all()) == 1


def test_no_name_that_is_looked_for_is_in_an_address(admin: FlaskClient) -> None:
    (form,) = re.findall(r'<form[^>]* role="search"[^>]*>', admin.get(LIST).text)
    assert 'method="post"' in form
    assert "Diallo" in admin.post(LIST, data={"q": "diallo"}).text
    assert "Benali" in admin.get(f"{LIST}?q=diallo").text


def test_people_are_found_and_sorted_without_their_accents(admin: FlaskClient) -> None:
    for name in ("Élodie Çelik", "Zahra Idrissi"):
        admin.post(f"{LIST}/ajouter", data={"name": name, "flat": "F1", "language": "fr"})
    found = admin.post(LIST, data={"q": "celik elo"}).text
    assert "Élodie Çelik" in found
    assert "Zahra" not in found
    everybody = admin.get(LIST).text
    assert everybody.index("Élodie") < everybody.index("Zahra")


def test_a_staff_number_no_machine_can_hold_is_refused_in_words(admin: FlaskClient) -> None:
    typed = {"initials": "XY", "number": "9" * 5000, "badge": ""}
    assert admin.post("/sites/borny/equipe", data=typed).status_code == 422


def test_a_name_that_grows_when_it_is_taken_apart_is_still_found(admin: FlaskClient, scene: Scene) -> None:
    """One such letter becomes eighteen: PostgreSQL refuses what its column cannot hold."""
    assert admin.post(f"{LIST}/ajouter", data={"name": "ﷺ" * 60, "flat": "F6"}).status_code == 302
    with reading(scene.hub.engine) as connection:
        row = connection.execute(select(people).where(people.c.flat == "F6")).one()
    assert len(row.sought) == 200
