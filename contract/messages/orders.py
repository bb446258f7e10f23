"""Wishes of the hub, and the bridge's replies."""

from typing import Annotated

from msgspec import Meta

from contract.messages.base import Compartment, Count, Id, ItemKind, Label, Message, Size, Word


class NonceAsked(Message, frozen=True, kw_only=True, tag_field="type", tag="nonce_asked"):
    """The hub would like to give an order; the bridge answers with a nonce of its own."""

    order: Id


class RemoteOpen(Message, frozen=True, kw_only=True, tag_field="type", tag="remote_open"):
    """Open a door, once. `signature`: Ed25519 by the hub's order key over `order_bytes` (contract.order)."""

    order: Id
    nonce: Annotated[str, Meta(pattern=r"^[0-9a-f]{32}\Z")]
    compartment: Compartment
    allocation: Count
    actor: Id
    reason: Annotated[str, Meta(min_length=1, max_length=200)]
    signature: Annotated[str, Meta(pattern=r"^[0-9a-f]{128}\Z")]


class TakeIn(Message, frozen=True, kw_only=True, tag_field="type", tag="take_in"):
    """Note that something was put on a shelf place, taken in on a hub page; no door is behind it.

    Without a `compartment` the bridge chooses a place. `named`: it is known whose it is; else `person` is an
    id made for it alone. `signature` as of a remote opening.
    """

    order: Id
    nonce: Annotated[str, Meta(pattern=r"^[0-9a-f]{32}\Z")]
    item: Id
    person: Id
    kind: ItemKind
    size: Size
    actor: Id
    signature: Annotated[str, Meta(pattern=r"^[0-9a-f]{128}\Z")]
    named: bool = True
    compartment: Compartment | None = None
    carrier: Annotated[str, Meta(min_length=1, max_length=40, pattern=r"^[^\x00]*\Z")] | None = None
    label: Label = ""


class SetUse(Message, frozen=True, kw_only=True, tag_field="type", tag="set_use"):
    """Take a compartment out of service (`usable` false), or note that somebody saw it empty: it may be used.

    No lock moves. `allocation` is what lay there for whoever decided; `reason` a word of the hub's, no text
    somebody typed. `signature` as of a remote opening.
    """

    order: Id
    nonce: Annotated[str, Meta(pattern=r"^[0-9a-f]{32}\Z")]
    compartment: Compartment
    allocation: Count
    usable: bool
    actor: Id
    reason: Word
    signature: Annotated[str, Meta(pattern=r"^[0-9a-f]{128}\Z")]


class LogAsked(Message, frozen=True, kw_only=True, tag_field="type", tag="log_asked"):
    """The hub would like to read the last lines of the log of this device."""

    order: Id


SignedOrder = RemoteOpen | TakeIn | SetUse
Order = NonceAsked | SignedOrder
"""What a bridge is told to do at its lockers."""
Wish = Order | LogAsked


class NonceGiven(Message, frozen=True, kw_only=True, tag_field="type", tag="nonce_given"):
    """A nonce: good once, for 60 s of the bridge's monotonic clock."""

    order: Id
    nonce: Annotated[str, Meta(pattern=r"^[0-9a-f]{32}\Z")]


class OrderTaken(Message, frozen=True, kw_only=True, tag_field="type", tag="order_taken"):
    """The bridge carries the order out (`refused` absent) or does not. The outcome is a fact."""

    order: Id
    operation: Id | None = None
    refused: Word | None = None


class LogTold(Message, frozen=True, kw_only=True, tag_field="type", tag="log_told"):
    """The last lines of the log, the oldest first, without codes, keys and names (contract.log_excerpt)."""

    order: Id
    lines: Annotated[tuple[Annotated[str, Meta(max_length=1_000)], ...], Meta(max_length=200)] = ()


Reply = NonceGiven | OrderTaken | LogTold
