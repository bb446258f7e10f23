"""`lockers watch` shows every door live; `lockers monitor` prints the frames both ways, in words."""

import queue
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

import click

from contract.clock import SystemClock
from contract.settings import SettingsError
from locker_firmware_bridge import config
from locker_firmware_bridge.boards import BoardBack, BoardReport, BoardSilent, DoorsRead
from locker_firmware_bridge.boards.bus import Bus
from locker_firmware_bridge.boards.port import OpenPort, open_port
from locker_firmware_bridge.commissioning.spy import spying
from locker_firmware_bridge.config import Lockers

_STOP_SECONDS = 2.0
_DEVICE = click.Path(file_okay=False, exists=True, path_type=Path)
_FOR = click.option(
    "--for",
    "seconds",
    type=click.IntRange(min=1),
    help="End by itself so long after the first answer or silence.",
)


@click.command()
@click.option("--device", type=_DEVICE, required=True, help="Where lockers.toml lies.")
@_FOR
def watch(device: Path, seconds: int | None) -> None:
    """Show all doors live until Ctrl-C. Opens nothing; the bridge must be stopped meanwhile."""
    lockers = _read(device)
    picture = Picture(lockers)
    redraw = sys.stdout.isatty()
    with _running(lockers, open_port) as reports:
        for report in _until(reports, seconds):
            for line in picture.change(report):
                if not redraw:
                    click.echo(line)
            if redraw:
                click.clear()
                click.echo("\n".join(picture.lines()))


@click.command()
@click.option("--device", type=_DEVICE, required=True, help="Where lockers.toml lies.")
@_FOR
def monitor(device: Path, seconds: int | None) -> None:
    """Print every frame both ways, in bytes and in words. Opens nothing; the bridge must be stopped."""
    lockers = _read(device)
    boards = {bus.url: bus.boards for bus in lockers.buses}
    with _running(lockers, spying(open_port, boards, click.echo, SystemClock())) as reports:
        for report in _until(reports, seconds):
            if isinstance(report, BoardSilent):
                click.echo(f"  ! {report.bus}/{report.board}: {report.why}")


class Picture:
    """All doors by number, as they stand: `closed`, `open` or `unknown`."""

    def __init__(self, lockers: Lockers) -> None:
        self._numbers = {place: number for number, place in lockers.locks.items()}
        self._stand: dict[int, str] = dict.fromkeys(sorted(lockers.locks), "unknown")
        self._why: dict[tuple[str, int], str] = {}

    def change(self, report: BoardReport) -> list[str]:
        """Take a report in; what it changes, a line a door."""
        before = dict(self._stand)
        match report:
            case DoorsRead(bus, board, closed, opened):
                self._put(bus, board, closed, "closed")
                self._put(bus, board, opened, "open")
            case BoardSilent(bus, board, why):
                self._why[bus, board] = why
                every = {lock for one, other, lock in self._numbers if (one, other) == (bus, board)}
                self._put(bus, board, frozenset(every), "unknown")
                return [f"{bus}/{board}: {why}"]
            case BoardBack(bus, board):
                self._why.pop((bus, board), None)
                return [f"{bus}/{board}: answers again"]
        return [f"door {number}: {stand}" for number, stand in self._stand.items() if stand != before[number]]

    def lines(self) -> list[str]:
        """The whole picture, eight doors a line."""
        marks: Mapping[str, str] = {"closed": "■", "open": "□ open", "unknown": "? unknown"}
        cells = [f"{number:>4} {marks[stand]:<10}" for number, stand in self._stand.items()]
        rows = ["".join(cells[at : at + 8]).rstrip() for at in range(0, len(cells), 8)]
        silent = [f"{bus}/{board}: {why}" for (bus, board), why in sorted(self._why.items())]
        return [*rows, "", *silent, "Ctrl-C ends."]

    def _put(self, bus: str, board: int, locks: frozenset[int], stand: str) -> None:
        for lock in locks:
            if (bus, board, lock) in self._numbers:
                self._stand[self._numbers[bus, board, lock]] = stand


def _read(device: Path) -> Lockers:
    try:
        return config.read(device)
    except SettingsError as error:
        raise click.ClickException(str(error)) from None


@contextmanager
def _running(lockers: Lockers, opener: OpenPort) -> Iterator["queue.SimpleQueue[BoardReport]"]:
    """The buses as in service, reading only."""
    reports: queue.SimpleQueue[BoardReport] = queue.SimpleQueue()
    clock = SystemClock()
    buses = [
        Bus(bus.name, bus.url, bus.boards, reports.put, clock, baud=bus.baud, opener=opener)
        for bus in lockers.buses
    ]
    for bus in buses:
        bus.start()
    try:
        yield reports
    finally:
        for bus in buses:
            bus.stop(_STOP_SECONDS)


def _until(reports: "queue.SimpleQueue[BoardReport]", seconds: int | None) -> Iterator[BoardReport]:
    """Reports as they come, until the time since the first is over or Ctrl-C."""
    now_ms: Callable[[], int] = SystemClock().mono_ms
    end_ms: int | None = None
    with _interrupt() as asked:
        while not asked.is_set() and (end_ms is None or now_ms() < end_ms):
            with suppress(queue.Empty):
                yield reports.get(timeout=0.2)
                if end_ms is None and seconds is not None:
                    end_ms = now_ms() + 1000 * seconds


@contextmanager
def _interrupt() -> Iterator[threading.Event]:
    """Ctrl-C sets it: as an exception it could strike anywhere, also where it is swallowed."""
    asked = threading.Event()
    before = signal.signal(signal.SIGINT, lambda _number, _frame: asked.set())
    try:
        yield asked
    finally:
        signal.signal(signal.SIGINT, before)
