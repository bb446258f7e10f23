"""A simulated cabinet: the program `locker_firmware_bridge.boards.simulated`, started and stopped."""

import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from locker_firmware_bridge.boards.simulated.control import SimulatedBoardControl
from locker_firmware_bridge.boards.simulated.dialect import QUESTIONS
from tests.fakes.waiting import wait_until

_START_SECONDS = 120.0


@dataclass
class SimulatedCabinet:
    """Doors on a line: `url` is what a bus opens, `control` the hand at the doors."""

    url: str
    control: SimulatedBoardControl
    command: Sequence[str]
    log_path: Path
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)
    forgotten_bytes: int = 0

    def start(self) -> None:
        """Plug it in; the doors stand as they stood when it was last unplugged."""
        assert self.process is None, "it is running"
        self.process = subprocess.Popen(self.command)
        wait_until(Path(self.url).exists, _START_SECONDS)

    def fails(self) -> int:
        """Run it with options it cannot have; how it ends."""
        return subprocess.run(self.command, timeout=_START_SECONDS).returncode

    def stop(self) -> None:
        """Unplug it: the port goes away."""
        if self.process is not None:
            self.process.terminate()
            self.process.wait(_START_SECONDS)
            self.process = None

    def log(self) -> list[dict[str, Any]]:
        """Every line of the board's own log, over all its lives or since `anew`."""
        if not self.log_path.exists():
            return []
        with self.log_path.open("rb") as log:
            log.seek(self.forgotten_bytes)
            whole_lines = log.read().split(b"\n")[:-1]
        return [msgspec.json.decode(line) for line in whole_lines]

    def anew(self) -> None:
        """As delivered, running, and nothing seen yet."""
        if self.process is None:
            self.start()
        self.control.anew()
        self.forgotten_bytes = self.log_path.stat().st_size

    def unlocks(self) -> list[tuple[int, int]]:
        """Board and lock of every unlock frame that arrived, in order; fails on an order nobody may give."""
        orders = [order for order in self.orders() if order["what"] != "all_off"]
        forbidden = {order["what"] for order in orders} - {"unlock"}
        assert not forbidden, f"somebody sent {', '.join(sorted(forbidden))}"
        return [(order["board"], order["lock"]) for order in orders]

    def orders(self) -> list[dict[str, Any]]:
        """Every frame that arrived and is more than a question."""
        return [line for line in self.log() if line["kind"] == "frame_in" and line["what"] not in QUESTIONS]

    def moves(self) -> list[tuple[int, str]]:
        """Lock and what happened, for every door event, in order."""
        return [(line["lock"], line["state"]) for line in self.log() if line["kind"] == "door"]


@contextmanager
def simulated_cabinet(
    tmp_path: Path,
    locks: int = 16,
    *,
    boards: Sequence[int] = (0,),
    log_status: bool = False,
    started: bool = True,
    options: Sequence[str] = (),
) -> Iterator[SimulatedCabinet]:
    """A cabinet of sound, shut, empty doors in `tmp_path`; stopped at the end."""
    with tempfile.TemporaryDirectory(prefix="cabinet-") as short:  # a socket's path has 107 bytes at most
        link, log, control = tmp_path / "lockers", tmp_path / "lockers.jsonl", Path(short) / "control"
        command = [sys.executable, "-m", "locker_firmware_bridge.boards.simulated", f"--link={link}"]
        command += [f"--log={log}", f"--control={control}", f"--state={tmp_path / 'lockers.state'}"]
        command += [f"--locks={locks}", *(f"--board={board}" for board in boards)]
        command += [*(["--log-status"] if log_status else []), *options]
        cabinet = SimulatedCabinet(str(link), SimulatedBoardControl(control), command, log)
        try:
            if started:
                cabinet.start()
            yield cabinet
        finally:
            cabinet.stop()
