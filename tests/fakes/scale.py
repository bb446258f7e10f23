"""A simulated scale: the program `locker_firmware_bridge.scales.simulated`, started and stopped."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import msgspec

from locker_firmware_bridge.scales.simulated_scale import Break, Command, Put
from tests.fakes.waiting import wait_until

_START_SECONDS = 120.0


@dataclass
class SimulatedScale:
    """A scale on a line: `url` is what a `Scale` opens."""

    url: str
    process: subprocess.Popen[bytes]

    def put(self, value: str, settle_ms: int = 0) -> None:
        """Lay this weight on it."""
        self._do(Put(Decimal(value), settle_ms))

    def broken(self, fault: Break = Break()) -> None:  # noqa: B008 - frozen
        """This is wrong from now on; without an argument nothing is."""
        self._do(fault)

    def say(self, text: bytes) -> dict[str, bool | str]:
        """One line of standard input, and what is answered."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(text + b"\n")
        self.process.stdin.flush()
        return msgspec.json.decode(self.process.stdout.readline(), type=dict[str, bool | str])

    def unplug(self) -> None:
        """The port goes away."""
        self.process.terminate()
        self.process.wait(_START_SECONDS)

    def _do(self, command: Command) -> None:
        assert self.say(msgspec.json.encode(command)) == {"ok": True}


@contextmanager
def simulated_scale(tmp_path: Path, protocol: str, *options: str) -> Iterator[SimulatedScale]:
    """An empty scale at rest, linked in `tmp_path`; unplugged at the end."""
    link = tmp_path / "scale"
    command = [sys.executable, "-m", "locker_firmware_bridge.scales.simulated", f"--link={link}"]
    command += [f"--protocol={protocol}", *options]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        scale = SimulatedScale(str(link), process)
        try:
            wait_until(link.is_symlink, _START_SECONDS)
            yield scale
        finally:
            scale.unplug()
