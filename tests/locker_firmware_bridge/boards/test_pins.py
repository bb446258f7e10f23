"""Locks on the machine's own pins, over gpiozero's mock pins, which remember what they were."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import pairwise

import pytest
from gpiozero.pins.mock import MockFactory, MockPin

from contract.clock import SystemClock
from locker_firmware_bridge.boards import (
    BoardBack,
    BoardConfig,
    BoardSilent,
    DoorsRead,
    Timings,
    UnlockFailed,
    UnlockRequest,
    UnlockSent,
)
from locker_firmware_bridge.boards.bus import Bus
from locker_firmware_bridge.boards.errors import PortNotFoundError
from locker_firmware_bridge.boards.pins import PinsDriver
from locker_firmware_bridge.codecs import Wiring
from tests.fakes.board_reports import Reports
from tests.fakes.waiting import wait_until

LOCK_PINS, HOOK_PINS = (17, 27), (5, 6)
BRISK = Timings(
    quick_poll_ms=10, idle_poll_ms=20, debounce_ms=5, after_pulse_ms=10, refresh_ms=100, reopen_ms=50
)
BOARD = BoardConfig("gpio", 0, 2, pulse_ms=60, lock_pins=LOCK_PINS, hook_pins=HOOK_PINS)


@dataclass
class Pins:
    """The wires at the pins: outputs that were high, and contacts a test closes and opens."""

    factory: MockFactory

    def closes(self, *locks: int) -> None:
        for lock in locks:
            self._contact(lock).drive_low()

    def opens(self, *locks: int) -> None:
        for lock in locks:
            self._contact(lock).drive_high()

    def was_high(self, lock: int) -> int:
        """How often this lock's output rose."""
        states = [change.state for change in self.output(lock).states]
        return sum(1 for before, after in pairwise(states) if after and not before)

    def output(self, lock: int) -> MockPin:
        pin: MockPin = self.factory.pin(LOCK_PINS[lock - 1])
        return pin

    def all_off(self) -> bool:
        return not any(self.output(lock).state for lock in (1, 2))

    def _contact(self, lock: int) -> MockPin:
        pin: MockPin = self.factory.pin(HOOK_PINS[lock - 1])
        return pin


@pytest.fixture
def pins() -> Iterator[Pins]:
    factory = MockFactory()
    yield Pins(factory)
    factory.reset()


@contextmanager
def running(pins: Pins, reports: Reports, board: BoardConfig = BOARD) -> Iterator[Bus]:
    driver = lambda: PinsDriver(board, pins.factory)  # noqa: E731
    bus = Bus("pi", "gpio", (board,), reports, SystemClock(), timings=BRISK, driver=driver)
    bus.start()
    try:
        wait_until(lambda: bool(reports.of(DoorsRead)) or bool(reports.of(BoardSilent)))
        yield bus
    finally:
        bus.stop(timeout_seconds=5)


@pytest.fixture
def reports() -> Reports:
    return Reports()


def test_a_contact_to_ground_is_a_closed_door_or_an_open_one(pins: Pins, reports: Reports) -> None:
    with running(pins, reports):
        pins.closes(1)
        reports.wait_for(DoorsRead, lambda read: read.closed == {1} and read.open == {2})
    reports.forget()
    with running(pins, reports, replace(BOARD, wiring=Wiring(hook_closed_bit=0))):
        pins.closes(1)
        reports.wait_for(DoorsRead, lambda read: read.closed == {2} and read.open == {1})


def test_an_unlock_is_one_pulse_of_its_own_output_and_its_door_is_seen(pins: Pins, reports: Reports) -> None:
    with running(pins, reports) as bus:
        pins.closes(1, 2)
        reports.wait_for(DoorsRead, lambda read: read.closed == {1, 2})
        bus.unlock(UnlockRequest("op-1", 0, 2))
        sent = reports.wait_for(UnlockSent)
        pins.opens(2)
        opened = reports.wait_for(DoorsRead, lambda read: read.open == {2})
        assert opened.mono_ms >= sent.mono_ms + BOARD.pulse_ms
    assert (pins.was_high(1), pins.was_high(2)) == (0, 1)
    assert pins.all_off()


def test_two_locks_are_never_energised_at_once(pins: Pins, reports: Reports) -> None:
    with running(pins, reports) as bus:
        bus.unlock(UnlockRequest("op-1", 0, 1))
        bus.unlock(UnlockRequest("op-2", 0, 2))
        wait_until(lambda: len(reports.of(UnlockSent)) == 2)
        first, second = reports.of(UnlockSent)
        assert second.mono_ms - first.mono_ms >= BOARD.pulse_ms + BRISK.pulse_gap_ms
    assert (pins.was_high(1), pins.was_high(2)) == (1, 1)


def test_a_lock_must_cool_before_its_next_pulse(pins: Pins, reports: Reports) -> None:
    with running(pins, reports) as bus:
        bus.unlock(UnlockRequest("op-1", 0, 1))
        bus.unlock(UnlockRequest("op-2", 0, 1))
        assert "must cool" in reports.wait_for(UnlockFailed).why
    assert pins.was_high(1) == 1


def test_starting_and_stopping_energises_nothing(pins: Pins, reports: Reports) -> None:
    with running(pins, reports):
        pass
    assert (pins.was_high(1), pins.was_high(2)) == (0, 0)
    assert pins.all_off()


def test_a_pin_that_fails_makes_doors_unknown_and_is_taken_afresh(
    pins: Pins, reports: Reports, monkeypatch: pytest.MonkeyPatch
) -> None:
    class BackEndError(Exception):
        """As lgpio's: of no family that anybody else knows."""

    def fails(pin: MockPin) -> bool:
        raise BackEndError("GPIO busy")

    with running(pins, reports) as bus:
        reports.forget()
        with monkeypatch.context() as broken:
            broken.setattr(MockPin, "_get_state", fails)
            broken.setattr(MockPin, "state", property(fails))
            reports.wait_for(BoardSilent)
        reports.wait_for(BoardBack)
        bus.unlock(UnlockRequest("op", 0, 1))
        reports.wait_for(UnlockSent)
    assert pins.all_off()


def test_what_was_left_on_is_off_as_soon_as_the_pins_are_taken(pins: Pins, reports: Reports) -> None:
    left_on = pins.output(1)
    left_on.function = "output"
    left_on.state = True
    with running(pins, reports):
        assert not left_on.state


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_bus_that_fails_in_the_middle_of_a_pulse_leaves_nothing_on(pins: Pins) -> None:
    class Broken(Reports):
        def __call__(self, report: object) -> None:
            if isinstance(report, UnlockSent):
                raise RuntimeError("a fault of ours")
            super().__call__(report)  # type: ignore[arg-type]

    reports = Broken()
    with running(pins, reports) as bus:
        bus.unlock(UnlockRequest("op-1", 0, 1))
        reports.wait_for(BoardSilent, lambda silent: "has failed" in silent.why)
    assert pins.was_high(1) == 1
    assert pins.all_off()


def test_pins_that_cannot_be_had_are_said_and_taken_as_soon_as_they_can(pins: Pins, reports: Reports) -> None:
    other = PinsDriver(BOARD, pins.factory)
    with running(pins, reports):
        assert "cannot be used" in reports.wait_for(BoardSilent).why
        other.close()
        reports.wait_for(DoorsRead)


def test_a_machine_without_pins_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GPIOZERO_PIN_FACTORY", "lgpio")
    with pytest.raises(PortNotFoundError, match="python3-lgpio"):
        PinsDriver(BOARD)


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"lock_pins": (17,)}, "two pins of its own"),
        ({"hook_pins": (17, 5)}, "two pins of its own"),
        ({"lock_pins": (2, 27)}, "pins 9 to 27 only"),
        ({"pulse_ms": 1100}, "would burn"),
    ],
)
def test_pins_that_cannot_be_are_refused_by_name(
    pins: Pins, reports: Reports, wrong: dict[str, object], told: str
) -> None:
    board = replace(BOARD, **wrong)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=told):
        Bus("pi", "gpio", (board,), reports, SystemClock())
