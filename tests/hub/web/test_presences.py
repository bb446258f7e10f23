"""The presence calendar of a site, as it is written, and what kiosks hear of it."""

import re
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from contract.messages import SiteCard
from hub.store.database import reading, writing
from hub.store.feed import document
from hub.store.presence import helpers_of
from hub.store.sites import change_site
from hub.store.tables import absences, helper_hours, helpers
from tests.fakes.hub_scene import SITE, Scene

PAGE = f"/sites/{SITE}/presences"
PARIS = ZoneInfo("Europe/Paris")
SAMIA = {"name": "Samia", "phone": "06 12 34 56 78", "shown": "yes"}


@pytest.fixture(autouse=True)
def tuesday(scene: Scene) -> None:
    at = datetime(2026, 11, 24, 10, tzinfo=PARIS)
    scene.clock.set_wall(int(at.timestamp()) * 1000, "synced")


def card(scene: Scene) -> SiteCard:
    with reading(scene.hub.engine) as connection:
        said = document(connection, SITE, "kiosk", "site")
    assert isinstance(said, SiteCard)
    return said


def listed(scene: Scene) -> list[Any]:
    with reading(scene.hub.engine) as connection:
        return helpers_of(connection, SITE)


def samia(scene: Scene, admin: FlaskClient, **more: str) -> str:
    assert admin.post(PAGE, data=SAMIA | more).status_code == 302
    return str(listed(scene)[0].id)


def comes(client: FlaskClient, who: str, days: list[str], opens: str, closes: str, **more: str) -> Any:
    return client.post(f"{PAGE}/{who}/heures", data={"days": days, "opens": opens, "closes": closes} | more)


def test_a_concierge_writes_hours_and_kiosks_know_who_is_there(
    scene: Scene, admin: FlaskClient, concierge: FlaskClient
) -> None:
    who = samia(scene, admin)
    assert comes(concierge, who, ["2", "4"], "09:00", "12:00").status_code == 302
    there = card(scene).attendance
    local = [datetime.fromtimestamp(one.from_ms / 1000, PARIS).strftime("%d %H:%M") for one in there]
    assert local == ["24 09:00", "26 09:00", "01 09:00", "03 09:00"]
    assert (card(scene).helper, card(scene).helper_hours) == (
        "Samia",
        "mardi 9 h–12 h, jeudi 9 h–12 h",
    )
    assert "Samia est là jusqu’à 12:00" in concierge.get(PAGE).text
    with writing(scene.hub.engine) as connection:
        change_site(connection, SITE, scene.clock.wall_ms(), phone="03 87 00 00 00")
    assert (card(scene).phone, card(scene).attendance) == ("03 87 00 00 00", there)


def test_days_with_the_same_hours_are_said_together(scene: Scene, admin: FlaskClient) -> None:
    who = samia(scene, admin)
    comes(admin, who, ["1", "2", "3", "4", "5"], "09:00", "12:00")
    comes(admin, who, ["1", "2", "3", "4", "5"], "14:30", "17:00")
    comes(admin, who, ["6"], "09:00", "12:00", from_day="2027-05-01")
    assert card(scene).helper_hours == "lundi–vendredi 9 h–12 h + 14 h 30–17 h"


def test_an_absence_takes_somebody_off_for_these_days(
    scene: Scene, concierge: FlaskClient, admin: FlaskClient
) -> None:
    who = samia(scene, admin)
    comes(concierge, who, ["2"], "09:00", "12:00")
    days = {"from_day": "2026-11-24", "until_day": "2026-11-24"}
    assert concierge.post(f"{PAGE}/{who}/absences", data=days).status_code == 302
    assert card(scene).attendance[0].from_ms > scene.clock.wall_ms() + 6 * 86_400_000
    page = concierge.get(PAGE).text
    assert "Samia revient" in page
    [gone] = re.findall(rf"{PAGE}/{who}/absences/(\w+)/retirer", page)
    assert concierge.post(f"{PAGE}/{who}/absences/{gone}/retirer").status_code == 302
    assert len(card(scene).attendance) == 2


def test_a_closure_that_is_announced_takes_everybody_off_at_once_until_it_is_taken_back(
    scene: Scene, admin: FlaskClient
) -> None:
    comes(admin, samia(scene, admin), ["2"], "09:00", "12:00")
    hours = f"/sites/{SITE}/horaires"
    shut = {"why": "holiday", "from_day": "2026-11-24", "until_day": "2026-11-29"}
    assert admin.post(f"{hours}/fermetures", data=shut).status_code == 302
    assert [one.from_ms > scene.clock.wall_ms() + 6 * 86_400_000 for one in card(scene).attendance] == [True]
    [closure] = re.findall(rf"{hours}/fermetures/(\w+)/fin", admin.get(hours).text)
    assert admin.post(f"{hours}/fermetures/{closure}/fin").status_code == 302
    assert len(card(scene).attendance) == 2


def test_who_does_not_agree_is_named_by_no_kiosk(scene: Scene, admin: FlaskClient) -> None:
    who = samia(scene, admin)
    comes(admin, who, ["2"], "09:00", "12:00")
    hidden = {name: text for name, text in SAMIA.items() if name != "shown"}
    assert admin.post(f"{PAGE}/{who}", data=hidden).status_code == 302
    assert (card(scene).attendance, card(scene).helper, card(scene).helper_hours) == ((), "", "")


def test_a_card_somebody_wrote_stays_until_somebody_agrees_to_be_named(
    scene: Scene, admin: FlaskClient
) -> None:
    with writing(scene.hub.engine) as connection:
        change_site(connection, SITE, scene.clock.wall_ms(), helper="Nadia", helper_hours="le matin")
    assert (
        admin.post(PAGE, data={"name": "Bilal", "phone": "06 12 34 56 78", "lead": "yes"}).status_code == 302
    )
    assert (card(scene).helper, card(scene).helper_hours) == ("Nadia", "le matin")
    assert admin.post(PAGE, data=SAMIA).status_code == 302
    assert card(scene).helper == "Samia"


def test_whoever_is_taken_off_the_list_leaves_nothing(scene: Scene, admin: FlaskClient) -> None:
    who = samia(scene, admin)
    comes(admin, who, ["2"], "09:00", "12:00")
    assert admin.post(f"{PAGE}/{who}/retirer").status_code == 302
    assert (card(scene).attendance, card(scene).helper) == ((), "")
    with reading(scene.hub.engine) as connection:
        for table in (helpers, helper_hours, absences):
            assert connection.execute(select(table)).all() == []


def test_only_an_administrator_sees_numbers_and_changes_who_is_on_the_list(
    scene: Scene, admin: FlaskClient, concierge: FlaskClient
) -> None:
    who = samia(scene, admin)
    assert "+33612345678" in admin.get(PAGE).text
    assert "12345678" not in concierge.get(PAGE).text
    for path in ("", f"/{who}", f"/{who}/retirer"):
        assert concierge.post(f"{PAGE}{path}", data=SAMIA).status_code == 403


def test_what_cannot_be_is_said_and_nobody_is_added(scene: Scene, admin: FlaskClient) -> None:
    for changes, said in (
        ({"name": ""}, "Écrivez un nom"),
        ({"name": "x" * 41}, "40"),
        ({"phone": "03 87 00 00 00"}, "portable"),
        ({"email": "nobody"}, "@"),
    ):
        answer = admin.post(PAGE, data=SAMIA | changes)
        whys = re.findall(r"<span data-why[^>]*>([^<]+)</span>", answer.text)
        assert (answer.status_code, any(said in why for why in whys)) == (422, True), changes
    assert listed(scene) == []


def test_hours_that_cannot_be_are_refused(scene: Scene, admin: FlaskClient) -> None:
    who = samia(scene, admin)
    wrong: tuple[tuple[list[str], str, str, dict[str, str]], ...] = (
        ([], "09:00", "12:00", {}),
        (["2"], "12:00", "09:00", {}),
        (["2"], "09:00", "12:00", {"from_day": "2026-13-01"}),
        (["2"], "09:00", "12:00", {"from_day": "2026-12-02", "until_day": "2026-12-01"}),
    )
    for days, opens, closes, more in wrong:
        answer = comes(admin, who, days, opens, closes, **more)
        assert (answer.status_code, "data-why" in answer.text) == (422, True), (days, opens, more)
    assert listed(scene)[0].lines == ()


def test_nobody_of_another_site_is_changed_from_here(scene: Scene, admin: FlaskClient) -> None:
    who = samia(scene, admin)
    scene.hub.site("paris")
    elsewhere = PAGE.replace(SITE, "paris")
    assert admin.post(f"{elsewhere}/{who}", data=SAMIA).status_code == 404
    assert (
        admin.post(
            f"{elsewhere}/{who}/heures", data={"days": ["2"], "opens": "9:00", "closes": "12:00"}
        ).status_code
        == 404
    )
    assert admin.post(f"{elsewhere}/{who}/retirer").status_code == 404
