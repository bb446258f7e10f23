"""Orders of the hub: a nonce of ours, used once, in time; the right use of a known door; the caps."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from contract.messages import RemoteOpen
from locker_firmware_bridge.core import bank
from locker_firmware_bridge.core.door import Door
from locker_firmware_bridge.core.records import Caps, Slot

NONCE_MS: Final = 60_000
MAX_NONCES: Final = 16
BEGIN_WITHIN_MS: Final = 6_000
"""An order whose turn comes later is refused: the hub gives it up soon after, and nobody waits for it."""
REFUSALS_PER_HOUR: Final = 60
"""So many refused orders are written down; the hub is told of each, the disk only of these."""

Why = Literal["late", "nonce", "signature", "generation", "unknown_door", "busy", "cap", "disk"]
PutWhy = Literal["taken", "full", "item", "tickets"]
"""Why something cannot be noted on a shelf place."""


@dataclass(frozen=True, slots=True)
class Nonces:
    """The nonces alive: when each was given, oldest first. They die with the process."""

    given_ms: Mapping[str, int]

    def give(self, nonce: str, now_ms: int) -> "Nonces":
        """With one more; the oldest give way."""
        kept = dict(list(self.given_ms.items())[-(MAX_NONCES - 1) :])
        return Nonces({**kept, nonce: now_ms})

    def use(self, nonce: str) -> "Nonces":
        """Without this one: used, whatever comes of it."""
        return Nonces({other: given for other, given in self.given_ms.items() if other != nonce})


def objection(
    order: RemoteOpen,
    signed: bool,
    nonces: Nonces,
    slot: Slot | None,
    door: Door | None,
    caps: Caps,
    now_ms: int,
) -> Why | None:
    """Why this order must not be carried out, or None: open the door."""
    unfit_why = unfit(order.nonce, signed, nonces, now_ms)
    if unfit_why is not None:
        return unfit_why
    if slot is None or door is None:
        return "unknown_door"
    if is_overtaken(slot, order.allocation):
        return "generation"
    if door.busy:
        return "busy"
    return None if bank.may_open_remotely(caps, now_ms) else "cap"


def unfit(nonce: str, signed: bool, nonces: Nonces, now_ms: int) -> Why | None:
    """Why an order must not even be looked at: no nonce of ours, too late, not the hub's; None: it may."""
    given_ms = nonces.given_ms.get(nonce)
    if given_ms is None:
        return "nonce"
    if now_ms - given_ms > NONCE_MS:
        return "late"
    return None if signed else "signature"


def is_overtaken(slot: Slot, allocation: int) -> bool:
    """Whether something else lies there than when it was decided.

    Where nothing is known to lie and somebody has to look, the hub's count of uses may be ahead.
    """
    is_unknown = not slot.usable and slot.item is None
    return allocation != slot.allocation and not is_unknown
