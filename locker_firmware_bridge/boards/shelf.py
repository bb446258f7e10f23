"""A shelf, a counter, a rack: places without locks, behind the same verbs as a lock board."""

from collections.abc import Callable

from locker_firmware_bridge.boards import BoardReport, UnlockFailed, UnlockRequest


class Shelf:
    """The `Boards` of places that are simply open: nothing to read, nothing to unlock."""

    def __init__(self, name: str, report: Callable[[BoardReport], None]) -> None:
        self._name, self._report = name, report

    @property
    def name(self) -> str:
        """The name of the shelf."""
        return self._name

    def start(self) -> None:
        """There is nothing to start."""

    def stop(self, timeout_seconds: float) -> None:
        """There is nothing to stop."""

    def unlock(self, request: UnlockRequest) -> None:
        """Refused at once, with an `UnlockFailed`."""
        self._report(UnlockFailed(request.operation, f"{self._name} is a shelf: it has no locks"))

    def calm(self, until_ms: int) -> None:
        """Nothing moves."""

    def hush(self) -> None:
        """Nothing is asked."""

    def expect(self, board: int, until_ms: int) -> None:
        """No door will move."""
