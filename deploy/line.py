"""The line between a site and the hub, with a switch: a small TCP proxy on loopback.

Devices of a site reach the hub broker through it alone, so cutting it is cutting the WAN for real: live
connections are reset, new ones are refused or, as on a dead mobile link, accepted by nobody. For tests it
can also be slow, and swallow what is said without ever answering.
"""

import asyncio
import contextlib
import socket
import struct
import threading
from collections.abc import Coroutine
from typing import Any, Final, Literal

How = Literal["refuse", "swallow"]

_CHUNK: Final = 65536
_RESET_AT_CLOSE: Final = struct.pack("ii", 1, 0)


class Line:
    """Listens on `port` (0: any free one) and passes everything on to `target`, both ways.

    Runs in a thread of its own between `start` and `stop`. All methods may be called from any thread.
    """

    def __init__(self, target: tuple[str, int], port: int = 0, delay_ms: int = 0) -> None:
        self.port = port
        self.delay_ms = delay_ms
        """How long each piece takes one way; may be changed while connections live."""
        self._target = target
        self._cut: How | None = None
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="line", daemon=True)

    @property
    def is_joined(self) -> bool:
        """Whether bytes pass."""
        return self._cut is None

    @property
    def is_running(self) -> bool:
        """Whether it was started and not stopped."""
        return self._thread.is_alive()

    def start(self) -> None:
        """Begin to listen; raises OSError when the port is taken."""
        self._thread.start()
        self._run(self._listen())

    def stop(self) -> None:
        """Reset every connection and end the thread."""
        self._run(self._shut())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def cut(self, how: How = "refuse") -> None:
        """Reset what lives, and let nothing new through until `join`.

        `refuse`: nobody listens any more. `swallow`: connections are accepted and never answered, those
        that live included, as when a router dies and no one tells.
        """
        self._run(self._cut_now(how))

    def join(self) -> None:
        """Let new connections through again; swallowed ones are reset."""
        self._run(self._join_now())

    # --- on the line's own thread --------------------------------------------------------------

    def _run(self, action: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(action, self._loop).result()

    async def _listen(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port, limit=_CHUNK)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _cut_now(self, how: How) -> None:
        self._cut = how
        if how == "refuse":
            await self._shut()

    async def _join_now(self) -> None:
        self._cut = None
        self._reset_all()
        if self._server is None:
            await self._listen()

    async def _shut(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None
        self._reset_all()

    def _reset_all(self) -> None:
        for writer in self._writers:
            _reset(writer)
        self._writers.clear()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One client: connect onwards, then carry both ways until one side ends."""
        self._writers.add(writer)
        try:
            far_reader, far_writer = await asyncio.open_connection(*self._target, limit=_CHUNK)
        except OSError:
            self._drop(writer)
            return
        self._writers.add(far_writer)
        await asyncio.wait(
            {
                asyncio.ensure_future(self._carry(reader, far_writer)),
                asyncio.ensure_future(self._carry(far_reader, writer)),
            },
            return_when=asyncio.FIRST_COMPLETED,
        )
        self._drop(writer)
        self._drop(far_writer)

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError):
            while piece := await reader.read(_CHUNK):
                if self.delay_ms:
                    await asyncio.sleep(self.delay_ms / 1000)
                if self._cut is None:
                    writer.write(piece)
                    await writer.drain()

    def _drop(self, writer: asyncio.StreamWriter) -> None:
        self._writers.discard(writer)
        writer.close()


def _reset(writer: asyncio.StreamWriter) -> None:
    """Close so that the other side gets a reset, as from a line that broke, and not a goodbye."""
    connection: socket.socket | None = writer.get_extra_info("socket")
    if connection is not None:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_AT_CLOSE)
    writer.transport.abort()
