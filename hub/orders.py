"""Orders to the lockers: asked for on a page, signed for one bridge, dead in seconds (design.md section 7).

A wish is sent only to a bridge that is there, once, and never kept: one that got no nonce within
`LIFETIME_MS` is dead, and so is one that was sent and not told of within `SENT_LIFETIME_MS` (the bridge says
"taken" when the door's intent is committed, waits 6 s at most for the turn, and forgets who waits when it
restarts), and so is everything when the process starts. What happened at the door is told by the facts that
come back, not here; they have the last word also over an order that was given up.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

from msgspec import structs

from contract import order as signing
from contract import topics
from contract.clock import Clock
from contract.codec import encode
from contract.messages import NonceAsked, NonceGiven, OrderTaken, Reply, SignedOrder
from hub.keys import Keys
from hub.store import orders
from hub.store.database import Engine, reading, writing

LIFETIME_MS: Final = 15_000
SENT_LIFETIME_MS: Final = 20_000
_STALL_MS: Final = 5_000
"""Had this process slept longer than that, somebody may have stopped waiting for what it finds."""

Outgoing = tuple[str, bytes]

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Live:
    device: str
    unsigned: SignedOrder
    dies_at_ms: int
    nonce_given: bool = False


class Orders:
    """The orders that are under way. One owner calls it."""

    def __init__(self, engine: Engine, keys: Keys, clock: Clock, is_online: Callable[[str], bool]) -> None:
        self._engine, self._keys, self._clock, self._is_online = engine, keys, clock, is_online
        self._live: dict[str, _Live] = {}
        self._looked_at_ms = clock.mono_ms()
        with writing(engine) as connection:
            orders.kill_all(connection, clock.wall_ms())

    def tick(self) -> list[Outgoing]:
        """Take up new wishes and bury old ones. Call it five times a second."""
        now = self._clock.mono_ms()
        stalled = now - self._looked_at_ms > _STALL_MS
        self._looked_at_ms = now
        for order in [order for order, live in self._live.items() if now >= live.dies_at_ms]:
            self._became(order, "dead", "late" if self._live.pop(order).nonce_given else "silent")
        with reading(self._engine) as connection:
            wishes = [wish for wish in orders.asked(connection) if wish.id not in self._live]
        return [message for wish in wishes for message in self._take_up(wish, now, stalled)]

    def _take_up(self, wish: orders.Wish, now: int, stalled: bool) -> list[Outgoing]:
        if stalled:
            self._became(wish.id, "dead", "late")
        elif not self._is_online(wish.device):
            self._became(wish.id, "dead", "offline")
        elif self._became(wish.id, "nonce"):
            self._live[wish.id] = _Live(wish.device, wish.order, now + LIFETIME_MS)
            return [(topics.down(wish.device, "order"), encode(NonceAsked(order=wish.id)))]
        return []

    def reply(self, device: str, reply: Reply) -> list[Outgoing]:
        """A bridge answered. An answer to what is dead, or another bridge's, is ignored."""
        live = self._live.get(reply.order)
        if live is None or live.device != device or self._clock.mono_ms() >= live.dies_at_ms:
            log.info("an answer to an order that is not under way", extra={"order": reply.order})
            return []
        match reply:
            case NonceGiven(order=order, nonce=nonce) if not live.nonce_given:
                return self._send(order, live, nonce)
            case OrderTaken(order=order, operation=operation, refused=refused):
                del self._live[order]
                state: Literal["taken", "refused"] = "taken" if refused is None else "refused"
                self._became(order, state, refused, operation)
        return []

    def _send(self, order: str, live: _Live, nonce: str) -> list[Outgoing]:
        signed = _signed(self._keys, live.device, live.unsigned, nonce)
        self._live[order] = _Live(
            live.device, signed, self._clock.mono_ms() + SENT_LIFETIME_MS, nonce_given=True
        )
        if not self._became(order, "sent"):
            del self._live[order]
            return []
        return [(topics.down(live.device, "order"), encode(signed))]

    def _became(self, order: str, state: str, why: str | None = None, operation: str | None = None) -> bool:
        log.info("order %s", state, extra={"order": order, "why": why})
        with writing(self._engine) as connection:
            return orders.became(
                connection, order, state, self._clock.wall_ms(), why=why, operation=operation
            )


def _signed(keys: Keys, device: str, order: SignedOrder, nonce: str) -> SignedOrder:
    asked = structs.replace(order, nonce=nonce)
    return structs.replace(asked, signature=signing.sign(keys.order_key(), device, asked))
