"""What `test_conformance` asks of simulated boards, asked of a real one. Nothing moves without `--unlock`.

What was sent is counted at the port, for a real board keeps no log.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

import pytest

from contract.clock import SystemClock
from locker_firmware_bridge.boards import BoardConfig, BoardSilent, DoorsRead, UnlockRequest, UnlockSent
from locker_firmware_bridge.boards.bus import Bus
from locker_firmware_bridge.boards.port import Port, open_port
from locker_firmware_bridge.codecs import FAMILIES
from tests.fakes.board_reports import Reports

pytestmark = pytest.mark.hardware

_OPENS_WITHIN_SECONDS = 10.0
_READ_SECONDS = 20.0


@dataclass
class Witness:
    """A real port, and every frame that was written to it."""

    url: str
    baud: int | None
    frames: list[bytes] = field(default_factory=list)
    reports: Reports = field(default_factory=Reports)

    def open(self, url: str, baud: int) -> Port:
        return _Overheard(open_port(url, baud), self.frames)

    @contextmanager
    def bus(self, board: BoardConfig) -> Iterator[Bus]:
        bus = Bus("real", self.url, [board], self.reports, SystemClock(), baud=self.baud, opener=self.open)
        bus.start()
        try:
            yield bus
        finally:
            bus.stop(timeout_seconds=5)

    def orders(self, board: BoardConfig) -> list[bytes]:
        """Every frame but questions, and switching relays off."""
        family = FAMILIES[board.family]
        harmless = {family.status(board.board, board.locks), family.all_off(board.board)}
        return [frame for frame in self.frames if frame not in harmless]


@dataclass
class _Overheard:
    port: Port
    frames: list[bytes]

    def write(self, frame: bytes) -> None:
        self.frames.append(frame)
        self.port.write(frame)

    def read(self) -> bytes:
        return self.port.read()

    def drop_input(self) -> None:
        self.port.drop_input()

    def close(self) -> None:
        self.port.close()


@pytest.fixture
def witness(url: str, baud: int | None) -> Witness:
    return Witness(url, baud)


def test_every_door_is_told_at_start_and_again_without_any_order(
    witness: Witness, board: BoardConfig
) -> None:
    with witness.bus(board):
        first = witness.reports.wait_for(DoorsRead, timeout_seconds=_READ_SECONDS)
        again = witness.reports.wait_for(
            DoorsRead, lambda read: read.mono_ms > first.mono_ms, timeout_seconds=_READ_SECONDS
        )
    assert first.closed | first.open == frozenset(range(1, board.locks + 1))
    assert (again.closed, again.open) == (first.closed, first.open)
    assert witness.orders(board) == []


def test_doors_are_the_same_when_the_port_is_opened_again(witness: Witness, board: BoardConfig) -> None:
    seen = []
    for _ in range(3):
        witness.reports.forget()
        with witness.bus(board):
            read = witness.reports.wait_for(DoorsRead, timeout_seconds=_READ_SECONDS)
        seen.append((read.closed, read.open))
    assert len(set(seen)) == 1
    assert witness.orders(board) == []


def test_a_number_that_is_on_no_dial_is_silent(
    witness: Witness, board: BoardConfig, request: pytest.FixtureRequest
) -> None:
    taken = {board.board, *request.config.getoption("--taken")}
    spare = next(number for number in FAMILIES[board.family].boards if number not in taken)
    with witness.bus(replace(board, board=spare)):
        witness.reports.wait_for(BoardSilent, timeout_seconds=_READ_SECONDS)
    assert witness.reports.of(DoorsRead) == []


def test_an_unlock_is_one_frame_and_its_door_is_seen_to_open(
    witness: Witness, board: BoardConfig, lock: int
) -> None:
    with witness.bus(board) as bus:
        before = witness.reports.wait_for(DoorsRead, timeout_seconds=_READ_SECONDS)
        assert lock in before.closed, f"shut door {lock} first"
        bus.unlock(UnlockRequest("op", board.board, lock))
        witness.reports.wait_for(UnlockSent)
        opened = witness.reports.wait_for(
            DoorsRead, lambda read: lock in read.open, timeout_seconds=_OPENS_WITHIN_SECONDS
        )
    assert opened.open - before.open == {lock}
    assert len(witness.orders(board)) == 1
