"""What every answer carries, whatever was asked; what is never repeated, whatever was typed."""

import io
import logging
import re
from collections.abc import Iterator
from html.parser import HTMLParser

import pytest
from flask import abort
from flask.testing import FlaskClient
from sqlalchemy import select

from hub.store.database import reading
from hub.store.tables import audit, incidents
from hub.web import today
from hub.web.sizes import FORM_BYTES, LIST_BYTES
from tests.fakes.hub_scene import SITE, Scene
from tests.hub.web.test_guard import addresses

NAME, CODE, SCRIPT = "Zanzibarova", "73918264", "<script>alert(7)</script>"


@pytest.fixture
def lively(scene: Scene) -> Scene:
    scene.connect()
    scene.deposit("i1", 0, 3)
    scene.jam("i1", 0, 3)
    return scene


# --- headers -----------------------------------------------------------------------------------


def test_every_answer_carries_its_guards_whoever_asks_for_whatever(lively: Scene, admin: FlaskClient) -> None:
    asked = [
        *addresses(lively),
        ("GET", "none", "/nowhere"),
        ("DELETE", "none", "/"),
        ("GET", "none", "/api/1/x"),
    ]
    for client in (admin, lively.app.test_client()):
        for method, endpoint, address in asked:
            answer = client.open(address, method=method, buffered=False)
            headers = answer.headers
            assert "default-src 'none'" in headers["Content-Security-Policy"], endpoint
            assert "'unsafe-inline'" not in headers["Content-Security-Policy"], endpoint
            assert headers["X-Content-Type-Options"] == "nosniff", endpoint
            assert headers["Referrer-Policy"] == "same-origin", endpoint
            assert headers["Cross-Origin-Opener-Policy"] == "same-origin", endpoint
            assert "camera=" in headers["Permissions-Policy"], endpoint
            assert endpoint in ("static", "look") or headers["Cache-Control"] == "no-store", endpoint
            assert answer.status_code < 500, (endpoint, answer.status_code)
            answer.close()


# --- errors ------------------------------------------------------------------------------------


WORDS = {
    400: ("demande est illisible", "cannot be read"),
    401: ("n’êtes plus connecté", "signed out"),
    403: ("ne pouvez pas", "may not do this"),
    404: ("n’existe pas", "does not exist"),
    405: ("ne se fait pas ainsi", "cannot be done this way"),
    409: ("plus rapide", "was faster"),
    413: ("trop long", "too long"),
    429: ("Trop d’essais", "Too many tries"),
    500: ("de notre côté", "on our side"),
    503: ("Trop de pages", "Too many pages"),
}


def test_an_error_is_a_page_that_says_what_to_do_now(
    admin: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    for language, column in (("fr", 0), ("en", 1)):
        admin.post("/langue", data={"language": language})
        for status, words in WORDS.items():
            monkeypatch.setattr(today, "render_template", lambda *_, status=status, **__: abort(status))
            answer = admin.get("/")
            assert answer.status_code == status
            assert words[column] in answer.text
            assert 'href="/"' in answer.text
            assert f'lang="{language}"' in answer.text


def test_what_breaks_is_told_to_nobody_but_the_log(
    admin: FlaskClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("SELECT secret FROM inside")

    monkeypatch.setattr(today, "render_template", broken)
    answer = admin.get("/")
    assert answer.status_code == 500
    assert not re.search("SELECT|Traceback|RuntimeError|\\.py", answer.text)
    assert "SELECT secret" in caplog.text


def test_what_breaks_is_logged_once_and_without_an_address_that_is_a_secret(
    admin: FlaskClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(**_: object) -> None:
        raise RuntimeError("inside")

    monkeypatch.setitem(admin.application.view_functions, "agendas.read", broken)
    assert admin.get("/agenda/nobody-may-read-this.ics").status_code == 500
    assert "nobody-may-read-this" not in caplog.text
    assert [record.getMessage() for record in caplog.records] == ["a page failed"]


def test_each_page_takes_no_more_than_it_needs(admin: FlaskClient) -> None:
    where = f"/sites/{SITE}/personnes"
    assert admin.post(f"{where}/ajouter", data={"name": "x" * FORM_BYTES}).status_code == 413
    enough = b"nom\n" + b"x" * FORM_BYTES
    assert admin.post(f"{where}/importer", data={"list": (io.BytesIO(enough), "l.csv")}).status_code != 413
    part = b'--part\r\nContent-Disposition: form-data; name="list"; filename="l.csv"\r\n\r\n'
    large = part + b"x" * LIST_BYTES + b"\r\n--part--\r\n"
    answer = admin.post(f"{where}/importer", data=large, content_type="multipart/form-data; boundary=part")
    assert answer.status_code == 413
    assert "1 Mo" in answer.text


# --- what is typed -----------------------------------------------------------------------------


class Forms(HTMLParser):
    """The forms of a page: method, address and fields with a value that may be sent."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, str, dict[str, str]]] = []
        self._select = ""

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attributes}
        if tag == "form":
            self.found.append((given.get("method", "get"), given.get("action", ""), {}))
        elif not self.found:
            return
        elif tag == "select":
            self._select = given.get("name", "")
        elif tag == "option":
            self.found[-1][2][self._select] = given.get("value", "")
        elif tag in ("input", "textarea", "button") and given.get("name"):
            self.found[-1][2][given["name"]] = self._value(tag, given)

    @staticmethod
    def _value(tag: str, given: dict[str, str]) -> str:
        if tag == "button" or given.get("type") in ("hidden", "radio", "checkbox", "date", "time"):
            return given.get("value", "")
        return CODE if given.get("inputmode") == "numeric" else f"{NAME} {CODE} {SCRIPT}"


def forms(client: FlaskClient, scene: Scene) -> Iterator[tuple[str, dict[str, str]]]:
    """Every form that somebody can find on the pages, filled in."""
    for method, endpoint, address in addresses(scene):
        if method != "GET" or endpoint.endswith("stream") or endpoint.startswith("partner."):
            continue
        answer = client.get(address.replace("/x", f"/{scene.people[0]}"), follow_redirects=False)
        if answer.status_code != 200 or answer.mimetype != "text/html":
            continue
        parser = Forms()
        parser.feed(answer.text)
        for way, action, fields in parser.found:
            if way.lower() == "post":
                yield action or address, fields


def test_what_is_typed_stands_in_no_log_no_address_and_no_audit(
    lively: Scene, admin: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    lively.app.logger.setLevel(logging.DEBUG)
    sent = 0
    for address, fields in forms(admin, lively):
        if "deconnexion" in address or "langue" in address:
            continue
        answer = admin.post(address, data=fields)
        assert answer.status_code < 500, address
        told = answer.headers.get("Location", "") + answer.headers.get("Content-Disposition", "")
        assert NAME not in told, address
        assert CODE not in told, address
        assert SCRIPT not in answer.text, address
        sent += any(NAME in value for value in fields.values())
    assert sent > 15
    with reading(lively.hub.engine) as connection:
        kept = [
            value
            for table in (audit, incidents)
            for row in connection.execute(select(table))
            for value in map(str, row)
        ]
    assert kept
    for secret in (NAME, CODE):
        assert [value for value in kept if secret in value] == []
        assert secret not in caplog.text
