"""A bus that runs, with short times: what a board does in seconds is seen in a test in tenths."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Final

from contract.clock import SystemClock
from locker_firmware_bridge.boards import BoardConfig, Timings
from locker_firmware_bridge.boards.bus import Bus
from tests.fakes.board_reports import Reports

REPLY_MS: Final = 100
BRISK: Final = Timings(
    reply_ms=REPLY_MS,
    quick_poll_ms=20,
    idle_poll_ms=40,
    silent_poll_ms=100,
    debounce_ms=10,
    settle_ms=40,
    after_pulse_ms=10,
    pulse_gap_ms=60,
    refresh_ms=150,
    reopen_ms=50,
)
HASTY: Final = replace(BRISK, failures_to_silence=1)
"""For boards of which nothing good is expected."""
LATE_MS: Final = 240
PATIENT: Final = replace(BRISK, reply_ms=80, settle_ms=400, failures_to_silence=2)
"""An answer that is late by `LATE_MS` comes when nobody waits for it any more, before the next question."""


@contextmanager
def running(
    url: str, reports: Reports, *boards: BoardConfig, timings: Timings = BRISK, baud: int | None = None
) -> Iterator[Bus]:
    """A bus from its start to its end; what it says goes to `reports`."""
    bus = Bus("bus", url, boards, reports, SystemClock(), timings=timings, baud=baud)
    bus.start()
    try:
        yield bus
    finally:
        bus.stop(timeout_seconds=5)
