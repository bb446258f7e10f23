"""One scale on one serial port: a thread that asks and reads, and `weigh` for whoever needs a weight.

The thread alone touches the port, and reads all the time: what is heard while nobody weighs is
dropped, so that a scale that streams never has old lines waiting. A port that is lost, or silent for
five seconds, is opened again. Nothing but the question of the protocol is ever sent.
"""

import queue
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from contract.clock import Clock
from locker_firmware_bridge.boards.errors import BoardError, NoReplyError
from locker_firmware_bridge.boards.port import Port, open_port
from locker_firmware_bridge.scales import settling
from locker_firmware_bridge.scales.protocols import PROTOCOLS, lines
from locker_firmware_bridge.scales.protocols.answers import Answer, Fault, UnreadableLineError
from locker_firmware_bridge.scales.settling import NotSettled, Rules, Said, Silence, Weight

OpenLine = Callable[[str, int, str], Port]
"""From URL, baud and framing to an open line; raises BoardError."""

_STOPPED: Final = NotSettled("silent", "the scale is not being read: start the bridge again")


@dataclass(frozen=True, slots=True)
class Timings:
    """How a scale's thread spends its time, in milliseconds."""

    poll_ms: int = 300
    """From question to question."""
    gap_ms: int = 200
    """A line that stops for so long in its middle will not be finished."""
    silence_ms: int = 5000
    """Without a line for so long, the port is opened afresh."""
    reopen_ms: int = 1000


@dataclass(frozen=True, slots=True)
class ScaleConfig:
    """One scale as it is wired and set up; `protocol` is a name of `PROTOCOLS`.

    What is None is as that protocol's scales are delivered; `ask` may be empty, for one set to stream.
    """

    url: str
    protocol: str
    baud: int | None = None
    framing: str | None = None
    ask: bytes | None = None


_USUAL: Final = Timings()


class Scale:
    """A scale; `weigh` may be called from any thread, by several at once. ValueError: no such protocol."""

    def __init__(
        self, config: ScaleConfig, clock: Clock, *, timings: Timings = _USUAL, opener: OpenLine = open_port
    ) -> None:
        if config.protocol not in PROTOCOLS:
            known = ", ".join(PROTOCOLS)
            raise ValueError(f"no scale speaks {config.protocol!r}: known are {known}")
        protocol = PROTOCOLS[config.protocol]
        self._url, self._clock, self._timings, self._opener = config.url, clock, timings, opener
        self._parse = protocol.parse
        self._ask = protocol.ask if config.ask is None else config.ask
        self._baud, self._framing = config.baud or protocol.baud, config.framing or protocol.framing
        self._port: Port | None = None
        self._framer = lines.start()
        self._ask_ms = self._byte_ms = self._line_ms = 0
        self._read_ms = clock.mono_ms()
        self._was_read = False
        self._weighing: set[queue.SimpleQueue[Said | None]] = set()
        self._guard = threading.Lock()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"scale {config.url}", daemon=True)

    def start(self) -> None:
        """Open the port, now or as soon as it appears, and begin to read."""
        self._thread.start()

    def stop(self, timeout_seconds: float) -> None:
        """End the thread and whoever weighs; one that a driver holds longer ends with the process."""
        self._stopping.set()
        if self._thread.ident is not None:
            self._thread.join(timeout_seconds)

    @property
    def was_read(self) -> bool:
        """Whether it ever said anything that could be read."""
        return self._was_read

    @property
    def silent_ms(self) -> int:
        """How long ago it last said anything that could be read; of one that never did, since we began."""
        return self._clock.mono_ms() - self._read_ms

    def weigh(self, rules: Rules = settling.USUAL) -> Weight | NotSettled:
        """Wait for a weight at rest, of what is heard from now on; takes `rules.patience_ms` at most."""
        with self._hearing() as said_by_scale:
            state = settling.begin(rules, self._clock.mono_ms())
            while (outcome := settling.outcome(state, self._clock.mono_ms())) is None:
                left_ms = state.end_ms - self._clock.mono_ms()
                try:
                    said = said_by_scale.get(timeout=max(left_ms, 0) / 1000)
                except queue.Empty:
                    continue
                if said is None:
                    return _STOPPED
                state = settling.hear(state, said, self._clock.mono_ms())
        return outcome

    @contextmanager
    def _hearing(self) -> "Iterator[queue.SimpleQueue[Said | None]]":
        inbox: queue.SimpleQueue[Said | None] = queue.SimpleQueue()
        with self._guard:
            self._weighing.add(inbox)
            if self._stopping.is_set() or not self._thread.is_alive():
                inbox.put(None)
        try:
            yield inbox
        finally:
            with self._guard:
                self._weighing.discard(inbox)

    def _run(self) -> None:
        try:
            while not self._stopping.is_set():
                try:
                    self._turn(self._port or self._open())
                except BoardError as error:
                    self._lose(str(error))
        finally:  # also when a fault of ours ends the thread: nobody may wait for it
            self._stopping.set()
            self._close()
            self._tell(None)

    def _open(self) -> Port:
        self._port = self._opener(self._url, self._baud, self._framing)
        self._framer = lines.start(joining=not self._ask)
        self._ask_ms = self._byte_ms = self._line_ms = self._clock.mono_ms()
        return self._port

    def _turn(self, port: Port) -> None:
        """Ask if it is time, hear what there is, and tell every line. Raises BoardError."""
        now_ms = self._clock.mono_ms()
        if self._ask and now_ms >= self._ask_ms:
            port.write(self._ask)
            self._ask_ms = now_ms + self._timings.poll_ms
        if received := port.read():
            self._hear(received)
        elif self._framer.pending and now_ms - self._byte_ms > self._timings.gap_ms:
            cut, self._framer = lines.time_out(self._framer)
            self._tell(Fault(f"the line broke off after {cut!r}: check the cable"))
        if now_ms - self._line_ms > self._timings.silence_ms:  # noise without an end is silence too
            raise NoReplyError(f"the scale on {self._url} says nothing: check its power, cable and protocol")

    def _hear(self, received: bytes) -> None:
        self._byte_ms = self._clock.mono_ms()
        heard, self._framer = lines.take_out(lines.add(self._framer, received))
        for line in heard:
            self._line_ms = self._byte_ms
            self._tell(self._read(line))

    def _read(self, line: bytes) -> Answer:
        try:
            answer = self._parse(line)
        except UnreadableLineError as error:
            return Fault(str(error))
        if not isinstance(answer, Fault):
            self._read_ms, self._was_read = self._byte_ms, True
        return answer

    def _tell(self, said: Said | None) -> None:
        """To everybody who weighs; None: the end."""
        with self._guard:
            for inbox in self._weighing:
                inbox.put(said)

    def _lose(self, why: str) -> None:
        self._close()
        self._tell(Silence(why))
        self._stopping.wait(self._timings.reopen_ms / 1000)

    def _close(self) -> None:
        if self._port is not None:
            self._port.close()
            self._port = None
