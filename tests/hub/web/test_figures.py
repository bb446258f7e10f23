"""The page with a site's figures: the same numbers drawn and in tables, from its own index."""

import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from hub.store.door_figures import door_counts, openings_since, stays_since
from hub.store.door_wishes import waiting_wishes
from tests.fakes.hub_scene import Scene
from tests.hub.test_indexes import plan

PAGE = "/sites/borny/casiers/chiffres"


@pytest.fixture
def lively(scene: Scene) -> Scene:
    scene.connect()
    scene.deposit("i1", 0, 3)
    scene.deposit("i2", 1, 8)
    scene.jam("i2", 1, 8)
    scene.collect("i1", 0, 3)
    return scene


def test_what_is_drawn_stands_in_a_table_and_in_a_sentence(lively: Scene, admin: FlaskClient) -> None:
    page = admin.get(PAGE).text
    assert "Au plus fort, 2 portes sur 16 étaient prises." in page
    assert "1 fois, une porte a reçu l’ordre de s’ouvrir et ne s’est pas ouverte, sur 4." in page
    assert re.search(r"<tr><th scope=\"row\">8</th><td>2</td><td>1</td></tr>", page)
    drawings = re.findall(r'<svg class="chart"[^>]*role="img" aria-labelledby="([^"]+)"', page)
    assert len(drawings) == 2
    for name in " ".join(drawings).split():
        assert f'id="{name}"' in page, "named and described for who cannot see it"
    assert "style=" not in page


@pytest.mark.parametrize(("asked", "shown"), [("7", 7), ("90", 90), ("", 30), ("5000", 30), ("x", 30)])
def test_seven_thirty_or_ninety_days_and_nothing_else(
    lively: Scene, admin: FlaskClient, asked: str, shown: int
) -> None:
    page = admin.get(PAGE, query_string={"jours": asked}).text
    table = page[page.index("Portes prises</th>") :]
    assert table[: table.index("</table>")].count("<tr>") == shown


def test_lockers_that_never_spoke_have_no_figures(admin: FlaskClient) -> None:
    assert "n’ont pas encore dit comment ils sont faits" in admin.get(PAGE).text
    assert admin.get("/sites/nowhere/casiers/chiffres").status_code == 404


def test_figures_are_found_by_their_indexes_and_never_by_a_scan(tmp_path: Path) -> None:
    found = plan(tmp_path, lambda connection: openings_since(connection, "borny", (1, 2), 0))
    assert "SEARCH operations USING INDEX ix_operations_site_compartment_intent_ms" in found
    assert "SCAN" not in found
    found = plan(tmp_path / "3", lambda connection: door_counts(connection, "borny", 1, 0))
    assert "ix_operations_site_compartment_intent_ms" in found
    found = plan(tmp_path / "4", lambda connection: waiting_wishes(connection, 0))
    assert "ix_orders_state" in found
    found = plan(tmp_path / "2", lambda connection: stays_since(connection, "borny", (1, 2), 0))
    assert "ix_items_site_ended_ms" in found
    assert "SCAN" not in found
