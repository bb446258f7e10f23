"""The kiosk's own scanner: a serial port, or a keyboard that is read as a device (docs/adr/0008).

    line / keys -> what was read -> repeats and a bounded queue -> whoever listens (`reader.Scanner`)

Without one configured, a scanner that types into the page is read by the page itself.
"""

from collections.abc import Callable
from typing import Annotated

from msgspec import Meta, Struct

from contract.clock import Clock
from contract.scans.keyboards import Layout
from contract.scans.triggers import TRIGGERS, TriggerName
from kiosk.scanner.keyboard import KeyboardDevice
from kiosk.scanner.line import SerialLine
from kiosk.scanner.source import Source


class ScannerSettings(Struct, frozen=True):
    """How the scanner is attached: either `url` (a port) or `hid` (its device under /dev/input/by-id).

    `baud` and `trigger` are a port's; `layout`, the keyboard that the scanner pretends to be, a HID's.
    """

    url: str = ""
    hid: str = ""
    baud: Annotated[int, Meta(ge=1200, le=921_600)] = 9600
    layout: Layout = "us"
    trigger: TriggerName = "none"


def opener(settings: ScannerSettings, clock: Clock) -> Callable[[], Source]:
    """What opens this scanner; calling it raises ScannerError."""
    if settings.hid:
        return lambda: KeyboardDevice(settings.hid, settings.layout)
    return lambda: SerialLine(settings.url, settings.baud, TRIGGERS[settings.trigger], clock)
