"""New places: their short names, their lockers, and how many of them stand."""

from pathlib import Path

import pytest

from hub.core.places import CABINETS, MOST_SHELVES, lockers_toml, plan_of, site_id
from hub.core.sight import Device
from hub.core.site_states import site_states
from hub.core.things import Thing
from locker_firmware_bridge import config


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("Conciergerie de Borny", "borny"),
        ("Résidence « Les Tilleuls » n° 3", "residence-tilleuls-n-3"),
        ("العمارة", "lieu"),
        ("x" * 90, "x" * 24),
    ],
)
def test_a_place_gets_a_short_name_of_plain_letters(name: str, short: str) -> None:
    assert site_id(name, ()) == short


def test_a_name_that_is_taken_gets_a_number() -> None:
    assert site_id("Borny", ["borny", "borny-2"]) == "borny-3"


@pytest.mark.parametrize("text", ["", "medium", "medium/", "medium/99", "shelf/0", "castle/4", "medium/-1"])
def test_what_is_no_plan_is_none(text: str) -> None:
    assert plan_of(text) is None


@pytest.mark.parametrize("cabinet", [one.id for one in CABINETS])
@pytest.mark.parametrize("shelves", [1, 4, MOST_SHELVES])
def test_the_file_of_every_plan_is_one_the_lockers_start_from(
    cabinet: str, shelves: int, tmp_path: Path
) -> None:
    plan = plan_of(f"{cabinet}/{shelves}")
    assert plan is not None
    assert plan_of(plan.text) == plan
    (tmp_path / "lockers.toml").write_text(lockers_toml(plan))
    assert tuple(config.read(tmp_path).places.values()) == plan.places
    assert len(plan.places) == plan.cabinet.doors + shelves


def test_sites_with_most_wrong_come_first_and_silent_ones_before_those_that_are_well() -> None:
    devices = [
        *(Device("k", site, "kiosk", True, 5, 9, 0) for site in ("well", "busy", "burning")),
        Device("k", "dark", "kiosk", False, 5, 9, 0),
    ]
    things = [
        Thing("alarm", "blocked", "burning", 1, (1,)),
        Thing("warn", "kept", "busy", 1, item="i"),
        Thing("info", "near", "well", count=3),
    ]
    sites = dict.fromkeys(("well", "busy", "new", "dark", "burning"), True) | {"new": False}
    states = site_states(sites, things, devices)
    assert [(one.site, one.tone) for one in states] == [
        ("burning", "alarm"),
        ("dark", "warn"),
        ("busy", "warn"),
        ("new", "info"),
        ("well", "ok"),
    ]
    assert (states[1].dark_ms, states[-1].news_ms) == (5, 9)
