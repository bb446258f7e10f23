"""The few addresses of the kiosk: the page, its live screen, what is posted."""

import re
import threading
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Final

from flask import Blueprint, Response, abort, request, send_from_directory
from werkzeug.exceptions import HTTPException

from contract.look import STATIC
from kiosk.core.events import PeopleFound
from kiosk.core.house_events import StockWanted
from kiosk.session import Session
from kiosk.web.actions import BadInputError, entered_of, event_of, query_of
from kiosk.web.render import Renderer

TRANSLATIONS: Final = Path(__file__).parent / "translations"
MOST_STREAMS: Final = 4
BEAT_SECONDS: Final = 5.0
_DONE: Final = ("", 200)
"""Not 204: waitress hangs up after an answer without a length, and each touch would connect anew."""
_LANGUAGE: Final = re.compile(r"[a-z]{2,3}\Z")
_PROMPT: Final = re.compile(r"[0-9a-f]{16}\Z")


def blueprint(session: Session, renderer: Renderer) -> Blueprint:
    """All addresses, around one conversation."""
    pages = Blueprint("kiosk", __name__)
    streams = threading.BoundedSemaphore(MOST_STREAMS)

    @pages.get("/")
    def page() -> str:
        return renderer.page(session.seen)

    @pages.get("/screen")
    def screen() -> str:
        return renderer.screen(session.seen)

    @pages.get("/live")
    def live() -> Response:
        if not streams.acquire(blocking=False):
            abort(503)
        response = Response(_stream(session, renderer), mimetype="text/event-stream")
        response.call_on_close(streams.release)
        return response

    @pages.post("/do/people")
    def people() -> tuple[str, int]:
        query = _checked(query_of)
        session.handle(PeopleFound(query, session.find_people(query)))
        return _DONE

    @pages.post("/do/stock")
    def stock() -> tuple[str, int]:
        session.handle(StockWanted(session.knows.returns_due))
        return _DONE

    @pages.post("/do/enter")
    def enter() -> tuple[str, int]:
        session.handle(session.entered(_checked(entered_of)))
        return _DONE

    @pages.post("/do/<action>")
    def do(action: str) -> tuple[str, int]:
        try:
            event = event_of(action, request.form, renderer.chosen, session.fresh_id)
        except BadInputError:
            abort(400)
        session.handle(event)
        return _DONE

    @pages.get("/voice/<language>/<prompt>")
    def sound(language: str, prompt: str) -> Response:
        found = renderer.voice.sound(language, prompt) if _is_prompt(language, prompt) else None
        if found is None:
            abort(404)
        return Response(found.read(), mimetype=found.media_type)

    @pages.get("/look/<path:name>")
    def look(name: str) -> Response:
        return send_from_directory(STATIC, name)

    @pages.app_errorhandler(HTTPException)
    def plainly(error: HTTPException) -> tuple[str, int, dict[str, str]]:
        """No page is shown for a fault: the screen stays as it is."""
        return f"{error.code} {error.name}\n", error.code or 500, {"Content-Type": "text/plain"}

    return pages


def _is_prompt(language: str, prompt: str) -> bool:
    return _LANGUAGE.match(language) is not None and _PROMPT.match(prompt) is not None


def _checked(field: Callable[[Mapping[str, str]], str]) -> str:
    try:
        return field(request.form)
    except BadInputError:
        abort(400)


def _stream(session: Session, renderer: Renderer) -> Iterator[str]:
    """The screen now, then at every change; a blank beat between, so that a gone browser is noticed."""
    revision = 0
    while not session.closed:
        seen = session.wait(revision, BEAT_SECONDS)
        if seen.revision == revision:
            yield ": still here\n\n"
            continue
        revision = seen.revision
        lines = renderer.screen(seen).splitlines()
        yield "".join(f"data: {line}\n" for line in lines if line.strip()) + "\n"
