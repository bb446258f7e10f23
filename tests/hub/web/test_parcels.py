"""The parcels of a site and the story of one, told from what kiosk and lockers noted."""

import json
import logging
import re

import msgspec
import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from contract import messages as m
from contract.pickup_code import typed_code
from hub.core.people_csv import PersonLine
from hub.store.database import reading, writing
from hub.store.people import add_people
from hub.store.tables import audit, expected_parcels, feed, rotations
from tests.fakes.hub_scene import Scene


@pytest.fixture
def lively(scene: Scene) -> Scene:
    scene.connect()
    scene.deposit("i1", 0, 3)
    return scene


def shown_code(page: str) -> str:
    """The digits of the code on a page, as a voice says them."""
    found = re.search(r'class="code"[^>]*aria-label="([\d ]+)"', page)
    return found[1].replace(" ", "") if found else ""


def story(page: str) -> list[tuple[str, str]]:
    """The lines of the story, each with its evidence."""
    return re.findall(r"<p>([^<]+)<small>([^<]+)", page)


def test_the_story_tells_who_what_and_by_which_evidence_in_order(lively: Scene, admin: FlaskClient) -> None:
    lively.collect("i1", 0, 3)
    page = admin.get("/colis/i1").text
    lines = [(text.replace("\u202f", " ").replace("\xa0", " "), proof) for text, proof in story(page)]
    told = [
        ("SB l’a reçu à l’accueil", "dit à la borne"),
        ("La porte 3 s’est ouverte", "vu par le capteur de la porte"),
        ("Il est derrière la porte 3 : elle s’est ouverte, puis refermée", "vu par le capteur de la porte"),
        ("Le ticket avec le code a été imprimé", "dit à la borne"),
        ("Un bon code a été tapé à la borne", "noté par les casiers"),
        ("Retiré : porte ouverte, puis refermée, avec le bon code", "vu par le capteur de la porte"),
    ]
    places = [lines.index(one) for one in told]
    assert places == sorted(places)
    assert "Yasmina Benali" in page
    assert "retiré" in page


def test_what_staff_say_of_it_later_is_told_beside_what_they_said_first(
    lively: Scene, admin: FlaskClient
) -> None:
    first = m.ParcelReceived(item="i1", person=lively.people[0], staff=lively.member, size="M", label="6Ai1")
    lively.said(msgspec.structs.replace(first, perishable=True, pieces=2))
    told = [text for text, _ in story(admin.get("/colis/i1").text) if "reçu" in text]
    assert told == ["SB l’a reçu à l’accueil", "SB l’a reçu à l’accueil · 2 cartons · périssable"]


def test_what_staff_handed_over_says_who_did(lively: Scene, admin: FlaskClient) -> None:
    lively.told(
        m.ItemCollected(item="i1", compartment=3, allocation=1, evidence="staff", staff=lively.member)
    )
    assert story(admin.get("/colis/i1").text)[-1][0] == "Remis en main propre par SB"


def test_a_time_that_was_estimated_says_so(lively: Scene, admin: FlaskClient) -> None:
    lively.bridge.disconnect(lively.hub)
    lively.clock.reboot("boot-2")
    lively.told(m.ItemKept(item="i1", compartment=3, allocation=1, why="empty"), talk=False)
    lively.clock.reboot("boot-3")
    lively.bridge.connect(lively.hub)
    page = admin.get("/colis/i1").text.replace("\xa0", " ")
    assert "« c’était vide »" in page
    assert page.count("heure estimée") == 1


def test_the_code_is_never_on_the_page_by_itself(lively: Scene, admin: FlaskClient) -> None:
    code = typed_code(lively.hub.keys.site_key("borny"), 20, "p-0", 1)
    for page in ("/colis/i1", "/sites/borny/colis", "/sites/borny/casiers/3", "/"):
        text = admin.get(page).text
        assert code not in text
        assert not shown_code(text)
    assert admin.get("/colis/i1/code").status_code == 405


@pytest.mark.parametrize(
    ("which", "generation", "said"),
    [
        ("present", 1, "Samia a fait afficher le code ici"),
        ("next", 2, "Samia a dit un code, pour une seule fois"),
    ],
)
def test_the_code_is_told_on_demand_and_the_telling_is_kept(
    lively: Scene,
    admin: FlaskClient,
    caplog: pytest.LogCaptureFixture,
    which: str,
    generation: int,
    said: str,
) -> None:
    caplog.set_level(logging.DEBUG)
    code = typed_code(lively.hub.keys.site_key("borny"), 20, "p-0", generation)
    answer = admin.post("/colis/i1/code", data={"which": which})
    assert shown_code(answer.text) == code
    assert answer.headers["Cache-Control"] == "no-store"
    assert said in admin.get("/colis/i1").text
    with reading(lively.hub.engine) as connection:
        [row] = connection.execute(select(audit).where(audit.c.action == "code_told")).all()
    assert (row.subject, row.detail) == ("i1", which)
    assert code not in str(tuple(row))
    assert code not in caplog.text


def digits(scene: Scene, generation: int) -> str:
    return typed_code(scene.hub.keys.site_key("borny"), 20, "p-0", generation)


def tells(client: FlaskClient, which: str) -> str:
    """The digits the page shows."""
    return shown_code(client.post("/colis/i1/code", data={"which": which}).text)


def test_after_a_change_the_code_for_one_time_is_another_than_the_one_the_person_is_told(
    lively: Scene, admin: FlaskClient
) -> None:
    admin.post("/colis/i1/code/changer")
    assert tells(admin, "present") == digits(lively, 2)
    assert tells(admin, "next") == tells(admin, "next") == digits(lively, 3)


def test_a_change_makes_a_code_void_that_was_told_by_telephone(lively: Scene, admin: FlaskClient) -> None:
    told = tells(admin, "next")
    assert told == digits(lively, 2)
    for _again in range(2):
        assert admin.post("/colis/i1/code/changer").status_code == 302
    with reading(lively.hub.engine) as connection:
        body = connection.execute(select(feed.c.body).where(feed.c.key == "rotation/p-0")).scalar_one()
    assert json.loads(body)["generation"] == 3
    assert tells(admin, "present") == digits(lively, 3)
    assert "ne peut pas être annulé" not in admin.get("/colis/i1").text
    lively.told(m.CodeRotated(pickup="p-0", generation=3, why="hub"))
    assert tells(admin, "next") == digits(lively, 4)


def test_offline_the_page_says_that_a_told_code_cannot_be_made_void(
    lively: Scene, admin: FlaskClient
) -> None:
    lively.bridge.disconnect(lively.hub)
    assert "ne peut pas être annulé" not in admin.get("/colis/i1").text
    assert tells(admin, "next") == digits(lively, 2)
    page = admin.get("/colis/i1").text
    assert "Un code dit au téléphone ne peut pas être annulé avant son retour." in page
    assert "Le nouveau code n’ouvrira" not in page
    admin.post("/colis/i1/code/changer")
    assert "Le nouveau code n’ouvrira qu’à partir de là." in admin.get("/colis/i1").text
    lively.bridge.connect(lively.hub)
    assert "ne peut pas être annulé" not in admin.get("/colis/i1").text


def test_offline_after_a_change_the_only_code_the_lockers_take_is_told_and_the_page_says_so(
    lively: Scene, admin: FlaskClient
) -> None:
    lively.bridge.disconnect(lively.hub)
    admin.post("/colis/i1/code/changer")
    answer = admin.post("/colis/i1/code", data={"which": "next"}).text
    assert shown_code(answer) == digits(lively, 2)
    assert "ne sait encore rien du changement" in answer


def test_a_code_is_changed_for_a_lost_slip_and_the_person_told_anew(
    lively: Scene, admin: FlaskClient
) -> None:
    assert admin.post("/colis/i1/code/changer").status_code == 302
    page = admin.get("/colis/i1").text
    assert "Samia a fait changer le code" in page
    with reading(lively.hub.engine) as connection:
        assert connection.execute(select(rotations.c.generation)).scalar_one() == 2
        body = connection.execute(select(feed.c.body).where(feed.c.key == "rotation/p-0")).scalar_one()
    assert json.loads(body)["generation"] == 2
    code = typed_code(lively.hub.keys.site_key("borny"), 20, "p-0", 2)
    assert shown_code(admin.post("/colis/i1/code", data={"which": "present"}).text) == code
    lively.collect("i1", 0, 3)
    assert admin.post("/colis/i1/code/changer").status_code == 302


def test_a_code_told_by_telephone_is_the_next_one_however_often_it_is_told(
    lively: Scene, admin: FlaskClient
) -> None:
    told = {shown_code(admin.post("/colis/i1/code", data={"which": "next"}).text) for _ in range(3)}
    assert told == {typed_code(lively.hub.keys.site_key("borny"), 20, "p-0", 2)}
    lively.told(m.CodeRotated(pickup="p-0", generation=2, why="next_used"))
    page = admin.get("/colis/i1").text
    assert "Le code dit au téléphone a servi" in page
    again = shown_code(admin.post("/colis/i1/code", data={"which": "next"}).text)
    assert again == typed_code(lively.hub.keys.site_key("borny"), 20, "p-0", 3)


def test_the_code_of_what_was_collected_is_told_no_more(lively: Scene, admin: FlaskClient) -> None:
    lively.collect("i1", 0, 3)
    assert "Dire le code" not in admin.get("/colis/i1").text
    answer = admin.post("/colis/i1/code", follow_redirects=True)
    assert (answer.request.path, "C’est déjà réglé" in answer.text) == ("/colis/i1", True)
    with reading(lively.hub.engine) as connection:
        assert connection.execute(select(audit)).all() == []


def test_parcels_are_listed_where_they_are(lively: Scene, admin: FlaskClient) -> None:
    lively.deposit("i2", 1, 10, "Chronopost")
    lively.collect("i2", 1, 10)
    page = admin.get("/sites/borny/colis").text
    here, gone = page.split("Partis depuis hier")
    assert "Yasmina Benali" in here
    assert "Nguyễn Thị Mai" in gone
    assert "Chronopost" in gone


def test_an_expected_parcel_is_announced_and_comes(scene: Scene, admin: FlaskClient) -> None:
    typed = {"person": scene.people[0], "carrier": "Colissimo", "day": "2026-11-24", "note": "lourd"}
    assert admin.post("/sites/borny/colis", data=typed).status_code == 302
    page = admin.get("/sites/borny/colis").text
    assert "Yasmina Benali" in page
    assert "mardi 24 novembre" in page
    with reading(scene.hub.engine) as connection:
        expected = connection.execute(select(expected_parcels.c.id)).scalar_one()
    done = f"/sites/borny/colis/attendu/{expected}/fini"
    assert admin.post(done).status_code == 302
    assert "mardi 24 novembre" not in admin.get("/sites/borny/colis").text
    assert admin.post(done).status_code == 404


def test_for_whom_is_searched_and_chosen_and_what_was_typed_stays(scene: Scene, admin: FlaskClient) -> None:
    with writing(scene.hub.engine) as connection:
        many = add_people(connection, "borny", [PersonLine(f"Ali {n:04}") for n in range(600)], 0)
    assert "Ali 0" not in admin.get("/sites/borny/colis").text, "nobody is in the page before they are sought"

    def choices(**typed: str) -> tuple[int, list[str], str]:
        answer = admin.post("/sites/borny/colis", data={"carrier": "Colissimo", **typed})
        page = answer.text
        assert answer.status_code == 302 or 'value="Colissimo"' in page
        return answer.status_code, re.findall(r'name="person" value="(\w+)"', page), page

    status, several, page = choices(q="ali")
    assert (status, len(several)) == (422, 40)
    assert "Choisissez pour qui il est" in page
    assert "Il y en a d’autres" in page
    status, one, page = choices(q="ALI 0599")
    assert (status, one) == (422, [many[599]])
    assert f'value="{many[599]}" required checked' in page
    assert "Personne ne s’appelle ainsi" in choices(q="nobody")[2]
    assert choices(q="ALI 0599", person=many[599], day="demain")[1] == [many[599]]
    assert choices(q="ALI 0599", person=many[599])[0] == 302
    assert choices(q="nobody", person="", label="6A1")[0] == 302, "said to be not known yet"
    with reading(scene.hub.engine) as connection:
        kept = connection.execute(select(expected_parcels.c.person)).scalars().all()
    assert set(kept) == {many[599], None}


@pytest.mark.parametrize(
    ("typed", "line"),
    [
        ({"carrier": "UPS", "note": "lourd"}, "UPS · lourd"),
        ({"day": "2026-11-24", "carrier": "<b>"}, "mardi 24 novembre · &lt;b&gt;"),
        ({"label": "6A12345678905"}, "6A12345678905"),
        ({}, ""),
    ],
)
def test_what_is_known_of_an_expected_parcel_has_a_point_between_and_none_before(
    scene: Scene, admin: FlaskClient, typed: dict[str, str], line: str
) -> None:
    admin.post("/sites/borny/colis", data={"person": scene.people[0]} | typed)
    page = admin.get("/sites/borny/colis").text
    [said] = re.findall(r'<b>Yasmina Benali</b><br><span class="soft small">(.*?)</span>', page)
    assert said == line


def test_an_expected_number_is_kept_without_the_identifier_a_scanner_puts_before_it(
    scene: Scene, admin: FlaskClient
) -> None:
    assert admin.post("/sites/borny/colis", data={"label": "]C06A12345678905"}).status_code == 302
    with reading(scene.hub.engine) as connection:
        assert connection.execute(select(expected_parcels.c.label)).scalar_one() == "6A12345678905"


@pytest.mark.parametrize("again", ["6A12345678905", "6a 12345 67890 5", "]C06A12345678905"])
def test_a_number_is_announced_once_as_long_as_it_is_expected(
    scene: Scene, admin: FlaskClient, again: str
) -> None:
    typed = {"person": scene.people[0], "label": "6A12345678905"}
    assert admin.post("/sites/borny/colis", data=typed).status_code == 302
    answer = admin.post("/sites/borny/colis", data={"label": again})
    assert answer.status_code == 422
    assert "Ce numéro est déjà annoncé, pour Yasmina Benali" in answer.text
    with reading(scene.hub.engine) as connection:
        expected = connection.execute(select(expected_parcels.c.id)).scalar_one()
    admin.post(f"/sites/borny/colis/attendu/{expected}/fini")
    assert admin.post("/sites/borny/colis", data={"label": again}).status_code == 302
    assert "pour personne encore" in admin.post("/sites/borny/colis", data=typed).text


@pytest.mark.parametrize(
    "typed",
    [
        {},
        {"person": "someone-else"},
        {"label": "x" * 257},
        {"label": "6A1", "day": "demain"},
        {"label": "6A1", "carrier": "x" * 41},
        {"label": "6A1", "day": "9999-99-99"},
    ],
)
def test_a_faulty_announcement_is_refused_in_words(
    scene: Scene, admin: FlaskClient, typed: dict[str, str]
) -> None:
    answer = admin.post("/sites/borny/colis", data=typed)
    assert answer.status_code == 422
    assert "data-why" in answer.text
    with reading(scene.hub.engine) as connection:
        assert connection.execute(select(expected_parcels)).all() == []


@pytest.mark.parametrize("gone", ["retirer", "donnees/effacer"])
def test_nothing_is_announced_for_somebody_who_left_the_list_while_the_form_was_open(
    scene: Scene, admin: FlaskClient, gone: str
) -> None:
    person = scene.people[0]
    admin.post(f"/sites/borny/personnes/{person}/{gone}", data={"sure": "yes"})
    answer = admin.post("/sites/borny/colis", data={"person": person, "label": "6A12345678905"})
    assert answer.status_code == 422
    assert "Choisissez quelqu’un dans la liste" in answer.text
    with reading(scene.hub.engine) as connection:
        assert connection.execute(select(expected_parcels)).all() == []
        assert connection.execute(select(feed.c.key).where(feed.c.key.like("expected/%"))).all() == []
