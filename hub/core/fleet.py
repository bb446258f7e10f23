"""Kiosks and bridges as whoever looks after them sees them: what each told of itself and of its machine."""

from dataclasses import dataclass
from typing import Final

from hub.core.sight import Device

MANY: Final = 50
"""Fewer facts that wait say nothing: a day's work makes more in a minute."""


@dataclass(frozen=True)
class Machine:
    """What the machine of a device told at `told_ms`; what it cannot tell is None.

    Two devices with the same `boot` are on one machine.
    """

    told_ms: int
    boot: str
    booted_ms: int
    celsius: int | None = None
    under_voltage: str | None = None
    disk_free_pct: int | None = None
    memory_free_pct: int | None = None
    certificate_ends_ms: int | None = None
    journal_bytes: int | None = None
    behind_ms: int | None = None
    scale: str | None = None


@dataclass(frozen=True)
class Standing:
    """A device and how it stands; `machine` is None before its first hello.

    `clock` is what it says of its own clock, `clock_off_ms` that clock minus the hub's at its last hello.
    """

    device: Device
    enrolled_ms: int
    revoked_ms: int | None = None
    program: str | None = None
    version: str | None = None
    clock: str | None = None
    clock_off_ms: int | None = None
    hello_ms: int | None = None
    machine: Machine | None = None


def behind_since(before: int, behind_ms: int | None, backlog: int, now_ms: int) -> int | None:
    """Since when the backlog has not got smaller: `before` it was so much at the hello before this one."""
    if backlog < MANY or backlog < before:
        return None
    return behind_ms if behind_ms is not None else now_ms
