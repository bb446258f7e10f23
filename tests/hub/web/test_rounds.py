"""The carriers' rounds: counted, refused, and what does not come out."""

import re
from typing import Any

import msgspec
import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update

from contract import messages as m
from hub.core.photo import MOST_BYTES, Photo
from hub.store import refused
from hub.store.database import reading, writing
from hub.store.tables import audit, ledger, refused_parcels
from tests.fakes.hub_scene import Scene
from tests.hub.core.test_photo import SECRET, exif, jpeg, png

ROUNDS = "/sites/borny/colis/tournees"
DAY_MS = 86_400_000


@pytest.fixture
def lively(scene: Scene) -> Scene:
    scene.connect()
    return scene


def refuse(client: FlaskClient, photo: bytes | None = None, **typed: str) -> Any:
    """Note a refusal on the page."""
    fields = {"why": "damaged", "carrier": "Colissimo", "label": "]C06A1", "note": "écrasé"} | typed
    return send(client, ROUNDS, fields, photo)


def send(client: FlaskClient, path: str, fields: dict[str, str], photo: bytes | None) -> Any:
    """Send a form as a browser does."""
    parts = [f'name="{name}"\r\n\r\n{text}'.encode() for name, text in fields.items()]
    if photo is not None:
        parts.append(b'name="photo"; filename="photo.jpg"\r\nContent-Type: image/jpeg\r\n\r\n' + photo)
    body = b"".join(b"--next\r\nContent-Disposition: form-data; " + part + b"\r\n" for part in parts)
    kind = "multipart/form-data; boundary=next"
    return client.post(path, data=body + b"--next--\r\n", content_type=kind)


def kept(scene: Scene) -> list[Any]:
    with reading(scene.hub.engine) as connection:
        return list(connection.execute(select(refused_parcels)))


def test_a_refusal_is_noted_with_its_reason_and_by_whom(lively: Scene, admin: FlaskClient) -> None:
    assert refuse(admin).status_code == 302
    [row] = kept(lively)
    assert (row.why, row.label, row.carrier, row.note, row.photo) == (
        "damaged",
        "6A1",
        "Colissimo",
        "écrasé",
        None,
    )
    page = admin.get(ROUNDS).text
    for words in ("abîmé", "Colissimo", "écrasé", "Samia", "6A1"):
        assert words in page
    with reading(lively.hub.engine) as connection:
        assert connection.execute(select(audit.c.action)).scalars().all() == ["parcel_refused"]


def test_a_photo_is_shown_to_those_who_signed_in_and_as_nothing_but_a_photo(
    lively: Scene, admin: FlaskClient, concierge: FlaskClient
) -> None:
    assert refuse(admin, jpeg(exif("<", 6))).status_code == 302
    [row] = kept(lively)
    address = f"{ROUNDS}/{row.id}/photo"
    assert address in admin.get(ROUNDS).text
    answer = concierge.get(address)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "image/jpeg"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"].startswith("sandbox")
    assert answer.headers["Cache-Control"] == "no-store"
    assert SECRET not in answer.data
    assert lively.app.test_client().get(address).status_code == 302
    lively.hub.site("paris")
    assert admin.get(address.replace("borny", "paris")).status_code == 404


@pytest.mark.parametrize(
    "photo",
    [b"<svg onload=alert(1)>", b"<html><script>alert(1)</script>", b"GIF89a", jpeg()[:30], b"%PDF-1.7"],
)
def test_what_is_no_photo_is_refused_whatever_it_is_called(
    lively: Scene, admin: FlaskClient, photo: bytes
) -> None:
    answer = refuse(admin, photo)
    assert answer.status_code == 422
    assert "Ce n’est pas une photo" in answer.text
    assert kept(lively) == []


def test_a_photo_of_two_megabytes_is_taken_and_a_larger_one_is_not(lively: Scene, admin: FlaskClient) -> None:
    large = png() + bytes(MOST_BYTES - len(png()))
    assert refuse(admin, large).status_code == 302
    assert len(kept(lively)[0].photo) == len(png())
    assert refuse(admin, large + b"x").status_code == 422
    huge = refuse(admin, large + bytes(200_000))
    assert huge.status_code == 413
    assert "2\u00a0Mo au plus. Rien n’a été noté." in huge.text
    assert re.search(rf'href="{ROUNDS}">.*Revenir, et choisir une photo plus petite', huge.text)
    assert admin.post("/sites/borny/colis", data={"note": "x" * 1_100_000}).status_code == 413


@pytest.mark.parametrize(
    "typed", [{"why": ""}, {"why": "<b>"}, {"label": "x" * 257}, {"carrier": "x" * 41}, {"note": "x" * 401}]
)
def test_a_faulty_refusal_is_refused_in_words(
    lively: Scene, admin: FlaskClient, typed: dict[str, str]
) -> None:
    answer = refuse(admin, None, **typed)
    assert answer.status_code == 422
    assert "data-why" in answer.text
    assert kept(lively) == []


def test_photos_are_forgotten_after_ninety_days_and_what_was_noted_stays(
    lively: Scene, admin: FlaskClient
) -> None:
    refuse(admin, png())
    with writing(lively.hub.engine) as connection:
        old = lively.clock.wall_ms() - 91 * DAY_MS
        connection.execute(update(refused_parcels).values(at_ms=old))
    refuse(admin, png(), note="d’aujourd’hui")
    lively.tick(60)
    old_one, new_one = sorted(kept(lively), key=lambda row: row.at_ms)
    assert (old_one.photo, old_one.photo_type, old_one.note) == (None, None, "écrasé")
    assert new_one.photo == png()
    assert admin.get(f"{ROUNDS}/{old_one.id}/photo").status_code == 404


def test_what_the_kiosk_counted_and_refused_is_on_the_page_of_its_day(
    lively: Scene, admin: FlaskClient
) -> None:
    lively.said(
        m.PileCounted(staff=lively.member, announced=30, received=28, refused=1, carrier="Colissimo"),
        m.PileCounted(staff=lively.member, announced=4, received=4, carrier="DPD"),
        m.ParcelRefused(item="r1", staff=lively.member, why="too_big", label="6A9", carrier="Colissimo"),
    )
    page = admin.get(ROUNDS).text
    assert "1 manquant" in page
    assert page.count('class="differs"') == 1
    assert "Le compte est bon" in page
    assert "trop grand" in page
    assert "SB" in page
    before = admin.get(f"{ROUNDS}?jour=2026-01-01").text
    assert "Rien n’a été compté" in before
    for odd in (
        "9999-99-99",
        "demain",
        "2999-01-01",
        "",
        "2026-W01-1",
        "0001-01-01",
        "0001-01-02",
        "9999-12-31",
    ):
        assert admin.get(f"{ROUNDS}?jour={odd}").status_code == 200


@pytest.mark.parametrize(
    ("received", "words"),
    [(28, "Colissimo\u00a0: 2 de moins qu’annoncé"), (31, "Colissimo\u00a0: 1 de plus qu’annoncé")],
)
def test_a_count_that_does_not_come_out_is_a_thing_to_do_until_somebody_saw_to_it(
    lively: Scene, admin: FlaskClient, received: int, words: str
) -> None:
    lively.said(m.PileCounted(staff=lively.member, announced=30, received=received, carrier="Colissimo"))
    page = admin.get("/").text
    assert words in page
    event = page.partition('name="event" value="')[2].partition('"')[0]
    admin.post("/vu", data={"event": event})
    assert words not in admin.get("/").text
    assert 'class="differs"' in admin.get(ROUNDS).text


def test_a_count_that_its_staff_corrected_is_neither_a_thing_to_do_nor_on_the_page_of_its_day(
    lively: Scene, admin: FlaskClient
) -> None:
    one, other = lively.member, "st-2"
    lively.said(
        m.PileCounted(staff=other, announced=9, received=8, carrier="DPD"),
        m.PileCounted(staff=one, announced=30, received=30, carrier="DPD"),
        m.PileCounted(staff=one, announced=14, received=12, carrier="Colissimo"),
        m.PileCounted(staff=one, announced=12, received=12, carrier="Colissimo", again=True),
    )
    first = admin.get("/").text
    assert "Colissimo\u00a0: " not in first
    assert "DPD\u00a0: 1 de moins qu’annoncé" in first, "another's delivery"
    assert admin.get(ROUNDS).text.count("<b>Colissimo</b>") == 1


def test_a_correction_that_differs_too_is_one_thing_to_do_and_what_was_seen_to_before_hides_no_other(
    lively: Scene, admin: FlaskClient
) -> None:
    count = m.PileCounted(staff=lively.member, announced=20, received=12, carrier="DPD")
    lively.said(count)
    lively.said(msgspec.structs.replace(count, announced=14, carrier="Colissimo"))
    page = admin.get("/").text
    event = page.partition("Colissimo")[2].partition('name="event" value="')[2].partition('"')[0]
    admin.post("/vu", data={"event": event})
    lively.said(msgspec.structs.replace(count, announced=13, carrier="Colissimo", again=True))
    page = admin.get("/").text
    assert "DPD\u00a0: 8 de moins qu’annoncé" in page
    assert "Colissimo\u00a0: 1 de moins qu’annoncé" in page


def test_of_very_many_counts_the_latest_are_things_to_do(
    lively: Scene, admin: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hub.store.register.MOST_LINES", 2)
    for announced in (10, 11, 12):
        lively.said(m.PileCounted(staff=lively.member, announced=announced, received=12, carrier="DPD"))
        lively.clock.advance(1000)
    page = admin.get("/").text
    assert "DPD\u00a0: 1 de plus qu’annoncé" in page
    assert "DPD\u00a0: 2 de plus qu’annoncé" not in page


# --- a photo of what was refused at a kiosk ------------------------------------------------------


def refused_at_the_kiosk(scene: Scene) -> str:
    """The kiosk has no camera; the event that tells of it."""
    scene.said(m.ParcelRefused(item="r1", staff=scene.member, why="damaged", label="6A9", carrier="DPD"))
    with reading(scene.hub.engine) as connection:
        told = select(ledger.c.event).where(ledger.c.type == "parcel_refused")
        return str(connection.execute(told).scalar_one())


def add_photo(client: FlaskClient, event: str, photo: bytes | None) -> Any:
    return send(client, f"{ROUNDS}/{event}/photo", {"jour": ""}, photo)


def test_a_refusal_at_the_kiosk_gets_its_photo_from_a_telephone_later(
    lively: Scene, admin: FlaskClient
) -> None:
    event = refused_at_the_kiosk(lively)
    assert "Ajouter une photo" in admin.get(ROUNDS).text
    lively.clock.advance(60_000)
    assert add_photo(admin, event, jpeg(exif("<", 6))).status_code == 302
    page = admin.get(ROUNDS).text
    assert "Ajouter une photo" not in page
    assert page.count(f'src="{ROUNDS}/{event}/photo"') == 1
    assert page.count("DPD") == 1, "it is one refusal, not two"
    assert SECRET not in admin.get(f"{ROUNDS}/{event}/photo").data
    add_photo(admin, event, png())
    [row] = kept(lively)
    assert (row.photo, row.label, row.note) == (png(), "", "")
    with reading(lively.hub.engine) as connection:
        assert connection.execute(select(audit.c.action)).scalars().all() == ["refusal_photo"] * 2


def test_what_is_no_photo_of_it_or_no_refusal_is_refused(lively: Scene, admin: FlaskClient) -> None:
    event = refused_at_the_kiosk(lively)
    for nothing in (None, b"no photo at all"):
        answer = add_photo(admin, event, nothing)
        assert answer.status_code == 422
        assert answer.text.count("data-why") == 1
    assert add_photo(admin, "unknown", png()).status_code == 404
    assert kept(lively) == []


def test_its_photo_is_forgotten_ninety_days_after_the_refusal(lively: Scene, admin: FlaskClient) -> None:
    event = refused_at_the_kiosk(lively)
    assert add_photo(admin, event, png()).status_code == 302
    lively.tick(91 * DAY_MS // 1000)
    assert [row.photo for row in kept(lively)] == [None]
    with writing(lively.hub.engine) as connection:
        now = lively.clock.wall_ms()
        assert not refused.add_photo(connection, "borny", event, Photo("image/png", png()), "a", now)
