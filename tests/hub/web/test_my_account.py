"""One's own account: password, sessions, the second step."""

import re
import zlib
from collections.abc import Callable, Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from hub.core.one_time import STEP_MS, code_at
from hub.core.waits import FREE_TRIES
from hub.store.accounts import create_account
from hub.store.database import reading, writing
from hub.store.duty import who_sees_all
from hub.store.second_factor import secret_of
from hub.store.tables import audit, recovery_codes, second_factors
from tests.fakes.hub_scene import PASSWORD, Scene

FRESH = "encore une phrase facile"
Entering = Callable[..., tuple[FlaskClient, str]]


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """One hub for all: each test has an account and an address of its own."""
    scene = Scene(tmp_path_factory.mktemp("mine"))
    scene.accounts()
    yield scene
    scene.close()


@pytest.fixture
def name(request: pytest.FixtureRequest) -> str:
    """Of the test's account."""
    return str(request.node.name)[:100]


@pytest.fixture
def address(name: str) -> str:
    return f"198.51.100.{zlib.crc32(name.encode()) % 250}"


@pytest.fixture
def mine(scene: Scene, name: str) -> str:
    """The id of an administrator who signs in by PASSWORD."""
    with writing(scene.hub.engine) as connection:
        return create_account(connection, name, PASSWORD, "admin", 0)


@pytest.fixture
def me(scene: Scene, mine: str, address: str) -> FlaskClient:
    return scene.browser(mine, address)


@pytest.fixture
def entering(scene: Scene, mine: str, name: str, address: str) -> Entering:
    """A fresh browser after the password, and where it is sent; nowhere for a wrong one."""

    def enter(password: str = PASSWORD, wanted: str = "") -> tuple[FlaskClient, str]:
        client = scene.browser(None, address)
        form = {"name": name, "password": password, "next": wanted}
        return client, client.post("/connexion", data=form).headers.get("Location", "")

    return enter


def secret(scene: Scene, account: str) -> bytes:
    with reading(scene.hub.engine) as connection:
        row = connection.execute(select(second_factors).where(second_factors.c.account == account)).one()
    return secret_of(scene.hub.keys.web_secret(), account, row.salt)


def shown(scene: Scene, secret: bytes) -> str:
    """What a telephone shows now."""
    return code_at(secret, scene.clock.wall_ms() // STEP_MS)


def switch_on(scene: Scene, client: FlaskClient, account: str) -> list[str]:
    """Somebody switches the second step on: their recovery codes."""
    assert re.search(r"[A-Z2-7]{32}", client.get("/mon-compte/deuxieme-etape").text)
    with client.session_transaction() as note:
        kept = secret_of(scene.hub.keys.web_secret(), account, note["salt"])
    form = {"code": shown(scene, kept), "present": PASSWORD}
    for wrong in ({"code": "000000"}, {"present": ""}, {"present": "x"}):
        assert client.post("/mon-compte/deuxieme-etape", data=form | wrong).status_code == 422
    answer = client.post("/mon-compte/deuxieme-etape", data=form)
    assert answer.status_code == 200
    scene.clock.advance(2 * STEP_MS)
    return re.findall(r"[A-Z2-9]{4}-[A-Z2-9]{4}-[A-Z2-9]{4}", answer.text)


@pytest.fixture
def codes(scene: Scene, me: FlaskClient, mine: str) -> list[str]:
    return switch_on(scene, me, mine)


def test_a_password_is_changed_by_who_knows_it_and_ends_every_other_session(
    me: FlaskClient, name: str, entering: Entering
) -> None:
    other, _ = entering()
    form = {"present": PASSWORD, "password": FRESH, "again": FRESH}
    twice = f"{name.upper()} {name} {name}"
    for wrong in (
        {"present": "x"},
        {"password": "court"},
        {"again": "autre"},
        {"password": twice, "again": twice},
    ):
        assert me.post("/mon-compte/mot-de-passe", data=form | wrong).status_code == 422
    assert me.post("/mon-compte/mot-de-passe", data=form).status_code == 302
    assert me.get("/").status_code == 200
    assert other.get("/").status_code == 302
    assert entering()[1] == ""
    assert entering(FRESH)[1] == "/"


def test_sessions_are_listed_and_ended_one_by_one_or_all_others(
    scene: Scene, me: FlaskClient, name: str, entering: Entering
) -> None:
    firefox, stranger = scene.browser(), scene.browser("account-concierge")
    said = {"User-Agent": "Mozilla/5.0 (Windows NT 10.0; rv:127.0) Gecko/20100101 Firefox/127.0"}
    firefox.post("/connexion", data={"name": name, "password": PASSWORD}, headers=said)
    third, _ = entering()
    page = me.get("/mon-compte").text
    assert "Firefox, Windows" in page
    [one, _other] = re.findall(r'action="(/mon-compte/connexions/[0-9a-f]{64}/fin)"', page)
    assert stranger.post(one).status_code == 404
    assert me.post(one).status_code == 302
    assert [client.get("/").status_code for client in (firefox, third)].count(302) == 1
    assert me.post("/mon-compte/connexions/autres/fin").status_code == 302
    assert [client.get("/").status_code for client in (firefox, third, me, stranger)] == [302, 302, 200, 200]


def test_after_the_password_a_code_of_the_telephone_is_asked_for(
    scene: Scene, mine: str, codes: list[str], entering: Entering
) -> None:
    client, sent = entering()
    assert urlsplit(sent).path == "/connexion/deuxieme-etape"
    assert client.get("/").status_code == 302
    code = shown(scene, secret(scene, mine))
    assert client.post(sent, data={"code": f"{code[:3]} {code[3:]}"}).headers["Location"] == "/"
    assert client.get("/").status_code == 200
    again, sent = entering()
    assert again.post(sent, data={"code": code}).status_code == 401, "a code is good once"


def test_the_way_back_is_kept_through_both_steps(
    scene: Scene, mine: str, codes: list[str], entering: Entering
) -> None:
    client, sent = entering(wanted="/sites/borny/colis")
    assert parse_qs(urlsplit(sent).query) == {"next": ["/sites/borny/colis"]}
    answer = client.post(sent, data={"code": shown(scene, secret(scene, mine))})
    assert answer.headers["Location"] == "/sites/borny/colis"


def test_the_second_step_alone_opens_nothing_nor_long_after_the_password(
    scene: Scene, mine: str, codes: list[str], entering: Entering
) -> None:
    code = {"code": shown(scene, secret(scene, mine))}
    alone = scene.browser().post("/connexion/deuxieme-etape", data=code)
    assert alone.headers["Location"] == "/connexion?next="
    slow, sent = entering()
    scene.clock.advance(600_000)
    late = slow.post(sent, data={"code": shown(scene, secret(scene, mine))})
    assert late.headers["Location"].startswith("/connexion?")


def test_who_typed_the_old_password_before_it_was_changed_finishes_nothing(
    scene: Scene, me: FlaskClient, mine: str, codes: list[str], entering: Entering
) -> None:
    thief, sent = entering()
    form = {"present": PASSWORD, "password": FRESH, "again": FRESH}
    assert me.post("/mon-compte/mot-de-passe", data=form).status_code == 302
    late = thief.post(sent, data={"code": shown(scene, secret(scene, mine))})
    assert late.headers["Location"].startswith("/connexion?")
    assert thief.get("/").status_code == 302


def test_whoever_sits_at_a_browser_left_open_has_ten_guesses_in_all(me: FlaskClient) -> None:
    ways = ("mot-de-passe", "cles", "deuxieme-etape/retirer", "deuxieme-etape/codes")
    guesses = [me.post(f"/mon-compte/{ways[number % 4]}", data={"present": "x"}) for number in range(11)]
    assert [answer.status_code for answer in guesses] == [422] * 10 + [429]


def test_ten_recovery_codes_each_good_once_are_kept_as_hashes(
    scene: Scene, codes: list[str], entering: Entering
) -> None:
    assert len(set(codes)) == 10
    with reading(scene.hub.engine) as connection:
        kept = "".join(str(connection.execute(select(one)).all()) for one in (recovery_codes, audit))
    assert not any(code in kept or code.replace("-", "") in kept for code in codes)
    client, sent = entering()
    assert client.post(sent, data={"code": codes[3].lower()}).status_code == 302
    assert "9 codes de secours" in client.get("/mon-compte").text
    again, sent = entering()
    refused = again.post(sent, data={"code": codes[3]})
    assert refused.status_code == 401
    assert "un code de secours qui n’a pas encore servi" in refused.text
    assert client.post("/mon-compte/deuxieme-etape/codes", data={"present": "x"}).status_code == 422
    assert client.post("/mon-compte/deuxieme-etape/codes", data={"present": PASSWORD}).status_code == 200
    assert again.post(sent, data={"code": codes[4]}).status_code == 401, "the older ones are void"


def test_wrong_codes_make_the_account_wait_wherever_they_come_from(
    scene: Scene, mine: str, codes: list[str], entering: Entering
) -> None:
    for number in range(FREE_TRIES):
        client, sent = entering()
        client.environ_base["REMOTE_ADDR"] = f"192.0.2.{number}"
        assert client.post(sent, data={"code": "000000"}).status_code == 401
    client, sent = entering()
    answer = client.post(sent, data={"code": shown(scene, secret(scene, mine))})
    assert answer.status_code == 401
    assert "Attendez 1 minute" in answer.text
    scene.clock.advance(60_000)
    assert client.post(sent, data={"code": shown(scene, secret(scene, mine))}).status_code == 302


def test_the_second_step_is_switched_off_by_who_knows_the_password(
    me: FlaskClient, codes: list[str], entering: Entering
) -> None:
    assert me.post("/mon-compte/deuxieme-etape/retirer", data={"present": "x"}).status_code == 422
    assert me.post("/mon-compte/deuxieme-etape/retirer", data={"present": PASSWORD}).status_code == 302
    assert entering()[1] == "/"


def test_a_new_code_of_an_administrator_begins_anew_without_the_lost_telephone(
    scene: Scene, mine: str, codes: list[str], entering: Entering
) -> None:
    page = scene.browser("account-admin").post(f"/acces/{mine}/code").text
    code = re.findall(r"[A-Z2-9]{4}-[A-Z2-9]{4}-[A-Z2-9]{4}", page)[0]
    form = {"code": code, "password": FRESH, "again": FRESH}
    assert scene.browser().post("/bienvenue", data=form).status_code == 302
    assert entering(FRESH)[1] == "/"


def test_the_secret_of_a_telephone_is_not_in_the_database(scene: Scene, mine: str, codes: list[str]) -> None:
    files = scene.hub.directory.glob("hub.sqlite3*")
    content = b"".join(path.read_bytes() for path in files)
    kept = secret(scene, mine)
    assert kept not in content
    assert kept.hex().encode() not in content


# --- being called for what belongs to no site --------------------------------------------------


def test_who_sees_all_sites_says_how_they_are_called_and_only_that_it_changed_is_noted(
    scene: Scene, me: FlaskClient, mine: str
) -> None:
    for wrong in ({"phone": "03 87 00 00 00"}, {"phone": "12"}, {"email": "moi"}):
        answer = me.post("/mon-compte/alertes", data=wrong)
        assert (answer.status_code, answer.text.count("data-why")) == (422, 1), wrong
        assert next(iter(wrong.values())) in answer.text
    form = {"phone": "06 12 34 56 78", "email": "moi@example.org", "any_hour": "yes"}
    assert me.post("/mon-compte/alertes", data=form).status_code == 302
    page = me.get("/mon-compte").text
    assert 'value="+33612345678"' in page
    assert 'value="moi@example.org"' in page
    with reading(scene.hub.engine) as connection:
        [who] = who_sees_all(connection)
        said = connection.execute(select(audit).where(audit.c.account == mine)).all()
    assert (who.id, who.any_hour) == (mine, True)
    assert [row.action for row in said] == ["calls_changed"]
    assert "12345678" not in str(said)
    assert me.post("/mon-compte/alertes", data={}).status_code == 302
    with reading(scene.hub.engine) as connection:
        assert who_sees_all(connection) == []


def test_who_has_certain_sites_is_not_asked(scene: Scene) -> None:
    assert "/mon-compte/alertes" not in scene.browser("account-concierge").get("/mon-compte").text
