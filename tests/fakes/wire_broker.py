"""A broker made of a bare socket: it knows just enough MQTT to refuse, to grant, and to talk nonsense."""

import queue
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Final, Literal

V311: Final = 4
V5: Final = 5
REFUSED_PROTOCOL: Final = b"\x20\x02\x00\x01"
"""CONNACK of MQTT 3.1.1 with return code 1: unacceptable protocol version."""


def publish(topic: bytes, payload: bytes, level: int) -> bytes:
    """A PUBLISH packet of QoS 0, at most 127 bytes long."""
    properties = b"\0" if level == V5 else b""
    rest = len(topic).to_bytes(2, "big") + topic + properties + payload
    return bytes([0x30, len(rest)]) + rest


class WireBroker:
    """Takes one connection after the other.

    `speaks` are the protocol levels it accepts; any other is refused by CONNACK or by hanging up.
    `says` gives what it sends after granting the subscriptions, by number of connection and level.
    """

    def __init__(
        self,
        speaks: tuple[int, ...] = (V311, V5),
        refusal: Literal["connack", "hang_up"] = "connack",
        says: Callable[[int, int], bytes] = lambda _number, _level: b"",
    ) -> None:
        self._speaks, self._refusal, self._says = speaks, refusal, says
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._thread = threading.Thread(target=self._serve, name="wire-broker", daemon=True)
        self._open: socket.socket | None = None
        self.port: int = self._listening.getsockname()[1]
        self.levels: queue.SimpleQueue[int] = queue.SimpleQueue()
        """The protocol level of every CONNECT."""

    def start(self) -> None:
        self._thread.start()

    def speak(self, *levels: int) -> None:
        """Be another version from the next connection on."""
        self._speaks = levels

    def hang_up(self) -> None:
        """Close the present connection."""
        if self._open is not None:
            with suppress(OSError):
                self._open.shutdown(socket.SHUT_RDWR)

    def stop(self) -> None:
        with suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        self.hang_up()
        self._thread.join(5)

    def _serve(self) -> None:
        for number in range(1_000_000):
            try:
                connection, _ = self._listening.accept()
            except OSError:
                return
            with connection, suppress(OSError, EOFError):
                self._open = connection
                self._converse(connection, number)

    def _converse(self, connection: socket.socket, number: int) -> None:
        level = _packet(connection)[6]
        self.levels.put(level)
        if level not in self._speaks:
            if self._refusal == "connack":
                connection.sendall(REFUSED_PROTOCOL)
            return
        properties = b"\0" if level == V5 else b""
        connection.sendall(bytes([0x20, 2 + len(properties), 0, 0]) + properties)
        asked = _packet(connection)
        granted = asked[:2] + properties + b"\1"
        connection.sendall(bytes([0x90, len(granted)]) + granted)
        connection.sendall(self._says(number, level))
        while connection.recv(4096):
            continue


def _packet(connection: socket.socket) -> bytes:
    """The next packet without its fixed header."""
    connection.recv(1)
    size = shift = 0
    while (byte := _exactly(connection, 1)[0]) & 0x80:
        size |= (byte & 0x7F) << shift
        shift += 7
    return _exactly(connection, size | byte << shift)


def _exactly(connection: socket.socket, size: int) -> bytes:
    found = b""
    while len(found) < size:
        if not (more := connection.recv(size - len(found))):
            raise EOFError
        found += more
    return found


@contextmanager
def wire_broker(
    speaks: tuple[int, ...] = (V311, V5),
    refusal: Literal["connack", "hang_up"] = "connack",
    says: Callable[[int, int], bytes] = lambda _number, _level: b"",
) -> Iterator[WireBroker]:
    """Run one for the length of the block."""
    broker = WireBroker(speaks, refusal, says)
    broker.start()
    try:
        yield broker
    finally:
        broker.stop()
