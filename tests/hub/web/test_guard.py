"""Who may ask what, and what every answer carries."""

import re

import pytest
from flask.testing import FlaskClient

from hub.core.rights import needed
from tests.fakes.hub_scene import Scene

PAGES = (
    "/",
    "/sites/borny/casiers",
    "/sites/borny/casiers/3",
    "/sites/borny/colis",
    "/sites/borny/personnes",
    "/sites/borny/personnes/ajouter",
    "/sites/borny/personnes/importer",
    "/sites/borny/equipe",
    "/colis/i1",
    "/nulle-part",
)


@pytest.fixture
def lively(scene: Scene) -> Scene:
    scene.connect()
    scene.deposit("i1", 0, 3)
    scene.jam("i1", 0, 3)
    return scene


def addresses(scene: Scene) -> list[tuple[str, str, str]]:
    """Method, endpoint and an example address of everything the pages answer to."""
    examples = {
        "site": "borny",
        "compartment": "3",
        "item": "i1",
        "person": "x",
        "member": "x",
        "expected": "x",
    }
    found = []
    for rule in scene.app.url_map.iter_rules():
        address = re.sub(r"<(?:\w+:)?(\w+)>", lambda part: examples.get(part[1], "x"), rule.rule)
        found += [(method, rule.endpoint, address) for method in (rule.methods or set()) & {"GET", "POST"}]
    return found


def test_a_stranger_gets_nothing_but_the_entrance(lively: Scene, stranger: FlaskClient) -> None:
    closed = [one for one in addresses(lively) if needed(one[1], one[0]) != "anybody"]
    assert len(closed) > 100
    for method, endpoint, address in closed:
        answer = stranger.open(address, method=method)
        has_own_door = needed(endpoint, method) == "their_own"
        expected = 302 if method == "GET" and not has_own_door else 401
        assert answer.status_code == expected, (method, endpoint)
        assert "Benali" not in answer.text


@pytest.mark.parametrize("page", PAGES)
def test_a_page_carries_its_guards_and_no_inline_script_or_style(
    lively: Scene, admin: FlaskClient, page: str
) -> None:
    answer = admin.get(page)
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    if "camera=(self)" in answer.headers["Permissions-Policy"]:  # zxing reads what the browser cannot
        policy = policy.replace(" 'wasm-unsafe-eval'", "")
    assert "unsafe" not in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"
    assert "frame-ancestors 'none'" in policy
    assert not re.search(r"<script(?![^>]*\ssrc=)|<style|\sstyle=|\son[a-z]+=|javascript:", answer.text)
    assert '<html lang="fr">' in answer.text


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"},
    ],
)
def test_what_another_site_sends_changes_nothing(
    lively: Scene, admin: FlaskClient, headers: dict[str, str]
) -> None:
    for method, endpoint, address in addresses(lively):
        if method == "POST":
            assert admin.post(address, headers=headers).status_code == 403, endpoint
    assert admin.get("/").status_code == 200


@pytest.mark.parametrize(
    "headers", [{"Sec-Fetch-Site": "same-origin"}, {"Sec-Fetch-Site": "none"}, {"Origin": "http://localhost"}]
)
def test_our_own_forms_are_let_through(admin: FlaskClient, headers: dict[str, str]) -> None:
    assert admin.post("/langue", data={"language": "en"}, headers=headers).status_code == 302


def test_a_host_nobody_named_is_refused(stranger: FlaskClient) -> None:
    answer = stranger.get("/connexion", headers={"Host": "evil.example"})
    assert answer.status_code == 400
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert "n’est pas celle du serveur (localhost, 127.0.0.1, [::1])" in answer.text
    assert stranger.get("/connexion", headers={"Host": "[::1]:9742"}).status_code == 200


def test_a_request_beyond_the_limit_is_refused(admin: FlaskClient) -> None:
    answer = admin.post("/sites/borny/personnes/ajouter", data={"name": "x" * 2_000_000})
    assert answer.status_code == 413
    assert "1" in answer.text


@pytest.mark.parametrize(
    "address",
    ["", "/x/code", "/x/droits", "/x/retirer"],
    ids=["add somebody", "renew a PIN", "give rights", "remove somebody"],
)
def test_only_an_administrator_changes_the_team(concierge: FlaskClient, address: str) -> None:
    assert concierge.post(f"/sites/borny/equipe{address}").status_code == 403
    page = concierge.get("/sites/borny/equipe").text
    assert 'name="initials"' not in page


@pytest.mark.parametrize("page", ["/sites/ailleurs/casiers", "/sites/borny/casiers/99", "/colis/inconnu"])
def test_what_does_not_exist_is_said_in_french_with_a_way_out(admin: FlaskClient, page: str) -> None:
    answer = admin.get(page)
    assert answer.status_code == 404
    assert "n’existe pas" in answer.text
    assert 'href="/"' in answer.text


def test_the_pages_speak_english_when_asked_and_remember_it(admin: FlaskClient, scene: Scene) -> None:
    assert "À faire maintenant" in admin.get("/").text
    admin.post("/langue", data={"language": "en", "back": "/sites/borny/colis"})
    assert "To do now" in admin.get("/").text
    assert admin.post("/langue", data={"language": "xx"}).status_code == 302
    assert "To do now" in admin.get("/").text
