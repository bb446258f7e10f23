"""Simulated boards of one family on one line, and the bus that drives them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from locker_firmware_bridge.boards import BoardConfig, Timings, UnlockRequest
from locker_firmware_bridge.boards.bus import Bus
from locker_firmware_bridge.boards.simulated import DIALECTS
from locker_firmware_bridge.codecs import FAMILIES
from tests.fakes.board_reports import Reports
from tests.fakes.cabinet import SimulatedCabinet, simulated_cabinet
from tests.fakes.running_bus import BRISK, running

BOARDS = 4
SHORTEST_PULSE_MS = 80


@dataclass(frozen=True)
class Model:
    """One family as its boards stand on the test line: `BOARDS` of them, with the usual number of locks."""

    name: str

    @property
    def numbers(self) -> tuple[int, ...]:
        """What is set on the dials."""
        return tuple(FAMILIES[self.name].boards[:BOARDS])

    @property
    def stranger(self) -> int:
        """A number that no board of the line has."""
        return FAMILIES[self.name].boards[BOARDS]

    @property
    def locks(self) -> int:
        return DIALECTS[self.name].usual_locks

    @property
    def every(self) -> frozenset[int]:
        return frozenset(range(1, self.locks + 1))

    @property
    def pulse_ms(self) -> int:
        """The shortest there is."""
        family = FAMILIES[self.name]
        if family.own_pulse_ms is None:
            return family.pulses_ms[0]
        return max(SHORTEST_PULSE_MS, family.own_pulse_ms)

    def config(self, place: int = 0) -> BoardConfig:
        """One of the boards as it is to be configured."""
        return BoardConfig(self.name, self.numbers[place], self.locks, pulse_ms=self.pulse_ms)


@dataclass(frozen=True)
class Site:
    """Boards of one family, and the line to them."""

    model: Model
    cabinet: SimulatedCabinet

    @property
    def board(self) -> BoardConfig:
        """The second: its number is no lock's, so that one taken for the other is seen."""
        return self.model.config(1)

    @property
    def lock(self) -> int:
        """One at the end of the status."""
        return self.model.locks - 1

    @contextmanager
    def bus(
        self, reports: Reports, *boards: BoardConfig, timings: Timings = BRISK, baud: int | None = None
    ) -> Iterator[Bus]:
        chosen = boards or (self.board,)
        with running(self.cabinet.url, reports, *chosen, timings=timings, baud=baud) as bus:
            yield bus

    def unlock(self, bus: Bus, lock: int | None = None, operation: str = "op") -> None:
        bus.unlock(UnlockRequest(operation, self.board.board, lock or self.lock))

    def orders(self) -> list[str]:
        return [order["what"] for order in self.cabinet.orders()]


@contextmanager
def site_of(name: str, directory: Path, *options: str, locks: int | None = None) -> Iterator[Site]:
    model = Model(name)
    every = [f"--family={name}", f"--pulse={model.pulse_ms}", *options]
    with simulated_cabinet(
        directory, locks or model.locks, boards=model.numbers, log_status=True, options=every
    ) as cabinet:
        yield Site(model, cabinet)
