"""gunicorn as the hub wants it: impatient, held up by nobody, and in the words of the house."""

import logging
import socket
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, Final

from gunicorn import util
from gunicorn.http.errors import (
    InvalidResponseHeader,
    InvalidResponseHeaderName,
    LimitRequestHeaders,
    LimitRequestLine,
    ParseException,
)
from gunicorn.workers.gthread import ThreadWorker

from hub.web.faults import unread

_OURS: Final = (InvalidResponseHeader, InvalidResponseHeaderName)

_LINGER_SECONDS: Final = 2.0
MOST_LINGERING: Final = 20
"""Of the threads that hub.__main__ gives the pages, 250 of which may be open pages (hub.web.live)."""
_lingering: Final = threading.BoundedSemaphore(MOST_LINGERING)

log = logging.getLogger("hub.web")


def be_impatient(listener: socket.socket, seconds: int, micros: int = 0) -> None:
    """Whoever begins a request and does not go on holds a thread no longer than that: accepted sockets take
    the option over, and gunicorn, which waits for ever, leaves it alone.
    """
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, struct.pack("ll", seconds, micros))


def let_go(sock: socket.socket, seconds: float) -> None:
    """End a connection that was answered: say so, give the other side so long to read and to end its own.

    Afterwards nothing more is heard of it, so that whoever closes the socket waits for nobody.
    """
    try:
        sock.shutdown(socket.SHUT_WR)
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            sock.settimeout(left)
            if not sock.recv(4096):
                break
    except OSError:  # silent for so long, or gone
        pass
    with suppress(OSError):
        sock.shutdown(socket.SHUT_RDWR)


@contextmanager
def patience() -> Iterator[float]:
    """For how many seconds somebody is waited for. Strangers by the hundred, who come again and again, are
    waited for no longer: threads are few.
    """
    waits = _lingering.acquire(blocking=False)
    try:
        yield _LINGER_SECONDS if waits else 0.0
    finally:
        if waits:
            _lingering.release()


class Worker(ThreadWorker):  # type: ignore[misc]
    """Speaks the language of the house where gunicorn would speak its own, and repeats nothing of what was
    sent: an address may be a secret, and a form that went astray has names in it.

    Waits for whoever does not hang up in the thread that answered them. gunicorn (27) does so in the one that
    hands out all requests: a few strangers who keep their connections open would hold up every page of the
    hub, for two seconds each.
    """

    def handle(self, conn: Any) -> Any:
        """Answer a request; what comes back is false where its connection is to be closed."""
        goes_on = super().handle(conn)
        if not goes_on:
            with patience() as seconds:
                let_go(conn.sock, seconds)
        return goes_on

    def handle_error(self, req: Any, client: socket.socket, addr: Any, exc: BaseException) -> None:
        """Answer what gunicorn could not read, or what broke beneath the pages."""
        status = refusal_of(exc)
        if status == 500:
            log.error("a request failed", exc_info=exc)
        else:
            log.warning("a request was refused", extra={"status": status, "why": type(exc).__name__})
        try:
            util.write_nonblock(client, unread(self.wsgi, status))
        except OSError:
            return  # whoever asked has gone


def refusal_of(exc: BaseException) -> int:
    """The status by which it is refused."""
    match exc:
        case LimitRequestLine():
            return 414
        case LimitRequestHeaders():
            return 431
        case ParseException() if not isinstance(exc, _OURS):
            return 400
        case _:
            return 500
