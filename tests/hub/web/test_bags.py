"""Bags on the pages: what is to be seen to, whose hand-overs, and the way of one bag."""

import pytest
from flask.testing import FlaskClient

from contract import messages as m
from tests.fakes.bags import HOUR_MS, give, placed, staff, tagged, take
from tests.fakes.hub_scene import Scene

BAGS = "/sites/borny/sacs"
DESK, WASHER = staff("desk", "la-conciergerie"), staff("washer", "villette-emploi")


@pytest.fixture
def relay(scene: Scene) -> Scene:
    """A bag that is washing and will be late, and one of which only the giver scanned."""
    scene.connect()
    promised_ms = scene.clock.wall_ms() + 8 * HOUR_MS
    scene.told(placed(promised_ms=promised_ms), tagged(), tagged("lone-bag", "NET-2"))
    scene.told(take(DESK, post="reception"), take(DESK, post="reception", tag="NET-2"))
    scene.told(give(DESK, post="run"), take(WASHER, post="wash"))
    scene.told(m.LoadMade(load="drum", machine="M3", tags=("NET-1", "NET-7"), holder=WASHER))
    scene.told(give(DESK, WASHER, post="run", tag="NET-2"))
    scene.clock.advance(7 * HOUR_MS)
    return scene


def seen(client: FlaskClient, address: str = "/") -> str:
    """A page, its narrow and hard spaces as anybody types them."""
    return client.get(address).text.replace("\u00a0", " ").replace("\u202f", " ")


def test_the_first_page_says_what_to_do_and_where_to_look_first(relay: Scene, admin: FlaskClient) -> None:
    page = seen(admin)
    assert "Le sac NET-1 va être en retard" in page
    assert "Cherchez d’abord dans les sacs de la même machine : NET-7." in page
    assert "Sac NET-2 : un seul côté a scanné le passage" in page


def test_what_somebody_saw_to_is_off_the_page(relay: Scene, admin: FlaskClient) -> None:
    page = seen(admin)
    card = page[page.index("Sac NET-2 : un seul côté") :]
    event = card[card.index('name="event" value="') :].split('"')[3]
    assert admin.post("/vu", data={"event": event}).status_code == 302
    assert "Sac NET-2 : un seul côté" not in seen(admin)
    assert "Le sac NET-1 va être en retard" in seen(admin)


def test_each_employer_sees_the_hand_overs_of_its_own_people(relay: Scene, admin: FlaskClient) -> None:
    everybody = admin.get(BAGS).text
    assert "villette-emploi" in everybody
    assert everybody.count("l’a pris") == 3
    assert admin.get(f"{BAGS}?employeur=villette-emploi").text.count("l’a pris") == 1
    assert admin.get(f"{BAGS}?employeur=la-conciergerie").text.count("l’a pris") == 2


def test_one_bag_says_where_it_is_who_had_it_and_what_comes_next(relay: Scene, admin: FlaskClient) -> None:
    page = admin.get(f"{BAGS}?etiquette=NET-1", follow_redirects=True).text
    for words in ("washer", "desk", "Qui l’avait avant", "la finition", "NET-7", "l’a mis en machine"):
        assert words in page
    assert "Aucun sac de ce site" in admin.get(f"{BAGS}?etiquette=nothing").text
    assert admin.get(f"{BAGS}/no-such-bag").status_code == 404
