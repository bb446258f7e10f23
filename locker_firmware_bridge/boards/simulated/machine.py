"""The world of the simulated boards: their line, their log, their file, and the socket of the hand."""

import contextlib
import os
import signal
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TextIO

import msgspec

from locker_firmware_bridge.boards.simulated import state
from locker_firmware_bridge.boards.simulated.cabinet import SimulatedCabinet
from locker_firmware_bridge.boards.simulated.line import Line
from locker_firmware_bridge.boards.simulated.reactor import Reactor, mono_ms
from locker_firmware_bridge.boards.simulated.world import Field

_LINE_BYTES = 65536
_READ_BYTES = 4096
_SEND_SECONDS = 1.0


class Machine:
    """See `World`."""

    def __init__(self, reactor: Reactor, line: Line, log: TextIO, state_file: Path | None) -> None:
        self._reactor, self._line, self._log, self._state_file = reactor, line, log, state_file

    def say(self, data: bytes) -> None:
        """Put bytes on the line; nobody reading them, they are lost as on a real one."""
        self._line.say(data)

    def later(self, delay_ms: float, action: Callable[[], None]) -> None:
        """Do something after a while."""
        self._reactor.later(delay_ms, action)

    def log(self, kind: str, **fields: Field) -> None:
        """One JSON line, flushed."""
        known = {name: value for name, value in fields.items() if value is not None}
        entry = {"mono_ms": round(mono_ms(), 3), "kind": kind, **known}
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
        self._line.listen(cabinet.hear)
        self._reactor.watch(listener, lambda: self._accept(cabinet, listener))
        self._reactor.run()

    def _accept(self, cabinet: SimulatedCabinet, listener: socket.socket) -> None:
        client, _ = listener.accept()
        client.settimeout(_SEND_SECONDS)
        talk = _conversation(cabinet, client)

        def more() -> None:
            if not next(talk, False):
                self._reactor.unwatch(client)
                client.close()

        self._reactor.watch(client, more)


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


@contextlib.contextmanager
def hand(path: Path | None) -> Iterator[socket.socket]:
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
def signpost(path: Path, address: str) -> Iterator[None]:
    """A link to a device or a file with a URL, put there in one step, taken away at the end if still ours."""
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    if "://" in address:
        fresh.write_text(address + "\n")
    else:
        fresh.symlink_to(address)
    fresh.replace(path)
    try:
        yield
    finally:
        with contextlib.suppress(OSError):
            if _points_to(path) == address:
                path.unlink()


def _points_to(path: Path) -> str:
    return str(path.readlink()) if path.is_symlink() else path.read_text().strip()
