"""The driver of the lock boards: what it adds to the wire, and ten boards of 48 doors on one line.

The boards are the simulated ones on a pseudo-terminal, with every byte taking its time at 19200 baud. The
floor of a question is the same bytes written and read bare on the same line, in turn with the driver's.
"""

import os
import queue
import random
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path

from contract.clock import SystemClock
from locker_firmware_bridge import config
from locker_firmware_bridge.boards import BoardConfig, BoardReport, DoorsRead
from locker_firmware_bridge.boards.bus import Bus
from locker_firmware_bridge.boards.exchange import ask
from locker_firmware_bridge.boards.port import open_port
from locker_firmware_bridge.codecs import FAMILIES
from locker_firmware_bridge.commissioning.profile import toml_of
from locker_firmware_bridge.config import Board, Door, LockersFile
from locker_firmware_bridge.config import Bus as BusFile
from tests.benchmarks.figures import Figure, information, percentile, timed_ms
from tests.fakes.cabinet import SimulatedCabinet, simulated_cabinet

BAUD, BITS_A_BYTE = 19200, 10
ASKS, ROUNDS = 25, 12
ADDED_MS = 5.0
BOARDS = tuple(range(10))
SETTLE_SECONDS, WATCH_SECONDS = 8.0, 25.0
OLDEST_MS, MOST_SHARE = 2_000.0, 0.05
MOVES, SEEN_MS = 40, 500.0
PACED = ["--family=cu48", f"--baud={BAUD}", "--pace"]
_TICKS = os.sysconf("SC_CLK_TCK")


def run() -> list[Figure]:
    """Questions beside bare ones; then a full line polled, and doors that move on it."""
    with tempfile.TemporaryDirectory(prefix="bench-boards-") as name:
        return [*_added(Path(name)), *_full_line(Path(name)), *_movements(Path(name))]


# --- one question ------------------------------------------------------------------------------


def _added(directory: Path) -> list[Figure]:
    """What the driver adds to the wire time of question and answer."""
    family, clock = FAMILIES["cu16"], SystemClock()
    options = ["--family=cu16", f"--baud={BAUD}", "--pace"]
    with simulated_cabinet(directory, options=options) as cabinet:
        port = open_port(cabinet.url, BAUD)
        line = os.open(cabinet.url, os.O_RDWR | os.O_NOCTTY)
        driver: list[float] = []
        bare: list[float] = []
        for _ in range(ROUNDS):
            bare += timed_ms(lambda: _bare(line, family.status(0), family.longest), ASKS)
            driver += timed_ms(lambda: ask(port, BoardConfig("cu16", 0, 16), clock), ASKS)
        os.close(line)
        port.close()
    wire_ms = 1000 * BITS_A_BYTE * (len(family.status(0)) + family.longest) / BAUD
    p50, p99 = (percentile(sorted(driver), share) for share in (0.5, 0.99))
    bare_p99 = percentile(sorted(bare), 0.99)
    added = p99 - wire_ms
    told = f"wire {wire_ms:.2f} ms, p50 {p50:.2f} ms, p99 {p99:.2f} ms"
    return [
        Figure(
            "a board is asked at 19200: p99 over the wire",
            f"{added:.2f} ms",
            told,
            "",
            "≤ 5 ms",
            added <= ADDED_MS,
        ),
        information("a board is asked: p99, beside the same bytes bare", p99, bare_p99, "ms"),
    ]


def _bare(line: int, question: bytes, answer_bytes: int) -> None:
    os.write(line, question)
    left = answer_bytes
    while left:
        left -= len(os.read(line, left))


# --- a full line -------------------------------------------------------------------------------


def _full_line(directory: Path) -> list[Figure]:
    """480 doors polled by the driver in a process of its own: how old they become, what it costs."""
    with _ten_boards(directory) as cabinet:
        _write_file(directory, cabinet.url)
        command = [sys.executable, "-m", "locker_firmware_bridge", "watch", "--device", str(directory)]
        with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
            pause = threading.Event()
            pause.wait(SETTLE_SECONDS)
            before, from_ms = _processor_seconds(process.pid), SystemClock().mono_ms()
            pause.wait(WATCH_SECONDS)
            share = (_processor_seconds(process.pid) - before) / WATCH_SECONDS
            process.terminate()
        oldest = max(_gaps_ms(cabinet, board, from_ms) for board in BOARDS)
    return [
        Figure("480 doors on one line: oldest", f"{oldest:.0f} ms", "", "", "≤ 2000 ms", oldest <= OLDEST_MS),
        Figure(
            "480 doors on one line: processor", f"{share:.2%} of a core", "", "", "< 5 %", share < MOST_SHARE
        ),
    ]


@contextmanager
def _ten_boards(directory: Path) -> Iterator[SimulatedCabinet]:
    with simulated_cabinet(directory, 48, boards=BOARDS, log_status=True, options=PACED) as cabinet:
        yield cabinet


def _write_file(directory: Path, url: str) -> None:
    """The whole line; a file has places for 256 doors, the driver reads all 480 all the same."""
    boards = tuple(Board(family="cu48", address=board, locks=48) for board in BOARDS)
    doors = tuple(
        Door(
            number=1 + lock + 24 * board,
            lock=1 + lock,
            size="M",
            floor_cm=10,
            column=1 + board,
            row=1 + lock,
            board=board,
        )
        for board in BOARDS
        for lock in range(24)
    )
    file = LockersFile(bus=(BusFile(name="main", url=url, board=boards),), compartment=doors)
    (directory / config.FILE_NAME).write_text(toml_of(file))


def _gaps_ms(cabinet: SimulatedCabinet, board: int, from_ms: float) -> float:
    """The longest time between two questions to a board; a door is as old as that before it is read again."""
    asked: list[float] = [
        line["mono_ms"]
        for line in cabinet.log()
        if line["kind"] == "frame_in" and line["what"] == "status" and line["board"] == board
    ]
    asked = [at_ms for at_ms in asked if at_ms >= from_ms]
    return max(after - before for before, after in pairwise(asked))


def _processor_seconds(pid: int) -> float:
    """Its user and system time so far (proc(5), fields 14 and 15)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


# --- doors that move ---------------------------------------------------------------------------


def _movements(directory: Path) -> list[Figure]:
    """From a door's movement in the board's own log to the driver's report, while a visit waits for it."""
    reports: queue.SimpleQueue[BoardReport] = queue.SimpleQueue()
    boards = [BoardConfig("cu48", board, 48) for board in BOARDS]
    with _ten_boards(directory) as cabinet:
        bus = Bus("full", cabinet.url, boards, reports.put, SystemClock())
        bus.start()
        delays = sorted(_moves(cabinet, bus, reports))
        bus.stop(timeout_seconds=5)
    p50, p99 = (percentile(delays, share) for share in (0.5, 0.99))
    return [
        Figure(
            f"a door waited for moves on a full line, {MOVES} times: p99",
            f"{p99:.0f} ms",
            f"p50 {p50:.0f} ms",
            "",
            "≤ 500 ms",
            p99 <= SEEN_MS,
        )
    ]


def _moves(cabinet: SimulatedCabinet, bus: Bus, reports: "queue.SimpleQueue[BoardReport]") -> list[float]:
    chance, clock, delays = random.Random(1), SystemClock(), list[float]()
    for turn in range(MOVES):
        board, lock = chance.choice(BOARDS), chance.randint(1, 48)
        bus.expect(board, clock.mono_ms() + 20_000)
        threading.Event().wait(1 + chance.random())
        for move in (cabinet.control.force, cabinet.control.close):
            move(lock, board=board)
            opened = move == cabinet.control.force
            seen_ms = _seen(reports, board, lock, opened=opened)
            moved_ms = [line["mono_ms"] for line in cabinet.log() if line["kind"] == "door"][-1]
            if turn:
                delays.append(seen_ms - moved_ms)
            threading.Event().wait(chance.random())
    return delays


def _seen(reports: "queue.SimpleQueue[BoardReport]", board: int, lock: int, *, opened: bool) -> float:
    while True:
        report = reports.get(timeout=20)
        if isinstance(report, DoorsRead) and report.board == board and (lock in report.open) == opened:
            return report.mono_ms
