"""A bare MQTT client for tests of brokers and wires: it does what it is told, allowed or not."""

import queue
import socket
import ssl
import threading
from dataclasses import dataclass
from typing import Any

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

PATIENCE_SECONDS = 120.0
VERSIONS = (MQTTProtocolVersion.MQTTv311, MQTTProtocolVersion.MQTTv5)


@dataclass(frozen=True)
class Received:
    """One message as it arrived."""

    topic: str
    payload: bytes
    retained: bool


class BareClient:
    """One session. `connect` says whether the broker let it in."""

    def __init__(
        self,
        port: int,
        user: str | None = None,
        password: str | None = None,
        *,
        client_id: str | None = None,
        version: MQTTProtocolVersion = MQTTProtocolVersion.MQTTv5,
        will: tuple[str, bytes] | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._port = port
        self._acknowledged: set[int] = set()
        self._change = threading.Condition()
        self._connected: queue.SimpleQueue[bool] = queue.SimpleQueue()
        self.received: queue.SimpleQueue[Received] = queue.SimpleQueue()
        self.disconnected = threading.Event()
        name = client_id if client_id is not None else user
        self._paho = paho.Client(
            CallbackAPIVersion.VERSION2, client_id=name or "", protocol=version, reconnect_on_failure=False
        )
        if user is not None:
            self._paho.username_pw_set(user, password)
        if will:
            self._paho.will_set(will[0], will[1], qos=1, retain=True)
        if tls:
            self._paho.tls_set_context(tls)
        self._paho.on_connect = lambda *call: self._connected.put(not call[3].is_failure)
        self._paho.on_disconnect = lambda *_: self._end()
        self._paho.on_publish = lambda *call: self._acknowledge(call[2])
        self._paho.on_subscribe = lambda *call: self._acknowledge(call[2])
        self._paho.on_message = self._keep

    def connect(self) -> bool:
        """Whether the broker accepted; False for every kind of refusal."""
        try:
            self._paho.connect("127.0.0.1", self._port)
        except OSError:
            return False
        self._paho.loop_start()
        accepted = self._connected.get(timeout=PATIENCE_SECONDS)
        if not accepted:
            self.leave()
        return accepted

    def subscribe(self, *filters: str) -> None:
        """Subscribe and wait for the answer, whatever it says."""
        _, number = self._paho.subscribe([(each, 1) for each in filters])
        self._wait_for([number or 0])

    def publish(self, *messages: tuple[str, bytes], retain: bool = False) -> None:
        """Publish with QoS 1 and wait until the broker has acknowledged every one of them."""
        self._wait_for([self._paho.publish(topic, body, 1, retain).mid for topic, body in messages])

    def until(self, payload: bytes) -> list[Received]:
        """Everything that arrived before the message with this payload."""
        before: list[Received] = []
        while (message := self.received.get(timeout=PATIENCE_SECONDS)).payload != payload:
            before.append(message)
        return before

    def so_far(self) -> list[Received]:
        """Everything the broker had for this client when it answers one question more."""
        self.subscribe("conciergerie/nothing-is-said-here")
        return [self.received.get_nowait() for _ in range(self.received.qsize())]

    def vanish(self) -> None:
        """Close the socket without a word, so that the broker sends the will."""
        connection: Any = self._paho.socket()
        if connection is not None:
            connection.shutdown(socket.SHUT_RDWR)
        self._paho.loop_stop()
        del self._paho  # freed now, it closes its wake-up pair; later, the collector would complain

    def leave(self) -> None:
        """Say goodbye and close; no will is sent."""
        self._paho.disconnect()
        self._paho.loop_stop()
        del self._paho  # freed now, it closes its wake-up pair; later, the collector would complain

    def _keep(self, _client: paho.Client, _data: object, message: paho.MQTTMessage) -> None:
        self.received.put(Received(message.topic, bytes(message.payload), message.retain))

    def _end(self) -> None:
        self._connected.put(False)
        with self._change:
            self.disconnected.set()
            self._change.notify_all()

    def _acknowledge(self, number: int) -> None:
        with self._change:
            self._acknowledged.add(number)
            self._change.notify_all()

    def _wait_for(self, numbers: list[int]) -> None:
        with self._change:
            done = self._change.wait_for(
                lambda: self._acknowledged.issuperset(numbers) or self.disconnected.is_set(), PATIENCE_SECONDS
            )
        if not done:
            raise TimeoutError("the broker acknowledged nothing")
