"""How the machine under a device is, as its kernel tells: read where it is told, absent where it is not.

A Raspberry Pi tells all of it. Another machine may have no thermometer, and knows nothing of its voltage;
whatever reads oddly is left out, because a hello with a value beyond its range would not be heard at all.
"""

import os
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from contract.messages import Health, UnderVoltage

_PLAUSIBLE: Final = range(-60, 201)
_UNDER_VOLTAGE_NOW: Final = 1 << 0
_UNDER_VOLTAGE_SINCE_BOOT: Final = 1 << 16
"""Bits of the firmware's `get_throttled` (Raspberry Pi documentation, vcgencmd)."""
_LARGEST_CERTIFICATE: Final = 64 * 1024
_SEQUENCE: Final = 0x30
_VERSION: Final = 0xA0
_TIMES: Final = {0x17: "%y%m%d%H%M%SZ", 0x18: "%Y%m%d%H%M%SZ"}
"""ASN.1: UTCTime and GeneralizedTime, as X.509 writes them (RFC 5280, 4.1.2.5)."""


class Machine:
    """The machine this process runs on. `root` is where its `/sys` and `/proc` lie, for tests."""

    def __init__(self, journal: Path, certificate: Path, root: Path = Path("/")) -> None:
        self._journal, self._certificate, self._root = journal, certificate, root

    def health(self) -> Health:
        """How it is now. A few small files: cheap enough for every hello."""
        return Health(
            celsius=self._celsius(),
            under_voltage=self._under_voltage(),
            disk_free_percent=self._disk_free_percent(),
            memory_free_percent=self._memory_free_percent(),
            certificate_ends_ms=self._certificate_ends_ms(),
            journal_bytes=sum(_size(path) for path in (self._journal, _wal(self._journal))),
        )

    def _celsius(self) -> int | None:
        """The hottest place that is measured."""
        zones = self._numbers("sys/class/thermal/thermal_zone*/temp", 10)
        return max((zone // 1000 for zone in zones if zone // 1000 in _PLAUSIBLE), default=None)

    def _under_voltage(self) -> UnderVoltage | None:
        """What a Pi's firmware tells; kernels that hide that have a sensor which remembers."""
        for bits in self._numbers("sys/devices/platform/soc*/*firmware/get_throttled", 16):
            if bits & _UNDER_VOLTAGE_NOW:
                return "now"
            return "was" if bits & _UNDER_VOLTAGE_SINCE_BOOT else "no"
        for name in self._root.glob("sys/class/hwmon/hwmon*/name"):
            if _text(name) == "rpi_volt":
                alarm = _number(name.with_name("in0_lcrit_alarm"), 10)
                return None if alarm is None else "was" if alarm else "no"
        return None

    def _disk_free_percent(self) -> int | None:
        """Of the disk the journal is on, what this account may still fill."""
        try:
            disk = os.statvfs(self._journal.parent)
        except OSError:
            return None
        return min(disk.f_bavail * 100 // disk.f_blocks, 100) if disk.f_blocks else None

    def _memory_free_percent(self) -> int | None:
        lines = (_text(self._root / "proc/meminfo") or "").splitlines()
        sizes = {name: value.split() for name, _, value in (line.partition(":") for line in lines)}
        try:
            share = int(sizes["MemAvailable"][0]) * 100 // int(sizes["MemTotal"][0])
        except (KeyError, IndexError, ValueError, ZeroDivisionError):
            return None
        return share if 0 <= share <= 100 else None

    def _certificate_ends_ms(self) -> int | None:
        small = _size(self._certificate) <= _LARGEST_CERTIFICATE
        return certificate_end_ms(_text(self._certificate) or "") if small else None

    def _numbers(self, pattern: str, base: int) -> Iterator[int]:
        numbers = (_number(path, base) for path in sorted(self._root.glob(pattern)))
        return (number for number in numbers if number is not None)


def certificate_end_ms(pem: str) -> int | None:
    """When the first certificate of a PEM text ends, in ms since 1970 UTC; None for what is none.

    Two nested lists are walked by hand: the library that would do so takes 7 MB of a kiosk.
    """
    try:
        certificate = _inside(ssl.PEM_cert_to_DER_cert(pem[: pem.index(_END) + len(_END)].strip() + "\n"))
        fields = (one for one in _elements(_inside(certificate)) if one[0] != _VERSION)
        _serial, _algorithm, _issuer, (_, validity), *_ = fields
        _not_before, (kind, end) = _elements(validity)
        when = datetime.strptime(end.decode("ascii"), _TIMES[kind]).replace(tzinfo=UTC)
    except (ValueError, KeyError):
        return None
    return int(when.timestamp() * 1000)


_END: Final = "-----END CERTIFICATE-----"


def _inside(der: bytes) -> bytes:
    """What the sequence at the beginning holds."""
    kind, content = next(_elements(der), (0, b""))
    if kind != _SEQUENCE:
        raise ValueError("no sequence")
    return content


def _elements(der: bytes) -> Iterator[tuple[int, bytes]]:
    """The elements in a row: kind and content. ValueError where one is longer than the rest."""
    while der:
        kind, length, start = der[0], der[1], 2
        if length & 0x80:
            start += length & 0x7F
            length = int.from_bytes(der[2:start])
        if start + length > len(der):
            raise ValueError("cut short")
        yield kind, der[start : start + length]
        der = der[start + length :]


def _wal(path: Path) -> Path:
    return path.with_name(path.name + "-wal")


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _number(path: Path, base: int) -> int | None:
    try:
        return int(_text(path) or "", base)
    except ValueError:
        return None


def _text(path: Path) -> str | None:
    try:
        return path.read_text("ascii").strip()
    except (OSError, ValueError):
        return None
