"""A broker in Python for machines without mosquitto: the demo only, and on loopback only.

It takes the password file and the access list of `broker_config/`, so that every identity is bound as with
mosquitto. Known limits of amqtt 0.12: MQTT 3.1.1 only; after a keep-alive loss it sends no will; a message
that waited for a client comes marked as retained. Nothing in the contract depends on either.

    python -m deploy.embedded_broker --port N --passwords FILE --access FILE
"""

import asyncio
import functools
import logging
import signal
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

import click
from amqtt.adapters import StreamReaderAdapter, StreamWriterAdapter
from amqtt.broker import Broker
from amqtt.contexts import Action, BaseContext
from amqtt.plugins.base import BaseAuthPlugin, BaseTopicPlugin
from amqtt.session import Session

from contract.broker_password import is_password
from deploy.brokers import LOOPBACK

Access = Literal["read", "write"]
_HERE: Final = "deploy.embedded_broker"
_GREETING_SECONDS: Final = 10
_UNSUPPORTED_VERSION: Final = bytes((0x20, 2, 0, 1))
"""CONNACK of MQTT 3.1.1, return code 1: unacceptable protocol version."""

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Grant:
    """One line of an access list; `user` is None for a line that holds for everybody."""

    user: str | None
    access: Access
    levels: tuple[str, ...]

    def covers(self, user: str, topic: str) -> bool:
        """Whether this user and this topic, or a filter that may match such topics, fall under it."""
        asked = topic.split("/")
        if self.user not in (None, user) or len(asked) != len(self.levels):
            return False
        granted = (user if level == "%u" else level for level in self.levels)
        return all(
            "+" in (mine, theirs) or mine == theirs for mine, theirs in zip(granted, asked, strict=True)
        )


def read_access_list(text: str) -> tuple[Grant, ...]:
    """The lines of a mosquitto access list: `user`, `topic` and `pattern`; ValueError for any other."""
    grants = []
    user = None
    for line in filter(None, (line.partition("#")[0].split() for line in text.splitlines())):
        match line:
            case ["user", name]:
                user = name
            case ["topic", "read" | "write" as access, topic] if user:
                grants.append(Grant(user, access, tuple(topic.split("/"))))
            case ["pattern", "read" | "write" as access, topic]:
                grants.append(Grant(None, access, tuple(topic.split("/"))))
            case _:
                raise ValueError(f"an access list has no line like {' '.join(line)!r}")
    return tuple(grants)


class Passwords(BaseAuthPlugin):  # type: ignore[misc]
    """Lets in whoever has a line in the password file, under a client id that is the user name."""

    @dataclass
    class Config:
        """Where mosquitto's password file is."""

        file: str = ""

    async def authenticate(self, *, session: Session) -> bool:
        """Read the file each time: a device may have been enrolled, or shut out, a moment ago."""
        user, password = session.username, session.password
        if not user or session.client_id != user:
            return False
        lines = Path(self.config.file).read_text().splitlines()
        return any(is_password(line, user, password or "") for line in lines)


class AccessList(BaseTopicPlugin):  # type: ignore[misc]
    """Denies what the access list does not grant."""

    @dataclass
    class Config:
        """Where the access list is, in mosquitto's words."""

        file: str = ""

    def __init__(self, context: BaseContext) -> None:
        super().__init__(context)
        self._grants = read_access_list(Path(self.config.file).read_text())

    async def topic_filtering(
        self, *, session: Session | None = None, topic: str | None = None, action: Action | None = None
    ) -> bool:
        """Ask the list about a publish, a subscription or a delivery."""
        user = session.username if session else None
        access: Access = "write" if action == Action.PUBLISH else "read"
        if not user or not topic:
            return False
        return any(grant.access == access and grant.covers(user, topic) for grant in self._grants)


class Peeked(StreamReaderAdapter):  # type: ignore[misc]
    """A stream whose first bytes were read already."""

    def __init__(self, head: bytes, reader: asyncio.StreamReader) -> None:
        super().__init__(reader)
        self._head = head

    async def read(self, n: int = -1) -> bytes:
        """Read `n` bytes, the head first."""
        taken, self._head = self._head[:n], self._head[n:]
        return taken if len(taken) == n else taken + bytes(await super().read(n - len(taken)))


async def receive(broker: Broker, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Hand a client that speaks 3.1.1 to amqtt; tell any other to try that.

    amqtt would wait for ever for the rest of an MQTT 5 greeting, which it takes apart in the wrong places.
    """
    try:
        head = await asyncio.wait_for(_greeting(reader), _GREETING_SECONDS)
        if head.endswith(b"MQTT\x04"):
            await broker.external_connected(Peeked(head, reader), StreamWriterAdapter(writer), "default")
            return
        writer.write(_UNSUPPORTED_VERSION)
        await writer.drain()
    except (OSError, EOFError, TimeoutError):
        log.debug("a connection ended before it began")
    finally:
        writer.close()


async def _greeting(reader: asyncio.StreamReader) -> bytes:
    """A CONNECT packet up to its protocol level: type, length in 1 to 4 bytes, name, level."""
    head = await reader.readexactly(2)
    while head[-1] & 0x80 and len(head) < 5:
        head += await reader.readexactly(1)
    return head + await reader.readexactly(7)


async def serve(port: int, passwords: Path, access: Path) -> None:
    """Run until SIGTERM or SIGINT."""
    ended = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, ended.set)
    broker = Broker(
        {
            "listeners": {"default": {"type": "external"}},
            "plugins": {
                f"{_HERE}.Passwords": {"file": str(passwords)},
                f"{_HERE}.AccessList": {"file": str(access)},
            },
        }
    )
    await broker.start()
    server = await asyncio.start_server(functools.partial(receive, broker), LOOPBACK, port)
    await ended.wait()
    server.close()
    await broker.shutdown()


@click.command()
@click.option("--port", type=click.IntRange(1, 65535), required=True, help="Loopback port to listen on.")
@click.option("--passwords", type=click.Path(path_type=Path, exists=True, dir_okay=False), required=True)
@click.option("--access", type=click.Path(path_type=Path, exists=True, dir_okay=False), required=True)
def main(port: int, passwords: Path, access: Path) -> None:
    """Run the embedded broker of the demo."""
    logging.basicConfig(level=logging.CRITICAL)  # amqtt calls every lost connection an error
    asyncio.run(serve(port, passwords, access))


if __name__ == "__main__":
    main()
