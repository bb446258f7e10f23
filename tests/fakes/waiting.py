"""Waiting for what other threads and programs do: until it is so, or a deadline passes."""

import threading
from collections.abc import Callable

from contract.clock import SystemClock

PATIENCE_MS = 90_000
"""For a page in a browser."""
_LOOK_SECONDS = 0.005
_GLANCE_SECONDS = 0.05


def wait_until(so: Callable[[], object], timeout_seconds: float = 60.0) -> None:
    """Return once `so()` is true; AssertionError after the time-out."""
    pause = threading.Event()
    for _ in range(int(timeout_seconds / _LOOK_SECONDS)):
        if so():
            return
        pause.wait(_LOOK_SECONDS)
    assert so(), f"not so within {timeout_seconds} s"


def patiently(so: Callable[[], object], timeout_seconds: float = 120.0) -> None:
    """The same for what costs something to look at: whole programs, on a machine that has other work."""
    clock, pause = SystemClock(), threading.Event()
    end_ms = clock.mono_ms() + int(timeout_seconds * 1000)
    while not so():
        assert clock.mono_ms() < end_ms, f"not so within {timeout_seconds} s"
        pause.wait(_GLANCE_SECONDS)
