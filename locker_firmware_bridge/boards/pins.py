"""Locks wired to the pins of this machine: one output a lock, one input a door contact, closed to ground.

The one kind of board whose pulses this program times. Its outputs are off from their first moment, at the
end of every pulse and whenever the driver is closed; what remains, a kill in the middle of a pulse, is the
business of the hardware behind the pin: a monostable or a relay with a timer (docs/hardware.md).
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress

from gpiozero import DigitalInputDevice, DigitalOutputDevice
from gpiozero.pins import Factory

from locker_firmware_bridge.boards import BoardConfig
from locker_firmware_bridge.boards.errors import PortLostError, PortNotFoundError
from locker_firmware_bridge.boards.watch import Reading

_BROKEN = (Exception,)
"""What pins raise: gpiozero's errors, the system's, and of each back-end its own; lgpio's is no other's."""


class PinsDriver:
    """A `Driver` of one board made of pins. `factory` None: what gpiozero finds on this machine."""

    def __init__(self, board: BoardConfig, factory: Factory | None = None) -> None:
        self._held = ExitStack()
        try:
            self._outputs = [self._output(pin, factory) for pin in board.lock_pins]
            self._inputs = [self._input(pin, factory) for pin in board.hook_pins]
        except _BROKEN as error:
            self._held.close()
            raise PortNotFoundError(_why(error)) from error

    def _output(self, pin: int, factory: Factory | None) -> DigitalOutputDevice:
        device = DigitalOutputDevice(pin, initial_value=False, pin_factory=factory)
        self._held.callback(_whatever_happens, device.close)
        self._held.callback(_whatever_happens, device.off)  # first: a pin that is let go may keep its level
        return device

    def _input(self, pin: int, factory: Factory | None) -> DigitalInputDevice:
        device = DigitalInputDevice(pin, pull_up=True, pin_factory=factory)
        self._held.callback(_whatever_happens, device.close)
        return device

    def look(self, board: BoardConfig, reply_ms: int | None = None) -> Reading:
        """See `Driver`."""
        with _ours():
            with_contact = frozenset(lock for lock, pin in enumerate(self._inputs, 1) if pin.value)
        every = frozenset(range(1, board.locks + 1))
        closed = with_contact if board.wiring.hook_closed_bit else every - with_contact
        return Reading(closed, every - closed, frozenset())

    def pulse(self, board: BoardConfig, lock: int) -> None:
        """See `Driver`."""
        with _ours():
            self._outputs[lock - 1].on()

    def finish(self, board: BoardConfig, lock: int) -> str:
        """See `Driver`. Ends the pulse, whatever happens."""
        try:
            threading.Event().wait(board.pulse_ms / 1000)
        finally:
            with _ours():
                self._outputs[lock - 1].off()
        return ""

    def switch_off(self, board: BoardConfig) -> None:
        """See `Driver`. They are off since they were taken."""

    def pause_ms(self, board: BoardConfig) -> int:
        """See `Driver`."""
        return 0

    def gap_ms(self, board: BoardConfig) -> int:
        """See `Driver`."""
        return 0

    def close(self) -> None:
        """See `Driver`."""
        self._held.close()


@contextmanager
def _ours() -> Iterator[None]:
    try:
        yield
    except _BROKEN as error:
        raise PortLostError(_why(error)) from error


def _whatever_happens(do: Callable[[], None]) -> None:
    """One pin that fails must not leave the others on."""
    with suppress(*_BROKEN):
        do()


def _why(error: Exception) -> str:
    if isinstance(error, ImportError):  # gpiozero's BadPinFactory is one
        return "this machine's pins cannot be used: sudo apt install python3-lgpio, then start again"
    return f"the pins cannot be used ({error}): is another program using them?"
