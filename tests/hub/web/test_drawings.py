"""A code as it is said: in groups, with the names of its drawings, in both languages."""

import re

import pytest
from flask.testing import FlaskClient

from contract.pickup_code import typed_code
from hub.web.drawings import spoken
from tests.fakes.hub_scene import Scene


@pytest.mark.parametrize(
    ("code", "groups"),
    [
        ("27483190", ["27", "483", "190"]),
        ("715648302", ["715", "648", "302"]),
        ("0007483190", ["0", "007", "483", "190"]),
    ],
)
def test_it_is_said_in_the_groups_it_is_drawn_in(scene: Scene, code: str, groups: list[str]) -> None:
    with scene.app.test_request_context("/", headers={"Accept-Language": "fr"}):
        said = spoken(code, "fr")
    assert [group.digits for group in said] == groups
    assert all(len(group.here) == len(group.digits) and not group.there for group in said)


@pytest.mark.parametrize(("tongue", "word"), [("ar", "شمس"), ("sq", "diell"), ("en", "sun")])
def test_who_listens_hears_it_in_their_language_too(scene: Scene, tongue: str, word: str) -> None:
    with scene.app.test_request_context("/", headers={"Accept-Language": "fr"}):
        [group] = spoken("000", tongue)
    assert group.here == ("soleil",) * 3
    assert group.there == (word,) * 3


def test_a_language_without_names_is_left_out(scene: Scene) -> None:
    with scene.app.test_request_context("/", headers={"Accept-Language": "fr"}):
        [group] = spoken("000", "xx")
    assert group.there == ()


def test_from_the_person_to_the_code_it_is_two_touches(scene: Scene, admin: FlaskClient) -> None:
    scene.connect()
    scene.deposit("i1", 2, 3)
    page = admin.get(f"/sites/borny/personnes/{scene.people[2]}").text
    action = re.search(r'action="([^"]+/code)"><button[^>]+value="next"', page)
    assert action
    shown = admin.post(action[1], data={"which": "next"}).text
    code = typed_code(scene.hub.keys.site_key("borny"), 22, "p-2", 2)
    assert f'aria-label="{" ".join(code)}"' in shown
    assert "Code pour cette fois seulement" in shown
    assert 'lang="sq"' in shown
