"""One's own account: password, sessions, the second step."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from hub.core.one_time import STEP_MS, code_at
from hub.core.waits import FREE_TRIES
from hub.store.database import reading
from hub.store.second_factor import secret_of
from hub.store.tables import audit, recovery_codes, second_factors
from tests.fakes.hub_scene import ADMIN, CONCIERGE, PASSWORD, Scene

FRESH = "encore une phrase facile"


def entering(scene: Scene, name: str = ADMIN, password: str = PASSWORD) -> tuple[FlaskClient, str]:
    """A fresh browser after the password, and where it is sent; nowhere for a wrong one."""
    client = scene.app.test_client()
    answer = client.post("/connexion", data={"name": name, "password": password})
    return client, answer.headers.get("Location", "")


def secret(scene: Scene) -> bytes:
    with reading(scene.hub.engine) as connection:
        row = connection.execute(select(second_factors)).one()
    return secret_of(scene.hub.keys.web_secret(), row.account, row.salt)


def shown(scene: Scene, secret: bytes) -> str:
    """What a telephone shows now."""
    return code_at(secret, scene.clock.wall_ms() // STEP_MS)


@pytest.fixture
def codes(scene: Scene, admin: FlaskClient) -> list[str]:
    """The administrator switched the second step on: their recovery codes."""
    page = admin.get("/mon-compte/deuxieme-etape").text
    written = re.search(r"[A-Z2-7]{32}", page)
    assert written is not None
    with admin.session_transaction() as note:
        mine = secret_of(scene.hub.keys.web_secret(), "account-admin", note["salt"])
    assert admin.post("/mon-compte/deuxieme-etape", data={"code": "000000"}).status_code == 422
    answer = admin.post("/mon-compte/deuxieme-etape", data={"code": shown(scene, mine)})
    assert answer.status_code == 200
    scene.clock.advance(2 * STEP_MS)
    return re.findall(r"[A-Z2-9]{4}-[A-Z2-9]{4}-[A-Z2-9]{4}", answer.text)


def test_a_password_is_changed_by_who_knows_it_and_ends_every_other_session(
    scene: Scene, admin: FlaskClient
) -> None:
    other, _ = entering(scene)
    form = {"present": PASSWORD, "password": FRESH, "again": FRESH}
    for wrong in ({"present": "x"}, {"password": "court"}, {"again": "autre"}):
        assert admin.post("/mon-compte/mot-de-passe", data=form | wrong).status_code == 422
    assert admin.post("/mon-compte/mot-de-passe", data=form).status_code == 302
    assert admin.get("/").status_code == 200
    assert other.get("/").status_code == 302
    assert entering(scene)[1] == ""
    assert entering(scene, password=FRESH)[1] == "/"


def test_sessions_are_listed_and_ended_one_by_one_or_all_others(
    scene: Scene, admin: FlaskClient, concierge: FlaskClient
) -> None:
    firefox = scene.app.test_client()
    said = {"User-Agent": "Mozilla/5.0 (Windows NT 10.0; rv:127.0) Gecko/20100101 Firefox/127.0"}
    firefox.post("/connexion", data={"name": ADMIN, "password": PASSWORD}, headers=said)
    third, _ = entering(scene)
    page = admin.get("/mon-compte").text
    assert "Firefox, Windows" in page
    ends = re.findall(r'action="(/mon-compte/connexions/[0-9a-f]{64}/fin)"', page)
    assert len(ends) == 2
    assert concierge.post(ends[0]).status_code == 404
    mine = firefox.get("/mon-compte").text
    assert (
        firefox.post(re.findall(r'action="(/mon-compte/connexions/[0-9a-f]{64}/fin)"', mine)[0]).status_code
        == 302
    )
    ended = [client for client in (admin, third) if client.get("/").status_code == 302]
    assert len(ended) == 1
    [last] = {admin, third} - set(ended)
    assert last.post("/mon-compte/connexions/autres/fin").status_code == 302
    assert last.get("/").status_code == 200
    assert firefox.get("/").status_code == 302
    assert concierge.get("/").status_code == 200


def test_after_the_password_a_code_of_the_telephone_is_asked_for(scene: Scene, codes: list[str]) -> None:
    client, sent = entering(scene)
    assert urlsplit(sent).path == "/connexion/deuxieme-etape"
    assert client.get("/").status_code == 302
    code = shown(scene, secret(scene))
    assert client.post(sent, data={"code": f"{code[:3]} {code[3:]}"}).headers["Location"] == "/"
    assert client.get("/").status_code == 200
    again, sent = entering(scene)
    assert again.post(sent, data={"code": code}).status_code == 401, "a code is good once"


def test_the_way_back_is_kept_through_both_steps(scene: Scene, codes: list[str]) -> None:
    client = scene.app.test_client()
    form = {"name": ADMIN, "password": PASSWORD, "next": "/sites/borny/colis"}
    sent = client.post("/connexion", data=form).headers["Location"]
    assert parse_qs(urlsplit(sent).query) == {"next": ["/sites/borny/colis"]}
    answer = client.post(sent, data={"code": shown(scene, secret(scene))})
    assert answer.headers["Location"] == "/sites/borny/colis"


def test_the_second_step_alone_opens_nothing_nor_long_after_the_password(
    scene: Scene, codes: list[str]
) -> None:
    stranger = scene.app.test_client()
    code = {"code": shown(scene, secret(scene))}
    assert stranger.post("/connexion/deuxieme-etape", data=code).headers["Location"] == "/connexion?next="
    slow, sent = entering(scene)
    scene.clock.advance(600_000)
    assert "/connexion?" in slow.post(sent, data={"code": shown(scene, secret(scene))}).headers["Location"]


def test_ten_recovery_codes_each_good_once_are_kept_as_hashes(scene: Scene, codes: list[str]) -> None:
    assert len(set(codes)) == 10
    with reading(scene.hub.engine) as connection:
        kept = "".join(str(connection.execute(select(one)).all()) for one in (recovery_codes, audit))
    assert not any(code in kept or code.replace("-", "") in kept for code in codes)
    client, sent = entering(scene)
    assert client.post(sent, data={"code": codes[3].lower()}).status_code == 302
    assert "9 codes de secours" in client.get("/mon-compte").text
    again, sent = entering(scene)
    assert again.post(sent, data={"code": codes[3]}).status_code == 401
    assert client.post("/mon-compte/deuxieme-etape/codes").status_code == 200
    assert again.post(sent, data={"code": codes[4]}).status_code == 401, "the older ones are void"


def test_wrong_codes_make_the_account_wait_wherever_they_come_from(scene: Scene, codes: list[str]) -> None:
    for number in range(FREE_TRIES):
        client, sent = entering(scene)
        client.environ_base["REMOTE_ADDR"] = f"192.0.2.{number}"
        assert client.post(sent, data={"code": "000000"}).status_code == 401
    client, sent = entering(scene)
    answer = client.post(sent, data={"code": shown(scene, secret(scene))})
    assert answer.status_code == 401
    assert "Attendez 1 minute" in answer.text
    scene.clock.advance(60_000)
    assert client.post(sent, data={"code": shown(scene, secret(scene))}).status_code == 302


def test_the_second_step_is_switched_off_by_who_knows_the_password(
    scene: Scene, admin: FlaskClient, codes: list[str]
) -> None:
    assert admin.post("/mon-compte/deuxieme-etape/retirer", data={"present": "x"}).status_code == 422
    assert admin.post("/mon-compte/deuxieme-etape/retirer", data={"present": PASSWORD}).status_code == 302
    assert entering(scene)[1] == "/"


def test_a_new_code_of_an_administrator_begins_anew_without_the_lost_telephone(
    scene: Scene, admin: FlaskClient, concierge: FlaskClient
) -> None:
    concierge.get("/mon-compte/deuxieme-etape")
    with concierge.session_transaction() as note:
        mine = secret_of(scene.hub.keys.web_secret(), "account-concierge", note["salt"])
    assert concierge.post("/mon-compte/deuxieme-etape", data={"code": shown(scene, mine)}).status_code == 200
    page = admin.post("/acces/account-concierge/code").text
    code = re.findall(r"[A-Z2-9]{4}-[A-Z2-9]{4}-[A-Z2-9]{4}", page)[0]
    form = {"code": code, "password": FRESH, "again": FRESH}
    assert scene.app.test_client().post("/bienvenue", data=form).status_code == 302
    assert entering(scene, CONCIERGE, FRESH)[1] == "/"


def test_the_secret_of_a_telephone_is_not_in_the_database(scene: Scene, codes: list[str]) -> None:
    content = (scene.hub.directory / "hub.sqlite3").read_bytes()
    wal = scene.hub.directory / "hub.sqlite3-wal"
    content += wal.read_bytes() if wal.exists() else b""
    assert secret(scene) not in content
    assert secret(scene).hex().encode() not in content
