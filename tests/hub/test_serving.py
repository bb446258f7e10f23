"""What gunicorn could not read is answered by the house, and nothing of it is repeated."""

import logging
import socket
import threading
from collections.abc import Iterator
from http.client import HTTPResponse
from pathlib import Path
from unittest.mock import Mock

import pytest
from gunicorn.http.errors import (
    InvalidRequestLine,
    InvalidResponseHeader,
    LimitRequestHeaders,
    LimitRequestLine,
)
from gunicorn.workers.gthread import ThreadWorker

from hub import serving
from hub.config import HubSettings, MetricsSettings
from hub.serving import Worker
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


def test_of_strangers_who_do_not_hang_up_only_some_are_waited_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    waited: list[float] = []
    monkeypatch.setattr(serving, "let_go", lambda _sock, seconds: waited.append(seconds))
    monkeypatch.setattr(ThreadWorker, "handle", lambda _worker, _conn: False)
    monkeypatch.setattr(Worker, "_lingering", threading.BoundedSemaphore(1))
    worker = Worker.__new__(Worker)
    assert worker.handle(Mock()) is False
    with Worker._lingering:
        assert worker.handle(Mock()) is False
    assert worker.handle(Mock()) is False
    assert [seconds > 0 for seconds in waited] == [True, False, True]


def test_whoever_has_gone_needs_no_answer(scene: Scene) -> None:
    worker = Worker.__new__(Worker)
    worker.wsgi = scene.app
    ours, theirs = socket.socketpair()
    theirs.close()
    with ours:
        worker.handle_error(None, ours, ("203.0.113.7", 1), LimitRequestLine(9_000, 4_094))
