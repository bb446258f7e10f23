"""The line: passes everything, breaks like a real one, and comes back."""

import socket
import threading
from collections.abc import Iterator

import pytest

from contract.clock import SystemClock
from tests.fakes.line import Line, line_to

PATIENCE_SECONDS = 30.0


class Echo:
    """A server that says back what it hears."""

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._echo, args=(connection,), daemon=True).start()

    def _echo(self, connection: socket.socket) -> None:
        with connection:
            try:
                while piece := connection.recv(65536):
                    connection.sendall(piece)
            except ConnectionError:
                return

    def close(self) -> None:
        if self._listener.fileno() >= 0:
            self._listener.shutdown(socket.SHUT_RDWR)
            self._listener.close()


@pytest.fixture
def echo() -> Iterator[Echo]:
    server = Echo()
    yield server
    server.close()


@pytest.fixture
def line(echo: Echo) -> Iterator[Line]:
    with line_to(echo.port) as started:
        yield started


def dial(line: Line) -> socket.socket:
    return socket.create_connection(("127.0.0.1", line.port), timeout=PATIENCE_SECONDS)


def said_back(connection: socket.socket, words: bytes) -> bytes:
    connection.sendall(words)
    heard = b""
    while len(heard) < len(words) and (piece := connection.recv(65536)):
        heard += piece
    return heard


def test_everything_passes_both_ways_unchanged(line: Line) -> None:
    words = bytes(range(256)) * 200
    with dial(line) as one, dial(line) as two:
        assert said_back(one, words) == words
        assert said_back(two, words[::-1]) == words[::-1]


def test_a_goodbye_passes_too(line: Line) -> None:
    with dial(line) as connection:
        connection.shutdown(socket.SHUT_WR)
        assert connection.recv(1) == b""


def test_cutting_resets_what_lives_and_refuses_what_comes(line: Line) -> None:
    with dial(line) as connection:
        said_back(connection, b"before")
        line.cut()
        with pytest.raises(ConnectionResetError):
            connection.recv(1)
    assert not line.is_joined
    with pytest.raises(ConnectionRefusedError):
        dial(line)


def test_joining_lets_new_connections_through_on_the_same_port(line: Line) -> None:
    port = line.port
    for _ in range(3):
        line.cut()
        line.join()
        assert line.is_joined
        assert line.port == port
        with dial(line) as connection:
            assert said_back(connection, b"again") == b"again"


def test_cutting_twice_and_joining_twice_is_harmless(line: Line) -> None:
    line.cut()
    line.cut()
    line.join()
    line.join()
    with dial(line) as connection:
        assert said_back(connection, b"here") == b"here"


def test_a_swallowing_line_accepts_and_stays_silent_until_it_is_joined(line: Line) -> None:
    with dial(line) as old:
        said_back(old, b"before")
        line.cut("swallow")
        with dial(line) as new:
            for connection in (old, new):
                connection.sendall(b"anybody?")
                connection.settimeout(0.05)
                with pytest.raises(TimeoutError):
                    connection.recv(1)
            line.join()
            for connection in (old, new):
                connection.settimeout(PATIENCE_SECONDS)
                with pytest.raises(ConnectionResetError):
                    connection.recv(1)


def test_a_slow_line_takes_its_time_each_way(line: Line) -> None:
    line.delay_ms = 40
    clock = SystemClock()
    with dial(line) as connection:
        before_ms = clock.mono_ms()
        assert said_back(connection, b"slow") == b"slow"
        assert clock.mono_ms() - before_ms >= 79


def test_nobody_at_the_far_end_is_a_hang_up(echo: Echo) -> None:
    echo.close()
    with line_to(echo.port) as line, dial(line) as connection:
        assert connection.recv(1) == b""
