"""Open pages hear at once what changed, by server-sent events.

One thread per process asks the database every 200 ms whether there is news, as long as any page is
open, and wakes the streams. What a stream sends is rendered once per kind of page, language and
change, however many browsers look at it. Beyond `MOST_STREAMS` a page is refused (503) and asks
again every few seconds instead.
"""

import threading
from collections.abc import Callable, Iterator
from typing import Any, Final

from flask import Flask, Response, abort, current_app, stream_with_context

from hub.context import HubContext
from hub.store.database import Engine, reading
from hub.store.pages import news_mark
from hub.web.guard import now_ms, still_in
from hub.web.language import chosen

MOST_STREAMS: Final = 100
POLL_SECONDS: Final = 0.2
BEAT_SECONDS: Final = 5.0
"""A stream says something at least this often; the page takes 15 s of silence for a broken line."""


class News:
    """Counts changes of the database and lets streams wait for the next one. Safe among threads."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._changed = threading.Condition()
        self._streams = 0
        self._thread: threading.Thread | None = None
        self._fragments: dict[tuple[str, str], tuple[tuple[int, int], str]] = {}
        self._nobody = threading.Event()
        self.number = 0

    @property
    def streams(self) -> int:
        """How many pages are open."""
        return self._streams

    def enter(self) -> bool:
        """Register a stream; False when there are too many."""
        with self._changed:
            if self._streams >= MOST_STREAMS:
                return False
            self._streams += 1
            if self._thread is None:
                self._nobody.clear()
                self._thread = threading.Thread(target=self._watch, name="hub-news", daemon=True)
                self._thread.start()
            return True

    def leave(self) -> None:
        """A stream ended; with the last one the watching ends."""
        with self._changed:
            self._streams -= 1
            if self._streams == 0:
                self._nobody.set()

    def after(self, number: int) -> int:
        """Wait until there is news after `number`, or a beat has passed; the present number."""
        with self._changed:
            self._changed.wait_for(lambda: self.number > number, BEAT_SECONDS)
            return self.number

    def fragment(self, key: str, render: Callable[[], str]) -> str:
        """What `render` gives, shared among the streams that show the same in the same language."""
        slot = (key, chosen())
        age = (self.number, int(now_ms() / 1000 / BEAT_SECONDS))  # "20 s ago" grows old without news
        kept = self._fragments.get(slot)
        if kept and kept[0] == age:
            return kept[1]
        text = render()
        self._fragments[slot] = (age, text)
        return text

    def _watch(self) -> None:
        mark: Any = None
        while True:
            if self._nobody.wait(POLL_SECONDS) and self._rests():
                return
            fresh = self._mark()
            if fresh != mark:
                mark = fresh
                with self._changed:
                    self.number += 1
                    self._changed.notify_all()

    def _rests(self) -> bool:
        """End the thread unless a stream came meanwhile."""
        with self._changed:
            if self._streams:
                self._nobody.clear()
                return False
            self._thread = None
            self._fragments.clear()
            return True

    def _mark(self) -> Any:
        with reading(self._engine) as connection:
            return news_mark(connection)


def install(app: Flask) -> None:
    """One `News` per application."""
    context: HubContext = app.extensions["hub"]
    app.extensions["hub_news"] = News(context.engine)


def stream(key: str, render: Callable[[], str]) -> Response:
    """An endless answer: the page's live part whenever it reads differently, a beat otherwise."""
    news: News = current_app.extensions["hub_news"]
    if not news.enter():
        abort(503)
    answer = Response(stream_with_context(_events(news, key, render)), mimetype="text/event-stream")
    answer.headers["X-Accel-Buffering"] = "no"
    answer.call_on_close(_once(news.leave))
    return answer


def _events(news: News, key: str, render: Callable[[], str]) -> Iterator[str]:
    sent = ""
    number = news.number
    while still_in():
        text = news.fragment(key, render)
        yield _event(text) if text != sent else "event: beat\ndata:\n\n"
        sent = text
        number = news.after(number)


def _event(text: str) -> str:
    return "".join(f"data: {line}\n" for line in text.splitlines() if line.strip()) + "\n"


def _once(leave: Callable[[], None]) -> Callable[[], None]:
    done = threading.Event()

    def close() -> None:
        if not done.is_set():
            done.set()
            leave()

    return close
