"""Signing in by a key that the test holds itself: what is proved lets in once, whatever else does not."""

import html
import json
import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from hub.store.database import reading
from hub.store.tables import audit, passkeys
from hub.web.passkeys import ANSWER_MS, LONGEST_ANSWER
from tests.fakes.authenticator import PRESENT, Authenticator
from tests.fakes.hub_scene import Scene


def asked(client: FlaskClient, page: str) -> dict[str, Any]:
    """What a page asks the browser for."""
    found = re.search(r'data-options="([^"]+)"', client.get(page).text)
    assert found is not None
    options: dict[str, Any] = json.loads(html.unescape(found[1]))
    return options


def add(client: FlaskClient, key: Authenticator, name: str = "Mon téléphone") -> int:
    answer = key.makes(asked(client, "/mon-compte"))
    return client.post("/mon-compte/cles", data={"name": name, "answer": answer}).status_code


def enter(client: FlaskClient, answer: str) -> int:
    return client.post("/connexion/cle", data={"answer": answer}).status_code


@pytest.fixture
def key(admin: FlaskClient) -> Authenticator:
    """A key of the administrator."""
    key = Authenticator()
    assert add(admin, key) == 302
    return key


@pytest.fixture
def visitor(scene: Scene, key: Authenticator) -> FlaskClient:
    return scene.app.test_client()


def test_a_key_signs_in_without_name_or_password(visitor: FlaskClient, key: Authenticator) -> None:
    answer = key.signs(asked(visitor, "/connexion"))
    came = visitor.post("/connexion/cle", data={"answer": answer, "next": "/sites/borny/colis"})
    assert came.headers["Location"] == "/sites/borny/colis"
    assert visitor.get("/").status_code == 200


def test_the_page_names_the_key_and_its_last_use_and_the_audit_neither(
    admin: FlaskClient, visitor: FlaskClient, key: Authenticator, scene: Scene
) -> None:
    assert "utilisée" not in admin.get("/mon-compte").text
    assert enter(visitor, key.signs(asked(visitor, "/connexion"))) == 302
    page = admin.get("/mon-compte").text
    assert "Mon téléphone" in page
    assert "utilisée" in page
    with reading(scene.hub.engine) as connection:
        noted = connection.execute(select(audit).where(audit.c.action == "passkey_added")).one()
    assert "téléphone" not in str(noted)


def test_an_answer_that_was_overheard_opens_nothing_a_second_time(
    visitor: FlaskClient, key: Authenticator, scene: Scene
) -> None:
    options = asked(visitor, "/connexion")
    note = visitor.get_cookie("conciergerie-note")
    assert note is not None
    answer = key.signs(options)
    assert enter(visitor, answer) == 302
    thief = scene.app.test_client()
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
    assert admin.post("/mon-compte/cles", data={"answer": answer}).status_code == 422


def test_answers_cut_short_or_with_a_sign_changed_anywhere_break_nothing(
    admin: FlaskClient, visitor: FlaskClient, key: Authenticator
) -> None:
    for place in range(20, 600, 97):
        made = Authenticator().makes(asked(admin, "/mon-compte"))
        added = admin.post("/mon-compte/cles", data={"answer": spoilt(made, place)})
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
        mine = connection.execute(select(passkeys.c.id)).scalar_one()
    assert concierge.post(f"/mon-compte/cles/{mine}/retirer").status_code == 404
    assert admin.post(f"/mon-compte/cles/{mine}/retirer").status_code == 302
    assert enter(visitor, key.signs(asked(visitor, "/connexion"))) == 401


def test_the_key_of_a_closed_account_opens_nothing(
    admin: FlaskClient, concierge: FlaskClient, scene: Scene
) -> None:
    theirs = Authenticator()
    assert add(concierge, theirs) == 302
    assert admin.post("/acces/account-concierge/fermer").status_code == 302
    visitor = scene.app.test_client()
    assert enter(visitor, theirs.signs(asked(visitor, "/connexion"))) == 401
