"""Roles, sites, pages and methods, all against all, through the real application with real sessions."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest
from flask.testing import FlaskClient
from sqlalchemy import insert

from hub.core.rights import CHANGES, EVERYWHERE, READS, SAFE, Role, may, needed
from hub.store.accounts import create_account
from hub.store.database import writing
from hub.store.tables import items
from tests.fakes.hub_scene import SITE, Scene

ROLES: tuple[Role, ...] = get_args(Role)
ELSEWHERE, NOWHERE = "paris", "nulle-part"
EXAMPLES = {
    "site": SITE,
    "compartment": "3",
    "item": "i1",
    "kind": "csv",
    "tongue": "fr",
    "day": "2026-01-01",
}
OUT = {"entrance.sign_out", "accounts.close", "my_account.end_others"}
"""What would end a session the other requests need."""


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """Two sites; a parcel at each of them."""
    scene = Scene(tmp_path_factory.mktemp("rights"))
    scene.hub.site(ELSEWHERE)
    scene.connect()
    scene.deposit("i1", 0, 3)
    with writing(scene.hub.engine) as connection:
        connection.execute(insert(items).values(id="i2", site=ELSEWHERE, kind="parcel", state="waiting"))
    yield scene
    scene.close()


@pytest.fixture(scope="module")
def clients(scene: Scene) -> dict[Role, FlaskClient]:
    """One of each role, signed in; those with a list of sites see SITE alone."""
    return {role: signed_in(scene, role) for role in ROLES}


def signed_in(scene: Scene, role: Role) -> FlaskClient:
    sites = () if role in EVERYWHERE else (SITE,)
    with writing(scene.hub.engine) as connection:
        account = create_account(connection, f"Une {role}", None, role, 0, sites=sites)
    return scene.browser(account)


def asked(scene: Scene, **changed: str) -> list[tuple[str, str, str]]:
    """Method, endpoint and an example address of everything the pages answer to."""
    examples = EXAMPLES | changed
    found = []
    for rule in scene.app.url_map.iter_rules():
        address = re.sub(
            r"<(?:any\((\w+)[^)]*\):|\w+(?:\([^)]*\))?:)?(\w+)>",
            lambda part: part[1] or examples.get(part[2], "x"),
            rule.rule,
        )
        methods = sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
        found += [(method, rule.endpoint, address) for method in methods]
    return found


def test_every_page_is_in_the_table_and_no_other(scene: Scene) -> None:
    there = {(endpoint, method in SAFE) for method, endpoint, _ in asked(scene)}
    table = {(one, True) for one in READS} | {(one, False) for one in CHANGES}
    assert there - table == set(), "say in hub/core/rights.py who may ask for these"
    assert table - there == {("metrics", True)}, "these are no pages; one is there with a token only"


@pytest.mark.parametrize("role", ROLES)
def test_a_role_gets_what_the_table_says_and_nothing_else(
    scene: Scene, clients: dict[Role, FlaskClient], role: Role
) -> None:
    for method, endpoint, address in asked(scene):
        right = needed(endpoint, method)
        if endpoint in OUT or right == "their_own" or address.endswith("/flux"):
            continue
        status = clients[role].open(address, method=method).status_code
        assert right is not None
        assert status < 500, (role, method, endpoint)
        if endpoint == "today.show" and not may(role, right):
            assert status == 302
        else:
            assert (status == 403) is not may(role, right), (role, method, endpoint, status)


@pytest.mark.parametrize("role", ["concierge", "client"])
def test_another_site_is_answered_as_one_that_does_not_exist(
    scene: Scene, clients: dict[Role, FlaskClient], role: Role
) -> None:
    for (method, endpoint, foreign), (_, _, unknown) in zip(
        asked(scene, site=ELSEWHERE, item="i2"),
        asked(scene, site=NOWHERE, item="i-nobody-knows"),
        strict=True,
    ):
        if foreign == unknown or needed(endpoint, method) == "their_own":
            continue
        answers = [clients[role].open(address, method=method) for address in (foreign, unknown)]
        expected = 404 if may(role, needed(endpoint, method) or "privacy") else 403
        assert [one.status_code for one in answers] == [expected] * 2, (role, method, endpoint)
        assert answers[0].text == answers[1].text


@pytest.mark.parametrize("role", sorted(EVERYWHERE))
def test_who_sees_every_site_sees_the_other_one(clients: dict[Role, FlaskClient], role: Role) -> None:
    assert clients[role].get(f"/sites/{ELSEWHERE}/casiers").status_code == 200
    assert clients[role].get(f"/sites/{NOWHERE}/casiers").status_code == 404


def test_a_page_that_is_not_in_the_table_is_refused_to_everybody(tmp_path: Path) -> None:
    scene = Scene(tmp_path, own_app=True)
    scene.app.add_url_rule("/nouvelle", "new.page", lambda: "a page nobody thought about")
    assert signed_in(scene, "admin").get("/nouvelle").status_code == 403
    assert scene.app.test_client().get("/nouvelle").status_code == 302
    scene.close()
