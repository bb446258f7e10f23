"""One MQTT session of a process: TLS, who we are, coming back after a cut, and handing messages over.

The only place that knows paho. A broker is a wire (design.md section 2): clean start, nothing kept,
and `publish` refuses while there is no connection, because paho would queue the message and send
it later, which a wish must never be.

MQTT 5 where the broker speaks it, 3.1.1 otherwise; nothing here relies on a feature of 5.

The network loop is ours and not paho's: whoever publishes writes to the socket at once, instead of waking
a thread that does, which a person at a door would wait for. One lock (`_turn`) lets one thread at a time
touch paho.
"""

import logging
import random
import select
import socket
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

from paho.mqtt.client import Client, ConnectFlags, DisconnectFlags, MQTTMessage, MQTTv5, MQTTv311
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from contract.codec import CEILING
from contract.enrolment import BrokerAddress, Enrolment
from contract.tls import TlsFiles, TlsTrust, tls_context

KEEPALIVE_SECONDS: Final = 20
FIRST_DELAY_SECONDS: Final = 1.0
LAST_DELAY_SECONDS: Final = 60.0
_TURN_SECONDS: Final = 1.0
_INFLIGHT: Final = 20
QUEUED: Final = 60
"""So many messages may wait for a broker that answers nothing: 4 MB at the most."""

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class LinkSettings:
    """Where the broker is and who we are there. `device` is the client id, and the user name where `user`
    names no other: a broker that is not ours has accounts of its own.
    """

    host: str
    port: int
    device: str
    password: str | None = None
    tls: TlsFiles | TlsTrust | None = None
    user: str = ""


def link_settings(enrolment: Enrolment, broker: BrokerAddress) -> LinkSettings:
    """How an enrolled device reaches one of its two brokers: by certificate or by password."""
    if not broker.tls:
        return LinkSettings(broker.host, broker.port, enrolment.device, password=enrolment.password)
    tls = TlsFiles(enrolment.ca_file, enrolment.certificate_file, enrolment.key_file)
    return LinkSettings(broker.host, broker.port, enrolment.device, tls=tls)


@dataclass(frozen=True)
class Will:
    """What the broker says for us, retained, when we vanish."""

    topic: str
    payload: bytes


@dataclass(frozen=True)
class Received:
    """A message as it came."""

    topic: str
    payload: bytes
    retained: bool


class Link:
    """A session that comes back by itself.

    `on_message`, `on_up` and `on_down` are called on the link's own thread and must only hand over: while the
    first two run, whoever publishes waits. `on_up` is called when all subscriptions are granted. An
    exception of theirs is logged and counted (`handler_failures`), and ends nothing.
    """

    def __init__(
        self,
        settings: LinkSettings,
        *,
        subscriptions: Sequence[str],
        on_message: Callable[[Received], None],
        on_up: Callable[[], None] = lambda: None,
        on_down: Callable[[], None] = lambda: None,
        will: Will | None = None,
        jitter: random.Random | None = None,
        queued: int = QUEUED,
        ceiling: int = CEILING,
    ) -> None:
        self.settings = settings
        self._queued, self._ceiling = queued, ceiling
        self.handler_failures = 0
        self._subscriptions = tuple(subscriptions)
        self._on_message, self._on_up, self._on_down = on_message, on_up, on_down
        self._will = will
        self._jitter = jitter or random.Random()  # noqa: S311 - spreads reconnects, no secret
        self._protocol = MQTTv5
        self._answered = False
        self._delay_seconds = FIRST_DELAY_SECONDS
        self._client: Client | None = None
        self._ready = threading.Event()
        self._stopping = threading.Event()
        self._lost = threading.Event()
        self._turn = threading.RLock()
        self._up = False
        self._said: set[str] = set()
        self._woken: socket.socket | None = None
        self._waker: socket.socket | None = None
        self._thread = threading.Thread(target=self._run, name=f"link-{settings.port}", daemon=True)

    # --- what the owner calls ------------------------------------------------------------------

    def start(self) -> None:
        """Connect, and go on trying, in the background."""
        self._woken, self._waker = socket.socketpair()
        self._waker.setblocking(False)
        self._thread.start()

    def stop(self, last_words: Sequence[Received] = ()) -> None:
        """Say `last_words`, disconnect in order (no will is sent) and end the thread."""
        client = self._client
        for words in last_words:
            if client is not None and self.connected:
                with suppress(ValueError, RuntimeError):  # the connection went at this moment
                    with self._turn:
                        said = client.publish(words.topic, words.payload, 1, words.retained)
                    said.wait_for_publish(1)
        self._stopping.set()
        self._ready.clear()
        self._lost.set()
        self._wake()
        if self._thread.is_alive():
            self._thread.join(5)

    @property
    def connected(self) -> bool:
        """Whether messages can leave and arrive now, as far as we know."""
        return self._ready.is_set()

    def wait_connected(self, timeout_seconds: float) -> bool:
        """Wait until `connected`, at most so long."""
        return self._ready.wait(timeout_seconds)

    def publish(self, topic: str, payload: bytes, *, retain: bool = False) -> bool:
        """Send now or not at all; True says only that it left. Raises ValueError above the ceiling."""
        if len(payload) > self._ceiling:
            raise ValueError(f"{len(payload)} bytes on {topic}, over {self._ceiling}")
        client = self._client
        if client is None or not self._ready.is_set():
            return False
        with self._turn:
            info = client.publish(topic, payload, qos=1, retain=retain)
            left = bool(info.rc == MQTTErrorCode.MQTT_ERR_SUCCESS)
            waits = client.want_write()
        if waits or not left:  # the socket is full, or gone: the thread goes on from here
            self._wake()
        return left

    # --- the session's life, on its own thread -------------------------------------------------

    def _run(self) -> None:
        try:
            self._sessions()
        finally:
            for end in (self._woken, self._waker):
                if end is not None:
                    end.close()

    def _sessions(self) -> None:
        while not self._stopping.is_set():
            self._lost.clear()
            self._one_session()
            self._client = None  # freed now, it closes its wake-up sockets; in a cycle with us, much later
            if self._stopping.is_set():
                return
            wait = self._jitter.uniform(0, self._delay_seconds)
            self._delay_seconds = min(self._delay_seconds * 2, LAST_DELAY_SECONDS)
            self._stopping.wait(wait)

    def _one_session(self) -> None:
        """Connect and stay until the connection is lost; every session is a fresh paho client.

        Nothing half-sent can then survive from one session into the next.
        """
        self._answered = False
        try:
            client = self._client = self._make_client()
            client.connect(self.settings.host, self.settings.port, KEEPALIVE_SECONDS, **self._clean())
        except ValueError as error:  # certificates, names: what only a person can put right
            self._say_once(logging.WARNING, f"broker {self._there}: {error}")
            return
        except OSError as error:
            self._say_once(logging.INFO, f"broker {self._there}: {error}")
            return
        while not (self._lost.is_set() or self._stopping.is_set()) and self._serve(client):
            pass
        with self._turn:
            client.disconnect()
        self._ready.clear()
        if self._up:
            self._up = False
            self._guard(self._on_down)
        if not self._answered:  # a broker that does not know MQTT 5 refuses or hangs up
            self._protocol = MQTTv311 if self._protocol == MQTTv5 else MQTTv5

    def _serve(self, client: Client) -> bool:
        """Wait for the network, a second at the most, and do what is due; False once the socket is gone."""
        sock: Any = client.socket()
        woken = self._woken
        if sock is None or woken is None:
            return False
        # What TLS has decrypted already, select does not see.
        buffered = bool(getattr(sock, "pending", int)())
        writes = [sock] if client.want_write() else []
        try:
            ready, _, _ = select.select([sock, woken], writes, [], 0 if buffered else _TURN_SECONDS)
        except (OSError, ValueError):  # closed meanwhile, by whoever published
            return False
        if woken in ready:
            woken.recv(4096)
        with self._turn:
            if buffered or sock in ready:
                client.loop_read()
            if client.want_write():
                client.loop_write()
            return client.loop_misc() == MQTTErrorCode.MQTT_ERR_SUCCESS and client.socket() is not None

    @property
    def _there(self) -> str:
        return f"{self.settings.host}:{self.settings.port}"

    def _say_once(self, level: int, trouble: str) -> None:
        """Until the link is up again: a broker may be away for a month, and is tried every minute."""
        if trouble not in self._said:
            self._said.add(trouble)
            log.log(level, "%s", trouble)

    def _wake(self) -> None:
        if self._waker is not None:
            with suppress(OSError):  # it is being woken already, or has ended
                self._waker.send(b"!")

    def _clean(self) -> dict[str, Any]:
        if self._protocol == MQTTv311:
            return {}
        properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
        properties.SessionExpiryInterval = 0
        return {"clean_start": True, "properties": properties}

    def _make_client(self) -> Client:
        client = Client(
            CallbackAPIVersion.VERSION2,
            client_id=self.settings.device,
            clean_session=True if self._protocol == MQTTv311 else None,
            protocol=self._protocol,
            reconnect_on_failure=False,
        )
        client.max_inflight_messages_set(_INFLIGHT)
        client.max_queued_messages_set(self._queued)
        if self.settings.password is not None:
            client.username_pw_set(self.settings.user or self.settings.device, self.settings.password)
        if self.settings.tls is not None:
            client.tls_set_context(tls_context(self.settings.tls))
        if self._will is not None:
            client.will_set(self._will.topic, self._will.payload, qos=1, retain=True)
        client.on_connect = self._connected
        client.on_subscribe = self._subscribed
        client.on_disconnect = self._disconnected
        client.on_message = self._received
        client.on_socket_open = _without_delay
        return client

    def _connected(
        self, client: Client, _data: object, _flags: ConnectFlags, reason: ReasonCode, _properties: object
    ) -> None:
        self._answered = True
        if reason.is_failure:
            self._say_once(logging.WARNING, f"broker {self._there} refuses {self.settings.device}: {reason}")
            self._answered = str(reason) != "Unsupported protocol version"
            self._lost.set()
            return
        if self._subscriptions:
            client.subscribe([(topic, 1) for topic in self._subscriptions])
        else:
            self._is_up()

    def _subscribed(
        self, _client: Client, _data: object, _mid: int, reasons: list[ReasonCode], _properties: object
    ) -> None:
        refused = [reason for reason in reasons if reason.is_failure]
        if refused:
            log.warning("broker refuses a subscription of %s: %s", self.settings.device, refused[0])
        self._is_up()

    def _is_up(self) -> None:
        self._delay_seconds = FIRST_DELAY_SECONDS
        self._said.clear()
        self._up = True
        self._ready.set()
        self._guard(self._on_up)

    def _disconnected(
        self, _client: Client, _data: object, _flags: DisconnectFlags, reason: ReasonCode, _props: object
    ) -> None:
        """On the thread that noticed, which may be one that publishes: the link's own tells the owner."""
        if not self._stopping.is_set():
            self._say_once(logging.INFO, f"broker {self._there} lost: {reason}")
        self._ready.clear()
        self._lost.set()

    def _received(self, _client: Client, _data: object, message: MQTTMessage) -> None:
        if len(message.payload) > self._ceiling:
            self.handler_failures += 1
            return
        self._guard(self._hand_over, message)

    def _hand_over(self, message: MQTTMessage) -> None:
        # Reading the topic raises where a broker let one through that is not UTF-8.
        self._on_message(Received(message.topic, bytes(message.payload), message.retain))

    def _guard(self, handler: Callable[..., None], *arguments: object) -> None:
        """The border where an exception would end paho's thread while it still looked connected."""
        try:
            handler(*arguments)
        except Exception:
            self.handler_failures += 1
            log.exception("a message handler failed")


def _without_delay(_client: Client, _data: object, sock: Any) -> None:
    """Nagle makes question and answer 88 ms instead of half a millisecond."""
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
