"""The same hops done bare: paho as it comes, and one-row commits. Nothing of ours in between."""

import queue
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

PATIENCE_SECONDS = 20.0
Work = Callable[[bytes], object]


class End(msgspec.Struct, frozen=True):
    """What the far end does with each message; empty: it does not."""

    host: str
    port: int
    user: str
    password: str
    listens: str
    says: str
    answer_bytes: int = 0
    """How long its answer is."""
    nodelay: bool = True
    commits: str = ""
    """A database: one durable row a message."""
    keeps: str = ""
    """A bare ledger (tests.benchmarks.bare_ledger): the entries of a batch go there, one commit a batch."""


def bare_client(
    host: str,
    port: int,
    user: str,
    password: str,
    listens: str,
    take: Callable[[MQTTMessage], None],
    *,
    nodelay: bool = True,
) -> Client:
    """A connected and subscribed paho client; `take` is called in its network thread."""
    client = Client(CallbackAPIVersion.VERSION2, client_id=user, protocol=MQTTProtocolVersion.MQTTv5)
    client.username_pw_set(user, password)
    subscribed: queue.SimpleQueue[None] = queue.SimpleQueue()

    def subscribe(*_: object) -> None:
        client.subscribe(listens, qos=1)

    client.on_connect = subscribe
    client.on_subscribe = lambda *_: subscribed.put(None)
    client.on_message = lambda _client, _data, message: take(message)
    if nodelay:
        client.on_socket_open = _without_delay
    client.connect(host, port)
    client.loop_start()
    subscribed.get(timeout=PATIENCE_SECONDS)
    return client


class Exchange:
    """The near end, with an `End` in a process of its own."""

    def __init__(self, end: End, user: str, password: str) -> None:
        self._end = end
        self._answers: queue.SimpleQueue[None] = queue.SimpleQueue()
        self._client = bare_client(
            end.host,
            end.port,
            user,
            password,
            end.says,
            lambda _: self._answers.put(None),
            nodelay=end.nodelay,
        )

    def send(self, payload: bytes) -> None:
        """Say it, and do not wait."""
        self._client.publish(self._end.listens, payload, qos=1)

    def ask(self, payload: bytes) -> None:
        """Say it and wait for the answer."""
        self.send(payload)
        self._answers.get(timeout=PATIENCE_SECONDS)

    def close(self) -> None:
        """Say goodbye."""
        self._client.disconnect()
        self._client.loop_stop()


@contextmanager
def exchange(end: End, user: str, password: str) -> Iterator[Exchange]:
    """Start the far end, and be the near one as `user`."""
    command = [sys.executable, "-m", "tests.benchmarks.bare_end", msgspec.json.encode(end).decode()]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            if process.stdout is None or process.stdout.readline() != "ready\n":
                raise RuntimeError("the bare far end did not start")
            near = Exchange(end, user, password)
            yield near
            near.close()
        finally:
            process.kill()


def committer(path: Path) -> Callable[[], object]:
    """One-row commits of as many bytes as an entry of the journal, durable as the journal's."""
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    for pragma in ("locking_mode = EXCLUSIVE", "journal_mode = WAL", "synchronous = FULL"):
        connection.execute(f"PRAGMA {pragma}")
    connection.execute("CREATE TABLE rows (n INTEGER PRIMARY KEY, content BLOB)")
    content = b"x" * 230  # as many bytes as the eight columns of an entry

    def commit() -> None:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("INSERT INTO rows (content) VALUES (?)", (content,))
        connection.execute("COMMIT")

    return commit


def _without_delay(_client: Client, _data: object, sock: Any) -> None:
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
