"""Somebody else collects: as it is said at the counter, shown, printed, taken back and told afterwards."""

import logging
import re
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask.testing import FlaskClient
from sqlalchemy import insert, select

from contract.pickup_code import PROXY_NUMBERS, proxy_code, token
from hub.store.database import reading, writing
from hub.store.devices import nobody_is_online
from hub.store.tables import audit, feed, mandates
from tests.fakes.hub_scene import Scene
from tests.hub.web.test_parcels import shown_code, story


@pytest.fixture
def lively(scene: Scene) -> Scene:
    scene.connect()
    scene.deposit("i1", 0, 3)
    scene.deposit("i2", 0, 4)
    scene.deposit("i3", 1, 6)
    return scene


def pages_of(scene: Scene, person: int = 0) -> str:
    return f"/sites/borny/personnes/{scene.people[person]}/procurations"


def local(at_ms: int) -> datetime:
    return datetime.fromtimestamp(at_ms / 1000, ZoneInfo("Europe/Paris"))


def in_days(scene: Scene, days: int) -> str:
    return (local(scene.clock.wall_ms()) + timedelta(days=days)).date().isoformat()


def said(scene: Scene, **typed: Any) -> dict[str, Any]:
    return {"name": "Paul Roux", "from": in_days(scene, 0), "until": in_days(scene, 7), **typed}


def kept(scene: Scene) -> list[Any]:
    with reading(scene.hub.engine) as connection:
        return list(connection.execute(select(mandates).order_by(mandates.c.created_ms)))


def given(scene: Scene, client: FlaskClient, **typed: Any) -> Any:
    assert client.post(pages_of(scene), data=said(scene, **typed)).status_code == 302
    return kept(scene)[-1]


def code_of(scene: Scene, row: Any) -> str:
    return proxy_code(scene.hub.keys.site_key("borny"), row.number, row.id, row.generation)


def notes(scene: Scene) -> list[Any]:
    with reading(scene.hub.engine) as connection:
        return list(connection.execute(select(audit).order_by(audit.c.id)))


def test_a_spoken_mandate_needs_a_name_and_days_and_nothing_else(lively: Scene, admin: FlaskClient) -> None:
    page = admin.get(pages_of(lively)).text
    form = page.partition("Nouvelle procuration")[2].partition("</form>")[0]
    assert set(re.findall(r'name="(\w+)"', form)) == {"name", "from", "until", "item"}
    assert f'value="{in_days(lively, 7)}"' in form
    assert re.findall(r"· (porte \d+)", form) == ["porte 3", "porte 4"], "told apart by their doors"
    row = given(lively, admin, name="  Paul   Roux ")
    assert (row.name, row.person, row.items) == ("Paul Roux", lively.people[0], "")
    assert row.from_ms == lively.clock.wall_ms()
    assert local(row.until_ms).strftime("%H:%M") == "00:00"
    assert (local(row.until_ms) - timedelta(milliseconds=1)).date().isoformat() == in_days(lively, 7)
    page = admin.get(pages_of(lively)).text
    for words in ("Paul Roux", "tout ce qui attend", "Samia", "valable"):
        assert words in page


def test_it_may_be_for_some_parcels_and_from_a_later_day(lively: Scene, admin: FlaskClient) -> None:
    row = given(lively, admin, item=["i1", "i2", "i1"], **{"from": in_days(lively, 2)})
    assert row.items == "i1,i2"
    assert local(row.from_ms).date().isoformat() == in_days(lively, 2)
    page = admin.get(pages_of(lively)).text
    assert "2 objets" in page
    assert "pas encore" in page


@pytest.mark.parametrize(
    ("typed", "days", "field"),
    [
        ({"name": ""}, {}, "name"),
        ({"name": "x" * 121}, {}, "name"),
        ({"name": "Paul\u202eRoux"}, {}, "name"),
        ({"name": "Paul\u200bRoux"}, {}, "name"),
        ({"until": ""}, {}, "until"),
        ({"until": "demain"}, {}, "until"),
        ({"until": "9999-12-31"}, {}, "until"),
        ({"from": "0001-01-01"}, {}, "from"),
        ({"from": "2026-02-30"}, {}, "from"),
        ({}, {"until": -1}, "until"),
        ({}, {"from": -1}, "from"),
        ({}, {"from": 5, "until": 4}, "until"),
        ({}, {"until": 367}, "until"),
    ],
)
def test_what_cannot_be_a_mandate_is_refused_beside_its_field(
    lively: Scene, admin: FlaskClient, typed: dict[str, str], days: dict[str, int], field: str
) -> None:
    wrong = {name: in_days(lively, count) for name, count in days.items()}
    answer = admin.post(pages_of(lively), data=said(lively, **typed, **wrong))
    assert answer.status_code == 422
    assert f'id="why-{field}"' in answer.text
    assert kept(lively) == []


@pytest.mark.parametrize("items", [["i3"], ["nothing"], ["i1", "i3"], [f"i{n}" for n in range(200)]])
def test_it_is_for_what_waits_for_that_person_only(
    lively: Scene, admin: FlaskClient, items: list[str]
) -> None:
    answer = admin.post(pages_of(lively), data=said(lively, item=items))
    assert answer.status_code == 422
    assert "Un de ces colis n’attend plus" in answer.text
    assert kept(lively) == []


def test_lockers_that_are_offline_cannot_know_yet_and_the_page_says_so(
    lively: Scene, admin: FlaskClient
) -> None:
    given(lively, admin)
    assert "une procuration annulée ouvre encore" not in admin.get(pages_of(lively)).text
    with writing(lively.hub.engine) as connection:
        nobody_is_online(connection, lively.clock.wall_ms())
    assert "une procuration annulée ouvre encore" in admin.get(pages_of(lively)).text


def test_a_name_never_becomes_markup(lively: Scene, admin: FlaskClient) -> None:
    given(lively, admin, name="<script>alert(1)</script>")
    page = admin.get(pages_of(lively)).text
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_the_code_is_shown_on_demand_and_that_is_kept(
    lively: Scene, admin: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    row = given(lively, admin)
    code = code_of(lively, row)
    assert not shown_code(admin.get(pages_of(lively)).text)
    assert admin.get(f"{pages_of(lively)}/{row.id}/code").status_code == 405
    answer = admin.post(f"{pages_of(lively)}/{row.id}/code")
    assert shown_code(answer.text) == code
    assert answer.headers["Cache-Control"] == "no-store"
    assert "soleil" in answer.text  # its first digit, as it is said
    assert [(note.action, note.subject) for note in notes(lively)] == [
        ("mandate_given", row.id),
        ("mandate_code_told", row.id),
    ]
    assert code not in caplog.text
    assert not any("Roux" in str(tuple(note)) or code in str(tuple(note)) for note in notes(lively))


def test_the_slip_names_nobody_and_is_written_in_the_language_chosen(
    lively: Scene, admin: FlaskClient
) -> None:
    row = given(lively, admin, name="paul Roux")
    answer = admin.post(f"{pages_of(lively)}/{row.id}/papier", data={"language": "en"})
    paper = answer.text.partition('<article class="slip')[2].partition("</article>")[0]
    assert shown_code(paper) == code_of(lively, row)
    assert 'lang="en"' in paper
    assert "You collect for somebody" in paper
    assert "<strong><bdi>P.</bdi></strong>" in paper
    for name in ("Roux", "Paul", "Benali", "Yasmina", "B12"):
        assert name.lower() not in paper.lower()
    assert token(lively.hub.keys.site_key("borny"), row.id, 1) not in answer.text  # drawn, not written
    offered = re.findall(r'<option value="(\w+)" lang', admin.get(pages_of(lively)).text)
    assert {"fr", "en", "ar", "sq"} <= set(offered), "whatever a person may be written to in"
    arabic = admin.post(f"{pages_of(lively)}/{row.id}/papier", data={"language": "ar"}).text
    assert "تستلم عن شخص آخر" in arabic
    assert 'lang="ar" dir="rtl"' in arabic
    french = admin.post(f"{pages_of(lively)}/{row.id}/papier", data={"language": "<b>"}).text
    assert "Vous venez chercher pour quelqu’un" in french


def test_one_touch_takes_it_back_and_a_second_one_does_no_harm(lively: Scene, admin: FlaskClient) -> None:
    row = given(lively, admin)
    for _ in range(2):
        assert admin.post(f"{pages_of(lively)}/{row.id}/fin").status_code == 302
    [over] = kept(lively)
    assert over.ended_why == "revoked"
    for deed in ("code", "papier", "nouveau-code"):
        assert admin.post(f"{pages_of(lively)}/{row.id}/{deed}").status_code == 400
    assert [note.action for note in notes(lively)] == ["mandate_given", "mandate_ended"]
    with reading(lively.hub.engine) as connection:
        key = feed.c.key == f"proxy/{row.id}"
        assert connection.execute(select(feed.c.body).where(key)).scalar_one() is None
    assert "annulée" in admin.get(pages_of(lively)).text


def test_a_new_code_takes_the_place_of_a_lost_one(lively: Scene, admin: FlaskClient) -> None:
    row = given(lively, admin)
    assert admin.post(f"{pages_of(lively)}/{row.id}/nouveau-code").status_code == 302
    [renewed] = kept(lively)
    assert renewed.generation == 2
    assert shown_code(admin.post(f"{pages_of(lively)}/{row.id}/code").text) == code_of(lively, renewed)
    assert code_of(lively, renewed) != code_of(lively, row)


def test_past_its_time_no_code_is_told_even_before_the_hub_has_tidied_up(
    lively: Scene, admin: FlaskClient
) -> None:
    row = given(lively, admin, until=in_days(lively, 0))
    lively.clock.advance(row.until_ms - lively.clock.wall_ms())
    assert admin.post(f"{pages_of(lively)}/{row.id}/code").status_code == 400
    page = admin.get(pages_of(lively)).text
    assert "passé" in page
    assert "Montrer le code" not in page
    assert kept(lively)[0].ended_ms is None


def test_a_mandate_is_found_with_the_person_who_gave_it_only(lively: Scene, admin: FlaskClient) -> None:
    row = given(lively, admin)
    lively.hub.site("paris")
    elsewhere = f"/sites/paris/personnes/{lively.people[0]}/procurations"
    for place in (pages_of(lively, 1), elsewhere):
        for deed in ("code", "papier", "nouveau-code", "fin"):
            assert admin.post(f"{place}/{row.id}/{deed}").status_code == 404
    assert admin.get(elsewhere).status_code == 404
    assert kept(lively)[0].ended_ms is None


def test_somebody_removed_meanwhile_gives_no_mandate(lively: Scene, admin: FlaskClient) -> None:
    row = given(lively, admin)
    admin.post(f"/sites/borny/personnes/{lively.people[0]}/retirer")
    assert kept(lively)[0].ended_why == "person_removed"
    assert admin.post(pages_of(lively), data=said(lively)).status_code == 404
    assert admin.post(f"{pages_of(lively)}/{row.id}/code").status_code == 404


def test_when_all_numbers_are_taken_the_page_says_what_to_do(lively: Scene, admin: FlaskClient) -> None:
    row = given(lively, admin)._mapping
    others = [{**row, "id": f"m{number}", "number": number} for number in PROXY_NUMBERS[1:]]
    with writing(lively.hub.engine) as connection:
        connection.execute(insert(mandates), others)
    answer = admin.post(pages_of(lively), data=said(lively))
    assert answer.status_code == 422
    assert "Trop de procurations" in answer.text


def test_strangers_see_nothing(stranger: FlaskClient, lively: Scene) -> None:
    assert stranger.get(pages_of(lively)).status_code == 302
    assert stranger.post(pages_of(lively), data=said(lively)).status_code == 401


def test_the_stories_say_who_came_with_whose_mandate(lively: Scene, admin: FlaskClient) -> None:
    row = given(lively, admin)
    lively.collect_under(row.id, "i1", 0, 3)
    lines = [text for text, _ in story(admin.get("/colis/i1").text)]
    who = "Paul Roux, avec la procuration de Yasmina Benali"
    assert f"Venu à la borne\u00a0: {who}" in lines
    assert f"La porte 3 reçoit l’ordre de s’ouvrir, pour {who}" in lines
    assert f"Retiré par {who}\u00a0: porte ouverte, puis refermée" in lines
    history = admin.get(pages_of(lively)).text
    assert 'href="/colis/i1"' in history
    assert who in admin.get("/sites/borny/casiers/3").text
    admin.post(f"{pages_of(lively)}/{row.id}/fin")
    over = admin.get(pages_of(lively)).text.partition("Qui est déjà venu")[2]
    assert "Paul Roux" in over
    assert 'href="/colis/i1"' in over


def test_a_mandate_nobody_knows_any_more_is_still_told_of(lively: Scene, admin: FlaskClient) -> None:
    lively.collect_under("gone", "i1", 0, 3)
    assert "quelqu’un avec une procuration" in admin.get("/colis/i1").text
