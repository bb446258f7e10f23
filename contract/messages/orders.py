"""Wishes of the hub, and the bridge's replies."""

from typing import Annotated

from msgspec import Meta

from contract.messages.base import Compartment, Count, Id, Message, Word


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


Order = NonceAsked | RemoteOpen


class NonceGiven(Message, frozen=True, kw_only=True, tag_field="type", tag="nonce_given"):
    """A nonce: good once, for 60 s of the bridge's monotonic clock."""

    order: Id
    nonce: Annotated[str, Meta(pattern=r"^[0-9a-f]{32}\Z")]


class OrderTaken(Message, frozen=True, kw_only=True, tag_field="type", tag="order_taken"):
    """The bridge carries the order out (`refused` absent) or does not. The outcome is a fact."""

    order: Id
    operation: Id | None = None
    refused: Word | None = None


Reply = NonceGiven | OrderTaken
