"""One serial port with its lock boards: one thread, one queue, unlocks before polls.

The thread alone touches the port. It sends what `unlock` asks for, else asks the board whose turn it
is, else waits. Nothing it does by itself - starting, stopping, opening the port again - moves a lock.
A second thread does nothing but look whether the first one comes back: a driver that never returns from a
port must not leave old doors standing.
"""

import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from contract.clock import Clock
from locker_firmware_bridge.boards import (
    BoardConfig,
    BoardReport,
    Timings,
    UnlockFailed,
    UnlockRefused,
    UnlockRequest,
    UnlockSent,
    duty,
    watch,
)
from locker_firmware_bridge.boards.checks import check_boards
from locker_firmware_bridge.boards.driver import Driver, OpenDriver, driver_of
from locker_firmware_bridge.boards.duty import Duty
from locker_firmware_bridge.boards.errors import BoardError, NoReplyError, PortLostError
from locker_firmware_bridge.boards.port import OpenPort, open_port
from locker_firmware_bridge.boards.watch import Watch

__all__ = ["Bus", "Timings", "UnlockRequest"]

_USUAL = Timings()
_MOMENT_SECONDS = 0.005
"""An unlock is sent within this time where the line is free."""


@dataclass(frozen=True, slots=True)
class _Waiting:
    """An unlock and when it was asked for."""

    request: UnlockRequest
    since_ms: int
    sent: threading.Event = field(default_factory=threading.Event)


@dataclass(frozen=True, slots=True)
class _Poll:
    """It is this board's turn."""

    driver: Driver
    board: int


@dataclass(frozen=True, slots=True)
class _OpenPort:
    """The port is closed, and it is time to try."""


_Work = _Waiting | _Poll | _OpenPort


class Bus:
    """The `Boards` of one serial port.

    `report` is called on the bus's threads (and by `unlock` once stopped): it must be quick and must
    not raise; a queue's `put` is meant. ValueError: boards that cannot share this port.
    """

    def __init__(
        self,
        name: str,
        url: str,
        boards: Sequence[BoardConfig],
        report: Callable[[BoardReport], None],
        clock: Clock,
        *,
        timings: Timings = _USUAL,
        baud: int | None = None,
        opener: OpenPort = open_port,
        driver: OpenDriver | None = None,
    ) -> None:
        check_boards(name, boards)
        self._name, self._url, self._report, self._clock, self._timings = name, url, report, clock, timings
        self._open_driver = driver or driver_of(
            url, boards, clock, opener=opener, baud=baud, reply_ms=timings.reply_ms
        )
        now_ms = clock.mono_ms()
        self._configs = {config.board: config for config in boards}
        self._watches = {
            board: Watch(name, config, timings, now_ms) for board, config in self._configs.items()
        }
        self._driver: Driver | None = None
        self._open_ms = now_ms
        self._line_free_ms = self._order_free_ms = self._pulse_free_ms = self._hushed_ms = now_ms
        self._calm_ms: int | None = None
        self._errors = 0
        self._duty: dict[tuple[int, int], Duty] = {}
        self._unsafe: set[int] = set()
        """Boards not switched off yet since the line was opened, or since they were silent."""
        self._wake = threading.Condition()
        self._unlocks: deque[_Waiting] = deque()
        self._expected: dict[int, int] = {}
        self._stopping = False
        self._ended = threading.Event()
        self._busy_since_ms: int | None = None
        self._held = False
        self._thread = threading.Thread(target=self._run, name=f"bus {name}", daemon=True)
        self._guard = threading.Thread(target=self._look_after, name=f"guard {name}", daemon=True)

    @property
    def name(self) -> str:
        """The name the reports carry as `bus`."""
        return self._name

    def start(self) -> None:
        """Open the port, now or as soon as it appears, and begin to read doors."""
        self._thread.start()
        self._guard.start()

    def stop(self, timeout_seconds: float) -> None:
        """End the thread, refusing what still waits; one that a driver holds longer ends with the process."""
        with self._wake:
            self._stopping = True
            self._wake.notify()
        self._ended.set()
        if self._thread.ident is None:
            self._refuse_waiting(f"the bus {self._name} was stopped")
        else:
            self._thread.join(timeout_seconds)

    def unlock(self, request: UnlockRequest) -> None:
        """Queue one pulse. Exactly one `UnlockSent` or `UnlockFailed` follows; nothing is ever repeated.

        Whoever asks stands back until it is sent, for a moment at most: what they do next would keep the
        interpreter from the bus's thread.
        """
        waiting = _Waiting(request, self._clock.mono_ms())
        with self._wake:
            why = self._held_words() if self._held else f"the bus {self._name} is stopped"
            if takes := not (self._stopping or self._held):
                self._unlocks.append(waiting)
                self._wake.notify()
        if takes:
            waiting.sent.wait(_MOMENT_SECONDS)
        else:
            self._refuse(request, why)

    def expect(self, board: int, until_ms: int) -> None:
        """A door of this board will move: look often until this monotonic time."""
        with self._wake:
            self._expected[board] = max(until_ms, self._expected.get(board, 0))
            self._wake.notify()

    def calm(self, until_ms: int) -> None:
        """No door is expected to move after this monotonic time, whatever was said before."""
        with self._wake:
            self._calm_ms = until_ms

    def hush(self) -> None:
        """An order may come at once: begin no question for a moment."""
        with self._wake:
            self._hushed_ms = self._clock.mono_ms() + self._timings.hush_ms

    def _run(self) -> None:
        try:
            while (work := self._next()) is not None:
                self._do(work)
        finally:  # also when a fault of ours ends the thread: nobody may wait for it, or believe old doors
            self._close()
            self._end()

    def _do(self, work: _Work) -> None:
        match work:
            case _Waiting():
                self._send(work)
            case _Poll(driver, board):
                self._poll(driver, board)
            case _OpenPort():
                self._open()

    def _end(self) -> None:
        with self._wake:
            asked, self._stopping = self._stopping, True
        self._ended.set()
        if not asked:
            self._lose_all(f"the bus {self._name} has failed: see the log and start the bridge again")
        self._refuse_waiting(f"the bus {self._name} was stopped")

    def _look_after(self) -> None:
        while not self._ended.wait(self._timings.held_ms / 4000):
            with self._wake:
                busy_ms = self._clock.mono_ms() - (self._busy_since_ms or self._clock.mono_ms())
                if busy_ms >= self._timings.held_ms:
                    self._held = True
                    self._lose_all(self._held_words())
                    self._refuse_waiting(self._held_words())

    def _held_words(self) -> str:
        seconds = self._timings.held_ms / 1000
        return f"the port {self._url} has not come back for {seconds:g} s: check its plug, cable and power"

    def _next(self) -> _Work | None:
        """What to do now, waiting until there is something; None: stop."""
        with self._wake:
            self._busy_since_ms = None
            if self._held:  # meanwhile all was told to be unknown: begin anew
                self._held = False
                self._lose_all(self._held_words())
            while not self._stopping:
                now_ms = self._clock.mono_ms()
                self._note_expected(now_ms)
                due_ms, work = self._first_due(now_ms)
                if due_ms <= now_ms:
                    if isinstance(work, _Waiting):
                        self._unlocks.popleft()
                    self._busy_since_ms = now_ms
                    return work
                self._wake.wait((due_ms - now_ms) / 1000)
        return None

    def _first_due(self, now_ms: int) -> tuple[int, _Work]:
        """What comes next and when: unlocks first, whatever is overdue behind them."""
        if self._driver is None:
            if self._unlocks and self._open_ms > now_ms:
                return now_ms, self._unlocks[0]
            return self._open_ms, _OpenPort()
        turn = watch.next_turn(self._watches.values(), now_ms)
        hushed_ms = min(self._hushed_ms, turn.due_ms + self._timings.hush_late_ms)
        poll_ms = max(turn.due_ms, hushed_ms, self._line_free_ms)
        poll = _Poll(self._driver, turn.config.board)
        unlock_ms = max(self._order_free_ms, self._pulse_free_ms)
        if self._unlocks and unlock_ms <= max(poll_ms, now_ms):
            return unlock_ms, self._unlocks[0]
        return poll_ms, poll

    def _note_expected(self, now_ms: int) -> None:
        if self._calm_ms is not None:
            calm_ms, self._calm_ms = self._calm_ms, None
            self._watches = {board: watch.calm(each, calm_ms) for board, each in self._watches.items()}
        while self._expected:
            board, until_ms = self._expected.popitem()
            if board in self._watches:
                self._watches[board] = watch.expect(self._watches[board], until_ms, now_ms)

    def _send(self, waiting: _Waiting) -> None:
        """Write one unlock frame, once, or say why not."""
        request, driver = waiting.request, self._driver
        why = self._why_not(waiting)
        if why or driver is None:
            self._refuse(request, why)
            return
        config = self._configs[request.board]
        try:
            driver.pulse(config, request.lock)
        except PortLostError as error:
            self._report(UnlockFailed(request.operation, str(error), maybe_sent=True))
            self._open_again()
            self._pulsed(request)
        else:
            waiting.sent.set()
            sent_ms = self._clock.mono_ms()
            self._report(UnlockSent(request.operation, request.board, request.lock, sent_ms))
            self._pulsed(request)
            self._finish(driver, config, request)

    def _finish(self, driver: Driver, config: BoardConfig, request: UnlockRequest) -> None:
        """Leave the line to the board while it may answer; a no is told, the door looked at all the same."""
        try:
            why = driver.finish(config, request.lock)
        except PortLostError:
            self._open_again()
            return
        if why:
            self._report(UnlockRefused(request.operation, f"board {request.board}: {why}"))
        self._line_free_ms = self._order_free_ms = self._clock.mono_ms() + driver.pause_ms(config)

    def _why_not(self, waiting: _Waiting) -> str:
        """Why this unlock must not be sent; empty: it may."""
        request, waited_ms = waiting.request, self._clock.mono_ms() - waiting.since_ms
        config = self._configs.get(request.board)
        if config is None or not 1 <= request.lock <= config.locks:
            return f"the bus {self._name} has no lock {request.lock} on board {request.board}"
        if self._driver is None:
            return f"the port {self._url} is not open: check its plug and power"
        if waited_ms > self._timings.unlock_max_wait_ms:
            return f"the port {self._url} was busy for {waited_ms} ms: try again"
        rest_ms = duty.wait_ms(self._duty_of(request), self._clock.mono_ms())
        if rest_ms:
            return f"lock {request.lock} of board {request.board} must cool for {rest_ms} ms: try again then"
        return ""

    def _duty_of(self, request: UnlockRequest) -> Duty:
        return self._duty.get((request.board, request.lock), Duty())

    def _pulsed(self, request: UnlockRequest) -> None:
        """A lock is energised, or may be: leave line and supply alone, and look when it is over."""
        now_ms, board = self._clock.mono_ms(), request.board
        self._duty[board, request.lock] = duty.pulsed(self._duty_of(request), now_ms)
        self._pulse_free_ms = now_ms + self._configs[board].pulse_ms + self._timings.pulse_gap_ms
        self._watches[board] = watch.unlocked(self._watches[board], now_ms)

    def _poll(self, driver: Driver, board: int) -> None:
        """Ask one board once; its second and third try come in turn with the other boards."""
        config = self._configs[board]
        pause_ms = driver.pause_ms(config)
        try:
            reading = driver.look(config)
            if board in self._unsafe:
                driver.switch_off(config)
                self._unsafe.discard(board)
        except BoardError as error:
            self._failed(driver, board, error)
            self._order_free_ms = self._clock.mono_ms() + pause_ms
        else:
            self._errors = 0
            self._note(watch.read(self._watches[board], reading, self._clock.mono_ms()))
            self._order_free_ms = self._clock.mono_ms() + driver.gap_ms(config)
        self._line_free_ms = self._clock.mono_ms() + pause_ms

    def _failed(self, driver: Driver, board: int, error: BoardError) -> None:
        """Count it; three in a row, or a lost port, and the port is opened afresh."""
        late_possible = isinstance(error, NoReplyError)
        retry_ms = self._timings.settle_ms if late_possible else driver.pause_ms(self._configs[board])
        now_ms = self._clock.mono_ms()
        failed = watch.failed(self._watches[board], str(error), now_ms, retry_ms, unanswered=late_possible)
        self._note(failed)
        if self._watches[board].silent:
            self._unsafe.add(board)
        self._errors += 1
        if isinstance(error, PortLostError) or self._errors >= self._timings.failures_to_silence:
            self._open_again()

    def _open(self) -> None:
        """Try to open the port; while it cannot be, every board on it is silent."""
        try:
            self._driver = self._open_driver()
            self._unsafe = set(self._configs)
        except BoardError as error:
            self._open_ms = self._clock.mono_ms() + self._timings.reopen_ms
            self._lose_all(str(error))

    def _lose_all(self, why: str) -> None:
        """Nothing is known about any door; every board is asked as soon as the port opens."""
        for watched in self._watches.values():
            self._note(watch.lost(watched, why, self._clock.mono_ms()))

    def _open_again(self) -> None:
        self._close()
        self._errors, self._open_ms = 0, self._clock.mono_ms()

    def _close(self) -> None:
        if self._driver is not None:
            self._driver.close()
            self._driver = None

    def _note(self, watched: watch.Watched) -> None:
        now, reports = watched
        self._watches[now.config.board] = now
        for said in reports:
            self._report(said)

    def _refuse(self, request: UnlockRequest, why: str) -> None:
        self._report(UnlockFailed(request.operation, why))

    def _refuse_waiting(self, why: str) -> None:
        while self._unlocks:
            self._refuse(self._unlocks.popleft().request, why)
