"""A scanner without a machine behind it: what it reads is put in, and it can be pulled out."""

import queue
from collections.abc import Iterable

from contract.scans.message import Dropped, Message
from kiosk.scanner.source import ScannerError, ScannerLostError, ScannerNotFoundError

_GONE = ScannerLostError("the scanner at here is gone: check its plug and cable")


class FakeScanner:
    """A `Source` and what opens it. It counts how often it was opened and given back."""

    def __init__(self) -> None:
        self.refuses: ScannerError | None = None
        self.opened = self.closed = 0
        self._read: queue.SimpleQueue[tuple[Message | Dropped, ...] | ScannerError] = queue.SimpleQueue()

    def open(self) -> "FakeScanner":
        if self.refuses is not None:
            raise self.refuses
        self.opened += 1
        return self

    def reads(self, *read: Message | Dropped | str) -> None:
        """All of it at once, as after one look at the port."""
        self._read.put(tuple(Message(one) if isinstance(one, str) else one for one in read))

    def is_pulled_out(self) -> None:
        self.refuses = ScannerNotFoundError("no scanner at here: check its name and its plug")
        self._read.put(_GONE)

    def is_plugged_in(self) -> None:
        self.refuses = None

    def listen(self) -> tuple[Message | Dropped, ...]:
        try:
            read: Iterable[Message | Dropped] | ScannerError = self._read.get(timeout=0.02)
        except queue.Empty:
            return ()
        if isinstance(read, ScannerError):
            raise read
        return tuple(read)

    def close(self) -> None:
        self.closed += 1
