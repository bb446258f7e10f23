"""A server on the loopback that stands for somebody else's: real sockets, and every way to be slow."""

import ssl
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class HttpDouble:
    """Serves until closed; who inherits says what it answers. With `hangs` it reads, and answers once
    released; with `drips` its answer never ends. It speaks TLS where it is given its side of it."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self.hangs = self.drips = False
        self.released = threading.Event()
        double = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                double.asked(self)

            def do_POST(self) -> None:
                double.posted(self)

            def log_message(self, *args: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.scheme = "http"
        if tls is not None:
            self.scheme = "https"
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    @property
    def port(self) -> int:
        return self._server.server_port

    def asked(self, request: BaseHTTPRequestHandler) -> None:
        request.send_error(405)

    def posted(self, request: BaseHTTPRequestHandler) -> None:
        raise NotImplementedError

    def close(self) -> None:
        self.released.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
