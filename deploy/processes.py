"""Child processes that never outlive us: not after Ctrl-C, not after SIGKILL."""

import contextlib
import ctypes
import os
import signal
import socket
import subprocess
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

from contract.clock import SystemClock

_PR_SET_PDEATHSIG: Final = 1
_libc = ctypes.CDLL(None)


class ProcessFailedError(RuntimeError):
    """A program ended, or did not begin to listen. The text names its log."""


class Child:
    """One program, its log file, and its end.

    The kernel kills it when the thread that started it ends, so start children from the main thread.
    `listens`: it reads lines of its standard input, which `tell` writes.
    """

    def __init__(
        self,
        command: Sequence[str],
        log: Path,
        environment: Mapping[str, str] | None = None,
        *,
        listens: bool = False,
    ) -> None:
        self.log = log
        self._command = list(command)
        self._environment = dict(environment) if environment is not None else None
        self._input = subprocess.PIPE if listens else subprocess.DEVNULL
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        """Its process id while it runs."""
        return self._process.pid if self._process and self.is_running else None

    @property
    def is_running(self) -> bool:
        """Whether it was started and has not ended."""
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Start it, its output appended to the log. Does nothing while it runs."""
        if self.is_running:
            return
        self._hang_up()
        parent = os.getpid()
        with self.log.open("ab") as output:
            self._process = subprocess.Popen(
                self._command,
                stdin=self._input,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=self._environment,
                start_new_session=True,  # a Ctrl-C in the terminal is ours to pass on, in our order
                preexec_fn=lambda: _die_with(parent),
            )

    def tell(self, line: bytes) -> None:
        """One line for a program that `listens`. OSError where it is not there to hear it."""
        if self._process is None or self._process.stdin is None:
            raise BrokenPipeError(self._command[0])
        self._process.stdin.write(line + b"\n")
        self._process.stdin.flush()

    def ask_to_stop(self) -> None:
        """SIGTERM to the whole group; `stop` waits for it."""
        self._signal(signal.SIGTERM)

    def stop(self, patience_seconds: float = 5.0) -> None:
        """SIGTERM, then SIGKILL for what does not listen; the whole group each time."""
        if self._process is None:
            return
        self.ask_to_stop()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(patience_seconds)
        self.kill()

    def kill(self) -> None:
        """SIGKILL, as a power cut would."""
        if self._process is not None:
            self._signal(signal.SIGKILL)
            self._process.wait()
            self._hang_up()

    def _hang_up(self) -> None:
        """Nobody listens any more."""
        if self._process is not None and self._process.stdin is not None:
            with contextlib.suppress(OSError):
                self._process.stdin.close()

    def wait_for_port(self, port: int, seconds: float = 60.0) -> None:
        """Return once it accepts connections on this loopback port, or raise ProcessFailedError."""
        self.wait_until(lambda: accepts(port), f"nothing listens on port {port}", seconds)

    def wait_until(self, ready: Callable[[], bool], otherwise: str, seconds: float = 60.0) -> None:
        """Return once it is ready; ProcessFailedError when it ends, or is not within so many seconds."""
        clock = SystemClock()
        deadline_ms = clock.mono_ms() + int(seconds * 1000)
        while not ready():
            if self._ended_within(0.02):
                raise ProcessFailedError(f"{self._command[0]} ended at once: see {self.log}")
            if clock.mono_ms() > deadline_ms:
                raise ProcessFailedError(f"{otherwise} after {seconds:.0f} s: see {self.log}")

    def _ended_within(self, seconds: float) -> bool:
        if self._process is None:
            return True
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            return False
        return True

    def _signal(self, number: signal.Signals) -> None:
        if self._process is None:
            return
        try:
            os.killpg(self._process.pid, number)
        except ProcessLookupError:
            return


def accepts(port: int) -> bool:
    """Whether something accepts connections on this loopback port."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1.0):
            return True
    except OSError:
        return False


def _die_with(parent: int) -> None:
    """In the child, before its program: ask the kernel to kill it when its parent ends."""
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)
