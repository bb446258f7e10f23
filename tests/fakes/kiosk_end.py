"""A kiosk's end of a real site broker: it follows the beat, asks, and gathers answers."""

import queue
import uuid
from typing import Any, TypeVar

from contract import messages, topics
from contract.clock import SystemClock
from contract.codec import decode, encode
from tests.fakes.brokers import StartedBroker
from tests.fakes.mqtt import BareClient

PATIENCE_SECONDS = 120.0
T = TypeVar("T")


class KioskEnd:
    """One kiosk, single-threaded: what arrived is looked at whenever something is waited for."""

    def __init__(self, broker: StartedBroker, kiosk: str, bridge: str) -> None:
        self.broker, self.kiosk, self.bridge = broker, kiosk, bridge
        self.clock = SystemClock()
        self.beat = messages.Presence(online=False, session="none")
        self.doors: dict[int, str] = {}
        self.answers: dict[str, dict[int, messages.AnswerBody]] = {}
        self._client = BareClient(broker.port, kiosk, broker.passwords[kiosk])

    def __enter__(self) -> "KioskEnd":
        assert self._client.connect()
        self._client.subscribe(*topics.kiosk_subscriptions(self.kiosk, self.bridge))
        return self

    def __exit__(self, *_: object) -> None:
        self._client.leave()

    def wait_for_beat(self, *, other_than: str = "") -> None:
        """Until a bridge is there (one of another session than this)."""
        self._until(lambda: self.beat.online and self.beat.session != other_than)

    def wait_for_silence(self) -> None:
        """Until the bridge's presence says that it is gone."""
        self._until(lambda: not self.beat.online)

    def wait_for_doors(self, state: str, *numbers: int) -> None:
        """Until the picture shows these doors so."""
        self._until(lambda: all(self.doors.get(number) == state for number in numbers))

    def ask(self, body: messages.AskBody, ask: str | None = None) -> str:
        """Ask; the id to wait with."""
        name = ask or uuid.uuid4().hex
        message = messages.Ask(id=name, session=self.beat.session, at_ms=self.clock.mono_ms(), body=body)
        self.send(encode(message))
        return name

    def send(self, payload: bytes, *, retain: bool = False) -> None:
        """Send these bytes as an ask."""
        self._client.publish((topics.ask(self.bridge, self.kiosk), payload), retain=retain)

    def wait(self, ask: str, kind: type[T], **fields: Any) -> T:
        """The first answer to `ask` of this type with these values."""

        def found() -> T | None:
            for _, body in sorted(self.answers.get(ask, {}).items()):
                if isinstance(body, kind) and all(getattr(body, key) == v for key, v in fields.items()):
                    return body
            return None

        self._until(lambda: found() is not None)
        body = found()
        assert body is not None
        return body

    def told(self, ask: str) -> list[messages.AnswerBody]:
        """All answers so far, in order."""
        return [body for _, body in sorted(self.answers.get(ask, {}).items())]

    def _until(self, so: Any) -> None:
        end_ms = self.clock.mono_ms() + int(PATIENCE_SECONDS * 1000)
        while not so():
            left_ms = end_ms - self.clock.mono_ms()
            try:
                self._came(self._client.received.get(timeout=max(0.001, left_ms / 1000)))
            except queue.Empty:
                raise AssertionError(f"not so within {PATIENCE_SECONDS} s: {self.answers}") from None

    def _came(self, came: Any) -> None:
        match topics.parse(came.topic).leaf:
            case "presence":
                self.beat = decode(came.payload, messages.Presence)
            case "doors":
                picture = decode(came.payload, messages.Doors)
                self.doors = {door.compartment: door.state for door in picture.doors}
            case "answer":
                answer = decode(came.payload, messages.Answer)
                self.answers.setdefault(answer.ask, {})[answer.n] = answer.body
