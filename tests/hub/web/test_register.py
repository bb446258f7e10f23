"""Entries and exits, day by day and person by person, and what cannot be found."""

import csv
import io
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from contract import messages as m
from hub.config import HubSettings, NotifySettings
from hub.store.database import reading
from hub.store.tables import audit, closures
from tests.fakes.hub_scene import ADMIN, Scene
from tests.hub.web.conftest import sign_in
from tests.hub.web.test_mandates import given

DAY = "/sites/borny/colis/registre"
DAY_MS = 86_400_000


@pytest.fixture
def lively(scene: Scene) -> Scene:
    scene.connect()
    scene.deposit("i1", 0, 3)
    scene.deposit("i2", 1, 4, "Chronopost")
    scene.deposit("i3", 0, 6)
    scene.deposit("i4", 2, 7)
    return scene


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text.lstrip("\ufeff"), newline=""), delimiter=";"))


def test_the_day_says_what_came_what_left_by_whom_and_by_whose_mandate(
    lively: Scene, admin: FlaskClient
) -> None:
    mandate = given(lively, admin)
    lively.collect_under(mandate.id, "i1", 0, 3)
    lively.told(
        m.ItemCollected(
            item="i2", compartment=4, allocation=1, evidence="staff", staff=lively.member, identity="known"
        ),
        m.ItemCollected(
            item="i3",
            compartment=6,
            allocation=1,
            evidence="staff",
            staff=lively.member,
            proxy=mandate.id,
        ),
    )
    lively.collect("i4", 2, 7)
    page = admin.get(DAY).text
    bearer = "Paul Roux, avec la procuration de Yasmina Benali"
    for words in (
        "reçu par SB",
        f"retiré par {bearer}",
        "remis en main propre par SB",
        f"remis en main propre par SB à {bearer}",
        "retiré avec le code",
        "4 entrées · 4 sorties",
    ):
        assert words in page
    table = rows(admin.get(f"{DAY}.csv").text)
    assert [row["Sens"] for row in table] == ["entrée"] * 4 + ["sortie"] * 4
    assert table[4]["Remarque"] == f"retiré par {bearer}"
    assert table[4]["Pour"] == "Yasmina Benali"
    assert table[1]["Transporteur"] == "Chronopost"


def test_the_page_of_a_person_shows_theirs_only(lively: Scene, admin: FlaskClient) -> None:
    page = admin.get(f"/sites/borny/personnes/{lively.people[1]}/registre").text
    assert "1 entrée · 0 sortie" in page
    assert "/colis/i2" in page
    assert "/colis/i1" not in page
    table = rows(admin.get(f"/sites/borny/personnes/{lively.people[1]}/registre.csv").text)
    assert [row["Pour"] for row in table] == ["Nguyễn Thị Mai"]


def test_each_file_with_names_is_noted_with_who_took_it_and_whose_it_is(
    lively: Scene, admin: FlaskClient
) -> None:
    mai = lively.people[1]
    admin.get(f"{DAY}.csv")
    admin.get(f"/sites/borny/personnes/{mai}/registre.xlsx")
    admin.head(f"{DAY}.csv")
    with reading(lively.hub.engine) as connection:
        noted = connection.execute(select(audit).where(audit.c.action == "list_exported")).all()
    assert [(row.account, row.site, row.subject, row.detail) for row in noted] == [
        ("account-admin", "borny", None, "registre.csv"),
        ("account-admin", "borny", mai, "registre.xlsx"),
    ]


def test_another_day_shows_that_day_and_an_impossible_one_today(lively: Scene, admin: FlaskClient) -> None:
    assert "Rien n’est entré" in admin.get(f"{DAY}?jour=2026-01-01").text
    for odd in (
        "9999-99-99",
        "demain",
        "2999-01-01",
        "",
        "0001-01-01' OR 1=1",
        "0001-01-01",
        "0001-01-02",
        "9999-12-31",
    ):
        assert "4 entrées" in admin.get(f"{DAY}?jour={odd}").text


def test_a_spreadsheet_calculates_nothing_of_what_people_are_called(
    lively: Scene, admin: FlaskClient
) -> None:
    name = '=HYPERLINK("http://x";"y")'
    admin.post(
        f"/sites/borny/personnes/{lively.people[0]}", data={"name": name, "flat": "B12", "language": "fr"}
    )
    answer = admin.get(f"{DAY}.csv")
    assert answer.headers["Content-Type"].startswith("text/csv")
    assert "attachment" in answer.headers["Content-Disposition"]
    assert {row["Pour"] for row in rows(answer.text)} >= {f"'{name}"}


def test_what_left_late_counts_for_its_own_day(lively: Scene, admin: FlaskClient) -> None:
    lively.clock.advance(DAY_MS)
    lively.collect("i4", 2, 7)
    page = sign_in(lively.app.test_client(), ADMIN).get(DAY).text
    assert "0 entrée · 1 sortie" in page


def test_what_was_looked_for_in_vain_is_listed_with_what_to_do_when_it_turns_up(
    lively: Scene, admin: FlaskClient
) -> None:
    assert "Rien ne manque" in admin.get("/sites/borny/colis/perdus").text
    lively.told(
        m.ItemLost(item="i4", staff=lively.member, compartment=7),
        m.CompartmentChecked(compartment=9, usable=False, actor=lively.member, why="charnière tordue"),
        m.CompartmentChecked(compartment=11, usable=False, actor=lively.member),
    )
    page = admin.get("/sites/borny/colis/perdus").text
    assert "Arbër Krasniqi" in page
    assert "Recevez-le à la borne, comme un nouveau colis" in page
    assert "charnière tordue" in page
    assert "Aucune raison n’a été donnée" in page
    assert "introuvable" in admin.get("/colis/i4").text
    assert "cherché par SB et pas trouvé" in admin.get(DAY).text


def test_what_was_lost_is_found_again_once_its_label_is_taken_in_anew(
    lively: Scene, admin: FlaskClient
) -> None:
    lively.told(m.ItemLost(item="i4", staff=lively.member, compartment=7))
    assert "Un colis est introuvable" in admin.get("/").text
    assert "Recevez-le à la borne" in admin.get("/colis/i4").text
    lively.tick(60)
    anew = m.ParcelReceived(item="anew", person=lively.people[2], staff=lively.member, size="M", label="6Ai4")
    lively.said(anew)
    assert "Un colis est introuvable" not in admin.get("/").text
    assert "Rien ne manque" in admin.get("/sites/borny/colis/perdus").text
    page = admin.get("/colis/i4").text
    assert "Retrouvé." in page
    assert "/colis/anew" in page


@pytest.mark.parametrize(
    ("label", "pieces", "person", "found"),
    [
        ("6A12345678901", 1, 2, True),
        ("6A12345678901", 2, 2, False),  # its sibling comes a day later
        ("#0123456789abcdef", 1, 2, False),  # a square code that may be on every parcel of a shop
        ("#0123456789abcdef", 1, 3, True),
    ],
)
def test_a_lost_parcel_is_not_found_because_another_one_bears_its_label(
    lively: Scene, admin: FlaskClient, label: str, pieces: int, person: int, found: bool
) -> None:
    def comes(item: str, whose: int) -> m.ParcelReceived:
        who, staff = lively.people[whose], lively.member
        return m.ParcelReceived(item=item, person=who, staff=staff, size="M", label=label, pieces=pieces)

    lively.said(comes("gone", 3))
    lively.told(m.ItemLost(item="gone", staff=lively.member, compartment=7))
    lively.tick(60)
    lively.said(comes("anew", person))
    assert ("Un colis est introuvable" in admin.get("/").text) is not found
    assert ("Retrouvé." in admin.get("/colis/gone").text) is found


def test_strangers_and_other_sites_see_nothing(lively: Scene, admin: FlaskClient) -> None:
    lively.hub.site("paris")
    assert "Rien n’est entré" in admin.get("/sites/paris/colis/registre").text
    assert admin.get(f"/sites/paris/personnes/{lively.people[0]}/registre").status_code == 404
    for address in (DAY, f"{DAY}.csv", "/sites/borny/colis/perdus"):
        assert lively.app.test_client().get(address).status_code == 302


def test_on_reunion_hours_and_days_are_those_of_reunion(tmp_path: Path) -> None:
    """20:30 UTC is half past midnight there, of the next day."""
    scene = Scene(tmp_path, HubSettings(notify=NotifySettings(zone="Indian/Reunion")))
    try:
        scene.accounts()
        scene.connect()
        late = datetime(2026, 11, 18, 20, 30, tzinfo=UTC)
        scene.clock.advance(int(late.timestamp() * 1000) - scene.clock.wall_ms())
        scene.deposit("i1", 0, 3)
        client = sign_in(scene.app.test_client(), ADMIN)
        assert "1 entrée" in client.get(f"{DAY}?jour=2026-11-19").text
        assert "Rien n’est entré" in client.get(f"{DAY}?jour=2026-11-18").text
        assert "<time" in client.get(DAY).text, "today is the nineteenth"
        assert "00:30" in client.get("/sites/borny/colis").text
        [row] = rows(client.get(f"{DAY}.csv?jour=2026-11-19").text)
        assert "00:30" in "".join(row.values())
        closure = {
            "from_day": "2026-12-24",
            "from_hour": "9:00",
            "until_day": "2026-12-24",
            "until_hour": "17:00",
        }
        client.post("/sites/borny/horaires/fermetures", data=closure | {"why": "holiday", "text": ""})
        with reading(scene.hub.engine) as connection:
            [found] = connection.execute(select(closures.c.from_ms)).scalars()
        assert datetime.fromtimestamp(found / 1000, UTC).hour == 5, "UTC+4, winter and summer"
    finally:
        scene.close()
