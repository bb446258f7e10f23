"""A serial gateway that speaks RFC 2217: pyserial's own server end, on the loopback, before a device."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import serial
from serial.rfc2217 import PortManager


class _WithoutModemLines(serial.Serial):  # type: ignore[misc]  # pyserial says no types
    """A pseudo-terminal has none, and its kernel refuses to be asked."""

    cts = dsr = ri = cd = False

    def _update_dtr_state(self) -> None:
        pass

    def _update_rts_state(self) -> None:
        pass


class _ToClient:
    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection

    def write(self, data: bytes) -> None:
        with suppress(OSError):
            self._connection.sendall(data)


class Rfc2217Gateway:
    """One client at a time; `url` is what a bus opens, `line` the serial port the client sets."""

    def __init__(self, device: str) -> None:
        self.line: Any = _WithoutModemLines(device, timeout=0.02)
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"rfc2217://127.0.0.1:{self._listening.getsockname()[1]}"
        self._connection: socket.socket | None = None
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def hang_up(self) -> None:
        """Leave the client, and be there for no other."""
        for each in (self._listening, self._connection):
            if each is not None:
                with suppress(OSError):
                    each.shutdown(socket.SHUT_RDWR)
                each.close()
        self._thread.join()

    def _serve(self) -> None:
        with suppress(OSError):  # hung up
            while True:
                self._connection, _ = self._listening.accept()
                with self._connection:
                    self._talk(self._connection)

    def _talk(self, connection: socket.socket) -> None:
        manager = PortManager(self.line, _ToClient(connection))
        over = threading.Event()

        def to_client() -> None:
            while not over.is_set():
                heard = self.line.read(self.line.in_waiting or 1)
                with suppress(OSError):
                    connection.sendall(b"".join(manager.escape(heard)))

        thread = threading.Thread(target=to_client, daemon=True)
        thread.start()
        try:
            while received := connection.recv(1024):
                self.line.write(b"".join(manager.filter(received)))
        finally:
            over.set()
            thread.join()


@contextmanager
def rfc2217_gateway(device: str) -> Iterator[Rfc2217Gateway]:
    """Serve `device`, a path, while the block runs."""
    gateway = Rfc2217Gateway(device)
    try:
        yield gateway
    finally:
        gateway.hang_up()
        gateway.line.close()
