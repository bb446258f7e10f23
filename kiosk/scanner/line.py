"""A scanner on a serial port (RS-232, or USB set to "virtual COM"), or behind `socket://host:port`."""

import errno
import termios
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, Final

import serial

from contract.clock import Clock
from contract.scans import framer
from contract.scans.message import Dropped, Message
from contract.scans.triggers import WAKE_MS, Trigger, sift
from kiosk.scanner.source import (
    ScannerBusyError,
    ScannerError,
    ScannerForbiddenError,
    ScannerLostError,
    ScannerNotFoundError,
)

START_EVERY_MS: Final = 5_000
"""A scanner that waits for a command gives up after some seconds: it is told again."""

_MOST_BYTES: Final = 4096
_WRITE_SECONDS: Final = 1.0
_BROKEN: Final = (serial.SerialException, termios.error, OSError, ValueError, TypeError)


class SerialLine:
    """A `Source` on a port. Opening it raises ScannerError; it is ours alone, 8N1."""

    def __init__(self, url: str, baud: int, trigger: Trigger, clock: Clock) -> None:
        self._url, self._trigger, self._clock = url, trigger, clock
        self._framer = framer.start()
        self._rest = b""
        self._started_ms = 0
        self._pause = threading.Event()  # never set: a wait on it is nothing but a wait
        self._line = _open(url, baud)
        try:
            self._start()
        except ScannerError:
            self.close()
            raise

    def listen(self) -> tuple[Message | Dropped, ...]:
        """See `Source`."""
        data = self._read()
        ended = self._hear(data) if data else self._silence()
        if ended or self._clock.mono_ms() - self._started_ms >= START_EVERY_MS:
            self._start()
        return ended

    def close(self) -> None:
        """See `Source`."""
        with suppress(*_BROKEN):
            if self._trigger.stop:
                self._line.write(self._trigger.stop)
        with suppress(*_BROKEN):
            self._line.close()

    def _hear(self, data: bytes) -> tuple[Message | Dropped, ...]:
        ended, self._framer = framer.take_out(framer.add(self._framer, self._sifted(data)))
        return ended

    def _silence(self) -> tuple[Message | Dropped, ...]:
        """What looked like the beginning of a reply was text after all."""
        rest, self._rest = self._rest, b""
        whole, self._framer = framer.take_out(framer.add(self._framer, rest))
        last, self._framer = framer.time_out(self._framer)
        return (*whole, *last)

    def _sifted(self, data: bytes) -> bytes:
        """The codes' bytes without the scanner's replies; a reply that holds a code is acknowledged."""
        trigger = self._trigger
        if trigger.measure is None:
            return data
        sifted = sift(self._rest + data, trigger.measure)
        self._rest = sifted.rest
        codes = [code for reply in sifted.replies if (code := trigger.text_of(reply))]
        for _ in codes:
            self._write(trigger.acknowledge)
        return sifted.text + b"".join(b"\r" + code + b"\r" for code in codes)

    def _start(self) -> None:
        self._started_ms = self._clock.mono_ms()
        if self._trigger.wake:
            self._write(self._trigger.wake)
            self._pause.wait(WAKE_MS / 1000)
        self._write(self._trigger.start)

    def _read(self) -> bytes:
        with self._ours():
            first: bytes = self._line.read(1)
            rest: bytes = self._line.read(min(self._line.in_waiting, _MOST_BYTES)) if first else b""
            return first + rest

    def _write(self, data: bytes) -> None:
        if data:
            with self._ours():
                self._line.write(data)

    @contextmanager
    def _ours(self) -> Iterator[None]:
        try:
            yield
        except _BROKEN as error:
            raise ScannerLostError(
                f"the scanner at {self._url} is gone ({error}): check its plug and cable"
            ) from error


def _open(url: str, baud: int) -> Any:
    """The open pyserial object, without what was scanned before anybody listened."""
    try:
        line: Any = serial.serial_for_url(url, do_not_open=True)
        line.baudrate, line.timeout, line.write_timeout = baud, framer.SILENCE_MS / 1000, _WRITE_SECONDS
        if "://" not in url:
            line.exclusive = True
        line.open()
        line.reset_input_buffer()
    except _BROKEN as error:
        raise _cannot_open(url, error) from error
    return line


def _cannot_open(url: str, error: Exception) -> ScannerError:
    match getattr(error, "errno", None):
        case errno.EACCES | errno.EPERM:
            return ScannerForbiddenError(f"this user may not open {url}: add it to the group dialout")
        case errno.EAGAIN | errno.EBUSY:
            return ScannerBusyError(f"another program uses the scanner at {url}: stop it")
        case _:
            return ScannerNotFoundError(f"no scanner at {url} ({error}): check its name and its plug")
