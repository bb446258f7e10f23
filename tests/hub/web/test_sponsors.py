"""Who pays so that the place is there, whose people work there, and the badges of people."""

import re

from flask.testing import FlaskClient

from contract.messages import StaffCredential
from hub.store.database import reading
from hub.store.employers import contracts_of, employers_of
from tests.fakes.hub_scene import SITE, Scene

PAGE = f"/sites/{SITE}/financeurs"
CONTRACT = {"sponsor": "Bailleur de Borny", "monthly": "320", "from_day": "2026-01-01"}


def test_a_contract_is_written_down_apart_from_orders_and_ended(scene: Scene, admin: FlaskClient) -> None:
    for _ in range(2):
        assert admin.post(PAGE, data=CONTRACT).status_code == 302
    page = admin.get(PAGE).text.replace("\xa0", " ").replace("\u202f", " ")
    assert "320,00 € par mois" in page
    with reading(scene.hub.engine) as connection:
        [contract] = contracts_of(connection, SITE)
    assert admin.post(f"{PAGE}/{contract.id}/fin").status_code == 302
    assert admin.post(f"{PAGE}/{contract.id}/fin").status_code == 404
    assert "terminé" in admin.get(PAGE).text


def test_a_faulty_contract_is_not_written(scene: Scene, admin: FlaskClient) -> None:
    faults = (
        {"monthly": "1,999"},
        {"sponsor": ""},
        {"sponsor": "x" * 121},
        {"from_day": ""},
        {"until_day": "2025-01-01"},
    )
    for changes in faults:
        answer = admin.post(PAGE, data=CONTRACT | changes)
        assert answer.status_code == 422, changes
        assert len(re.findall("data-why", answer.text)) == 1, changes
    with reading(scene.hub.engine) as connection:
        assert contracts_of(connection, SITE) == []


def test_a_concierge_sees_no_contract(scene: Scene, concierge: FlaskClient) -> None:
    assert concierge.get(PAGE).status_code == 403
    assert concierge.post(PAGE, data=CONTRACT).status_code == 403


def test_staff_work_for_an_employer_and_the_lockers_know_it(scene: Scene, admin: FlaskClient) -> None:
    scene.connect()
    assert admin.post(f"{PAGE}/employeurs", data={"employer": "Chantier Fontaine"}).status_code == 302
    assert admin.post(f"{PAGE}/employeurs", data={"employer": "chantier fontaine"}).status_code == 422
    assert admin.post(f"{PAGE}/employeurs", data={"employer": " "}).status_code == 422
    with reading(scene.hub.engine) as connection:
        [employer] = employers_of(connection, SITE)
    team = f"/sites/{SITE}/equipe"
    assert admin.post(f"{team}/{scene.member}/employeur", data={"employer": employer.id}).status_code == 302
    assert "Chantier Fontaine" in admin.get(team).text
    scene.tick()
    [credential] = scene.bridge.feed.documents("staff/").values()
    assert isinstance(credential, StaffCredential)
    assert credential.employer == employer.id
    admin.post(f"{team}/{scene.member}/employeur", data={"employer": "somebody-elses"})
    scene.tick()
    [credential] = scene.bridge.feed.documents("staff/").values()
    assert isinstance(credential, StaffCredential)
    assert credential.employer is None
    assert admin.post(f"{PAGE}/employeurs/{employer.id}/retirer").status_code == 302
    assert admin.post(f"{PAGE}/employeurs/{employer.id}/retirer").status_code == 404


def test_a_person_gets_a_badge_and_loses_it(scene: Scene, concierge: FlaskClient) -> None:
    scene.connect()
    one, other = (f"/sites/{SITE}/personnes/{person}" for person in scene.people[:2])
    assert concierge.post(f"{one}/badge", data={"badge": " 04a1b2c3 "}).status_code == 302
    page = concierge.get(one).text
    assert "a un badge" in page
    assert "04a1b2c3" not in page.lower()
    taken = concierge.post(f"{other}/badge", data={"badge": "04A1B2C3"})
    assert taken.status_code == 422
    assert "déjà ce badge" in taken.text
    assert concierge.post(f"{one}/badge", data={"badge": "x" * 257}).status_code == 422
    scene.tick()
    assert len(scene.bridge.feed.documents("badge/")) == 1
    assert concierge.post(f"{one}/badge").status_code == 302
    scene.tick()
    assert scene.bridge.feed.documents("badge/") == {}
    assert concierge.post(f"/sites/{SITE}/personnes/nobody/badge", data={"badge": "1"}).status_code == 404
