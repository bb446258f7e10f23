"""Waiting for what other threads and programs do: until it is so, or a deadline passes."""

import threading
from collections.abc import Callable

_LOOK_SECONDS = 0.005


def wait_until(so: Callable[[], object], timeout_seconds: float = 5.0) -> None:
    """Return once `so()` is true; AssertionError after the time-out."""
    pause = threading.Event()
    for _ in range(int(timeout_seconds / _LOOK_SECONDS)):
        if so():
            return
        pause.wait(_LOOK_SECONDS)
    assert so(), f"not so within {timeout_seconds} s"
