"""What about devices needs somebody: each alarm fires, at its border and not before, once a machine."""

from dataclasses import replace
from typing import Any

import pytest

from hub.core.attention import Thing, things_to_do
from hub.core.device_alarms import BEHIND_MS, CLOCK_OFF_MS, STALE_MS, device_things, worries
from hub.core.fleet import Machine, Standing
from hub.core.sight import Device

NOW, DAY_MS = 1_795_000_000_000, 86_400_000
GOOD = Machine(
    told_ms=NOW - 30_000,
    boot="boot-1",
    booted_ms=NOW - DAY_MS,
    celsius=54,
    under_voltage="no",
    disk_free_pct=71,
    memory_free_pct=60,
    certificate_ends_ms=NOW + 3_000 * DAY_MS,
)
KIOSK = Standing(
    Device("borny-borne", "borny", "kiosk", True, NOW - DAY_MS, NOW - 20_000, 0, "Borne du hall"),
    enrolled_ms=0,
    clock="synced",
    clock_off_ms=120,
    machine=GOOD,
)
BRIDGE = replace(KIOSK, device=Device("borny-casiers", "borny", "bridge", True, NOW, NOW, 0))


def behind(backlog: int, ms: int) -> Standing:
    """With so many facts to send, and so long no fewer than before."""
    waiting = replace(KIOSK, device=replace(KIOSK.device, backlog=backlog))
    return replace(waiting, machine=replace(GOOD, behind_ms=NOW - ms))


def of_machine(**changes: Any) -> Standing:
    return replace(KIOSK, machine=replace(GOOD, **changes))


def gone(standing: Standing) -> Standing:
    return replace(standing, device=replace(standing.device, online=False))


@pytest.mark.parametrize(
    ("standing", "kind", "tone", "value"),
    [
        (replace(KIOSK, clock="unknown"), "clock", "warn", 0),
        (replace(KIOSK, clock_off_ms=-CLOCK_OFF_MS), "clock", "warn", 120),
        (replace(KIOSK, clock="held", clock_off_ms=CLOCK_OFF_MS), "clock", "warn", 120),
        (behind(60, BEHIND_MS), "backlog", "warn", 60),
        (of_machine(disk_free_pct=10), "disk", "warn", 10),
        (of_machine(disk_free_pct=3), "disk", "alarm", 3),
        (of_machine(under_voltage="was"), "power", "warn", 0),
        (of_machine(under_voltage="now"), "power", "alarm", 0),
        (of_machine(celsius=80), "heat", "warn", 80),
        (of_machine(celsius=85), "heat", "alarm", 85),
        (of_machine(scale="silent"), "scale_silent", "warn", 0),
        (of_machine(scale="moving"), "scale_moving", "warn", 0),
        (of_machine(certificate_ends_ms=NOW + 30 * DAY_MS), "certificate", "warn", 30),
        (of_machine(certificate_ends_ms=NOW + 7 * DAY_MS), "certificate", "alarm", 7),
        (of_machine(certificate_ends_ms=NOW - DAY_MS), "certificate", "alarm", 0),
    ],
)
def test_each_alarm_fires(standing: Standing, kind: str, tone: str, value: int) -> None:
    [worry] = worries(standing, NOW)
    assert (worry.kind, worry.tone, worry.value) == (kind, tone, value)
    [thing] = device_things([standing], NOW)
    assert (thing.kind, thing.device, thing.detail) == (f"device_{kind}", "borny-borne", "Borne du hall")


@pytest.mark.parametrize(
    "standing",
    [
        KIOSK,
        replace(KIOSK, machine=None, clock=None, clock_off_ms=None),
        of_machine(celsius=None, under_voltage=None, disk_free_pct=None, certificate_ends_ms=None),
        replace(KIOSK, clock="held", clock_off_ms=CLOCK_OFF_MS - 1),
        gone(replace(KIOSK, clock="unknown")),
        behind(60, BEHIND_MS - 1),
        gone(behind(60, BEHIND_MS)),
        behind(0, BEHIND_MS),
        of_machine(disk_free_pct=11),
        of_machine(celsius=79),
        of_machine(celsius=99, under_voltage="now", scale="silent", told_ms=NOW - STALE_MS - 1),
        of_machine(scale="good"),
        of_machine(certificate_ends_ms=NOW + 30 * DAY_MS + 1),
        replace(of_machine(celsius=99), revoked_ms=NOW),
    ],
    ids=[
        *("all is well", "never seen", "tells nothing", "set by nobody, and right", "gone, clock unknown"),
        *(
            "behind for a moment",
            "gone, behind",
            "caught up since",
            "room on the disk",
            "warm",
            "hot an hour ago",
        ),
        *("a scale that weighs", "certificate good for a while", "out of service"),
    ],
)
def test_nothing_is_said_before_its_time(standing: Standing) -> None:
    assert device_things([standing], NOW) == []


def test_what_is_the_machines_is_one_card_for_all_devices_on_it_and_what_is_a_devices_is_its_own() -> None:
    hot = replace(GOOD, celsius=84, certificate_ends_ms=NOW + DAY_MS)
    both = [replace(one, machine=hot) for one in (BRIDGE, KIOSK)]
    elsewhere = replace(KIOSK, machine=replace(GOOD, boot="boot-2", celsius=84))
    found = [(one.kind, one.device, one.detail) for one in device_things([*both, elsewhere], NOW)]
    assert found == [
        ("device_heat", "borny-casiers", "borny-casiers, Borne du hall"),
        ("device_certificate", "borny-casiers", "borny-casiers"),
        ("device_certificate", "borny-borne", "Borne du hall"),
        ("device_heat", "borny-borne", "Borne du hall"),
    ]


def test_they_stand_among_the_things_to_do_by_their_tone() -> None:
    found = device_things([of_machine(celsius=90, disk_free_pct=9)], NOW)
    first = Thing("warn", "kept", since_ms=1)
    assert [one.kind for one in things_to_do((), (), (), (), (), NOW, more=[*found, first])] == [
        "device_heat",
        "device_disk",
        "kept",
    ]
