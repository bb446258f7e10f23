"""Open pages hear at once what changed, by server-sent events.

One thread per process asks the database every 200 ms whether there is news, as long as any page is
open, and wakes the streams. What a stream sends is rendered once per kind of page, language, role, sites
and change, however many browsers look at it, and whose session still holds is asked for all of them at
once. Where drawing the pages takes long, news are looked for less often, so that the ingest, which
lives in the same process, keeps most of it. Beyond `MOST_STREAMS` a page is refused (503) and asks
again every few seconds instead.
"""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any, Final

from flask import Flask, Response, abort, current_app, stream_with_context

from hub.context import HubContext
from hub.store.database import reading
from hub.store.pages import news_mark
from hub.store.sessions import holding
from hub.web.guard import account, now_ms, session_key
from hub.web.language import chosen

MOST_STREAMS: Final = 250
POLL_SECONDS: Final = 0.2
SLOWEST_POLL_SECONDS: Final = 0.7
"""However long it takes to draw pages: a door's movement is to be seen within a second."""
REST: Final = 9
"""After news, nothing is looked for during so many times what it took to draw them."""
SESSIONS_SECONDS: Final = 0.5
"""So often it is asked whose session still holds, where there are no news."""
BEAT_SECONDS: Final = 5.0
"""A stream says something at least this often; the page takes 15 s of silence for a broken line."""
KEPT_BEATS: Final = 2
"""So many beats what was drawn is kept for whoever shows the same."""

_BEAT: Final = b"event: beat\ndata:\n\n"

Session = tuple[str, int]
"""Its key in the table, and since when its account may what it may (hub.web.guard.session_key)."""


class News:
    """Counts changes of the database and lets streams wait for the next one. Safe among threads."""

    def __init__(self, context: HubContext) -> None:
        self._engine, self._clock = context.engine, context.clock
        self._changed = threading.Condition()
        self._sessions: Counter[Session] = Counter()
        self._ended: set[Session] = set()
        self._thread: threading.Thread | None = None
        self._drawing = threading.Lock()
        self._fragments: dict[tuple[Any, ...], tuple[tuple[int, int], bytes]] = {}
        self._drawn_seconds = 0.0
        self._nobody = threading.Event()
        self._mark: Any = None
        self.number = 0

    @property
    def streams(self) -> int:
        """How many pages are open."""
        with self._changed:
            return self._sessions.total()

    @property
    def kept(self) -> int:
        """How many drawn parts are kept."""
        with self._drawing:
            return len(self._fragments)

    def enter(self, session: Session) -> bool:
        """Register a stream of a session; False when there are too many."""
        with self._changed:
            if self._sessions.total() >= MOST_STREAMS:
                return False
            self._sessions[session] += 1
            self._ended.discard(session)
            if self._thread is None:
                self._nobody.clear()
                self._thread = threading.Thread(target=self._watch, name="hub-news", daemon=True)
                self._thread.start()
            return True

    def leave(self, session: Session) -> None:
        """A stream ended; with the last one the watching ends."""
        with self._changed:
            self._sessions[session] -= 1
            self._sessions += Counter()  # keeps only those that have streams
            if not self._sessions:
                self._nobody.set()

    def holds(self, session: Session) -> bool:
        """Whether that session held when it was last looked at, and its account might what it may."""
        return session not in self._ended

    def look(self, *, who_left: bool = False) -> int:
        """Ask the database for news now; the number there is then. `who_left`: some sessions ended."""
        with reading(self._engine) as connection:
            mark = news_mark(connection)
        with self._changed:
            if who_left or mark != self._mark:
                self._mark = mark
                self.number += 1
                self._changed.notify_all()
            return self.number

    def after(self, number: int) -> int:
        """Wait until there is news after `number`, or a beat has passed; the present number."""
        with self._changed:
            self._changed.wait_for(lambda: self.number > number, BEAT_SECONDS)
            return self.number

    def event(self, key: str, render: Callable[[], str]) -> bytes:
        """What `render` gives, as an event ready to be sent: shared by the streams that show the same, in the
        same language, to people who may do and see the same.
        """
        slot = (key, chosen(), account().role, account().sites)
        beat = int(now_ms() / 1000 / BEAT_SECONDS)
        age = (self.number, beat)  # "20 s ago" grows old without news
        with self._drawing:
            kept = self._fragments.get(slot)
            if kept and kept[0] == age:
                return kept[1]
            began = time.perf_counter()
            event = _event(render())
            self._look_who_left()  # after it was drawn: nobody hears of what came after their session's end
            self._drawn_seconds += time.perf_counter() - began
            self._forget_before(beat - KEPT_BEATS)
            self._fragments[slot] = (age, event)
            return event

    def _forget_before(self, beat: int) -> None:
        """What is streamed is drawn anew with every beat: the rest is looked at by nobody any more."""
        self._fragments = {slot: kept for slot, kept in self._fragments.items() if kept[0][1] >= beat}

    def _watch(self) -> None:
        number, sessions_due = self.number, 0.0
        while True:
            if self._nobody.wait(self._pause()) and self._rests():
                return
            before, number = number, self.look()
            if number != before or time.monotonic() >= sessions_due:
                if self._look_who_left():
                    number = self.look(who_left=True)
                sessions_due = time.monotonic() + SESSIONS_SECONDS

    def _pause(self) -> float:
        """Until the next look: longer where the last news took long to draw."""
        with self._drawing:
            spent, self._drawn_seconds = self._drawn_seconds, 0.0
        return min(max(POLL_SECONDS, REST * spent), SLOWEST_POLL_SECONDS)

    def _look_who_left(self) -> bool:
        """Note sessions that ended; whether there are any."""
        with self._changed:
            every = set(self._sessions)
        with reading(self._engine) as connection:
            ended = every - holding(connection, [key for key, _ in every], self._clock.wall_ms())
        is_news = not ended <= self._ended
        self._ended = ended
        return is_news

    def _rests(self) -> bool:
        """End the thread unless a stream came meanwhile."""
        with self._changed:
            if self._sessions:
                self._nobody.clear()
                return False
            self._thread = None
            self._fragments.clear()
            return True


def install(app: Flask) -> None:
    """One `News` per application."""
    context: HubContext = app.extensions["hub"]
    app.extensions["hub_news"] = News(context)


def stream(key: str, render: Callable[[], str]) -> Response:
    """An endless answer: the page's live part whenever it reads differently, a beat otherwise."""
    news: News = current_app.extensions["hub_news"]
    session = session_key()
    if not news.enter(session):
        abort(503)
    answer = Response(stream_with_context(_events(news, session, key, render)), mimetype="text/event-stream")
    answer.headers["X-Accel-Buffering"] = "no"
    answer.call_on_close(_once(lambda: news.leave(session)))
    return answer


def _events(news: News, session: Session, key: str, render: Callable[[], str]) -> Iterator[bytes]:
    sent = b""
    number = news.look()  # or who opens the page right after a deed would be shown how it was before
    while True:
        event = news.event(key, render)
        if not news.holds(session):
            return
        yield event if event != sent else _BEAT
        sent = event
        number = news.after(number)


def _event(text: str) -> bytes:
    """Made once: two hundred streams that each encode a drawing hold megabytes while they send it."""
    lines = "".join(f"data: {line}\n" for line in text.splitlines() if line.strip())
    return f"{lines}\n".encode()


def _once(leave: Callable[[], None]) -> Callable[[], None]:
    done = threading.Event()

    def close() -> None:
        if not done.is_set():
            done.set()
            leave()

    return close
