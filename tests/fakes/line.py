"""The line switch of the demo, for tests: a real proxy with real faults."""

from collections.abc import Iterator
from contextlib import contextmanager

from deploy.line import Line

__all__ = ["Line", "line_to"]


@contextmanager
def line_to(port: int, *, delay_ms: int = 0) -> Iterator[Line]:
    """Run a line to a loopback port; connect to its `port`."""
    line = Line(("127.0.0.1", port), delay_ms=delay_ms)
    line.start()
    try:
        yield line
    finally:
        line.stop()
