"""A link with everything it said and heard kept, and reconnects that do not make a test wait."""

import queue
import random
from collections.abc import Callable, Sequence

from contract.link import Link, LinkSettings, Received, Will
from contract.tls import TlsFiles

PATIENCE_SECONDS = 120.0


class Eager(random.Random):
    """Waits a few milliseconds where a device would wait seconds; keeps the longest wait it was allowed."""

    def __init__(self) -> None:
        super().__init__(1)
        self.allowed: list[float] = []

    def uniform(self, a: float, b: float) -> float:
        self.allowed.append(b)
        return 0.01


class Linked:
    """A link and what came of it: `messages` as they arrive, `changes` of the connection (True is up)."""

    def __init__(
        self,
        port: int,
        device: str,
        password: str | None = None,
        *,
        subscriptions: Sequence[str] = (),
        will: Will | None = None,
        tls: TlsFiles | None = None,
        host: str = "127.0.0.1",
        on_message: Callable[[Received], None] | None = None,
    ) -> None:
        self.messages: queue.SimpleQueue[Received] = queue.SimpleQueue()
        self.changes: queue.SimpleQueue[bool] = queue.SimpleQueue()
        self.jitter = Eager()
        self.link = Link(
            LinkSettings(host=host, port=port, device=device, password=password, tls=tls),
            subscriptions=subscriptions,
            on_message=on_message or self.messages.put,
            on_up=lambda: self.changes.put(True),
            on_down=lambda: self.changes.put(False),
            will=will,
            jitter=self.jitter,
        )

    def message(self) -> Received:
        """The next message."""
        return self.messages.get(timeout=PATIENCE_SECONDS)

    def change(self) -> bool:
        """Whether the link went up or down next."""
        return self.changes.get(timeout=PATIENCE_SECONDS)
