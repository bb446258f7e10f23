"""Every list as a file: whole, harmless, and noted where it names people."""

import csv
import io
import zipfile

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from hub.core.people_csv import PersonLine, read_list
from hub.store.database import reading, writing
from hub.store.people import add_people
from hub.store.tables import audit
from hub.web.exports import OF_SITES, OF_THE_HOUSE
from tests.fakes.hub_scene import PEOPLE, SITE, Scene


def rows(answer_text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(answer_text.removeprefix("\ufeff"), newline=""), delimiter=";"))


def test_each_list_is_a_file_both_ways_with_a_row_for_each_thing(scene: Scene, admin: FlaskClient) -> None:
    scene.connect()
    scene.deposit("i1", 0, 3)
    paths = [f"/sites/{SITE}/exporter/{name}" for name in OF_SITES] + [f"/exporter/{n}" for n in OF_THE_HOUSE]
    counts = {}
    for path in paths:
        found = admin.get(f"{path}.csv")
        assert found.mimetype == "text/csv"
        assert "attachment" in found.headers["Content-Disposition"]
        table = rows(found.text)
        assert all(len(row) == len(table[0]) > 2 for row in table), path
        counts[path.rpartition("/")[2]] = len(table) - 1
        book = admin.get(f"{path}.xlsx")
        with zipfile.ZipFile(io.BytesIO(book.data)) as opened:
            sheet = opened.read("xl/worksheets/sheet1.xml").decode()
        assert sheet.count("<row ") >= len(table), path
    assert (counts["personnes"], counts["colis"], counts["equipe"], counts["appareils"]) == (5, 1, 1, 2)


def test_the_list_of_people_can_be_read_in_again(scene: Scene, admin: FlaskClient) -> None:
    content = admin.get(f"/sites/{SITE}/exporter/personnes.csv").data
    report = read_list(content, set())
    assert report.refused == ()
    assert {line.name: line for line in report.accepted} == {line.name: line for line in PEOPLE}


def test_a_formula_in_a_name_is_text_and_the_export_is_in_the_audit(scene: Scene, admin: FlaskClient) -> None:
    with writing(scene.hub.engine) as connection:
        add_people(connection, SITE, [PersonLine('=HYPERLINK("http://x")', "A1")], scene.clock.wall_ms())
    table = rows(admin.get(f"/sites/{SITE}/exporter/personnes.csv").text)
    assert [row[0] for row in table if "HYPERLINK" in row[0]] == ['\'=HYPERLINK("http://x")']
    with reading(scene.hub.engine) as connection:
        noted = connection.execute(select(audit).where(audit.c.action == "list_exported")).all()
    assert [(row.site, row.detail, row.account) for row in noted] == [
        (SITE, "personnes.csv", "account-admin")
    ]


def test_a_long_list_is_sent_piece_by_piece_and_whole(scene: Scene, admin: FlaskClient) -> None:
    many = [PersonLine(f"Personne {number:04}", "A" * 30) for number in range(1_500)]
    with writing(scene.hub.engine) as connection:
        add_people(connection, SITE, many, scene.clock.wall_ms())
    answer = admin.get(f"/sites/{SITE}/exporter/personnes.csv", buffered=False)
    pieces = list(answer.response)
    assert len(pieces) > 1
    table = rows(b"".join(pieces).decode())  # type: ignore[arg-type]
    assert len(table) == 1 + len(PEOPLE) + len(many)


def test_what_is_of_the_whole_house_is_an_administrators(concierge: FlaskClient) -> None:
    assert concierge.get("/exporter/journal.csv").status_code == 403
    assert concierge.get(f"/sites/{SITE}/exporter/colis.csv").status_code == 200
    assert concierge.get(f"/sites/{SITE}/exporter/autre.csv").status_code == 404
    assert concierge.get("/sites/ailleurs/exporter/colis.csv").status_code == 404


@pytest.mark.parametrize("page", ["personnes", "colis", "commandes", "sacs", "equipe", "partenaires"])
def test_each_list_leads_to_its_file(admin: FlaskClient, page: str) -> None:
    assert "exporter/" in admin.get(f"/sites/{SITE}/{page}").text
