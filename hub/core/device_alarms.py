"""What about devices needs somebody before people at the lockers notice: rules over how each stands. Pure.

What is silent or was never seen is told by `hub.core.attention` itself.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

from hub.core.attention import Thing, Tone
from hub.core.fleet import MANY, Machine, Standing

Kind = Literal["clock", "backlog", "disk", "power", "heat", "certificate", "scale_silent", "scale_moving"]
PREFIX: Final = "device_"
"""How the kinds of cards about devices begin."""

CLOCK_OFF_MS: Final = 120_000
BEHIND_MS: Final = 600_000
"""A minute without a broker, or a big day, is caught up by then."""
DISK_LOW_PERCENT, DISK_FULL_PERCENT = 10, 3
HOT_CELSIUS, TOO_HOT_CELSIUS = 80, 85
"""A Pi slows itself down at 80 °C, and much more at 85."""
_DAY_MS: Final = 86_400_000
CERTIFICATE_MS: Final = 30 * _DAY_MS
CERTIFICATE_SOON_MS: Final = 7 * _DAY_MS
STALE_MS: Final = 900_000
"""Heat, power and scales change in minutes: what a device told longer ago says nothing any more."""
_OF_THE_MACHINE: Final = frozenset({"clock", "disk", "power", "heat"})
"""Told once, however many devices are on that machine."""


@dataclass(frozen=True)
class Worry:
    """`value` is in the unit of its kind: seconds off, facts, percent free, degrees, days left, or none."""

    kind: Kind
    tone: Tone
    value: int = 0
    since_ms: int | None = None


def worries(standing: Standing, now_ms: int) -> list[Worry]:
    """What is the matter with one device in service; nothing for one the hub knows nothing of."""
    machine = standing.machine
    found = [_clock(standing)]
    if machine is not None:
        found += [
            _backlog(standing, machine, now_ms),
            _disk(machine),
            *(_now(machine) if now_ms - machine.told_ms <= STALE_MS else []),
            _certificate(machine, now_ms),
        ]
    return [worry for worry in found if worry is not None]


def device_things(standings: Iterable[Standing], now_ms: int) -> list[Thing]:
    """One card for each worry; one for all devices of a site that share a machine, where it is the machine's.

    `device` is the first of them, `detail` what all of them are called, `count` the worry's value.
    """
    cards: dict[tuple[str, ...], tuple[Worry, list[Standing]]] = {}
    for standing in standings:
        if standing.revoked_ms is not None:
            continue
        for worry in worries(standing, now_ms):
            cards.setdefault(_place(standing, worry), (worry, []))[1].append(standing)
    return [_card(worry, mine) for worry, mine in cards.values()]


def _place(standing: Standing, worry: Worry) -> tuple[str, ...]:
    device, machine = standing.device, standing.machine
    shared = worry.kind in _OF_THE_MACHINE and machine is not None
    return (device.site, worry.kind, machine.boot if shared and machine else device.id)


def _card(worry: Worry, standings: list[Standing]) -> Thing:
    devices = [standing.device for standing in standings]
    return Thing(
        worry.tone,
        f"{PREFIX}{worry.kind}",
        devices[0].site,
        worry.since_ms,
        device=devices[0].id,
        detail=", ".join(device.name or device.id for device in devices),
        count=worry.value,
    )


def _clock(standing: Standing) -> Worry | None:
    """Only of one that is there: a Pi that starts without a network gets its time with it."""
    off_ms = abs(standing.clock_off_ms or 0)
    if not standing.device.online or (standing.clock in (None, "synced", "held") and off_ms < CLOCK_OFF_MS):
        return None
    return Worry("clock", "warn", off_ms // 1000)


def _backlog(standing: Standing, machine: Machine, now_ms: int) -> Worry | None:
    """What a hello told may be caught up since: the backlog of now counts."""
    since, backlog = machine.behind_ms, standing.device.backlog
    if not standing.device.online or backlog < MANY or since is None or now_ms - since < BEHIND_MS:
        return None
    return Worry("backlog", "warn", backlog, since)


def _disk(machine: Machine) -> Worry | None:
    free = machine.disk_free_pct
    if free is None or free > DISK_LOW_PERCENT:
        return None
    return Worry("disk", "alarm" if free <= DISK_FULL_PERCENT else "warn", free)


def _now(machine: Machine) -> list[Worry | None]:
    return [_power(machine), _heat(machine), _scale(machine)]


def _scale(machine: Machine) -> Worry | None:
    """Bags are taken without a weight meanwhile: it is no alarm."""
    match machine.scale:
        case "silent":
            return Worry("scale_silent", "warn")
        case "moving":
            return Worry("scale_moving", "warn")
        case _:
            return None


def _power(machine: Machine) -> Worry | None:
    match machine.under_voltage:
        case "now":
            return Worry("power", "alarm")
        case "was":
            return Worry("power", "warn", since_ms=machine.booted_ms)
        case _:
            return None


def _heat(machine: Machine) -> Worry | None:
    celsius = machine.celsius
    if celsius is None or celsius < HOT_CELSIUS:
        return None
    return Worry("heat", "alarm" if celsius >= TOO_HOT_CELSIUS else "warn", celsius)


def _certificate(machine: Machine, now_ms: int) -> Worry | None:
    ends = machine.certificate_ends_ms
    if ends is None or ends - now_ms > CERTIFICATE_MS:
        return None
    left = ends - now_ms
    return Worry(
        "certificate", "alarm" if left <= CERTIFICATE_SOON_MS else "warn", max(left // 86_400_000, 0)
    )
