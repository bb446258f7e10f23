"""One call of a webhook: the name is looked up once, and what it led to is what is connected to.

So nobody can name a public address to be let through and a private one to be called (DNS rebinding). No
redirect is followed, no proxy asked, no answer read but its status, and a call ends after `MOST_SECONDS`
however slowly the other end drips.
"""

import http.client
import socket
import ssl
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, Literal
from urllib.parse import urlsplit

from hub.core.webhooks import Why, is_public

Fault = Literal["https", "host", "credentials", "length"]

LONGEST_ADDRESS: Final = 500
CONNECT_SECONDS: Final = 5.0
MOST_SECONDS: Final = 15.0


@dataclass(frozen=True)
class Called:
    """What came of it: `why` is absent where it was taken."""

    status: int | None = None
    why: Why | None = None


class HookCaller:
    """Calls addresses that lead to where `may_call` says; `seconds` is how long a call may take, `tls` whom
    to trust (by default whom the machine does).
    """

    def __init__(
        self,
        may_call: Callable[[str], bool] = is_public,
        seconds: float = MOST_SECONDS,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._may_call, self._seconds = may_call, seconds
        self._tls = tls or ssl.create_default_context()

    def post(self, address: str, headers: Mapping[str, str], content: bytes) -> Called:
        """Send it. Never raises for what the other end does."""
        parts = urlsplit(address)
        host, is_tls = parts.hostname or "", parts.scheme == "https"
        port = parts.port or (443 if is_tls else 80)
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError):
            return Called(why="unknown_host")
        if not found or not all(self._may_call(str(one[4][0])) for one in found):
            return Called(why="private")
        try:
            line = socket.create_connection((str(found[0][4][0]), port), CONNECT_SECONDS)
        except OSError:
            return Called(why="unreachable")
        line.settimeout(self._seconds)
        try:
            over = self._wrapped(line, host) if is_tls else line
        except (OSError, ValueError):
            line.close()
            return Called(why="no_answer")
        with over:
            return self._talk(over, parts.netloc, _target(address), headers, content)

    def _wrapped(self, line: socket.socket, name: str) -> ssl.SSLSocket:
        """The line as TLS will have it, not a byte of which was said yet; `line` itself is detached."""
        return self._tls.wrap_socket(line, server_hostname=name, do_handshake_on_connect=False)

    def _talk(
        self, over: socket.socket, netloc: str, target: str, headers: Mapping[str, str], content: bytes
    ) -> Called:
        """Over a line that is up, until it is cut."""
        cut = threading.Timer(self._seconds, _cut, [over])
        cut.daemon = True
        cut.start()
        try:
            if isinstance(over, ssl.SSLSocket):
                over.do_handshake()
            asked = http.client.HTTPConnection(netloc)
            asked.sock = over
            asked.request("POST", target, content, {"Host": netloc, **headers})
            return _judged(asked.getresponse().status)
        except (OSError, http.client.HTTPException, ValueError):
            return Called(why="no_answer")
        finally:
            cut.cancel()


def _cut(line: socket.socket) -> None:
    """Whoever reads from it reads its end.

    The line itself is shut: TLS's own way drops its keys first, and what is written then goes out bare.
    """
    try:
        socket.socket.shutdown(line, socket.SHUT_RDWR)
    except OSError:
        return  # it ended by itself


def _target(address: str) -> str:
    parts = urlsplit(address)
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def _judged(status: int) -> Called:
    if 200 <= status < 300:
        return Called(status)
    if status == 410:
        return Called(status, "gone")
    if 300 <= status < 400:
        return Called(status, "moved")
    return Called(status, "refused" if status < 500 else "trouble")


def fault_of(address: str) -> Fault | None:
    """What is wrong with an address as it was typed."""
    if not 0 < len(address) <= LONGEST_ADDRESS or not address.isascii() or not address.isprintable():
        return "length"
    try:
        parts = urlsplit(address)
        _ = parts.port
    except ValueError:
        return "host"
    if parts.scheme != "https":
        return "https"
    if parts.username is not None or parts.password is not None:
        return "credentials"
    if not parts.hostname or " " in address or "\\" in address or parts.fragment:
        return "host"
    return None
