"""Hours, closures and days of a site, as a concierge writes them."""

import re
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from contract.messages import SiteCard
from hub.core import documents
from hub.core.opening import Opening
from hub.store.database import reading, writing
from hub.store.deadlines import settle
from hub.store.feed import document, write_changes
from hub.store.opening import closures_of, days_kept, hours_of
from hub.store.sites import change_site
from hub.store.tables import audit, sites
from tests.fakes.hub_scene import SITE, Scene

PAGE = f"/sites/{SITE}/horaires"
PARIS = ZoneInfo("Europe/Paris")
CLOSURE = {"why": "works", "from_day": "2026-12-24", "until_day": "2027-01-02", "text": "Ascenseur"}


def weekly(scene: Scene) -> tuple[Opening, ...]:
    with reading(scene.hub.engine) as connection:
        versions = hours_of(connection, SITE)
    return versions[-1].weekly if versions else ()


def closures(scene: Scene) -> list[Any]:
    with reading(scene.hub.engine) as connection:
        return closures_of(connection, SITE, 0)


def open_on(client: FlaskClient, days: list[str], opens: str, closes: str, **more: str) -> Any:
    return client.post(f"{PAGE}/ouverture", data={"days": days, "opens": opens, "closes": closes} | more)


def whys(page: str) -> list[str]:
    return [text.replace("\xa0", " ") for text in re.findall(r"<span data-why[^>]*>([^<]+)</span>", page)]


def test_hours_are_added_to_several_days_at_once_and_taken_away_one_by_one(
    scene: Scene, concierge: FlaskClient
) -> None:
    assert "pas encore écrits" in concierge.get(PAGE).text
    assert open_on(concierge, ["1", "2", "5"], "09:00", "12:00").status_code == 302
    assert open_on(concierge, ["1"], "14:00", "18:30").status_code == 302
    assert open_on(concierge, ["5"], "20:00", "01:00", after_midnight="yes").status_code == 302
    page = concierge.get(PAGE).text
    assert "pas encore écrits" not in page
    assert "14:00–18:30" in page
    assert "20:00–1:00 le lendemain" in page
    scene.clock.advance(1)
    gone = {"weekday": "1", "opens_min": "540"}
    assert concierge.post(f"{PAGE}/ouverture/retirer", data=gone).status_code == 302
    assert concierge.post(f"{PAGE}/ouverture/retirer", data=gone).status_code == 404
    assert weekly(scene) == (
        Opening(1, 840, 1110),
        Opening(2, 540, 720),
        Opening(5, 540, 720),
        Opening(5, 1200, 1500),
    )
    with reading(scene.hub.engine) as connection:
        notes = connection.execute(select(audit.c.action, audit.c.account)).all()
    assert notes == [("hours_changed", "account-concierge")] * 4


@pytest.mark.parametrize(
    ("days", "opens", "closes", "said"),
    [
        (["1"], "18:00", "09:00", "La fermeture est avant l’ouverture"),
        (["1"], "25:00", "26:00", "au plus 24:00"),
        (["1"], "", "12:00", "au plus 24:00"),
        (["1"], "11:00", "13:00", "déjà ouvert"),
        ([], "09:00", "12:00", "au moins un jour"),
        (["9", "x"], "09:00", "12:00", "au moins un jour"),
        (["2"], "09:00", "09:00", "au même moment"),
    ],
)
def test_faulty_hours_are_refused_in_words_and_stay_to_be_mended(
    scene: Scene, concierge: FlaskClient, days: list[str], opens: str, closes: str, said: str
) -> None:
    open_on(concierge, ["1"], "09:00", "12:00")
    answer = open_on(concierge, days, opens, closes)
    assert answer.status_code == 422
    assert [said in why for why in whys(answer.text)] == [True]
    assert f'name="opens" type="time" value="{opens}"' in answer.text
    assert weekly(scene) == (Opening(1, 540, 720),)


def test_lockers_in_a_hall_are_reachable_day_and_night(scene: Scene, concierge: FlaskClient) -> None:
    open_on(concierge, ["1"], "09:00", "12:00")
    scene.clock.advance(1)
    concierge.post(f"{PAGE}/toujours", data={"always": "yes"})
    assert "quand il y a quelqu’un au comptoir" in concierge.get(PAGE).text
    scene.clock.advance(1)
    concierge.post(f"{PAGE}/toujours", data={"always": "no"})
    assert weekly(scene) == (Opening(1, 540, 720),), "the hours of the week are still there"


def test_a_closure_is_announced_shown_and_taken_back(scene: Scene, concierge: FlaskClient) -> None:
    assert concierge.post(f"{PAGE}/fermetures", data=CLOSURE).status_code == 302
    page = concierge.get(PAGE).text
    assert "Du 24 décembre au 2 janvier" in page
    assert "Travaux · Ascenseur" in page
    [closure] = closures(scene)
    assert concierge.post(f"{PAGE}/fermetures/{closure.id}/fin").status_code == 302
    assert closures(scene) == []
    assert concierge.post(f"{PAGE}/fermetures/{closure.id}/fin").status_code == 404


def test_a_closure_that_runs_is_ended_and_stays_for_the_days_that_were(
    scene: Scene, concierge: FlaskClient
) -> None:
    concierge.post(f"{PAGE}/fermetures", data=CLOSURE | {"from_day": "2026-11-01"})
    [closure] = closures(scene)
    assert "Rouvrir maintenant" in concierge.get(PAGE).text
    scene.clock.advance(1000)
    concierge.post(f"{PAGE}/fermetures/{closure.id}/fin")
    assert [one.until_ms for one in closures(scene)] == [scene.clock.wall_ms()]
    assert "Rouvrir maintenant" not in concierge.get(PAGE).text


def test_a_power_cut_has_hours(scene: Scene, concierge: FlaskClient) -> None:
    cut = {"from_day": "2026-12-01", "until_day": "2026-12-01", "from_hour": "09:00", "until_hour": "11:30"}
    concierge.post(f"{PAGE}/fermetures", data=CLOSURE | cut)
    assert "Le 1er décembre, de 09:00 à 11:30" in concierge.get(PAGE).text


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"from_day": "2026-02-30"}, "jour du calendrier"),
        ({"until_day": ""}, "jour du calendrier"),
        ({"until_day": "2026-12-23"}, "La fin est avant le début"),
        ({"from_hour": "25:00"}, "au plus 24:00"),
        ({"from_day": "2027-03-28", "from_hour": "02:30", "until_day": "2027-03-29"}, "heure d’été"),
        ({"until_day": "2062-01-01"}, "plus de deux ans"),
        ({"from_day": "2026-11-30", "until_day": "2026-12-02"}, "déjà une fermeture"),
        ({"text": "x" * 201}, "200 lettres au plus"),
    ],
)
def test_a_faulty_closure_is_refused_in_words(
    scene: Scene, concierge: FlaskClient, changes: dict[str, str], said: str
) -> None:
    there = CLOSURE | {"from_day": "2026-12-01", "until_day": "2026-12-01"}
    concierge.post(f"{PAGE}/fermetures", data=there)
    answer = concierge.post(f"{PAGE}/fermetures", data=CLOSURE | changes)
    assert answer.status_code == 422
    assert [said in why for why in whys(answer.text)] == [True]
    assert len(closures(scene)) == 1


def test_a_text_keeps_no_signs_nobody_sees(scene: Scene, concierge: FlaskClient) -> None:
    concierge.post(f"{PAGE}/fermetures", data=CLOSURE | {"text": " Asc\u202een\x00ceur\n"})
    assert [one.text for one in closures(scene)] == ["Ascenceur"]
    assert concierge.post(f"{PAGE}/fermetures", data=CLOSURE | {"why": "war"}).status_code == 400


def test_an_administrator_says_how_long_things_are_kept(scene: Scene, admin: FlaskClient) -> None:
    days = {"parcel": "10", "letter": "7", "registered_letter": "15"}
    assert admin.post(f"{PAGE}/jours", data=days).status_code == 302
    with reading(scene.hub.engine) as connection:
        assert days_kept(connection, SITE)["parcel"] == 10
    for wrong in ("0", "91", "", "dix", "７"):
        answer = admin.post(f"{PAGE}/jours", data=days | {"parcel": wrong})
        assert answer.status_code == 422
        assert whys(answer.text) == ["Écrivez un nombre de 1 à 90."]


def test_a_concierge_reads_how_long_and_changes_nothing(scene: Scene, concierge: FlaskClient) -> None:
    assert "15 jours" in concierge.get(PAGE).text
    assert concierge.post(f"{PAGE}/jours", data={"parcel": "1"}).status_code == 403


def test_another_sites_pages_are_not_there(scene: Scene, concierge: FlaskClient) -> None:
    for path in (PAGE, f"/sites/{SITE}/retours"):
        assert concierge.get(path.replace(SITE, "nowhere")).status_code == 404
    assert open_on_nowhere(concierge) == 404


def open_on_nowhere(client: FlaskClient) -> int:
    data = {"days": ["1"], "opens": "9:00", "closes": "10:00"}
    return client.post(f"{PAGE.replace(SITE, 'nowhere')}/ouverture", data=data).status_code


def parcel_days(scene: Scene) -> int | None:
    """What the kiosks are told of the days."""
    with reading(scene.hub.engine) as connection:
        card = document(connection, SITE, "kiosk", "site")
    assert isinstance(card, SiteCard)
    return card.parcel_days


def keep(client: FlaskClient, parcel: int) -> None:
    days = {"parcel": parcel, "letter": 7, "registered_letter": 15}
    assert client.post(f"{PAGE}/jours", data=days).status_code == 302


def test_kiosks_are_told_how_long_a_parcel_is_kept_as_soon_as_days_count_and_when_it_changes(
    scene: Scene, concierge: FlaskClient, admin: FlaskClient
) -> None:
    keep(admin, 9)
    assert parcel_days(scene) is None, "no hours are written: nothing ever goes back"
    open_on(concierge, ["1"], "09:00", "12:00")
    assert parcel_days(scene) == 9
    scene.clock.advance(1)
    keep(admin, 5)
    assert parcel_days(scene) == 5
    with writing(scene.hub.engine) as connection:
        change_site(connection, SITE, scene.clock.wall_ms(), phone="03 87 00 00 00")
    assert parcel_days(scene) == 5
    scene.clock.advance(1)
    gone = {"weekday": "1", "opens_min": "540"}
    assert concierge.post(f"{PAGE}/ouverture/retirer", data=gone).status_code == 302
    assert parcel_days(scene) is None


def test_a_card_that_another_hub_wrote_without_the_days_gets_them(
    scene: Scene, concierge: FlaskClient
) -> None:
    open_on(concierge, ["1"], "09:00", "12:00")
    with writing(scene.hub.engine) as connection:
        row = connection.execute(select(sites).where(sites.c.id == SITE)).one()
        write_changes(connection, SITE, documents.site(row._mapping), scene.clock.wall_ms())
    assert parcel_days(scene) is None
    with writing(scene.hub.engine) as connection:
        settle(connection, SITE, scene.clock.wall_ms(), PARIS)
    assert parcel_days(scene) == 7
