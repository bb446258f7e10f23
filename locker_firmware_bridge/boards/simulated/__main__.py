"""A simulated line of CU16 boards, a program of its own that outlives the bridge.

It answers on a pseudo-terminal byte for byte as the boards would, keeps its own log of every unlock
frame and every door that moved (the evidence tests count against), and can fail in every way the
real thing can: see `state` for the faults and the commands of the control socket.
"""

import contextlib
import heapq
import itertools
import os
import pty
import selectors
import signal
import socket
import sys
import time
import tty
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TextIO

import click
import msgspec

from locker_firmware_bridge.boards.simulated import state as state
from locker_firmware_bridge.boards.simulated.cabinet import Field, SimulatedCabinet

_AUTO_CLOSE_MS = 2000
_LINE_BYTES = 65536
_READ_BYTES = 4096
_SEND_SECONDS = 1.0


class Machine:
    """The world of the boards: one thread, one selector, timers, a pty and a control socket."""

    def __init__(self, log: TextIO, state_file: Path | None) -> None:
        self._log, self._state_file = log, state_file
        self._selector = selectors.DefaultSelector()
        self._timers: list[tuple[float, int, Callable[[], None]]] = []
        self._order = itertools.count()
        self._master, self._slave = pty.openpty()
        tty.setraw(self._slave)  # kept open: a client that hangs up must not end the line
        os.set_blocking(self._master, False)

    @property
    def device(self) -> str:
        """The path a serial port driver opens."""
        return os.ttyname(self._slave)

    def say(self, data: bytes) -> None:
        """Put bytes on the line; nobody reading them, they are lost as on a real one."""
        with contextlib.suppress(BlockingIOError):
            os.write(self._master, data)

    def later(self, delay_ms: float, action: Callable[[], None]) -> None:
        """Do something after a while."""
        heapq.heappush(self._timers, (_mono_ms() + delay_ms, next(self._order), action))

    def log(self, kind: str, **fields: Field) -> None:
        """One JSON line, flushed."""
        known = {name: value for name, value in fields.items() if value is not None}
        entry = {"mono_ms": round(_mono_ms(), 3), "kind": kind, **known}
        self._log.write(msgspec.json.encode(entry).decode() + "\n")
        self._log.flush()

    def kill(self, pid: int, group: bool) -> None:
        """SIGKILL; one that is gone already needs no killing."""
        with contextlib.suppress(ProcessLookupError):
            (os.killpg if group else os.kill)(pid, signal.SIGKILL)

    def save(self, cabinet: state.Cabinet) -> None:
        """Replace the state file as a whole, if one was asked for."""
        if self._state_file is not None:
            fresh = self._state_file.with_suffix(".new")
            fresh.write_bytes(msgspec.json.encode(cabinet))
            fresh.replace(self._state_file)

    def run(self, cabinet: SimulatedCabinet, listener: socket.socket) -> None:
        """Serve until a signal ends the program."""
        self._selector.register(self._master, selectors.EVENT_READ, lambda: self._hear(cabinet))
        self._selector.register(listener, selectors.EVENT_READ, lambda: self._accept(cabinet, listener))
        while True:
            for key, _ in self._selector.select(self._until_timer()):
                key.data()
            while self._timers and self._timers[0][0] <= _mono_ms():
                heapq.heappop(self._timers)[2]()

    def _until_timer(self) -> float | None:
        return max(0.0, (self._timers[0][0] - _mono_ms()) / 1000) if self._timers else None

    def _hear(self, cabinet: SimulatedCabinet) -> None:
        with contextlib.suppress(BlockingIOError):
            cabinet.hear(os.read(self._master, _READ_BYTES))

    def _accept(self, cabinet: SimulatedCabinet, listener: socket.socket) -> None:
        client, _ = listener.accept()
        client.settimeout(_SEND_SECONDS)
        talk = _conversation(cabinet, client)

        def more() -> None:
            if not next(talk, False):
                self._selector.unregister(client)
                client.close()

        self._selector.register(client, selectors.EVENT_READ, more)


def _conversation(cabinet: SimulatedCabinet, client: socket.socket) -> Iterator[bool]:
    """Each step reads what a client sent and answers every whole line; False: the client is gone."""
    pending = b""
    with contextlib.suppress(OSError):
        while received := client.recv(_READ_BYTES):
            *lines, pending = (pending + received).split(b"\n")
            for line in lines:
                client.sendall(msgspec.json.encode(_obey(cabinet, line)) + b"\n")
            if len(pending) > _LINE_BYTES:
                return
            yield True
    yield False


def _obey(cabinet: SimulatedCabinet, line: bytes) -> state.Answer:
    try:
        command = msgspec.json.decode(line, type=state.Command)
    except msgspec.DecodeError as error:
        return state.Answer(ok=False, why=str(error))
    return cabinet.command(command)


def _mono_ms() -> float:
    """CLOCK_MONOTONIC with decimals: comparable with every other process of this machine."""
    return time.monotonic_ns() / 1_000_000


@contextlib.contextmanager
def _listener(path: Path | None) -> Iterator[socket.socket]:
    """A control socket at `path`; without one a socket nobody can reach."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener:
        if path is not None:
            path.unlink(missing_ok=True)
            listener.bind(str(path))
        else:
            listener.bind("")  # Linux picks an abstract name
        listener.listen()
        try:
            yield listener
        finally:
            if path is not None:
                path.unlink(missing_ok=True)


@contextlib.contextmanager
def _link(path: Path, device: str) -> Iterator[None]:
    """A symbolic link to the device, put there in one step and taken away at the end if still ours."""
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    fresh.symlink_to(device)
    fresh.replace(path)
    try:
        yield
    finally:
        with contextlib.suppress(FileNotFoundError):
            if str(path.readlink()) == device:
                path.unlink()


def _restored(state_file: Path | None, fresh: state.Cabinet) -> state.Cabinet:
    if state_file is None or not state_file.exists():
        return fresh
    return state.continued(msgspec.json.decode(state_file.read_bytes(), type=state.Cabinet), fresh)


_FILE = click.Path(path_type=Path)


@click.command()
@click.option("--link", required=True, type=_FILE, help="Where to put a link to the serial device.")
@click.option("--log", "log_file", required=True, type=_FILE, help="The boards' own log, JSON lines.")
@click.option("--board", "boards", multiple=True, type=click.IntRange(0, 9), help="Dial; may be repeated.")
@click.option("--locks", default=16, show_default=True, type=click.IntRange(1, 16))
@click.option("--control", type=_FILE, help="Unix socket for commands, JSON lines.")
@click.option("--state", "state_file", type=_FILE, help="Keep doors and faults over a restart.")
@click.option(
    "--auto-close", is_flag=False, flag_value=_AUTO_CLOSE_MS, type=int, help="Doors close after so many ms."
)
@click.option("--log-status", is_flag=True, help="Log status frames too.")
def main(
    link: Path,
    log_file: Path,
    boards: tuple[int, ...],
    locks: int,
    control: Path | None,
    state_file: Path | None,
    auto_close: int | None,
    log_status: bool,
) -> None:
    """Stand in for CU16 lock boards on a serial line, until SIGTERM or Ctrl-C."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: sys.exit(0))
    cabinet = _restored(state_file, state.new_cabinet(boards or (0,), locks, auto_close))
    with log_file.open("a", encoding="utf-8", buffering=1) as log:
        machine = Machine(log, state_file)
        with _listener(control) as listener, _link(link, machine.device):
            machine.run(SimulatedCabinet(cabinet, machine, log_status), listener)


if __name__ == "__main__":
    main()
