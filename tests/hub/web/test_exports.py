"""Every list as a file: whole, harmless, and noted where it names people."""

import csv
import io
import zipfile

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from hub.core.people_csv import PersonLine, read_list
from hub.store.database import reading, writing
from hub.store.people import add_people
from hub.store.tables import audit
from hub.web import exports
from hub.web.exports import OF_SITES, OF_THE_HOUSE
from tests.fakes.hub_scene import CONCIERGE, PEOPLE, SITE, Scene
from tests.hub.web.conftest import sign_in


def rows(answer_text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(answer_text.removeprefix("\ufeff"), newline=""), delimiter=";"))


def test_each_list_is_a_file_both_ways_with_a_row_for_each_thing(
    shared: Scene, shared_admin: FlaskClient
) -> None:
    shared.connect()
    shared.deposit("i1", 0, 3)
    paths = [f"/sites/{SITE}/exporter/{name}" for name in OF_SITES] + [f"/exporter/{n}" for n in OF_THE_HOUSE]
    counts = {}
    for path in paths:
        found = shared_admin.get(f"{path}.csv")
        assert found.mimetype == "text/csv"
        assert "attachment" in found.headers["Content-Disposition"]
        table = rows(found.text)
        assert all(len(row) == len(table[0]) > 2 for row in table), path
        counts[path.rpartition("/")[2]] = len(table) - 1
        if not path.endswith(("personnes", "commandes", "journal")):
            continue  # the same rows by the same way
        book = shared_admin.get(f"{path}.xlsx")
        with zipfile.ZipFile(io.BytesIO(book.data)) as opened:
            sheet = opened.read("xl/worksheets/sheet1.xml").decode()
        assert sheet.count("<row ") >= len(table), path
    assert counts["personnes"] >= len(PEOPLE)
    assert (counts["colis"], counts["equipe"], counts["appareils"]) == (1, 1, 2)


def test_the_list_of_people_can_be_read_in_again(shared: Scene, shared_admin: FlaskClient) -> None:
    content = shared_admin.get(f"/sites/{SITE}/exporter/personnes.csv").data
    report = read_list(content, set())
    read = {line.name: line for line in report.accepted}
    assert [read[line.name] for line in PEOPLE] == list(PEOPLE)


def test_a_formula_in_a_name_is_text_and_the_export_is_in_the_audit(
    shared: Scene, shared_admin: FlaskClient
) -> None:
    with writing(shared.hub.engine) as connection:
        before = connection.execute(select(func.max(audit.c.id))).scalar_one() or 0
        add_people(connection, SITE, [PersonLine('=HYPERLINK("http://x")', "A1")], shared.clock.wall_ms())
    table = rows(shared_admin.get(f"/sites/{SITE}/exporter/personnes.csv").text)
    assert [row[0] for row in table if "HYPERLINK" in row[0]] == ['\'=HYPERLINK("http://x")']
    with reading(shared.hub.engine) as connection:
        noted = connection.execute(select(audit).where(audit.c.id > before)).all()
    assert [(row.site, row.detail, row.account) for row in noted] == [
        (SITE, "personnes.csv", "account-admin")
    ]


def test_a_long_list_is_sent_piece_by_piece_and_whole(shared: Scene, shared_admin: FlaskClient) -> None:
    many = [PersonLine(f"Personne {number:04}", "A" * 30) for number in range(1_500)]
    with writing(shared.hub.engine) as connection:
        add_people(connection, SITE, many, shared.clock.wall_ms())
    answer = shared_admin.get(f"/sites/{SITE}/exporter/personnes.csv", buffered=False)
    pieces = list(answer.response)
    assert len(pieces) > 1
    table = rows(b"".join(pieces).decode())  # type: ignore[arg-type]
    assert {row[0] for row in table} >= {line.name for line in (*PEOPLE, *many)}


def test_a_list_that_is_too_long_says_so(
    shared: Scene, shared_admin: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exports, "MOST_LISTED", 3)
    table = rows(shared_admin.get(f"/sites/{SITE}/exporter/personnes.csv").text)
    assert len(table) == 1 + 3 + 1
    assert "3 premières lignes" in table[-1][0]


def test_what_is_of_the_whole_house_is_an_administrators(shared: Scene) -> None:
    concierge = sign_in(shared.app.test_client(), CONCIERGE)
    assert concierge.get("/exporter/journal.csv").status_code == 403
    assert concierge.get(f"/sites/{SITE}/exporter/colis.csv").status_code == 200
    assert concierge.get(f"/sites/{SITE}/exporter/autre.csv").status_code == 404
    assert concierge.get("/sites/ailleurs/exporter/colis.csv").status_code == 404


def test_each_list_leads_to_its_file(shared_admin: FlaskClient) -> None:
    for page in ("personnes", "colis", "commandes", "sacs", "equipe", "partenaires"):
        assert "exporter/" in shared_admin.get(f"/sites/{SITE}/{page}").text, page
