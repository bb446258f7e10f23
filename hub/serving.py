"""gunicorn's worker: the house's own pages for what never became a request, and its own words in the log."""

import logging
import socket
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

log = logging.getLogger("hub.web")


class Worker(ThreadWorker):  # type: ignore[misc]
    """Speaks the language of the house where gunicorn would speak its own, and repeats nothing of what was
    sent: an address may be a secret, and a form that went astray has names in it.
    """

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
