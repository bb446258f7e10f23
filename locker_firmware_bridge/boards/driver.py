"""What a bus has in its hands: a serial line, or anything else that moves locks and sees doors."""

from collections.abc import Callable, Sequence
from typing import Protocol

from contract.clock import Clock
from locker_firmware_bridge.boards import GPIO, BoardConfig
from locker_firmware_bridge.boards.exchange import ask, refusal, switch_off
from locker_firmware_bridge.boards.port import OpenPort, Port, open_port
from locker_firmware_bridge.boards.watch import Reading
from locker_firmware_bridge.codecs import FAMILIES


class Driver(Protocol):
    """An open line with its boards. Used by one thread. Raises PortLostError once it is gone."""

    def look(self, board: BoardConfig, reply_ms: int | None = None) -> Reading:
        """How the doors of one board stand, within `reply_ms` or the usual time. Raises BoardError."""
        ...

    def pulse(self, board: BoardConfig, lock: int) -> None:
        """Begin one pulse; when this returns it has begun."""
        ...

    def finish(self, board: BoardConfig, lock: int) -> str:
        """Wait until line and board are done with that pulse; why the board refused it, if it did."""
        ...

    def switch_off(self, board: BoardConfig) -> None:
        """Take the current from every output of a board that was just found, where one could be on."""
        ...

    def pause_ms(self, board: BoardConfig) -> int:
        """Silence the line needs after this board was spoken to, before it is asked again."""
        ...

    def gap_ms(self, board: BoardConfig) -> int:
        """Silence the line needs after a whole answer of this board, before an order."""
        ...

    def close(self) -> None:
        """Give everything back, nothing under current; never raises."""
        ...


OpenDriver = Callable[[], Driver]
"""Opens it, or raises BoardError."""


class SerialDriver:
    """A `Driver` of boards with a language of their own, on one port."""

    def __init__(self, port: Port, clock: Clock, reply_ms: int | None = None) -> None:
        self._port, self._clock, self._reply_ms = port, clock, reply_ms

    def look(self, board: BoardConfig, reply_ms: int | None = None) -> Reading:
        """See `Driver`."""
        return ask(self._port, board, self._clock, reply_ms or self._reply_ms)

    def pulse(self, board: BoardConfig, lock: int) -> None:
        """See `Driver`."""
        self._port.drop_input()
        self._port.write(unlock_frame(board, lock))

    def finish(self, board: BoardConfig, lock: int) -> str:
        """See `Driver`. The board times the pulse; only its answer is waited for."""
        return refusal(self._port, board, unlock_frame(board, lock), self._clock)

    def switch_off(self, board: BoardConfig) -> None:
        """See `Driver`. Whoever drove its relays before may have died with one on."""
        switch_off(self._port, board, self._clock)

    def pause_ms(self, board: BoardConfig) -> int:
        """See `Driver`."""
        return FAMILIES[board.family].pause_ms

    def gap_ms(self, board: BoardConfig) -> int:
        """See `Driver`."""
        family = FAMILIES[board.family]
        return family.pause_ms if family.gap_ms is None else family.gap_ms

    def close(self) -> None:
        """See `Driver`."""
        self._port.close()


def unlock_frame(board: BoardConfig, lock: int) -> bytes:
    """The order for one lock; a family that can be told is told how long."""
    family = FAMILIES[board.family]
    told_ms = board.pulse_ms if board.pulse_ms in family.pulses_ms else None
    return family.unlock(board.board, lock, told_ms)


def driver_of(
    url: str,
    boards: Sequence[BoardConfig],
    clock: Clock,
    *,
    opener: OpenPort = open_port,
    baud: int | None = None,
    reply_ms: int | None = None,
) -> OpenDriver:
    """How to open what these boards hang on: a port, at their family's speed or `baud`; or the pins."""
    if url == GPIO:
        from locker_firmware_bridge.boards.pins import PinsDriver  # gpiozero is loaded where there are pins

        return lambda: PinsDriver(boards[0])
    speed = baud or FAMILIES[boards[0].family].baud
    return lambda: SerialDriver(opener(url, speed), clock, reply_ms)
