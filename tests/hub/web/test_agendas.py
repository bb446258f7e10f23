"""A site's dates in a calendar program: what it shows, and for how long its address is good."""

import re
from datetime import date, timedelta
from typing import Any

import icalendar
import pytest
from flask.testing import FlaskClient

from hub.core.calendar_out import Dated, Day, calendar
from hub.core.opening import Opening
from hub.store.account_care import change_account
from hub.store.accounts import create_account
from hub.store.calendar_links import make_link
from hub.store.database import writing
from hub.store.opening import add_closure, set_hours
from tests.fakes.hub_scene import CONCIERGE, PEOPLE, SITE, Scene
from tests.hub.web.conftest import sign_in

HOUR_MS, DAY_MS = 3_600_000, 86_400_000
WEEK = [Opening(day, 9 * 60, 12 * 60) for day in range(1, 8)]


@pytest.fixture(scope="module")
def address(shared: Scene, shared_admin: FlaskClient) -> str:
    """A site open every morning, closed the day after tomorrow, with a parcel; its calendar's address."""
    now_ms = shared.clock.wall_ms()
    shared.connect()
    with writing(shared.hub.engine) as connection:
        set_hours(connection, SITE, WEEK, now_ms - 30 * DAY_MS)
        closed = (now_ms + 2 * DAY_MS, now_ms + 3 * DAY_MS)
        add_closure(connection, SITE, closed, "works", "the lift of Mrs Benali", now_ms)
    shared.deposit("i1", 0, 3)
    page = shared_admin.post(f"/sites/{SITE}/agendas", data={"name": "Bureau"})
    found = re.search(r"/agenda/[\w-]+\.ics", page.text)
    assert found is not None
    return found[0]


def events(content: bytes) -> list[Any]:
    return list(icalendar.Calendar.from_ical(content).walk("VEVENT"))


def test_it_shows_hours_and_closures_and_names_nobody(shared: Scene, address: str) -> None:
    answer = shared.app.test_client().get(address)
    assert answer.mimetype == "text/calendar"
    words = [str(event["summary"]) for event in events(answer.data)]
    assert "Fermé\u00a0: travaux" in words
    assert words.count("Accueil ouvert") > 50
    for name in (*(one.name for one in PEOPLE), "Benali", *shared.people, "i1"):
        assert name not in answer.text
    openings = [event for event in events(answer.data) if event["summary"] == "Accueil ouvert"]
    assert all(event["dtend"].dt - event["dtstart"].dt <= timedelta(hours=3) for event in openings)
    again = shared.app.test_client().get(address, headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304


def test_taken_back_it_shows_nothing_and_no_other_address_does(
    shared: Scene, shared_admin: FlaskClient
) -> None:
    stranger = shared.app.test_client()
    assert stranger.get("/agenda/nobody.ics").status_code == 404
    given = shared_admin.post(f"/sites/{SITE}/agendas", data={"name": "Téléphone"}).text
    address = re.findall(r"/agenda/[\w-]+\.ics", given)[0]
    assert stranger.get(address).status_code == 200
    page = shared_admin.get(f"/sites/{SITE}/agendas").text
    assert address not in page
    link = re.findall(r"/agendas/(\w+)/retirer", page)[-1]
    assert shared_admin.post(f"/sites/{SITE}/agendas/{link}/retirer").status_code == 302
    assert stranger.get(address).status_code == 404
    assert shared_admin.post(f"/sites/{SITE}/agendas/{link}/retirer").status_code == 404


def test_addresses_that_are_none_do_not_shut_out_the_ones_that_are(shared: Scene, address: str) -> None:
    stranger = shared.browser(None, "198.51.100.60")
    tried = [stranger.get(f"/agenda/{number}.ics").status_code for number in range(61)]
    assert tried == [404] * 60 + [429]
    assert stranger.get(address).status_code == 200


def test_an_address_is_good_while_whoever_gave_it_sees_the_site(shared: Scene) -> None:
    with writing(shared.hub.engine) as connection:
        zoe = create_account(connection, "Zoé", None, "lead", 0, sites=[SITE])
        _, secret = make_link(connection, SITE, "Bureau", zoe, 0)
    stranger = shared.app.test_client()
    assert stranger.get(f"/agenda/{secret}.ics").status_code == 200
    with writing(shared.hub.engine) as connection:
        change_account(connection, zoe, "Zoé", "lead", [], None, 0)
    assert stranger.get(f"/agenda/{secret}.ics").status_code == 404


def test_a_concierge_gives_no_address(shared: Scene) -> None:
    concierge = sign_in(shared.app.test_client(), CONCIERGE)
    assert concierge.post(f"/sites/{SITE}/agendas", data={"name": "x"}).status_code == 403


def test_any_words_come_back_as_they_were() -> None:
    words = "Fermé ; 1, 2\\n\r\nBEGIN:VEVENT " + "é" * 100
    now_ms = 1_800_000_000_000
    day = date(2026, 11, 27)
    dates: list[Dated | Day] = [
        Dated("a", words, now_ms, now_ms + HOUR_MS),
        Dated("b", "x", now_ms),
        Day("c", "y", day),
    ]
    content = calendar("Résidence", dates, now_ms)
    assert all(len(line) <= 75 for line in content.split(b"\r\n"))
    first, second, third = events(content)
    assert str(first["summary"]).replace("\r", "") == words.replace("\r", "")
    assert first["dtend"].dt - first["dtstart"].dt == timedelta(hours=1)
    assert "dtend" not in second
    assert third["dtstart"].dt == day
