"""What a scanner is to the rest: something to listen to, that may be gone. And what can go wrong."""

from typing import Protocol

from contract.scans.message import Dropped, Message


class ScannerError(Exception):
    """Root of this package's errors. Messages name the device and the next step."""


class ScannerNotFoundError(ScannerError):
    """There is no such device now."""


class ScannerBusyError(ScannerError):
    """Another program has it."""


class ScannerForbiddenError(ScannerError):
    """This user may not open it."""


class ScannerLostError(ScannerError):
    """It was open and is gone: unplugged."""


class Source(Protocol):
    """An open scanner."""

    def listen(self) -> tuple[Message | Dropped, ...]:
        """What was read; waits up to a tenth of a second, so it may be nothing. ScannerLostError."""
        ...

    def close(self) -> None:
        """Give it back; never raises."""
        ...
