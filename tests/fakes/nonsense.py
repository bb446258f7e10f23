"""Bytes no browser would send, for a server that listens on a port."""

import random
import socket

SECONDS = 30.0
REFUSALS = (b"302", b"400", b"401", b"404", b"405", b"413", b"414", b"431", b"501")
GOOD = b"GET /connexion HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
_POST = b"POST /connexion HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n"
NONSENSE = {
    "noise": random.Random(7).randbytes(4_000),
    "no request": b"\r\n\r\n\r\n\r\n",
    "TLS on a plain port": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(64),
    "MQTT": b"\x10\x1a\x00\x04MQTT\x04\x02\x00\x3c\x00\x0eclient-of-mqtt",
    "a line without an end": b"GET /" + b"a" * 70_000,
    "a header without an end": b"GET / HTTP/1.1\r\nX: " + b"a" * 70_000 + b"\r\n\r\n",
    "a thousand headers": b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 1_000 + b"\r\n",
    "two lengths": _POST + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
    "a length and chunks": _POST + b"Content-Length: 5\r\n"
    b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /metrics HTTP/1.1\r\n\r\n",
    "a negative length": _POST + b"Content-Length: -1\r\n\r\n",
    "chunks that are none": _POST + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n",
    "a strange host": b"GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n",
    "an address of elsewhere": b"GET http://evil.example/ HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
    "up and out": b"GET /look/../../../etc/passwd HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
    "up and out, hidden": b"GET /look/%2e%2e/%2e%2e/etc/passwd%00 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
    "a method of its own": b"OPEN /sites/borny/casiers/1 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
    "a path that is no text": b"GET /\xff\xfe\x00 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
}


def said(port: int, content: bytes) -> bytes:
    """All that comes back until the line is closed; we close our side first."""
    with socket.create_connection(("127.0.0.1", port), SECONDS) as line:
        try:
            line.sendall(content)
            line.shutdown(socket.SHUT_WR)
            return b"".join(iter(lambda: line.recv(65_536), b""))
        except (ConnectionResetError, BrokenPipeError):
            return b""


def refuses_nonsense(port: int) -> None:
    """Each is refused or left, and the next one is served."""
    for name, content in NONSENSE.items():
        answer = said(port, content)
        assert not answer or answer[9:12] in REFUSALS, (name, answer[:80])
        assert answer.count(b"HTTP/1.1 ") <= 1, (name, "one request, one answer")
        assert b"Traceback" not in answer, name
        assert b"root:" not in answer, name
    assert b"HTTP/1.1 302" in said(port, GOOD), "a new hub asks for its first account"
