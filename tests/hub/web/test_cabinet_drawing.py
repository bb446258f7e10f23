"""The drawing changed by touch, as a draft of the hub; a file for the lockers, who own it."""

import tomllib

import pytest
from flask.testing import FlaskClient
from msgspec.structs import replace
from sqlalchemy import select

from contract import messages as m
from hub.store.database import reading
from hub.store.tables import audit, cabinet_drawings
from tests.fakes.hub_scene import Scene, cabinet

PAGE = "/sites/borny/casiers/plan"


@pytest.fixture
def lively(scene: Scene) -> Scene:
    scene.connect()
    return scene


def drafts(scene: Scene) -> int:
    with reading(scene.hub.engine) as connection:
        return len(connection.execute(select(cabinet_drawings)).all())


def fetched(client: FlaskClient) -> dict[int, dict[str, object]]:
    answer = client.get(f"{PAGE}/drawing.toml")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="drawing.toml"'
    return {place["number"]: place for place in tomllib.loads(answer.text)["place"]}


def test_the_file_that_leaves_is_noted_and_no_touch_before(lively: Scene, admin: FlaskClient) -> None:
    admin.post(f"{PAGE}/place", data={"porte": "3", "step": "down"})
    fetched(admin)
    with reading(lively.hub.engine) as connection:
        noted = connection.execute(select(audit.c.action, audit.c.account, audit.c.site)).all()
    assert noted == [("drawing_given", "account-admin", "borny")]


def test_a_place_is_chosen_then_where_it_goes(lively: Scene, admin: FlaskClient) -> None:
    assert f'href="{PAGE}?porte=3#choix"' in admin.get(PAGE).text
    page = admin.get(PAGE, query_string={"porte": 3}).text
    assert "Vers le haut" in page
    assert f'href="{PAGE}?porte=3&amp;vers=8#choix"' in page
    page = admin.get(PAGE, query_string={"porte": 3, "vers": 8}).text
    assert "Porte 3 va à côté de la porte 8" in page
    assert "Au-dessus de la porte 8" in page
    assert "Échanger avec la porte 8" in page
    page = admin.get(PAGE, query_string={"porte": 3, "vers": 17}).text
    assert "Au-dessous de l’étagère B1" in page
    answer = admin.post(f"{PAGE}/place", data={"porte": "3", "vers": "8", "step": "below"})
    assert answer.status_code == 302
    page = admin.get(PAGE).text
    assert "colonne 2, rangée 5" in page
    assert (fetched(admin)[3]["column"], fetched(admin)[3]["row"]) == (2, 5)


def test_a_door_moved_to_another_height_is_to_be_measured_again(lively: Scene, admin: FlaskClient) -> None:
    floors = {number: 160 - 40 * number for number in range(1, 5)}
    places = [
        replace(one, floor_cm=floors[one.compartment]) if one.compartment in floors else one
        for one in cabinet().compartments
    ]
    measured = tuple(one for one in places if one.column == 1)
    lively.told(m.CabinetDeclared(compartments=measured))
    assert "Vérifiez la hauteur" not in admin.get(PAGE).text
    admin.post(f"{PAGE}/place", data={"porte": "1", "vers": "4", "step": "below"})
    page = admin.get(PAGE, query_string={"porte": 1}).text
    assert page.count("Vérifiez la hauteur") == 2, "in the list, and where it is typed"
    assert 'aria-label="Porte 1, Hauteur\N{NO-BREAK SPACE}?"' in page
    assert 'aria-label="Porte 4"' in page
    assert "Vérifiez la hauteur\N{NO-BREAK SPACE}:" not in admin.get(PAGE, query_string={"porte": 4}).text
    admin.post(f"{PAGE}/mesures", data={"porte": "1", "size": "S", "floor_cm": "-5"})
    admin.post(f"{PAGE}/mesures", data={"porte": "4", "size": "L", "floor_cm": "30"})
    admin.post(f"{PAGE}/mesures", data={"porte": "1", "size": "S", "floor_cm": "5"})
    assert "Vérifiez la hauteur" not in admin.get(PAGE).text


def test_the_lockers_have_the_last_word_and_end_the_draft(lively: Scene, admin: FlaskClient) -> None:
    admin.post(f"{PAGE}/place", data={"porte": "1", "step": "down"})
    assert 'id="door-1"' in admin.get("/sites/borny/casiers").text
    page = admin.get(PAGE).text
    assert "Le fichier pour les casiers" in page
    spots = fetched(admin)
    places = tuple(
        m.CabinetCompartment(
            compartment=one.compartment,
            kind=one.kind,
            size=one.size,
            floor_cm=one.floor_cm,
            column=int(str(spots[one.compartment]["column"])),
            row=int(str(spots[one.compartment]["row"])),
            label=one.label,
        )
        for one in cabinet().compartments
    )
    lively.told(m.CabinetDeclared(compartments=places))
    assert "Rien\N{NO-BREAK SPACE}: le plan est celui que disent les casiers" in admin.get(PAGE).text


def test_size_height_and_name_are_asked_again_when_they_cannot_be(lively: Scene, admin: FlaskClient) -> None:
    form = {"porte": "17", "size": "XL", "floor_cm": "95", "label": "Étagère du bas"}
    for wrong in (
        {"floor_cm": "500"},
        {"floor_cm": "x"},
        {"label": ""},
        {"label": "B2"},
        {"label": "x" * 41},
    ):
        assert admin.post(f"{PAGE}/mesures", data=form | wrong).status_code == 422
    assert drafts(lively) == 0
    assert admin.post(f"{PAGE}/mesures", data=form).status_code == 302
    page = admin.get(PAGE).text
    assert "nommée Étagère du bas" in page
    assert "taille XL au lieu de L" in page
    for malformed in ({"size": "XXL"}, {"porte": ""}, {"porte": "9" * 30}):
        assert admin.post(f"{PAGE}/mesures", data=form | malformed).status_code == 400
    assert admin.post(f"{PAGE}/mesures", data=form | {"porte": "99"}).status_code == 404
    assert admin.post(f"{PAGE}/place", data={"porte": "1", "step": "sideways"}).status_code == 400


def test_there_and_back_is_no_draft_and_forgotten_it_is_gone(lively: Scene, admin: FlaskClient) -> None:
    admin.post(f"{PAGE}/place", data={"porte": "1", "step": "down"})
    assert drafts(lively) == 1
    admin.post(f"{PAGE}/place", data={"porte": "1", "step": "up"})
    assert drafts(lively) == 0
    admin.post(f"{PAGE}/place", data={"porte": "1", "step": "down"})
    admin.post(f"{PAGE}/oublier")
    assert drafts(lively) == 0


def test_a_concierge_changes_no_drawing(lively: Scene, concierge: FlaskClient) -> None:
    assert concierge.get(PAGE).status_code == 403
    assert concierge.get(f"{PAGE}/drawing.toml").status_code == 403
    assert concierge.post(f"{PAGE}/place", data={"porte": "1", "step": "down"}).status_code == 403
    assert "Changer le plan" not in concierge.get("/sites/borny/casiers").text


def test_lockers_that_never_spoke_have_nothing_to_draw(admin: FlaskClient) -> None:
    assert "n’ont pas encore dit comment ils sont faits" in admin.get(PAGE).text
