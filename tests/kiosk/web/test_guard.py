"""Who may ask, what may be posted, and what every answer bears."""

import pytest

from contract import messages as m
from kiosk.core import screens as s
from tests.kiosk.web.conftest import ORIGIN, Pages

SAME = {"Origin": ORIGIN, "Sec-Fetch-Site": "same-origin"}


@pytest.mark.parametrize("path", ["/", "/screen", "/do/touch", "/nowhere", "/look/tokens.css"])
def test_every_answer_is_hardened(pages: Pages, path: str) -> None:
    with pages.client.get(path, base_url=ORIGIN) as answer:
        headers = answer.headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"


@pytest.mark.parametrize("path", ["/", "/screen"])
def test_nothing_of_a_person_is_cached(pages: Pages, path: str) -> None:
    assert pages.client.get(path, base_url=ORIGIN).headers["Cache-Control"] == "no-store"


def test_no_page_has_an_inline_script_or_style(pages: Pages) -> None:
    text = pages.client.get("/", base_url=ORIGIN).get_data(as_text=True)
    assert "<style" not in text
    assert " style=" not in text
    assert "<script>" not in text
    assert " onclick" not in text


@pytest.mark.parametrize("host", ["http://evil.example", "http://192.168.1.10:8460", "http://kiosk.local"])
def test_a_foreign_host_name_is_refused(pages: Pages, host: str) -> None:
    assert pages.client.get("/", base_url=host).status_code == 421


@pytest.mark.parametrize("host", ["http://127.0.0.1:8460", "http://localhost:1234", "http://[::1]:8460"])
def test_loopback_is_us(pages: Pages, host: str) -> None:
    assert pages.client.get("/", base_url=host).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:9999"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site", "Origin": ORIGIN},
        {"Sec-Fetch-Site": "none"},
    ],
)
def test_a_post_from_a_foreign_page_is_refused(pages: Pages, headers: dict[str, str]) -> None:
    answer = pages.client.post("/do/typing", base_url=ORIGIN, headers=headers)
    assert answer.status_code == 403
    assert pages.session.seen.state.screen == s.Start()


@pytest.mark.parametrize("headers", [SAME, {}])
def test_our_page_and_local_programs_may_post(pages: Pages, headers: dict[str, str]) -> None:
    assert pages.client.post("/do/typing", base_url=ORIGIN, headers=headers).status_code == 200
    assert pages.session.seen.state.screen == s.Typing()


@pytest.mark.parametrize(
    ("action", "fields"),
    [
        ("code", {}),
        ("code", {"digits": ""}),
        ("code", {"digits": "2748319a"}),
        ("code", {"digits": "٢٧٤٨٣١٩٠"}),
        ("code", {"digits": "1" * 13}),
        ("scan", {}),
        ("scan", {"text": "9" * 301}),
        ("show", {"value": "everything"}),
        ("speak", {"value": "../../etc"}),
        ("speak", {"value": "de"}),
        ("kept", {"value": "because"}),
        ("pin", {"number": "0", "pin": "1234"}),
        ("pin", {"number": "12", "pin": "123"}),
        ("pin", {"number": "x", "pin": "1234"}),
        ("size", {"value": "XXL"}),
        ("person", {"value": "p" * 65}),
        ("people", {"query": "q" * 61}),
        ("dance", {}),
    ],
)
def test_what_no_page_of_ours_posts_is_refused_and_changes_nothing(
    pages: Pages, action: str, fields: dict[str, str]
) -> None:
    before = pages.session.seen.state
    assert pages.post(action, **fields) == 400
    assert pages.session.seen.state == before


def test_a_refusal_does_not_repeat_what_was_posted(pages: Pages) -> None:
    answer = pages.client.post("/do/code", base_url=ORIGIN, data={"digits": "27483x90"})
    assert "27483" not in answer.get_data(as_text=True)


def test_a_huge_post_is_refused(pages: Pages) -> None:
    assert pages.post("scan", text="9" * 10_000) == 413


def test_control_characters_in_a_scan_are_refused_and_recorded_without_text(pages: Pages) -> None:
    assert pages.post("scan", text="SECRET\x1d42") == 200
    fact = repr(pages.facts.kept[0])
    assert "control" in fact
    assert "SECRET" not in fact


def test_characters_that_were_none_are_refused_as_such(pages: Pages) -> None:
    assert pages.post("scan", text="AB\ufffd42") == 200
    assert pages.facts.kept == [m.ScanRefused(why="encoding", length=5)]


@pytest.mark.parametrize(
    "path", ["/look/../../messages.py", "/look/%2e%2e/__init__.py", "/own/../__init__.py"]
)
def test_only_what_lies_in_the_folders_is_served(pages: Pages, path: str) -> None:
    assert pages.client.get(path, base_url=ORIGIN).status_code == 404


@pytest.mark.parametrize("path", ["/do/touch", "/do/code?digits=27483190"])
def test_actions_are_posts(pages: Pages, path: str) -> None:
    assert pages.client.get(path, base_url=ORIGIN).status_code == 405
