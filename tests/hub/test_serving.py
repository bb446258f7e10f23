"""What gunicorn could not read is answered by the house, and nothing of it is repeated."""

import logging
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from http.client import HTTPResponse
from pathlib import Path

import pytest
from gunicorn.http.errors import (
    InvalidRequestLine,
    InvalidResponseHeader,
    LimitRequestHeaders,
    LimitRequestLine,
)

from hub.config import HubSettings, MetricsSettings
from hub.serving import MOST_LINGERING, Worker, patience
from tests.fakes.hub_scene import Scene

SECRET = "Zanzibarova-73918264"


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    """A hub that counts how long requests take, too: what never became one has no beginning."""
    scene = Scene(tmp_path, HubSettings(metrics=MetricsSettings("t" * 32)))
    yield scene
    scene.close()


def answered(scene: Scene, error: Exception) -> tuple[HTTPResponse, str]:
    """What comes over the line when gunicorn stumbles."""
    worker = Worker.__new__(Worker)
    worker.wsgi = scene.app
    ours, theirs = socket.socketpair()
    with ours, theirs:
        worker.handle_error(None, ours, ("203.0.113.7", 1), error)
        answer = HTTPResponse(theirs)
        answer.begin()
        return answer, answer.read().decode()


@pytest.mark.parametrize(
    ("error", "status", "words"),
    [
        (LimitRequestLine(9_000, 4_094), 414, "Cette adresse est trop longue"),
        (LimitRequestHeaders("limit request headers fields size"), 431, "Votre navigateur envoie trop"),
        (InvalidRequestLine(f"GET /agenda/{SECRET}.ics and more"), 400, "demande est illisible"),
        (InvalidResponseHeader(SECRET), 500, "de notre côté"),
        (ValueError(SECRET), 500, "de notre côté"),
    ],
)
def test_what_is_no_request_is_answered_in_the_words_and_with_the_headers_of_the_house(
    scene: Scene, caplog: pytest.LogCaptureFixture, error: Exception, status: int, words: str
) -> None:
    answer, page = answered(scene, error)
    assert (answer.status, answer.headers["Connection"]) == (status, "close")
    assert words in page
    assert '<html lang="fr">' in page
    assert 'href="/"' in page
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"
    assert SECRET not in page
    [record] = caplog.records
    assert record.levelno == (logging.ERROR if status == 500 else logging.WARNING)
    if status != 500:
        assert SECRET not in caplog.text


def test_of_strangers_who_do_not_hang_up_only_so_many_are_waited_for() -> None:
    with ExitStack() as held:
        assert all(held.enter_context(patience()) > 0 for _ in range(MOST_LINGERING))
        with patience() as seconds:
            assert seconds == 0.0
    with patience() as seconds:
        assert seconds > 0


def test_whoever_has_gone_needs_no_answer(scene: Scene) -> None:
    worker = Worker.__new__(Worker)
    worker.wsgi = scene.app
    ours, theirs = socket.socketpair()
    theirs.close()
    with ours:
        worker.handle_error(None, ours, ("203.0.113.7", 1), LimitRequestLine(9_000, 4_094))
