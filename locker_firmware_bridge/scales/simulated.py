"""A simulated scale on a pseudo-terminal, a program of its own.

Commands are JSON lines on standard input, each answered by one on standard output:

    {"do": "put", "value": "4.35", "settle_ms": 500}
    {"do": "break", "overload": true}

A pseudo-terminal knows no parity: open it with 8N1, whatever the scale's own framing.
"""

import contextlib
import os
import pty
import selectors
import signal
import sys
import tty
from collections.abc import Callable
from pathlib import Path
from typing import Final, get_args

import click
import msgspec

from contract.clock import SystemClock
from locker_firmware_bridge.boards.simulated.machine import signpost
from locker_firmware_bridge.scales.protocols import lines
from locker_firmware_bridge.scales.protocols.answers import Unit
from locker_firmware_bridge.scales.simulated_scale import VOICES, Command, SimulatedScale

_READ_BYTES: Final = 4096


class Machine:
    """The world of the scale: one thread, one selector, a pty, and commands."""

    def __init__(self, scale: SimulatedScale, stream_ms: int | None) -> None:
        self._scale, self._stream_ms, self._clock = scale, stream_ms, SystemClock()
        self._stream_next_ms = self._clock.mono_ms()
        self._commands = lines.start()
        self._selector = selectors.DefaultSelector()
        self._master, self._slave = pty.openpty()
        tty.setraw(self._slave)  # kept open: a client that hangs up must not end the line
        os.set_blocking(self._master, False)

    @property
    def device(self) -> str:
        """The path a serial port driver opens."""
        return os.ttyname(self._slave)

    def run(self) -> None:
        """Serve until a signal ends the program."""
        self._watch(self._master, self._hear)
        with contextlib.suppress(PermissionError):  # a file or /dev/null: there is no hand at the scale
            self._watch(sys.stdin.fileno(), self._obey)
        while True:
            for key, _ in self._selector.select(self._until_stream()):
                key.data()
            self._stream()

    def _watch(self, descriptor: int, action: Callable[[], None]) -> None:
        self._selector.register(descriptor, selectors.EVENT_READ, action)

    def _hear(self) -> None:
        with contextlib.suppress(BlockingIOError):
            self._say(self._scale.hear(os.read(self._master, _READ_BYTES), self._clock.mono_ms()))

    def _say(self, data: bytes) -> None:
        with contextlib.suppress(BlockingIOError):  # nobody reads: lost, as on a real line
            os.write(self._master, data)

    def _until_stream(self) -> float | None:
        if self._stream_ms is None:
            return None
        return max(0, self._stream_next_ms - self._clock.mono_ms()) / 1000

    def _stream(self) -> None:
        now_ms = self._clock.mono_ms()
        if self._stream_ms is not None and now_ms >= self._stream_next_ms:
            self._stream_next_ms = now_ms + self._stream_ms
            self._say(self._scale.line(now_ms))

    def _obey(self) -> None:
        received = os.read(sys.stdin.fileno(), _READ_BYTES)
        if not received:
            self._selector.unregister(sys.stdin.fileno())
        texts, self._commands = lines.take_out(lines.add(self._commands, received))
        for text in texts:
            click.echo(msgspec.json.encode(self._command(text)))

    def _command(self, text: bytes) -> dict[str, bool | str]:
        try:
            self._scale.obey(msgspec.json.decode(text, type=Command), self._clock.mono_ms())
        except msgspec.DecodeError as error:
            return {"ok": False, "why": str(error)}
        return {"ok": True}


@click.command()
@click.option(
    "--link", required=True, type=click.Path(path_type=Path), help="Where to put the device's link."
)
@click.option("--protocol", required=True, type=click.Choice(list(VOICES)))
@click.option("--unit", default="kg", show_default=True, type=click.Choice(get_args(Unit)))
@click.option("--stream-ms", type=click.IntRange(5), help="Speak without being asked, this often.")
def main(link: Path, protocol: str, unit: Unit, stream_ms: int | None) -> None:
    """Stand in for a scale on a serial line, until SIGTERM or Ctrl-C; commands on standard input."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: sys.exit(0))
    machine = Machine(SimulatedScale(protocol, unit), stream_ms)
    with signpost(link, machine.device):
        machine.run()


if __name__ == "__main__":
    main()
