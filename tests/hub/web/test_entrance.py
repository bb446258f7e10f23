"""Coming in: the first administrator, signing in and out."""

import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from hub.config import HubSettings
from hub.store.accounts import new_setup_code, setup_code_fits
from hub.store.database import reading, writing
from hub.store.sessions import IDLE_MS, LIFE_MS, start_session
from hub.store.tables import accounts, sessions, settings, tries
from hub.store.tries import forget, note_try
from hub.store.tries import tried as tries_in
from hub.web.tries import BOXES, limiter, name_and_origin, origin
from tests.fakes.hub_scene import ADMIN, CONCIERGE, PASSWORD, Scene
from tests.hub.web.conftest import sign_in


@pytest.fixture
def setup_code(scene: Scene) -> str:
    with writing(scene.hub.engine) as connection:
        code = new_setup_code(connection)
    assert code is not None
    return code


def first(code: str, **changed: str) -> dict[str, str]:
    return {"code": code, "name": ADMIN, "password": PASSWORD, "again": PASSWORD} | changed


def test_the_first_administrator_is_created_once_with_the_code_of_the_terminal(
    scene: Scene, setup_code: str
) -> None:
    client = scene.app.test_client()
    assert client.get("/").headers["Location"] == "/premiere-fois"
    answer = client.post("/premiere-fois", data=first(setup_code.lower().replace("-", " ")))
    assert answer.headers["Location"] == "/"
    assert client.get("/").status_code == 200
    again = scene.app.test_client().post("/premiere-fois", data=first(setup_code, name="Mallory"))
    assert again.headers["Location"] == "/connexion"
    with reading(scene.hub.engine) as connection:
        assert connection.execute(select(accounts.c.name, accounts.c.role)).all() == [(ADMIN, "admin")]
        assert not setup_code_fits(connection, setup_code)


def test_without_the_code_nobody_becomes_administrator(scene: Scene, setup_code: str) -> None:
    client = scene.app.test_client()
    for wrong in ("", "AAAA-AAAA-AAAA", "x" * 5000):
        assert client.post("/premiere-fois", data=first(wrong)).status_code == 422
    with reading(scene.hub.engine) as connection:
        assert connection.execute(select(accounts)).all() == []


def test_with_no_code_printed_no_code_fits(scene: Scene) -> None:
    answer = scene.app.test_client().post("/premiere-fois", data=first(""))
    assert answer.status_code == 422


@pytest.mark.parametrize(
    "changed",
    [
        {"password": "court"},
        {"again": "autre chose"},
        {"name": " "},
        {"name": "Samia", "password": "samia SAMIA", "again": "samia SAMIA"},
    ],
)
def test_a_faulty_first_form_says_what_is_wrong_and_keeps_the_code(
    scene: Scene, setup_code: str, changed: dict[str, str]
) -> None:
    client = scene.app.test_client()
    answer = client.post("/premiere-fois", data=first(setup_code, **changed))
    assert answer.status_code == 422
    assert "data-why" in answer.text
    assert client.post("/premiere-fois", data=first(setup_code)).status_code == 302


def test_the_setup_code_is_kept_only_as_a_hash(scene: Scene, setup_code: str) -> None:
    with reading(scene.hub.engine) as connection:
        kept = " ".join(connection.execute(select(settings.c.value)).scalars())
    assert setup_code not in kept
    assert setup_code.replace("-", "") not in kept


def test_an_unknown_name_is_answered_like_a_wrong_password(stranger: FlaskClient) -> None:
    def refused(name: str, password: str) -> tuple[int, str]:
        answer = stranger.post("/connexion", data={"name": name, "password": password})
        text = re.sub(r'data-options="[^"]*"', "", answer.text)  # a challenge, another each time
        return answer.status_code, text.replace(name, "")

    assert refused(ADMIN, "mauvais mot de passe") == refused("Personne", "mauvais mot de passe")
    assert refused(ADMIN, "mauvais mot de passe")[0] == 401


def tried(client: FlaskClient, name: str, word: str = "x", address: str = "192.0.2.1") -> int:
    """The status of one try from an address."""
    form = {"name": name, "password": word}
    return client.post("/connexion", data=form, environ_base={"REMOTE_ADDR": address}).status_code


def fresh(scene: Scene) -> FlaskClient:
    """A browser nobody signed in with yet."""
    return scene.app.test_client()


def test_a_name_is_good_as_telephones_type_it(stranger: FlaskClient, scene: Scene) -> None:
    for typed in (CONCIERGE.upper(), f" {CONCIERGE.lower()} ", "Bilál"):
        assert tried(fresh(scene), typed, PASSWORD) == 302, typed
    assert [tried(stranger, typed) for typed in ["Bilal", "bilál"] * 5 + ["BILAL"]] == [401] * 10 + [429]


def test_guessing_is_slowed_down_by_name_and_address(stranger: FlaskClient) -> None:
    for _ in range(10):
        assert tried(stranger, ADMIN) == 401
    slowed = stranger.post(
        "/connexion",
        data={"name": ADMIN.upper(), "password": PASSWORD},
        environ_base={"REMOTE_ADDR": "192.0.2.1"},
    )
    assert slowed.status_code == 429
    assert "Retry-After" in slowed.headers
    assert tried(stranger, CONCIERGE, PASSWORD) == 302


def test_a_restart_gives_nobody_fresh_tries_and_keeps_neither_name_nor_address(
    stranger: FlaskClient, scene: Scene
) -> None:
    assert [tried(stranger, ADMIN) for _ in range(11)] == [401] * 10 + [429]
    limiter.reset()  # all that a process knows
    assert tried(stranger, ADMIN, PASSWORD) == 429
    assert tried(fresh(scene), CONCIERGE, PASSWORD) == 302
    with reading(scene.hub.engine) as connection:
        kept = connection.execute(select(tries)).mappings().all()
    assert {tuple(row) for row in kept} == {("id", "box", "at_ms", "until_ms")}
    assert all(re.fullmatch("[0-9a-f]{32}", row["box"]) for row in kept)


def test_while_another_writes_a_wrong_password_breaks_no_page_and_is_no_free_try(
    stranger: FlaskClient, scene: Scene
) -> None:
    with writing(scene.hub.engine) as connection:
        connection.exec_driver_sql("PRAGMA busy_timeout = 1")  # the one connection that writes
    assert [tried(stranger, ADMIN) for _ in range(3)] == [401] * 3
    with closing(sqlite3.connect(str(scene.hub.engine.url.database), isolation_level=None)) as busy:
        busy.execute("BEGIN IMMEDIATE")
        assert [tried(stranger, ADMIN) for _ in range(4)] == [401] * 4
    assert [tried(stranger, ADMIN) for _ in range(4)] == [401] * 3 + [429]


def test_tries_count_for_their_window_and_go_with_it(scene: Scene) -> None:
    with writing(scene.hub.engine) as connection:
        for at_ms in (1_000, 1_500, 90_000):
            note_try(connection, "box", 1_000, at_ms)
        assert tries_in(connection, "box", 1_000, 1_600) == (1_000, 2)
        assert tries_in(connection, "box", 1_000, 2_000) == (1_500, 1)
        assert tries_in(connection, "box", 1_000, 2_600) == (None, 0), "nor those of a clock that was ahead"
        assert tries_in(connection, "another", 1_000, 1_600) == (None, 0)
        forget(connection, 2_500)
        assert connection.scalars(select(tries.c.at_ms)).all() == [90_000]


def test_a_stranger_keeps_nobody_out_who_comes_from_elsewhere(stranger: FlaskClient, scene: Scene) -> None:
    codes = {tried(stranger, ADMIN) for _ in range(30)}
    assert codes == {401, 429}
    assert tried(fresh(scene), ADMIN, PASSWORD, "192.0.2.2") == 302


def test_a_stranger_behind_the_same_address_keeps_no_browser_out_that_signed_in_before(
    stranger: FlaskClient, scene: Scene
) -> None:
    mine = fresh(scene)
    assert tried(mine, ADMIN, PASSWORD) == 302
    mine.post("/deconnexion")
    assert {tried(stranger, ADMIN) for _ in range(30)} == {401, 429}
    assert tried(fresh(scene), ADMIN, PASSWORD) == 429
    assert tried(mine, ADMIN, PASSWORD) == 302


def test_a_browser_that_signed_in_before_may_not_guess_without_end_either(
    stranger: FlaskClient, scene: Scene
) -> None:
    assert tried(stranger, ADMIN, PASSWORD) == 302
    assert [tried(stranger, ADMIN) for _ in range(11)] == [401] * 10 + [429]


def test_who_signed_in_before_is_known_by_no_other_name(stranger: FlaskClient) -> None:
    assert tried(stranger, CONCIERGE, PASSWORD) == 302
    assert [tried(stranger, ADMIN) for _ in range(11)] == [401] * 10 + [429]
    assert tried(stranger, CONCIERGE, PASSWORD) == 302


def test_two_who_share_a_browser_are_both_known_there(stranger: FlaskClient, scene: Scene) -> None:
    assert tried(stranger, ADMIN, PASSWORD) == 302
    assert tried(stranger, CONCIERGE, PASSWORD) == 302
    for number in range(20):
        tried(fresh(scene), f"nom {number}")
    assert tried(fresh(scene), ADMIN, PASSWORD) == 429
    assert tried(stranger, ADMIN, PASSWORD) == 302
    assert tried(stranger, CONCIERGE, PASSWORD) == 302


def test_a_made_up_cookie_makes_no_browser_known(stranger: FlaskClient) -> None:
    for number in range(20):
        stranger.set_cookie("conciergerie-known", f"made-up-{number}.{'0' * 32}")
        assert tried(stranger, f"nom {number}") == 401
    stranger.set_cookie("conciergerie-known", f"made-up.{'0' * 32}")
    assert tried(stranger, ADMIN, PASSWORD) == 429


def test_the_cookie_of_a_known_browser_holds_no_name_and_opens_nothing(
    stranger: FlaskClient, scene: Scene
) -> None:
    cookie = sign_in(stranger, ADMIN).get_cookie("conciergerie-known")
    assert cookie is not None
    assert re.fullmatch(r"[\w-]{22}\.[0-9a-f]{32}", cookie.value)
    thief = fresh(scene)
    thief.set_cookie("conciergerie-known", cookie.value)
    assert thief.get("/").status_code == 302


def test_right_passwords_count_for_no_name(scene: Scene, stranger: FlaskClient) -> None:
    assert {tried(fresh(scene), ADMIN, PASSWORD) for _ in range(12)} == {302}


def test_one_subscriber_of_ipv6_is_one_address(stranger: FlaskClient) -> None:
    codes = [tried(stranger, ADMIN, address=f"2001:db8::{number:x}") for number in range(11)]
    assert codes == [401] * 10 + [429]


def test_however_many_addresses_try_the_counters_take_the_same_room(scene: Scene) -> None:
    with scene.app.test_request_context(method="POST", data={"name": ADMIN}) as asked:
        keys = set()
        for number in range(4 * BOXES):
            asked.request.remote_addr = f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}"
            keys |= {origin(), name_and_origin()}
    assert BOXES / 2 < len(keys) <= BOXES


def test_a_slowed_down_name_is_not_logged(stranger: FlaskClient, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    for _ in range(11):
        stranger.post("/connexion", data={"name": "Mot de passe tapé ici", "password": "x"})
    assert "exceeded" in caplog.text
    assert "tapé" not in caplog.text.casefold()


def test_guessing_is_slowed_down_by_address(stranger: FlaskClient) -> None:
    codes = [tried(stranger, f"nom {number}") for number in range(21)]
    assert codes == [401] * 20 + [429]


def test_signing_out_ends_the_session_on_the_hub_too(admin: FlaskClient, scene: Scene) -> None:
    cookie = admin.get_cookie("conciergerie")
    assert cookie is not None
    assert admin.post("/deconnexion").headers["Location"] == "/connexion"
    thief = scene.app.test_client()
    thief.set_cookie("conciergerie", cookie.value)
    assert thief.get("/").status_code == 302


def test_signing_in_again_ends_the_session_before(admin: FlaskClient, scene: Scene) -> None:
    before = admin.get_cookie("conciergerie")
    admin.post("/connexion", data={"name": CONCIERGE, "password": PASSWORD})
    after = admin.get_cookie("conciergerie")
    assert before
    assert after
    assert before.value != after.value
    old = scene.app.test_client()
    old.set_cookie("conciergerie", before.value)
    assert old.get("/").status_code == 302


def test_a_session_lapses_when_nobody_uses_it(admin: FlaskClient, scene: Scene) -> None:
    scene.clock.advance(IDLE_MS - 1000)
    assert admin.get("/").status_code == 200
    scene.clock.advance(IDLE_MS - 1000)
    assert admin.get("/").status_code == 200
    scene.clock.advance(IDLE_MS + 1000)
    assert admin.get("/").status_code == 302


def test_lapsed_sessions_do_not_pile_up(scene: Scene, stranger: FlaskClient) -> None:
    for _ in range(3):
        scene.app.test_client().post("/connexion", data={"name": ADMIN, "password": PASSWORD})
    scene.clock.advance(LIFE_MS)
    stranger.post("/connexion", data={"name": ADMIN, "password": PASSWORD})
    with reading(scene.hub.engine) as connection:
        assert len(connection.execute(select(sessions)).all()) == 1


def test_the_token_of_a_session_is_kept_only_as_a_hash(admin: FlaskClient, scene: Scene) -> None:
    cookie = admin.get_cookie("conciergerie")
    assert cookie is not None
    with reading(scene.hub.engine) as connection:
        [kept] = connection.execute(select(sessions.c.token_hash)).scalars()
    assert re.fullmatch(r"[0-9a-f]{64}", kept)
    assert kept != cookie.value


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(stranger: FlaskClient) -> None:
    answer = stranger.post("/connexion", data={"name": ADMIN, "password": PASSWORD})
    [cookie] = [one for one in answer.headers.getlist("Set-Cookie") if one.startswith("conciergerie=")]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_behind_https_addresses_are_https_whatever_the_proxy_says_of_it(tmp_path: Path) -> None:
    """A proxy that passes on `Host` and `X-Forwarded-For` alone, as the guide once said."""
    scene = Scene(tmp_path, HubSettings(behind_https=True, trusted_hosts=("hub.example",)))
    scene.accounts()
    with writing(scene.hub.engine) as connection:
        token = start_session(connection, "account-admin", scene.clock.wall_ms())
    for said in ({}, {"X-Forwarded-Proto": "http"}):
        client = scene.app.test_client()
        client.set_cookie("__Host-conciergerie", token, domain="hub.example")
        invited = client.post(
            "/acces",
            base_url="http://hub.example",
            headers={"X-Forwarded-For": "192.0.2.1", **said},
            data={"name": f"Une personne {len(said)}", "role": "admin"},
        ).text
        assert "https://hub.example/bienvenue" in invited
        assert "http://hub.example" not in invited
    scene.close()


def test_behind_https_the_cookie_is_bound_to_this_host(tmp_path: Path) -> None:
    scene = Scene(tmp_path, HubSettings(behind_https=True, trusted_hosts=("hub.example",)))
    scene.accounts()
    answer = scene.app.test_client().post(
        "/connexion", base_url="https://hub.example", data={"name": ADMIN, "password": PASSWORD}
    )
    cookies = answer.headers.getlist("Set-Cookie")
    [cookie] = [one for one in cookies if one.startswith("__Host-conciergerie=")]
    assert "Secure" in cookie
    assert "Path=/" in cookie
    assert "Domain" not in cookie
    assert answer.headers["Strict-Transport-Security"]
    scene.close()


@pytest.mark.parametrize(
    "wanted", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:1", "/\t/evil", ""]
)
def test_signing_in_leads_to_no_other_site(stranger: FlaskClient, wanted: str) -> None:
    answer = stranger.post("/connexion", data={"name": ADMIN, "password": PASSWORD, "next": wanted})
    assert answer.headers["Location"] == "/"


def test_signing_in_leads_back_to_the_page_asked_for(stranger: FlaskClient) -> None:
    sent = stranger.get("/sites/borny/personnes?q=ben").headers["Location"]
    page = stranger.get(sent).text
    assert 'value="/sites/borny/personnes?q=ben"' in page
    wanted = {"name": ADMIN, "password": PASSWORD, "next": "/sites/borny/personnes?q=ben"}
    assert stranger.post("/connexion", data=wanted).headers["Location"] == "/sites/borny/personnes?q=ben"
