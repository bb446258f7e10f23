"""A serial port, whatever it is made of: a device, `socket://host:port`, `rfc2217://host:port`.

Opening sends no byte. DTR and RTS are asked to rest low before the port opens; Linux itself raises
them for a moment inside open(2), which no program can prevent, so a board must not take its orders
from them (lock boards on RS-485 do not have them at all).
"""

import errno
import termios
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Protocol

import serial
from serial import rfc2217
from serial.tools import list_ports as list_ports_of

from locker_firmware_bridge.boards.errors import (
    BoardError,
    PortBusyError,
    PortForbiddenError,
    PortLostError,
    PortNotFoundError,
)

BY_ID = Path("/dev/serial/by-id")
_SLICE_SECONDS = 0.01
_WRITE_SECONDS = 1.0
_BROKEN = (serial.SerialException, termios.error, OSError, ValueError)


class Port(Protocol):
    """An open line. Every method raises PortLostError once the line is gone."""

    def write(self, frame: bytes) -> None:
        """Send these bytes and wait until they have left."""
        ...

    def read(self) -> bytes:
        """What is there; waits up to 10 ms for a first byte, so it may be empty."""
        ...

    def drop_input(self) -> None:
        """Forget whatever was received."""
        ...

    def close(self) -> None:
        """Give the line back; never raises."""
        ...


OpenPort = Callable[[str, int], Port]
"""From URL and baud to an open line; raises BoardError."""


def list_ports() -> list[str]:
    """The serial ports of this machine, by the names that stay when they are plugged in again."""
    lasting = sorted(str(path) for path in BY_ID.glob("*")) if BY_ID.is_dir() else []
    known = {str(Path(path).resolve()) for path in lasting}
    return lasting + sorted(each.device for each in list_ports_of.comports() if each.device not in known)


def open_port(url: str, baud: int, framing: str = "8N1") -> Port:
    """Open a line for ourselves alone. `framing` is data bits, parity and stop bits, as in manuals.

    Raises PortNotFoundError, PortBusyError, PortForbiddenError.
    """
    line: Any = None
    try:
        line = serial.serial_for_url(url, do_not_open=True)
        line.baudrate, line.timeout = baud, _SLICE_SECONDS
        if not isinstance(line, rfc2217.Serial):  # which knows none: its socket gives up by itself after 5 s
            line.write_timeout = _WRITE_SECONDS
        bits, parity, stops = tuple(framing)
        line.bytesize, line.parity, line.stopbits = int(bits), parity, int(stops)
        line.dtr = line.rts = False
        if "://" not in url:
            line.exclusive = True
        line.open()
    except _BROKEN as error:
        raise _cannot_open(url, error) from error
    if hasattr(line, "set_low_latency_mode"):
        with suppress(*_BROKEN):  # a wish: not every adapter knows it
            line.set_low_latency_mode(True)
    return SerialPort(url, line)


class SerialPort:
    """A `Port` on an open pyserial object; its many kinds of error become ours."""

    def __init__(self, url: str, line: Any) -> None:
        self._url = url
        self._line = line

    def write(self, frame: bytes) -> None:
        """See `Port`."""
        with self._ours():
            self._line.write(frame)
            self._line.flush()

    def read(self) -> bytes:
        """See `Port`."""
        with self._ours():
            first: bytes = self._line.read(1)
            rest: bytes = self._line.read(self._line.in_waiting) if first else b""
            return first + rest

    def drop_input(self) -> None:
        """See `Port`."""
        with self._ours():
            if isinstance(self._line, rfc2217.Serial):  # which asks the gateway, and waits 50 ms at least
                self._line.read(self._line.in_waiting)
            else:
                self._line.reset_input_buffer()

    def close(self) -> None:
        """See `Port`."""
        connection = getattr(self._line, "_socket", None)
        with suppress(*_BROKEN):
            self._line.close()
        if connection is not None:  # pyserial leaves it open where the gateway hung up first
            connection.close()

    @contextmanager
    def _ours(self) -> Iterator[None]:
        try:
            yield
        except _BROKEN as error:
            raise PortLostError(
                f"the port {self._url} is gone ({error}): check its plug and cable"
            ) from error


def _cannot_open(url: str, error: Exception) -> BoardError:
    number = getattr(error, "errno", None)
    match number:
        case errno.EACCES | errno.EPERM:
            return PortForbiddenError(f"this user may not open {url}: add it to the group dialout")
        case errno.EAGAIN | errno.EBUSY:
            return PortBusyError(f"another program uses {url}: stop it, then wait a second")
        case _:
            return PortNotFoundError(f"cannot open {url} ({error}): check its name, plug and power")
