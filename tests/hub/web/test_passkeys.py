"""Signing in by a key that the test holds itself: what is proved lets in once, whatever else does not."""

import html
import json
import re
import zlib
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from hub.store.accounts import create_account
from hub.store.database import reading, writing
from hub.store.tables import audit, passkeys
from hub.web.passkeys import ANSWER_MS, LONGEST_ANSWER
from tests.fakes.authenticator import PRESENT, Authenticator
from tests.fakes.hub_scene import PASSWORD, Scene


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """One hub for all: each test has keys and browsers of its own."""
    scene = Scene(tmp_path_factory.mktemp("keys"))
    scene.accounts()
    yield scene
    scene.close()


@pytest.fixture
def browsers(scene: Scene, request: pytest.FixtureRequest) -> Callable[..., FlaskClient]:
    """Makes browsers, of an account or nobody's, at an address no other test tries from."""
    address = f"198.51.100.{zlib.crc32(request.node.name.encode()) % 250}"

    return lambda account=None: scene.browser(account, address)


@pytest.fixture
def admin(scene: Scene, browsers: Callable[..., FlaskClient], request: pytest.FixtureRequest) -> FlaskClient:
    with writing(scene.hub.engine) as connection:
        account = create_account(connection, request.node.name[:100], PASSWORD, "admin", 0)
    return browsers(account)


@pytest.fixture
def concierge(browsers: Callable[..., FlaskClient]) -> FlaskClient:
    return browsers("account-concierge")


@pytest.fixture
def visitor(browsers: Callable[..., FlaskClient]) -> FlaskClient:
    return browsers()


def asked(client: FlaskClient, page: str) -> dict[str, Any]:
    """What a page asks the browser for."""
    found = re.search(r'data-options="([^"]+)"', client.get(page).text)
    assert found is not None
    options: dict[str, Any] = json.loads(html.unescape(found[1]))
    return options


def add(client: FlaskClient, key: Authenticator, name: str = "Mon téléphone", present: str = PASSWORD) -> int:
    answer = key.makes(asked(client, "/mon-compte"))
    form = {"name": name, "answer": answer, "present": present}
    return client.post("/mon-compte/cles", data=form).status_code


def enter(client: FlaskClient, answer: str) -> int:
    return client.post("/connexion/cle", data={"answer": answer}).status_code


@pytest.fixture
def key(admin: FlaskClient) -> Authenticator:
    """A key of the administrator."""
    key = Authenticator()
    assert add(admin, key) == 302
    return key


def test_a_key_signs_in_without_name_or_password(visitor: FlaskClient, key: Authenticator) -> None:
    answer = key.signs(asked(visitor, "/connexion"))
    came = visitor.post("/connexion/cle", data={"answer": answer, "next": "/sites/borny/colis"})
    assert came.headers["Location"] == "/sites/borny/colis"
    assert visitor.get("/").status_code == 200


def test_the_page_names_the_key_and_the_audit_does_not(
    admin: FlaskClient, visitor: FlaskClient, key: Authenticator, scene: Scene
) -> None:
    assert "Mon téléphone" in admin.get("/mon-compte").text
    with reading(scene.hub.engine) as connection:
        noted = connection.execute(select(audit).where(audit.c.action == "passkey_added")).all()
        used = select(passkeys.c.used_ms).where(passkeys.c.credential == key.credential)
        assert connection.execute(used).scalar_one() is None
        assert enter(visitor, key.signs(asked(visitor, "/connexion"))) == 302
        assert noted
        assert "téléphone" not in str(noted)
    with reading(scene.hub.engine) as connection:
        assert connection.execute(used).scalar_one() == scene.clock.wall_ms()


def test_a_browser_left_open_adds_no_key(admin: FlaskClient, visitor: FlaskClient, scene: Scene) -> None:
    key = Authenticator()
    assert add(admin, key, present="") == 422
    assert add(admin, key, present="une autre phrase") == 422
    assert enter(visitor, key.signs(asked(visitor, "/connexion"))) == 401


@pytest.mark.parametrize(
    ("kept", "opens", "said"), [("", 401, "clés ont été retirées"), ("yes", 302, "Mon téléphone")]
)
def test_another_password_takes_the_keys_away_unless_they_are_kept_by_name(
    admin: FlaskClient, visitor: FlaskClient, key: Authenticator, kept: str, opens: int, said: str
) -> None:
    fresh = "encore une phrase facile"
    form = {"present": PASSWORD, "password": fresh, "again": fresh, "keep_keys": kept}
    assert said in admin.post("/mon-compte/mot-de-passe", data=form, follow_redirects=True).text
    assert enter(visitor, key.signs(asked(visitor, "/connexion"))) == opens


def test_an_answer_that_was_overheard_opens_nothing_a_second_time(
    visitor: FlaskClient, key: Authenticator, browsers: Callable[..., FlaskClient]
) -> None:
    options = asked(visitor, "/connexion")
    note = visitor.get_cookie("conciergerie-note")
    assert note is not None
    answer = key.signs(options)
    assert enter(visitor, answer) == 302
    thief = browsers()
    thief.set_cookie("conciergerie-note", note.value)
    assert enter(thief, answer) == 401


def test_an_answer_to_another_page_or_to_none_opens_nothing(visitor: FlaskClient, key: Authenticator) -> None:
    assert enter(visitor, key.signs({"challenge": "AAAA"})) == 401
    old = asked(visitor, "/connexion")
    asked(visitor, "/connexion")
    assert enter(visitor, key.signs(old)) == 401


def test_a_page_that_stood_open_too_long_asks_again(
    visitor: FlaskClient, key: Authenticator, scene: Scene
) -> None:
    options = asked(visitor, "/connexion")
    scene.clock.advance(ANSWER_MS)
    assert enter(visitor, key.signs(options)) == 401


def test_a_key_that_asked_for_no_finger_and_no_pin_opens_nothing(
    visitor: FlaskClient, key: Authenticator
) -> None:
    key.flags = PRESENT
    assert enter(visitor, key.signs(asked(visitor, "/connexion"))) == 401


@pytest.mark.parametrize("change", [{"origin": "https://evil.example"}, {"name": "evil.example"}])
def test_a_key_that_was_shown_to_another_site_opens_nothing(
    visitor: FlaskClient, key: Authenticator, change: dict[str, str]
) -> None:
    vars(key).update(change)
    assert enter(visitor, key.signs(asked(visitor, "/connexion"))) == 401


def test_a_copy_of_a_key_that_counts_is_found_out(visitor: FlaskClient, key: Authenticator) -> None:
    key.uses = 7
    assert enter(visitor, key.signs(asked(visitor, "/connexion"))) == 302
    key.uses = 3
    visitor.post("/deconnexion")
    assert enter(visitor, key.signs(asked(visitor, "/connexion"))) == 401


def test_a_strange_key_is_answered_like_a_wrong_one(visitor: FlaskClient, key: Authenticator) -> None:
    def refused(one: Authenticator) -> str:
        answer = visitor.post("/connexion/cle", data={"answer": one.signs(asked(visitor, "/connexion"))})
        assert answer.status_code == 401
        return re.sub(r'data-options="[^"]*"', "", answer.text)

    wrong = Authenticator()
    wrong.credential = key.credential
    assert refused(Authenticator()) == refused(wrong)


@pytest.mark.parametrize(
    "answer",
    [
        "",
        "null",
        "[]",
        "{",
        '{"id": 1}',
        "x" * (LONGEST_ANSWER + 1),
        '{"id":"AA","rawId":"AA","type":"public-key"}',
    ],
)
def test_what_is_no_answer_is_refused_and_breaks_nothing(
    admin: FlaskClient, visitor: FlaskClient, answer: str
) -> None:
    asked(visitor, "/connexion")
    assert enter(visitor, answer) == 401
    asked(admin, "/mon-compte")
    assert admin.post("/mon-compte/cles", data={"answer": answer, "present": PASSWORD}).status_code == 422


def test_answers_cut_short_or_with_a_sign_changed_anywhere_break_nothing(
    admin: FlaskClient, visitor: FlaskClient, key: Authenticator
) -> None:
    for place in range(20, 500, 97):
        made = Authenticator().makes(asked(admin, "/mon-compte"))
        added = admin.post("/mon-compte/cles", data={"answer": spoilt(made, place), "present": PASSWORD})
        assert added.status_code in (302, 422)
        assert enter(visitor, spoilt(key.signs(asked(visitor, "/connexion")), place)) in (302, 401)
        asked(visitor, "/connexion")
        assert enter(visitor, key.signs(asked(visitor, "/connexion"))[:place]) == 401


def spoilt(text: str, place: int) -> str:
    return text[:place] + ("B" if text[place : place + 1] == "A" else "A") + text[place + 1 :]


def test_a_key_is_added_once_and_only_with_a_finger(admin: FlaskClient, key: Authenticator) -> None:
    assert add(admin, key) == 422
    careless = Authenticator()
    careless.flags = PRESENT
    assert add(admin, careless) == 422


def test_a_key_that_was_removed_opens_nothing_and_is_removed_by_its_owner_only(
    admin: FlaskClient, concierge: FlaskClient, visitor: FlaskClient, key: Authenticator, scene: Scene
) -> None:
    with reading(scene.hub.engine) as connection:
        mine = connection.execute(
            select(passkeys.c.id).where(passkeys.c.credential == key.credential)
        ).scalar_one()
    assert concierge.post(f"/mon-compte/cles/{mine}/retirer").status_code == 404
    assert admin.post(f"/mon-compte/cles/{mine}/retirer").status_code == 302
    assert enter(visitor, key.signs(asked(visitor, "/connexion"))) == 401


def test_the_key_of_a_closed_account_opens_nothing(
    admin: FlaskClient, concierge: FlaskClient, visitor: FlaskClient
) -> None:
    theirs = Authenticator()
    assert add(concierge, theirs) == 302
    assert admin.post("/acces/account-concierge/fermer").status_code == 302
    assert enter(visitor, theirs.signs(asked(visitor, "/connexion"))) == 401
