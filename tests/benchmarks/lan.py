"""A kiosk asks, the bridge answers: the real bridge in its process, a real site broker, QoS 1.

The ask is one that costs no commit. The floor is the same exchange between two bare paho clients in two
processes over a broker with the same file, asks and answers as long, TCP_NODELAY on both sides.
"""

import queue
import tempfile
import uuid
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from contract import messages, topics
from contract.clock import SystemClock
from contract.codec import decode, encode
from contract.link import Link, LinkSettings, Received
from deploy.demo.plan import BRIDGE
from tests.benchmarks.bare import PATIENCE_SECONDS
from tests.benchmarks.figures import Figure, at_most, information, percentile, percentiles, timed_ms
from tests.benchmarks.whole_site import bare_exchange, whole_site

ROUNDS = 40
ASKS = 50
SLOW_ASKS = 25
_UNKNOWN = messages.LeaveVisit(visit="0" * 32)


class Asker:
    """A kiosk's link and codec, without its pages."""

    def __init__(self, settings: LinkSettings) -> None:
        self._kiosk, self._clock = settings.device, SystemClock()
        self._presence = topics.lan_presence(BRIDGE)
        self._answers: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        self._beats: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        self._link = Link(
            settings,
            subscriptions=[topics.answer(self._kiosk, BRIDGE), self._presence],
            on_message=self._hear,
        )
        self._link.start()
        self._session = self._first_beat().session
        self.answer = b""

    def ask(self) -> None:
        """Ask, and understand the answer."""
        self._link.publish(topics.ask(BRIDGE, self._kiosk), self.payload())
        self.answer = self._answers.get(timeout=PATIENCE_SECONDS)
        if not isinstance(decode(self.answer, messages.Answer).body, messages.Refused):
            raise ValueError("the bridge did not refuse a visit it cannot know")

    def payload(self) -> bytes:
        """An ask as the kiosk makes it; bridge and benchmark read the same monotonic clock."""
        now_ms = self._clock.mono_ms()
        return encode(messages.Ask(id=uuid.uuid4().hex, session=self._session, at_ms=now_ms, body=_UNKNOWN))

    def close(self) -> None:
        """Say goodbye."""
        self._link.stop()

    def _hear(self, came: Received) -> None:
        (self._beats if came.topic == self._presence else self._answers).put(came.payload)

    def _first_beat(self) -> messages.Presence:
        while not (beat := decode(self._beats.get(timeout=PATIENCE_SECONDS), messages.Presence)).online:
            pass
        return beat


def run() -> list[Figure]:
    """Asks in turn with bare ones; then, for information, bare ones as paho and mosquitto come."""
    with tempfile.TemporaryDirectory(prefix="bench-lan-") as name, ExitStack() as stack:
        asker = Asker(stack.enter_context(whole_site()).desk())
        stack.callback(asker.close)
        asker.ask()
        ask, answer_bytes = asker.payload(), len(asker.answer)
        bare = stack.enter_context(bare_exchange(Path(name) / "bare", answer_bytes=answer_bytes))
        slow = stack.enter_context(bare_exchange(Path(name) / "slow", nagle=True, answer_bytes=answer_bytes))
        measured, floor = in_turn(asker.ask, lambda: bare.ask(ask))
        as_shipped = timed_ms(lambda: slow.ask(ask), SLOW_ASKS)
    middle, end = (percentiles(measured, floor, share) for share in (0.5, 0.99))
    return [
        at_most("kiosk asks, bridge answers: p50", *middle, 1.5, "ms"),
        information("kiosk asks, bridge answers: p99", *end, "ms"),
        information("bare, without TCP_NODELAY: p50", percentile(as_shipped, 0.5), middle[1], "ms"),
    ]


def in_turn(measured: Callable[[], object], floor: Callable[[], object]) -> tuple[list[float], list[float]]:
    """Both, in rounds that follow each other: a machine that is busy is busy for both."""
    found: list[float] = []
    bare: list[float] = []
    for _ in range(ROUNDS):
        bare += timed_ms(floor, ASKS)
        found += timed_ms(measured, ASKS)
    return sorted(found), sorted(bare)
