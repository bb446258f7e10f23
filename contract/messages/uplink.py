"""The journal's way up: hello, batch, and the hub's answers."""

from typing import Annotated, Literal

from msgspec import Meta, Raw

from contract.messages.base import ClockQuality, Count, Hash, Id, Message, WallMs, Word


class Entry(Message, frozen=True, kw_only=True, array_like=True):
    """One journal entry; an array on the wire. `body` is kept byte for byte: the chain is over it.

    Its sequence number is its place in the batch, its hash what both ends compute (contract.chain).
    """

    id: Id
    boot: Id
    mono_ms: Count
    wall_ms: WallMs
    clock: ClockQuality
    body: Raw


class FeedPosition(Message, frozen=True, kw_only=True):
    """How far a device has read the hub's feed: version `version` of timeline `timeline`.

    `digest` (contract.feed) is over all documents held; where it differs the hub sends a snapshot.
    """

    timeline: Id | None = None
    version: Count = 0
    digest: Hash | None = None


UnderVoltage = Literal["no", "was", "now"]
"""`was`: since the machine was switched on."""
ScaleState = Literal["good", "silent", "moving"]
"""`silent`: nothing that can be read comes from it; `moving`: it comes to no rest, whatever lies on it."""
_Percent = Annotated[int, Meta(ge=0, le=100)]


class Health(Message, frozen=True, kw_only=True):
    """The machine under a device, as it says itself; what it cannot tell is absent (contract.health).

    `scale`: of a bridge with a scale, how that is.
    """

    celsius: Annotated[int, Meta(ge=-60, le=200)] | None = None
    under_voltage: UnderVoltage | None = None
    disk_free_pct: _Percent | None = None
    memory_free_pct: _Percent | None = None
    certificate_ends_ms: WallMs | None = None
    journal_bytes: Count | None = None
    scale: ScaleState | None = None


class Hello(Message, frozen=True, kw_only=True, tag_field="type", tag="hello"):
    """What a device says first at every connection to the hub, and about every 40 s from then on.

    It heals whatever a broker lost; `id` is echoed, so that an answer out of the past is known as such.
    """

    id: Id
    journal: Id
    last_seq: Count
    last_hash: Hash
    feed: FeedPosition
    boot: Id
    mono_ms: Count
    wall_ms: WallMs
    clock: ClockQuality
    program: Word
    version: Word
    first_kept: Count = 1
    health: Health | None = None


class Batch(Message, frozen=True, kw_only=True, tag_field="type", tag="batch"):
    """Consecutive entries of `journal`, the first with sequence number `first`.

    `prev` is the chain's hash before the first, `head` its hash after the last.
    """

    journal: Id
    first: Annotated[int, Meta(ge=1, le=2**53)]
    prev: Hash
    head: Hash
    entries: Annotated[tuple[Entry, ...], Meta(min_length=1, max_length=500)]


class Welcome(Message, frozen=True, kw_only=True, tag_field="type", tag="welcome"):
    """The hub's answer to `hello`: it has `journal` up to `cursor`, whose hash is `head`.

    `known` says that the hub has had another journal of this device before; `feed_version` how far the
    device's feed goes at this moment, so that it can tell when it has all of it.
    """

    hello: Id
    timeline: Id
    journal: Id
    cursor: Count
    head: Hash
    safe_prune: Count
    hub_wall_ms: WallMs
    feed_version: Count = 0
    known: bool = False


class Ack(Message, frozen=True, kw_only=True, tag_field="type", tag="ack"):
    """Committed: everything of `journal` up to `through`, whose hash is `head`."""

    timeline: Id
    journal: Id
    through: Count
    head: Hash
    safe_prune: Count
    quarantined: Count = 0
    broken: bool = False
