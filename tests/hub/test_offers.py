"""A catalogue somebody wrote is taken over whole, or every fault is named and nothing is."""

from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select

from deploy.demo.plan import Plan, Ports
from hub.__main__ import main
from hub.core.catalogue import PICTURES
from hub.store.catalogue import services_of
from hub.store.database import open_database, reading, sqlite_url, writing
from hub.store.partners import hours_of, site_partners
from hub.store.sites import create_site
from hub.store.tables import partners

ONE = """
[[partners]]
name = "Pressing"
hours = ["12345 8:00 19:00", "6 20:00 1:00"]
[[partners.services]]
name = { fr = "Pressing" }
picture = "shirt"
kind = "bag"
way = "drop"
price = "4,50"
lead = { kind = "days", days = 0, before = "10:00", ready = "18:00" }
"""


@pytest.fixture
def data(tmp_path: Path) -> Path:
    with writing(open_database(sqlite_url(tmp_path / "hub.sqlite3"))) as connection:
        create_site(connection, "borny", "Borny", 0)
    return tmp_path


def bring(data: Path, text: str, site: str = "borny") -> Result:
    file = data / "catalogue.toml"
    file.write_text(text)
    arguments = ["catalogue", "import", str(file), "--site", site, "--data", str(data)]
    return CliRunner().invoke(main, arguments)


def test_partners_hours_and_services_are_there(data: Path) -> None:
    assert "1 partners and 1 services added" in bring(data, ONE).output
    with reading(open_database(sqlite_url(data / "hub.sqlite3"))) as connection:
        [partner] = site_partners(connection, "borny")
        [service] = services_of(connection, "borny")
        assert len(hours_of(connection, partner.id)) == 6
    assert (service.offer.cents, service.partner_name) == (450, "Pressing")


def test_several_rules_are_a_list(data: Path) -> None:
    rule = 'lead = { kind = "days", days = 0, before = "10:00", ready = "18:00" }'
    more = (
        rule.replace("lead = {", "lead = [{")
        + ', { kind = "days", days = 1, before = "19:00", ready = "12:00" }]'
    )
    assert "1 services added" in bring(data, ONE.replace(rule, more)).output
    with reading(open_database(sqlite_url(data / "hub.sqlite3"))) as connection:
        [service] = services_of(connection, "borny")
    assert [(lead.before_min, lead.ready_min) for lead in service.offer.leads] == [(600, 1080), (1140, 720)]


def test_the_demos_catalogue_has_every_picture_and_four_languages(data: Path) -> None:
    text = Plan(data, data, Ports(8000)).catalogue_toml(date(2026, 11, 24), date(2026, 12, 15))
    assert bring(data, text).exit_code == 0
    with reading(open_database(sqlite_url(data / "hub.sqlite3"))) as connection:
        services = services_of(connection, "borny")
        assert len(site_partners(connection, "borny")) >= 2
    assert {one.offer.picture for one in services} == set(PICTURES)
    assert all(set(one.offer.name) == {"fr", "en", "ar", "sq"} for one in services)
    assert [one.offer.until_ms is not None for one in services].count(True) == 1


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (('price = "4,50"', 'price = "4,505"'), "three decimals"),
        (('picture = "shirt"', 'picture = "cat"'), "picture"),
        (("12345 8:00", "12345 25:00"), "no hours"),
        (('ready = "18:00"', 'ready = "late"'), "no rule"),
        (('name = "Pressing"', 'nmae = "Pressing"'), "nmae"),
    ],
)
def test_a_fault_is_named_and_nothing_is_taken(data: Path, wrong: tuple[str, str], said: str) -> None:
    answer = bring(data, ONE + ONE.replace(*wrong))
    assert answer.exit_code == 1
    assert said in answer.output
    with reading(open_database(sqlite_url(data / "hub.sqlite3"))) as connection:
        assert connection.execute(select(partners)).all() == []


def test_a_site_nobody_opened_is_named(data: Path) -> None:
    assert "no site nowhere" in bring(data, ONE, "nowhere").output
