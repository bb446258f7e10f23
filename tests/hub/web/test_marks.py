"""A thing to do is taken, given back and put off, as concierges see it."""

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from contract import messages as m
from hub.store.accounts import create_account
from hub.store.database import reading, writing
from hub.store.devices import incident
from hub.store.pages import news_mark
from hub.store.standing import things_now
from hub.store.tables import audit
from tests.fakes.hub_scene import SITE, Scene

HOUR = 3_600_000


@pytest.fixture
def jammed(scene: Scene) -> Scene:
    scene.connect()
    scene.deposit("i1", 0, 3)
    scene.jam("i1", 0, 3)
    return scene


def key(scene: Scene, kind: str = "blocked") -> str:
    with reading(scene.hub.engine) as connection:
        return next(one.key for one in things_now(connection, scene.clock.wall_ms()) if one.kind == kind)


def key_at(scene: Scene, kind: str, site: str) -> str:
    with reading(scene.hub.engine) as connection:
        things = things_now(connection, scene.clock.wall_ms())
    return next(one.key for one in things if (one.kind, one.site) == (kind, site))


def deeds(scene: Scene) -> list[tuple[str, str, str]]:
    with reading(scene.hub.engine) as connection:
        rows = connection.execute(select(audit.c.action, audit.c.account, audit.c.detail))
        return [tuple(row) for row in rows]


def test_who_takes_a_thing_is_seen_by_everybody_until_they_give_it_back(
    jammed: Scene, admin: FlaskClient, concierge: FlaskClient
) -> None:
    what = key(jammed)
    with reading(jammed.hub.engine) as connection:
        before = news_mark(connection)
    assert concierge.post(f"/a-faire/{what}/prendre").status_code == 302
    with reading(jammed.hub.engine) as connection:
        assert news_mark(connection) != before, "open pages hear of it at once"
    assert "Bilal s’en occupe depuis" in admin.get("/maintenant").text
    assert admin.post(f"/a-faire/{what}/rendre").status_code == 302
    assert "s’en occupe" not in concierge.get("/maintenant").text.replace("Je m’en occupe", "")
    assert deeds(jammed) == [
        ("thing_taken", "account-concierge", "blocked"),
        ("thing_released", "account-admin", "blocked"),
    ]


def test_of_two_who_take_a_thing_at_once_the_first_has_it_and_the_other_is_told_who(
    jammed: Scene, admin: FlaskClient, concierge: FlaskClient
) -> None:
    what = key(jammed)
    concierge.post(f"/a-faire/{what}/prendre")
    answer = admin.post(f"/a-faire/{what}/prendre", follow_redirects=True).text
    assert "Bilal s’en occupe déjà." in answer
    assert "Bilal s’en occupe depuis" in answer
    assert [deed[:2] for deed in deeds(jammed)] == [("thing_taken", "account-concierge")]
    admin.post(f"/a-faire/{what}/rendre")
    assert "déjà" not in admin.post(f"/a-faire/{what}/prendre", follow_redirects=True).text


def test_what_is_put_off_stands_below_with_who_and_why_and_can_be_brought_back(
    jammed: Scene, concierge: FlaskClient
) -> None:
    what = key(jammed)
    page = concierge.get(f"/a-faire/{what}/plus-tard").text
    assert re.findall(r'name="when" value="(\w+)"', page)[0] == "hour"
    said = {"why": "waiting", "when": "hour"}
    assert concierge.post(f"/a-faire/{what}/plus-tard", data=said).status_code == 302
    seen = concierge.get("/maintenant").text
    assert 'id="thing-blocked' not in seen
    assert "j’attends une pièce ou un dépannage (Bilal)" in seen
    assert concierge.post(f"/a-faire/{what}/maintenant").status_code == 302
    assert 'id="thing-blocked' in concierge.get("/maintenant").text
    assert [deed[0] for deed in deeds(jammed)] == ["thing_put_off", "thing_brought_back"]
    assert deeds(jammed)[0][2] == "blocked: waiting, hour"


def test_its_time_over_it_is_back(jammed: Scene, concierge: FlaskClient) -> None:
    concierge.post(f"/a-faire/{key(jammed)}/plus-tard", data={"why": "called", "when": "hour"})
    assert 'id="thing-blocked' not in concierge.get("/maintenant").text
    jammed.clock.advance(HOUR)
    assert 'id="thing-blocked' in concierge.get("/maintenant").text


def test_a_forced_door_is_put_off_for_an_hour_and_no_longer(jammed: Scene, concierge: FlaskClient) -> None:
    jammed.told(m.DoorForced(compartment=5))
    what = key(jammed, "forced")
    page = concierge.get(f"/a-faire/{what}/plus-tard").text
    assert re.findall(r'name="when" value="(\w+)"', page) == ["hour"]
    wanted = {"why": "called", "when": "tomorrow"}
    assert concierge.post(f"/a-faire/{what}/plus-tard", data=wanted).status_code == 400


def test_a_reason_and_a_time_are_chosen_by_button(jammed: Scene, concierge: FlaskClient) -> None:
    path = f"/a-faire/{key(jammed)}/plus-tard"
    for wrong in ({"why": "x", "when": "hour"}, {"why": "called", "when": "x"}, {}):
        assert concierge.post(path, data=wrong).status_code == 400, wrong
    assert deeds(jammed) == []


def test_what_is_over_meanwhile_is_said_to_be_over(jammed: Scene, concierge: FlaskClient) -> None:
    for deed in ("prendre", "rendre", "maintenant", "plus-tard"):
        answer = concierge.post(f"/a-faire/{'0' * 32}/{deed}", follow_redirects=True)
        assert (answer.status_code, "C’est déjà réglé" in answer.text) == (200, True), deed
    assert deeds(jammed) == []


def test_what_was_lost_and_is_seen_again_is_no_card_any_more(scene: Scene, concierge: FlaskClient) -> None:
    scene.connect()
    scene.deposit("i1", 0, 3)
    scene.told(m.ItemLost(item="i1", compartment=3, staff=scene.member))
    assert 'id="thing-lost' in concierge.get("/maintenant").text
    scene.told(
        m.ItemClaimed(
            item="i1",
            kind="parcel",
            person=scene.people[0],
            pickup="p-0",
            compartment=5,
            allocation=1,
            size="M",
        ),
        m.ItemLeft(item="i1", compartment=5, allocation=1, evidence="door"),
    )
    assert 'id="thing-lost' not in concierge.get("/maintenant").text


def test_what_the_hub_noticed_of_a_device_is_its_sites_to_see_take_put_off_and_close(
    scene: Scene, concierge: FlaskClient
) -> None:
    scene.hub.site("paris")
    scene.hub.enrol("paris-kiosk", "paris", "kiosk")
    with writing(scene.hub.engine) as connection:
        for device in ("borny-kiosk", "paris-kiosk", ""):
            incident(connection, device, "fork", scene.clock.wall_ms())
    page = concierge.get("/maintenant").text
    assert page.count('id="thing-fork') == 1
    card = page.partition("thing-fork")[2]
    assert f"/sites/{SITE}/appareil/borny-kiosk" in card
    assert "Borne · depuis" in card, "which of its devices"
    what, hidden = (key_at(scene, "fork", site) for site in ("borny", "paris"))
    assert concierge.post(f"/a-faire/{what}/prendre").status_code == 302
    concierge.post(f"/a-faire/{hidden}/prendre")
    assert [deed[0] for deed in deeds(scene)] == ["thing_taken"]
    concierge.post(f"/a-faire/{what}/plus-tard", data={"why": "called", "when": "hour"})
    assert 'id="thing-fork' not in concierge.get("/maintenant").text
    for device, status in (("paris-kiosk", 404), ("", 404), ("borny-kiosk", 302)):
        assert concierge.post("/vu", data={"event": f"fork:{device}"}).status_code == status, device
    with reading(scene.hub.engine) as connection:
        forks = [one for one in things_now(connection, scene.clock.wall_ms()) if one.kind == "fork"]
    assert {one.site for one in forks} == {"paris", ""}


def test_who_sees_every_site_takes_what_belongs_to_none_and_leaves_the_rest_to_who_works_there(
    jammed: Scene, admin: FlaskClient
) -> None:
    with writing(jammed.hub.engine) as connection:
        incident(connection, "", "dropped", jammed.clock.wall_ms())
        head = create_account(connection, "Inès", None, "network", 0, sites=())
    network = jammed.browser(head)
    page = network.get("/maintenant").text
    assert page.count("Je m’en occupe") == 1
    assert "Je m’en occupe" in page.partition('id="thing-dropped')[2].partition("</article>")[0]
    what, theirs = key(jammed, "dropped"), key(jammed)
    assert network.post(f"/a-faire/{what}/prendre").status_code == 302
    assert "Inès s’en occupe depuis" in admin.get("/maintenant").text
    assert network.get(f"/a-faire/{what}/plus-tard").status_code == 200
    assert (
        network.post(f"/a-faire/{what}/plus-tard", data={"why": "called", "when": "hour"}).status_code == 302
    )
    assert network.post(f"/a-faire/{what}/maintenant").status_code == 302
    for deed in ("prendre", "rendre", "maintenant", "plus-tard"):
        assert network.post(f"/a-faire/{theirs}/{deed}").status_code == 403, deed
    assert network.get(f"/a-faire/{theirs}/plus-tard").status_code == 403
    assert network.post("/vu", data={"event": "dropped:"}).status_code == 302
    assert admin.post(f"/a-faire/{theirs}/prendre").status_code == 302
