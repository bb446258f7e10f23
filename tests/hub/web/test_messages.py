"""What was told about a parcel, on its page; again; and on paper."""

import logging
import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update

from contract import messages as m
from contract.pickup_code import token, typed_code
from hub.store.database import reading, writing
from hub.store.tables import audit, outbox, people
from tests.fakes.hub_scene import Scene


@pytest.fixture
def lively(scene: Scene) -> Scene:
    """A parcel for Mai, who has a telephone and reads English, and one for Yasmina, who has none."""
    with writing(scene.hub.engine) as connection:
        known = update(people).where(people.c.id == scene.people[1])
        connection.execute(known.values(phone="06 12 34 56 78"))
    scene.connect()
    scene.deposit("i1", 0, 3)
    scene.deposit("i2", 1, 4)
    return scene


def becomes(scene: Scene, pickup: str, **values: Any) -> None:
    """What the sender made of the message of this pickup."""
    with writing(scene.hub.engine) as connection:
        changed = values | {"changed_ms": scene.clock.wall_ms()}
        connection.execute(update(outbox).where(outbox.c.pickup == pickup).values(**changed))


def message(scene: Scene, pickup: str) -> Any:
    with reading(scene.hub.engine) as connection:
        return connection.execute(select(outbox).where(outbox.c.pickup == pickup)).one()


def notes(scene: Scene) -> list[str]:
    with reading(scene.hub.engine) as connection:
        return list(connection.execute(select(audit.c.action).order_by(audit.c.id)).scalars())


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({}, "Part à"),
        ({"tries": 1, "error": "the gateway could not take it (500)"}, "n’a pas pu le prendre (500)"),
        ({"state": "sent", "sent_ms": 1_795_000_000_000, "items": 2}, "Envoyé par SMS"),
        ({"state": "sent", "channel": "email", "items": 2}, "pour 2 objets"),
        ({"state": "failed", "error": "the gateway refused it (422)"}, "Pas envoyé par SMS"),
        ({"state": "too_old", "error": "told too late"}, "le site l’a dit trop tard"),
        ({"channel": "slip", "next_ms": None}, "Papier à donner"),
        ({"state": "handed"}, "Papier donné"),
        ({"kind": "reminder"}, "Il attend toujours"),
    ],
)
def test_the_page_of_a_parcel_says_what_was_told_and_how(
    lively: Scene, admin: FlaskClient, values: dict[str, Any], said: str
) -> None:
    becomes(lively, "p-1", **values)
    assert said in admin.get("/colis/i2").text


def test_a_slip_has_the_code_as_digits_drawings_and_square_in_the_persons_language(
    lively: Scene, admin: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    key = lively.hub.keys.site_key("borny")
    code = typed_code(key, 21, "p-1", 1)
    page = admin.post("/colis/i2/papier")
    paper = page.text.partition('<article class="slip slip-seen" lang="en" dir="ltr">')[2].partition(
        "</article>"
    )[0]
    assert " ".join(code) in paper
    assert paper.count("digit-drawing") == 8
    assert re.search(r'class="slip-qr"[^>]*><svg', paper)
    assert "Something is waiting for you" in paper
    assert "Chronopost" not in paper
    assert token(key, "p-1", 1) not in page.text
    assert page.headers["Cache-Control"] == "no-store"
    assert notes(lively) == ["slip_printed"]
    assert "Samia a imprimé un papier" in admin.get("/colis/i2").text
    assert code not in caplog.text
    assert " ".join(code) not in admin.get("/colis/i2").text


def test_a_slip_is_french_for_whoever_reads_french(lively: Scene, admin: FlaskClient) -> None:
    assert "Quelque chose vous attend" in admin.post("/colis/i1/papier").text


def test_a_message_that_failed_is_a_thing_to_do_until_the_slip_is_given(
    lively: Scene, admin: FlaskClient
) -> None:
    assert "Message pas parti" not in admin.get("/").text
    becomes(lively, "p-1", state="failed", next_ms=None, error="the gateway refused it (422)")
    page = admin.get("/").text
    assert "Message pas parti\u00a0: Nguyễn Thị Mai" in page
    assert 'href="/colis/i2#messages"' in page
    assert admin.post("/colis/i2/papier/donne").location == "/colis/i2#messages"
    assert "Message pas parti" not in admin.get("/").text
    assert message(lively, "p-1").state == "handed"
    assert notes(lively) == ["slip_handed"]


def test_a_message_that_failed_is_no_thing_to_do_once_the_parcel_is_collected(
    lively: Scene, admin: FlaskClient
) -> None:
    becomes(lively, "p-1", state="failed", next_ms=None)
    lively.collect("i2", 1, 4)
    assert "Message pas parti" not in admin.get("/").text
    for address in ("papier", "papier/donne", "renvoyer"):
        assert admin.post(f"/colis/i2/{address}").location == "/colis/i2", "which says that it is over"


def test_who_cannot_be_written_to_gets_a_slip(lively: Scene, admin: FlaskClient) -> None:
    becomes(lively, "p-0", channel="slip", next_ms=None)
    assert "Un papier à donner\u00a0: Yasmina Benali" in admin.get("/").text


def test_a_message_is_sent_again_when_asked_for(lively: Scene, admin: FlaskClient) -> None:
    lively.clock.advance(600_000)
    becomes(lively, "p-1", state="failed", next_ms=None, tries=6, error="tried too often")
    assert admin.post("/colis/i2/renvoyer").status_code == 302
    with reading(lively.hub.engine) as connection:
        rows = connection.execute(select(outbox).where(outbox.c.pickup == "p-1")).all()
    assert sorted((row.state, row.tries, row.next_ms) for row in rows) == [
        ("failed", 6, None),
        ("waiting", 0, lively.clock.wall_ms()),
    ]
    assert notes(lively) == ["told_again"]


def test_nothing_of_a_parcel_that_is_none_is_printed_or_sent(lively: Scene, admin: FlaskClient) -> None:
    for address in ("papier", "papier/donne", "renvoyer"):
        assert admin.post(f"/colis/nothing/{address}").status_code == 404


def test_too_many_slips_stop_only_who_printed_them_and_the_page_says_how_long(
    scene: Scene, admin: FlaskClient
) -> None:
    printed = [admin.post("/sites/borny/papiers") for _ in range(21)]
    assert [answer.status_code for answer in printed] == [200] * 20 + [429]
    assert 900 < int(printed[-1].headers["Retry-After"]) <= 3_601, "of the hour it is counted in"
    minutes = re.search(r"Attendez (\d+) minutes", printed[-1].text)
    assert minutes is not None
    assert 15 < int(minutes[1]) <= 61
    other = scene.browser("account-concierge")
    assert other.post("/sites/borny/papiers").status_code == 200, "somebody else at the same address"


def test_a_stranger_prints_nothing(lively: Scene, stranger: FlaskClient) -> None:
    assert stranger.post("/colis/i2/papier").status_code == 401


def test_the_page_says_that_who_was_told_before_is_to_hear_that_it_is_not_theirs(
    lively: Scene, admin: FlaskClient
) -> None:
    person = lively.people[1]
    becomes(lively, "p-1", state="handed", channel="slip", sent_ms=lively.clock.wall_ms(), next_ms=None)
    lively.told(
        m.PickupOpened(pickup="p-2", person=lively.people[2], ticket=22, generation=1),
        m.ItemReassigned(item="i2", person=lively.people[2], pickup="p-2", before=person),
        m.PickupClosed(pickup="p-1", ticket=21),
    )
    page = admin.get("/colis/i2").text
    assert "C’était pour quelqu’un d’autre" in page
    assert "C’est dit" not in page, "it leaves by itself"
    with writing(lively.hub.engine) as connection:
        mine = (outbox.c.kind == "not_yours", outbox.c.person == person)
        connection.execute(update(outbox).where(*mine).values(channel="slip", next_ms=None))
    assert "attend un colis qui est pour quelqu’un d’autre" in admin.get("/").text
    page = admin.get("/colis/i2").text
    assert "C’est dit à Nguyễn Thị Mai" in page
    assert "C’était pour quelqu’un d’autre · à Nguyễn Thị Mai" in page
    admin.post("/colis/i2/dit", data={"person": person})
    assert "attend un colis" not in admin.get("/").text
    page = admin.get("/colis/i2").text
    assert "Dit de vive voix" in page
    assert "C’est dit" not in page
