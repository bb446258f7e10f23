"""An open line without a machine behind it, for what a real one does too rarely."""

from collections.abc import Callable

from locker_firmware_bridge.boards.errors import PortLostError


class FakePort:
    """A `Port` that remembers frames in order, answers by `answer`, and breaks when told."""

    def __init__(self, answer: Callable[[bytes], bytes] = lambda frame: b"") -> None:
        self.written: list[bytes] = []
        self.breaks_at: Callable[[bytes], bool] = lambda frame: False
        self.closed = False
        self._answer, self._waiting = answer, b""

    def write(self, frame: bytes) -> None:
        if self.breaks_at(frame):
            raise PortLostError("pulled out")
        self.written.append(frame)
        self._waiting += self._answer(frame)

    def read(self) -> bytes:
        received, self._waiting = self._waiting, b""
        return received

    def drop_input(self) -> None:
        self._waiting = b""

    def close(self) -> None:
        self.closed = True
