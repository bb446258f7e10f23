"""Everybody at once: now or in the morning, on paper where there is no other way, and each slip a page."""

import re
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update

from hub.config import HubSettings, NotifySettings
from hub.store.database import reading, writing
from hub.store.devices import incident
from hub.store.tables import audit, outbox, people
from tests.fakes.house import at
from tests.fakes.hub_scene import Scene

PARCELS = "/sites/borny/colis"


@pytest.fixture
def scene(tmp_path: Path) -> Any:
    """A hub that can send text messages, with three parcels: for Mai, who has a telephone, and for Yasmina
    and Ousmane, who have none."""
    scene = Scene(tmp_path, HubSettings(notify=NotifySettings(sms="json://127.0.0.1/{to}")))
    scene.clock.set_wall(at("2026-11-23 14:00"), "synced")
    with writing(scene.hub.engine) as connection:
        for person, values in ((1, {"phone": "+33612345678"}), (4, {"language": "ar"})):
            known = update(people).where(people.c.id == scene.people[person])
            connection.execute(known.values(**values))
    scene.connect()
    for item, person, door in (("i0", 0, 3), ("i1", 1, 10), ("i4", 4, 5)):
        scene.deposit(item, person, door)
    with writing(scene.hub.engine) as connection:
        connection.execute(update(outbox).values(printed_ms=None))
    yield scene
    scene.close()


def states(scene: Scene) -> dict[str, tuple[str, str, int | None]]:
    with reading(scene.hub.engine) as connection:
        rows = connection.execute(select(outbox)).all()
    return {row.pickup: (row.channel, row.state, row.next_ms) for row in rows}


def test_the_page_says_who_is_not_told_yet(admin: FlaskClient) -> None:
    page = admin.get(PARCELS).text
    assert "1 personne n’est pas encore prévenue." in page
    assert "2 papiers sont à imprimer." in page
    assert "Prévenir tout le monde maintenant" in page


def test_by_day_all_leaves_now_and_what_can_only_be_paper_is_paper(admin: FlaskClient, scene: Scene) -> None:
    page = admin.post(f"{PARCELS}/prevenir", follow_redirects=True).text
    assert "1 message part maintenant. 2 papiers sont à imprimer." in page
    now = scene.clock.wall_ms()
    assert states(scene) == {
        "p-0": ("slip", "waiting", None),
        "p-1": ("sms", "waiting", now),
        "p-4": ("slip", "waiting", None),
    }
    assert "Prévenir tout le monde maintenant" not in page
    assert "Un papier à donner\u00a0: Yasmina Benali" in admin.get("/").text


def test_at_night_it_says_that_messages_leave_in_the_morning(admin: FlaskClient, scene: Scene) -> None:
    scene.clock.set_wall(at("2026-11-23 22:30"), "synced")
    with writing(scene.hub.engine) as connection:
        connection.execute(update(outbox).values(next_ms=scene.clock.wall_ms() + 60_000))
    page = admin.post(f"{PARCELS}/prevenir", follow_redirects=True).text
    assert "Il est tard\u00a0: 1 message part à 08:00." in page


def test_who_was_told_less_than_ten_minutes_ago_is_not_told_sooner(admin: FlaskClient, scene: Scene) -> None:
    now = scene.clock.wall_ms()
    with writing(scene.hub.engine) as connection:
        mine = update(outbox).where(outbox.c.pickup == "p-1")
        connection.execute(mine.values(state="sent", next_ms=None, sent_ms=now - 60_000))
    scene.deposit("i11", 1, 11)
    with reading(scene.hub.engine) as connection:
        waits = connection.execute(
            select(outbox.c.next_ms).where(outbox.c.state == "waiting", outbox.c.pickup == "p-1")
        )
        due = waits.scalar_one()
    admin.post(f"{PARCELS}/prevenir")
    assert due == now + 9 * 60_000
    with reading(scene.hub.engine) as connection:
        again = select(outbox.c.next_ms).where(outbox.c.state == "waiting", outbox.c.pickup == "p-1")
        assert connection.execute(again).scalar_one() == due


def test_once_all_are_told_the_page_says_nothing_of_it(admin: FlaskClient, scene: Scene) -> None:
    with writing(scene.hub.engine) as connection:
        connection.execute(update(outbox).values(state="sent", next_ms=None, sent_ms=1))
    assert "Prévenir tout le monde" not in admin.get(PARCELS).text
    assert "Tout le monde est prévenu." in admin.post(f"{PARCELS}/prevenir", follow_redirects=True).text


def test_a_slip_the_kiosk_printed_is_not_counted(admin: FlaskClient, scene: Scene) -> None:
    with writing(scene.hub.engine) as connection:
        connection.execute(update(outbox).values(printed_ms=scene.clock.wall_ms()))
    assert "à imprimer" not in admin.get(PARCELS).text
    admin.post(f"{PARCELS}/prevenir")
    assert states(scene)["p-0"][:2] == ("slip", "handed")


def test_all_slips_are_printed_one_a_person_in_their_language(admin: FlaskClient, scene: Scene) -> None:
    admin.post(f"{PARCELS}/prevenir")
    page = admin.post("/sites/borny/papiers").text
    assert re.findall(r'class="slip slip-seen" lang="(\w+)" dir="(\w+)"', page) == [
        ("fr", "ltr"),
        ("ar", "rtl"),
    ]
    assert page.count("digit-drawing") == 16
    assert page.count('class="slip-qr"') == 2
    assert "شيء في انتظاركم" in page
    with reading(scene.hub.engine) as connection:
        noted = connection.execute(select(audit.c.subject).where(audit.c.action == "slip_printed")).scalars()
        assert sorted(noted) == ["i0", "i4"]
    items = re.findall(r'name="item" value="(\w+)"', page)
    assert admin.post("/sites/borny/papiers/donnes", data={"item": items}).location == PARCELS
    assert {state for _, state, _ in (states(scene)["p-0"], states(scene)["p-4"])} == {"handed"}
    assert "Aucun papier" in admin.post("/sites/borny/papiers").text


def test_what_is_no_parcel_of_the_site_is_not_given(admin: FlaskClient, scene: Scene) -> None:
    scene.hub.site("paris")
    admin.post(f"{PARCELS}/prevenir")
    admin.post("/sites/paris/papiers/donnes", data={"item": ["i0", "nothing"]})
    assert states(scene)["p-0"][1] == "waiting"
    assert admin.post("/sites/nowhere/papiers").status_code == 404
    assert admin.post("/sites/nowhere/colis/prevenir").status_code == 404


def test_what_went_back_and_cannot_be_written_is_said_and_then_done(admin: FlaskClient, scene: Scene) -> None:
    with writing(scene.hub.engine) as connection:
        mine = update(outbox).where(outbox.c.pickup == "p-0")
        connection.execute(mine.values(kind="returned", item="i0", channel="slip", next_ms=None))
    page = admin.get("/").text
    assert "Yasmina Benali ne sait pas qu’un colis est reparti" in page
    assert "touchez «\u00a0C’est dit\u00a0»" in page
    assert "C’est dit" in admin.get("/colis/i0").text
    assert admin.post("/colis/i0/dit").location == "/colis/i0#messages"
    assert "ne sait pas" not in admin.get("/").text
    assert "Dit de vive voix" in admin.get("/colis/i0").text
    assert admin.post("/colis/nothing/dit").status_code == 404


def test_what_is_to_be_said_of_one_thing_is_said_on_its_own_page(admin: FlaskClient, scene: Scene) -> None:
    scene.deposit("i9", 0, 7)
    with writing(scene.hub.engine) as connection:
        mine = update(outbox).where(outbox.c.pickup == "p-0")
        connection.execute(mine.values(kind="returned", item="i9", channel="slip", next_ms=None))
    assert "C’est dit" not in admin.get("/colis/i0").text
    admin.post("/colis/i0/dit", data={"person": scene.people[0]})
    with reading(scene.hub.engine) as connection:
        assert not list(connection.execute(select(audit).where(audit.c.action == "told_aloud")))
    assert "C’est dit" in admin.get("/colis/i9").text
    admin.post("/colis/i9/dit", data={"person": scene.people[0]})
    with reading(scene.hub.engine) as connection:
        noted = connection.execute(select(audit.c.subject).where(audit.c.action == "told_aloud"))
        assert list(noted.scalars()) == ["i9"]


def test_an_account_that_is_used_up_is_a_card_that_says_what_to_do(admin: FlaskClient, scene: Scene) -> None:
    with writing(scene.hub.engine) as connection:
        incident(connection, "", "sms_credit", scene.clock.wall_ms())
        incident(connection, "", "email_account", scene.clock.wall_ms())
    page = admin.get("/").text
    assert "Le compte des messages est épuisé" in page
    assert "Dites-le à qui le paie." in page
    assert "La passerelle des messages ne nous reconnaît pas" in page
    admin.post("/vu", data={"event": "sms_credit:"})
    assert "épuisé" not in admin.get("/").text
