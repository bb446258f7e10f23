"""The wire between a client and the simulated boards: a pseudo-terminal or a network gateway.

`Tuned` makes of it one that is only understood at its own speed, `Paced` one whose bytes take their time.
"""

import contextlib
import os
import pty
import random
import re
import socket
import termios
import tty
from collections.abc import Callable
from typing import Final, Protocol

from locker_firmware_bridge.boards.simulated.reactor import Reactor, mono_ms

Heard = Callable[[bytes], None]

_READ_BYTES = 4096
_BITS_A_BYTE = 10
"""8N1: a start bit, eight of data, a stop bit."""
_SPEEDS: Final = {
    getattr(termios, name): int(name[1:]) for name in dir(termios) if re.fullmatch(r"B\d+", name)
}


class Line(Protocol):
    """What the boards hang on."""

    @property
    def address(self) -> str:
        """What a port's driver opens."""
        ...

    def listen(self, heard: Heard) -> None:
        """Hand over whatever clients say from now on."""
        ...

    def say(self, data: bytes) -> None:
        """Put bytes on the line; nobody reading them, they are lost as on a real one."""
        ...


class Pty:
    """A pseudo-terminal."""

    def __init__(self, reactor: Reactor) -> None:
        self._reactor = reactor
        self._master, self._slave = pty.openpty()
        tty.setraw(self._slave)  # kept open: a client that hangs up must not end the line
        os.set_blocking(self._master, False)

    @property
    def address(self) -> str:
        """The path of the device."""
        return os.ttyname(self._slave)

    @property
    def speed(self) -> int | None:
        """What the client has set, in baud; None: nothing a board knows."""
        _, _, _, _, _, speed, _ = termios.tcgetattr(self._slave)
        return _SPEEDS.get(speed)

    def listen(self, heard: Heard) -> None:
        """See `Line`."""

        def hear() -> None:
            with contextlib.suppress(BlockingIOError):
                heard(os.read(self._master, _READ_BYTES))

        self._reactor.watch(self._master, hear)

    def say(self, data: bytes) -> None:
        """See `Line`."""
        with contextlib.suppress(BlockingIOError):
            os.write(self._master, data)


class Gateway:
    """A serial line behind a TCP port of this machine, as a KR-BU is; who comes last has it."""

    def __init__(self, reactor: Reactor, host: str, port: int) -> None:
        self._reactor, self._host = reactor, host
        self._listener = socket.create_server((host, port))
        self._client: socket.socket | None = None

    @property
    def address(self) -> str:
        """`socket://host:port`."""
        return f"socket://{self._host}:{self._listener.getsockname()[1]}"

    def listen(self, heard: Heard) -> None:
        """See `Line`."""
        self._reactor.watch(self._listener, lambda: self._accept(heard))

    def say(self, data: bytes) -> None:
        """See `Line`."""
        with contextlib.suppress(OSError):
            if self._client is not None:
                self._client.send(data)

    def _accept(self, heard: Heard) -> None:
        self._hang_up(self._client)
        client, _ = self._listener.accept()
        client.setblocking(False)
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._client = client
        self._reactor.watch(client, lambda: self._hear(client, heard))

    def _hear(self, client: socket.socket, heard: Heard) -> None:
        received = b""
        with contextlib.suppress(OSError):
            received = client.recv(_READ_BYTES)
        if received:
            heard(received)
        else:
            self._hang_up(client)

    def _hang_up(self, client: socket.socket | None) -> None:
        if client is not None and client is self._client:
            self._client = None
            self._reactor.unwatch(client)
            client.close()


class Tuned:
    """A pseudo-terminal whose boards know one speed: at another both ends hear only garbage.

    The garbage is the same for the same speed.
    """

    def __init__(self, line: Pty, baud: int) -> None:
        self._line, self._baud = line, baud
        self._chance = random.Random(baud)  # noqa: S311 - noise, no secret

    @property
    def address(self) -> str:
        """See `Line`."""
        return self._line.address

    def listen(self, heard: Heard) -> None:
        """See `Line`."""
        self._line.listen(lambda data: heard(self._as_heard(data)))

    def say(self, data: bytes) -> None:
        """See `Line`."""
        self._line.say(self._as_heard(data))

    def _as_heard(self, data: bytes) -> bytes:
        return data if self._line.speed == self._baud else self._chance.randbytes(len(data))


class Paced:
    """A line on which a byte takes its ten bits, either way: none arrives before it could have."""

    def __init__(self, line: Line, reactor: Reactor, baud: int) -> None:
        self._line, self._reactor = line, reactor
        self._byte_ms = 1000 * _BITS_A_BYTE / baud
        self._in_free_ms = self._out_free_ms = 0.0

    @property
    def address(self) -> str:
        """See `Line`."""
        return self._line.address

    def listen(self, heard: Heard) -> None:
        """See `Line`."""

        def arrive(data: bytes) -> None:
            self._in_free_ms = max(mono_ms(), self._in_free_ms) + len(data) * self._byte_ms
            self._reactor.at(self._in_free_ms, lambda: heard(data))

        self._line.listen(arrive)

    def say(self, data: bytes) -> None:
        """See `Line`."""
        for byte in data:
            self._out_free_ms = max(mono_ms(), self._out_free_ms) + self._byte_ms
            self._reactor.at(self._out_free_ms, self._sayer(byte))

    def _sayer(self, byte: int) -> Callable[[], None]:
        return lambda: self._line.say(bytes((byte,)))
