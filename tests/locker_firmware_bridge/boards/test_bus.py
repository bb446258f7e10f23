"""A bus on a real pseudo-terminal, against the simulated cabinet in every way it can fail.

What was really sent is counted in the cabinet's own log, never in what the bus says about itself.
"""

import queue
import signal
import statistics
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import pairwise
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
from tests.fakes.board_reports import Reports
from tests.fakes.cabinet import SimulatedCabinet, simulated_cabinet
from tests.fakes.port import FakePort
from tests.fakes.waiting import wait_until

EVERY = frozenset(range(1, 17))
REPLY_MS = 250
BRISK = Timings(
    reply_ms=REPLY_MS,
    quick_poll_ms=20,
    idle_poll_ms=40,
    silent_poll_ms=100,
    debounce_ms=10,
    settle_ms=100,
    after_pulse_ms=10,
    refresh_ms=150,
    reopen_ms=50,
)
LATE_MS = 320
PATIENT = replace(BRISK, reply_ms=120, settle_ms=600)
BOARD = BoardConfig("cu16", 0, 16, has_item_sensor=True, pulse_ms=80)


@contextmanager
def running(url: str, reports: Reports, *boards: BoardConfig, timings: Timings = BRISK) -> Iterator[Bus]:
    bus = Bus("bus", url, boards or (BOARD,), reports, SystemClock(), timings=timings)
    bus.start()
    try:
        yield bus
    finally:
        bus.stop(timeout_seconds=5)


@pytest.fixture
def reports() -> Reports:
    return Reports()


@pytest.fixture
def cabinet(tmp_path: Path) -> Iterator[SimulatedCabinet]:
    with simulated_cabinet(tmp_path) as running_cabinet:
        yield running_cabinet


def open_now(*locks: int) -> Callable[[DoorsRead], bool]:
    return lambda read: read.open == frozenset(locks)


def test_every_door_is_told_at_start_and_again_and_again(cabinet: SimulatedCabinet, reports: Reports) -> None:
    cabinet.control.force(16)
    with running(cabinet.url, reports):
        first = reports.wait_for(DoorsRead)
        assert first.closed == EVERY - {16}
        assert (first.open, first.items) == (frozenset({16}), frozenset())
        reports.wait_for(DoorsRead, lambda read: read.mono_ms >= first.mono_ms + BRISK.refresh_ms)


def test_an_unlock_is_one_frame_and_its_door_is_seen_to_open_and_to_close(
    cabinet: SimulatedCabinet, reports: Reports
) -> None:
    with running(cabinet.url, reports) as bus:
        reports.wait_for(DoorsRead, open_now())
        bus.unlock(UnlockRequest("op-1", 0, 7))
        sent = reports.wait_for(UnlockSent)
        opened = reports.wait_for(DoorsRead, open_now(7))
        assert (sent.operation, sent.board, sent.lock) == ("op-1", 0, 7)
        assert opened.mono_ms >= sent.mono_ms + BOARD.pulse_ms
        reports.forget()
        cabinet.control.close(7)
        reports.wait_for(DoorsRead, open_now())
    assert cabinet.unlocks() == [(0, 7)]
    assert cabinet.moves() == [(7, "open"), (7, "closed")]


def test_items_are_told_where_there_is_a_sensor_and_not_otherwise(
    cabinet: SimulatedCabinet, reports: Reports
) -> None:
    with running(cabinet.url, reports):
        reports.wait_for(DoorsRead)
        cabinet.control.put(3)
        reports.wait_for(DoorsRead, lambda read: read.items == {3})
    reports.forget()
    with running(cabinet.url, reports, replace(BOARD, has_item_sensor=False)):
        assert reports.wait_for(DoorsRead).items == frozenset()


def test_inverted_hooks_and_fewer_doors_are_a_matter_of_configuration(
    cabinet: SimulatedCabinet, reports: Reports
) -> None:
    with running(
        cabinet.url, reports, replace(BOARD, locks=4, wiring=Wiring(hook_closed_bit=0, item_present_bit=0))
    ):
        read = reports.wait_for(DoorsRead)
        assert read.closed == frozenset()
        assert read.open == read.items == {1, 2, 3, 4}


def test_a_forced_door_is_seen_without_any_frame(cabinet: SimulatedCabinet, reports: Reports) -> None:
    with running(cabinet.url, reports):
        reports.wait_for(DoorsRead, open_now())
        cabinet.control.force(5)
        reports.wait_for(DoorsRead, open_now(5))
    assert cabinet.unlocks() == []


@pytest.mark.parametrize("fault", ["jam", "dead_sensor"])
def test_a_door_not_seen_to_open_stays_closed_in_every_report_and_is_pulsed_once(
    cabinet: SimulatedCabinet, reports: Reports, fault: str
) -> None:
    match fault:
        case "jam":
            cabinet.control.fault(2, "jam")
        case _:
            cabinet.control.fault(2, "dead_sensor")
    with running(cabinet.url, reports) as bus:
        bus.unlock(UnlockRequest("op", 0, 2))
        sent = reports.wait_for(UnlockSent)
        reports.wait_for(DoorsRead, lambda read: read.mono_ms > sent.mono_ms + 2 * BRISK.refresh_ms)
    assert all(read.closed == EVERY for read in reports.of(DoorsRead))
    assert cabinet.unlocks() == [(0, 2)]


def test_a_door_left_open_stays_open_in_every_report(cabinet: SimulatedCabinet, reports: Reports) -> None:
    cabinet.control.fault(2, "left_open")
    cabinet.control.auto_close(10)
    with running(cabinet.url, reports) as bus:
        bus.unlock(UnlockRequest("op", 0, 2))
        opened = reports.wait_for(DoorsRead, open_now(2))
        later = reports.wait_for(DoorsRead, lambda read: read.mono_ms > opened.mono_ms + BRISK.refresh_ms)
        assert later.open == {2}
    assert (2, "left_open") in cabinet.moves()


@pytest.mark.parametrize("how", ["silent", "off"])
def test_a_board_that_does_not_answer_is_silent_once_and_comes_back_with_its_doors(
    cabinet: SimulatedCabinet, reports: Reports, how: str
) -> None:
    with running(cabinet.url, reports):
        reports.wait_for(DoorsRead)
        cabinet.control.off() if how == "off" else cabinet.control.silent()
        silent = reports.wait_for(BoardSilent)
        assert "board 0 does not answer" in silent.why
        reports.forget()
        cabinet.control.force(9)
        cabinet.control.healthy()
        reports.wait_for(DoorsRead, open_now(9))
    assert [type(report) for report in reports.all()][:2] == [BoardBack, DoorsRead]
    assert reports.of(BoardSilent) == []


def test_an_answer_after_its_time_never_answers_the_next_question(
    cabinet: SimulatedCabinet, reports: Reports
) -> None:
    cabinet.control.late(LATE_MS)
    with running(cabinet.url, reports, timings=PATIENT):
        silent = reports.wait_for(BoardSilent)
        assert "does not answer" in silent.why
        assert reports.of(DoorsRead) == []
        cabinet.control.healthy()
        reports.wait_for(DoorsRead)


def test_a_late_answer_of_one_board_is_never_taken_for_anothers(tmp_path: Path, reports: Reports) -> None:
    boards = (BOARD, replace(BOARD, board=1))
    with simulated_cabinet(tmp_path, boards=(0, 1)) as cabinet:
        cabinet.control.force(4, board=0)
        cabinet.control.late(LATE_MS, board=0)
        with running(cabinet.url, reports, *boards, timings=PATIENT):
            reports.wait_for(BoardSilent, lambda silent: silent.board == 0)
            seen_ms = reports.of(DoorsRead)[-1].mono_ms
            reports.wait_for(DoorsRead, lambda read: read.mono_ms > seen_ms + 3 * BRISK.refresh_ms)
    assert {read.board for read in reports.of(DoorsRead)} == {1}
    assert all(read.closed == EVERY for read in reports.of(DoorsRead))


def test_two_spoiled_answers_are_asked_for_again(cabinet: SimulatedCabinet, reports: Reports) -> None:
    cabinet.control.corrupt(2)
    with running(cabinet.url, reports):
        assert reports.wait_for(DoorsRead).closed == EVERY
    assert reports.of(BoardSilent) == []


def test_a_board_whose_every_answer_is_spoiled_is_silent_and_says_what_came(
    cabinet: SimulatedCabinet, reports: Reports
) -> None:
    cabinet.control.corrupt()
    with running(cabinet.url, reports):
        assert "what cannot be read" in reports.wait_for(BoardSilent).why
        assert reports.of(DoorsRead) == []


def test_noise_before_every_answer_hides_nothing(cabinet: SimulatedCabinet, reports: Reports) -> None:
    cabinet.control.noise(seed=42)
    with running(cabinet.url, reports) as bus:
        bus.unlock(UnlockRequest("op", 0, 11))
        reports.wait_for(DoorsRead, open_now(11))
    assert all(read.open in (frozenset(), {11}) for read in reports.of(DoorsRead))
    assert cabinet.unlocks() == [(0, 11)]


@pytest.mark.parametrize("told", [True, False])
def test_an_echoing_adapter_changes_nothing(cabinet: SimulatedCabinet, reports: Reports, told: bool) -> None:
    cabinet.control.echo()
    with running(cabinet.url, reports, replace(BOARD, echo=told)) as bus:
        bus.unlock(UnlockRequest("op", 0, 1))
        reports.wait_for(DoorsRead, open_now(1))
        cabinet.control.silent()
        assert reports.wait_for(BoardSilent).why.startswith("board 0 does not answer")
    assert cabinet.unlocks() == [(0, 1)]


def test_a_number_that_no_board_has_is_silent_and_its_unlocks_open_nothing(
    cabinet: SimulatedCabinet, reports: Reports
) -> None:
    with running(cabinet.url, reports, replace(BOARD, board=3)) as bus:
        reports.wait_for(BoardSilent, lambda silent: silent.board == 3)
        bus.unlock(UnlockRequest("op", 3, 1))
        reports.wait_for(UnlockSent)
        wait_until(lambda: cabinet.unlocks() == [(3, 1)])
    assert cabinet.moves() == []


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


def test_a_port_plugged_in_again_is_read_again_without_any_unlock(
    cabinet: SimulatedCabinet, reports: Reports
) -> None:
    with running(cabinet.url, reports) as bus:
        bus.unlock(UnlockRequest("before", 0, 6))
        reports.wait_for(DoorsRead, open_now(6))
        cabinet.stop()
        reports.wait_for(BoardSilent)
        bus.unlock(UnlockRequest("between", 0, 8))
        assert reports.wait_for(UnlockFailed).operation == "between"
        reports.forget()
        cabinet.start()
        reports.wait_for(BoardBack)
        reports.wait_for(DoorsRead, open_now(6))
    assert cabinet.unlocks() == [(0, 6)]


def test_starting_and_stopping_send_no_unlock(tmp_path: Path, reports: Reports) -> None:
    with simulated_cabinet(tmp_path, log_status=True) as cabinet:
        for _ in range(3):
            reports.forget()
            with running(cabinet.url, reports):
                reports.wait_for(DoorsRead)
        assert cabinet.unlocks() == []
        assert {line["what"] for line in cabinet.log()} == {"status"}


def test_a_silent_board_delays_another_by_no_more_than_one_time_out(tmp_path: Path, reports: Reports) -> None:
    timings = replace(BRISK, settle_ms=5, refresh_ms=1, failures_to_silence=1000)
    with simulated_cabinet(tmp_path, boards=(0, 1)) as cabinet:
        cabinet.control.off(board=0)
        with running(cabinet.url, reports, BOARD, replace(BOARD, board=1), timings=timings):
            wait_until(lambda: len(reports.of(DoorsRead)) > 6)
    gaps_ms = [b.mono_ms - a.mono_ms for a, b in pairwise(reports.of(DoorsRead))]
    assert statistics.median(gaps_ms) < 2 * REPLY_MS


def test_a_second_bus_on_a_port_is_told_that_it_is_taken(cabinet: SimulatedCabinet, reports: Reports) -> None:
    with running(cabinet.url, Reports()), running(cabinet.url, reports):
        assert "another program uses" in reports.wait_for(BoardSilent).why


def test_two_locks_are_never_energised_at_once(cabinet: SimulatedCabinet, reports: Reports) -> None:
    with running(cabinet.url, reports) as bus:
        for lock in (1, 2, 3):
            bus.unlock(UnlockRequest(f"op-{lock}", 0, lock))
        reports.wait_for(DoorsRead, open_now(1, 2, 3))
    sent_ms = [sent.mono_ms for sent in reports.of(UnlockSent)]
    assert cabinet.unlocks() == [(0, 1), (0, 2), (0, 3)]
    assert all(b - a >= BOARD.pulse_ms + BRISK.pulse_gap_ms for a, b in pairwise(sent_ms))


def test_an_unlock_that_waited_too_long_is_never_sent(cabinet: SimulatedCabinet, reports: Reports) -> None:
    with running(cabinet.url, reports, timings=replace(BRISK, unlock_max_wait_ms=100)) as bus:
        reports.wait_for(DoorsRead)
        bus.unlock(UnlockRequest("first", 0, 1))
        bus.unlock(UnlockRequest("second", 0, 2))
        failed = reports.wait_for(UnlockFailed)
        assert (failed.operation, failed.maybe_sent) == ("second", False)
    assert cabinet.unlocks() == [(0, 1)]


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


def test_an_adapter_nobody_said_echoes_is_named_by_what_comes_back(
    cabinet: SimulatedCabinet, reports: Reports
) -> None:
    cabinet.control.echo()
    cabinet.control.off()
    with running(cabinet.url, reports):
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


@pytest.mark.parametrize(("baud", "opened_at"), [(None, 19200), (115200, 115200)])
def test_a_line_is_opened_at_the_speed_of_its_boards_unless_told(baud: int | None, opened_at: int) -> None:
    speeds: queue.Queue[int] = queue.Queue()

    def opener(url: str, at: int) -> Port:
        speeds.put(at)
        return FakePort(answer_all_closed)

    with started(Bus("b", "x", [BOARD], Reports(), SystemClock(), baud=baud, opener=opener)) as bus:
        bus.start()
        assert speeds.get(timeout=5) == opened_at


@pytest.mark.parametrize(
    ("boards", "words"),
    [
        ([], "no board"),
        ([replace(BOARD, family="cu99")], "cu99"),
        ([replace(BOARD, board=10)], "board 10"),
        ([replace(BOARD, locks=17)], "17"),
        ([BOARD, BOARD], "one number"),
    ],
)
def test_boards_that_cannot_be_on_one_port_are_refused_by_name(boards: list[BoardConfig], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        Bus("east", "/dev/null", boards, Reports(), SystemClock())


def test_a_process_killed_at_its_unlock_leaves_one_frame_and_the_next_adds_none(
    cabinet: SimulatedCabinet, reports: Reports
) -> None:
    command = [sys.executable, "-c", OPENS_LOCK_ONE, cabinet.url]
    with subprocess.Popen(command, stdin=subprocess.PIPE, text=True) as program:
        cabinet.control.kill_on_unlock(program.pid)
        program.communicate("go\n", timeout=20)
    assert program.returncode == -signal.SIGKILL
    with running(cabinet.url, reports):
        reports.wait_for(DoorsRead, open_now(1))
    assert cabinet.unlocks() == [(0, 1)]


OPENS_LOCK_ONE = """
import queue, sys
from contract.clock import SystemClock
from locker_firmware_bridge.boards import BoardConfig, DoorsRead, UnlockRequest
from locker_firmware_bridge.boards.bus import Bus

reports = queue.Queue()
bus = Bus("bus", sys.argv[1], [BoardConfig("cu16", 0, 16)], reports.put, SystemClock())
bus.start()
assert isinstance(reports.get(), DoorsRead)
sys.stdin.readline()
bus.unlock(UnlockRequest("op", 0, 1))
while True:
    reports.get()
"""


def answer_all_closed(frame: bytes) -> bytes:
    return bytes.fromhex("02 00 35 FF FF 00 00 03 38") if frame == FAMILIES["cu16"].status(0) else b""


def fake_bus(port: FakePort, reports: Reports, *spares: FakePort) -> Bus:
    """A bus whose first port is `port`, the next ones `spares`; then there is none."""
    ports = [port, *spares]

    def opener(url: str, baud: int) -> Port:
        if not ports:
            raise PortNotFoundError(f"no {url} at {baud}")
        return ports.pop(0)

    return Bus("bus", "fake", (BOARD,), reports, SystemClock(), timings=BRISK, opener=opener)


@contextmanager
def started(bus: Bus) -> Iterator[Bus]:
    try:
        yield bus
    finally:
        bus.stop(timeout_seconds=5)
