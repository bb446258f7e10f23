"""A scanner that is a keyboard (HID), read as a device and grabbed, so that it types nowhere else.

Two things of Linux's input interface are all that is needed, and are written out here: `struct
input_event` (linux/input.h), two longs of time, then type, code and value; and the ioctl EVIOCGRAB.
"""

import errno
import fcntl
import os
import select
import struct
from collections.abc import Callable
from contextlib import suppress
from typing import Final

from contract.scans import keys
from contract.scans.keyboards import Layout
from contract.scans.message import Dropped, Message
from kiosk.scanner.source import (
    ScannerBusyError,
    ScannerError,
    ScannerForbiddenError,
    ScannerLostError,
    ScannerNotFoundError,
)

EVENT: Final = struct.Struct("@llHHi")
"""Seconds, microseconds, type, code, value; 24 bytes on a 64-bit machine, 16 on a 32-bit one."""
EV_SYN, EV_KEY, SYN_DROPPED = 0, 1, 3

_EVIOCGRAB: Final = 0x40044590  # _IOW('E', 0x90, int)
_MOST_EVENTS: Final = 64

OpenDevice = Callable[[str], int]
"""From a path to an open, grabbed file descriptor that does not block; raises OSError."""


def open_grabbed(path: str) -> int:
    """Open a device for ourselves alone. OSError: absent, forbidden, or grabbed by another program."""
    device = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        fcntl.ioctl(device, _EVIOCGRAB, 1)
    except OSError:
        os.close(device)
        raise
    return device


class KeyboardDevice:
    """A `Source` on an input device. Opening it raises ScannerError; closing it ends the grab."""

    def __init__(self, path: str, layout: Layout, open_device: OpenDevice = open_grabbed) -> None:
        self._path = path
        self._keys = keys.start(layout)
        self._rest = b""
        try:
            self._device = open_device(path)
        except (OSError, ValueError) as error:
            raise _cannot_open(path, error) from error

    def listen(self) -> tuple[Message | Dropped, ...]:
        """See `Source`."""
        data = self._read()
        if data is None:
            ended, self._keys = keys.time_out(self._keys)
            return ended
        for kind, code, value in self._events(data):
            self._hear(kind, code, value)
        ended, self._keys = keys.take_out(self._keys)
        return ended

    def close(self) -> None:
        """See `Source`."""
        with suppress(OSError):
            os.close(self._device)

    def _hear(self, kind: int, code: int, value: int) -> None:
        if kind == EV_KEY:
            self._keys = keys.add(self._keys, code, value)
        elif kind == EV_SYN and code == SYN_DROPPED:
            self._keys = keys.flush(self._keys)

    def _events(self, data: bytes) -> list[tuple[int, int, int]]:
        """Type, code and value of each whole event; the kernel never cuts one, a pipe may."""
        data = self._rest + data
        whole = len(data) - len(data) % EVENT.size
        self._rest = data[whole:]
        return [event[2:] for event in EVENT.iter_unpack(data[:whole])]

    def _read(self) -> bytes | None:
        """What is there, or None after a silence."""
        try:
            if not select.select([self._device], [], [], keys.SILENCE_MS / 1000)[0]:
                return None
            data = os.read(self._device, EVENT.size * _MOST_EVENTS)
        except (OSError, ValueError) as error:
            raise self._lost(error) from error
        if not data:
            raise self._lost("end of file")
        return data

    def _lost(self, why: object) -> ScannerLostError:
        return ScannerLostError(f"the scanner at {self._path} is gone ({why}): check its plug and cable")


def _cannot_open(path: str, error: Exception) -> ScannerError:
    match getattr(error, "errno", None):
        case errno.EACCES | errno.EPERM:
            return ScannerForbiddenError(f"this user may not open {path}: add it to the group input")
        case errno.EBUSY:
            return ScannerBusyError(f"another program has grabbed the scanner at {path}: stop it")
        case errno.ENOTTY | errno.EINVAL:
            return ScannerNotFoundError(f"{path} is no input device: take one of /dev/input/by-id")
        case _:
            return ScannerNotFoundError(f"no scanner at {path} ({error}): check its name and its plug")
