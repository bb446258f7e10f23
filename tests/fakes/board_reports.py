"""Somebody to whom boards report."""

import threading
from collections.abc import Callable
from typing import TypeVar

from locker_firmware_bridge.boards import BoardReport

Report = TypeVar("Report", bound=BoardReport)


class Reports:
    """Remembers every report in order; call it, or wait for one to come."""

    def __init__(self) -> None:
        self._said: list[BoardReport] = []
        self._news = threading.Condition()

    def __call__(self, report: BoardReport) -> None:
        with self._news:
            self._said.append(report)
            self._news.notify_all()

    def all(self) -> list[BoardReport]:
        """Everything reported so far."""
        with self._news:
            return list(self._said)

    def of(self, kind: type[Report]) -> list[Report]:
        """Every report of one kind so far."""
        return [report for report in self.all() if isinstance(report, kind)]

    def forget(self) -> None:
        """Begin anew: `wait_for` looks only at what comes after."""
        with self._news:
            self._said.clear()

    def wait_for(
        self,
        kind: type[Report],
        so: Callable[[Report], bool] = lambda report: True,
        timeout_seconds: float = 60.0,
    ) -> Report:
        """The first report of this kind for which `so` holds, now or within the time-out."""

        def found() -> Report | None:
            return next((said for said in self._said if isinstance(said, kind) and so(said)), None)

        with self._news:
            report = self._news.wait_for(found, timeout_seconds)
            assert report is not None, (
                f"no such {kind.__name__} within {timeout_seconds} s: {self._said[-5:]}"
            )
            return report
