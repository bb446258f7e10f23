"""A bus: its port, its queue, its end. What it does with the boards of every family: `test_conformance`."""

import queue
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

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
from locker_firmware_bridge.boards.port import Port
from locker_firmware_bridge.codecs import FAMILIES, Wiring
from tests.fakes import running_bus
from tests.fakes.board_reports import Reports
from tests.fakes.cabinet import SimulatedCabinet, simulated_cabinet
from tests.fakes.port import FakePort
from tests.fakes.running_bus import BRISK
from tests.fakes.waiting import wait_until

BOARD = BoardConfig("cu16", 0, 16, has_item_sensor=True, pulse_ms=80)


@contextmanager
def running(url: str, reports: Reports, *boards: BoardConfig, timings: Timings = BRISK) -> Iterator[Bus]:
    with running_bus.running(url, reports, *(boards or (BOARD,)), timings=timings) as bus:
        yield bus


@pytest.fixture
def reports() -> Reports:
    return Reports()


@pytest.fixture
def cabinet(tmp_path: Path) -> Iterator[SimulatedCabinet]:
    with simulated_cabinet(tmp_path) as running_cabinet:
        yield running_cabinet


def test_inverted_hooks_and_fewer_doors_are_a_matter_of_configuration(
    cabinet: SimulatedCabinet, reports: Reports
) -> None:
    with running(
        cabinet.url, reports, replace(BOARD, locks=4, wiring=Wiring(hook_closed_bit=0, item_present_bit=0))
    ):
        read = reports.wait_for(DoorsRead)
        assert read.closed == frozenset()
        assert read.open == read.items == {1, 2, 3, 4}


def test_a_port_that_does_not_exist_is_said_and_used_as_soon_as_it_does(
    tmp_path: Path, reports: Reports
) -> None:
    with simulated_cabinet(tmp_path, started=False) as cabinet, running(cabinet.url, reports) as bus:
        assert cabinet.url in reports.wait_for(BoardSilent).why
        bus.unlock(UnlockRequest("op", 0, 1))
        failed = reports.wait_for(UnlockFailed)
        assert (failed.operation, failed.maybe_sent) == ("op", False)
        assert "is not open" in failed.why
        cabinet.start()
        reports.wait_for(BoardBack)
        reports.wait_for(DoorsRead)
        assert len(reports.of(BoardSilent)) == 1
        assert cabinet.unlocks() == []


def test_a_second_bus_on_a_port_is_told_that_it_is_taken(cabinet: SimulatedCabinet, reports: Reports) -> None:
    first = Reports()
    with running(cabinet.url, first):
        first.wait_for(DoorsRead)
        with running(cabinet.url, reports):
            assert "another program uses" in reports.wait_for(BoardSilent).why


class LateClock(SystemClock):
    """The machine's, put forward by a test."""

    ahead_ms = 0

    def mono_ms(self) -> int:
        return super().mono_ms() + self.ahead_ms


def test_an_unlock_that_waited_too_long_is_never_sent(reports: Reports) -> None:
    busy, asked, free = threading.Event(), threading.Event(), threading.Event()

    def answer(frame: bytes) -> bytes:
        if busy.is_set():
            asked.set()
            free.wait()
        return answer_all_closed(frame)

    port, clock = FakePort(answer), LateClock()
    timings = replace(BRISK, unlock_max_wait_ms=60_000, held_ms=600_000)
    with started(fake_bus(port, reports, timings=timings, clock=clock)) as bus:
        bus.start()
        bus.unlock(UnlockRequest("first", 0, 1))
        reports.wait_for(UnlockSent)
        busy.set()
        assert asked.wait(30)
        bus.unlock(UnlockRequest("second", 0, 2))
        clock.ahead_ms = timings.unlock_max_wait_ms + 1
        busy.clear()
        free.set()
        failed = reports.wait_for(UnlockFailed)
        assert (failed.operation, failed.maybe_sent, "busy for" in failed.why) == ("second", False, True)
    assert port.written.count(FAMILIES["cu16"].unlock(0, 1)) == 1
    assert FAMILIES["cu16"].unlock(0, 2) not in port.written


@pytest.mark.parametrize(("board", "lock"), [(0, 0), (0, 17), (1, 1), (-1, 1)])
def test_an_unlock_of_a_door_that_is_not_there_is_refused(
    cabinet: SimulatedCabinet, reports: Reports, board: int, lock: int
) -> None:
    with running(cabinet.url, reports) as bus:
        bus.unlock(UnlockRequest("op", board, lock))
        assert f"no lock {lock} on board {board}" in reports.wait_for(UnlockFailed).why
    assert cabinet.unlocks() == []


def test_a_stopped_bus_refuses_and_sends_nothing(cabinet: SimulatedCabinet, reports: Reports) -> None:
    with running(cabinet.url, reports) as bus:
        reports.wait_for(DoorsRead)
    bus.unlock(UnlockRequest("late", 0, 1))
    assert reports.wait_for(UnlockFailed).operation == "late"
    assert cabinet.unlocks() == []


def test_what_waits_when_the_bus_stops_is_refused_not_sent(reports: Reports) -> None:
    port = FakePort(answer_all_closed)
    bus = fake_bus(port, reports)
    bus.unlock(UnlockRequest("waiting", 0, 1))
    bus.stop(timeout_seconds=1)
    assert reports.wait_for(UnlockFailed).operation == "waiting"
    assert port.written == []


def test_an_unlock_goes_before_polls_that_are_due(reports: Reports) -> None:
    port = FakePort(answer_all_closed)
    with started(fake_bus(port, reports)) as bus_waiting:
        bus_waiting.unlock(UnlockRequest("op", 0, 1))
        bus_waiting.start()
        reports.wait_for(DoorsRead)
    assert port.written[:2] == [FAMILIES["cu16"].unlock(0, 1), FAMILIES["cu16"].status(0)]


def test_whoever_asks_for_silence_all_the_time_does_not_blind_the_bus(reports: Reports) -> None:
    port = FakePort(answer_all_closed)
    with started(fake_bus(port, reports, timings=replace(BRISK, hush_ms=600_000, hush_late_ms=50))) as bus:
        bus.hush()
        bus.start()
        reports.wait_for(DoorsRead)
        bus.hush()
        wait_until(lambda: len(port.written) > 3)


def test_an_order_may_come_sooner_after_a_whole_answer_than_a_question() -> None:
    cu16, relays = FAMILIES["cu16"], FAMILIES["0x8a"]
    assert cu16.gap_ms is not None
    assert cu16.gap_ms < cu16.pause_ms
    assert relays.gap_ms is None


def test_a_port_that_breaks_in_the_middle_of_an_unlock_says_that_it_may_have_left(reports: Reports) -> None:
    port, spare = FakePort(answer_all_closed), FakePort(answer_all_closed)
    port.breaks_at = lambda frame: frame == FAMILIES["cu16"].unlock(0, 1)
    with started(fake_bus(port, reports, spare)) as bus:
        bus.start()
        bus.unlock(UnlockRequest("op", 0, 1))
        assert reports.wait_for(UnlockFailed).maybe_sent
        wait_until(lambda: spare.written)
    assert port.closed
    assert set(spare.written) == {FAMILIES["cu16"].status(0)}


def test_three_failed_polls_in_a_row_open_the_port_afresh(reports: Reports) -> None:
    mute, spare = FakePort(), FakePort(answer_all_closed)
    with started(fake_bus(mute, reports, spare)) as bus:
        bus.start()
        reports.wait_for(DoorsRead)
    assert mute.closed
    assert len(mute.written) == 3


@pytest.mark.parametrize("echo", [False, True])
@pytest.mark.parametrize("heeded", [False, True])
def test_relays_are_read_whether_or_not_they_answer_the_order_to_switch_off(
    reports: Reports, echo: bool, heeded: bool
) -> None:
    relays, closed = FAMILIES["waveshare"], bytes.fromhex("01 02 01 FF E1 C8")

    def answer(frame: bytes) -> bytes:
        said = closed if frame == relays.status(1, 8) else frame if heeded else b""
        return frame + said if echo else said

    port = FakePort(answer)
    config = BoardConfig("waveshare", 1, 8, pulse_ms=100, echo=echo)
    with started(
        Bus("b", "x", [config], reports, SystemClock(), timings=BRISK, opener=lambda *_: port)
    ) as bus:
        bus.start()
        assert reports.wait_for(DoorsRead).open == frozenset()
        reports.wait_for(DoorsRead, lambda read: len(port.written) > 2)
    assert port.written.count(relays.all_off(1)) == 1


def test_an_adapter_nobody_said_echoes_is_named_by_what_comes_back(
    cabinet: SimulatedCabinet, reports: Reports
) -> None:
    cabinet.control.echo()
    cabinet.control.off()
    with running(cabinet.url, reports, timings=replace(BRISK, reply_ms=500)):  # an echo may be late
        assert "only echoes" in reports.wait_for(BoardSilent).why


def test_a_pulse_that_may_have_left_keeps_the_next_one_waiting(reports: Reports) -> None:
    port, spare = FakePort(answer_all_closed), FakePort(answer_all_closed)
    port.breaks_at = lambda frame: frame == FAMILIES["cu16"].unlock(0, 1)
    with started(fake_bus(port, reports, spare)) as bus:
        bus.unlock(UnlockRequest("broken", 0, 1))
        bus.unlock(UnlockRequest("next", 0, 2))
        asked_ms = SystemClock().mono_ms()
        bus.start()
        sent = reports.wait_for(UnlockSent)
    assert sent.mono_ms - asked_ms >= BOARD.pulse_ms + BRISK.pulse_gap_ms


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_bus_that_fails_for_a_fault_of_ours_leaves_nobody_waiting_or_believing_old_doors(
    reports: Reports,
) -> None:
    def forgets_its_codec(frame: bytes) -> bytes:
        raise LookupError("a fault of ours")

    with started(fake_bus(FakePort(forgets_its_codec), reports)) as bus:
        bus.start()
        assert "has failed" in reports.wait_for(BoardSilent).why
        bus.unlock(UnlockRequest("op", 0, 1))
        assert reports.wait_for(UnlockFailed).maybe_sent is False


def test_a_port_that_never_comes_back_leaves_nobody_believing_old_doors_and_recovers(
    reports: Reports,
) -> None:
    free, hangs = threading.Event(), threading.Event()

    def answer(frame: bytes) -> bytes:
        if hangs.is_set():
            free.wait()
        return answer_all_closed(frame)

    port = FakePort(answer)
    timings = replace(BRISK, held_ms=200)
    bus = Bus("bus", "fake", (BOARD,), reports, SystemClock(), timings=timings, opener=lambda *_: port)
    with started(bus):
        bus.start()
        reports.wait_for(DoorsRead)
        hangs.set()
        bus.unlock(UnlockRequest("in the queue or just sent", 0, 1))
        assert "has not come back" in reports.wait_for(BoardSilent).why
        bus.unlock(UnlockRequest("later", 0, 2))
        assert (
            "has not come back" in reports.wait_for(UnlockFailed, lambda said: said.operation == "later").why
        )
        reports.forget()
        hangs.clear()
        free.set()
        reports.wait_for(BoardBack)
        reports.wait_for(DoorsRead)
    assert FAMILIES["cu16"].unlock(0, 2) not in port.written


@pytest.mark.parametrize(("baud", "opened_at"), [(None, 19200), (115200, 115200)])
def test_a_line_is_opened_at_the_speed_of_its_boards_unless_told(baud: int | None, opened_at: int) -> None:
    speeds: queue.Queue[int] = queue.Queue()

    def opener(url: str, at: int) -> Port:
        speeds.put(at)
        return FakePort(answer_all_closed)

    with started(Bus("b", "x", [BOARD], Reports(), SystemClock(), baud=baud, opener=opener)) as bus:
        bus.start()
        assert speeds.get(timeout=30) == opened_at


@pytest.mark.parametrize(
    ("boards", "words"),
    [
        ([], "no board"),
        ([replace(BOARD, family="cu99")], "cu99"),
        ([replace(BOARD, board=10)], "board 10"),
        ([replace(BOARD, locks=17)], "17"),
        ([BOARD, BOARD], "one number"),
        ([BOARD, replace(BOARD, board=1, family="cu48")], "several families"),
    ],
)
def test_boards_that_cannot_be_on_one_port_are_refused_by_name(boards: list[BoardConfig], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        Bus("east", "/dev/null", boards, Reports(), SystemClock())


def answer_all_closed(frame: bytes) -> bytes:
    return bytes.fromhex("02 00 35 FF FF 00 00 03 38") if frame == FAMILIES["cu16"].status(0) else b""


def fake_bus(
    port: FakePort,
    reports: Reports,
    *spares: FakePort,
    timings: Timings = BRISK,
    clock: SystemClock | None = None,
) -> Bus:
    """A bus whose first port is `port`, the next ones `spares`; then there is none."""
    ports = [port, *spares]

    def opener(url: str, baud: int) -> Port:
        if not ports:
            raise PortNotFoundError(f"no {url} at {baud}")
        return ports.pop(0)

    return Bus("bus", "fake", (BOARD,), reports, clock or SystemClock(), timings=timings, opener=opener)


@contextmanager
def started(bus: Bus) -> Iterator[Bus]:
    try:
        yield bus
    finally:
        bus.stop(timeout_seconds=5)


@pytest.mark.parametrize("late_ms", [450, 650, 700, 1000])
def test_answers_that_always_come_too_late_are_silence_however_late_they_are(
    cabinet: SimulatedCabinet, reports: Reports, late_ms: int
) -> None:
    cabinet.control.late(late_ms)
    with running(cabinet.url, reports, BOARD, timings=replace(BRISK, reply_ms=300, settle_ms=300)):
        reports.wait_for(BoardSilent)
    assert reports.of(DoorsRead) == []
