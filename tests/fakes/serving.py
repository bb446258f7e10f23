"""Pages on a free port of the loopback, for a real browser, by the server that kiosks have."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from waitress import create_server  # type: ignore[import-untyped]

from tests.fakes.waiting import patiently

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication


@contextmanager
def serving(pages: "WSGIApplication", *, threads: int = 8) -> Iterator[str]:
    """Their address. `threads`: as many requests are answered at a time; a page that listens holds one. The
    browser has left, and whatever it listened to has ended, before this does.
    """
    server = create_server(pages, host="127.0.0.1", port=0, threads=threads)
    running = threading.Thread(target=server.run, name="pages", daemon=True)
    running.start()
    try:
        yield f"http://127.0.0.1:{server.effective_port}"
    finally:
        patiently(lambda: not server.active_channels)
        server.trigger.pull_trigger(server.close)  # by its own thread: not under its select
        running.join()
