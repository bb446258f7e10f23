"""What the simulated boards stand in, and how they were ordered, wired and set."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from locker_firmware_bridge.boards.simulated.dialect import Dialect
from locker_firmware_bridge.boards.simulated.state import Cabinet

Field = str | int | float | None


class World(Protocol):
    """What the boards stand in."""

    def say(self, data: bytes) -> None:
        """Put bytes on the line."""
        ...

    def later(self, delay_ms: float, action: Callable[[], None]) -> None:
        """Do something after a while."""
        ...

    def log(self, kind: str, **fields: Field) -> None:
        """Write one line to the board's own log, with the time of now."""
        ...

    def kill(self, pid: int, group: bool) -> None:
        """SIGKILL a process or its group."""
        ...

    def save(self, cabinet: Cabinet) -> None:
        """Keep the state over a restart."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """How the boards of the line were ordered, wired and set.

    `reversed`: the contacts read 0 where a door is shut. `report_head` 0: nothing is said unasked.
    `answers_as`: by the number on a dial, the one that board answers with. `pulse_ms` None: the language's.
    """

    dialect: Dialect
    reversed: bool = False
    lsb_first: bool = False
    report_head: int = 0
    answers_as: tuple[tuple[int, int], ...] = ()
    pulse_ms: int | None = None
