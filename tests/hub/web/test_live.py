"""Open pages hear what changed, as long as their session holds, and never too many at once."""

import re
import threading
from collections.abc import Generator

import pytest
from flask.testing import FlaskClient

from contract import messages as m
from hub.web.live import BEAT_SECONDS, KEPT_BEATS, MOST_STREAMS, News
from tests.fakes.hub_scene import Scene
from tests.fakes.waiting import wait_until

STREAM = "/sites/borny/casiers/flux"
SOMEBODY = ("the key of a session", 0)


@pytest.fixture
def lively(scene: Scene) -> Scene:
    scene.connect()
    return scene


def events(client: FlaskClient, address: str = STREAM) -> Generator[str, None, None]:
    """The events of a stream, one by one."""
    answer = client.get(address, buffered=False)
    assert answer.mimetype == "text/event-stream"
    assert answer.headers["Cache-Control"] == "no-store"
    try:
        for event in answer.response:
            yield event if isinstance(event, str) else event.decode()
    finally:
        answer.close()


def next_news(stream: Generator[str, None, None]) -> str:
    """The next event that is not just a beat."""
    return next(event for event in stream if not event.startswith("event: beat"))


def news(scene: Scene) -> News:
    found: News = scene.app.extensions["hub_news"]
    return found


def test_a_stream_begins_with_how_things_stand_and_goes_on_with_what_changes(
    lively: Scene, admin: FlaskClient
) -> None:
    stream = events(admin)
    assert "Porte 5, Libre" in next_news(stream)
    teller = threading.Timer(0.1, lambda: lively.told(m.DoorForced(compartment=5)))
    teller.start()
    assert "Porte 5, Forcée" in next_news(stream)
    teller.join()
    stream.close()


def test_who_comes_back_after_a_deed_is_not_shown_how_it_was_before(
    lively: Scene, admin: FlaskClient
) -> None:
    lively.said(m.HelpAsked(screen="start"))
    open_page = events(admin, "/flux")
    before = next_news(open_page)
    event = re.search(r'name="event" value="([^"]+)"', before)
    assert event
    assert admin.post("/vu", data={"event": event[1]}).status_code == 302
    again = events(admin, "/flux")
    assert "Tout va bien" in next_news(again)
    assert "Tout va bien" in next_news(open_page), "nor whoever had it open"
    again.close()
    open_page.close()


def test_every_line_of_an_event_is_data(lively: Scene, admin: FlaskClient) -> None:
    stream = events(admin)
    event = next_news(stream)
    assert event.endswith("\n\n")
    assert all(line.startswith("data: ") for line in event.rstrip("\n").split("\n"))
    stream.close()


def test_the_streams_of_a_door_and_of_the_first_page_live_as_well(lively: Scene, admin: FlaskClient) -> None:
    for address, said in (("/sites/borny/casiers/5/flux", "hx-partial"), ("/flux", "Tout va bien")):
        stream = events(admin, address)
        assert said in next_news(stream)
        stream.close()


def test_a_stream_ends_when_its_session_is_revoked(lively: Scene, admin: FlaskClient) -> None:
    cookie = admin.get_cookie("conciergerie")
    assert cookie
    other = lively.app.test_client()
    other.set_cookie("conciergerie", cookie.value)
    stream = events(other)
    next_news(stream)
    admin.post("/deconnexion")
    lively.told(m.DoorForced(compartment=5))
    assert [event for event in stream if not event.startswith("event: beat")] == []


def test_above_the_limit_a_page_is_refused_and_may_ask_again_instead(
    lively: Scene, admin: FlaskClient
) -> None:
    for _ in range(MOST_STREAMS):
        assert news(lively).enter(SOMEBODY)
    assert admin.get(STREAM).status_code == 503
    assert "Porte 5, Libre" in admin.get("/sites/borny/casiers/maintenant").text
    for _ in range(MOST_STREAMS):
        news(lively).leave(SOMEBODY)
    stream = events(admin)
    assert next_news(stream)
    stream.close()


def test_what_nobody_looks_at_any_more_is_not_kept(lively: Scene, admin: FlaskClient) -> None:
    stream = events(admin)
    next_news(stream)
    for door in (1, 2, 3):
        door_stream = events(admin, f"/sites/borny/casiers/{door}/flux")
        next_news(door_stream)
        door_stream.close()
    assert news(lively).kept == 4
    lively.clock.advance(int(1000 * BEAT_SECONDS * (KEPT_BEATS + 1)))
    lively.told(m.DoorForced(compartment=5))
    assert "Porte 5, Forcée" in next_news(stream)
    assert news(lively).kept == 1
    stream.close()


def test_with_the_last_page_the_watching_ends(lively: Scene) -> None:
    def watching() -> bool:
        return any(thread.name == "hub-news" for thread in threading.enumerate())

    wait_until(lambda: not watching())
    assert news(lively).enter(SOMEBODY)
    assert news(lively).enter(SOMEBODY)
    assert watching()
    news(lively).leave(SOMEBODY)
    news(lively).leave(SOMEBODY)
    wait_until(lambda: not watching())


def test_a_stranger_gets_no_stream(lively: Scene, stranger: FlaskClient) -> None:
    assert stranger.get(STREAM, headers={"Accept": "text/event-stream"}).status_code == 401
    part = stranger.get("/maintenant", headers={"HX-Request": "true"})
    assert part.status_code == 401, "an open page leaves then"
